// SPDX-License-Identifier: GPL-2.0
/*
 * What has to come of the definition in a line, stage by stage as the kernel takes it: the
 * kind of event, the place, and the name of the event first, then the arguments, then the
 * registration of the probe. What an argument is refused for, the table of refusals.c says.
 */

#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

#define MAXACTIVE_MAX	4096

static const struct verdict passes = { .sure = true }, unsure = { .sure = false };

static struct verdict refuse(int err, const char *text)
{
	return (struct verdict) { .sure = true, .err = err, .text = text };
}

/* As kstrtol() with base 0 does it */
static bool parse_offset(const char *s, int64_t *number)
{
	uint64_t value;

	if (*s == '-') {
		if (s[1] == '+' || !parse_number(s + 1, &value) || value > 1ULL << 63)
			return false;
		*number = -value;
		return true;
	}
	if (!parse_number(s, &value) || value > INT64_MAX)
		return false;
	*number = value;

	return true;
}

/* r[MAXACTIVE][:...] */
static struct verdict kind_verdict(const char *head)
{
	char number[WORD_SIZE];
	size_t len = strcspn(head + 1, ":");
	uint64_t maxactive;

	if (!isdigit((unsigned char)head[1]))
		return passes;
	if (*head != 'r')
		return refuse(EINVAL, "Maxactive is only for function exit");
	memcpy(number, head + 1, len);
	number[len] = 0;
	if (len >= EVENT_NAME_LEN || !parse_number(number, &maxactive) || !maxactive ||
	    maxactive > UINT_MAX)
		return refuse(EINVAL, "Invalid maxactive number");
	if (maxactive > MAXACTIVE_MAX)
		return refuse(EINVAL, "Maxactive is too big");

	return passes;
}

/* That is looked at before the location, which may be that of a uprobe */
bool is_bad_kind(const char *head)
{
	return kind_verdict(head).text;
}

static bool is_name(const char *name, const char *also)
{
	if (!isalpha((unsigned char)*name) && *name != '_' && !(*name && strchr(also, *name)))
		return false;
	while (*++name)
		if (!isalnum((unsigned char)*name) && *name != '_' && !strchr(also, *name))
			return false;

	return true;
}

/* [:[GROUP/][EVENT]] */
static struct verdict name_verdict(const char *head)
{
	char group[WORD_SIZE];
	const char *event = strchr(head + 1, ':'), *slash;

	if (!event)
		return passes;
	/* isalpha() of the kernel knows Latin-1, and so does no locale here */
	for (slash = event; *slash; slash++)
		if (*slash & 0x80)
			return unsure;
	event++;
	slash = strchr(event, '/') ?: strchr(event, '.');
	if (slash) {
		if (slash == event)
			return refuse(EINVAL, "Group name is not specified");
		if (slash - event + 1 > EVENT_NAME_LEN)
			return refuse(EINVAL, "Group name is too long");
		memcpy(group, event, slash - event);
		group[slash - event] = 0;
		if (!is_name(group, "-"))
			return refuse(EINVAL, "Group name must follow the same rules as C identifiers");
		event = slash + 1;
	}
	if (!*event)
		return slash ? passes : refuse(EINVAL, "Event name is not specified");
	if (strlen(event) >= EVENT_NAME_LEN)
		return refuse(EINVAL, "Event name is too long");
	if (!is_name(event, ""))
		return refuse(EINVAL, "Event name must follow the same rules as C identifiers");

	return passes;
}

/* [MOD:]NAME to where the symbol is */
static struct verdict find_name(const char *name, struct place *place)
{
	const char *colon = strchr(name, ':'), *symbol = colon ? colon + 1 : name;
	char module[WORD_SIZE];
	unsigned int count;

	if (colon == name)
		return refuse(EINVAL, "Module name is not specified");
	if (!*symbol)
		return refuse(EINVAL, "Symbol name is not specified");
	if ((colon && symbol - name > MODULE_NAME_LEN) || strlen(symbol) >= KSYM_NAME_LEN)
		return refuse(ENAMETOOLONG, "Module or symbol name is too long");
	if (colon) {
		memcpy(module, name, colon - name);
		module[colon - name] = 0;
		if (strcmp(module, our_module)) {
			place->waits = true;
			return passes;
		}
	}
	count = find_code(symbol, colon ? module : NULL, &place->addr);
	if (!count)
		return refuse(EINVAL, "Invalid probed address or symbol");
	if (count > 1)
		return refuse(EINVAL, "The symbol is not unique");

