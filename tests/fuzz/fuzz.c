// SPDX-License-Identifier: GPL-2.0
/*
 * Writes definitions of kprobe events, and what is nearly one, to kprobe_events and
 * dynamic_events and looks at what came of each. From the kernel command line:
 *
 *	fuzz.seed=N	which inputs there are
 *	fuzz.from=N	the number of the first one
 *	fuzz.count=N	how many
 *
 * or without "fuzz." from its own. There module=NAME is a module that is loaded, in the place
 * of the sample of trace events, which it loads itself.
 *
 * An input depends on the seed, on its number and on the symbols of the kernel, so
 * that a part of a run can be repeated. Each is
 *
 *	accepted	then kprobe_events has one line more for each definition in it,
 *			which says what the input says, and error_log says nothing
 *	refused		then the errno and the text in error_log are what expect.c says of
 *			the line or, of an argument, a pair of the table in refusals.c;
 *			error_log shows the line that was refused, and kprobe_events is as
 *			before but for the lines ahead of that
 *
 * Where the code, the descriptors, the entries and the instructions are that a probe cannot
 * be on, rig/oracle has read in the ELF file.
 *
 * A definition that nothing is wrong with, on a function that ftrace knows, whose name is its
 * own and which is on no blacklist, has to be accepted, and one with a place where there can be
 * no probe has to be refused.
 *
 * After BATCH inputs kprobe_events, dynamic_events, kprobes/list and the directories
 * below events/ have to agree with each other; then all events are removed, and
 * nothing may be left. Some of the events are armed for a moment before that.
 *
 * Prints "batch FROM" before each batch, "FAIL NUMBER BATCH WHAT: INPUT" for what is
 * wrong, and at the end how many inputs were refused for what, a hash over all inputs, and a
 * test for each claim above.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"
#include "fuzz.h"

static uint64_t number, batch;
static unsigned int failures[CLAIMS];

void show_input(void)
{
	size_t i;

	for (i = 0; i < input.len; i++) {
		unsigned char c = input.buf[i];

		if (c == '\n')
			printf("\\n");
		else if (c == '\\')
			printf("\\\\");
		else if (c < ' ' || c > '~')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

static void vfail(enum claim claim, const char *format, va_list args)
{
	failures[claim]++;
	printf("FAIL %llu %llu ", (unsigned long long)number, (unsigned long long)batch);
	vprintf(format, args);
}

void fail(enum claim claim, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(claim, format, args);
	va_end(args);
	printf(" (%s): ", input.dynamic ? "dynamic_events" : "kprobe_events");
	show_input();
}

void fail_batch(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(CLEAN, format, args);
	va_end(args);
	putchar('\n');
}

void write_file(const char *path, int flags, const char *text)
{
	errno = put(path, flags, text);
	if (errno)
		die(path);
}

static char groups_before[100][256];
static unsigned int nr_groups_before;

static unsigned int count_groups(void)
{
	struct dirent *entry;
	unsigned int nr = 0;
	DIR *dir = opendir(TRACEFS "events");

	if (!dir)
		die("events");
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			nr++;
	closedir(dir);

	return nr;
}

static void note_before(void)
{
	struct dirent *entry;
	DIR *dir;

	note_list();
	dir = opendir(TRACEFS "events");
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && nr_groups_before < ARRAY_SIZE(groups_before))
			snprintf(groups_before[nr_groups_before++], sizeof(groups_before[0]), "%s", entry->d_name);
	closedir(dir);
}

static bool was_before(const char *group)
{
	unsigned int i;

	for (i = 0; i < nr_groups_before; i++)
		if (!strcmp(groups_before[i], group))
			return true;

	return false;
}

/* kprobe_events is the part of dynamic_events that is kprobe events */
static void check_dynamic_events(void)
{
	char *text, *rest;
	unsigned int i = 0;

	text = strtok_r(read_now(TRACEFS "dynamic_events"), "\n", &rest);
	for (; text; text = strtok_r(NULL, "\n", &rest)) {
		if (i < nr_events && !strcmp(text, events[i].line))
			i++;
		else if ((*text == 'p' || *text == 'r') && !strchr(strchr(text, ' ') ?: "", '/'))
			fail_batch("only in dynamic_events: %s", text);
	}
	if (i < nr_events)
		fail_batch("not in dynamic_events: %s", events[i].line);
}

