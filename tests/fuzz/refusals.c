// SPDX-License-Identifier: GPL-2.0
/* Every way to be refused that there is, and which of them may come of a line. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "fuzz.h"

/* Every way to be refused that there is */
static const struct {
	int err;
	const char *text;
} refusals[] = {
	/* The location */
	{ EINVAL, "Invalid probed address or symbol" },
	{ ENOENT, "Invalid probed address or symbol" },
	{ EINVAL, "The symbol is not unique" },
	{ ENAMETOOLONG, "Module or symbol name is too long" },
	{ EINVAL, "Module name is not specified" },
	{ EINVAL, "Symbol name is not specified" },
	{ EINVAL, "Invalid probed address suffix" },
	{ EINVAL, "Retprobe address must be an function entry" },
	{ EILSEQ, "Probe point is not an instruction boundary" },
	{ EINVAL, "Failed to register probe event" },
	/* What kind of event, and its name */
	{ EINVAL, "Maxactive is only for function exit" },
	{ EINVAL, "Invalid maxactive number" },
	{ EINVAL, "Maxactive is too big" },
	{ EINVAL, "Event name is not specified" },
	{ EINVAL, "Event name is too long" },
	{ EINVAL, "Event name must follow the same rules as C identifiers" },
	{ EINVAL, "Group name is not specified" },
	{ EINVAL, "Group name is too long" },
	{ EINVAL, "Group name must follow the same rules as C identifiers" },
	{ EEXIST, "Probe type is different from existing probe" },
	{ EEXIST, "Argument type or name is different from existing probe" },
	{ EEXIST, "There is already the exact same probe event" },
	{ EEXIST, "Given group/event name is already used by another event" },
	/* The arguments */
	{ EINVAL, "$arg* can be used only on function entry or exit" },
	{ EINVAL, "$arg* can be used only once in the parameters" },
	{ EINVAL, "$retval is not available on probe" },
	{ EINVAL, "$comm and immediate-string only accepts string type" },
	{ EINVAL, "$comm can not be dereferenced" },
	{ ENOENT, "A clone may have lost arguments, use registers" },
	{ EOPNOTSUPP, "BTF is not available or not supported" },
	{ EINVAL, "BTF is not available or not supported" },
	{ EINVAL, "Argument name is too long" },
	{ EINVAL, "Argument name is not specified" },
	{ EINVAL, "Argument name must follow the same rules as C identifiers" },
	{ EINVAL, "This argument name is already used" },
	{ EINVAL, "No argument expression" },
	{ E2BIG, "Argument expression is too long" },
	{ E2BIG, "Too many arguments are specified" },
	{ E2BIG, "Too many nested typecasts/dereferences" },
	{ E2BIG, "Event too big (too many fields?)" },
	{ EINVAL, "Dereference is too much nested" },
	{ E2BIG, "Dereference is too much nested" },
	{ EINVAL, "Dereference needs a brace" },
	{ EINVAL, "Dereference brace is not closed" },
	{ EINVAL, "Invalid dereference offset" },
	{ ERANGE, "Invalid dereference offset" },
	{ EINVAL, "Invalid fetch argument" },
	{ EINVAL, "Invalid immediate value" },
	{ ERANGE, "Invalid immediate value" },
	{ EINVAL, "Invalid memory address" },
	{ ERANGE, "Invalid memory address" },
	{ EINVAL, "Invalid argument number" },
	{ EINVAL, "Invalid register name" },
	{ EINVAL, "Invalid stack number" },
	{ EINVAL, "Invalid $-variable specified" },
	{ ERANGE, "Invalid $-variable specified" },
	{ EINVAL, "File offset is not available for kernel probes" },
	{ EINVAL, "String is not closed with '\"'" },
	{ EINVAL, "String accepts only memory argument" },
	{ EINVAL, "Symbol String doesn't accept data/userdata" },
	{ EINVAL, "This type does not fit for string." },
	{ EINVAL, "Unknown type is specified" },
	{ EINVAL, "Invalid bitfield" },
	{ EINVAL, "Invalid array size" },
	{ EINVAL, "Array number is too big" },
	{ EINVAL, "Array is not closed" },
	{ EINVAL, "Array has wrong suffix" },
	/* No kprobe event at all */
	{ EINVAL, "No matching dynamic event type" },
#define OTHER_EVENT	"(of another kind of event)"
	{ EINVAL, OTHER_EVENT },
	{ ENOENT, OTHER_EVENT },
	{ ENODEV, OTHER_EVENT },
	{ ERANGE, OTHER_EVENT },
	{ E2BIG, OTHER_EVENT },
	{ EOPNOTSUPP, OTHER_EVENT },
	/* Where upstream refuses without a word */
#define SILENT_LINE	"(nothing: the line is too long, or has a NUL)"
	{ EINVAL, SILENT_LINE },
#define SILENT_DELETION	"(nothing: not to be removed, or not there)"
	{ EINVAL, SILENT_DELETION },
	{ ENOENT, SILENT_DELETION },
	{ EBUSY, SILENT_DELETION },
#define SILENT_OTHER	"(nothing: no definition of a kprobe event)"
	{ EINVAL, SILENT_OTHER },
#define SILENT_DENTRY	"(nothing: the arguments with :%pd are too long)"
	{ ENOMEM, SILENT_DENTRY },
};

/* The first so many of them are about the location */
#define LOCATION_REFUSALS	10

static unsigned int refused_for[ARRAY_SIZE(refusals)];

/*
 * Whether a refusal can be one of a line: the location is not to blame where nothing is wrong
 * with it, but that the symbol of an argument (@SYM) is missing is told as if it were.
 */
