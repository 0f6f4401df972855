// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to the function under test, while it runs on every CPU. In each round all
 * actions are dealt that the kernel can do, in an order of the round's own, and each must be
 * seen to have done what it is for.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "stress.h"

#define OPTIMIZATION	"/proc/sys/debug/kprobes-optimization"
#define PATCH		"/sys/kernel/livepatch/livepatch_sample/"
#define PATCHED		"cmdline_proc_show"

/* An action: @times in a round, because it switches what the one before it has switched */
struct action {
	const char *name;
	void (*act)(struct stream *s, const char *function, const char *what);
	const char *what;
	/* The option that it needs, and the only function that it is for */
	const char *option, *function;
	unsigned int times;
};

static const char *without_module(const char *function)
{
	const char *colon = strchr(function, ':');

	return colon ? colon + 1 : function;
}

/* An event counts, or not */
static void toggle(struct stream *s, const char *function, const char *event)
{
	unsigned long before;
	char path[200], *state;

	(void)s;
	(void)function;
	event_file(path, sizeof(path), event, "enable");
	state = contents_if_any(path);
	if (*state == '0') {
		before = counted(event).hits;
		must(enable(event, true), event);
		if (!within_a_minute(failed || counted(event).hits > before))
			fail("%s has no hits", event);
	} else {
		must(enable(event, false), event);
	}
	free(state);
}

static void create_and_delete(struct stream *s, const char *function, const char *kind)
{
	must(define("%s:stress/short %s", kind, function), "create an event");
	must(enable("short", true), "enable the new event");
	usleep(below(s, 20000));
	if (!within_a_minute(failed || counted("short").hits))
		fail("the new event has no hits");
	must(enable("short", false), "disable the new event");
	must(put(TRACEFS "dynamic_events", O_APPEND, "-:stress/short"), "delete the new event");
}

static void fprobe_event(struct stream *s, const char *function, const char *suffix)
{
	must(define("f:stress/fshort %s%s", without_module(function), suffix),
	     "create an fprobe event");
	count_by_histogram("fshort", "common_pid", true);
	must(enable("fshort", true), "enable the fprobe event");
	usleep(below(s, 20000));
	if (!within_a_minute(failed || histogram("fshort")))
		fail("the fprobe event has no hits");
	must(enable("fshort", false), "disable the fprobe event");
	count_by_histogram("fshort", "common_pid", false);
	must(put(TRACEFS "dynamic_events", O_APPEND, "-:stress/fshort"), "delete the fprobe event");
}

/*
 * Whether the beginning of the trace has @text. Nothing is traced meanwhile: to read it is
 * many functions, too, and where all are traced the end of it would never come.
 */
