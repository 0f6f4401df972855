// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the lookup of the name or address of a kprobe.
 *
 * A probe can be given by name, by name and offset and by address. What these
 * mean depends on the ABI: on ppc64 ELFv1 a function has one symbol for its
 * descriptor, which is where a function pointer points, and one for its code.
 * Whatever way it is spelled, a function has to be found at the one address
 * that the linker gave to its code, and whatever is no code has to be refused.
 *
 * The targets are in kprobes_lookup_kunit_asm.S, but for those that need an
 * ftrace site.
 */

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/jump_label.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/sections.h>

#include "kprobes_counted_kunit.h"
#ifdef CONFIG_KPROBE_EVENTS
#include "kprobes_event_kunit.h"
#endif
#include "kprobes_lookup_kunit.h"

#define MOD	KBUILD_MODNAME ":"

/* Into each target, and still on one of the nops that it starts with */
#define OFFSET	4

/*
 * The error that the address of data is refused with: with KALLSYMS_ALL it is
 * known to be no code, without it nothing is known about it.
 */
#define DATA_ERRNO	(IS_ENABLED(CONFIG_KALLSYMS_ALL) ? -EINVAL : -ENOENT)
#define DATA_WHY	(IS_ENABLED(CONFIG_KALLSYMS_ALL) ? KPROBE_WHY_NOT_CODE :	\
							   KPROBE_WHY_NOT_COVERED)

/* Calls the code behind each of the addresses that the assembly exports once */
static noinline void kprobes_lookup_call(void)
{
	kprobes_lookup_func();
	kprobes_lookup_isra();
#ifdef CONFIG_PPC64_ELF_ABI_V1
	kprobes_lookup_call_label();
	kprobes_lookup_dot();
	kprobes_lookup_shadow();
#else
	kprobes_lookup_label();
#endif
}

/* The probe registers, goes to @addr and is hit once when the target is called */
static void expect_hit_at(struct kunit *test, struct counted_probe *p,
			  unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	KUNIT_EXPECT_EQ(test, (unsigned long)p->kp.addr, addr);
	kprobes_lookup_call();
	KUNIT_EXPECT_EQ(test, p->hits, 1);

	unregister_kprobe(&p->kp);
	kprobes_lookup_call();
	KUNIT_EXPECT_EQ(test, p->hits, 1);
}

