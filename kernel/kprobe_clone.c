// SPDX-License-Identifier: GPL-2.0
/*
 * The clones of a function: what a compiler made of it under another name.
 *
 *	symbol		is
 *	foo.isra.0	foo, with other arguments
 *	foo.constprop.0	foo, for constant arguments
 *	foo.llvm.123	foo, made global for another file
 *	foo.part.0	a part of foo, where the rest of it is inlined
 *	foo.cold	a part of foo, which is hardly ever executed
 *
 * The suffixes can be combined. The first three are whole functions: a call of
 * foo enters foo itself or one of them. The others are not.
 *
 * A clone is never taken for its function silently. It may have lost an
 * argument, and it may serve only a part of the callers. A probe gets it by its
 * own name, or by "foo%clone" as long as there is nothing to choose from:
 *
 *	name		means
 *	foo%clone	foo, or else the one whole clone of foo
 *	mod:foo%clone	the same in mod
 *
 * No symbol of a compiler has a percent sign in its name.
 */

#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kprobe_clone.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kallsyms_internal.h"

/*
 * kprobe_explain_name() lists so many names of each kind, if there is room. There
 * is for the longest one, and always for how many are left out.
 */
#define NAMES_LISTED	4
#define EXPLAIN_SIZE	1024
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
	{ ".llvm", WHOLE_CLONE },
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
 * @kind: which of them to find
 * @count: how many there are
 * @addr: where the first one is
 * @names: to list their names in, or NULL
 * @label: what to list before the first name
 * @listed: how many names are in @names
 */
struct clone_search {
	const char *prefix;
	enum clone_kind kind;
	unsigned int count;
	unsigned long addr;
	struct seq_buf *names;
	const char *label;
	unsigned int listed;
};

static const char *separator(const struct clone_search *search)
{
	return search->listed ? ", " : search->label;
}

/* A dot symbol is listed by the name of its function */
static void list_name(struct clone_search *search, const char *name)
{
	name += *name == '.';
	if (search->listed == NAMES_LISTED ||
	    strlen(name) + COUNTS_SIZE > seq_buf_buffer_left(search->names))
		return;

	seq_buf_printf(search->names, "%s%s", separator(search), name);
	search->listed++;
}

static int visit_symbol(void *data, const char *name, unsigned long addr)
{
	struct clone_search *search = data;
	size_t len = str_has_prefix(name, search->prefix);

	/* The dot at the end of the prefix is the first of the suffixes */
	if (!len || clone_kind(name + len - 1) != search->kind)
		return 0;

	if (!search->count++)
		search->addr = addr;
	if (search->names)
		list_name(search, name);

	return 0;
}

/* As for any name, the modules are searched if the kernel itself has nothing */
static void search_prefix(struct clone_search *search, const char *prefix,
			  const char *modname)
{
	search->prefix = prefix;
	if (!modname)
		kallsyms_on_each_prefix_symbol(visit_symbol, prefix, search);
	if (!search->count)
		module_kallsyms_on_each_symbol(modname, visit_symbol, search);
}

/*
 * Find the clones of "[MOD:]NAME", which kprobe_check_name() has passed, by the
 * dot symbols first if the ABI has them.
 */
static int search_clones(struct clone_search *search, const char *name)
{
	char *prefix __free(kfree) = NULL;
	const char *colon = strchr(name, ':');
	const char *symbol = colon ? colon + 1 : name;
	char modname[MODULE_NAME_LEN];

	if (colon)
		strscpy(modname, name, symbol - name);

	prefix = kasprintf(GFP_KERNEL, ".%s.", symbol);
	if (!prefix)
		return -ENOMEM;

	if (arch_kprobe_dot_symbols() && *symbol != '.')
		search_prefix(search, prefix, colon ? modname : NULL);
	if (!search->count)
		search_prefix(search, prefix + 1, colon ? modname : NULL);

	return 0;
}

/**
 * kprobe_clone_base() - the function that a probe takes the clone of
 * @name: "[MOD:]NAME%clone"
 *
 * Return: "[MOD:]NAME", which the caller has to free, NULL if @name is not of
 * that form, or -ENOMEM.
 */
char *kprobe_clone_base(const char *name)
{
	const char *suffix = strchr(name, '%');
	char *base;

	if (!suffix || strcmp(suffix, KPROBE_CLONE_SUFFIX))
		return NULL;

	base = kmemdup_nul(name, suffix - name, GFP_KERNEL);

	return base ?: ERR_PTR(-ENOMEM);
}

/**
 * kprobe_find_clone() - find the code of a function or of its one clone
 * @base: "[MOD:]NAME", where "[MOD:]NAME%clone" was given
 * @place: is set as by kprobe_find_name()
 *
 * As for any name without MOD, what is in the kernel itself comes before what is
 * in a module, be it the function.
 *
 * Context: Process context, takes module_mutex.
 * Return: 0 for the function or, if there is no such function, for its one whole
 * clone; -EADDRNOTAVAIL if there are several clones, -ENOMEM, or what
 * kprobe_find_name() returns.
 */
int kprobe_find_clone(const char *base, struct kprobe_place *place)
{
	struct clone_search search = { .kind = WHOLE_CLONE };
	int ret, err;

	ret = kprobe_find_name(base, place);
	if (ret ? place->why != KPROBE_WHY_NO_SYMBOL : strchr(base, ':') || !place->mod)
		return ret;

	err = search_clones(&search, base);
	if (err)
		return err;
	if (!search.count || (!ret && is_module_address(search.addr)))
		return ret;

	kprobe_put_place(place);
	place->addr = (kprobe_opcode_t *)search.addr;
	place->nr_symbols = search.count;
	place->why = search.count > 1 ? KPROBE_WHY_NOT_UNIQUE : KPROBE_WHY_NONE;

	return search.count > 1 ? -EADDRNOTAVAIL : 0;
}

/* List the symbols of one kind; how many more there are, if they are too many */
static void list_clones(struct seq_buf *names, const char *name,
			enum clone_kind kind, const char *label)
{
	struct clone_search search = { .kind = kind, .names = names, .label = label };

	if (search_clones(&search, name))
		return;
	if (search.count > search.listed)
		seq_buf_printf(names, "%s%u more", separator(&search),
			       search.count - search.listed);
}

/**
 * kprobe_explain_name() - say why a name is not the name of one function
 * @name: "[MOD:]NAME" or "[MOD:]NAME%clone", which was refused
 *
 * That is how many symbols have the name, or the names of the clones and parts
 * of such a function, if there is none or they are what is meant. Names are no
 * secret, /proc/kallsyms shows them to everyone; addresses are, and are left out.
 *
 * Context: Process context, takes module_mutex.
 * Return: a text to put behind an error, "" if there is nothing to say, or NULL.
 * The caller has to free it.
 */
char *kprobe_explain_name(const char *name)
{
	char *base __free(kfree) = kprobe_clone_base(name);
	struct seq_buf s;
	char *text;
	int count;

	if (IS_ERR(base))
		return NULL;
	if (base)
		name = base;

	text = kzalloc(EXPLAIN_SIZE, GFP_KERNEL);
	if (!text)
		return NULL;
	seq_buf_init(&s, text, EXPLAIN_SIZE);

	count = kprobe_count_name(name);
	if (count > 1) {
		seq_buf_printf(&s, "; %d symbols have this name, use an address",
			       count);
	} else if (!count || base) {
		/* With %clone they come before the function of a module */
		list_clones(&s, name, WHOLE_CLONE, "; clones: ");
		list_clones(&s, name, PART, "; parts: ");
	}

	return text;
}