static bool traced(const char *text)
{
	static char buf[1 << 16];
	size_t len = 0;
	ssize_t n;
	int fd;

	must_put(TRACEFS "tracing_on", "0");
	fd = open(TRACEFS "trace", O_RDONLY);
	while (fd >= 0 && len < sizeof(buf) - 1 &&
	       (n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0)
		len += n;
	close(fd);
	must_put(TRACEFS "tracing_on", "1");
	buf[len] = 0;

	return strstr(buf, text);
}

static void tracer_is(const char *tracer)
{
	char *now = contents_if_any(TRACEFS "current_tracer");

	if (strncmp(now, tracer, strlen(tracer)) || now[strlen(tracer)] != '\n')
		fail("the tracer is %s, not %s", now, tracer);
	free(now);
}

/* No tracer, then this one, which stays on until the next one, or not */
static void use_tracer(struct stream *s, const char *function, const char *which)
{
	const char *tracer = strcmp(which, "all functions") ? which : "function";
	char line[200] = " <-";

	must_put(TRACEFS "current_tracer", "nop");
	tracer_is("nop");
	must(put(TRACEFS "set_ftrace_filter", O_TRUNC, NULL), "empty set_ftrace_filter");
	if (tracer == which) {
		must_put(TRACEFS "set_ftrace_filter", without_module(function));
		snprintf(line, sizeof(line), strcmp(tracer, "function") ? "%s()" : "%s <-",
			 without_module(function));
	}
	must(put(TRACEFS "trace", O_TRUNC, NULL), "empty the trace");
	must_put(TRACEFS "current_tracer", tracer);
	tracer_is(tracer);
	if (!within_a_minute(failed || traced(line)))
		fail("the trace of \"%s\" has no \"%s\"", which, line);
	if (tracer != which || below(s, 2))
		must_put(TRACEFS "current_tracer", "nop");
}

static bool any_optimized(void)
{
	char *list = contents_if_any(PROBES);
	bool any = strstr(list, "[OPTIMIZED]");

	free(list);

	return any;
}

/* The probe on the trampoline of all returns is one that is optimized */
static void optimize(struct stream *s, const char *function, const char *what)
{
	char *state = contents_if_any(OPTIMIZATION);
	bool on = *state == '0';

	(void)s;
	(void)function;
	(void)what;
	free(state);
	must_put(OPTIMIZATION, on ? "1" : "0");
	if (!within_a_minute(failed || any_optimized() == on))
		fail("optimization is %s, and a probe is%s optimized", on ? "on" : "off", on ? " not" : "");
}

/* The end of a patch's transition: all tasks have been seen where they can change over */
static bool in_transition(void)
{
	char *state = contents_if_any(PATCH "transition");
	bool is = *state == '1';

	free(state);

	return is;
}

static bool is_patched(void)
{
	char *text = contents("/proc/cmdline");
	bool is = strstr(text, "this has been live patched");

	free(text);

	return is;
}

static bool patched;

static void live_patch(struct stream *s, const char *function, const char *what)
{
	(void)s;
	(void)function;
	(void)what;
	if (!patched)
		must(load_module("/rig/livepatch-sample.ko"), "load the live patch");
	else
		must_put(PATCH "enabled", "0");
	if (!within_a_minute(failed || !in_transition()))
		fail("the live patch is still in transition");
	if (patched)
		must(unload_module("livepatch_sample"), "unload the live patch");
	patched = !patched;
	if (!failed && is_patched() != patched)
		fail("the live patch is %s, and the function is%s patched", patched ? "on" : "off",
		     patched ? " not" : "");
}

static const struct action actions[] = {
	{ "toggle a probe", toggle, "entry2", NULL, NULL, 2 },
	{ "toggle a return probe", toggle, "return2", NULL, NULL, 2 },
	{ "toggle one more probe", toggle, "entry3", NULL, NULL, 2 },
	{ "toggle a probe in the body", toggle, "body2", NULL, "stress_probe:stress_target", 2 },
	{ "create and delete a probe", create_and_delete, "p", NULL, NULL, 1 },
	{ "create and delete a return probe", create_and_delete, "r", NULL, NULL, 1 },
	{ "create and delete an fprobe", fprobe_event, "", "CONFIG_FPROBE_EVENTS", NULL, 1 },
	{ "create and delete a return fprobe", fprobe_event, "%return", "CONFIG_FPROBE_EVENTS", NULL, 1 },
	{ "function tracer", use_tracer, "function", "CONFIG_FUNCTION_TRACER", NULL, 1 },
	{ "function tracer on all", use_tracer, "all functions", "CONFIG_FUNCTION_TRACER", NULL, 1 },
	{ "function graph tracer", use_tracer, "function_graph", "CONFIG_FUNCTION_GRAPH_TRACER", NULL, 1 },
	{ "switch the optimization", optimize, NULL, "CONFIG_OPTPROBES", NULL, 2 },
	{ "switch the live patch", live_patch, NULL, "CONFIG_LIVEPATCH", PATCHED, 2 },
};

#define DEALT_MAX	(2 * ARRAY_SIZE(actions))

static unsigned int done[ARRAY_SIZE(actions)];

static bool can(const struct action *action, const char *function)
{
	return (!action->option || configured(action->option)) &&
		(!action->function || !strcmp(action->function, function));
}

void begin_actions(void)
{
	memset(done, 0, sizeof(done));
}

void act(const char *function)
{
	unsigned int dealt[DEALT_MAX], number = 0, i, n;
	struct stream s = stream_of(0);

	for (i = 0; i < ARRAY_SIZE(actions); i++)
		for (n = 0; n < actions[i].times && can(&actions[i], function); n++)
			dealt[number++] = i;
	shuffle(&s, dealt, number);
	/* One line, in which the last one is where it hangs */
	printf("# %s: round %lu of %lu:", testing, now_round, rounds);
	for (n = 0; n < number && !failed; n++) {
		const struct action *action = &actions[dealt[n]];
		unsigned long began = seconds();

		printf("%s %s", n ? "," : "", action->name);
		fflush(stdout);
		action->act(&s, function, action->what);
		if (seconds() - began >= 5)
			printf(" for %lu s", seconds() - began);
		if (failed)
			printf(" failed");
		else
			done[dealt[n]]++;
	}
	printf("\n");
}

/* Says how often each was done, those that the kernel or the function has not as 0 */
void end_actions(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(actions); i++)
		printf("# %s: %s: %u\n", testing, actions[i].name, done[i]);
}

void quiet(void)
{
	must_put(TRACEFS "current_tracer", "nop");
	must(put(TRACEFS "set_ftrace_filter", O_TRUNC, NULL), "empty set_ftrace_filter");
	if (patched)
		live_patch(NULL, PATCHED, NULL);
	if (configured("CONFIG_OPTPROBES"))
		must_put(OPTIMIZATION, "1");
}