/* @len times the letter x, then @suffix */
static char *pad_name(struct kunit *test, size_t len, const char *suffix)
{
	size_t suffix_size = strlen(suffix) + 1;
	char *name = kunit_kmalloc(test, len + suffix_size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(name, 'x', len);
	memcpy(name + len, suffix, suffix_size);

	return name;
}

/**
 * struct name_case - Test case for a probe by name.
 * @name: "[MOD:]NAME" as a user writes it.
 * @offset: Offset from the symbol in bytes.
 * @text: Where the linker put the code that @name stands for, NULL if the
 *	probe is refused.
 * @err: The error that the probe is refused with.
 */
struct name_case {
	const char *name;
	unsigned int offset;
	const unsigned long *text;
	int err;
};

static const struct name_case name_cases[] = {
	/* A function, with a descriptor if the ABI has them */
	{ .name = "kprobes_lookup_func", .text = &kprobes_lookup_func_text },
	{ .name = "kprobes_lookup_func", .offset = OFFSET, .text = &kprobes_lookup_func_text },
	/* A label, which has no dot symbol on any ABI */
	{ .name = "kprobes_lookup_label", .text = &kprobes_lookup_label_text },
	{ .name = "kprobes_lookup_label", .offset = OFFSET, .text = &kprobes_lookup_label_text },
	{ .name = ".kprobes_lookup_label", .err = -ENOENT },
	/* A clone is found by its own name and no other */
	{ .name = "kprobes_lookup_traced.isra.0", .text = &kprobes_lookup_isra_text },
	{ .name = "kprobes_lookup_traced.isra", .err = -ENOENT },
	{ .name = "kprobes_lookup_func.isra.0", .err = -ENOENT },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	/* Dot symbols */
	{ .name = ".kprobes_lookup_func", .text = &kprobes_lookup_func_text },
	{ .name = ".kprobes_lookup_func", .offset = OFFSET, .text = &kprobes_lookup_func_text },
	{ .name = ".kprobes_lookup_traced.isra.0", .text = &kprobes_lookup_isra_text },
	/* A dot symbol without a descriptor */
	{ .name = "kprobes_lookup_dot", .text = &kprobes_lookup_dot_text },
	{ .name = ".kprobes_lookup_dot", .text = &kprobes_lookup_dot_text },
	/* A dot symbol beside data that is no descriptor of it */
	{ .name = "kprobes_lookup_shadow", .text = &kprobes_lookup_shadow_text },
	{ .name = ".kprobes_lookup_shadow", .text = &kprobes_lookup_shadow_text },
#else
	/* There are no dot symbols to fall back from or to */
	{ .name = ".kprobes_lookup_func", .err = -ENOENT },
#endif
#ifdef MODULE
	/* The module of the symbol */
	{ .name = MOD "kprobes_lookup_func", .text = &kprobes_lookup_func_text },
	{ .name = MOD "kprobes_lookup_func", .offset = OFFSET, .text = &kprobes_lookup_func_text },
	{ .name = MOD "kprobes_lookup_label", .text = &kprobes_lookup_label_text },
	{ .name = MOD ".kprobes_lookup_label", .err = -ENOENT },
	{ .name = MOD "kprobes_lookup_none", .err = -ENOENT },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .name = MOD ".kprobes_lookup_func", .text = &kprobes_lookup_func_text },
	{ .name = MOD "kprobes_lookup_dot", .text = &kprobes_lookup_dot_text },
	{ .name = MOD ".kprobes_lookup_dot", .text = &kprobes_lookup_dot_text },
	{ .name = MOD "kprobes_lookup_shadow", .text = &kprobes_lookup_shadow_text },
#else
	{ .name = MOD ".kprobes_lookup_func", .err = -ENOENT },
#endif
#else
	/* The kernel itself is no module */
	{ .name = MOD "kprobes_lookup_func", .err = -ENOENT },
#endif
	/* A module that is not there */
	{ .name = "kprobes_lookup_none:kprobes_lookup_func", .err = -ENOENT },
	/* Names that no symbol has */
	{ .name = "kprobes_lookup_none", .err = -ENOENT },
	{ .name = ".kprobes_lookup_none", .err = -ENOENT },
	{ .name = "..kprobes_lookup_func", .err = -ENOENT },
	{ .name = "kprobes_lookup_fun", .err = -ENOENT },
	{ .name = ".", .err = -ENOENT },
	/* Names that lack a part */
	{ .name = "", .err = -EINVAL },
	{ .name = ":", .err = -EINVAL },
	{ .name = ":kprobes_lookup_func", .err = -EINVAL },
	{ .name = MOD, .err = -EINVAL },
};

static void name_case_to_desc(const struct name_case *t, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%s\"+%u", t->name, t->offset);
}

KUNIT_ARRAY_PARAM(name, name_cases, name_case_to_desc);

static void register_name_test(struct kunit *test)
{
	const struct name_case *params = test->param_value;
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = params->name;
	p->kp.offset = params->offset;

	if (params->text)
		expect_hit_at(test, p, *params->text + params->offset);
	else
		expect_refused(test, p, params->err);
}

/* Not even where the words of the data would do as a descriptor */
static void register_data_name_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = "kprobes_lookup_data";
	expect_refused(test, p, DATA_ERRNO);
}

static void register_long_symbol_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = pad_name(test, KSYM_NAME_LEN, "");
	expect_refused(test, p, -ENAMETOOLONG);
}

static void register_longest_symbol_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = pad_name(test, KSYM_NAME_LEN - 1, "");
	expect_refused(test, p, -ENOENT);
}

static void register_long_module_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = pad_name(test, MODULE_NAME_LEN, ":kprobes_lookup_func");
	expect_refused(test, p, -ENAMETOOLONG);
}

static void register_longest_module_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = pad_name(test, MODULE_NAME_LEN - 1, ":kprobes_lookup_func");
	expect_refused(test, p, -ENOENT);
}

static void register_text_address_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (kprobe_opcode_t *)kprobes_lookup_func_text;
	expect_hit_at(test, p, kprobes_lookup_func_text);
}

