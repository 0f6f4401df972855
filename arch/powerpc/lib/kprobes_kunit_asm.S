/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions for kprobes_kunit.c, each of which has a known instruction to probe.
 */

#include <asm/asm-offsets.h>
#include <asm/asm-compat.h>
#include <asm/ppc_asm.h>

#define INSN(name)	.globl name##_insn; name##_insn:

	.text

#ifdef CONFIG_PPC64
/* As in arch_local_irq_save(): r3 = the soft mask */
_GLOBAL(kprobes_kunit_get_soft_mask)
INSN(kprobes_kunit_get_soft_mask)
	lbz	r3,PACAIRQSOFTMASK(r13)
	blr

/* As in arch_local_irq_disable(): the soft mask = r3 */
_GLOBAL(kprobes_kunit_set_soft_mask)
INSN(kprobes_kunit_set_soft_mask)
	stb	r3,PACAIRQSOFTMASK(r13)
	blr
#endif

/* As in preempt_disable(), in two halves */
_GLOBAL(kprobes_kunit_load)
INSN(kprobes_kunit_load)
	lwz	r3,0(r3)
	blr

_GLOBAL(kprobes_kunit_store)
INSN(kprobes_kunit_store)
	stw	r4,0(r3)
	blr

/*
 * Makes a stack frame of -r3 bytes. Returns by how much its back chain is off.
 */
_GLOBAL(kprobes_kunit_frame)
	mr	r4,r1
INSN(kprobes_kunit_frame)
#ifdef CONFIG_PPC64
	stdux	r1,r1,r3
#else
	stwux	r1,r1,r3
#endif
	PPC_LL	r3,0(r1)
	mr	r1,r4
	sub	r3,r3,r4
	blr

/* *r3 += 1. There is no return from a trap in the first three of these. */
_GLOBAL(kprobes_kunit_atomic_inc)
INSN(kprobes_kunit_atomic_inc)
1:	lwarx	r4,0,r3
	addi	r4,r4,1
	stwcx.	r4,0,r3
	bne-	1b
	blr

/* Has no ftrace site: a probe on its first instruction may be optimized */
_GLOBAL(kprobes_kunit_override)
	li	r3,0
	blr
