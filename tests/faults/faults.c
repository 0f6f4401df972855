// SPDX-License-Identifier: GPL-2.0
/*
 * Lets one allocation after the other fail while kprobe events are defined, removed,
 * enabled and disabled: with N = 1, 2, ... the Nth allocation of the system call
 * fails, until there are not so many. Whatever fails, the call either does what it
 * should or leaves everything as it was, and then does what it should without the
 * fault.
 *
 * Needs CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC. A test is a kind of
 * call.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define EVENTS		TRACEFS "kprobe_events"
#define ALLOCATIONS_MAX	2000
#define STATE_SIZE	100000

/* What a system call may do, and which error it ends with if nothing fails */
static const struct action {
	const char *name;
	const char *before;	/* to kprobe_events */
	bool enabled;		/* event f/e is, before */
	const char *file;
	const char *text;	/* NULL: it is opened to be truncated */
	int err;
} actions[] = {
	{ "a probe", "", false, EVENTS, "p:f/e vfs_read", 0 },
	{ "a probe in dynamic_events", "", false, TRACEFS "dynamic_events", "p:f/e vfs_read", 0 },
	{ "a probe without a name", "", false, EVENTS, "p vfs_read", 0 },
	{ "a return probe", "", false, EVENTS, "r:f/e vfs_read $retval $stack0", 0 },
	{ "a probe with arguments", "", false, EVENTS,
	  "p:f/e vfs_read $stack0 s=+0($stack):string m=@_text+8:u8[4] t=\\\"text\" c=$comm b=$stack1:b4@4/64", 0 },
	{ "a probe in a module", "", false, EVENTS, "p:f/e trace_events_sample:foo_bar_reg", 0 },
	{ "a return probe in a module", "", false, EVENTS, "r:f/e trace_events_sample:foo_bar_reg", 0 },
	{ "a probe that waits for a module", "", false, EVENTS, "p:f/e no_such_module:function", 0 },
	{ "a second probe at a place", "p:f/first vfs_read", false, EVENTS, "p:f/e vfs_read", 0 },
	{ "a second probe of an event", "p:f/e vfs_write", false, EVENTS, "p:f/e vfs_read", 0 },
	{ "a second probe of an enabled event", "p:f/e vfs_write", true, EVENTS, "p:f/e vfs_read", 0 },
	{ "a symbol that is not there", "", false, EVENTS, "p:f/e no_such_function", EINVAL },
	{ "a function that is not traced", "", false, EVENTS, "p:f/e sched_clock", EINVAL },
	{ "a function that is not traced, from its return", "", false, EVENTS, "r:f/e sched_clock", EINVAL },
	{ "an argument that is wrong", "", false, EVENTS, "p:f/e vfs_read a=$stack b=+0(%nothing):string", EINVAL },
	{ "the same probe again", "p:f/e vfs_read", false, EVENTS, "p:f/e vfs_read", EEXIST },
	{ "removing a probe", "p:f/e vfs_read", false, EVENTS, "-:f/e", 0 },
	{ "removing a return probe", "r:f/e vfs_read", false, EVENTS, "-:f/e", 0 },
	{ "removing one of two at a place", "p:f/e vfs_read\np:f/other vfs_read", false, EVENTS, "-:f/e", 0 },
	{ "removing an enabled probe", "p:f/e vfs_read", true, EVENTS, "-:f/e", EBUSY },
	{ "removing all", "p:f/e vfs_read\nr:f/r vfs_read\np:f/w vfs_write", false, EVENTS, NULL, 0 },
	{ "enabling a probe", "p:f/e vfs_read", false, TRACEFS "events/f/e/enable", "1", 0 },
	{ "enabling a return probe", "r:f/e vfs_read", false, TRACEFS "events/f/e/enable", "1", 0 },
	{ "enabling a probe with a trap", "p:f/e vfs_read+20", false, TRACEFS "events/f/e/enable", "1", 0 },
	{ "enabling one of two at a place", "p:f/e vfs_read\np:f/other vfs_read", false,
	  TRACEFS "events/f/e/enable", "1", 0 },
	/*
	 * None disables a probe: with a trap that takes no memory, and ftrace, which needs some
	 * to let go of one, warns if there is none.
	 */
};

