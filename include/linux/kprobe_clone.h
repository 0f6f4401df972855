/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clones that a compiler makes of a function, as targets of probes.
 */
#ifndef _LINUX_KPROBE_CLONE_H
#define _LINUX_KPROBE_CLONE_H

#include <linux/kprobes.h>

/* Behind a name: if there is no such function, its one clone may be taken */
#define KPROBE_CLONE_SUFFIX	"%clone"

char *kprobe_clone_base(const char *name);
int kprobe_find_clone(const char *base, struct kprobe_place *place);
char *kprobe_explain_name(const char *name);

#endif /* _LINUX_KPROBE_CLONE_H */
