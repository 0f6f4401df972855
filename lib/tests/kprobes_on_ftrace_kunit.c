// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for probes on the entry of a function that ftrace traces.
 *
 * With KPROBES_ON_FTRACE it is ftrace that serves such a probe, or one of them if
 * there are probes whose users need few registers, without it a breakpoint, and
 * others may use the same place. Whatever comes first, and whichever it is: each call
 * is one hit.
 *
 * The targets are those of the kprobes_entry suite that have an ftrace site.
 */

#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/fprobe.h>
#include <linux/ftrace.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

#include "kprobes_counted_kunit.h"
#include "kprobes_entry_kunit.h"

#define INSN_SIZE	4

/* Does ftrace serve a probe whose user has not said that it needs few registers? */
#define SERVES_ALL	(IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) && \
			 !IS_ENABLED(CONFIG_KPROBES_ON_FTRACE_ARGS))

/**
 * struct target - A function to probe.
 * @name: Its symbol.
 * @func: Pointer to it.
 * @addrs: Addresses in it.
 */
struct target {
	const char *name;
	void (*func)(void);
	const struct entry_addrs *addrs;
};

#define TARGET(_name) { #_name, _name, &_name##_addrs }

static const struct target targets[] = {
#ifdef CONFIG_ARM64_BTI_KERNEL
	TARGET(kprobes_entry_traced_bti),
#else
	TARGET(kprobes_entry_traced_none),
#endif
#if defined(CONFIG_PPC64) && !defined(CONFIG_PPC_KERNEL_PCREL)
	TARGET(kprobes_entry_traced_addis),
	TARGET(kprobes_entry_traced_lis),
	TARGET(kprobes_entry_traced_large),
#endif
};

static void target_to_desc(const struct target *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(target, targets, target_to_desc);

/* From another module and from its own: NUM_CALLS calls */
#define NUM_CALLS	2

/* The targets have no type that CFI could check */
static __nocfi void call_target(const struct target *t)
{
	t->func();
	t->addrs->call_local();
}

/* The site of @t, which is the last instruction of its entry */
static unsigned long target_site(const struct target *t)
{
	return t->addrs->body - INSN_SIZE;
}

/* Where ftrace serves all probes it does this one, and the rest of the entry is refused */
static void register_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	const struct entry_addrs *a = t->addrs;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);
	unsigned long addr;

	p->kp.symbol_name = t->name;
	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	KUNIT_EXPECT_EQ(test, !!kprobe_ftrace(&p->kp), SERVES_ALL);

	for (addr = a->start; addr < a->body; addr += INSN_SIZE) {
		if (addr == a->start || addr == a->local || addr == a->probe)
			continue;
		q->kp.addr = (kprobe_opcode_t *)addr;
		expect_refused(test, q, -EILSEQ);
	}
	unregister_kprobe(&p->kp);
}

/* A probe that is switched off and on is hit while it is on, and so is its neighbour */
static void disable_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	p->kp.flags = KPROBE_FLAG_DISABLED;
	q->kp.symbol_name = t->name;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, 0);
	KUNIT_EXPECT_EQ(test, enable_kprobe(&p->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);

	KUNIT_EXPECT_EQ(test, register_kprobe(&q->kp), 0);
	KUNIT_EXPECT_EQ(test, disable_kprobe(&p->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, q->hits, NUM_CALLS);

	unregister_kprobe(&q->kp);
	unregister_kprobe(&p->kp);
}

static unsigned int num_post;

static void count_post(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
	num_post++;
}
NOKPROBE_SYMBOL(count_post);

/* The handler behind the entry runs once for each call, alone and beside another */
static void post_handler_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	p->kp.post_handler = count_post;
	q->kp.symbol_name = t->name;
	num_post = 0;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, num_post, NUM_CALLS);

	KUNIT_EXPECT_EQ(test, register_kprobe(&q->kp), 0);
	call_target(t);
	unregister_kprobe(&p->kp);
	call_target(t);
	KUNIT_EXPECT_EQ(test, num_post, 2 * NUM_CALLS);
	KUNIT_EXPECT_EQ(test, q->hits, 2 * NUM_CALLS);

	/* Now the one that has no such handler is first */
	p->kp.addr = NULL;
	p->kp.flags = 0;
	KUNIT_EXPECT_EQ(test, register_kprobe(&p->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, num_post, 3 * NUM_CALLS);
	unregister_kprobe(&q->kp);
	unregister_kprobe(&p->kp);

	call_target(t);
	KUNIT_EXPECT_EQ(test, num_post, 3 * NUM_CALLS);
}

