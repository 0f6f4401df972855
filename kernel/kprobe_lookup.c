// SPDX-License-Identifier: GPL-2.0
/*
 * The name of a kprobe: from "[MOD:]NAME" to the code of a function.
 *
 * Registration, the check for ambiguous names, the notrace check and error
 * injection all come here, so that a name means the same function to each of
 * them.
 *
 * Where the ABI has function descriptors, a function may have two symbols. On
 * ppc64 ELFv1 "foo" is the descriptor of foo, which is data, and the dot
 * symbol ".foo" is its code:
 *
 *	name		means		found in
 *	.foo		.foo
 *	foo		.foo		or foo, if there is no .foo
 *	mod:.foo	mod:.foo
 *	mod:foo		mod:.foo	or mod:foo, if there is no mod:.foo
 *
 * The last resort is for a symbol without a dot twin. It is taken for what it
 * is, never for a descriptor: a label in the code such as _text. Without MOD it
 * comes after the dot symbols of the kernel and of all modules.
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

/* The name of the symbol in "[MOD:]NAME" */
static const char *symbol_part(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

/*
 * Return 0 if a symbol may have the name "[MOD:]NAME", where @symbol is NAME, -EINVAL
 * if MOD or NAME is empty, -ENAMETOOLONG if one is too long for any module or symbol.
 */
static int kprobe_check_name(const char *name, const char *symbol)
{
	size_t modlen = symbol - name;

	if (modlen == 1 || !*symbol)
		return -EINVAL;

	/* modlen counts the colon where MODULE_NAME_LEN counts the NUL */
	if (modlen > MODULE_NAME_LEN || strlen(symbol) >= KSYM_NAME_LEN)
		return -ENAMETOOLONG;

	return 0;
}

/*
 * Return the name of the dot symbol that belongs to @symbol, NULL if the ABI
 * has no dot symbols or @symbol is one.
 */
static char *dot_name(const char *symbol)
{
	size_t size = strlen(symbol) + 1;
	char *dot;

	if (!arch_kprobe_dot_symbols() || *symbol == '.')
		return NULL;

	dot = kmalloc(1 + size, GFP_KERNEL);
	if (!dot)
		return ERR_PTR(-ENOMEM);
	*dot = '.';
	memcpy(dot + 1, symbol, size);

	return dot;
}

/* The symbols of one name: the first, its module, and how many there are */
struct name_matches {
	const char *symbol;
	unsigned long addr;
	struct module *mod;
	unsigned int count;
	bool going;
};

static int add_match(void *data, unsigned long addr)
{
	struct name_matches *m = data;

	if (!m->count++)
		m->addr = addr;

	return 0;
}

/* Called with module_mutex held. The module of the first symbol is kept. */
static int add_mod_match(void *data, const char *name, unsigned long addr)
{
	struct name_matches *m = data;

	/* The dot symbol, if there may be one, and the symbol without the dot */
	if (!m->symbol || strcmp(name, m->symbol))
		m++;
	if (strcmp(name, m->symbol))
		return 0;

	add_match(m, addr);
	if (m->count > 1)
		return 0;

	guard(rcu)();
	m->mod = __module_address(addr);
	if (m->mod && !try_module_get(m->mod)) {
		m->mod = NULL;
		m->going = true;
	}

	return 0;
}

/* Is there something to wait for? */
static bool module_may_come(const char *modname)
{
#ifdef CONFIG_MODULES
	guard(rcu)();
	return !find_module(modname);
#else
	return false;
#endif
}

/*
 * Find the symbols called @dot or, if that is NULL or there are none, @symbol. Look in
 * the module @modname or, if that is NULL, in vmlinux and in all modules, where symbols
 * of either name in vmlinux hide those of that name in modules.
 */
static struct name_matches find_symbol(const char *modname, const char *dot, const char *symbol)
{
	struct name_matches kernel = {}, mods[] = { { .symbol = dot }, { .symbol = symbol } };

	if (!modname)
		kallsyms_on_each_match_symbol(add_match, dot ?: symbol, &kernel);
	if (kernel.count)
		return kernel;

	module_kallsyms_on_each_prefix_symbol(modname, symbol, add_mod_match, mods);
	if (!mods[0].count) {
		if (dot && !modname)
			kallsyms_on_each_match_symbol(add_match, symbol, &kernel);
		if (!kernel.count)
			return mods[1];
	}

	module_put(mods[1].mod);

	return kernel.count ? kernel : mods[0];
}

/**
 * kprobe_find_name() - find the code of a function by name
 * @name: "[MOD:]NAME"
 * @place: its addr, mod, nr_symbols and why are set
 *
 * Of several symbols of that name the first in vmlinux is taken, or the first
 * in the modules if vmlinux has none. The module that it is in is held until
 * kprobe_put_place() is called.
 *
 * Context: Process context, takes module_mutex.
 * Return: 0, -ENOENT if there is no such symbol or its module is going, -ENOMEM,
 * -EINVAL if MOD or NAME is empty, or -ENAMETOOLONG.
 */
int kprobe_find_name(const char *name, struct kprobe_place *place)
{
	const char *symbol = symbol_part(name);
	char buf[MODULE_NAME_LEN], *modname = NULL;
	struct name_matches m;
	char *dot __free(kfree) = NULL;
	int ret;

	*place = (struct kprobe_place) {};

	ret = kprobe_check_name(name, symbol);
	if (ret) {
		place->why = KPROBE_WHY_NAME;
		return ret;
	}

	dot = dot_name(symbol);
	if (IS_ERR(dot))
		return PTR_ERR(dot);

	if (symbol != name) {
		modname = buf;
		strscpy(modname, name, symbol - name);
	}

	m = find_symbol(modname, dot, symbol);
	place->addr = (kprobe_opcode_t *)m.addr;
	place->mod = m.mod;
	place->nr_symbols = m.count;
	if (m.count && !m.going)
		return 0;

	if (m.count)
		place->why = KPROBE_WHY_MODULE_GOING;
	else if (modname && module_may_come(modname))
		place->why = KPROBE_WHY_NO_MODULE;
	else
		place->why = KPROBE_WHY_NO_SYMBOL;
	return -ENOENT;
}

/**
 * kprobe_lookup_name() - find the address of a function by name
 * @name: "[MOD:]NAME"
 *
 * Return: the address that kprobe_find_name() finds, or its error.
 */
kprobe_opcode_t *kprobe_lookup_name(const char *name)
{
	struct kprobe_place place;
	int ret = kprobe_find_name(name, &place);

	kprobe_put_place(&place);

	return ret ? ERR_PTR(ret) : place.addr;
}
