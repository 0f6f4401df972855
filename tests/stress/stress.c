// SPDX-License-Identifier: GPL-2.0
/*
 * Arms and disarms probes on functions that run on every CPU meanwhile, and counts.
 *
 * /rig/plan has a seed, a number of rounds and the names of the tests to run, or the
 * arguments say that. In each round of "probes", "switch" and "hotplug" some probes are
 * armed the whole time, others and the other users of the same function come and go at
 * random; then everything stops, and each probe must have counted what the function did.
 * "modules" does that to a module that comes and goes. "many" places many probes at once, for
 * a guest whose clock counts instructions, and prints what one of them costs.
 *
 * Prints where it is before each round. What is
 * done at random is a function of the seed and the round, not of the time.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

#define PROBES		DEBUGFS "kprobes/list"
#define TARGET		DEBUGFS "stress_probe"
#define CHURN_CALLS	"/sys/module/stress_churn/parameters/calls"
#define OPTIMIZATION	"/proc/sys/debug/kprobes-optimization"
#define PATCH		"/sys/kernel/livepatch/livepatch_sample/"

#define MAX_CPUS	64
/* Done in a round, one after the other */
#define ACTIONS		16
/* Loads of the module in a round, and calls of its function in each: half at init */
#define LOADS		10
#define CHURN_PER_LOAD	200

static unsigned long seed, rounds, now_round;
static const char *testing;
static bool failed;
static char *what_failed;

/* Says what is wrong, once in a test */
static void __attribute__((format(printf, 1, 2))) fail(const char *format, ...)
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

static void must(int err, const char *what)
{
	if (err)
		fail("%s: %s", what, strerror(err));
}

static void must_put(const char *path, const char *text)
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

/* The same seed, round and stream give the same numbers (splitmix64) */
struct stream {
	uint64_t state;
};

static struct stream stream_of(unsigned int number)
{
	return (struct stream) { seed * 1000003 + now_round * 1009 + number };
}

static unsigned int below(struct stream *s, unsigned int n)
{
	return splitmix64(&s->state) % n;
}

/* Events */

static void event_file(char *path, size_t size, const char *event, const char *file)
{
	snprintf(path, size, TRACEFS "events/stress/%s/%s", event, file);
}

static int enable(const char *event, bool on)
{
	char path[200];

	event_file(path, sizeof(path), event, "enable");

	return put(path, O_APPEND, on ? "1" : "0");
}

static int __attribute__((format(printf, 1, 2))) define(const char *format, ...)
{
	char line[300];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	return put(TRACEFS "dynamic_events", O_APPEND, line);
}

struct counted {
	unsigned long hits, missed;
};

/* What kprobe_profile has, which is exact: the hits are counted per CPU */
static struct counted counted(const char *event)
{
	struct counted c = { 0, 0 };
	char *all = contents_if_any(TRACEFS "kprobe_profile"), *line, *save;
	char name[100];
	bool found = false;

	for (line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%99s %lu %lu", name, &c.hits, &c.missed) == 3 &&
		    !strcmp(name, event)) {
			found = true;
			break;
		}
	free(all);
	if (!found)
		fail("%s is not in kprobe_profile", event);

	return c;
}

/*
 * An fprobe event is not in kprobe_profile: what its histogram has, and what that has
 * dropped because another CPU was about to make the only entry
 */
static unsigned long histogram(const char *event)
{
	unsigned long hits = 0, dropped = 0;
	char path[200], *all, *totals;

	event_file(path, sizeof(path), event, "hist");
	all = contents_if_any(path);
	totals = strstr(all, "Totals:");
	if (!totals ||
	    sscanf(totals, "Totals: Hits: %lu Entries: %*u Dropped: %lu", &hits, &dropped) != 2)
		fail("the histogram of %s: %s", event, all);
	free(all);

	return hits + dropped;
}

/* Callers: a thread on each CPU, all of which can be stopped */

struct caller {
	pthread_t thread;
	unsigned int cpu;
	atomic_ulong calls;
};