/* The same if the first probe has no such handler from the start */
static void late_post_handler_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	q->kp.symbol_name = t->name;
	q->kp.post_handler = count_post;
	num_post = 0;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	KUNIT_EXPECT_EQ(test, register_kprobe(&q->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, num_post, NUM_CALLS);
	unregister_kprobe(&p->kp);
	unregister_kprobe(&q->kp);

	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, q->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, num_post, NUM_CALLS);
}

/* A return probe and a probe are both on the entry, and do not depend on each other */
static void return_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test);
	struct counted_return *r = alloc_return(test);

	p->kp.symbol_name = t->name;
	r->rp.kp.symbol_name = t->name;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	KUNIT_EXPECT_EQ(test, register_kretprobe(&r->rp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, r->hits, NUM_CALLS);

	KUNIT_EXPECT_EQ(test, disable_kretprobe(&r->rp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, 2 * NUM_CALLS);
	KUNIT_EXPECT_EQ(test, r->hits, NUM_CALLS);

	KUNIT_EXPECT_EQ(test, enable_kretprobe(&r->rp), 0);
	unregister_kprobe(&p->kp);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, 2 * NUM_CALLS);
	KUNIT_EXPECT_EQ(test, r->hits, 2 * NUM_CALLS);
	unregister_kretprobe(&r->rp);
}

/* What a handler calls, once */
static const struct target *call_once;

static __nocfi int call_and_count(struct kprobe *kp, struct pt_regs *regs)
{
	const struct target *t = call_once;

	call_once = NULL;
	if (t)
		t->addrs->call_local();

	return count_hit(kp, regs);
}
NOKPROBE_SYMBOL(call_and_count);

/* A handler of @p or of @q calls @t, which both are on: that counts as missed, not as hit */
static void expect_missed(struct kunit *test, const struct target *t, bool by_p)
{
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	q->kp.addr = (kprobe_opcode_t *)t->addrs->body;
	(by_p ? p : q)->kp.pre_handler = call_and_count;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	KUNIT_EXPECT_EQ(test, register_kprobe(&q->kp), 0);
	call_once = t;
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, p->kp.nmissed, 1);
	KUNIT_EXPECT_EQ(test, q->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, q->kp.nmissed, 1);
	unregister_kprobe(&q->kp);
	unregister_kprobe(&p->kp);
}

/* A probe on the entry and a breakpoint behind it, hit within a handler of either */
static void recursion_test(struct kunit *test)
{
	expect_missed(test, test->param_value, true);
	expect_missed(test, test->param_value, false);
}

/* A handler of ftrace can send a function elsewhere: powerpc needs live patching for that */
#if defined(CONFIG_ARM64) || \
	(defined(CONFIG_LIVEPATCH) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
#define CAN_REPLACE
#endif

/* Nobody waits until the others have done with the filter of a static ops */
static void free_filter(struct ftrace_ops *ops)
{
	synchronize_rcu();
	ftrace_free_filter(ops);
}

#ifdef CAN_REPLACE
/* Has @patch replace @t, as a live patch does, behind or before @kp is registered on it */
static void replace_probed(struct kunit *test, struct ftrace_ops *patch,
			   const struct target *t, struct kprobe *kp, bool probe_first)
{
	kp->addr = NULL;
	kp->flags = 0;

	if (probe_first)
		KUNIT_EXPECT_EQ(test, register_kprobe(kp), 0);
	KUNIT_EXPECT_EQ(test, ftrace_set_filter_ip(patch, target_site(t), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, register_ftrace_function(patch), 0);
	if (!probe_first)
		KUNIT_EXPECT_EQ(test, register_kprobe(kp), 0);
}

static void end_replaced(struct kunit *test, struct ftrace_ops *patch, struct kprobe *kp)
{
	unregister_kprobe(kp);
	KUNIT_EXPECT_EQ(test, unregister_ftrace_function(patch), 0);
	free_filter(patch);
}

/*
 * A static ops that is alone is called for every function whose call has not been taken
 * back yet, on a CPU, or in an emulator, that still executes it. By FTRACE_OPS_FL_RCU
 * the filter is looked at, as it is for live patches: no other function is replaced.
 */
#define REPLACE_FLAGS	(FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RCU)

static unsigned int num_replaced;

static noinline void replacement(void)
{
	num_replaced++;
}

static notrace void replace(unsigned long ip, unsigned long parent_ip,
			    struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)replacement);
}

