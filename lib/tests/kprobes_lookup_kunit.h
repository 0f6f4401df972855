/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the assembly targets of the kprobes_lookup suite export.
 */
#ifndef KPROBES_LOOKUP_KUNIT_H
#define KPROBES_LOOKUP_KUNIT_H

/* Calls the code behind each of the addresses below once */
void kprobes_lookup_call(void);

/* Only to take its address: the descriptor where the ABI has one */
void kprobes_lookup_func(void);

/* Data whose first word is the address of code, as in a descriptor */
extern const unsigned long kprobes_lookup_data[];

/* Where the code is, according to the linker */
extern const unsigned long kprobes_lookup_func_text;
extern const unsigned long kprobes_lookup_label_text;
extern const unsigned long kprobes_lookup_isra_text;
extern const unsigned long kprobes_lookup_dot_text;		/* ELFv1 */
extern const unsigned long kprobes_lookup_shadow_text;		/* ELFv1 */

#endif /* KPROBES_LOOKUP_KUNIT_H */
