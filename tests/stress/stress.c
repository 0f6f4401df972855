// SPDX-License-Identifier: GPL-2.0
/*
 * Arms and disarms probes on functions that run on every CPU meanwhile, and counts.
 *
 * /rig/plan has a seed, a number of rounds and the names of the tests to run. In each
 * round of "probes", "switch" and "hotplug" some probes are armed the whole time, others
 * and the other users of the same function come and go (actions.c); then everything
 * stops, and each probe must have counted what the function did (rounds.c). "modules" does
 * that to a module that comes and goes. "many" places many probes at once, for a guest whose
 * clock counts instructions, and prints what one of them costs.
 *
 * Prints where it is before each round. What is done at random is a function of the seed and
 * the round, not of the time.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "stress.h"

#define PLAN		"/rig/plan"

unsigned long seed, rounds, now_round;
const char *testing;
bool failed;
static char *what_failed;

unsigned long seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec;
}

/* Says what is wrong, once in a test */
void fail(const char *format, ...)
{
	va_list args;

	if (failed)
		return;
	va_start(args, format);
	if (vasprintf(&what_failed, format, args) < 0)
		what_failed = NULL;
	va_end(args);
	failed = true;
}

void must(int err, const char *what)
{
	if (err)
		fail("%s: %s", what, strerror(err));
}

void must_put(const char *path, const char *text)
{
	int err = put(path, O_APPEND, text);

	if (err)
		fail("echo \"%s\" >%s: %s", text, path, strerror(err));
}

static void report(const char *name)
{
	if (failed)
		printf("# %s\n# seed %lu, round %lu\n", what_failed, seed, now_round);
	tap_result(!failed, "%s", name);
	free(what_failed);
	what_failed = NULL;
	failed = false;
}

struct stream stream_of(unsigned int number)
{
	return (struct stream) { seed * 1000003 + now_round * 1009 + number };
}

unsigned int below(struct stream *s, unsigned int n)
{
	return splitmix64(&s->state) % n;
}

void shuffle(struct stream *s, unsigned int *numbers, unsigned int n)
{
	for (; n > 1; n--) {
		unsigned int other = below(s, n), tmp = numbers[n - 1];

		numbers[n - 1] = numbers[other];
		numbers[other] = tmp;
	}
}

static const struct test {
	const char *name, *title;
	void (*run)(void);
} all_tests[] = {
	{ "probes", "probes come and go on a function that runs on every CPU", test_probes },
	{ "switch", "tracers, fprobes and live patches on one function with probes", test_switch },
	{ "hotplug", "CPUs come and go while probes do", test_hotplug },
	{ "modules", "a module comes and goes under its probes", test_modules },
	{ "many", "thousands of events at once", test_many },
};

int main(void)
{
	unsigned int i, tests = 0;
	char *plan = contents(PLAN), *names;
	bool bad = false;
	int used = 0;

	if (sscanf(plan, "%lu %lu %n", &seed, &rounds, &used) < 2)
		die(PLAN);
	names = plan + used;
	for (i = 0; i < ARRAY_SIZE(all_tests); i++)
		tests += !!strstr(names, all_tests[i].name);
	tap_plan(tests);
	errno = load_module("/rig/stress_probe.ko");
	if (errno)
		die("load stress_probe");

	/* One that fails leaves nothing to build on */
	for (i = 0; i < ARRAY_SIZE(all_tests) && !bad; i++) {
		const struct test *test = &all_tests[i];

		if (!strstr(names, test->name))
			continue;
		testing = test->name;
		now_round = 0;
		test->run();
		bad = failed;
		report(test->title);
	}
	tap_finish();
}