static unsigned long seen_ip;

static int see_ip(struct kprobe *kp, struct pt_regs *regs)
{
	seen_ip = instruction_pointer(regs);

	return count_hit(kp, regs);
}
NOKPROBE_SYMBOL(see_ip);

/* A function that is replaced, as by a live patch, stays so, and the probe where it is */
static void keep_replaced_test(struct kunit *test)
{
	static struct ftrace_ops patch = { .func = replace, .flags = REPLACE_FLAGS };
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test);
	int probe_first;

	p->kp.symbol_name = t->name;
	p->kp.pre_handler = see_ip;
	for (probe_first = 0; probe_first < 2; probe_first++) {
		p->hits = 0;
		num_replaced = 0;

		replace_probed(test, &patch, t, &p->kp, probe_first);
		call_target(t);
		KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
		KUNIT_EXPECT_EQ(test, num_replaced, NUM_CALLS);
		KUNIT_EXPECT_EQ(test, seen_ip, (unsigned long)p->kp.addr);
		end_replaced(test, &patch, &p->kp);
	}
}

/*
 * Where ftrace serves the probe, a post_handler and a live patch exclude each other. The
 * probe that is refused for that does not keep the other one there from being enabled.
 */
static void refused_post_handler_test(struct kunit *test)
{
	static struct ftrace_ops patch = { .func = replace, .flags = REPLACE_FLAGS };
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	q->kp.symbol_name = t->name;
	q->kp.post_handler = count_post;
	num_replaced = 0;

	replace_probed(test, &patch, t, &p->kp, false);
	KUNIT_EXPECT_EQ(test, disable_kprobe(&p->kp), 0);
	expect_refused(test, q, SERVES_ALL ? -EBUSY : 0);
	KUNIT_EXPECT_EQ(test, enable_kprobe(&p->kp), 0);
	call_target(t);
	KUNIT_EXPECT_EQ(test, p->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, num_replaced, NUM_CALLS);
	end_replaced(test, &patch, &p->kp);
}
#endif

/**
 * struct user - Who uses the entry of a function.
 * @name: What it is.
 * @on: Switches it on for the function that is given.
 * @off: Switches it off.
 * @num: How often it was called.
 */
struct user {
	const char *name;
	int (*on)(const struct target *t);
	int (*off)(void);
	unsigned int *num;
};

static struct counted_probe probe;

static int probe_on(const struct target *t)
{
	probe.kp = (struct kprobe) { .symbol_name = t->name, .pre_handler = count_hit };

	return register_kprobe(&probe.kp);
}

static int probe_off(void)
{
	unregister_kprobe(&probe.kp);

	return 0;
}

/* On some architectures ftrace serves it and not the one before */
static struct counted_probe few_probe;

static int few_probe_on(const struct target *t)
{
	few_probe.kp = (struct kprobe) {
		.symbol_name = t->name,
		.pre_handler = count_hit,
		.flags = KPROBE_FLAG_FTRACE_REGS,
	};

	return register_kprobe(&few_probe.kp);
}

static int few_probe_off(void)
{
	unregister_kprobe(&few_probe.kp);

	return 0;
}

static unsigned int num_traced;

static void count_traced(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	num_traced++;
}

static struct ftrace_ops tracer = { .func = count_traced, .flags = FTRACE_OPS_FL_RCU };

static int tracer_on(const struct target *t)
{
	/* The filter of the last time goes when nobody looks at it */
	return ftrace_set_filter_ip(&tracer, target_site(t), 0, 1) ?:
	       register_ftrace_function(&tracer);
}

