/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probe targets of the kprobes_entry suite: a function for each form that the
 * entry of a function can have.
 */

#include <linux/export.h>
#include <linux/linkage.h>

#include "kprobes_entry_kunit.h"

#if defined(CONFIG_PPC64)
#include <asm/ppc_asm.h>
#define RETURN	blr
#elif defined(CONFIG_ARM64)
#include <asm/assembler.h>
#define RETURN	ret
#ifdef CONFIG_ARM64_BTI_KERNEL
#define LANDING_PAD	bti c
#endif
#endif

#ifndef LANDING_PAD
#define LANDING_PAD
#endif

/*
 * The end of \name, its struct entry_addrs, and \name_call_local(), which calls it
 * as code of the same module does.
 */
.macro target_end name:req, local:req, probe:req, body:req
	nop
	nop
	RETURN
	.size	\name, . - \name

	.pushsection .rodata, "a"
	.balign	8
	.globl	\name\()_addrs
\name\()_addrs:
	.quad	\name, \local, \probe, \body, \name\()_call_local
	.popsection

	.balign	8
	.type	\name\()_call_local, @function
\name\()_call_local:
	LANDING_PAD
#ifdef CONFIG_PPC64
	mflr	r0
	std	r0, 16(r1)
	stdu	r1, -STACKFRAMESIZE(r1)
	bl	\name
	addi	r1, r1, STACKFRAMESIZE
	ld	r0, 16(r1)
	mtlr	r0
#else
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	\name
	ldp	x29, x30, [sp], #16
#endif
	RETURN
	.size	\name\()_call_local, . - \name\()_call_local

	EXPORT_SYMBOL_GPL(\name)
	EXPORT_SYMBOL_GPL(\name\()_addrs)
.endm

.macro target_start name:req
	.balign	8
	.globl	\name
	.type	\name, @function
\name:
.endm

	.text

#ifdef CONFIG_PPC64
/* ELFv2: the global entry sequence and the local entry point */
.macro	elfv2_start name:req, gep:vararg
	target_start \name
	\gep
.L\name\()_local:
	.localentry \name, .L\name\()_local - \name
.endm

.macro	untraced name:req, gep:vararg
	elfv2_start \name, \gep
	target_end \name, .L\name\()_local, .L\name\()_local, .L\name\()_local
.endm

/* The ftrace site is as -mprofile-kernel makes it, objtool tells ftrace about it */
.macro	traced name:req, gep:vararg
	elfv2_start \name, \gep
	mflr	r0
.L\name\()_site:
	bl	_mcount
	target_end \name, .L\name\()_local, .L\name\()_site, .L\name\()_site + 4
.endm

/* The TOC pointer from the address of the function, as the compiler emits it */
.macro gep_addis
0:	addis	r2, r12, (.TOC. - 0b)@ha
	addi	r2, r2, (.TOC. - 0b)@l
.endm

/* As the linker may turn that in what is linked to a fixed, low address */
.macro gep_lis
	lis	r2, 0x1234
	addi	r2, r2, 0x5678
.endm

/* The large code model: the distance of the TOC pointer is before the function */
.macro gep_large
	ld	r2, -8(r12)
	add	r2, r2, r12
.endm

.macro gep_none
.endm

	untraced kprobes_entry_untraced_none, gep_none
#ifndef CONFIG_PPC_KERNEL_PCREL
	untraced kprobes_entry_untraced_addis, gep_addis
	untraced kprobes_entry_untraced_lis, gep_lis
	.balign	8
	.quad	.TOC. - kprobes_entry_untraced_large
	untraced kprobes_entry_untraced_large, gep_large
#endif
#ifdef ENTRY_TRACED_PPC64
	traced	kprobes_entry_traced_none, gep_none
#ifndef CONFIG_PPC_KERNEL_PCREL
	traced	kprobes_entry_traced_addis, gep_addis
	traced	kprobes_entry_traced_lis, gep_lis
	.balign	8
	.quad	.TOC. - kprobes_entry_traced_large
	traced	kprobes_entry_traced_large, gep_large
#endif
#endif
#endif /* CONFIG_PPC64 */

#ifdef CONFIG_ARM64
/*
 * The layouts that ftrace_call_adjust() knows: a landing pad or none, and with
 * CALL_OPS a place for the ops before the function.
 */
.macro	untraced name:req, pad:vararg
	target_start \name
	\pad
	target_end \name, \name, \name, \name
.endm

.macro	traced name:req, pad:vararg
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS
	.balign	8
.L\name\()_entry:
	nop
	nop
	target_start \name
	\pad
#else
	target_start \name
	\pad
.L\name\()_entry:
#endif
	nop
	nop
	.pushsection __patchable_function_entries, "awo", @progbits, .text
	.balign	8
	.quad	.L\name\()_entry
	.popsection
.L\name\()_body:
	target_end \name, \name, \name, .L\name\()_body
.endm

.macro pad_none
.endm

#ifdef CONFIG_ARM64_BTI_KERNEL
	untraced kprobes_entry_untraced_bti, bti c
#else
	untraced kprobes_entry_untraced_none, pad_none
#endif
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#ifdef CONFIG_ARM64_BTI_KERNEL
	traced	kprobes_entry_traced_bti, bti c
#else
	traced	kprobes_entry_traced_none, pad_none
#endif

/*
 * A traced function whose symbol is gone, as in a stripped module, behind one that
 * has its own.
 */
	target_start kprobes_entry_before_unnamed
	LANDING_PAD
	RETURN
	.balign	8
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS
.Lunnamed_entry:
	nop
	nop
	LANDING_PAD
#else
	LANDING_PAD
.Lunnamed_entry:
#endif
	nop
.Lunnamed_site:
	nop
	RETURN
	.size	kprobes_entry_before_unnamed, . - kprobes_entry_before_unnamed

	.pushsection __patchable_function_entries, "awo", @progbits, .text
	.balign	8
	.quad	.Lunnamed_entry
	.popsection

	.pushsection .rodata, "a"
	.balign	8
	.globl	kprobes_entry_unnamed_site
kprobes_entry_unnamed_site:
	.quad	.Lunnamed_site
	.popsection
	EXPORT_SYMBOL_GPL(kprobes_entry_unnamed_site)
#endif
#endif /* CONFIG_ARM64 */