static void check_batch(void)
{
	unsigned int i;

	/* What was refused has left nothing */
	input.len = nr_lines = 0;
	take_events(0, true);
	check_dynamic_events();
	check_list();
	for (i = 0; i < nr_events; i++)
		if (!exists(TRACEFS "events/%s/%s/enable", events[i].group, events[i].event))
			fail_batch("no directory in events: %s", events[i].line);
}

static void remove_one_by_one(void)
{
	static char command[WORD_SIZE];
	unsigned int i;
	int fd;

	for (i = 0; i < nr_events; i++) {
		int len = snprintf(command, sizeof(command), "-:%s/%s\n", events[i].group,
				   events[i].event);
		bool there = exists(TRACEFS "events/%s/%s/enable", events[i].group, events[i].event);

		fd = open(i % 2 ? TRACEFS "dynamic_events" : TRACEFS "kprobe_events", O_WRONLY | O_APPEND);
		errno = 0;
		/* Those of the same name go together */
		if ((write(fd, command, len) == len) != there)
			fail_batch("cannot be removed (%s): %s", strerror(errno), events[i].line);
		close(fd);
	}
}

static void remove_all(void)
{
	unsigned int i;

	if (batch / BATCH % 2)
		remove_one_by_one();
	else
		write_file(TRACEFS "kprobe_events", O_TRUNC, "");
	if (*read_now(TRACEFS "kprobe_events"))
		fail_batch("still in kprobe_events: %s", read_now(TRACEFS "kprobe_events"));
	/* Definitions of other kinds of events */
	write_file(TRACEFS "dynamic_events", O_TRUNC, "");
	if (*read_now(TRACEFS "dynamic_events"))
		fail_batch("still in dynamic_events: %s", read_now(TRACEFS "dynamic_events"));

	for (i = 0; i < nr_events; i++) {
		if (exists(TRACEFS "events/%s/%s/enable", events[i].group, events[i].event))
			fail_batch("still in events: %s", events[i].line);
		else if (!was_before(events[i].group) && exists(TRACEFS "events/%s", events[i].group))
			fail_batch("still in events: %s", events[i].group);
		free_event(&events[i]);
	}
	nr_events = 0;
	if (count_groups() != nr_groups_before)
		fail_batch("events/ has %u directories, and had %u", count_groups(), nr_groups_before);
	check_list();
	write_file(TRACEFS "error_log", O_TRUNC, "");
}

/* Enables the last event if that is a probe on the start of a function by name */
static bool arm_last(int fd)
{
	static char path[2 * WORD_SIZE], command[WORD_SIZE];
	const struct event *event = nr_events ? &events[nr_events - 1] : NULL;
	unsigned int i;
	int len;

	if (!event || event->by_address || strpbrk(event->location, "+") ||
	    !is_registered(event))
		return false;
	/* The others of that name would be armed too */
	for (i = 0; i < nr_events - 1; i++)
		if (!strcmp(events[i].event, event->event) && !strcmp(events[i].group, event->group))
			return false;

	snprintf(path, sizeof(path), TRACEFS "events/%s/%s/enable", event->group, event->event);
	write_file(path, 0, "1");
	len = snprintf(command, sizeof(command), "-:%s/%s\n", event->group, event->event);
	if (write(fd, command, len) != -1 || errno != EBUSY)
		fail(THERE, "an event in use is removed: %s", event->line);
	write_file(path, 0, "0");

	return true;
}

static unsigned long parameter(const char *name, unsigned long value)
{
	char *found, full[40];

	snprintf(full, sizeof(full), "fuzz.%s=", name);
	found = strstr(read_now("/proc/cmdline"), full);
	if (found)
		value = strtoull(found + strlen(full), NULL, 0);

	return number_argument(name, value);
}

const char *our_module = "trace_events_sample";

static void get_module(void)
{
	const char *name = argument("module");
	struct utsname system;
	char path[200];

	if (name) {
		our_module = name;
		return;
	}
	uname(&system);
	snprintf(path, sizeof(path), "/lib/modules/%s/" MODULE_FILE, system.release);
	errno = load_module(path);
	if (errno)
		die(path);
}