static int tracer_off(void)
{
	return unregister_ftrace_function(&tracer);
}

#ifdef CONFIG_FPROBE
static unsigned int num_entries, num_exits;

static int count_fprobe_entry(struct fprobe *fp, unsigned long entry_ip, unsigned long ret_ip,
			      struct ftrace_regs *fregs, void *data)
{
	num_entries++;

	return 0;
}

static void count_fprobe_exit(struct fprobe *fp, unsigned long entry_ip, unsigned long ret_ip,
			      struct ftrace_regs *fregs, void *data)
{
	num_exits++;
}

static struct fprobe fprobe_entry, fprobe_exit;

static int fprobe_on(struct fprobe *fp, const struct target *t)
{
	unsigned long site = target_site(t);

	return register_fprobe_ips(fp, &site, 1);
}

static int fprobe_entry_on(const struct target *t)
{
	fprobe_entry = (struct fprobe) { .entry_handler = count_fprobe_entry };

	return fprobe_on(&fprobe_entry, t);
}

static int fprobe_entry_off(void)
{
	return unregister_fprobe(&fprobe_entry);
}

static int fprobe_exit_on(const struct target *t)
{
	fprobe_exit = (struct fprobe) { .exit_handler = count_fprobe_exit };

	return fprobe_on(&fprobe_exit, t);
}

static int fprobe_exit_off(void)
{
	return unregister_fprobe(&fprobe_exit);
}
#endif /* CONFIG_FPROBE */

static const struct user users[] = {
	{ "probe", probe_on, probe_off, &probe.hits },
	{ "tracer", tracer_on, tracer_off, &num_traced },
	{ "few_probe", few_probe_on, few_probe_off, &few_probe.hits },
#ifdef CONFIG_FPROBE
	{ "fprobe_exit", fprobe_exit_on, fprobe_exit_off, &num_exits },
	{ "fprobe_entry", fprobe_entry_on, fprobe_entry_off, &num_entries },
#endif
};

static void user_to_desc(const struct user *user, char *desc)
{
	strscpy(desc, user->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(user, users, user_to_desc);

/* Of so many users every order is tried: with one more there are five times as many */
#define NUM_ORDERED	4

/* Each call of @t is one of each user that is on, and none of the others */
static void expect_counts(struct kunit *test, const struct target *t, unsigned long on)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(users); i++)
		*users[i].num = 0;
	call_target(t);
	for (i = 0; i < ARRAY_SIZE(users); i++)
		KUNIT_EXPECT_EQ_MSG(test, *users[i].num, on & BIT(i) ? NUM_CALLS : 0,
				    "%s of %s, on are %lx", users[i].name, t->name, on);
}

/* The @num users in @order are switched on, then off in the same order or in reverse */
static void expect_order(struct kunit *test, const struct target *t, const unsigned int *order,
			 unsigned int num, bool reverse)
{
	unsigned long on = 0;
	unsigned int i;

	for (i = 0; i < num; i++) {
		KUNIT_EXPECT_EQ(test, users[order[i]].on(t), 0);
		on |= BIT(order[i]);
		expect_counts(test, t, on);
	}
	for (i = 0; i < num; i++) {
		unsigned int user = order[reverse ? num - 1 - i : i];

		KUNIT_EXPECT_EQ(test, users[user].off(), 0);
		on &= ~BIT(user);
		expect_counts(test, t, on);
	}
}

/* All orders that start with the @num users in @order, of those and the others in @left */
static void expect_orders(struct kunit *test, const struct target *t, unsigned int *order,
			  unsigned int num, unsigned long left)
{
	unsigned int user;

	if (!left) {
		expect_order(test, t, order, num, false);
		expect_order(test, t, order, num, true);
		return;
	}

	for_each_set_bit(user, &left, ARRAY_SIZE(users)) {
		order[num] = user;
		expect_orders(test, t, order, num + 1, left & ~BIT(user));
	}
}

