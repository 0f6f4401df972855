// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what kallsyms knows about function descriptors.
 *
 * On ppc64 ELFv1 a C function pointer is the address of a descriptor in .opd,
 * and "foo" is the symbol of the descriptor. The code of foo has the symbol
 * ".foo". What a name or an address has to give is taken from the compiler (the
 * function pointer) and from the descriptor's first word (the code), never from
 * kallsyms.
 *
 * kallsyms is hardly exported, so these tests see more of it when they are
 * built in. A module has two tables of symbols, one while it is loaded, which
 * is when the suite runs, and one for later. To run the suite with the latter:
 *
 *	echo 1 > /sys/kernel/debug/kunit/kallsyms_descriptors/run
 */

#include <kunit/test.h>
#include <linux/compiler.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/sections.h>

#include "../../kernel/kallsyms_internal.h"

/*
 * 64-bit PowerPC ELF ABI Supplement 1.9, 3.2.5 Function Descriptors: three
 * doublewords, the entry point, the TOC base and the environment pointer.
 */
#define DESCRIPTOR_SIZE		24
#define DESCRIPTOR_SIZE_STR	"0x18"

#ifdef MODULE
#define OWN_SUFFIX	" [" KBUILD_MODNAME "]"
#define OWN_START_OPD	(THIS_MODULE->arch.start_opd)
#define OWN_END_OPD	(THIS_MODULE->arch.end_opd)
#else
#define OWN_SUFFIX	""
#define OWN_START_OPD	((unsigned long)__start_opd)
#define OWN_END_OPD	((unsigned long)__end_opd)
#endif

noinline int kallsyms_descriptors_global(int n);
noinline int kallsyms_descriptors_weak(int n);

static noinline int kallsyms_descriptors_static(int n)
{
	OPTIMIZER_HIDE_VAR(n);
	return n + 1;
}

noinline int kallsyms_descriptors_global(int n)
{
	OPTIMIZER_HIDE_VAR(n);
	return n + 2;
}

__weak noinline int kallsyms_descriptors_weak(int n)
{
	OPTIMIZER_HIDE_VAR(n);
	return n + 3;
}

/* A second name for one descriptor */
static int kallsyms_descriptors_alias(int n) __alias(kallsyms_descriptors_global);

/**
 * struct descriptor_test_case - a function and its name
 * @name: What C calls the function.
 * @func: Pointer to the function.
 * @own: True if the function is one of this file, false if it is the kernel's.
 */
struct descriptor_test_case {
	const char *name;
	const void *func;
	bool own;
};

#define KERNEL_FUNC(fn) { .name = #fn, .func = fn }
#define OWN_FUNC(fn) { .name = #fn, .func = fn, .own = true }

static const struct descriptor_test_case descriptor_test_cases[] = {
	KERNEL_FUNC(vfree),
	KERNEL_FUNC(schedule),
	KERNEL_FUNC(sprint_symbol),
	/* From assembly, which makes its own descriptors */
	KERNEL_FUNC(copy_page),
	OWN_FUNC(kallsyms_descriptors_static),
	OWN_FUNC(kallsyms_descriptors_weak),
};

static void descriptor_case_to_desc(const struct descriptor_test_case *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(descriptor, descriptor_test_cases, descriptor_case_to_desc);

static char *symbol_buf(struct kunit *test)
{
	char *buf = kunit_kzalloc(test, KSYM_SYMBOL_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	return buf;
}

static const char *own_suffix(const struct descriptor_test_case *t)
{
	return t->own ? OWN_SUFFIX : "";
}

/* The address of a descriptor gives its name, also from inside of it. */
static void sprint_symbol_descriptor_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	unsigned long addr = (unsigned long)t->func;
	char *want = symbol_buf(test);
	char *got = symbol_buf(test);

	sprint_symbol_no_offset(got, addr);
	snprintf(want, KSYM_SYMBOL_LEN, "%s%s", t->name, own_suffix(t));
	KUNIT_EXPECT_STREQ(test, got, want);

	sprint_symbol(got, addr);
	snprintf(want, KSYM_SYMBOL_LEN, "%s+0x0/" DESCRIPTOR_SIZE_STR "%s",
		 t->name, own_suffix(t));
	KUNIT_EXPECT_STREQ(test, got, want);

	sprint_symbol(got, addr + 8);
	snprintf(want, KSYM_SYMBOL_LEN, "%s+0x8/" DESCRIPTOR_SIZE_STR "%s",
		 t->name, own_suffix(t));
	KUNIT_EXPECT_STREQ(test, got, want);

	sprint_symbol(got, addr + DESCRIPTOR_SIZE - 1);
	snprintf(want, KSYM_SYMBOL_LEN, "%s+0x17/" DESCRIPTOR_SIZE_STR "%s",
		 t->name, own_suffix(t));
	KUNIT_EXPECT_STREQ(test, got, want);
}

/* The address of the code gives the dot symbol, and so do %ps and %pS. */
static void sprint_symbol_code_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	const func_desc_t *desc = t->func;
	char *want = symbol_buf(test);
	char *got = symbol_buf(test);

	snprintf(want, KSYM_SYMBOL_LEN, ".%s%s", t->name, own_suffix(t));
	sprint_symbol_no_offset(got, desc->addr);
	KUNIT_EXPECT_STREQ(test, got, want);
	snprintf(got, KSYM_SYMBOL_LEN, "%ps", t->func);
	KUNIT_EXPECT_STREQ(test, got, want);

	snprintf(want, KSYM_SYMBOL_LEN, ".%s+0x0/", t->name);
	snprintf(got, KSYM_SYMBOL_LEN, "%pS", t->func);
	KUNIT_EXPECT_TRUE_MSG(test, strstarts(got, want), "%s", got);
}

