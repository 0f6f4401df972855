/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probe targets of the kprobes_lookup suite.
 *
 * They are written in assembly because the tests depend on which symbols a
 * target has and on that it has no ftrace site. The address of the code of
 * each is exported as the linker knows it. The first instructions of each are
 * nops: any of them can be probed, and the entry is the symbol itself, with no
 * global entry or landing pad before it.
 */

#include <linux/linkage.h>

#if defined(CONFIG_PPC)
#define RETURN			blr
#elif defined(CONFIG_S390)
#define RETURN			br %r14
#elif defined(CONFIG_X86_64)
#include <linux/objtool.h>
#define RETURN			RET
#define ENTRY_NOT_INDIRECT	ANNOTATE_NOENDBR
#else
#define RETURN			ret
#endif

#ifndef ENTRY_NOT_INDIRECT
#define ENTRY_NOT_INDIRECT
#endif

/* An address */
#ifdef CONFIG_64BIT
#define LONG			.quad
#else
#define LONG			.long
#endif

/* Code with the symbol \sym, and nothing else that names it */
.macro code sym:req
	.balign	CONFIG_FUNCTION_ALIGNMENT
	.type	\sym, @function
\sym:
	ENTRY_NOT_INDIRECT
	.rept	8
	nop
	.endr
	RETURN
	.size	\sym, . - \sym
.endm

/* A function: \name is its descriptor and .\name its code on ELFv1 */
.macro func name:req
	.globl	\name
#ifdef CONFIG_PPC64_ELF_ABI_V1
	.pushsection .opd, "aw"
	.balign	8
\name:
	.quad	.\name, .TOC.@tocbase, 0
	.popsection
	.globl	.\name
	code	.\name
#else
	code	\name
#endif
.endm

/* What is probed and called for the function \name */
#ifdef CONFIG_PPC64_ELF_ABI_V1
#define CODE(name)		.name
#else
#define CODE(name)		name
#endif

/* Tell the tests that the code of \name is at \sym */
.macro text name:req, sym:req
	.globl	\name\()_text
\name\()_text:
	LONG	\sym
.endm

	.text

	/* Descriptor and dot symbol */
	func	kprobes_lookup_func

	/* A text symbol without a dot twin, whatever the ABI */
	.globl	kprobes_lookup_label
	code	kprobes_lookup_label

	/* The clone of a function that is traced */
	func	kprobes_lookup_traced.isra.0

	/* The clone of a function that is not traced */
	func	kprobes_lookup_untraced.isra.0

	/* A function on the kprobe blacklist, and a clone of it */
	func	kprobes_lookup_nokprobe
	.pushsection _kprobe_blacklist, "aw"
	LONG	CODE(kprobes_lookup_nokprobe)
	.popsection
	func	kprobes_lookup_nokprobe.constprop.0

	/* Has the name of a static function in kprobes_lookup_kunit.c */
	code	CODE(kprobes_lookup_twin)

#ifdef CONFIG_PPC64_ELF_ABI_V1
	/* A dot symbol without a descriptor */
	.globl	.kprobes_lookup_dot
	code	.kprobes_lookup_dot

	/* A dot symbol whose twin is data, but no descriptor */
	.globl	.kprobes_lookup_shadow
	code	.kprobes_lookup_shadow

	/* How C gets to the text symbol without a dot twin */
	.globl	.kprobes_lookup_call_label
.kprobes_lookup_call_label:
	b	kprobes_lookup_label
#endif

	.data
	.balign	8

	text	kprobes_lookup_func, CODE(kprobes_lookup_func)
	text	kprobes_lookup_label, kprobes_lookup_label
	text	kprobes_lookup_isra, CODE(kprobes_lookup_traced.isra.0)

	.globl	kprobes_lookup_data
	.type	kprobes_lookup_data, @object
kprobes_lookup_data:
	LONG	CODE(kprobes_lookup_func), 0, 0
	.size	kprobes_lookup_data, . - kprobes_lookup_data

#ifdef CONFIG_PPC64_ELF_ABI_V1
	text	kprobes_lookup_dot, .kprobes_lookup_dot
	text	kprobes_lookup_shadow, .kprobes_lookup_shadow

	.globl	kprobes_lookup_shadow
	.type	kprobes_lookup_shadow, @object
kprobes_lookup_shadow:
	.quad	.kprobes_lookup_func, 0, 0
	.size	kprobes_lookup_shadow, . - kprobes_lookup_shadow
#endif