static void register_text_address_offset_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (kprobe_opcode_t *)kprobes_lookup_func_text;
	p->kp.offset = OFFSET;
	expect_hit_at(test, p, kprobes_lookup_func_text + OFFSET);
}

#ifndef MODULE
/* As perf writes every probe on the kernel; without KALLSYMS_ALL _text may have no symbol */
static void register_text_start_offset_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = "_stext";
	p->kp.offset = kprobes_lookup_func_text - (unsigned long)_stext;
	expect_hit_at(test, p, kprobes_lookup_func_text);
}
#endif

static void register_function_pointer_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (kprobe_opcode_t *)kprobes_lookup_func;
	expect_hit_at(test, p, kprobes_lookup_func_text);
}

static void register_function_pointer_offset_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (kprobe_opcode_t *)kprobes_lookup_func;
	p->kp.offset = OFFSET;
	expect_hit_at(test, p, kprobes_lookup_func_text + OFFSET);
}

#ifdef CONFIG_PPC64_ELF_ABI_V1
static void register_inside_descriptor_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (void *)kprobes_lookup_func + sizeof(long);
	expect_refused(test, p, -EINVAL);
}
#endif

static void register_data_pointer_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (kprobe_opcode_t *)kprobes_lookup_data;
	expect_refused(test, p, DATA_ERRNO);
}

/* The highest addresses are what errors are made of: this is not one */
static void register_error_address_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = ERR_PTR(-EBADMSG);
	expect_refused(test, p, -ENOENT);
}

static void register_blacklisted_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = "kprobes_lookup_nokprobe";
	expect_refused(test, p, -EINVAL);
}

/* NOKPROBE_SYMBOL() stores the pointer to the function, not where its code is */
static noinline __used int kprobes_lookup_nokprobe_c(void)
{
	return 0;
}
NOKPROBE_SYMBOL(kprobes_lookup_nokprobe_c);

static void register_blacklisted_pointer_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = "kprobes_lookup_nokprobe_c";
	expect_refused(test, p, -EINVAL);
}

static void register_clone_of_blacklisted_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = "kprobes_lookup_nokprobe.constprop.0";
	expect_refused(test, p, -EINVAL);
}

#ifdef CONFIG_KRETPROBES
static const struct name_case return_cases[] = {
	{ .name = "kprobes_lookup_func", .text = &kprobes_lookup_func_text },
	{ .name = "kprobes_lookup_label", .text = &kprobes_lookup_label_text },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .name = ".kprobes_lookup_func", .text = &kprobes_lookup_func_text },
	{ .name = "kprobes_lookup_dot", .text = &kprobes_lookup_dot_text },
#endif
#ifdef MODULE
	{ .name = MOD "kprobes_lookup_func", .text = &kprobes_lookup_func_text },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .name = MOD ".kprobes_lookup_func", .text = &kprobes_lookup_func_text },
#endif
#endif
	/* A function returns, the middle of it does not */
	{ .name = "kprobes_lookup_func", .offset = OFFSET, .err = -EINVAL },
#ifdef CONFIG_X86_64
	/* Another task returns from it */
	{ .name = "__switch_to", .err = -EINVAL },
#endif
	{ .name = "kprobes_lookup_none", .err = -ENOENT },
	{ .name = ":kprobes_lookup_func", .err = -EINVAL },
};

KUNIT_ARRAY_PARAM(return, return_cases, name_case_to_desc);

static void register_return_test(struct kunit *test)
{
	const struct name_case *params = test->param_value;
	struct counted_return *p = alloc_return(test);
	int ret;

	p->rp.kp.symbol_name = params->name;
	p->rp.kp.offset = params->offset;

	ret = register_kretprobe(&p->rp);
	KUNIT_EXPECT_EQ(test, ret, params->err);
	if (ret)
		return;

	if (params->text)
		KUNIT_EXPECT_EQ(test, (unsigned long)p->rp.kp.addr, *params->text);
	kprobes_lookup_call();
	KUNIT_EXPECT_EQ(test, p->hits, 1);
	unregister_kretprobe(&p->rp);
}
#endif /* CONFIG_KRETPROBES */