/* Whether the input is a definition that there is no reason to refuse */
static bool has_to_be_accepted(void)
{
	const struct line *line = &lines[0];

	return input.good && nr_lines == 1 && line->kind == DEFINITION && !line->by_address &&
		!line->clones && !line->bad_suffix && is_good_function(line->location) &&
		!args_may_fail(line) && !event_exists(line->group, line->event);
}

/* A fuzzer that tries nothing good, or hardly anything, shows nothing */
#define GOOD_INPUTS	5	/* percent */

static unsigned long nr_good;

static void report(unsigned long count)
{
	static const char *const claims[] = {
		[GOOD] = "what there is no reason to refuse is accepted",
		[THERE] = "what is accepted is there as it was written",
		[REFUSED] = "what is refused has an errno and a text that go with it",
		[CLEAN] = "nothing is left",
	};
	unsigned int i;

	report_refusals();
	/* A part of a run, as to replay a failure, may have less */
	if (count >= 1000 && nr_good < count * GOOD_INPUTS / 100) {
		printf("FAIL: only %lu inputs had to be accepted\n", nr_good);
		failures[GOOD]++;
	}
	for (i = 0; i < CLAIMS; i++)
		tap_result(!failures[i], "%s", claims[i]);
}

int main(int argc, char **argv)
{
	unsigned long seed, from, count, accepted = 0, refused = 0, armed = 0;
	int fds[2];

	take_arguments(argc, argv,
		       "[seed=N] [from=N] [count=N] [places=FILE] [config=FILE] [module=NAME]");
	seed = parameter("seed", 1);
	from = parameter("from", 0);
	count = parameter("count", 5000);
	tap_plan(CLAIMS);
	get_module();
	write_file("/sys/kernel/rcu_expedited", 0, "1");
	fds[0] = open(TRACEFS "kprobe_events", O_WRONLY | O_APPEND);
	fds[1] = open(TRACEFS "dynamic_events", O_WRONLY | O_APPEND);
	log_fd = open(TRACEFS "error_log", O_RDONLY);
	if (fds[0] < 0 || fds[1] < 0 || log_fd < 0)
		die(TRACEFS);
	read_symbols();
	read_places();
	note_before();
	printf("%u symbols, seed %lu, inputs %lu to %lu\n", nr_symbols, seed, from, from + count - 1);

	for (number = from; number < from + count; number++) {
		char *text, *command;
		bool good;
		ssize_t ret;

		if ((number - from) % BATCH == 0) {
			batch = number;
			printf("batch %lu, %lu accepted, %lu refused\n", (unsigned long)batch,
			       accepted, refused);
		}
		make_input(seed, number);
		hash_input();
		parse_input();
		/* Few enough to see which one the guest died of */
		if (count <= BATCH) {
			printf("input %lu: ", (unsigned long)number);
			show_input();
		}

		good = has_to_be_accepted();
		nr_good += good;
		ret = write(fds[input.dynamic], input.buf, input.len);
		if (ret < 0) {
			bool exactly;
			unsigned int taken;

			if (good)
				fail(GOOD, "refused with errno %d (%s)", errno, strerror(errno));
			taken = check_refusal(errno, &exactly);
			refused++;
			if (nr_lines > 1)
				take_events(taken, exactly);
		} else {
			accepted++;
			if (ret != (ssize_t)input.len)
				fail(THERE, "%zd of %zu bytes were accepted", ret, input.len);
			take_events(nr_lines, true);
			if (read_error(&text, &command))
				fail(THERE, "accepted, and in error_log: %s", text);
			for (unsigned int i = 0; i < nr_lines; i++)
				check_accepted(&lines[i]);
			if (input.arm && nr_lines == 1 && lines[0].kind == DEFINITION)
				armed += arm_last(fds[0]);
		}

		if ((number - from) % BATCH == BATCH - 1 || number == from + count - 1) {
			check_batch();
			remove_all();
		}
	}

	printf("hash %016llx\n", (unsigned long long)hash);
	printf("%lu inputs: %lu accepted, %lu refused, %lu armed, %lu had to be accepted\n", count,
	       accepted, refused, armed, nr_good);
	report(count);
	tap_finish();
}
