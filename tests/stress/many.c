// SPDX-License-Identifier: GPL-2.0
/* Many events: what one more of them costs. */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "stress.h"

static uint64_t own_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);

	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Functions that an event takes by name: ftrace serves them, and the name is theirs alone */
static char **functions;
static unsigned int num_functions;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char **)a, *(char **)b);
}

static void find_functions(void)
{
	char *all = contents_if_any(TRACEFS "available_filter_functions"), *line, *save;
	unsigned int i, n = 0;

	functions = malloc(sizeof(*functions) * 200000);
	for (line = strtok_r(all, "\n", &save); line && n < 200000; line = strtok_r(NULL, "\n", &save))
		if (!strpbrk(line, " ["))
			functions[n++] = line;
	qsort(functions, n, sizeof(*functions), by_name);
	for (i = 0; i < n; i++)
		if ((!i || strcmp(functions[i], functions[i - 1])) &&
		    (i + 1 == n || strcmp(functions[i], functions[i + 1])))
			functions[num_functions++] = functions[i];
	/* In an order of their own, not that of the alphabet, nor of the addresses */
	for (i = num_functions; i > 1; i--) {
		struct stream s = { seed + i };
		unsigned int j = below(&s, i);
		char *tmp = functions[i - 1];

		functions[i - 1] = functions[j];
		functions[j] = tmp;
	}
}

static void cost(const char *what, unsigned int n, const char *where, uint64_t ns, unsigned int of)
{
	printf("cost\t%s\t%s\t%u\t%llu\n", what, where, n, (unsigned long long)(ns / of));
}

#define BLOCK		1000
#define MAX_MANY	10000

/* Creates events up to @MAX_MANY, on one function or each on its own */
static void many(bool distinct)
{
	const char *where = distinct ? "distinct functions" : "one function";
	unsigned int n, next = 0, block, refused = 0;
	uint64_t start, spent, on, off;

	for (n = 0; n < MAX_MANY; n += block) {
		spent = 0;
		for (block = 0; block < BLOCK;) {
			const char *name = "mktime64";
			char line[300];
			int err;

			if (distinct) {
				if (next == num_functions) {
					fail("only %u functions to be probed", n + block);
					return;
				}
				name = functions[next++];
			}
			snprintf(line, sizeof(line), "p:stress/e%u %s", n + block, name);
			start = own_ns();
			err = put(TRACEFS "kprobe_events", O_APPEND, line);
			if (err) {
				refused++;
				if (!distinct) {
					fail("%s: %s", line, strerror(err));
					return;
				}
				continue;
			}
			spent += own_ns() - start;
			block++;
		}
		printf("# many: %u events on %s, %u refused\n", n + block, where, refused);
		if (n + block != BLOCK && n + block != MAX_MANY)
			continue;
		cost("create", n + block, where, spent, BLOCK);

		/* One that is armed beside so many that are not, the last one */
		for (on = off = 0, block = 0; block < 10; block++) {
			char event[20];

			snprintf(event, sizeof(event), "e%u", n + BLOCK - 1 - block);
			start = own_ns();
			must(enable(event, true), "enable");
			on += own_ns() - start;
			start = own_ns();
			must(enable(event, false), "disable");
			off += own_ns() - start;
		}
		cost("enable", n + BLOCK, where, on, 10);
		cost("disable", n + BLOCK, where, off, 10);
		block = BLOCK;
		if (n + block == BLOCK) {
			/* And all of them at once */
			start = own_ns();
			must_put(TRACEFS "events/stress/enable", "1");
			cost("enable, all at once", n + block, where, own_ns() - start, n + block);
			start = own_ns();
			must_put(TRACEFS "events/stress/enable", "0");
			cost("disable, all at once", n + block, where, own_ns() - start, n + block);
		}
	}
	/* The first 1000 of so many, one by one, then the rest */
	spent = own_ns();
	for (n = 0; n < BLOCK; n++)
		must(define("-:stress/e%u", n), "delete");
	cost("delete", MAX_MANY, where, own_ns() - spent, BLOCK);
	must(put(TRACEFS "kprobe_events", O_TRUNC, NULL), "delete all");
	no_probe_is_left();
}

void test_many(void)
{
	find_functions();
	many(true);
	if (!failed)
		many(false);
}