#ifdef CONFIG_KPROBE_EVENTS
/* Two instructions behind the start of a traced function, which may be in its entry */
#define BEHIND_START_ERRNO							\
	(IS_ENABLED(CONFIG_ARM64_BTI_KERNEL) &&					\
	 IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) ? -EILSEQ : -EINVAL)

/*
 * Targets with an ftrace site, and one that has none because it says so. Each
 * returns another value, so that they are not merged into one.
 */
static noinline __used int kprobes_lookup_traced(void)
{
	return 1;
}

static noinline __used notrace int kprobes_lookup_untraced(void)
{
	return 2;
}

/*
 * There is code of this name in kprobes_lookup_kunit_asm.S, too. This one could
 * be probed: an event is refused for the name alone.
 */
static noinline __used int kprobes_lookup_twin(void)
{
	return 3;
}

/**
 * struct event_case - Test case for a kprobe event.
 * @loc: The location as a user writes it to kprobe_events.
 * @is_return: Is it a return probe?
 * @err: Expected error, 0 if the event is accepted.
 */
struct event_case {
	const char *loc;
	bool is_return;
	int err;
};

static const struct event_case event_cases[] = {
	/* A function */
	{ .loc = "kprobes_lookup_traced" },
	{ .loc = "kprobes_lookup_traced", .is_return = true },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	/* The offset is one into the code, never into the descriptor */
	{ .loc = "kprobes_lookup_traced+4" },
	/* Dot symbols */
	{ .loc = ".kprobes_lookup_traced" },
	{ .loc = ".kprobes_lookup_traced+4" },
	{ .loc = ".kprobes_lookup_traced", .is_return = true },
#else
	{ .loc = ".kprobes_lookup_traced", .err = -EINVAL },
#endif
#ifdef MODULE
	/* The module of the symbol */
	{ .loc = MOD "kprobes_lookup_traced" },
	{ .loc = MOD "kprobes_lookup_traced", .is_return = true },
	{ .loc = MOD "kprobes_lookup_none", .err = -EINVAL },
	{ .loc = MOD "kprobes_lookup_twin", .err = -EINVAL },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .loc = MOD ".kprobes_lookup_traced" },
	{ .loc = MOD ".kprobes_lookup_traced", .is_return = true },
	{ .loc = MOD ".kprobes_lookup_twin", .err = -EINVAL },
#endif
#endif
	/* A function returns, the middle of it does not */
	{ .loc = "kprobes_lookup_traced+8", .is_return = true, .err = BEHIND_START_ERRNO },
	/* Two functions of one name */
	{ .loc = "kprobes_lookup_twin", .err = -EINVAL },
	{ .loc = "kprobes_lookup_twin", .is_return = true, .err = -EINVAL },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .loc = ".kprobes_lookup_twin", .err = -EINVAL },
#endif
	/* Names that no symbol has */
	{ .loc = "kprobes_lookup_none", .err = -EINVAL },
	{ .loc = ".kprobes_lookup_none", .err = -EINVAL },
	/* Names that lack a part */
	{ .loc = ":", .err = -EINVAL },
	{ .loc = ":kprobes_lookup_traced", .err = -EINVAL },
	{ .loc = ":kprobes_lookup_traced", .is_return = true, .err = -EINVAL },
	{ .loc = MOD, .err = -EINVAL },
	{ .loc = "kprobes_lookup_none:", .err = -EINVAL },
};

static void event_case_to_desc(const struct event_case *t, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%c:%s", t->is_return ? 'r' : 'p', t->loc);
}

KUNIT_ARRAY_PARAM(event, event_cases, event_case_to_desc);

static void event_name_test(struct kunit *test)
{
	const struct event_case *params = test->param_value;

	KUNIT_EXPECT_EQ(test, try_event(test, params->is_return, params->loc),
			params->err);
}

/* Refused with -EINVAL or -ENOENT, whichever part of kallsyms does not know it */
static void event_data_name_test(struct kunit *test)
{
	KUNIT_EXPECT_LT(test, try_event(test, false, "kprobes_lookup_data"), 0);
}

static void event_long_symbol_test(struct kunit *test)
{
	char *loc = pad_name(test, KSYM_NAME_LEN, "");

	KUNIT_EXPECT_EQ(test, try_event(test, false, loc), -ENAMETOOLONG);
}

