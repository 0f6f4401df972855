// SPDX-License-Identifier: GPL-2.0
/* Events of a module, some of them refused, beside one that loads and unloads it. */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "stress.h"

#define CHURN		"/rig/stress_churn.ko"
#define CHURN_CALLS	"/sys/module/stress_churn/parameters/calls"
/* Loads of the module in a round, and calls of its function in each: half at init */
#define LOADS		10
#define CHURN_PER_LOAD	200

static atomic_bool stop_racing;

/* Where the module is: this counts on, so that the same number means the same stay there */
enum { AWAY, COMING, LIVE, GOING, PHASES };

static atomic_ulong phase;

/* How often an event was tried by its kind, where the module was, or in between, and refused */
#define BETWEEN	PHASES
static atomic_ulong raced[2][PHASES + 1];
static unsigned long race_refused;

static bool tried(unsigned int where)
{
	return raced[0][where] && raced[1][where];
}

/* The errno that a definition has to have, or -1 if that cannot be known */
static int expected(bool named, unsigned long before, unsigned long after)
{
	if (before != after)
		return -1;
	switch (before % PHASES) {
	case LIVE:
		return 0;
	case AWAY:
		/* One that is named may still come */
		return named ? 0 : EINVAL;
	default:
		return -1;
	}
}

static void *race(void *arg)
{
	struct stream s = stream_of(2);

	(void)arg;
	while (!stop_racing && !failed) {
		unsigned long before = phase, after;
		unsigned int kind = below(&s, 4);
		bool named = kind < 2;
		int err, want;

		err = define("%c:stress/race %s", kind % 2 ? 'r' : 'p',
			     named ? "stress_churn:churn_target" : "churn_target");
		after = phase;
		want = expected(named, before, after);
		raced[named][want < 0 ? BETWEEN : before % PHASES]++;
		/* Of a module that comes or goes, the name is not found or the probe refused */
		if (want >= 0 ? err != want : err && err != ENOENT && err != EINVAL)
			fail("an event of the module, %s, phases %lu and %lu: %s",
			     named ? "named" : "not named", before, after, strerror(err));
		if (err) {
			race_refused++;
			continue;
		}
		before = phase;
		err = enable("race", true);
		/* A probe may go with its module just then */
		if (err && (expected(true, before, phase) == 0 || (err != EINVAL && err != ENOENT)))
			fail("enable an event of the module, phases %lu and %lu: %s", before, phase,
			     strerror(err));
		usleep(below(&s, 5000));
		must(enable("race", false), "disable an event of the module");
		must(put(TRACEFS "dynamic_events", O_APPEND, "-:stress/race"), "delete an event of the module");
	}

	return NULL;
}

static void refused(const char *location)
{
	int err = define("p:stress/refused stress_churn:%s", location);

	if (err != EINVAL)
		fail("an event on %s: %s", location, strerror(err));
}

static void load_and_unload(bool also_refused)
{
	phase++;
	must(load_module(CHURN), "load the module");
	phase++;
	if (also_refused) {
		refused("no_such_function");
		refused("churn_notrace");
	}
	must_put(CHURN_CALLS, "100");
	phase++;
	must(unload_module("stress_churn"), "unload the module");
	phase++;
}

void test_modules(void)
{
	struct counted before, after, ret_before, ret_after;
	unsigned long loads = 0;
	unsigned int i, where;
	pthread_t racer;

	start_callers(TARGET, call_target);
	must(define("p:stress/busy stress_probe:stress_target"), "place busy");
	must(define("p:stress/pending stress_churn:churn_target"), "place pending");
	must(define("r:stress/pending_ret stress_churn:churn_target"), "place pending_ret");
	/* Accepted while the module is away, refused each time it comes */
	must(define("p:stress/missing stress_churn:no_such_function"), "place missing");
	must(define("p:stress/notrace stress_churn:churn_notrace"), "place notrace");
	must_put(TRACEFS "events/stress/enable", "1");
	work();

	stop_racing = false;
	if (pthread_create(&racer, NULL, race, NULL))
		die("pthread_create");
	for (now_round = 0; now_round < rounds && !failed; now_round++) {
		printf("# modules: round %lu of %lu\n", now_round, rounds);
		before = counted("pending");
		ret_before = counted("pending_ret");
		for (i = 0; i < LOADS && !failed; i++) {
			load_and_unload(i % 2);
			must(enable("busy", i % 2), "enable busy");
			loads++;
		}
		after = counted("pending");
		ret_after = counted("pending_ret");
		if (after.hits - before.hits != i * CHURN_PER_LOAD || after.missed != before.missed)
			fail("pending: %lu hits, %lu missed of %u calls", after.hits - before.hits,
			     after.missed - before.missed, i * CHURN_PER_LOAD);
		if (ret_after.hits - ret_before.hits != i * CHURN_PER_LOAD)
			fail("pending_ret: %lu hits of %u calls",
			     ret_after.hits - ret_before.hits, i * CHURN_PER_LOAD);
		if (failed)
			break;
	}
	/* The race has been to either place, with each kind of name */
	if (!within_a_minute(failed || tried(AWAY)))
		fail("no event was tried while the module was away");
	phase++;
	must(load_module(CHURN), "load the module");
	phase++;
	if (!within_a_minute(failed || tried(LIVE)))
		fail("no event was tried while the module was there");
	stop_racing = true;
	pthread_join(racer, NULL);
	must(unload_module("stress_churn"), "unload the module");
	if (counted("missing").hits || counted("notrace").hits)
		fail("a refused event has hits");
	rest();
	join_callers();
	remove_events();
	no_probe_is_left();
	for (where = 0; where <= PHASES; where++) {
		static const char * const names[] = { "away", "coming", "there", "going", "in between" };

		if (where != COMING && where != GOING)
			printf("# modules: while it was %s: %lu events named, %lu not\n", names[where],
			       raced[1][where], raced[0][where]);
	}
	printf("# modules: loaded %lu times, %lu calls, %lu events that raced were refused, seed %lu\n",
	       loads, loads * CHURN_PER_LOAD, race_refused, seed);
}
