// SPDX-License-Identifier: GPL-2.0
/*
 * The clones of a function: what a compiler made of it under another name.
 *
 *	symbol		is
 *	foo.isra.0	foo, with other arguments
 *	foo.constprop.0	foo, for constant arguments
 *	foo.specialized.1	the same
 *	foo.lto_priv.0	foo, beside a foo of another file
 *	foo.__uniq.123	the same
 *	foo.llvm.123	foo, made global for another file
 *	foo.part.0	a part of foo, where the rest of it is inlined
 *	foo.cold	a part of foo, which is hardly ever executed
 *
 * The suffixes can be combined. All but the last two are whole functions: a call
 * of foo enters foo itself or one of them. A clone is never taken for its function
 * silently. The definition of an event may ask for all of them, by "foo%clones".
 */

#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/sections.h>

#include "../kallsyms_internal.h"
#include "trace_kprobe_clone.h"

/* explain_symbol() lists so many names of each kind, if there is room */
#define NAMES_LISTED	4
#define LIST_SIZE	1024
/* Always kept for how many are left out */
#define COUNTS_SIZE	64

enum clone_kind {
	NO_CLONE,
	WHOLE_CLONE,
	PART,
};

static const struct {
	const char *name;
	enum clone_kind kind;
} clone_suffixes[] = {
	{ ".isra", WHOLE_CLONE },
	{ ".constprop", WHOLE_CLONE },
	{ ".lto_priv", WHOLE_CLONE },
	{ ".__uniq", WHOLE_CLONE },
	{ ".llvm", WHOLE_CLONE },
	{ ".specialized", WHOLE_CLONE },
	{ ".part", PART },
	{ ".cold", PART },
};

/* Take one suffix and its number off the start of @suffixes */
static enum clone_kind next_suffix(const char **suffixes)
{
	for (size_t i = 0; i < ARRAY_SIZE(clone_suffixes); i++) {
		size_t len = str_has_prefix(*suffixes, clone_suffixes[i].name);
		const char *end = *suffixes + len;

		if (!len)
			continue;

		if (*end == '.' && isdigit(end[1]))
			end += 1 + strspn(end + 1, "0123456789");
		if (*end && *end != '.')
			continue;

		*suffixes = end;
		return clone_suffixes[i].kind;
	}

	return NO_CLONE;
}

/* What a symbol is of the function that it is named after and @suffixes */
static enum clone_kind clone_kind(const char *suffixes)
{
	enum clone_kind kind = NO_CLONE;

	while (*suffixes) {
		enum clone_kind next = next_suffix(&suffixes);

		if (next == NO_CLONE)
			return NO_CLONE;

		/* The part of a clone, or the clone of a part */
		kind = max(kind, next);
	}

	return kind;
}

/**
 * struct clone_search - a search for the clones of a function
 * @prefix: the symbol of the function and a dot
 * @found: called with @data for each of them, its module or "", and the name
 *	   without the dot of ELFv1
 * @data: for @found
 */
struct clone_search {
	const char *prefix;
	int (*found)(void *data, enum clone_kind kind, const char *mod, const char *name);
	void *data;
};

/* Is there code, or was there before the kernel had started? Data may have suffixes, too. */
static bool is_code(unsigned long addr)
{
	return __is_kernel_text(addr) || is_kernel_inittext(addr) || is_module_text_address(addr);
}

/* The symbols are in the kernel itself or, with module_mutex held, in modules */
static int visit_symbol(void *data, const char *name, unsigned long addr)
{
	struct clone_search *search = data;
	size_t len = str_has_prefix(name, search->prefix);
	char modname[MODULE_NAME_LEN] = "";
	enum clone_kind kind;

	/* The dot at the end of the prefix is the first of the suffixes */
	kind = len ? clone_kind(name + len - 1) : NO_CLONE;
	if (kind == NO_CLONE || !is_code(addr))
		return 0;

	scoped_guard(rcu) {
		struct module *mod = __module_address(addr);

		if (mod)
			strscpy(modname, mod->name);
	}

	return search->found(search->data, kind, modname,
			     name + arch_kprobe_dot_symbols());
}

/*
 * Find the clones of @symbol in the kernel itself, in the module @modname, or,
 * if that is "", in all modules.
 */
static int search_clones(struct clone_search *search, const char *symbol, const char *modname)
{
	char *prefix __free(kfree) = NULL;

	symbol += arch_kprobe_dot_symbols() && *symbol == '.';
	prefix = kasprintf(GFP_KERNEL, "%s%s.", arch_kprobe_dot_symbols() ? "." : "", symbol);
	if (!prefix)
		return -ENOMEM;

	search->prefix = prefix;
	if (!modname)
		return kallsyms_on_each_prefix_symbol(visit_symbol, prefix, search);

	return module_kallsyms_on_each_prefix_symbol(*modname ? modname : NULL, prefix,
						     visit_symbol, search);
}

/* The "MOD" of "MOD:NAME" in @modname, or NULL for "NAME", which is in @symbol */
static const char *split_name(const char *name, char *modname, const char **symbol)
{
	const char *colon = strchr(name, ':');

	*symbol = colon ? colon + 1 : name;
	if (!colon)
		return NULL;

	strscpy(modname, name, *symbol - name);

	return modname;
}