static struct caller callers[MAX_CPUS];
static unsigned int num_callers;
static atomic_bool pause_callers, stop_callers;
static atomic_uint resting;
/* Calls the function under test some times, and says how often */
static unsigned long (*call)(int fd);
static const char *call_file;

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);	/* fails while the CPU is away */
}

static void *caller(void *arg)
{
	struct caller *c = arg;
	int fd = open(call_file, O_RDWR);

	if (fd < 0)
		fd = open(call_file, O_RDONLY);
	while (!stop_callers) {
		if (pause_callers) {
			resting++;
			while (pause_callers && !stop_callers)
				usleep(1000);
			resting--;
			continue;
		}
		pin(c->cpu);
		c->calls += call(fd);
		/* Who arms the probes wants to run as well */
		usleep(500);
	}
	close(fd);

	return NULL;
}

static void rest(void)
{
	pause_callers = true;
	while (resting < num_callers)
		usleep(1000);
}

static void work(void)
{
	pause_callers = false;
	while (resting)
		usleep(1000);
}

static void start_callers(const char *path, unsigned long (*function)(int fd))
{
	unsigned int i;

	call = function;
	call_file = path;
	stop_callers = false;
	pause_callers = true;
	num_callers = sysconf(_SC_NPROCESSORS_CONF);
	if (num_callers > MAX_CPUS)
		num_callers = MAX_CPUS;
	for (i = 0; i < num_callers; i++) {
		callers[i].cpu = i;
		callers[i].calls = 0;
		if (pthread_create(&callers[i].thread, NULL, caller, &callers[i]))
			exit(1);
	}
	rest();
}

static unsigned long calls_of_all(void)
{
	unsigned long n = 0;
	unsigned int i;

	for (i = 0; i < num_callers; i++)
		n += callers[i].calls;

	return n;
}

static void join_callers(void)
{
	unsigned int i;

	stop_callers = true;
	for (i = 0; i < num_callers; i++)
		pthread_join(callers[i].thread, NULL);
	for (i = 0; i < num_callers; i++)
		if (!callers[i].calls)
			fail("CPU %u called nothing", i);
}

/* stress_target() of stress_probe, which counts its calls itself */
#define TARGET_BATCH	"64"

static unsigned long call_target(int fd)
{
	return pwrite(fd, TARGET_BATCH, strlen(TARGET_BATCH), 0) > 0 ? atoi(TARGET_BATCH) : 0;
}

struct target {
	unsigned long calls, nested, place;
};

static struct target target(void)
{
	struct target t = { 0, 0, 0 };
	char *all = contents_if_any(TARGET);

	if (sscanf(all, "%lu %lu %lu", &t.calls, &t.nested, &t.place) != 3)
		fail("%s: %s", TARGET, all);
	free(all);

	return t;
}

/* cmdline_proc_show() of the kernel, once for each read from the start of the file */
static unsigned long read_cmdline(int fd)
{
	char buf[4096];
	unsigned long n = 0;
	int i;

	for (i = 0; i < 16; i++)
		n += pread(fd, buf, sizeof(buf), 0) > 0;

	return n;
}

/* Modules */

static int load(const char *path)
{
	int fd = open(path, O_RDONLY), err = 0;

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = errno;
	close(fd);

	return err;
}

/* Whoever looks at a module holds it for a moment */
static int unload(const char *name)
{
	int i;

	for (i = 0; i < 1000; i++) {
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			return 0;
		if (errno != EWOULDBLOCK && errno != EBUSY)
			return errno;
		usleep(10000);
	}

	return EBUSY;
}

/* What happens to the function under test */

struct action {
	const char *name;
	void (*act)(struct stream *s, const char *function);
	bool (*can)(void);
};

static bool always(void)
{
	return true;
}

static void toggle(struct stream *s, const char *function)
{
	static const char * const events[] = { "entry2", "return2", "body2", "entry3" };
	const char *event = events[below(s, 4)];
	char path[200];

	(void)function;
	event_file(path, sizeof(path), event, "enable");
	if (exists(path))
		must(enable(event, below(s, 2)), event);
}

