/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clones that a compiler makes of a function, for kprobe events.
 */
#ifndef __TRACE_KPROBE_CLONE_H
#define __TRACE_KPROBE_CLONE_H

/* What may follow a symbol: the function and all of its clones are meant */
#define CLONES_SUFFIX	"%clones"

/* An event has a probe on each of them */
#define MAX_CLONES	16

struct kprobe_place;

/**
 * struct clone_names - the names of a function and of its clones
 * @nr: how many there are
 * @has_function: is the first one the function itself?
 * @names: "[MOD:]NAME"
 */
struct clone_names {
	unsigned int nr;
	bool has_function;
	char *names[MAX_CLONES];
};

int find_clone_names(const char *name, struct clone_names *clones, struct kprobe_place *place);
void free_clone_names(struct clone_names *clones);

char *explain_symbol(const char *name, unsigned int nr_symbols);

#endif /* __TRACE_KPROBE_CLONE_H */