/* A clone to ask for: SYMBOL%clones, and SYMBOL alone, which is refused with its name */
static struct action clone_actions[] = {
	{ "a clone", "", false, EVENTS, NULL, 0 },
	{ "a symbol that has a clone", "", false, EVENTS, NULL, EINVAL },
};

static int fail_nth;
static unsigned int allocations;

static void add_contents(char *state, const char *path)
{
	char *text = exists("%s", path) ? contents(path) : NULL;
	size_t len = strlen(state);

	if (text)
		snprintf(state + len, STATE_SIZE - len, "%s", text);
	else
		snprintf(state + len, STATE_SIZE - len, "%s: none\n", path);
	free(text);
}

/* Everything that a call may change: events and probes, and what is switched on */
struct state {
	char probes[STATE_SIZE];
	char files[STATE_SIZE];
};

static void read_state(struct state *state)
{
	char *flag;

	*state->probes = *state->files = 0;
	add_contents(state->probes, EVENTS);
	add_contents(state->probes, TRACEFS "dynamic_events");
	add_contents(state->probes, DEBUGFS "kprobes/list");
	add_contents(state->files, TRACEFS "events/f/enable");
	add_contents(state->files, TRACEFS "events/f/e/enable");
	add_contents(state->files, TRACEFS "events/kprobes/enable");
	/* That comes some time after a probe is armed */
	while ((flag = strstr(state->probes, "[OPTIMIZED]")))
		memmove(flag, flag + 11, strlen(flag + 11) + 1);
}

static bool same_state(const struct state *a, const struct state *b)
{
	return !strcmp(a->probes, b->probes) && !strcmp(a->files, b->files);
}

static void show_state(const char *what, const struct state *state)
{
	printf("# %s\n%s%s", what, state->probes, state->files);
}

static void must(const char *path, int flags, const char *text)
{
	errno = put(path, flags, text);
	if (errno)
		die(path);
}

/* What there is before the call */
static void prepare(const struct action *action)
{
	put(TRACEFS "events/enable", 0, "0");
	must(EVENTS, O_TRUNC, action->before);
	if (action->enabled)
		must(TRACEFS "events/f/e/enable", 0, "1");
}

static void set_fault(unsigned int nth)
{
	char buf[20];
	int len = sprintf(buf, "%u", nth);

	if (pwrite(fail_nth, buf, len, 0) != len)
		die("fail-nth");
}

/* The call with the @nth allocation failing, or none if that is 0 */
static int call(const struct action *action, unsigned int nth, bool *faulted)
{
	char buf[20] = "";
	int fd = -1, err = 0;

	if (action->text) {
		fd = open(action->file, O_WRONLY | O_APPEND);
		if (fd < 0)
			die(action->file);
	}
	set_fault(nth);
	if (!action->text)
		fd = open(action->file, O_WRONLY | O_TRUNC);
	else if (write(fd, action->text, strlen(action->text)) >= 0)
		errno = 0;
	if (fd < 0 || action->text)
		err = errno;
	if (pread(fail_nth, buf, sizeof(buf) - 1, 0) < 0)
		die("fail-nth");
	*faulted = nth && !atoi(buf);
	set_fault(0);
	if (fd >= 0)
		close(fd);

	return err;
}