static bool goes_with(unsigned int refusal, const struct line *line)
{
	return refusal >= LOCATION_REFUSALS || line->kind != DEFINITION || line->by_address ||
		!is_good_function(line->location) || strchr(line->text, '@');
}

int log_fd;

/*
 * What error_log has to say, in a static buffer: the text, OTHER_EVENT if that is
 * about another kind of event, and the command. Returns how many errors there are.
 */
unsigned int read_error(char **text, char **command)
{
	static char buf[100000];
	unsigned int nr = 0;
	char *p, *end;
	ssize_t n;
	size_t len = 0;

	while ((n = pread(log_fd, buf + len, sizeof(buf) - 1 - len, len)) > 0)
		len += n;
	buf[len] = 0;

	*text = *command = NULL;
	for (p = buf; (p = strstr(p, ": error: ")); nr++) {
		*text = p + strlen(": error: ");
		end = strstr(*text, "\n  Command: ");
		if (!end)
			break;
		*end = 0;
		*command = end + strlen("\n  Command: ");
		if (p - buf < 12 || (memcmp(p - 12, "trace_kprobe", 12) && memcmp(p - 8, "dynevent", 8)))
			*text = OTHER_EVENT;
		p = strchr(*command, '\n');
		if (!p)
			break;
		*p++ = 0;
	}
	if (len)
		write_file(TRACEFS "error_log", O_TRUNC, "");

	return nr;
}

/* The part of a text that depends on the symbol: names and numbers, no address */
static bool good_detail(const char *detail)
{
	unsigned int count;
	int end = 0;

	if (!*detail)
		return true;
	if (sscanf(detail, "; %u symbols have this name, use an address%n", &count, &end) == 1 && end)
		return !detail[end] && count > 1;
	if (strncmp(detail, "; clones: ", 10) && strncmp(detail, "; parts: ", 9))
		return false;

	return !strstr(detail, "0x") && !strstr(detail, "ffff") && !strstr(detail, "c0000000");
}

static unsigned int count_refusal(int err, const char *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		size_t len = strlen(refusals[i].text);

		if (refusals[i].err == err && !strncmp(text, refusals[i].text, len) &&
		    good_detail(text + len)) {
			refused_for[i]++;
			return i;
		}
	}
	fail(REFUSED, "errno %d (%s) with the text: %s", err, strerror(err), text);

	return ARRAY_SIZE(refusals);
}

/* Why upstream has nothing to say about a line that it refuses, NULL if it should */
static const char *silent_reason(const struct line *line, int err)
{
	if (err == EINVAL && (line->has_nul || line->len > LINE_SIZE))
		return SILENT_LINE;
	if (line->kind == DELETION && (err == EINVAL || err == ENOENT || err == EBUSY))
		return SILENT_DELETION;
	if (line->kind == OTHER && err == EINVAL && !input.dynamic)
		return SILENT_OTHER;
	if (line->kind == OTHER && input.dynamic)
		return OTHER_EVENT;
	if (line->has_dentry && err == ENOMEM)
		return SILENT_DENTRY;

	return NULL;
}

/* The length of the words before the arguments, with the blank behind them */
static size_t head_len(const char *words)
{
	const char *location = strchr(words, ' '), *arg = location ? strchr(location + 1, ' ') : NULL;

	return arg ? (size_t)(arg + 1 - words) : strlen(words);
}

/*
 * Returns how many lines may have been taken before the one that was refused, and in
 * @exactly whether it is sure that this is the one.
 */
unsigned int check_refusal(int err, bool *exactly)
{
	char *text, *command;
	unsigned int nr_errors = read_error(&text, &command), i;
	static char words[WORD_SIZE];
	unsigned int refusal;
	const char *p, *reason = NULL;
	unsigned int last = 0, nr_same = 0;
	size_t to = 0;

	*exactly = nr_errors;
	/* Another kind of event may be refused by more than one parser */
	if (nr_errors > 1 && strcmp(text, OTHER_EVENT))
		fail(REFUSED, "%u errors in error_log", nr_errors);
	if (!nr_errors) {
		/* At least one of the lines is one that is refused so */
		for (i = 0; i < nr_lines; i++) {
			if (silent_reason(&lines[i], err)) {
				reason = silent_reason(&lines[i], err);
				last = i;
			}
		}
		if (reason)
			count_refusal(err, reason);
		else
			fail(REFUSED, "errno %d (%s) and nothing in error_log", err, strerror(err));
		return last;
	}

	refusal = count_refusal(err, text);
	for (p = command; p && *p && to < sizeof(words) - 1; p++) {
		if (!is_space(*p))
			words[to++] = *p;
		else if (to && words[to - 1] != ' ')
			words[to++] = ' ';
	}
	words[to - (to && words[to - 1] == ' ')] = 0;
	/* Of lines that are the same, any but the first may be the one */
	for (i = 0; i < nr_lines; i++) {
		/* The kernel shows what it has made of arguments with :%pd */
		if (!strcmp(words, lines[i].text) ||
		    (lines[i].has_dentry && !strncmp(words, lines[i].text, head_len(words)))) {
			*exactly = !nr_same++;
			last = i;
		}
	}
	if (nr_same) {
		if (!goes_with(refusal, &lines[last]))
			fail(REFUSED, "the location is blamed: %s", text);
		return last;
	}
	fail(REFUSED, "error_log shows another command: %s", command ?: "none");

	return 0;
}

void report_refusals(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refused_for[i])
			printf("refused\t%s\t%s\t%u\n", strerrorname_np(refusals[i].err),
			       refusals[i].text, refused_for[i]);
}
