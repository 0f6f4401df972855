// SPDX-License-Identifier: GPL-2.0
/* kprobes/list has a probe for each event, where its location says. */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

struct probe {
	uint64_t addr;
	const char *symbol;
	bool is_return;
	bool taken;
};

static char *list_before;
static unsigned int nr_list_before;

/* Where the probe of an event in a module is, of which rig/oracle has not looked at the code */
static uint64_t module_event_addr(const struct event *event)
{
	static char name[WORD_SIZE];
	const struct symbol *symbol;
	uint64_t addr = event->addr, offset = 0;
	char *sign, *colon;

	if (event->by_address) {
		/* The symbol of a descriptor has a dot twin */
		symbol = symbol_at(addr);
		if (symbol)
			find_code(symbol->name, symbol->module, &addr);
		return addr;
	}

	strcpy(name, event->location);
	sign = strpbrk(name, "+-");
	if (sign) {
		parse_number(sign, &offset);
		*sign = 0;
	}
	colon = strchr(name, ':');
	if (!find_code(colon ? colon + 1 : name, colon ? our_module : NULL, &addr))
		return 0;

	return addr + offset;
}

/* Where the probe of an event is, or nearly so if it is not sure */
static uint64_t event_addr(const struct event *event, bool *sure)
{
	static char word[WORD_SIZE];
	struct verdict verdict;
	struct place place;

	memset(&place, 0, sizeof(place));
	if (event->by_address)
		snprintf(word, sizeof(word), "%llu", (unsigned long long)event->addr);
	else
		strcpy(word, event->location);
	verdict = place_verdict(word, event->is_return, &place);
	*sure = verdict.sure && !verdict.text && place.name;

	return *sure ? place.addr : module_event_addr(event);
}

/* How far behind the start of a function of a module the probe on it may be */
static unsigned int entry_size(void)
{
#if defined(__x86_64__)
	return 4;
#elif defined(__powerpc64__)
	/* This program may be ELFv1, and the kernel is not */
	return has_dot_symbols() ? 0 : 16;
#else
	return 0;
#endif
}

/* Whether kprobes/list may show @probe for an event that is where event_addr() says */
static bool shown_at(const struct event *event, uint64_t addr, bool sure,
		     const struct probe *probe)
{
	if (probe->is_return != event->is_return)
		return false;
	/* It is shown as one on the start */
	if (!sure && probe->addr > addr && probe->addr - addr <= entry_size() &&
	    strstr(probe->symbol, "+0x0 "))
		return true;

	return probe->addr == addr;
}

bool is_registered(const struct event *event)
{
	const char *colon = event->by_address ? NULL : strchr(event->location, ':');

	size_t len = strlen(our_module);

	return !colon || (!strncmp(event->location, our_module, len) &&
			  event->location[len] == ':');
}

/* Takes one of @probes for @event, if @exact one that is at its very address */
static bool take_probe(const struct event *event, struct probe *probes, unsigned int nr_probes,
		       bool exact)
{
	bool sure;
	uint64_t addr = event_addr(event, &sure);
	unsigned int i;

	for (i = 0; i < nr_probes; i++) {
		if (probes[i].taken || (exact && probes[i].addr != addr) ||
		    !shown_at(event, addr, sure, &probes[i]))
			continue;
		probes[i].taken = true;
		return true;
	}

	return false;
}

void check_list(void)
{
	static struct probe probes[EVENTS_MAX + 100];
	unsigned int nr_probes = 0, nr_lines_seen = 0, i, wanted = 0;
	bool found[EVENTS_MAX] = { }, sure;
	char *text, *rest;

	text = strtok_r(read_now(LIST), "\n", &rest);
	for (; text && nr_probes < ARRAY_SIZE(probes); text = strtok_r(NULL, "\n", &rest)) {
		unsigned long long addr;
		int symbol = 0;
		char type;

		nr_lines_seen++;
		if (strstr(list_before, text))
			continue;
		if (sscanf(text, "%llx %c %n", &addr, &type, &symbol) != 2 || !symbol) {
			fail_batch("a line in kprobes/list: %s", text);
			continue;
		}
		probes[nr_probes++] = (struct probe) {
			.addr = addr, .symbol = text + symbol, .is_return = type == 'r',
		};
	}

	/* The start of a function may be behind the entry of a short one: what is exact first */
	for (i = 0; i < nr_events; i++) {
		if (!is_registered(&events[i]))
			continue;
		wanted++;
		found[i] = take_probe(&events[i], probes, nr_probes, true);
	}
	for (i = 0; i < nr_events; i++) {
		if (is_registered(&events[i]) && !found[i] &&
		    !take_probe(&events[i], probes, nr_probes, false))
			fail_batch("not in kprobes/list: %s (at 0x%llx)", events[i].line,
				   (unsigned long long)event_addr(&events[i], &sure));
	}
	if (nr_lines_seen != nr_list_before + wanted)
		fail_batch("kprobes/list has %u probes, and %u before, for %u events", nr_lines_seen,
			   nr_list_before, wanted);
}

void note_list(void)
{
	const char *p;

	list_before = contents(LIST);
	for (p = list_before; (p = strchr(p, '\n')); p++)
		nr_list_before++;
}