	return passes;
}

static bool serves_probes(void)
{
	static int has = -1;

	if (has < 0)
		has = configured("CONFIG_KPROBES_ON_FTRACE");

	return has;
}

/* Whether that is any probe on an instruction that ftrace patches */
static bool serves_sites(void)
{
	return serves_probes() && !configured("CONFIG_KPROBES_ON_FTRACE_ARGS");
}

/* What ftrace patches in the entry of the function at place->start, which @local callers enter */
static inline uint64_t entry_site(const struct place *place, uint64_t local)
{
	uint64_t last = place->start + place->size - 1;

	return site_within(local, last < local + 8 ? last : local + 8);
}

/* What covers place->addr, and whether that is the entry of a function */
static struct verdict find_entry(struct place *place)
{
	uint64_t offset, local, entry, end;

	place->region = region_of(place->addr);
	if (place->region == UNKNOWN)
		return unsure;
	if (place->region == NOTHING)
		return refuse(ENOENT, "No symbol covers this address");
	place->name = covering_symbol(place->addr, &place->start, &place->size);
	if (!place->name)
		return unsure;
	offset = place->addr - place->start;
	place->on_entry = !offset;
	/* Of other code it is not known any more, or there is none */
	if (place->region != TEXT)
		return passes;

	local = entry = local_entry(place->start);
	/* On x86 what is inside of the entry is just no boundary of an instruction */
	end = 0;
#if defined(__aarch64__)
	end = entry_site(place, local);
#elif defined(__powerpc64__)
	if (serves_probes())
		entry = entry_site(place, local) ?: local;
	end = entry;
#endif
	if (!offset || place->addr == local || place->addr == entry) {
		place->on_entry = true;
		place->addr = entry;
	} else if (place->addr <= end) {
		return refuse(EILSEQ, "Probe point is inside of the entry of a function");
	}

	return passes;
}

/* [MOD:]KSYM[+OFFS][%return], [MOD:]KSYM%clones[%return] or KADDR */
struct verdict place_verdict(const char *word, bool is_return, struct place *place)
{
	char name[WORD_SIZE], *suffix, *sign;
	struct verdict verdict;
	int64_t offset = 0;

	if (parse_number(word, &place->addr)) {
		if (!place->addr)
			return refuse(EINVAL, "No symbol covers this address");
		/* A pointer to a function */
		if (region_of(place->addr) == DESCRIPTORS) {
			place->addr = descriptor_code(place->addr);
			if (!place->addr)
				return refuse(EINVAL, "No function has this descriptor");
		}
		verdict = find_entry(place);
	} else {
		strcpy(name, word);
		suffix = name + strcspn(name, "+-%");
		if (!strcmp(suffix, "%clones") || !strcmp(suffix, "%clones%return")) {
			*suffix = 0;
			verdict = find_name(name, place);
			if (place->waits)
				return refuse(ENOENT, "The module is not loaded");
			/* Each clone may be what is refused, or is there if the function is not */
			return verdict.text && strcmp(verdict.text, "Invalid probed address or symbol") ?
				verdict : unsure;
		}
		suffix = strchr(name, '%');
		if (suffix) {
			if (strcmp(suffix, "%return"))
				return refuse(EINVAL, "Invalid probed address suffix");
			*suffix = 0;
			is_return = true;
		}
		sign = strpbrk(name, "+-");
		if (sign && (!parse_offset(sign, &offset) || offset < 0 || offset > UINT_MAX))
			return refuse(EINVAL, "Invalid offset");
		if (sign)
			*sign = 0;
		verdict = find_name(name, place);
		if (verdict.text || place->waits)
			return verdict;
		place->addr += offset;
		verdict = find_entry(place);
	}
	if (!verdict.sure || verdict.text)
		return verdict;
	if (is_return && !place->on_entry)
		return refuse(EINVAL, "Retprobe address must be an function entry");

