/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of functions that are not there, for the kprobes_clone suite.
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
#endif
