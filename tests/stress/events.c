// SPDX-License-Identifier: GPL-2.0
/* Events of the group "stress", and what they have counted. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "stress.h"

void event_file(char *path, size_t size, const char *event, const char *file)
{
	snprintf(path, size, TRACEFS "events/stress/%s/%s", event, file);
}

int enable(const char *event, bool on)
{
	char path[200];

	event_file(path, sizeof(path), event, "enable");

	return put(path, O_APPEND, on ? "1" : "0");
}

int define(const char *format, ...)
{
	char line[300];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	return put(TRACEFS "dynamic_events", O_APPEND, line);
}

struct counted counted(const char *event)
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

void count_by_histogram(const char *event, const char *key, bool on)
{
	char path[200], trigger[100];

	event_file(path, sizeof(path), event, "trigger");
	snprintf(trigger, sizeof(trigger), "%shist:keys=%s", on ? "" : "!", key);
	must_put(path, trigger);
}

/*
 * An fprobe event is not in kprobe_profile: what its histogram has, and what that has
 * dropped because another CPU was about to make the only entry
 */
unsigned long histogram(const char *event)
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