/* From the first descriptor to the last, each one has a name of its own. */
static void sprint_symbol_opd_test(struct kunit *test)
{
	static const char tail[] = "+0x0/" DESCRIPTOR_SIZE_STR OWN_SUFFIX;
	unsigned long addr;
	char *got = symbol_buf(test);
	int len;

	KUNIT_ASSERT_LT(test, OWN_START_OPD, OWN_END_OPD);
	for (addr = OWN_START_OPD; addr < OWN_END_OPD; addr += DESCRIPTOR_SIZE) {
		len = sprint_symbol(got, addr);
		KUNIT_ASSERT_GT_MSG(test, len, (int)strlen(tail), "%s", got);
		KUNIT_ASSERT_STREQ_MSG(test, got + len - strlen(tail), tail, "%s", got);
	}
	KUNIT_EXPECT_EQ(test, addr, OWN_END_OPD);
}

#ifndef CONFIG_KALLSYMS_ALL
/* Next to the descriptors there is other data, which has no names. */
static void sprint_symbol_not_opd_test(struct kunit *test)
{
	char *want = symbol_buf(test);
	char *got = symbol_buf(test);

	sprint_symbol(got, OWN_START_OPD - 1);
	snprintf(want, KSYM_SYMBOL_LEN, "0x%lx", OWN_START_OPD - 1);
	KUNIT_EXPECT_STREQ(test, got, want);

	sprint_symbol(got, OWN_END_OPD);
	snprintf(want, KSYM_SYMBOL_LEN, "0x%lx", OWN_END_OPD);
	KUNIT_EXPECT_STREQ(test, got, want);
}
#endif

#ifdef MODULE

/* How often @name is in the table for later, and its last symbol there */
static unsigned int count_core_kallsyms(const char *name, const Elf_Sym **found)
{
	const struct mod_kallsyms *kallsyms = &THIS_MODULE->core_kallsyms;
	unsigned int i, count = 0;

	for (i = 1; i < kallsyms->num_symtab; i++) {
		const Elf_Sym *sym = &kallsyms->symtab[i];

		if (strcmp(kallsyms->strtab + sym->st_name, name))
			continue;
		*found = sym;
		count++;
	}
	return count;
}

/* The descriptor is a symbol of the table, or it is told by that of the code. */
static void expect_core_kallsyms(struct kunit *test, const char *name, const void *func)
{
	const func_desc_t *desc = func;
	char *dot_name = symbol_buf(test);
	const Elf_Sym *sym = NULL;

	snprintf(dot_name, KSYM_SYMBOL_LEN, ".%s", name);
	KUNIT_ASSERT_EQ(test, count_core_kallsyms(dot_name, &sym), 1);
	KUNIT_EXPECT_EQ(test, kallsyms_symbol_value(sym), desc->addr);

	if (!IS_ENABLED(CONFIG_KALLSYMS_ALL)) {
		KUNIT_EXPECT_EQ(test, sym->st_size, (unsigned long)func);
		KUNIT_EXPECT_EQ(test, count_core_kallsyms(name, &sym), 0);
		return;
	}

	KUNIT_ASSERT_EQ(test, count_core_kallsyms(name, &sym), 1);
	KUNIT_EXPECT_EQ(test, kallsyms_symbol_value(sym), (unsigned long)func);
}

static void core_kallsyms_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	const Elf_Sym *sym;

	if (!t->own) {
		KUNIT_EXPECT_EQ(test, count_core_kallsyms(t->name, &sym), 0);
		return;
	}

	expect_core_kallsyms(test, t->name, t->func);
}