/* No hit is lost and none is counted twice, whoever comes after the user given */
static void order_test(struct kunit *test)
{
	unsigned int i, order[NUM_ORDERED];
	unsigned long left;

	order[0] = (const struct user *)test->param_value - users;
	left = GENMASK(ARRAY_SIZE(users) - 1, 0) & ~BIT(order[0]);
	while (hweight_long(left) >= NUM_ORDERED)
		left &= ~BIT(__fls(left));

	for (i = 0; i < ARRAY_SIZE(targets); i++)
		expect_orders(test, &targets[i], order, 1, left);
}

/* What a function seems to return that is not executed */
#define SKIPPED		0x1236

static int return_at_once(struct pt_regs *regs)
{
	regs_set_return_value(regs, SKIPPED);
#ifdef CONFIG_ARM64
	instruction_pointer_set(regs, procedure_link_pointer(regs));
#else
	regs_set_return_ip(regs, regs->link);
#endif

	return 1;
}
NOKPROBE_SYMBOL(return_at_once);

static int skip_function(struct kprobe *kp, struct pt_regs *regs)
{
	count_hit(kp, regs);

	return return_at_once(regs);
}
NOKPROBE_SYMBOL(skip_function);

/* How many returns the graph tracer waits for */
static int traced_frames(void)
{
#ifdef CONFIG_FUNCTION_GRAPH_TRACER
	return current->curr_ret_stack;
#else
	return 0;
#endif
}

/* @p keeps @t from being executed, and no tracer waits for it to return */
static __nocfi void expect_skipped(struct kunit *test, const struct target *t,
				   struct counted_probe *p)
{
	unsigned long (*func)(void) = (void *)t->func;
	int frames = traced_frames();

	p->hits = 0;
	KUNIT_EXPECT_EQ(test, func(), SKIPPED);
	KUNIT_EXPECT_EQ(test, p->hits, 1);
	KUNIT_EXPECT_EQ(test, traced_frames(), frames);
}

/* A handler can keep a function from being executed, whoever else is on its entry */
static void skip_beside_test(struct kunit *test)
{
	const struct user *user = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		const struct target *t = &targets[i];
		struct counted_probe *p = alloc_probe(test);

		p->kp.symbol_name = t->name;
		p->kp.pre_handler = skip_function;
		KUNIT_EXPECT_EQ(test, user->on(t), 0);
		KUNIT_EXPECT_EQ(test, register_kprobe(&p->kp), 0);
		expect_skipped(test, t, p);
		KUNIT_EXPECT_EQ(test, user->off(), 0);
		expect_skipped(test, t, p);
		KUNIT_EXPECT_EQ(test, user->on(t), 0);
		expect_skipped(test, t, p);
		unregister_kprobe(&p->kp);
		KUNIT_EXPECT_EQ(test, user->off(), 0);
	}
}

static struct kunit_case kprobes_on_ftrace_test_cases[] = {
	KUNIT_CASE_PARAM(register_test, target_gen_params),
	KUNIT_CASE_PARAM(disable_test, target_gen_params),
	KUNIT_CASE_PARAM(post_handler_test, target_gen_params),
	KUNIT_CASE_PARAM(late_post_handler_test, target_gen_params),
	KUNIT_CASE_PARAM(return_test, target_gen_params),
	KUNIT_CASE_PARAM(recursion_test, target_gen_params),
#ifdef CAN_REPLACE
	KUNIT_CASE_PARAM(keep_replaced_test, target_gen_params),
	KUNIT_CASE_PARAM(refused_post_handler_test, target_gen_params),
#endif
	KUNIT_CASE_PARAM_ATTR(order_test, user_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM(skip_beside_test, user_gen_params),
	{}
};

static void kprobes_on_ftrace_exit(struct kunit_suite *suite)
{
	free_filter(&tracer);
}

static struct kunit_suite kprobes_on_ftrace_test_suite = {
	.name = "kprobes_on_ftrace",
	.suite_exit = kprobes_on_ftrace_exit,
	.test_cases = kprobes_on_ftrace_test_cases,
};

kunit_test_suite(kprobes_on_ftrace_test_suite);

MODULE_DESCRIPTION("KUnit tests for probes on the entry of a function that ftrace traces");
MODULE_LICENSE("GPL");
