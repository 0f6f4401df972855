// SPDX-License-Identifier: GPL-2.0
/* What an input says, line by line. */

#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

struct line lines[LINES_MAX];

unsigned int nr_lines;

/* As the kernel sees it, where 0xa0 is a blank as well */
bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
}

/* As kstrtoul() with base 0 does it */
bool parse_number(const char *s, uint64_t *number)
{
	unsigned int base = 10, digit;

	if (*s == '+')
		s++;
	if (*s == '0') {
		base = 8;
		if ((s[1] == 'x' || s[1] == 'X') && isxdigit((unsigned char)s[2])) {
			base = 16;
			s += 2;
		}
	}
	if (!*s)
		return false;
	for (*number = 0; *s; s++) {
		if (*s >= '0' && *s <= '9')
			digit = *s - '0';
		else if ((*s | 0x20) >= 'a' && (*s | 0x20) <= 'f')
			digit = (*s | 0x20) - 'a' + 10;
		else
			return false;
		if (digit >= base || __builtin_mul_overflow(*number, base, number) ||
		    __builtin_add_overflow(*number, digit, number))
			return false;
	}

	return true;
}

/* The name of an event that was given none */
static void make_event_name(struct line *line, const char *symbol, uint64_t offset)
{
	char *p = line->event;

	snprintf(p, EVENT_NAME_LEN, "%c_%s_%lld", line->is_return ? 'r' : 'p', symbol,
		 (long long)offset);
	while (*++p)
		if (strchr(":.*%", *p))
			*p = '_';
}

static void parse_location(struct line *line, char *word)
{
	char *suffix, *sign;
	uint64_t offset = 0;

	if (parse_number(word, &line->addr)) {
		line->by_address = true;
		return;
	}

	suffix = word + strcspn(word, "+-%");
	if (!strcmp(suffix, "%clones") || !strcmp(suffix, "%clones%return")) {
		line->clones = true;
		line->is_return |= strlen(suffix) > strlen("%clones");
		*suffix = 0;
		strcpy(line->location, word);
		if (!*line->event) {
			strcat(word, "_clones");
			make_event_name(line, word, 0);
		}
		return;
	}
	suffix = strchr(word, '%');
	if (suffix && !strcmp(suffix, "%return")) {
		*suffix = 0;
		line->is_return = true;
	} else if (suffix) {
		line->bad_suffix = true;
	}
	sign = strpbrk(word, "+-");
	if (sign) {
		parse_number(sign, &offset);
		*sign = 0;
	}
	if (offset)
		snprintf(line->location, sizeof(line->location), "%s+%llu", word,
			 (unsigned long long)offset);
	else
		strcpy(line->location, word);
	if (!*line->event)
		make_event_name(line, word, offset);
}

static void parse_definition(struct line *line)
{
	static char text[WORD_SIZE];
	char *head, *location, *arg, *event, *slash;
	bool bad_kind;

	strcpy(text, line->text);
	head = strtok(text, " ");
	location = strtok(NULL, " ");
	while ((arg = strtok(NULL, " "))) {
		size_t len = strlen(arg);

		line->nr_args++;
		if (len > 3 && (!strcmp(arg + len - 4, ":%pd") || !strcmp(arg + len - 4, ":%pD")))
			line->has_dentry = true;
	}

	if (!head || !location || (*head != 'p' && *head != 'r')) {
		line->kind = OTHER;
		return;
	}
	line->kind = DEFINITION;
	line->is_return = *head == 'r';
	bad_kind = is_bad_kind(head);
	strcpy(line->group, "kprobes");
	event = strchr(head, ':');
	if (event) {
		event++;
		slash = strchr(event, '/') ?: strchr(event, '.');
		if (slash) {
			*slash = 0;
			strcpy(line->group, event);
			event = slash + 1;
		}
		strcpy(line->event, event);
	}
	if (!bad_kind && !parse_number(location, &line->addr) && strchr(location, '/') &&
	    strchr(location, ':')) {
		line->kind = OTHER;
		return;
	}
	parse_location(line, location);
}

static void parse_line(const unsigned char *buf, size_t len)
{
	struct line *line = &lines[nr_lines++];
	unsigned char first = len ? *buf : 0;
	const unsigned char *comment;
	size_t i, to = 0;

	memset(line, 0, offsetof(struct line, group));
	*line->group = *line->event = *line->location = 0;
	line->len = len;
	line->has_nul = memchr(buf, 0, len);

	comment = memchr(buf, '#', len);
	if (comment)
		len = comment - buf;
	for (i = 0; i < len && to < sizeof(line->text) - 1; i++) {
		if (!is_space(buf[i]))
			line->text[to++] = buf[i];
		else if (to && line->text[to - 1] != ' ')
			line->text[to++] = ' ';
	}
	if (to && line->text[to - 1] == ' ')
		to--;
	line->text[to] = 0;

	if (!to)
		line->kind = EMPTY;
	else if (first == '-' || (first == '!' && input.dynamic))
		line->kind = DELETION;
	else
		parse_definition(line);
}

void parse_input(void)
{
	size_t at = 0, len;

	for (nr_lines = 0; at < input.len && nr_lines < LINES_MAX; at += len + 1) {
		const unsigned char *newline = memchr(input.buf + at, '\n', input.len - at);

		len = (newline ?: input.buf + input.len) - (input.buf + at);
		parse_line(input.buf + at, len);
	}
}

/*
 * Whether arguments that nothing is wrong with by themselves may be refused: two of them have a
 * name, they are too many, or their symbol is not in this kernel's table
 */
bool args_may_fail(const struct line *line)
{
	char names[ARGS_MAX][ARG_NAME_LEN + 1];
	unsigned int nr = 0, i;
	const char *p = line->text;

	if (line->nr_args > 4)
		return true;
	if (strstr(line->text, "@jiffies") && !symbol_addr("jiffies", NULL))
		return true;
	while (nr < ARGS_MAX && (p = strstr(p, " a"))) {
		p++;
		if (sscanf(p, "%32[a-z0-9]=", names[nr]) != 1)
			continue;
		for (i = 0; i < nr; i++)
			if (!strcmp(names[i], names[nr]))
				return true;
		nr++;
	}

	return false;
}
