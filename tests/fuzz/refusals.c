// SPDX-License-Identifier: GPL-2.0
/* Every way to be refused that there is, and which of them may come of a line. */

#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "fuzz.h"

/* What a refusal is about, in the order in which the kernel looks at it */
enum about {
	PLACE,			/* the location, the kind of event, or its name */
	ARGUMENT,
	TAKEN,			/* another event of that name */
	SYMBOL,			/* what an argument fetches from */
	PROBE,			/* what is at the place */
	OTHER_LINE,		/* no kprobe event */
};

/* Every way to be refused that there is */
static const struct {
	enum about about;
	int err;
	const char *text;
} refusals[] = {
	{ PLACE, EINVAL, "Maxactive is only for function exit" },
	{ PLACE, EINVAL, "Invalid maxactive number" },
	{ PLACE, EINVAL, "Maxactive is too big" },
	{ PLACE, EINVAL, "Invalid probed address suffix" },
	{ PLACE, EINVAL, "Invalid offset" },
	{ PLACE, EINVAL, "Module name is not specified" },
	{ PLACE, EINVAL, "Symbol name is not specified" },
	{ PLACE, ENAMETOOLONG, "Module or symbol name is too long" },
	{ PLACE, EINVAL, "Invalid probed address or symbol" },
	{ PLACE, EINVAL, "The symbol is not unique" },
	{ PLACE, ENOENT, "The module is not loaded" },
	{ PLACE, E2BIG, "That would be more than 16 probes" },
	{ PLACE, EINVAL, "No symbol covers this address" },
	{ PLACE, ENOENT, "No symbol covers this address" },
	{ PLACE, EINVAL, "No function has this descriptor" },
	{ PLACE, EILSEQ, "Probe point is inside of the entry of a function" },
	{ PLACE, EINVAL, "Retprobe address must be an function entry" },
	{ PLACE, EINVAL, "Event name is not specified" },
	{ PLACE, EINVAL, "Event name is too long" },
	{ PLACE, EINVAL, "Event name must follow the same rules as C identifiers" },
	{ PLACE, EINVAL, "Group name is not specified" },
	{ PLACE, EINVAL, "Group name is too long" },
	{ PLACE, EINVAL, "Group name must follow the same rules as C identifiers" },
	{ TAKEN, EEXIST, "Probe type is different from existing probe" },
	{ TAKEN, EEXIST, "Argument type or name is different from existing probe" },
	{ TAKEN, EEXIST, "There is already the exact same probe event" },
	{ TAKEN, EEXIST, "Given group/event name is already used by another event" },
	{ SYMBOL, ENOENT, "This symbol to fetch from is not found" },
	{ PROBE, EINVAL, "This is not in the code of the kernel or of a module" },
	{ PROBE, EINVAL, "This is init code, which is gone" },
	{ PROBE, ENOENT, "This is init code, which is gone" },
	{ PROBE, EINVAL, "This function is on the blacklist of kprobes" },
	{ PROBE, EINVAL, "This function is notrace" },
	{ PROBE, EINVAL, "This function cannot have a return probe" },
	{ PROBE, EINVAL, "This instruction is reserved by ftrace" },
	{ PROBE, EINVAL, "This instruction is reserved by a jump label" },
	{ PROBE, EINVAL, "This instruction is reserved by a static call" },
	{ PROBE, EINVAL, "This instruction is a BUG() or WARN()" },
	{ PROBE, EINVAL, "This is the prefix of a function, not its code" },
	{ PROBE, EINVAL, "Probe point is not an instruction boundary" },
	{ PROBE, EILSEQ, "Probe point is not an instruction boundary" },
	{ PROBE, EINVAL, "This instruction cannot be probed" },
	/* The arguments */
	{ ARGUMENT, EINVAL, "$arg* can be used only on function entry or exit" },
	{ ARGUMENT, EINVAL, "$arg* can be used only once in the parameters" },
	{ ARGUMENT, EINVAL, "$retval is not available on probe" },
	{ ARGUMENT, EINVAL, "$comm and immediate-string only accepts string type" },
	{ ARGUMENT, EINVAL, "$comm can not be dereferenced" },
	{ ARGUMENT, EINVAL, "A clone may have lost arguments, use names or registers" },
	{ ARGUMENT, EOPNOTSUPP, "BTF is not available or not supported" },
	{ ARGUMENT, EINVAL, "BTF is not available or not supported" },
	{ ARGUMENT, EINVAL, "Argument name is too long" },
	{ ARGUMENT, EINVAL, "Argument name is not specified" },
	{ ARGUMENT, EINVAL, "Argument name must follow the same rules as C identifiers" },
	{ ARGUMENT, EINVAL, "This argument name is already used" },
	{ ARGUMENT, EINVAL, "No argument expression" },
	{ ARGUMENT, E2BIG, "Argument expression is too long" },
	{ ARGUMENT, E2BIG, "Too many arguments are specified" },
	{ ARGUMENT, E2BIG, "Too many nested typecasts/dereferences" },
	{ ARGUMENT, E2BIG, "Event too big (too many fields?)" },
	{ ARGUMENT, EINVAL, "Dereference is too much nested" },
	{ ARGUMENT, E2BIG, "Dereference is too much nested" },
	{ ARGUMENT, EINVAL, "Dereference needs a brace" },
	{ ARGUMENT, EINVAL, "Dereference brace is not closed" },
	{ ARGUMENT, EINVAL, "Invalid dereference offset" },
	{ ARGUMENT, ERANGE, "Invalid dereference offset" },
	{ ARGUMENT, EINVAL, "Invalid fetch argument" },
	{ ARGUMENT, EINVAL, "Invalid immediate value" },
	{ ARGUMENT, ERANGE, "Invalid immediate value" },
	{ ARGUMENT, EINVAL, "Invalid memory address" },
	{ ARGUMENT, ERANGE, "Invalid memory address" },
	{ ARGUMENT, EINVAL, "Invalid argument number" },
	{ ARGUMENT, EINVAL, "Invalid register name" },
	{ ARGUMENT, EINVAL, "Invalid stack number" },
	{ ARGUMENT, EINVAL, "Invalid $-variable specified" },
	{ ARGUMENT, ERANGE, "Invalid $-variable specified" },
	{ ARGUMENT, EINVAL, "File offset is not available for kernel probes" },
	{ ARGUMENT, EINVAL, "String is not closed with '\"'" },
	{ ARGUMENT, EINVAL, "String accepts only memory argument" },
	{ ARGUMENT, EINVAL, "Symbol String doesn't accept data/userdata" },
	{ ARGUMENT, EINVAL, "This type does not fit for string." },
	{ ARGUMENT, EINVAL, "Unknown type is specified" },
	{ ARGUMENT, EINVAL, "Invalid bitfield" },
	{ ARGUMENT, EINVAL, "Invalid array size" },
	{ ARGUMENT, EINVAL, "Array number is too big" },
	{ ARGUMENT, EINVAL, "Array is not closed" },
	{ ARGUMENT, EINVAL, "Array has wrong suffix" },
	/* No kprobe event at all */
	{ OTHER_LINE, EINVAL, "No matching dynamic event type" },
#define OTHER_EVENT	"(of another kind of event)"
	{ OTHER_LINE, EINVAL, OTHER_EVENT },
	{ OTHER_LINE, ENOENT, OTHER_EVENT },
	{ OTHER_LINE, ENODEV, OTHER_EVENT },
	{ OTHER_LINE, ERANGE, OTHER_EVENT },
	{ OTHER_LINE, E2BIG, OTHER_EVENT },
	{ OTHER_LINE, EOPNOTSUPP, OTHER_EVENT },
	/* Where upstream refuses without a word */
#define SILENT_LINE	"(nothing: the line is too long, or has a NUL)"
	{ OTHER_LINE, EINVAL, SILENT_LINE },
#define SILENT_DELETION	"(nothing: not to be removed, or not there)"
	{ OTHER_LINE, EINVAL, SILENT_DELETION },
	{ OTHER_LINE, ENOENT, SILENT_DELETION },
	{ OTHER_LINE, EBUSY, SILENT_DELETION },
#define SILENT_OTHER	"(nothing: no definition of a kprobe event)"
	{ OTHER_LINE, EINVAL, SILENT_OTHER },
#define SILENT_DENTRY	"(nothing: the arguments with :%pd are too long)"
	{ ARGUMENT, ENOMEM, SILENT_DENTRY },
};

