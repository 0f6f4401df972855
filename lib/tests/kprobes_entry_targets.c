// SPDX-License-Identifier: GPL-2.0
/*
 * The module of the probe targets of the kprobes_entry suite, which are in
 * kprobes_entry_asm.S.
 */

#include <linux/module.h>

MODULE_DESCRIPTION("Probe targets of the kprobes_entry KUnit suite");
MODULE_LICENSE("GPL");
