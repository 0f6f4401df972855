/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the assembly of the kprobes_arm64 suite exports.
 */
#ifndef _ARM64_LIB_KPROBES_KUNIT_H
#define _ARM64_LIB_KPROBES_KUNIT_H

/* Offsets in struct exact_call */
#define CALL_SP		(8 * 31)
#define CALL_FUNC	(8 * 32)
#define CALL_KEPT	(8 * 33)

#ifndef __ASSEMBLER__

#include <linux/types.h>

/**
 * struct exact_call - How kprobes_kunit_call() calls a function.
 * @regs: The registers to call it with. x17, x18, x29 and x30 are stored there, as
 *        they are at the call.
 * @sp: The stack pointer at the call is stored there.
 * @func: The function.
 * @kept: x19 to x28 after the call are stored there.
 */
struct exact_call {
	unsigned long regs[31];
	unsigned long sp;
	unsigned long (*func)(unsigned long arg);
	unsigned long kept[10];
};

unsigned long kprobes_kunit_call(struct exact_call *call);

/* The functions that are probed, which have no other callers. They return @arg. */
unsigned long kprobes_kunit_traced(unsigned long arg);
unsigned long kprobes_kunit_untraced(unsigned long arg);

void kprobes_kunit_casp(u64 pair[2]);
extern __le32 kprobes_kunit_casp_insn[];

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
void kprobes_kunit_direct(void);
extern unsigned int kprobes_kunit_direct_calls;
#endif

#endif /* !__ASSEMBLER__ */
#endif /* _ARM64_LIB_KPROBES_KUNIT_H */