static void create_and_delete(struct stream *s, const char *function)
{
	bool is_return = below(s, 2);

	must(define("%c:stress/short %s", is_return ? 'r' : 'p', function), "create an event");
	must(enable("short", true), "enable the new event");
	usleep(below(s, 20000));
	must(enable("short", false), "disable the new event");
	must(put(TRACEFS "dynamic_events", O_APPEND, "-:stress/short"), "delete the new event");
}

static bool has_fprobe(void)
{
	static int has = -1;

	if (has < 0) {
		char *readme = contents_if_any(TRACEFS "README");

		has = strstr(readme, "f[:[<group>/][<event>]]") != NULL;
		free(readme);
	}

	return has;
}

static const char *without_module(const char *function)
{
	const char *colon = strchr(function, ':');

	return colon ? colon + 1 : function;
}

static void fprobe_event(struct stream *s, const char *function)
{
	bool is_return = below(s, 2);

	must(define("f:stress/fshort %s%s", without_module(function),
		    is_return ? "%return" : ""), "create an fprobe event");
	must(enable("fshort", true), "enable the fprobe event");
	usleep(below(s, 20000));
	must(enable("fshort", false), "disable the fprobe event");
	must(put(TRACEFS "dynamic_events", O_APPEND, "-:stress/fshort"), "delete the fprobe event");
}

static void use_tracer(struct stream *s, const char *function)
{
	static const char * const tracers[] = { "nop", "function", "function_graph" };
	unsigned int tracer = below(s, 3);

	must_put(TRACEFS "current_tracer", "nop");
	must(put(TRACEFS "set_ftrace_filter", O_TRUNC, NULL), "empty set_ftrace_filter");
	/* All functions, now and then, but no graphs of them: that leaves no time */
	if (tracer == 2 || below(s, 8))
		must_put(TRACEFS "set_ftrace_filter", without_module(function));
	must_put(TRACEFS "current_tracer", tracers[tracer]);
}

static bool has_optimization(void)
{
	return exists(OPTIMIZATION);
}

static void optimize(struct stream *s, const char *function)
{
	(void)function;
	must_put(OPTIMIZATION, below(s, 2) ? "1" : "0");
}

static bool has_livepatch(void)
{
	return exists("%s", file_argument("livepatch-sample.ko"));
}

/* The end of a patch's transition: all tasks have been seen where they can change over */
static void transition_ends(void)
{
	int i;

	for (i = 0; i < 3000; i++) {
		char *state = contents_if_any(PATCH "transition");
		bool ended = *state != '1';

		free(state);
		if (ended)
			return;
		usleep(10000);
	}
	fail("the live patch is still in transition");
}

static bool patched;

static void live_patch(struct stream *s, const char *function)
{
	(void)s;
	if (strcmp(function, "cmdline_proc_show"))
		return;
	if (!patched) {
		must(load(file_argument("livepatch-sample.ko")), "load the live patch");
		transition_ends();
	} else {
		must_put(PATCH "enabled", "0");
		transition_ends();
		must(unload("livepatch_sample"), "unload the live patch");
	}
	patched = !patched;
}

static const struct action actions[] = {
	{ "toggle an event", toggle, always },
	{ "toggle an event", toggle, always },
	{ "create and delete an event", create_and_delete, always },
	{ "create and delete an fprobe event", fprobe_event, has_fprobe },
	{ "switch the tracer", use_tracer, always },
	{ "switch the optimization", optimize, has_optimization },
	{ "switch the live patch", live_patch, has_livepatch },
};

#define NUM_ACTIONS	(sizeof(actions) / sizeof(actions[0]))

static void act(const char *function)
{
	struct stream s = stream_of(0);
	bool can[NUM_ACTIONS];
	unsigned int i, n;

	for (i = 0; i < NUM_ACTIONS; i++)
		can[i] = actions[i].can();
	for (n = 0; n < ACTIONS && !failed; n++) {
		i = below(&s, NUM_ACTIONS);
		if (!can[i])
			continue;
		actions[i].act(&s, function);
		if (failed)
			printf("# %s: round %lu, action %u: %s\n", testing, now_round, n,
			       actions[i].name);
	}
}

/* Tests */

