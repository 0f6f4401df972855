/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the assembly targets of the kprobes_entry suite export.
 */
#ifndef KPROBES_ENTRY_KUNIT_H
#define KPROBES_ENTRY_KUNIT_H

/* Does ftrace have sites where gcc -mprofile-kernel puts them? */
#if defined(CONFIG_MPROFILE_KERNEL) && !defined(CONFIG_ARCH_USING_PATCHABLE_FUNCTION_ENTRY)
#define ENTRY_TRACED_PPC64
#endif

/* Can a traced function be without a symbol? */
#if defined(CONFIG_ARM64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define ENTRY_UNNAMED
#endif

#ifndef __ASSEMBLER__

/**
 * struct entry_addrs - Addresses in a target, as the assembler knows them.
 * @start: The symbol, which is where a function pointer leads.
 * @local: Where callers in the same module enter.
 * @probe: Where a probe on the entry has to be.
 * @body: The first instruction behind the entry.
 * @call_local: Calls the target by name, from the module that it is in.
 */
struct entry_addrs {
	unsigned long start;
	unsigned long local;
	unsigned long probe;
	unsigned long body;
	void (*call_local)(void);
};

void kprobes_entry_untraced_none(void);
void kprobes_entry_untraced_addis(void);
void kprobes_entry_untraced_lis(void);
void kprobes_entry_untraced_large(void);
void kprobes_entry_untraced_bti(void);
void kprobes_entry_traced_none(void);
void kprobes_entry_traced_addis(void);
void kprobes_entry_traced_lis(void);
void kprobes_entry_traced_large(void);
void kprobes_entry_traced_bti(void);

extern const struct entry_addrs kprobes_entry_untraced_none_addrs;
extern const struct entry_addrs kprobes_entry_untraced_addis_addrs;
extern const struct entry_addrs kprobes_entry_untraced_lis_addrs;
extern const struct entry_addrs kprobes_entry_untraced_large_addrs;
extern const struct entry_addrs kprobes_entry_untraced_bti_addrs;
extern const struct entry_addrs kprobes_entry_traced_none_addrs;
extern const struct entry_addrs kprobes_entry_traced_addis_addrs;
extern const struct entry_addrs kprobes_entry_traced_lis_addrs;
extern const struct entry_addrs kprobes_entry_traced_large_addrs;
extern const struct entry_addrs kprobes_entry_traced_bti_addrs;

/* The ftrace site of that function */
extern const unsigned long kprobes_entry_unnamed_site;

#endif /* !__ASSEMBLER__ */
#endif /* KPROBES_ENTRY_KUNIT_H */
