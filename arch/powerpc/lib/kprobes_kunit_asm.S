/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions for kprobes_kunit.c, each of which has a known instruction to probe.
 */

#include <linux/errno.h>
#include <asm/asm-offsets.h>
#include <asm/asm-compat.h>
#include <asm/ppc_asm.h>
#include <asm/reg.h>

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

/*
 * Makes the stack frame -r3 bytes larger. Returns by how much its back chain is off.
 */
_GLOBAL(kprobes_kunit_alloca)
	mr	r4,r1
	PPC_LL	r5,0(r1)
INSN(kprobes_kunit_alloca)
#ifdef CONFIG_PPC64
	stdux	r5,r1,r3
#else
	stwux	r5,r1,r3
#endif
	PPC_LL	r3,0(r1)
	mr	r1,r4
	sub	r3,r3,r5
	blr

/* r3 + 1 */
_GLOBAL(kprobes_kunit_add)
	mr	r4,r3
INSN(kprobes_kunit_add)
	addi	r3,r4,1
	blr

/* r3 = the version of the processor, by an instruction that is not emulated */
_GLOBAL(kprobes_kunit_step)
INSN(kprobes_kunit_step)
	mfspr	r3,SPRN_PVR
	blr

/* Instructions of Book E, which nothing executes */
_GLOBAL(kprobes_kunit_refused)
	.globl	kprobes_kunit_refused_insns
kprobes_kunit_refused_insns:
	.long	0x7c600106	/* wrtee r3 */
	.long	0x7c000146	/* wrteei 0 */
	.long	0x7c008146	/* wrteei 1 */
	blr

/* r3 = 0 if there is a word at r3, or -EFAULT */
_GLOBAL(kprobes_kunit_read)
INSN(kprobes_kunit_read)
1:	lwz	r3,0(r3)
	li	r3,0
	blr
2:	li	r3,-EFAULT
	blr
	EX_TABLE(1b, 2b)

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

/*
 * Sets the volatile registers that a function of C may leave as it likes at its
 * return, which one of assembly may not. Leaves a word in the frame of its caller,
 * and one below that, as _savegpr0_31() does.
 */
_GLOBAL(kprobes_kunit_keep)
	li	r0,100
	mtctr	r0
	lis	r0,0x2000
	mtxer	r0
	lis	r0,0x1234
	ori	r0,r0,0x5678
	mtcr	r0
	.irp	n, 0, 5, 6, 7, 8, 9, 10, 11, 12
	li	\n,\n + 1
	.endr
	PPC_STL	r11,LRSAVE(r1)
#ifdef CONFIG_PPC64
	PPC_STL	r12,-SZL(r1)
#endif
	blr

/* void kprobes_kunit_call_keep(unsigned long kept[]): what is there then */
_GLOBAL(kprobes_kunit_call_keep)
	mflr	r0
	PPC_STL	r0,LRSAVE(r1)
	PPC_STLU r1,-SWITCH_FRAME_SIZE(r1)
	/* Some of its fields belong to the caller */
	mfcr	r0
	PPC_STL	r0,_CCR(r1)
	SAVE_GPR(14, r1)
	mr	r14,r3
	bl	CFUNC(DOTSYM(kprobes_kunit_keep))
	PPC_STL	r0,0(r14)
	.irp	n, 5, 6, 7, 8, 9, 10, 11, 12
	PPC_STL	\n,(\n - 4)*SZL(r14)
	.endr
	mfctr	r3
	PPC_STL	r3,9*SZL(r14)
	mfxer	r3
	PPC_STL	r3,10*SZL(r14)
	mfcr	r3
	PPC_STL	r3,11*SZL(r14)
	PPC_LL	r3,LRSAVE(r1)
	PPC_STL	r3,12*SZL(r14)
#ifdef CONFIG_PPC64
	PPC_LL	r3,-SZL(r1)
#else
	li	r3,13
#endif
	PPC_STL	r3,13*SZL(r14)
	REST_GPR(14, r1)
	PPC_LL	r0,_CCR(r1)
	mtcr	r0
	addi	r1,r1,SWITCH_FRAME_SIZE
	PPC_LL	r0,LRSAVE(r1)
	mtlr	r0
	blr
