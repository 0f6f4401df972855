/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the assembly of the kprobes_on_ftrace suite exports.
 */
#ifndef KPROBES_ON_FTRACE_KUNIT_H
#define KPROBES_ON_FTRACE_KUNIT_H

#if defined(CONFIG_ARM64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)
#define HAVE_DIRECT
#endif

/* What on_ftrace_elsewhere() returns */
#define ELSEWHERE	0x1234

/* Offsets in struct exact_call */
#define CALL_SP		(8 * 31)
#define CALL_NZCV	(8 * 32)
#define CALL_FUNC	(8 * 33)
#define CALL_KEPT	(8 * 34)
#define CALL_TEMPS	(8 * 44)

#ifndef __ASSEMBLER__

/**
 * struct exact_call - How on_ftrace_call() calls a function.
 * @regs: The registers to call it with. x17, x18, x29 and x30 are stored there, as
 *        they are at the call.
 * @sp: The stack pointer at the call is stored there.
 * @nzcv: The condition flags to call it with.
 * @func: The function.
 * @kept: x19 to x28 after the call are stored there.
 * @temps: x9 to x16 after the call are stored there.
 */
struct exact_call {
	unsigned long regs[31];
	unsigned long sp;
	unsigned long nzcv;
	void (*func)(void);
	unsigned long kept[10];
	unsigned long temps[8];
};

unsigned long on_ftrace_call(struct exact_call *call);
void on_ftrace_elsewhere(void);
void on_ftrace_direct(void);
extern unsigned int on_ftrace_direct_calls;

#endif /* !__ASSEMBLER__ */
#endif /* KPROBES_ON_FTRACE_KUNIT_H */
