// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for probes on the entry of a function.
 *
 * The first instructions of a function may be there for some of its callers
 * only, or may be patched by ftrace: on ppc64 ELFv2 a global entry sequence,
 * then the call to ftrace, on arm64 a landing pad and the two instructions that
 * call ftrace. A probe takes all of them for one instruction. However it is
 * given, a probe on it has to be hit exactly once by every call, and none can be
 * placed inside of it.
 *
 * The targets are in kprobes_entry_asm.S. They are a module of their own, so that
 * the tests call them as another module does.
 */

#include <kunit/test.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

#include "kprobes_counted_kunit.h"
#include "kprobes_entry_kunit.h"

#define INSN_SIZE	4

/* What a target has behind its entry: two nops that may be probed */
#define BODY_SIZE	(2 * INSN_SIZE)

/**
 * struct entry_target - A function to probe.
 * @name: Its symbol.
 * @func: Pointer to it.
 * @addrs: Addresses in it.
 * @call_direct: Calls it by name, from this module.
 */
struct entry_target {
	const char *name;
	void (*func)(void);
	const struct entry_addrs *addrs;
	void (*call_direct)(void);
};

/* Calls a target by name. Of those that are not built, this leaves nothing. */
#define CALLER(_name) \
	static __maybe_unused void _name##_call_direct(void) { _name(); barrier(); }

#define TARGET(_name) {							\
	.name = #_name,							\
	.func = _name,							\
	.addrs = &_name##_addrs,					\
	.call_direct = _name##_call_direct,				\
}

CALLER(kprobes_entry_untraced_none)
CALLER(kprobes_entry_untraced_addis)
CALLER(kprobes_entry_untraced_lis)
CALLER(kprobes_entry_untraced_large)
CALLER(kprobes_entry_untraced_bti)
CALLER(kprobes_entry_traced_none)
CALLER(kprobes_entry_traced_addis)
CALLER(kprobes_entry_traced_lis)
CALLER(kprobes_entry_traced_large)
CALLER(kprobes_entry_traced_bti)

static const struct entry_target entry_targets[] = {
#ifndef CONFIG_ARM64_BTI_KERNEL
	TARGET(kprobes_entry_untraced_none),
#endif
#ifdef CONFIG_PPC64
#ifndef CONFIG_PPC_KERNEL_PCREL
	TARGET(kprobes_entry_untraced_addis),
	TARGET(kprobes_entry_untraced_lis),
	TARGET(kprobes_entry_untraced_large),
#endif
#ifdef ENTRY_TRACED_PPC64
	TARGET(kprobes_entry_traced_none),
#ifndef CONFIG_PPC_KERNEL_PCREL
	TARGET(kprobes_entry_traced_addis),
	TARGET(kprobes_entry_traced_lis),
	TARGET(kprobes_entry_traced_large),
#endif
#endif
#endif /* CONFIG_PPC64 */
#ifdef CONFIG_ARM64_BTI_KERNEL
	TARGET(kprobes_entry_untraced_bti),
#endif
#if defined(CONFIG_ARM64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#ifdef CONFIG_ARM64_BTI_KERNEL
	TARGET(kprobes_entry_traced_bti),
#else
	TARGET(kprobes_entry_traced_none),
#endif
#endif
};

static void entry_target_to_desc(const struct entry_target *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(entry, entry_targets, entry_target_to_desc);

/* Every way to call a target: NUM_CALLS calls */
#define NUM_CALLS	3

/* The targets have no type that CFI could check */
static __nocfi void call_target(const struct entry_target *t)
{
	t->func();
	t->call_direct();
	t->addrs->call_local();
}

/* The offsets of @t that mean its entry, as far as they differ from 0 */
static bool means_entry(const struct entry_target *t, unsigned long offset)
{
	unsigned long addr = t->addrs->start + offset;

	return !offset || addr == t->addrs->local || addr == t->addrs->probe;
}

/* The probe registers, goes to @addr, is shown at @shown and hit by each call */
static void expect_hits(struct kunit *test, struct counted_probe *p,
			unsigned long addr, unsigned long shown)
{
	const struct entry_target *t = test->param_value;

	int ret = register_kprobe(&p->kp);

	KUNIT_EXPECT_EQ(test, ret, 0);
	if (ret)
		return;

	KUNIT_EXPECT_EQ(test, (unsigned long)p->kp.addr, addr);
	KUNIT_EXPECT_EQ(test, kprobe_shown_addr(&p->kp), shown);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);

	unregister_kprobe(&p->kp);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
}