static void event_longest_symbol_test(struct kunit *test)
{
	char *loc = pad_name(test, KSYM_NAME_LEN - 1, "");

	KUNIT_EXPECT_EQ(test, try_event(test, false, loc), -EINVAL);
}

static void event_long_module_test(struct kunit *test)
{
	char *loc = pad_name(test, MODULE_NAME_LEN, ":kprobes_lookup_traced");

	KUNIT_EXPECT_EQ(test, try_event(test, false, loc), -ENAMETOOLONG);
}

/* This may be the name of a module, for which the event waits if there are modules */
static void event_longest_module_test(struct kunit *test)
{
	char *loc = pad_name(test, MODULE_NAME_LEN - 1, ":kprobes_lookup_traced");

	KUNIT_EXPECT_EQ(test, try_event(test, false, loc),
			IS_ENABLED(CONFIG_MODULES) ? 0 : -EINVAL);
}

static int try_event_address(struct kunit *test, const void *addr)
{
	char loc[sizeof("0x") + 2 * sizeof(addr)];

	snprintf(loc, sizeof(loc), "0x%lx", (unsigned long)addr);

	return try_event(test, false, loc);
}

/* An address is what tells two functions of one name apart */
static void event_twin_by_address_test(struct kunit *test)
{
	const void *text = dereference_function_descriptor(kprobes_lookup_twin);

	KUNIT_EXPECT_EQ(test, try_event_address(test, text), 0);
}

static void event_function_pointer_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event_address(test, kprobes_lookup_traced), 0);
}

static void event_data_pointer_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event_address(test, kprobes_lookup_data), DATA_ERRNO);
}

/* There is no module that such an event could wait for */
static void event_unmapped_address_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event_address(test, (void *)0x10), -ENOENT);
}

static void event_error_address_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event_address(test, ERR_PTR(-EBADMSG)), -ENOENT);
}

static void event_untraced_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event(test, false, "kprobes_lookup_untraced"),
			NOTRACE_ERRNO);
}

/* The clone has no ftrace site, but belongs to a function that has one */
static void event_clone_of_traced_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event(test, false, "kprobes_lookup_traced.isra.0"), 0);
}

static void event_clone_of_untraced_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event(test, false, "kprobes_lookup_untraced.isra.0"),
			NOTRACE_ERRNO);
}
#endif /* CONFIG_KPROBE_EVENTS */

#ifndef MODULE
/* Why there can be no probe, KPROBE_WHY_NONE if there can */
static enum kprobe_why why_refused(struct kunit *test, kprobe_opcode_t *addr,
				   const char *name, unsigned long offset)
{
	struct counted_probe *p = alloc_probe(test);
	struct kprobe_place place;
	int ret;

	ret = kprobe_find_place(addr, name, offset, &place);
	if (!ret) {
		p->kp.flags = KPROBE_FLAG_DISABLED;
		ret = register_kprobe_at(&p->kp, &place);
	}
	kprobe_put_place(&place);
	if (ret) {
		KUNIT_EXPECT_NE_MSG(test, place.why, KPROBE_WHY_NONE, "%pS %s+0x%lx",
				    addr, name ?: "", offset);
		return place.why;
	}

	unregister_kprobe(&p->kp);
	return KPROBE_WHY_NONE;
}

/**
 * struct why_case - Test case for why there can be no probe.
 * @name: "[MOD:]NAME", or what @addr is.
 * @addr: The address that is given, NULL if the name is.
 * @offset: Offset from them in bytes.
 * @why: Why it is refused.
 */
struct why_case {
	const char *name;
	const void *addr;
	unsigned long offset;
	enum kprobe_why why;
};

static const struct why_case why_cases[] = {
	{ .name = "", .why = KPROBE_WHY_NAME },
	{ .name = ":kprobes_lookup_func", .why = KPROBE_WHY_NAME },
	{ .name = "kprobes_lookup_none", .why = KPROBE_WHY_NO_SYMBOL },
	{ .name = "kprobes_lookup_none:kprobes_lookup_func",
	  .why = IS_ENABLED(CONFIG_MODULES) ? KPROBE_WHY_NO_MODULE : KPROBE_WHY_NO_SYMBOL },
	{ .name = "no address", .addr = (void *)0x10, .why = KPROBE_WHY_NOT_COVERED },
	{ .name = "data", .addr = kprobes_lookup_data, .why = DATA_WHY },
	{ .name = "kprobes_lookup_nokprobe", .why = KPROBE_WHY_BLACKLIST },
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .name = "descriptor", .addr = (void *)kprobes_lookup_func + 8,
	  .why = KPROBE_WHY_DESCRIPTOR },