	return passes;
}

struct verdict early_verdict(const struct line *line, struct place *place)
{
	static char head[WORD_SIZE], word[WORD_SIZE];
	struct verdict verdict;

	memset(place, 0, sizeof(*place));
	sscanf(line->text, "%s %s", head, word);
	verdict = kind_verdict(head);
	/* The names are looked for before that */
	if (verdict.text)
		return strstr(word, "%clones") ? unsure : verdict;
	verdict = place_verdict(word, *head == 'r', place);
	if (verdict.text || !verdict.sure)
		return verdict;

	return name_verdict(head);
}

/* Whether ftrace has no site in a function, nor in the one that it is a clone of */
static bool is_notrace(const struct place *place)
{
	uint64_t addr, start, size;
	char base[600], *dot;

	if (!configured("CONFIG_DYNAMIC_FTRACE") || configured("CONFIG_KPROBE_EVENTS_ON_NOTRACE") ||
	    site_within(place->start, place->start + place->size - 1))
		return false;
	snprintf(base, sizeof(base), "%s", place->name);
	dot = strchr(base + 1, '.');
	if (!dot)
		return true;
	*dot = 0;
	addr = symbol_addr(base, NULL);
	/* The one that it is a clone of may be gone */
	if (!addr)
		return true;

	return covering_symbol(addr, &start, &size) && !site_within(start, start + size - 1);
}

static bool clone_is_blacklisted(const struct place *place)
{
	char base[600], *dot;
	uint64_t addr;

	snprintf(base, sizeof(base), "%s", place->name);
	dot = strchr(base + 1, '.');
	if (!dot)
		return false;
	*dot = 0;
	addr = symbol_addr(base, NULL);

	return addr && is_blacklisted(addr);
}

struct verdict late_verdict(const struct place *place)
{
	enum insn insn = insn_at(place->addr);
	unsigned int within = place->addr % insn_size;

	if (place->waits)
		return passes;
	if (!place->name)
		return unsure;
	if (place->region == DATA || place->region == DESCRIPTORS)
		return refuse(EINVAL, "This is not in the code of the kernel or of a module");
	if (place->region == INIT_TEXT)
		return refuse(EINVAL, "This is init code, which is gone");
	if (is_blacklisted(place->addr) || clone_is_blacklisted(place))
		return refuse(EINVAL, "This function is on the blacklist of kprobes");
	if (insn_at(place->addr - within) == JUMP_LABEL)
		return refuse(EINVAL, "This instruction is reserved by a jump label");
	if (insn == STATIC_CALL)
		return refuse(EINVAL, "This instruction is reserved by a static call");
	if (insn == BUG)
		return refuse(EINVAL, "This instruction is a BUG() or WARN()");
	if (!strncmp(place->name, "__pfx_", 6) || !strncmp(place->name, "__cfi_", 6))
		return refuse(EINVAL, "This is the prefix of a function, not its code");
	if (is_notrace(place))
		return refuse(EINVAL, "This function is notrace");
	if (insn_size == 1)
		return place->on_entry ? passes : unsure;
	if (site_within(place->addr, place->addr) && !serves_sites())
		return refuse(EINVAL, "This instruction is reserved by ftrace");
	if (within)
		return refuse(EINVAL, "Probe point is not an instruction boundary");
	if (insn == MAYBE_STEP)
		return unsure;
	if (insn == NO_STEP)
		return refuse(EINVAL, "This instruction cannot be probed");

	return passes;
}

/* What it may be about an instruction, where late_verdict() is not sure */
bool may_be_of_insn(const struct place *place, int err, const char *text)
{
	if (!place->name)
		return true;
	/* Where their sizes differ, they are decoded from the start of the function */
	if (!strcmp(text, "Probe point is not an instruction boundary"))
		return insn_size == 1;
	if (err != EINVAL)
		return false;

	return !strcmp(text, "This instruction cannot be probed") ||
		(insn_size == 1 && !strcmp(text, "This instruction is reserved by a static call"));
}