/* @p is given at @offset into the target: that is the entry, the body or refused */
static void test_offset(struct kunit *test, struct counted_probe *p, unsigned long offset)
{
	const struct entry_target *t = test->param_value;
	const struct entry_addrs *a = t->addrs;
	unsigned long addr = a->start + offset;

	if (means_entry(t, offset))
		expect_hits(test, p, a->probe, a->start);
	else if (addr >= a->body)
		expect_hits(test, p, addr, addr);
	else
		expect_refused(test, p, -EILSEQ);
}

/* How far into @t probes are tried */
static unsigned long probed_size(const struct entry_target *t)
{
	return t->addrs->body + BODY_SIZE - t->addrs->start;
}

/* @p is given as an offset from the symbol @name or from @func */
static void test_offsets(struct kunit *test, const char *name, void (*func)(void))
{
	const struct entry_target *t = test->param_value;
	unsigned long offset;

	for (offset = 0; offset < probed_size(t); offset += INSN_SIZE) {
		struct counted_probe *p = alloc_probe(test);

		p->kp.symbol_name = name;
		p->kp.addr = (kprobe_opcode_t *)func;
		p->kp.offset = offset;
		test_offset(test, p, offset);
	}
}

static void register_name_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;

	test_offsets(test, t->name, NULL);
}

static void register_pointer_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;

	test_offsets(test, NULL, t->func);
}

static void register_address_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;
	unsigned long offset;

	for (offset = 0; offset < probed_size(t); offset += INSN_SIZE) {
		struct counted_probe *p = alloc_probe(test);

		p->kp.addr = (kprobe_opcode_t *)(t->addrs->start + offset);
		test_offset(test, p, offset);
	}
}

/* Two probes on the entry, given in two ways, are both hit */
static void register_twice_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	q->kp.addr = (kprobe_opcode_t *)t->addrs->probe;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	expect_hits(test, q, t->addrs->probe, t->addrs->start);
	KUNIT_EXPECT_EQ(test, p->hits, 2 * NUM_CALLS);
	unregister_kprobe(&p->kp);
}

#ifdef CONFIG_KRETPROBES
/* A function returns from its entry, not from what is behind it */
static void register_return_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;
	const struct entry_addrs *a = t->addrs;
	unsigned long offset;

	for (offset = 0; offset < probed_size(t); offset += INSN_SIZE) {
		struct counted_return *p = alloc_return(test);
		int ret;

		p->rp.kp.symbol_name = t->name;
		p->rp.kp.offset = offset;

		ret = register_kretprobe(&p->rp);
		if (!means_entry(t, offset)) {
			KUNIT_EXPECT_EQ(test, ret, a->start + offset < a->body ? -EILSEQ : -EINVAL);
			if (ret)
				continue;
		}
		KUNIT_ASSERT_EQ(test, ret, 0);
		call_target(t);
		KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
		unregister_kretprobe(&p->rp);
	}
}
#endif /* CONFIG_KRETPROBES */

#ifdef CONFIG_FUNCTION_TRACER
static unsigned int num_traced;

static void count_traced(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	num_traced++;
}

/**
 * struct order - In which order a probe and ftrace are switched on and off.
 * @probe_on_first: The probe is registered before ftrace is.
 * @probe_off_first: The probe is unregistered before ftrace is.
 */
struct order {
	bool probe_on_first;
	bool probe_off_first;
};

static const struct order orders[] = {
	{ false, false }, { false, true }, { true, false }, { true, true },
};

/* No hit is lost and none is counted twice, whatever comes first */
static void trace_and_probe_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;
	const struct entry_addrs *a = t->addrs;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct counted_probe *p = alloc_probe(test);
		struct ftrace_ops *ops = kunit_kzalloc(test, sizeof(*ops), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, ops);
		ops->func = count_traced;

		if (!strstr(t->name, "_traced_")) {
			KUNIT_EXPECT_EQ(test, ftrace_set_filter_ip(ops, a->start, 0, 0), -EINVAL);
			return;
		}
		KUNIT_EXPECT_EQ(test, ftrace_set_filter_ip(ops, a->body - INSN_SIZE, 0, 0), 0);

		num_traced = 0;
		p->kp.symbol_name = t->name;

		if (orders[i].probe_on_first)
			KUNIT_EXPECT_EQ(test, register_kprobe(&p->kp), 0);
		KUNIT_EXPECT_EQ(test, register_ftrace_function(ops), 0);
		if (!orders[i].probe_on_first)
			KUNIT_EXPECT_EQ(test, register_kprobe(&p->kp), 0);

		call_target(t);
		KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
		KUNIT_EXPECT_EQ(test, num_traced, NUM_CALLS);

		if (orders[i].probe_off_first)
			unregister_kprobe(&p->kp);
		else
			KUNIT_EXPECT_EQ(test, unregister_ftrace_function(ops), 0);
		call_target(t);
		KUNIT_EXPECT_EQ(test, p->hits,
				orders[i].probe_off_first ? NUM_CALLS : 2 * NUM_CALLS);
		KUNIT_EXPECT_EQ(test, num_traced,
				orders[i].probe_off_first ? 2 * NUM_CALLS : NUM_CALLS);
		if (orders[i].probe_off_first)
			KUNIT_EXPECT_EQ(test, unregister_ftrace_function(ops), 0);
		else
			unregister_kprobe(&p->kp);

		call_target(t);
		KUNIT_EXPECT_EQ(test, p->hits + num_traced, 3 * NUM_CALLS);
		ftrace_free_filter(ops);
	}
}
#endif /* CONFIG_FUNCTION_TRACER */

