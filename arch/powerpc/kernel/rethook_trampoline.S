/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a function returns to whose return is hooked.
 */

#include <linux/linkage.h>
#include <asm/asm-compat.h>
#include <asm/asm-offsets.h>
#include <asm/ppc_asm.h>
#include <asm/ptrace.h>
#include <asm/reg.h>

/*
 * The function has returned by a blr, so LR is the address of this. Its stack
 * frame is gone, r1 is that of the caller. r2 is the caller's TOC pointer, or what
 * the caller replaces by its own. r3 and r4 are the result. Other volatile registers
 * are free at the return of a function of C, but one of assembly may return, or
 * keep, something in them.
 */
SYM_CODE_START(arch_rethook_trampoline)
	/* What _savegpr0_14() and its like save is in the protected zone below r1 */
	PPC_STLU	r1,-INT_FRAME_SIZE(r1)
	SAVE_GPR(0, r1)
	SAVE_GPRS(2, 31, r1)
	addi	r4,r1,INT_FRAME_SIZE
	PPC_STL	r4,GPR1(r1)
	/*
	 * For now also where a leaf function has not saved it, for the stack unwinder.
	 * What is there waits in RESULT, which only a system call has a use for.
	 */
	PPC_LL	r5,LRSAVE(r4)
	PPC_STL	r5,RESULT(r1)
	mflr	r0
	PPC_STL	r0,LRSAVE(r4)
	PPC_STL	r0,_LINK(r1)
	PPC_STL	r0,_NIP(r1)
	mfmsr	r5
	PPC_STL	r5,_MSR(r1)
	mfctr	r5
	PPC_STL	r5,_CTR(r1)
	mfxer	r5
	PPC_STL	r5,_XER(r1)
	mfcr	r5
	PPC_STL	r5,_CCR(r1)
	li	r5,0x700
	PPC_STL	r5,_TRAP(r1)
	li	r5,0
	PPC_STL	r5,ORIG_GPR3(r1)
	PPC_STL	r5,_DAR(r1)
	PPC_STL	r5,_DSISR(r1)
	/* There was no interrupt */
	PPC_STL	r5,STACK_INT_FRAME_MARKER(r1)
#ifdef CONFIG_PPC64
	lbz	r5,PACAIRQSOFTMASK(r13)
	std	r5,SOFTE(r1)
	LOAD_PACA_TOC()
#endif

	addi	r3,r1,STACK_INT_FRAME_REGS
	bl	CFUNC(arch_rethook_trampoline_callback)

	/* A function of C preserves all others */
	mtlr	r3
	PPC_LL	r5,RESULT(r1)
	PPC_STL	r5,INT_FRAME_SIZE+LRSAVE(r1)
	PPC_LL	r5,_CTR(r1)
	mtctr	r5
	PPC_LL	r5,_XER(r1)
	mtxer	r5
	PPC_LL	r5,_CCR(r1)
	mtcr	r5
	REST_GPR(0, r1)
	REST_GPRS(2, 12, r1)
	addi	r1,r1,INT_FRAME_SIZE
	blr
SYM_CODE_END(arch_rethook_trampoline)
_ASM_NOKPROBE_SYMBOL(arch_rethook_trampoline)