/* Events that are on the whole time, and where they can be, those that come and go */
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
	if (has_fprobe()) {
		char path[200];

		must(define("f:stress/fentry %s", without_module(function)), "place fentry");
		event_file(path, sizeof(path), "fentry", "trigger");
		must_put(path, "hist:keys=__probe_ip");
		must(enable("fentry", true), "enable fentry");
	}
	must(enable("entry", true), "enable entry");
	must(enable("return", true), "enable return");
	if (place)
		must(enable("body", true), "enable body");
}

static void quiet(void)
{
	must_put(TRACEFS "current_tracer", "nop");
	must(put(TRACEFS "set_ftrace_filter", O_TRUNC, NULL), "empty set_ftrace_filter");
	if (patched)
		live_patch(NULL, "cmdline_proc_show");
	if (has_optimization())
		must_put(OPTIMIZATION, "1");
}

static void remove_events(void)
{
	char *list;

	if (exists(TRACEFS "events/stress/enable"))
		must_put(TRACEFS "events/stress/enable", "0");
	/* A trigger holds its event */
	if (exists(TRACEFS "events/stress/fentry/trigger"))
		must_put(TRACEFS "events/stress/fentry/trigger", "!hist:keys=__probe_ip");
	must(put(TRACEFS "dynamic_events", O_TRUNC, NULL), "remove all events");
	list = contents_if_any(TRACEFS "dynamic_events");
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
	if (has_fprobe())
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
	if (has_fprobe() && b->fentry - a->fentry != calls)
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
	for (now_round = 0; now_round < rounds && !failed; now_round++) {
		struct window before, after;

		printf("# %s: round %lu of %lu\n", testing, now_round, rounds);
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
	printf("# %s: %lu calls, %lu of them from a handler, in %lu rounds of %u actions, seed %lu\n",
	       testing, calls, nested, now_round, ACTIONS, seed);
}

/* Those of the kernel itself */
static char *probes_before;

static void no_probe_is_left(void)
{
	char *list = contents_if_any(PROBES), *line, *save;

	for (line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!strstr(probes_before, line) && !strstr(line, "stress_outer"))
			fail("a probe is left: %s", line);
	free(list);
}

static void test_probes(void)
{
	start_callers(TARGET, call_target);
	rounds_on("stress_probe:stress_target", true, act);
	join_callers();
	no_probe_is_left();
}

static void test_switch(void)
{
	start_callers("/proc/cmdline", read_cmdline);
	rounds_on("cmdline_proc_show", false, act);
	join_callers();
	no_probe_is_left();
}

/* CPUs leave and come back, while act() runs */

static atomic_bool stop_plugging;
static atomic_uint plugged;

static void *plug(void *arg)
{
	struct stream s = stream_of(1);
	unsigned int cpus = sysconf(_SC_NPROCESSORS_CONF);
	char path[80];

	(void)arg;
	while (!stop_plugging) {
		int err;

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online",
			 1 + below(&s, cpus - 1));
		err = put(path, O_APPEND, "0");
		must(err, "take a CPU away");
		usleep(below(&s, 50000));
		must(put(path, O_APPEND, "1"), "give the CPU back");
		if (err)
			break;
		plugged++;
	}

	return NULL;
}

static void act_while_plugging(const char *function)
{
	pthread_t thread;

	stop_plugging = false;
	if (pthread_create(&thread, NULL, plug, NULL))
		exit(1);
	act(function);
	while (!plugged && !failed)
		usleep(1000);
	stop_plugging = true;
	pthread_join(thread, NULL);
}

static void test_hotplug(void)
{
	start_callers(TARGET, call_target);
	rounds_on("stress_probe:stress_target", true, act_while_plugging);
	join_callers();
	no_probe_is_left();
	printf("# hotplug: %u times a CPU was away\n", plugged);
}

/* Events of a module, some of them refused, beside one that loads and unloads it */

static atomic_bool stop_racing;
static unsigned long raced, race_refused;