#if defined(CONFIG_KPROBES_ON_FTRACE) && !defined(CONFIG_KPROBES_ON_FTRACE_ARGS)
/* The targets that ftrace traces: nobody changes the others */
static const void *traced_gen_params(struct kunit *test, const void *prev, char *desc)
{
	const struct entry_target *t = prev ? (const struct entry_target *)prev + 1 : entry_targets;

	for (; t < entry_targets + ARRAY_SIZE(entry_targets); t++) {
		if (strstr(t->name, "_traced_")) {
			entry_target_to_desc(t, desc);
			return t;
		}
	}

	return NULL;
}

static void ignore_step(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}
NOKPROBE_SYMBOL(ignore_step);

/* Where another one may change what is executed, as a live patch, a probe may not */
static void register_conflict_test(struct kunit *test)
{
	const struct entry_target *t = test->param_value;
	const struct entry_addrs *a = t->addrs;
	struct counted_probe *p = alloc_probe(test);
	struct ftrace_ops *ops = kunit_kzalloc(test, sizeof(*ops), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ops);
	ops->func = count_traced;
	ops->flags = FTRACE_OPS_FL_IPMODIFY;
	KUNIT_ASSERT_EQ(test, ftrace_set_filter_ip(ops, a->body - INSN_SIZE, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, register_ftrace_function(ops), 0);

	p->kp.symbol_name = t->name;
	p->kp.post_handler = ignore_step;
	expect_refused(test, p, -EBUSY);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, 0);

	/* The same probe, when the other one is gone */
	KUNIT_EXPECT_EQ(test, unregister_ftrace_function(ops), 0);
	ftrace_free_filter(ops);
	expect_hits(test, p, a->probe, a->start);
}
#endif /* CONFIG_KPROBES_ON_FTRACE && !CONFIG_KPROBES_ON_FTRACE_ARGS */

#ifdef ENTRY_UNNAMED
/* No probe on what ftrace patches, whatever symbol it seems to belong to */
static void register_unnamed_site_test(struct kunit *test)
{
	struct counted_probe *p = alloc_probe(test);

	p->kp.addr = (kprobe_opcode_t *)kprobes_entry_unnamed_site;
	expect_refused(test, p, -EINVAL);
}
#endif

static struct kunit_case kprobes_entry_test_cases[] = {
	KUNIT_CASE_PARAM(register_name_test, entry_gen_params),
	KUNIT_CASE_PARAM(register_pointer_test, entry_gen_params),
	KUNIT_CASE_PARAM(register_address_test, entry_gen_params),
	KUNIT_CASE_PARAM(register_twice_test, entry_gen_params),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE_PARAM(register_return_test, entry_gen_params),
#endif
#ifdef CONFIG_FUNCTION_TRACER
	KUNIT_CASE_PARAM(trace_and_probe_test, entry_gen_params),
#endif
#if defined(CONFIG_KPROBES_ON_FTRACE) && !defined(CONFIG_KPROBES_ON_FTRACE_ARGS)
	KUNIT_CASE_PARAM(register_conflict_test, traced_gen_params),
#endif
#ifdef ENTRY_UNNAMED
	KUNIT_CASE(register_unnamed_site_test),
#endif
	{}
};

static struct kunit_suite kprobes_entry_test_suite = {
	.name = "kprobes_entry",
	.test_cases = kprobes_entry_test_cases,
};

kunit_test_suite(kprobes_entry_test_suite);

MODULE_DESCRIPTION("KUnit tests for probes on the entry of a function");
MODULE_LICENSE("GPL");
