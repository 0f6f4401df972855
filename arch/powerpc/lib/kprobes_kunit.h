/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _POWERPC_LIB_KPROBES_KUNIT_H
#define _POWERPC_LIB_KPROBES_KUNIT_H

#include <linux/kprobes.h>

/* Functions of kprobes_kunit_asm.S, and the instruction to probe in each */
unsigned long kprobes_kunit_get_soft_mask(void);
void kprobes_kunit_set_soft_mask(unsigned long mask);
unsigned int kprobes_kunit_load(unsigned int *from);
void kprobes_kunit_store(unsigned int *to, unsigned int val);
unsigned long kprobes_kunit_frame(long minus_size);
unsigned long kprobes_kunit_alloca(long minus_size);
unsigned long kprobes_kunit_add(unsigned long val);
unsigned long kprobes_kunit_step(void);
int kprobes_kunit_read(const unsigned int *from);
void kprobes_kunit_atomic_inc(unsigned int *val);
int kprobes_kunit_override(void);

/* What kprobes_kunit_keep() sets: r0, r5 to r12, CTR, XER, CR, and two words of the stack */
#define KPROBES_KUNIT_NR_KEPT	14
void kprobes_kunit_call_keep(unsigned long kept[KPROBES_KUNIT_NR_KEPT]);

extern kprobe_opcode_t kprobes_kunit_get_soft_mask_insn[];
extern kprobe_opcode_t kprobes_kunit_set_soft_mask_insn[];
extern kprobe_opcode_t kprobes_kunit_load_insn[];
extern kprobe_opcode_t kprobes_kunit_store_insn[];
extern kprobe_opcode_t kprobes_kunit_frame_insn[];
extern kprobe_opcode_t kprobes_kunit_alloca_insn[];
extern kprobe_opcode_t kprobes_kunit_add_insn[];
extern kprobe_opcode_t kprobes_kunit_step_insn[];
extern kprobe_opcode_t kprobes_kunit_read_insn[];
extern kprobe_opcode_t kprobes_kunit_atomic_inc_insn[];

#define KPROBES_KUNIT_NR_REFUSED	3
extern kprobe_opcode_t kprobes_kunit_refused_insns[];

#endif