static unsigned int refused_for[ARRAY_SIZE(refusals)];
/* How many lines were refused and taken as they had to be, and taken where that is not sure */
static unsigned int nr_foreseen, nr_taken, nr_unsure;

/* Whether the symbol of an argument is missing; the kernel's table may lack that of data */
static bool misses_symbol(const char *text)
{
	const char *line = text, *arg;
	char name[WORD_SIZE];
	bool opened;
	size_t len;

	while ((text = strchr(text, '@'))) {
		/* A parenthesis ends the name if there is one to close, or is part of it */
		opened = false;
		for (arg = text; arg > line && arg[-1] != ' '; arg--)
			opened |= arg[-1] == '(';
		len = strcspn(++text, opened ? "+-)], :" : "+-], :");
		memcpy(name, text, len);
		name[len] = 0;
		if (!isdigit((unsigned char)*name) && !symbol_addr(name, NULL))
			return true;
	}

	return false;
}

/* Whether something of the name of a line is there, or may be: in the input, or unnamed */
static bool is_taken(const struct line *line)
{
	unsigned int i;

	if (!*line->event || event_exists(line->group, line->event) ||
	    exists(TRACEFS "events/%s/%s", line->group, line->event))
		return true;
	for (i = 0; i < nr_lines && &lines[i] != line; i++)
		if (lines[i].kind == DEFINITION && !strcmp(lines[i].group, line->group) &&
		    !strcmp(lines[i].event, line->event))
			return true;

	return false;
}