/**
 * struct listing - the names of one kind of symbols, to be shown
 * @label: what is before the first name
 * @names: where to
 * @nr: how many there are
 * @listed: how many are in @names
 */
struct listing {
	const char *label;
	struct seq_buf names;
	unsigned int nr;
	unsigned int listed;
};

static const char *separator(const struct listing *list)
{
	return list->listed ? ", " : list->label;
}

/* @data is one listing for the whole clones, and one for the parts */
static int list_name(void *data, enum clone_kind kind, const char *mod, const char *name)
{
	struct listing *list = (struct listing *)data + (kind == PART);

	list->nr++;
	if (list->listed == NAMES_LISTED ||
	    strlen(mod) + strlen(name) + COUNTS_SIZE > seq_buf_buffer_left(&list->names))
		return 0;

	seq_buf_printf(&list->names, "%s%s%s%s", separator(list), mod, *mod ? ":" : "", name);
	list->listed++;

	return 0;
}

/**
 * explain_symbol() - say why a name is not the name of one function
 * @name: "[MOD:]NAME", which was refused
 * @nr_symbols: how many symbols have it
 *
 * That is how many symbols have the name, or the names of the clones and parts
 * of such a function. Names are no secret, /proc/kallsyms shows them to everyone;
 * addresses are, and are left out.
 *
 * Context: Process context, takes module_mutex.
 * Return: a text to put behind an error, "" if there is nothing to say, or NULL.
 * The caller has to free it.
 */
char *explain_symbol(const char *name, unsigned int nr_symbols)
{
	struct listing lists[] = { { .label = "; clones: " }, { .label = "; parts: " } };
	struct clone_search search = { .found = list_name, .data = lists };
	char *text = kzalloc(ARRAY_SIZE(lists) * LIST_SIZE, GFP_KERNEL);
	const char *modname, *symbol;
	char buf[MODULE_NAME_LEN];
	size_t i, len = 0;

	if (!text)
		return NULL;

	if (nr_symbols > 1) {
		/* This may be one of the clones that were asked for */
		snprintf(text, LIST_SIZE, "; %u symbols have the name %s, use an address",
			 nr_symbols, name);
		return text;
	}

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		seq_buf_init(&lists[i].names, text + i * LIST_SIZE, LIST_SIZE);

	modname = split_name(name, buf, &symbol);
	search_clones(&search, symbol, modname);
	/* As for any name, the modules come in if the kernel itself has nothing */
	if (!lists[0].nr && !lists[1].nr && !modname)
		search_clones(&search, symbol, "");

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		struct listing *list = &lists[i];

		if (list->nr > list->listed)
			seq_buf_printf(&list->names, "%s%u more", separator(list),
				       list->nr - list->listed);
		memmove(text + len, list->names.buffer, seq_buf_used(&list->names) + 1);
		len += seq_buf_used(&list->names);
	}

	return text;
}

static int add_name(struct clone_names *clones, const char *mod, const char *name)
{
	char *text;

	if (clones->nr == MAX_CLONES)
		return -E2BIG;

	text = kasprintf(GFP_KERNEL, "%s%s%s", mod, *mod ? ":" : "", name);
	if (!text)
		return -ENOMEM;
	clones->names[clones->nr++] = text;

	return 0;
}

static int add_clone(void *data, enum clone_kind kind, const char *mod, const char *name)
{
	return kind == WHOLE_CLONE ? add_name(data, mod, name) : 0;
}

void free_clone_names(struct clone_names *clones)
{
	while (clones->nr)
		kfree(clones->names[--clones->nr]);
}

/**
 * find_clone_names() - find the names of a function and of its whole clones
 * @name: "[MOD:]NAME" of the function
 * @clones: {}, is set to them, call free_clone_names() for it even if there is an
 *	    error
 * @place: its why is set if there is an error, call kprobe_put_place() for it
 *
 * Without MOD these are the names in the kernel itself or, if it has none, in the
 * module that has the function.
 *
 * Context: Process context, takes module_mutex.
 * Return: 0, -E2BIG if there are more than MAX_CLONES, -ENOMEM, or what
 * kprobe_find_name() returns.
 */
int find_clone_names(const char *name, struct clone_names *clones, struct kprobe_place *place)
{
	struct clone_search search = { .found = add_clone, .data = clones };
	int ret, found = kprobe_find_name(name, place);
	const char *modname, *symbol;
	char buf[MODULE_NAME_LEN];

	/* It may be that of data, and there may be clones of a function in another file */
	if (!found && place->nr_symbols == 1 && !is_code((unsigned long)place->addr)) {
		place->why = KPROBE_WHY_NOT_CODE;
		found = -EINVAL;
	}
	if (found && place->why != KPROBE_WHY_NO_SYMBOL && place->why != KPROBE_WHY_NOT_CODE)
		return found;

	modname = split_name(name, buf, &symbol);
	if (!found && !modname && place->mod) {
		ret = search_clones(&search, symbol, NULL);
		if (ret || clones->nr)
			return ret;
		modname = place->mod->name;
	}

	if (!found) {
		clones->has_function = true;
		symbol += arch_kprobe_dot_symbols() && *symbol == '.';
		ret = add_name(clones, modname ?: "", symbol);
		if (ret)
			return ret;
	}

	ret = search_clones(&search, symbol, modname);

	return ret ?: clones->nr ? 0 : found;
}
