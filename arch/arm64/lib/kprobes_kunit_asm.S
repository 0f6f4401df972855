/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the kprobes_arm64 suite calls what it probes.
 */

#include <linux/linkage.h>

#include <asm/assembler.h>

#include "kprobes_kunit.h"

	.text

/*
 * unsigned long kprobes_kunit_call(struct exact_call *call)
 *
 * Calls call->func with the registers of call, and stores those that are not for the
 * caller to choose, and what the callee had to keep.
 */
SYM_FUNC_START(kprobes_kunit_call)
	stp	x29, x30, [sp, #-112]!
	mov	x29, sp
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #96]

	ldr	x17, [x0, #CALL_FUNC]
	stp	x17, x18, [x0, #8 * 17]
	adr	x1, .Lcall_return
	mov	x2, sp
	stp	x29, x1, [x0, #8 * 29]
	str	x2, [x0, #CALL_SP]

	ldp	x2, x3, [x0, #8 * 2]
	ldp	x4, x5, [x0, #8 * 4]
	ldp	x6, x7, [x0, #8 * 6]
	ldp	x8, x9, [x0, #8 * 8]
	ldp	x10, x11, [x0, #8 * 10]
	ldp	x12, x13, [x0, #8 * 12]
	ldp	x14, x15, [x0, #8 * 14]
	ldr	x16, [x0, #8 * 16]
	ldp	x19, x20, [x0, #8 * 19]
	ldp	x21, x22, [x0, #8 * 21]
	ldp	x23, x24, [x0, #8 * 23]
	ldp	x25, x26, [x0, #8 * 25]
	ldp	x27, x28, [x0, #8 * 27]
	ldp	x0, x1, [x0]
	blr	x17
.Lcall_return:
	ldr	x1, [sp, #96]
	stp	x19, x20, [x1, #CALL_KEPT]
	stp	x21, x22, [x1, #CALL_KEPT + 16]
	stp	x23, x24, [x1, #CALL_KEPT + 32]
	stp	x25, x26, [x1, #CALL_KEPT + 48]
	stp	x27, x28, [x1, #CALL_KEPT + 64]

	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret
SYM_FUNC_END(kprobes_kunit_call)

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
/*
 * A direct call, which calls the function that it is for, as BPF does to run a
 * program at its end: X9 is the LR of the function, LR where it goes on. Counts in
 * kprobes_kunit_direct_calls how often that came back.
 */
SYM_CODE_START(kprobes_kunit_direct)
	bti	c
	stp	x29, x9, [sp, #-16]!
	mov	x29, sp
	mov	x10, x30
	adr	x30, .Ldirect_return
	ret	x10
.Ldirect_return:
	adr_l	x10, kprobes_kunit_direct_calls
	ldr	w11, [x10]
	add	w11, w11, #1
	str	w11, [x10]
	ldp	x29, x30, [sp], #16
	ret
SYM_CODE_END(kprobes_kunit_direct)

	.pushsection .bss, "aw", @nobits
	.balign	4
SYM_DATA(kprobes_kunit_direct_calls, .zero 4)
	.popsection
#endif

/*
 * void kprobes_kunit_casp(u64 pair[2])
 *
 * Adds 1 to each of them. The probes are on CASPAL and on the instruction behind it.
 */
	.arch_extension lse
SYM_FUNC_START(kprobes_kunit_casp)
	mov	x4, x0
	ldp	x0, x1, [x4]
	add	x2, x0, #1
	add	x3, x1, #1
SYM_INNER_LABEL(kprobes_kunit_casp_insn, SYM_L_GLOBAL)
	caspal	x0, x1, x2, x3, [x4]
	mov	x0, x4
	ret
SYM_FUNC_END(kprobes_kunit_casp)