#endif
#if defined(CONFIG_PPC) || defined(CONFIG_ARM64)
	{ .name = "kprobes_lookup_func", .offset = OFFSET + 1, .why = KPROBE_WHY_BOUNDARY },
#endif
};

static void why_case_to_desc(const struct why_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s+%lu", c->name, c->offset);
}

KUNIT_ARRAY_PARAM(why, why_cases, why_case_to_desc);

static void why_test(struct kunit *test)
{
	const struct why_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->why, why_refused(test, (void *)c->addr,
						  c->addr ? NULL : c->name, c->offset));
}

#ifdef CONFIG_KRETPROBES
static void why_return_test(struct kunit *test)
{
	struct counted_return *p = alloc_return(test);
	struct kprobe_place place;

	KUNIT_ASSERT_EQ(test, kprobe_find_place(NULL, "kprobes_lookup_func", OFFSET, &place), 0);
	KUNIT_EXPECT_EQ(test, register_kretprobe_at(&p->rp, &place), -EINVAL);
	KUNIT_EXPECT_EQ(test, place.why, KPROBE_WHY_NOT_ENTRY);
	kprobe_put_place(&place);
}
#endif

#if defined(CONFIG_PPC64)
#define NOT_PROBED	"rfid"
#elif defined(CONFIG_ARM64)
#define NOT_PROBED	"eret"
#endif

static DEFINE_STATIC_KEY_FALSE(kprobes_lookup_key);

/* Has instructions that no probe can be on; it is not called */
static noinline __used int kprobes_lookup_refusing(int arg)
{
	if (static_branch_unlikely(&kprobes_lookup_key))
		arg++;
	WARN_ON(arg == 1);
#ifdef NOT_PROBED
	if (arg == 2)
		asm volatile(NOT_PROBED);
#endif
	return arg;
}