static bool try_action(const struct action *action)
{
	static struct state before, after, now;
	unsigned int nth, refused = 0, without_files = 0;
	bool faulted;
	int err;

	prepare(action);
	read_state(&before);
	err = call(action, 0, &faulted);
	read_state(&after);
	if (err != action->err) {
		printf("# without a fault: %s\n", strerror(err));
		return false;
	}

	for (nth = 1; nth < ALLOCATIONS_MAX; nth++) {
		prepare(action);
		read_state(&now);
		if (!same_state(&now, &before)) {
			printf("# allocation %u has left something\n", nth - 1);
			show_state("there is", &now);
			return false;
		}
		err = call(action, nth, &faulted);
		read_state(&now);
		if (err && err != action->err && err != ENOMEM) {
			printf("# allocation %u: %s\n", nth, strerror(err));
			return false;
		}
		/*
		 * trace_add_event_call() does not say that there was no memory for the
		 * files of an event, whatever kind of event it is.
		 */
		if (faulted && !err && !strcmp(now.probes, after.probes) &&
		    strcmp(now.files, after.files) && strstr(now.files, ": none")) {
			without_files++;
			continue;
		}
		/* The file may not be opened when all is removed */
		if (err && !action->text && same_state(&now, &after))
			continue;
		if (!same_state(&now, err ? &before : &after)) {
			printf("# allocation %u: %s\n", nth, err ? strerror(err) : "done");
			show_state("there is", &now);
			show_state("and should be", err ? &before : &after);
			return false;
		}
		if (!faulted)
			break;
		if (!err)
			continue;
		refused++;
		/* It works when there is memory */
		err = call(action, 0, &faulted);
		read_state(&now);
		if (err != action->err || !same_state(&now, &after)) {
			printf("# allocation %u: without the fault %s\n", nth, strerror(err));
			show_state("there is", &now);
			return false;
		}
	}
	printf("# %s: %u allocations, %u of them fail the call, %u leave the event without files\n",
	       action->name, nth - 1, refused, without_files);
	allocations += nth - 1;

	return nth > 1 && nth < ALLOCATIONS_MAX;
}

/* The first clone that is the only one of its function */
static bool find_clone(void)
{
	FILE *in = fopen("/proc/kallsyms", "r");
	char name[600], *suffix;
	static char command[2][700];
	bool found = false;

	while (in && !found && fscanf(in, "%*s %*s %599s%*[^\n]", name) == 1) {
		suffix = strstr(name, ".isra.0");
		if (!suffix || suffix[7])
			continue;
		*suffix = 0;
		snprintf(command[0], sizeof(command[0]), "p:f/e %s%%clones", name + (*name == '.'));
		found = !put(EVENTS, O_TRUNC, command[0]);
		snprintf(command[1], sizeof(command[1]), "p:f/e %s", name + (*name == '.'));
		found = found && put(EVENTS, O_TRUNC, command[1]) == EINVAL;
	}
	if (in)
		fclose(in);
	clone_actions[0].text = command[0];
	clone_actions[1].text = command[1];

	return found;
}

int main(void)
{
	size_t i;

	tap_plan(ARRAY_SIZE(actions) + ARRAY_SIZE(clone_actions) + 1);
	/* Let allocations fail that may wait, and tell nothing of it: it is wanted */
	must(DEBUGFS "failslab/ignore-gfp-wait", 0, "0");
	must(DEBUGFS "failslab/verbose", 0, "0");
	must(DEBUGFS "fail_page_alloc/ignore-gfp-wait", 0, "0");
	must(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", 0, "0");
	must(DEBUGFS "fail_page_alloc/min-order", 0, "0");
	must(DEBUGFS "fail_page_alloc/verbose", 0, "0");
	must("/sys/kernel/rcu_expedited", 0, "1");
	/* Switched on with the first event; what that does without memory is not ours */
	must(TRACEFS "options/record-cmd", 0, "0");
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth < 0)
		die("fail-nth");

	for (i = 0; i < ARRAY_SIZE(actions); i++)
		tap_result(try_action(&actions[i]), "%s", actions[i].name);
	put(TRACEFS "events/enable", 0, "0");
	if (!find_clone())
		die("no clone");
	for (i = 0; i < ARRAY_SIZE(clone_actions); i++)
		tap_result(try_action(&clone_actions[i]), "%s", clone_actions[i].name);
	must(EVENTS, O_TRUNC, NULL);
	/* Each definition has more than a few */
	printf("# %u allocations failed\n", allocations);
	tap_result(allocations > 200, "allocations failed");
	tap_finish();
}
