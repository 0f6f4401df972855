/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the assembly targets of the kprobes_lookup suite export.
 */
#ifndef KPROBES_LOOKUP_KUNIT_H
#define KPROBES_LOOKUP_KUNIT_H

/* Its address is that of the descriptor where the ABI has one */
void kprobes_lookup_func(void);

/* Only to call them. What C calls on ELFv1 has a dot before its name */
void kprobes_lookup_label(void);
void kprobes_lookup_call_label(void);					/* ELFv1 */
void kprobes_lookup_dot(void);						/* ELFv1 */
void kprobes_lookup_shadow(void);					/* ELFv1 */
typeof(kprobes_lookup_func) kprobes_lookup_isra asm("kprobes_lookup_traced.isra.0");

/* Data whose first word is the address of code, as in a descriptor */
extern const unsigned long kprobes_lookup_data[];

/* Where the code is, according to the linker */
extern const unsigned long kprobes_lookup_func_text;
extern const unsigned long kprobes_lookup_label_text;
extern const unsigned long kprobes_lookup_isra_text;
extern const unsigned long kprobes_lookup_dot_text;		/* ELFv1 */
extern const unsigned long kprobes_lookup_shadow_text;		/* ELFv1 */

#endif /* KPROBES_LOOKUP_KUNIT_H */
