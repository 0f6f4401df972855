// SPDX-License-Identifier: GPL-2.0
/* What there is at an address, by what rig/oracle has read in the ELF file. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

struct pair {
	uint64_t key, value;
};

struct list {
	struct pair *pairs;
	unsigned int nr, room;
};

static struct list barred, sites, entries, descriptors, insns;
static struct pair kernel, text, init, opd;
static bool has_data_symbols;
/* How far the kernel is from where its ELF file has it */
static uint64_t moved;
unsigned int insn_size = 1;

static void add(struct list *list, uint64_t key, uint64_t value)
{
	if (list->nr == list->room) {
		list->room = list->room ? 2 * list->room : 4096;
		list->pairs = realloc(list->pairs, list->room * sizeof(*list->pairs));
		if (!list->pairs)
			die("memory");
	}
	list->pairs[list->nr++] = (struct pair) { key, value };
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* The first pair whose key is not less than @key, NULL if there is none */
static const struct pair *lower_bound(const struct list *list, uint64_t key)
{
	unsigned int low = 0, high = list->nr;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (list->pairs[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}

	return low < list->nr ? &list->pairs[low] : NULL;
}

static const struct pair *find(const struct list *list, uint64_t key)
{
	const struct pair *pair = lower_bound(list, key);

	return pair && pair->key == key ? pair : NULL;
}

uint64_t site_within(uint64_t from, uint64_t to)
{
	const struct pair *site = lower_bound(&sites, from);

	return site && site->key <= to ? site->key : 0;
}

uint64_t local_entry(uint64_t start)
{
	const struct pair *entry = find(&entries, start);

	return entry ? entry->value : start;
}

uint64_t descriptor_code(uint64_t addr)
{
	const struct pair *descriptor = find(&descriptors, addr);

	return descriptor ? descriptor->value : 0;
}

enum insn insn_at(uint64_t addr)
{
	const struct pair *insn = find(&insns, addr);

	return insn ? insn->value : PLAIN;
}

bool is_blacklisted(uint64_t addr)
{
	unsigned int i;

	for (i = 0; i < barred.nr; i++)
		if (addr >= barred.pairs[i].key && addr < barred.pairs[i].value)
			return true;

	return false;
}

uint64_t some_place(uint64_t number)
{
	static const struct list *const lists[] = { &sites, &insns, &entries, &descriptors };
	const struct list *list = lists[number % ARRAY_SIZE(lists)];

	number /= ARRAY_SIZE(lists);
	/* Not every architecture has something in the last two */
	if (!list->nr)
		list = &insns;

	return list->pairs[number % list->nr].key;
}

static void read_line(const char *line)
{
	static const char *const kinds[] = {
		[JUMP_LABEL] = "jump", [STATIC_CALL] = "call", [BUG] = "bug", [NO_STEP] = "step",
		[MAYBE_STEP] = "maybe",
	};
	static const struct {
		const char *name;
		struct pair *region;
	} names[] = { { "kernel", &kernel }, { "text", &text }, { "init", &init }, { "opd", &opd } };
	unsigned long long first, second;
	char word[10];
	unsigned int i;

	if (sscanf(line, "region %9s %llx %llx", word, &first, &second) == 3) {
		/* The first one, "kernel", begins with _stext */
		if (!kernel.key)
			moved = moved_from(first);
		for (i = 0; i < ARRAY_SIZE(names); i++)
			if (!strcmp(word, names[i].name))
				*names[i].region = (struct pair) { first + moved, second + moved };
	} else if (sscanf(line, "barred %llx %llx", &first, &second) == 2) {
		add(&barred, first + moved, second + moved);
	} else if (sscanf(line, "site %llx", &first) == 1) {
		add(&sites, first + moved, 0);
	} else if (sscanf(line, "entry %llx %llx", &first, &second) == 2) {
		add(&entries, first + moved, second + moved);
	} else if (sscanf(line, "descriptor %llx %llx", &first, &second) == 2) {
		add(&descriptors, first + moved, second + moved);
	} else if (sscanf(line, "insn %llx %9s", &first, word) == 2) {
		for (i = JUMP_LABEL; i < ARRAY_SIZE(kinds); i++)
			if (!strcmp(word, kinds[i]))
				add(&insns, first + moved, i);
	} else if (sscanf(line, "size %u", &insn_size) != 1) {
		die(line);
	}
}

void read_places(void)
{
	struct list *const lists[] = { &sites, &entries, &descriptors, &insns };
	char *all, *line, *rest;
	unsigned int i;

	/* What rig/oracle --places has found in vmlinux */
	all = contents(file_argument("places"));
	for (line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_line(line);
	free(all);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		qsort(lists[i]->pairs, lists[i]->nr, sizeof(struct pair), compare_pairs);
	if (!kernel.key || !text.key || !init.key || !barred.nr || !sites.nr || !insns.nr)
		die("places");
	has_data_symbols = configured("CONFIG_KALLSYMS_ALL");
}

static bool is_in(const struct pair *region, uint64_t addr)
{
	return addr >= region->key && addr < region->value;
}

enum region region_of(uint64_t addr)
{
	if (is_in(&text, addr))
		return TEXT;
	if (is_in(&init, addr))
		return INIT_TEXT;
	if (is_in(&opd, addr))
		return DESCRIPTORS;
	if (is_in(&kernel, addr))
		return has_data_symbols ? DATA : NOTHING;
	/* Modules, and the pages that the kernel makes code in, are within a branch of each other */
	if (addr >> 32 == module_base >> 32 || (addr ^ module_base) >> 32 == 1)
		return UNKNOWN;

	return NOTHING;
}