static void *race(void *arg)
{
	struct stream s = stream_of(2);

	(void)arg;
	while (!stop_racing && !failed) {
		unsigned int kind = below(&s, 4);
		int err;

		err = define("%c:stress/race %s", kind % 2 ? 'r' : 'p',
			     kind < 2 ? "stress_churn:churn_target" : "churn_target");
		raced++;
		if (err) {
			/* The module is on its way out, or away and was not named */
			race_refused++;
			if (err != ENOENT && err != EINVAL)
				fail("create an event of the module: %s", strerror(err));
			continue;
		}
		/* The function may be gone by now */
		err = enable("race", true);
		if (err && err != ENODEV && err != EINVAL && err != ENOENT)
			fail("enable an event of the module: %s", strerror(err));
		usleep(below(&s, 5000));
		enable("race", false);
		must(put(TRACEFS "dynamic_events", O_APPEND, "-:stress/race"), "delete an event of the module");
	}

	return NULL;
}

static void test_modules(void)
{
	unsigned long loads = 0;
	struct counted before, after, ret_before, ret_after;
	pthread_t racer;
	unsigned int i;
	int err;

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
		exit(1);
	for (now_round = 0; now_round < rounds && !failed; now_round++) {
		struct stream s = stream_of(0);

		printf("# modules: round %lu of %lu\n", now_round, rounds);
		before = counted("pending");
		ret_before = counted("pending_ret");
		for (i = 0; i < LOADS && !failed; i++) {
			must(load(file_argument("stress_churn.ko")), "load the module");
			if (!below(&s, 4)) {
				err = define("p:stress/refused stress_churn:no_such_function");
				if (!err)
					fail("an event of a missing function was accepted");
				err = define("p:stress/refused stress_churn:churn_notrace");
				if (!err)
					fail("an event of a notrace function was accepted");
			}
			must_put(CHURN_CALLS, "100");
			must(unload("stress_churn"), "unload the module");
			loads++;
			if (!below(&s, 4))
				must(enable("busy", below(&s, 2)), "enable busy");
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
	stop_racing = true;
	pthread_join(racer, NULL);
	if (counted("missing").hits || counted("notrace").hits)
		fail("a refused event has hits");
	rest();
	join_callers();
	if (exists(CHURN_CALLS))
		unload("stress_churn");
	remove_events();
	no_probe_is_left();
	printf("# modules: loaded %lu times, %lu calls, %lu events raced, %lu of them refused, seed %lu\n",
	       loads, loads * CHURN_PER_LOAD, raced, race_refused, seed);
}

/* Many events: what one more of them costs */

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

static void test_many(void)
{
	find_functions();
	many(true);
	if (!failed)
		many(false);
}

static const struct test {
	const char *name, *title;
	void (*run)(void);
	bool needs_module;
} all_tests[] = {
	{ "probes", "probes come and go on a function that runs on every CPU", test_probes, true },
	{ "switch", "tracers, fprobes and live patches on one function with probes", test_switch, false },
	{ "hotplug", "CPUs come and go while probes do", test_hotplug, true },
	{ "modules", "a module comes and goes under its probes", test_modules, true },
	{ "many", "thousands of events at once", test_many, false },
};

/* The names of the tests to run */
static const char *read_plan(void)
{
	const char *names = argument("tests");
	int used = 0;
	char *plan;

	if (names) {
		seed = number_argument("seed", 1);
		rounds = number_argument("rounds", 10);
		return names;
	}
	plan = contents("/rig/plan");
	if (sscanf(plan, "%lu %lu %n", &seed, &rounds, &used) < 2)
		die("/rig/plan");

	return plan + used;
}

int main(int argc, char **argv)
{
	bool bad = false, needs_module = false;
	unsigned int i, tests = 0;
	const char *names;

	take_arguments(argc, argv, "[tests=NAMES] [seed=N] [rounds=N] [stress_probe.ko=FILE] "
		       "[stress_churn.ko=FILE] [livepatch-sample.ko=FILE]");
	names = read_plan();
	for (i = 0; i < ARRAY_SIZE(all_tests); i++) {
		if (!strstr(names, all_tests[i].name))
			continue;
		tests++;
		needs_module |= all_tests[i].needs_module;
	}
	tap_plan(tests);
	probes_before = contents(PROBES);
	errno = needs_module ? load(file_argument("stress_probe.ko")) : 0;
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
