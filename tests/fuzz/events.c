// SPDX-License-Identifier: GPL-2.0
/* Events that are there, as kprobe_events has them. */

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

struct event events[EVENTS_MAX];

unsigned int nr_events;

void free_event(struct event *event)
{
	free(event->line);
	free(event->group);
	free(event->event);
	free(event->location);
}

bool event_exists(const char *group, const char *event)
{
	unsigned int i;

	for (i = 0; i < nr_events; i++)
		if (!strcmp(events[i].group, group) && !strcmp(events[i].event, event))
			return true;

	return false;
}

/* A line of kprobe_events: p:GROUP/EVENT LOCATION [ARG...] */
static bool parse_event(struct event *event, const char *text)
{
	const char *colon = strchr(text, ':'), *slash = colon ? strchr(colon, '/') : NULL;
	const char *blank = slash ? strchr(slash, ' ') : NULL, *end;

	memset(event, 0, sizeof(*event));
	if (!blank || (*text != 'p' && *text != 'r'))
		return false;
	end = blank + 1 + strcspn(blank + 1, " ");
	event->line = strdup(text);
	event->group = strndup(colon + 1, slash - colon - 1);
	event->event = strndup(slash + 1, blank - slash - 1);
	event->location = strndup(blank + 1, end - blank - 1);
	event->is_return = *text == 'r';
	while (*end) {
		event->nr_args++;
		end += 1 + strcspn(end + 1, " ");
	}

	return true;
}

/* Whether NAME or MOD:NAME is a function or a clone of it, as BASE or MOD:BASE asks for */
static bool is_of_clones(const char *name, const char *base)
{
	const char *colon = strchr(name, ':'), *base_colon = strchr(base, ':');
	size_t len;

	/* Without MOD it may be that of the function */
	if (base_colon) {
		len = base_colon + 1 - base;
		if (strncmp(name, base, len))
			return false;
		base += len;
		name += len;
	} else if (colon) {
		name = colon + 1;
	}
	if (has_dot_symbols())
		base = undotted(base);
	len = strlen(base);

	return !strncmp(name, base, len) && (!name[len] || name[len] == '.');
}

/* Whether an event is what the line of an input defined */
static bool same_event(const struct event *event, const struct line *line)
{
	if (line->kind != DEFINITION || event->is_return != line->is_return ||
	    strcmp(event->group, line->group) || event->nr_args != line->nr_args)
		return false;
	if (*line->event && strcmp(event->event, line->event))
		return false;
	if (line->by_address)
		return !strncmp(event->location, "0x", 2);
	if (line->clones)
		return is_of_clones(event->location, line->location);

	return !strcmp(event->location, line->location);
}

/*
 * Compare kprobe_events with what was there and with the input: up to @accepted lines
 * of it have been taken, @exactly so many if that is known.
 */
void take_events(unsigned int accepted, bool exactly)
{
	static struct event now[EVENTS_MAX];
	unsigned int nr_now = 0, kept = 0, i, j = 0, next = 0;
	bool deletes = false;
	char *text, *rest;

	for (i = 0; i < nr_lines; i++)
		if (lines[i].kind == DELETION)
			deletes = true;
	exactly &= !deletes;

	text = strtok_r(read_now(TRACEFS "kprobe_events"), "\n", &rest);
	for (; text && nr_now < EVENTS_MAX; text = strtok_r(NULL, "\n", &rest)) {
		if (!parse_event(&now[nr_now], text)) {
			fail(THERE, "no event in kprobe_events: %s", text);
			continue;
		}
		nr_now++;
	}

	for (i = 0; i < nr_events; i++) {
		if (j < nr_now && !strcmp(now[j].line, events[i].line)) {
			now[j].by_address = events[i].by_address;
			now[j++].addr = events[i].addr;
			kept++;
		} else if (!deletes) {
			fail(THERE, "vanished: %s", events[i].line);
		}
	}
	for (; j < nr_now; j++) {
		while (next < accepted && !same_event(&now[j], &lines[next])) {
			if (lines[next].kind == DEFINITION && exactly && !lines[next].seen)
				fail(THERE, "accepted, not listed: %s", lines[next].text);
			next++;
		}
		if (next == accepted) {
			fail(THERE, "listed, not accepted: %s", now[j].line);
			break;
		}
		now[j].by_address = lines[next].by_address;
		now[j].addr = lines[next].addr;
		/* More of them may follow */
		lines[next].seen = lines[next].clones;
		if (!lines[next].clones)
			next++;
	}
	for (; next < accepted; next++)
		if (lines[next].kind == DEFINITION && exactly && !lines[next].seen)
			fail(THERE, "accepted, not listed: %s", lines[next].text);

	for (i = 0; i < nr_events; i++)
		free_event(&events[i]);
	memcpy(events, now, sizeof(events));
	nr_events = nr_now;
}
