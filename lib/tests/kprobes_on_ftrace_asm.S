/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the kprobes_on_ftrace suite calls its targets on arm64.
 */

#include <linux/linkage.h>

#include <asm/assembler.h>

#include "kprobes_on_ftrace_kunit.h"

	.text

/*
 * unsigned long on_ftrace_call(struct exact_call *call)
 *
 * Calls call->func with the registers and condition flags of call, and stores
 * those that are not for the caller to choose, what the callee had to keep, and what
 * it did not have to.
 */
SYM_FUNC_START(on_ftrace_call)
	stp	x29, x30, [sp, #-112]!
	mov	x29, sp
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #96]

	ldr	x1, [x0, #CALL_NZCV]
	msr	nzcv, x1
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
	stp	x9, x10, [x1, #CALL_TEMPS]
	stp	x11, x12, [x1, #CALL_TEMPS + 16]
	stp	x13, x14, [x1, #CALL_TEMPS + 32]
	stp	x15, x16, [x1, #CALL_TEMPS + 48]

	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret
SYM_FUNC_END(on_ftrace_call)

/* Where a handler may send a function: returns ELSEWHERE */
SYM_FUNC_START(on_ftrace_elsewhere)
	mov	x0, #ELSEWHERE
	ret
SYM_FUNC_END(on_ftrace_elsewhere)

#ifdef HAVE_DIRECT
/*
 * A direct call, which calls the function that it is for, as BPF does to run a
 * program at its end: X9 is the LR of the function, LR where it goes on. Counts in
 * on_ftrace_direct_calls how often that came back.
 */
SYM_CODE_START(on_ftrace_direct)
	bti	c
	stp	x29, x9, [sp, #-16]!
	mov	x29, sp
	mov	x10, x30
	adr	x30, .Ldirect_return
	ret	x10
.Ldirect_return:
	adr_l	x10, on_ftrace_direct_calls
	ldr	w11, [x10]
	add	w11, w11, #1
	str	w11, [x10]
	ldp	x29, x30, [sp], #16
	ret
SYM_CODE_END(on_ftrace_direct)

	.pushsection .bss, "aw", @nobits
	.balign	4
SYM_DATA(on_ftrace_direct_calls, .zero 4)
	.popsection
#endif
