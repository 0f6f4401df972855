/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of functions that are not there, and a function with more clones than an
 * event can have probes, for the kprobes_clone suite.
 */

#ifdef CONFIG_PPC64_ELF_ABI_V1
#define CODE(name)	.name
#else
#define CODE(name)	name
#endif

.macro part sym:req
	.type	\sym, STT_FUNC
\sym:
	nop
	.size	\sym, . - \sym
.endm

	.text

#ifndef CONFIG_X86
	/* objtool reads all of vmlinux.o there, and wants what the parts are of */
	part	CODE(kprobes_clone_cold.cold)
	part	CODE(kprobes_clone_old_cold.cold.1)
	part	CODE(kprobes_clone_among_parts.cold)
	part	CODE(kprobes_clone_among_parts.isra.0.cold)

	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	part	CODE(kprobes_clone_many.isra.)\n
	.endr
#endif