static bool is_same(struct verdict verdict, unsigned int refusal)
{
	return refusals[refusal].err == verdict.err && !strcmp(refusals[refusal].text, verdict.text);
}

/* Whether a refusal is what has to come of a line, or may come of it where that is not known */
static bool goes_with(unsigned int refusal, const struct line *line)
{
	enum about about = refusals[refusal].about;
	struct verdict verdict;
	struct place place;

	if (line->kind != DEFINITION)
		return about == OTHER_LINE;
	verdict = early_verdict(line, &place);
	if (verdict.sure && verdict.text) {
		nr_foreseen++;
		return is_same(verdict, refusal);
	}
	if (about == PLACE)
		return !verdict.sure;
	if (about == ARGUMENT)
		return line->nr_args && !(input.good && !args_may_fail(line));
	if (about == TAKEN)
		return is_taken(line);
	/* The arguments are looked at with the probe, but for the place of one that waits */
	if (about == SYMBOL)
		return misses_symbol(line->text) && !place.waits;
	if (about != PROBE)
		return false;
	if (!verdict.sure)
		return true;
	verdict = late_verdict(&place);
	if (verdict.sure && verdict.text)
		nr_foreseen++;
	if (verdict.sure)
		return verdict.text && is_same(verdict, refusal);

	return may_be_of_insn(&place, refusals[refusal].err, refusals[refusal].text);
}

void check_accepted(const struct line *line)
{
	struct verdict verdict;
	struct place place;

	if (line->kind != DEFINITION)
		return;
	verdict = early_verdict(line, &place);
	if (verdict.sure && !verdict.text)
		verdict = late_verdict(&place);
	if (verdict.sure && verdict.text)
		fail(REFUSED, "accepted, not refused with %d, %s", verdict.err, verdict.text);
	else if (verdict.sure)
		nr_taken++;
	else
		nr_unsure++;
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

/*
 * The part of a text that depends on the symbol: names and numbers, no address. Where the probe
 * would be is the symbol that covers it, where that is known.
 */
static bool good_detail(const char *detail, const struct line *line)
{
	char expected[KSYM_NAME_LEN + 100];
	unsigned int count;
	struct place place;
	int end = 0;

	if (!*detail)
		return true;
	if (sscanf(detail, "; %u symbols have the name %*[^,], use an address%n", &count, &end) == 1 && end)
		return !detail[end] && count > 1;
	if (strstr(detail, "ffff") || strstr(detail, "c0000000"))
		return false;
	if (!strncmp(detail, "; clones: ", 10) || !strncmp(detail, "; parts: ", 9))
		return !strstr(detail, "0x");
	if (!line || line->kind != DEFINITION)
		return false;
	early_verdict(line, &place);
	if (!place.name)
		return !strncmp(detail, ": ", 2) && strstr(detail, "+0x");
	snprintf(expected, sizeof(expected), ": %s+0x%llx/0x%llx", place.name,
		 (unsigned long long)(place.on_entry ? 0 : place.addr - place.start),
		 (unsigned long long)place.size);

	return !strcmp(detail, expected);
}

static unsigned int count_refusal(int err, const char *text, const struct line *line)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		size_t len = strlen(refusals[i].text);

		if (refusals[i].err == err && !strncmp(text, refusals[i].text, len) &&
		    good_detail(text + len, line)) {
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

/* What has to come of a line, for a message */
static const char *foreseen(const struct line *line)
{
	static char buf[200];
	struct verdict verdict;
	struct place place;

	verdict = early_verdict(line, &place);
	if (verdict.sure && !verdict.text)
		verdict = late_verdict(&place);
	if (!verdict.sure)
		return "";
	snprintf(buf, sizeof(buf), ", but errno %d, %s", verdict.err, verdict.text ?: "nothing");

	return buf;
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
			count_refusal(err, reason, NULL);
		else
			fail(REFUSED, "errno %d (%s) and nothing in error_log", err, strerror(err));
		return last;
	}

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
	refusal = count_refusal(err, text, nr_same ? &lines[last] : NULL);
	if (nr_same) {
		if (refusal < ARRAY_SIZE(refusals) && !goes_with(refusal, &lines[last]))
			fail(REFUSED, "not what has to come of it: errno %d, %s%s", err, text,
			     foreseen(&lines[last]));
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
	printf("# %u refusals are the one that the line has to have\n", nr_foreseen);
	printf("# %u lines had to be accepted, %u others were\n", nr_taken, nr_unsure);
}