/* Each instruction has a reason of its own */
static void why_instruction_test(struct kunit *test)
{
	/* riscv has compressed instructions, half as long as kprobe_opcode_t */
	const size_t step = IS_ENABLED(CONFIG_RISCV) ? 2 : sizeof(kprobe_opcode_t);
	struct kprobe_place place;
	unsigned long seen = 0;
	int ret;

	ret = kprobe_find_place(NULL, "kprobes_lookup_refusing", 0, &place);
	kprobe_put_place(&place);
	KUNIT_ASSERT_EQ(test, ret, 0);

	for (unsigned long offset = 0; offset < place.size; offset += step) {
		enum kprobe_why why = why_refused(test, NULL, "kprobes_lookup_refusing", offset);

		seen |= BIT(why);
		if (why != KPROBE_WHY_JUMP_LABEL)
			continue;
		/* It is another instruction, and still a jump label */
		static_branch_enable(&kprobes_lookup_key);
		KUNIT_EXPECT_EQ(test, why_refused(test, NULL, "kprobes_lookup_refusing", offset),
				KPROBE_WHY_JUMP_LABEL);
		static_branch_disable(&kprobes_lookup_key);
	}

	KUNIT_EXPECT_TRUE(test, seen & BIT(KPROBE_WHY_NONE));
	if (IS_ENABLED(CONFIG_JUMP_LABEL))
		KUNIT_EXPECT_TRUE(test, seen & BIT(KPROBE_WHY_JUMP_LABEL));
	if (IS_ENABLED(CONFIG_GENERIC_BUG) && !IS_ENABLED(CONFIG_S390))
		KUNIT_EXPECT_TRUE(test, seen & BIT(KPROBE_WHY_BUG));
	if (IS_ENABLED(CONFIG_ARM64) && IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
		KUNIT_EXPECT_TRUE(test, seen & BIT(KPROBE_WHY_ENTRY));
#ifdef NOT_PROBED
	KUNIT_EXPECT_TRUE(test, seen & BIT(KPROBE_WHY_INSN));
#endif
}

#ifdef CONFIG_JUMP_LABEL
/* The instruction of a jump label is never taken for that of something else */
static void all_jump_labels_test(struct kunit *test)
{
	const struct jump_entry *entry;

	for (entry = __start___jump_table; entry < __stop___jump_table; entry++) {
		unsigned long addr = jump_entry_code(entry);

		if (core_kernel_text(addr))
			KUNIT_EXPECT_TRUE_MSG(test, arch_kprobe_may_be_jump_label(addr),
					      "%pS", (void *)addr);
	}
}
#endif

#ifdef CONFIG_GENERIC_BUG
extern const struct bug_entry __start___bug_table[], __stop___bug_table[];

/* Nor is that of a BUG() or WARN() */
static void all_bugs_test(struct kunit *test)
{
	const struct bug_entry *bug;

	for (bug = __start___bug_table; bug < __stop___bug_table; bug++) {
#ifdef CONFIG_GENERIC_BUG_RELATIVE_POINTERS
		unsigned long addr = (unsigned long)offset_to_ptr(&bug->bug_addr_disp);
#else
		unsigned long addr = bug->bug_addr;
#endif

		if (core_kernel_text(addr))
			KUNIT_EXPECT_TRUE_MSG(test, arch_kprobe_may_be_bug(addr), "%pS",
					      (void *)addr);
	}
}
#endif
#endif /* !MODULE */

static struct kunit_case kprobes_lookup_test_cases[] = {
	KUNIT_CASE_PARAM(register_name_test, name_gen_params),
	KUNIT_CASE(register_data_name_test),
	KUNIT_CASE(register_long_symbol_test),
	KUNIT_CASE(register_longest_symbol_test),
	KUNIT_CASE(register_long_module_test),
	KUNIT_CASE(register_longest_module_test),
	KUNIT_CASE(register_text_address_test),
	KUNIT_CASE(register_text_address_offset_test),
#ifndef MODULE
	KUNIT_CASE(register_text_start_offset_test),
#endif
	KUNIT_CASE(register_function_pointer_test),
	KUNIT_CASE(register_function_pointer_offset_test),
#ifdef CONFIG_PPC64_ELF_ABI_V1
	KUNIT_CASE(register_inside_descriptor_test),
#endif
	KUNIT_CASE(register_data_pointer_test),
	KUNIT_CASE(register_error_address_test),
	KUNIT_CASE(register_blacklisted_test),
	KUNIT_CASE(register_blacklisted_pointer_test),
	KUNIT_CASE(register_clone_of_blacklisted_test),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE_PARAM(register_return_test, return_gen_params),
#endif
#ifdef CONFIG_KPROBE_EVENTS
	KUNIT_CASE_PARAM(event_name_test, event_gen_params),
	KUNIT_CASE(event_data_name_test),
	KUNIT_CASE(event_long_symbol_test),
	KUNIT_CASE(event_longest_symbol_test),
	KUNIT_CASE(event_long_module_test),
	KUNIT_CASE(event_longest_module_test),
	KUNIT_CASE(event_twin_by_address_test),
	KUNIT_CASE(event_function_pointer_test),
	KUNIT_CASE(event_data_pointer_test),
	KUNIT_CASE(event_unmapped_address_test),
	KUNIT_CASE(event_error_address_test),
	KUNIT_CASE(event_untraced_test),
	KUNIT_CASE(event_clone_of_traced_test),
	KUNIT_CASE(event_clone_of_untraced_test),
#endif
#ifndef MODULE
	KUNIT_CASE_PARAM(why_test, why_gen_params),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE(why_return_test),
#endif
	KUNIT_CASE(why_instruction_test),
#ifdef CONFIG_JUMP_LABEL
	KUNIT_CASE(all_jump_labels_test),
#endif
#ifdef CONFIG_GENERIC_BUG
	KUNIT_CASE(all_bugs_test),
#endif
#endif
	{}
};

static struct kunit_suite kprobes_lookup_test_suite = {
	.name = "kprobes_lookup",
	.test_cases = kprobes_lookup_test_cases,
};

kunit_test_suite(kprobes_lookup_test_suite);

MODULE_DESCRIPTION("KUnit tests for the lookup of the name or address of a kprobe");
MODULE_LICENSE("GPL");