static void core_kallsyms_alias_test(struct kunit *test)
{
	expect_core_kallsyms(test, "kallsyms_descriptors_alias", kallsyms_descriptors_alias);
	expect_core_kallsyms(test, "kallsyms_descriptors_global", kallsyms_descriptors_global);
}

#else /* !MODULE */

static void kallsyms_lookup_name_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	const func_desc_t *desc = t->func;
	char *dot_name = symbol_buf(test);

	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name(t->name), (unsigned long)t->func);

	snprintf(dot_name, KSYM_SYMBOL_LEN, ".%s", t->name);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name(dot_name), desc->addr);
}

static void kallsyms_lookup_name_alias_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("kallsyms_descriptors_alias"),
			(unsigned long)kallsyms_descriptors_alias);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("kallsyms_descriptors_global"),
			(unsigned long)kallsyms_descriptors_global);
}

static void kallsyms_lookup_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	unsigned long addr = (unsigned long)t->func;
	unsigned long size = 0, offset = 0;
	char *modname = (char *)"not set";
	char *name = symbol_buf(test);

	KUNIT_ASSERT_NOT_NULL(test, kallsyms_lookup(addr + 8, &size, &offset, &modname, name));
	KUNIT_EXPECT_STREQ(test, name, t->name);
	KUNIT_EXPECT_EQ(test, size, DESCRIPTOR_SIZE);
	KUNIT_EXPECT_EQ(test, offset, 8);
	KUNIT_EXPECT_NULL(test, modname);

	size = 0;
	KUNIT_ASSERT_EQ(test, kallsyms_lookup_size_offset(addr + 16, &size, &offset), 1);
	KUNIT_EXPECT_EQ(test, size, DESCRIPTOR_SIZE);
	KUNIT_EXPECT_EQ(test, offset, 16);
}

static void lookup_symbol_name_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	char *name = symbol_buf(test);

	KUNIT_ASSERT_EQ(test, lookup_symbol_name((unsigned long)t->func, name), 0);
	KUNIT_EXPECT_STREQ(test, name, t->name);
}

/**
 * struct match_ctx - the symbols of a name
 * @count: How many there are.
 * @addr: Address to look for.
 * @found: How many of them are at @addr.
 */
struct match_ctx {
	unsigned int count;
	unsigned long addr;
	unsigned int found;
};

static int match_addr(void *data, unsigned long addr)
{
	struct match_ctx *ctx = data;

	ctx->count++;
	ctx->found += addr == ctx->addr;
	return 0;
}

/* A name does not become ambiguous because code and descriptor are listed. */
static void kallsyms_on_each_match_symbol_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	const func_desc_t *desc = t->func;
	struct match_ctx ctx = { .addr = (unsigned long)t->func };
	struct match_ctx dot_ctx = { .addr = desc->addr };
	char *dot_name = symbol_buf(test);

	kallsyms_on_each_match_symbol(match_addr, t->name, &ctx);
	KUNIT_EXPECT_EQ(test, ctx.count, 1);
	KUNIT_EXPECT_EQ(test, ctx.found, 1);

	snprintf(dot_name, KSYM_SYMBOL_LEN, ".%s", t->name);
	kallsyms_on_each_match_symbol(match_addr, dot_name, &dot_ctx);
	KUNIT_EXPECT_EQ(test, dot_ctx.count, 1);
	KUNIT_EXPECT_EQ(test, dot_ctx.found, 1);
}

/**
 * struct walk_ctx - a function in a walk through symbols
 * @name: What C calls the function.
 * @func: Pointer to the function.
 * @descriptors: How many symbols are called @name.
 * @codes: How many symbols are called @name with a dot before it.
 * @wrong: How many of these are at another address.
 */
struct walk_ctx {
	const char *name;
	const func_desc_t *func;
	unsigned int descriptors;
	unsigned int codes;
	unsigned int wrong;
};

static int walk_symbol(void *data, const char *name, unsigned long addr)
{
	struct walk_ctx *ctx = data;

	if (!strcmp(name, ctx->name)) {
		ctx->descriptors++;
		ctx->wrong += addr != (unsigned long)ctx->func;
	} else if (*name == '.' && !strcmp(name + 1, ctx->name)) {
		ctx->codes++;
		ctx->wrong += addr != ctx->func->addr;
	}
	return 0;
}

static void expect_walk(struct kunit *test, const struct walk_ctx *ctx,
			unsigned int descriptors, unsigned int codes)
{
	KUNIT_EXPECT_EQ(test, ctx->descriptors, descriptors);
	KUNIT_EXPECT_EQ(test, ctx->codes, codes);
	KUNIT_EXPECT_EQ(test, ctx->wrong, 0);
}

