// SPDX-License-Identifier: GPL-2.0
/* What there is at an address, by what the kernel shows of itself and by its System.map. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

/* Some lines of System.map: kallsyms leaves out those that end a section */
#define BOUNDS		"/rig/bounds"

static uint64_t stext, etext, sinittext, einittext, kernel_end, head_end;
static bool has_data_symbols;

static uint64_t bound(const char *name)
{
	char *text = contents(BOUNDS), *line, *rest, symbol[100];
	unsigned long long addr, found = 0;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%llx %*c %99s", &addr, symbol) == 2 && !strcmp(symbol, name))
			found = addr;
	free(text);

	return found;
}

/* The addresses that ftrace patches, in order */
static uint64_t *sites;
static unsigned int nr_sites;

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void read_sites(void)
{
	char *text = contents_if_any(TRACEFS "available_filter_functions_addrs"), *line, *rest;
	unsigned int room = 0;
	unsigned long long addr;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%llx", &addr) != 1)
			continue;
		if (nr_sites == room) {
			room = room ? 2 * room : 65536;
			sites = realloc(sites, room * sizeof(*sites));
			if (!sites)
				die("memory");
		}
		sites[nr_sites++] = addr;
	}
	qsort(sites, nr_sites, sizeof(*sites), compare_numbers);
	free(text);
}

uint64_t site_within(uint64_t from, uint64_t to)
{
	unsigned int low = 0, high = nr_sites;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (sites[mid] < from)
			low = mid + 1;
		else
			high = mid;
	}

	return low < nr_sites && sites[low] <= to ? sites[low] : 0;
}

static struct range {
	uint64_t start, end;
} *blacklist;

static unsigned int nr_blacklist;

static void read_blacklist(void)
{
	char *text = contents(DEBUGFS "kprobes/blacklist"), *line, *rest;
	unsigned long long start, end;
	unsigned int room = 0;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%llx-%llx", &start, &end) != 2)
			continue;
		if (nr_blacklist == room) {
			room = room ? 2 * room : 4096;
			blacklist = realloc(blacklist, room * sizeof(*blacklist));
			if (!blacklist)
				die("memory");
		}
		blacklist[nr_blacklist++] = (struct range) { start, end };
	}
	free(text);
	if (!nr_blacklist)
		die("nothing is on the blacklist");
}

bool is_blacklisted(uint64_t addr)
{
	unsigned int i;

	/* What powerpc has ahead of its code is on no list */
	if (head_end && addr >= stext && addr < head_end)
		return true;
	for (i = 0; i < nr_blacklist; i++)
		if (addr >= blacklist[i].start && addr < blacklist[i].end)
			return true;

	return false;
}

void read_places(void)
{
	stext = bound("_stext");
	etext = bound("_etext");
	sinittext = bound("_sinittext");
	einittext = bound("_einittext");
	kernel_end = bound("_end");
	head_end = bound("__head_end");
	if (!stext || !etext || !sinittext || !einittext || !kernel_end)
		die(BOUNDS);
	has_data_symbols = configured("CONFIG_KALLSYMS_ALL");
	read_sites();
	read_blacklist();
}

enum region region_of(uint64_t addr)
{
	if (addr >= stext && addr < etext)
		return TEXT;
	if (addr >= sinittext && addr < einittext)
		return INIT_TEXT;
	/* Descriptors have symbols of their own, and are led through */
	if (addr >= stext && addr < kernel_end)
		return has_dot_symbols() ? UNKNOWN : has_data_symbols ? DATA : NOTHING;
	/* Modules, and the pages that the kernel makes code in, are within a branch of each other */
	if (addr >> 32 == module_base >> 32 || (addr ^ module_base) >> 32 == 1)
		return UNKNOWN;

	return NOTHING;
}
