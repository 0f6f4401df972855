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

/**
 * kprobe_check_name() - check the form of a probe's name
 * @name: "[MOD:]NAME"
 *
 * Return: 0 if a symbol may have such a name, -EINVAL if MOD or NAME is empty,
 * -ENAMETOOLONG if MOD or NAME is too long for any module or symbol.
 */
int kprobe_check_name(const char *name)
{
	const char *symbol = symbol_part(name);
	size_t modlen = symbol - name;

	if (modlen == 1 || !*symbol)
		return -EINVAL;

	/* modlen counts the colon where MODULE_NAME_LEN counts the NUL */
	if (modlen > MODULE_NAME_LEN || strlen(symbol) >= KSYM_NAME_LEN)
		return -ENAMETOOLONG;

	return 0;
}

/*
 * Return the name of the dot symbol that belongs to @name, NULL if the ABI
 * has no dot symbols or @name is one.
 */
static char *dot_name(const char *name)
{
	const char *symbol = symbol_part(name);
	size_t modlen = symbol - name;
	char *dot;

	if (!arch_kprobe_dot_symbols() || *symbol == '.')
		return NULL;

	/* The dot and the NUL */
	dot = kmalloc(strlen(name) + 2, GFP_KERNEL);
	if (!dot)
		return ERR_PTR(-ENOMEM);

	memcpy(dot, name, modlen);
	dot[modlen] = '.';
	memcpy(dot + modlen + 1, symbol, strlen(symbol) + 1);

	return dot;
}

/*
 * The address of exactly this symbol, 0 if there is none. A name with a colon
 * is one of a module: vmlinux, which has most symbols, need not be searched.
 */
static unsigned long lookup_exact_name(const char *name)
{
	if (strchr(name, ':'))
		return module_kallsyms_lookup_name(name);

	return kallsyms_lookup_name(name);
}

/**
 * kprobe_lookup_name() - find the code of a function by name
 * @name: "[MOD:]NAME"
 *
 * Of several symbols of that name the first in vmlinux is taken, or the first
 * in the modules if vmlinux has none; kprobe_count_name() tells how many there
 * are.
 *
 * Context: Process context, may sleep.
 * Return: the address, -ENOENT if there is no such symbol, -ENOMEM, or what
 * kprobe_check_name() returns.
 */
kprobe_opcode_t *kprobe_lookup_name(const char *name)
{
	char *dot __free(kfree) = NULL;
	unsigned long addr = 0;
	int ret;

	ret = kprobe_check_name(name);
	if (ret)
		return ERR_PTR(ret);

	dot = dot_name(name);
	if (IS_ERR(dot))
		return ERR_CAST(dot);

	if (dot)
		addr = lookup_exact_name(dot);
	if (!addr)
		addr = lookup_exact_name(name);

	return addr ? (kprobe_opcode_t *)addr : ERR_PTR(-ENOENT);
}

static int count_symbols(void *data, unsigned long unused)
{
	unsigned int *count = data;

	(*count)++;

	return 0;
}

struct sym_count_ctx {
	unsigned int count;
	const char *name;
};

static int count_mod_symbols(void *data, const char *name, unsigned long unused)
{
	struct sym_count_ctx *ctx = data;

	if (strcmp(name, ctx->name) == 0)
		ctx->count++;

	return 0;
}

/* Count the symbols that have exactly this name */
static unsigned int count_exact_name(const char *name)
{
	const char *symbol = symbol_part(name);
	struct sym_count_ctx ctx = { .name = symbol };
	char modname[MODULE_NAME_LEN];

	if (symbol != name) {
		strscpy(modname, name, symbol - name);
		module_kallsyms_on_each_symbol(modname, count_mod_symbols, &ctx);
		return ctx.count;
	}

	/*
	 * If the symbol is found in vmlinux, use vmlinux resolution only.
	 * This prevents module symbols from shadowing vmlinux symbols
	 * and causing -EADDRNOTAVAIL for unqualified kprobe targets.
	 */
	kallsyms_on_each_match_symbol(count_symbols, name, &ctx.count);
	if (!ctx.count)
		module_kallsyms_on_each_symbol(NULL, count_mod_symbols, &ctx);

	return ctx.count;
}

/**
 * kprobe_count_name() - count the symbols that a probe's name may mean
 * @name: "[MOD:]NAME"
 *
 * Of the spellings that kprobe_lookup_name() tries, this counts the symbols
 * of the one that it finds.
 *
 * Context: Process context, takes module_mutex.
 * Return: the number of symbols, -ENOMEM, or what kprobe_check_name() returns.
 */
int kprobe_count_name(const char *name)
{
	char *dot __free(kfree) = NULL;
	unsigned int count = 0;
	int ret;

	ret = kprobe_check_name(name);
	if (ret)
		return ret;

	dot = dot_name(name);
	if (IS_ERR(dot))
		return PTR_ERR(dot);

	if (dot)
		count = count_exact_name(dot);

	return count ?: count_exact_name(name);
}
