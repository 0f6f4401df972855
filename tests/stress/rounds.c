// SPDX-License-Identifier: GPL-2.0
/*
 * Rounds in which probes and other users of a function come and go while it runs: then
 * everything stops, and each probe that was armed all the time must have counted what the
 * function did.
 */

#define _GNU_SOURCE
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

/* Where in the function there are events as well, or 0 */
static unsigned long place;

static void place_events(const char *function)
{
	must(define("p:stress/entry %s", function), "place entry");
	must(define("r:stress/return %s", function), "place return");
	must(define("p:stress/entry2 %s", function), "place entry2");
	must(define("r:stress/return2 %s", function), "place return2");
	if (place) {
		must(define("p:stress/body %s+%lu", function, place), "place body");
		must(define("p:stress/body2 %s+%lu", function, place), "place body2");
	}
	must(define("p:stress/entry3 %s", function), "place entry3");
	if (configured("CONFIG_FPROBE_EVENTS")) {
		const char *colon = strchr(function, ':');

		must(define("f:stress/fentry %s", colon ? colon + 1 : function), "place fentry");
		count_by_histogram("fentry", "__probe_ip", true);
		must(enable("fentry", true), "enable fentry");
	}
	must(enable("entry", true), "enable entry");
	must(enable("return", true), "enable return");
	if (place)
		must(enable("body", true), "enable body");
}

void remove_events(void)
{
	char *list;

	if (exists(TRACEFS "events/stress/enable"))
		must_put(TRACEFS "events/stress/enable", "0");
	/* A trigger holds its event */
	if (exists(TRACEFS "events/stress/fentry/trigger"))
		count_by_histogram("fentry", "__probe_ip", false);
	must(put(TRACEFS "dynamic_events", O_TRUNC, NULL), "remove all events");
	list = contents(TRACEFS "dynamic_events");
	if (*list)
		fail("events are left: %s", list);
	free(list);
}

/* What the events that were on the whole time must have counted, and have */
struct window {
	unsigned long calls, nested, fentry;
	struct counted entry, ret, body;
};

static struct window window(bool self_counted)
{
	struct window w = { 0 };
	struct target t;

	if (self_counted) {
		t = target();
		w.calls = t.calls;
		w.nested = t.nested;
	} else {
		w.calls = calls_of_all();
	}
	w.entry = counted("entry");
	w.ret = counted("return");
	if (place)
		w.body = counted("body");
	if (configured("CONFIG_FPROBE_EVENTS"))
		w.fentry = histogram("fentry");

	return w;
}

static void exact(const char *event, unsigned long calls, unsigned long nested,
		  struct counted before, struct counted after)
{
	unsigned long hits = after.hits - before.hits, missed = after.missed - before.missed;

	if (hits != calls - nested || missed != nested)
		fail("%s: %lu hits and %lu missed of %lu calls, %lu of them from a handler",
		     event, hits, missed, calls, nested);
}

static void compare(const struct window *a, const struct window *b)
{
	unsigned long calls = b->calls - a->calls, nested = b->nested - a->nested;

	if (!calls)
		fail("nothing was called");
	exact("entry", calls, nested, a->entry, b->entry);
	exact("return", calls, nested, a->ret, b->ret);
	if (place)
		exact("body", calls, nested, a->body, b->body);
	if (configured("CONFIG_FPROBE_EVENTS") && b->fentry - a->fentry != calls)
		fail("fentry: %lu hits of %lu calls", b->fentry - a->fentry, calls);
}

/*
 * Rounds of @meanwhile, with events on @function that are on all the time. What is
 * left of it at the end must still be right.
 */
static void rounds_on(const char *function, bool self_counted, void (*meanwhile)(const char *))
{
	unsigned long calls = 0, nested = 0;

	place = self_counted ? target().place : 0;
	place_events(function);
	begin_actions();
	for (now_round = 0; now_round < rounds && !failed; now_round++) {
		struct window before, after;

		before = window(self_counted);
		work();
		meanwhile(function);
		rest();
		after = window(self_counted);
		if (!failed)
			compare(&before, &after);
		calls += after.calls - before.calls;
		nested += after.nested - before.nested;
		if (failed)
			break;
	}

	/* By themselves, each of those that came and went is right as well */
	if (!failed) {
		static const char * const toggled[] = { "entry2", "return2", "body2", "entry3" };
		struct counted before[4], now;
		unsigned long was, n;
		unsigned int i;

		quiet();
		for (i = 0; i < 4; i++) {
			if (!place && !strcmp(toggled[i], "body2"))
				continue;
			must(enable(toggled[i], true), toggled[i]);
			before[i] = counted(toggled[i]);
		}
		was = self_counted ? target().calls - target().nested : calls_of_all();
		work();
		usleep(100000);
		rest();
		n = (self_counted ? target().calls - target().nested : calls_of_all()) - was;
		for (i = 0; i < 4; i++) {
			if (!place && !strcmp(toggled[i], "body2"))
				continue;
			now = counted(toggled[i]);
			if (now.hits - before[i].hits != n)
				fail("%s, afterwards: %lu hits of %lu calls", toggled[i],
				     now.hits - before[i].hits, n);
		}
	}
	quiet();
	remove_events();
	end_actions();
	printf("# %s: %lu calls, %lu of them from a handler, in %lu rounds, seed %lu\n",
	       testing, calls, nested, now_round, seed);
}

void no_probe_is_left(void)
{
	char *list = contents_if_any(PROBES), *line, *save;

	for (line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!strstr(line, "arch_rethook_trampoline") && !strstr(line, "stress_outer"))
			fail("a probe is left: %s", line);
	free(list);
}

void test_probes(void)
{
	start_callers(TARGET, call_target);
	rounds_on("stress_probe:stress_target", true, act);
	join_callers();
	no_probe_is_left();
}

void test_switch(void)
{
	start_callers("/proc/cmdline", read_cmdline);
	rounds_on("cmdline_proc_show", false, act);
	join_callers();
	no_probe_is_left();
}

/* CPUs leave and come back, each but the first, while act() runs, and then again at random */

static atomic_bool stop_plugging;
static atomic_uint plugged;

static void *plug(void *arg)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_CONF), order[cpus], i, n;
	struct stream s = stream_of(1);
	char path[80];

	(void)arg;
	for (i = 0; i < cpus - 1; i++)
		order[i] = i;
	shuffle(&s, order, cpus - 1);
	for (n = 0; !failed && (n < cpus - 1 || !stop_plugging); n++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online",
			 1 + (n < cpus - 1 ? order[n] : below(&s, cpus - 1)));
		must(put(path, O_APPEND, "0"), "take a CPU away");
		usleep(below(&s, 50000));
		must(put(path, O_APPEND, "1"), "give the CPU back");
		plugged++;
	}

	return NULL;
}

static void act_while_plugging(const char *function)
{
	pthread_t thread;

	stop_plugging = false;
	if (pthread_create(&thread, NULL, plug, NULL))
		die("pthread_create");
	act(function);
	stop_plugging = true;
	pthread_join(thread, NULL);
}

void test_hotplug(void)
{
	start_callers(TARGET, call_target);
	rounds_on("stress_probe:stress_target", true, act_while_plugging);
	join_callers();
	no_probe_is_left();
	printf("# hotplug: %u times a CPU was away\n", plugged);
}