/* Who walks through all symbols, or those with a prefix, meets the descriptor once. */
static void kallsyms_on_each_symbol_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	struct walk_ctx all = { .name = t->name, .func = t->func };
	struct walk_ctx prefix = { .name = t->name, .func = t->func };
	struct walk_ctx dot_prefix = { .name = t->name, .func = t->func };
	char *dot_name = symbol_buf(test);

	kallsyms_on_each_symbol(walk_symbol, &all);
	expect_walk(test, &all, 1, 1);

	kallsyms_on_each_prefix_symbol(walk_symbol, t->name, &prefix);
	expect_walk(test, &prefix, 1, 0);

	snprintf(dot_name, KSYM_SYMBOL_LEN, ".%s", t->name);
	kallsyms_on_each_prefix_symbol(walk_symbol, dot_name, &dot_prefix);
	expect_walk(test, &dot_prefix, 0, 1);
}

static int stop_at_symbol(void *data, const char *name, unsigned long addr)
{
	struct walk_ctx *ctx = data;

	walk_symbol(data, name, addr);
	return ctx->descriptors;
}

/* A walk ends where it is told to */
static void walk_ends_test(struct kunit *test)
{
	const struct descriptor_test_case *t = test->param_value;
	struct walk_ctx all = { .name = t->name, .func = t->func };
	struct walk_ctx prefix = { .name = t->name, .func = t->func };

	KUNIT_EXPECT_EQ(test, kallsyms_on_each_symbol(stop_at_symbol, &all), 1);
	KUNIT_EXPECT_EQ(test, kallsyms_on_each_prefix_symbol(stop_at_symbol, t->name, &prefix), 1);
}

/* The name at a descriptor leads back to it, and its dot symbol to the code. */
static void expect_round_trip(struct kunit *test, unsigned long addr)
{
	const func_desc_t *desc = (const func_desc_t *)addr;
	struct match_ctx ctx = { .addr = addr };
	struct match_ctx dot_ctx = { .addr = desc->addr };
	char *name = symbol_buf(test);

	name[0] = '.';
	KUNIT_ASSERT_EQ(test, lookup_symbol_name(addr, name + 1), 0);

	kallsyms_on_each_match_symbol(match_addr, name + 1, &ctx);
	KUNIT_EXPECT_EQ_MSG(test, ctx.found, 1, "%s", name + 1);
	kallsyms_on_each_match_symbol(match_addr, name, &dot_ctx);
	KUNIT_EXPECT_EQ_MSG(test, dot_ctx.found, 1, "%s", name);
}

static void first_descriptor_round_trip_test(struct kunit *test)
{
	expect_round_trip(test, OWN_START_OPD);
}

static void last_descriptor_round_trip_test(struct kunit *test)
{
	expect_round_trip(test, OWN_END_OPD - DESCRIPTOR_SIZE);
}

#endif /* MODULE */

static struct kunit_case kallsyms_descriptors_test_cases[] = {
	KUNIT_CASE_PARAM(sprint_symbol_descriptor_test, descriptor_gen_params),
	KUNIT_CASE_PARAM(sprint_symbol_code_test, descriptor_gen_params),
	KUNIT_CASE(sprint_symbol_opd_test),
#ifndef CONFIG_KALLSYMS_ALL
	KUNIT_CASE(sprint_symbol_not_opd_test),
#endif
#ifdef MODULE
	KUNIT_CASE_PARAM(core_kallsyms_test, descriptor_gen_params),
	KUNIT_CASE(core_kallsyms_alias_test),
#else
	KUNIT_CASE_PARAM(kallsyms_lookup_name_test, descriptor_gen_params),
	KUNIT_CASE(kallsyms_lookup_name_alias_test),
	KUNIT_CASE_PARAM(kallsyms_lookup_test, descriptor_gen_params),
	KUNIT_CASE_PARAM(lookup_symbol_name_test, descriptor_gen_params),
	KUNIT_CASE_PARAM(kallsyms_on_each_match_symbol_test, descriptor_gen_params),
	KUNIT_CASE_PARAM(kallsyms_on_each_symbol_test, descriptor_gen_params),
	KUNIT_CASE_PARAM(walk_ends_test, descriptor_gen_params),
	KUNIT_CASE(first_descriptor_round_trip_test),
	KUNIT_CASE(last_descriptor_round_trip_test),
#endif
	{}
};

static struct kunit_suite kallsyms_descriptors_test_suite = {
	.name = "kallsyms_descriptors",
	.test_cases = kallsyms_descriptors_test_cases,
};

kunit_test_suite(kallsyms_descriptors_test_suite);

MODULE_DESCRIPTION("Tests of the symbols of function descriptors");
MODULE_LICENSE("GPL");
