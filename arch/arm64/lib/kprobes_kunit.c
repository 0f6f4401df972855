// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for what is special about kprobes on arm64: a probe on the entry of a
 * function is a breakpoint, or is served by ftrace if its user needs no more
 * registers than that has, and there may be both kinds on one function.
 */

#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/context_tracking.h>
#include <linux/cpufeature.h>
#include <linux/error-injection.h>
#include <linux/fprobe.h>
#include <linux/ftrace.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/perf_event.h>
#include <linux/string.h>
#include <linux/trace.h>
#include <linux/trace_events.h>

#include <asm/insn.h>

#include "kprobes_kunit.h"

/* The functions that are probed */
noinline unsigned long kprobes_kunit_traced(unsigned long arg)
{
	OPTIMIZER_HIDE_VAR(arg);

	return arg;
}

noinline notrace unsigned long kprobes_kunit_untraced(unsigned long arg)
{
	OPTIMIZER_HIDE_VAR(arg);

	return arg;
}

static unsigned long (*const traced)(unsigned long arg) = kprobes_kunit_traced;

#define NUM_CALLS	3

static void call_traced(struct kunit *test)
{
	unsigned long i;

	for (i = 0; i < NUM_CALLS; i++)
		KUNIT_EXPECT_EQ(test, READ_ONCE(traced)(i), i);
}

/* ftrace's place in the function */
static unsigned long traced_site(void)
{
	return ftrace_location((unsigned long)traced);
}

/**
 * struct seen_probe - A probe that counts its hits and keeps what it saw at the last.
 * @kp: The probe.
 * @hits: Number of times that the handler has run.
 * @regs: The registers.
 * @irqs_off: Were interrupts masked?
 */
struct seen_probe {
	struct kprobe kp;
	unsigned int hits;
	struct pt_regs regs;
	bool irqs_off;
};

static int see_hit(struct kprobe *kp, struct pt_regs *regs)
{
	struct seen_probe *p = container_of(kp, struct seen_probe, kp);

	p->hits++;
	p->regs = *regs;
	p->irqs_off = irqs_disabled();

	return 0;
}
NOKPROBE_SYMBOL(see_hit);

static void init_probe(struct seen_probe *p, bool served)
{
	*p = (struct seen_probe) {
		.kp.addr = (kprobe_opcode_t *)traced,
		.kp.pre_handler = see_hit,
		.kp.flags = served ? KPROBE_FLAG_FTRACE_REGS : 0,
	};
}

static struct seen_probe *alloc_seen(struct kunit *test, bool served)
{
	struct seen_probe *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	init_probe(p, served);

	return p;
}

static void expect_kind(struct kunit *test, struct seen_probe *p, bool served)
{
	int ret = register_kprobe(&p->kp);

	KUNIT_EXPECT_EQ(test, ret, 0);
	if (ret)
		return;
	KUNIT_EXPECT_EQ(test, !!kprobe_ftrace(&p->kp), served);
	unregister_kprobe(&p->kp);
}

static void ignore_step(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}
NOKPROBE_SYMBOL(ignore_step);

static int ignore_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(ignore_return);

/* ftrace serves what agrees and is on the entry of what it traces, and nothing else */
static void kind_test(struct kunit *test)
{
	struct kretprobe rp = {
		.kp.addr = (kprobe_opcode_t *)traced,
		.kp.flags = KPROBE_FLAG_FTRACE_REGS,
		.handler = ignore_return,
	};
	struct seen_probe *p = alloc_seen(test, true);
	int ret;

	expect_kind(test, p, true);
	/* What it is does not depend on what it was */
	p->kp.flags &= ~KPROBE_FLAG_FTRACE_REGS;
	expect_kind(test, p, false);
	p->kp.flags |= KPROBE_FLAG_FTRACE_REGS;
	expect_kind(test, p, true);

	init_probe(p, true);
	p->kp.post_handler = ignore_step;
	expect_kind(test, p, false);

	init_probe(p, true);
	p->kp.addr = (kprobe_opcode_t *)(traced_site() + AARCH64_INSN_SIZE);
	expect_kind(test, p, false);

	init_probe(p, true);
	p->kp.addr = (kprobe_opcode_t *)kprobes_kunit_untraced;
	expect_kind(test, p, false);

	init_probe(p, true);
	p->kp.addr = (kprobe_opcode_t *)traced_site();
	ret = register_kprobe(&p->kp);
	KUNIT_EXPECT_EQ(test, ret, -EILSEQ);
	if (!ret)
		unregister_kprobe(&p->kp);

	KUNIT_EXPECT_EQ(test, register_kretprobe(&rp), 0);
	KUNIT_EXPECT_TRUE(test, kprobe_ftrace(&rp.kp));
	unregister_kretprobe(&rp);

	rp.kp.flags = 0;
	KUNIT_EXPECT_EQ(test, register_kretprobe(&rp), 0);
	KUNIT_EXPECT_FALSE(test, kprobe_ftrace(&rp.kp));
	unregister_kretprobe(&rp);
}

/* Calls the function with a value of its own in each register */
static void call_exactly(struct kunit *test, struct exact_call *call)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(call->regs); i++)
		call->regs[i] = 0x0101010101010101UL * (i + 1);
	call->func = traced;

	KUNIT_EXPECT_EQ(test, kprobes_kunit_call(call), call->regs[0]);
	KUNIT_EXPECT_MEMEQ(test, call->kept, &call->regs[19], sizeof(call->kept));
}

/* @regs are those of @call, x9 to x28 if @all of them are promised, else these are 0 */
static void expect_regs(struct kunit *test, const struct pt_regs *regs,
			const struct exact_call *call, bool all)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(call->regs); i++)
		KUNIT_EXPECT_EQ_MSG(test, regs->regs[i],
				    all || i < 9 || i > 28 ? call->regs[i] : 0,
				    "x%u, all: %d", i, all);
	KUNIT_EXPECT_EQ(test, regs->sp, call->sp);
	KUNIT_EXPECT_EQ(test, regs->pc, (unsigned long)traced);
	KUNIT_EXPECT_FALSE(test, user_mode(regs));
}

/* Each kind sees what it was promised, whichever comes first */
static void regs_test(struct kunit *test)
{
	struct seen_probe *served = alloc_seen(test, true), *brk = alloc_seen(test, false);
	struct exact_call call;
	int served_first;

	for (served_first = 0; served_first < 2; served_first++) {
		struct seen_probe *first = served_first ? served : brk;
		struct seen_probe *second = served_first ? brk : served;

		/* A probe is disabled when it has been unregistered */
		init_probe(served, true);
		init_probe(brk, false);
		KUNIT_EXPECT_EQ(test, register_kprobe(&first->kp), 0);
		call_exactly(test, &call);
		expect_regs(test, &first->regs, &call, first == brk);

		KUNIT_EXPECT_EQ(test, register_kprobe(&second->kp), 0);
		call_exactly(test, &call);
		expect_regs(test, &served->regs, &call, false);
		expect_regs(test, &brk->regs, &call, true);
		unregister_kprobe(&first->kp);

		call_exactly(test, &call);
		expect_regs(test, &second->regs, &call, second == brk);
		unregister_kprobe(&second->kp);
	}
	/* Interrupts are masked in a handler of either kind */
	KUNIT_EXPECT_TRUE(test, served->irqs_off);
	KUNIT_EXPECT_TRUE(test, brk->irqs_off);
}

/* What a return probe saw when the function was called, and when it returned */
static struct pt_regs call_regs, return_regs;
static unsigned long returns_to;

static int see_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	call_regs = *regs;

	return 0;
}
NOKPROBE_SYMBOL(see_call);

static int see_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return_regs = *regs;
	returns_to = get_kretprobe_retaddr(ri);

	return 0;
}
NOKPROBE_SYMBOL(see_return);

static int refuse_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 1;
}
NOKPROBE_SYMBOL(refuse_call);

/* A return probe sees the registers of the call as promised, and all those of the return */
static void return_regs_test(struct kunit *test)
{
	struct kretprobe rp;
	struct exact_call call;
	unsigned int i;
	int served;

	for (served = 0; served < 2; served++) {
		rp = (struct kretprobe) {
			.kp.addr = (kprobe_opcode_t *)traced,
			.kp.flags = served ? KPROBE_FLAG_FTRACE_REGS : 0,
			.entry_handler = see_call,
			.handler = see_return,
		};
		KUNIT_ASSERT_EQ(test, register_kretprobe(&rp), 0);
		call_exactly(test, &call);
		expect_regs(test, &call_regs, &call, !served);
		KUNIT_EXPECT_EQ(test, returns_to, call.regs[30]);
		KUNIT_EXPECT_EQ(test, return_regs.regs[0], call.regs[0]);
		for (i = 19; i < 30; i++)
			KUNIT_EXPECT_EQ_MSG(test, return_regs.regs[i], call.regs[i], "x%u", i);
		KUNIT_EXPECT_EQ(test, return_regs.sp, call.sp);
		unregister_kretprobe(&rp);

		/* It may do without the return, each time */
		rp = (struct kretprobe) {
			.kp.addr = (kprobe_opcode_t *)traced,
			.kp.flags = served ? KPROBE_FLAG_FTRACE_REGS : 0,
			.entry_handler = refuse_call,
			.handler = see_return,
			.maxactive = 1,
		};
		returns_to = 0;
		KUNIT_ASSERT_EQ(test, register_kretprobe(&rp), 0);
		call_traced(test);
		KUNIT_EXPECT_EQ(test, returns_to, 0);
		KUNIT_EXPECT_EQ(test, rp.nmissed, 0);
		unregister_kretprobe(&rp);
	}
}

static int call_from_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	READ_ONCE(traced)(0);

	return 0;
}
NOKPROBE_SYMBOL(call_from_return);

/* A call from the handler of a return probe counts as missed by all of its kind */
static void return_missed_test(struct kunit *test)
{
	struct kretprobe rps[2];
	int served, i;

	for (served = 0; served < 2; served++) {
		for (i = 0; i < 2; i++) {
			rps[i] = (struct kretprobe) {
				.kp.addr = (kprobe_opcode_t *)traced,
				.kp.flags = served ? KPROBE_FLAG_FTRACE_REGS : 0,
				.handler = i ? ignore_return : call_from_return,
				.maxactive = 1,
			};
			KUNIT_EXPECT_EQ(test, register_kretprobe(&rps[i]), 0);
		}
		call_traced(test);
		for (i = 0; i < 2; i++) {
			KUNIT_EXPECT_EQ(test, rps[i].kp.nmissed, NUM_CALLS);
			KUNIT_EXPECT_EQ(test, rps[i].nmissed, 0);
			unregister_kretprobe(&rps[i]);
		}
	}
}

/* One kind is switched off and on beside the other */
static void disable_test(struct kunit *test)
{
	struct seen_probe *p[4];
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = alloc_seen(test, i % 2);
	for (i = 0; i < ARRAY_SIZE(p); i++) {
		p[i]->kp.flags |= KPROBE_FLAG_DISABLED;
		KUNIT_EXPECT_EQ(test, register_kprobe(&p[i]->kp), 0);
	}

	/* Each bit of @i is a probe that is on */
	for (i = 0; i < BIT(ARRAY_SIZE(p)); i++) {
		for (j = 0; j < ARRAY_SIZE(p); j++) {
			KUNIT_EXPECT_EQ(test, i & BIT(j) ? enable_kprobe(&p[j]->kp) :
					disable_kprobe(&p[j]->kp), 0);
			p[j]->hits = 0;
		}
		call_traced(test);
		for (j = 0; j < ARRAY_SIZE(p); j++)
			KUNIT_EXPECT_EQ_MSG(test, p[j]->hits, i & BIT(j) ? NUM_CALLS : 0,
					    "probe %u, on are %x", j, i);
	}

	for (i = 0; i < ARRAY_SIZE(p); i++)
		unregister_kprobe(&p[i]->kp);
	call_traced(test);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		KUNIT_EXPECT_EQ(test, p[i]->hits, NUM_CALLS);
}

static bool call_once;

static int call_and_see(struct kprobe *kp, struct pt_regs *regs)
{
	if (call_once) {
		call_once = false;
		READ_ONCE(traced)(0);
	}

	return see_hit(kp, regs);
}
NOKPROBE_SYMBOL(call_and_see);

/* A probe of either kind that is hit in a handler of either kind counts as missed */
static void recursion_test(struct kunit *test)
{
	struct seen_probe *served = alloc_seen(test, true), *brk = alloc_seen(test, false);
	struct seen_probe *body = alloc_seen(test, false);
	struct seen_probe *callers[] = { served, brk, body };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(callers); i++) {
		for (j = 0; j < ARRAY_SIZE(callers); j++)
			init_probe(callers[j], callers[j] == served);
		body->kp.addr = (kprobe_opcode_t *)(traced_site() + AARCH64_INSN_SIZE);
		callers[i]->kp.pre_handler = call_and_see;
		for (j = 0; j < ARRAY_SIZE(callers); j++)
			KUNIT_EXPECT_EQ(test, register_kprobe(&callers[j]->kp), 0);

		call_once = true;
		call_traced(test);
		for (j = 0; j < ARRAY_SIZE(callers); j++) {
			KUNIT_EXPECT_EQ_MSG(test, callers[j]->hits, NUM_CALLS, "%u by %u", j, i);
			KUNIT_EXPECT_EQ_MSG(test, callers[j]->kp.nmissed, 1, "%u by %u", j, i);
			unregister_kprobe(&callers[j]->kp);
		}
	}
}

#if defined(CONFIG_CONTEXT_TRACKING_IDLE) && !defined(CONFIG_RCU_EQS_DEBUG)
/*
 * Where RCU does not watch, unregister_kprobe() does not wait for a handler that ftrace
 * calls, so none is called. An exception has RCU watch.
 */
static void rcu_test(struct kunit *test)
{
	struct seen_probe *served = alloc_seen(test, true), *brk = alloc_seen(test, false);
	unsigned long flags;

	KUNIT_ASSERT_EQ(test, register_kprobe(&served->kp), 0);
	KUNIT_EXPECT_EQ(test, register_kprobe(&brk->kp), 0);

	local_irq_save(flags);
	ct_idle_enter();
	READ_ONCE(traced)(0);
	ct_idle_exit();
	local_irq_restore(flags);

	KUNIT_EXPECT_EQ(test, served->hits, 0);
	KUNIT_EXPECT_EQ(test, brk->hits, 1);
	call_traced(test);
	KUNIT_EXPECT_EQ(test, served->hits, NUM_CALLS);
	KUNIT_EXPECT_EQ(test, brk->hits, 1 + NUM_CALLS);

	unregister_kprobe(&brk->kp);
	unregister_kprobe(&served->kp);
}
#endif

/**
 * struct user - Who uses the entry of a function.
 * @name: What it is.
 * @on: Switches it on.
 * @off: Switches it off.
 * @num: How often it was called.
 */
struct user {
	const char *name;
	int (*on)(void);
	int (*off)(void);
	unsigned int *num;
};

static struct seen_probe brk_probe, served_probe, second_served_probe;

static int brk_on(void)
{
	init_probe(&brk_probe, false);

	return register_kprobe(&brk_probe.kp);
}

static int brk_off(void)
{
	unregister_kprobe(&brk_probe.kp);

	return 0;
}

static int served_on(void)
{
	init_probe(&served_probe, true);

	return register_kprobe(&served_probe.kp);
}

static int served_off(void)
{
	unregister_kprobe(&served_probe.kp);

	return 0;
}

static int second_served_on(void)
{
	init_probe(&second_served_probe, true);

	return register_kprobe(&second_served_probe.kp);
}

static int second_served_off(void)
{
	unregister_kprobe(&second_served_probe.kp);

	return 0;
}

static unsigned int num_returns;

static int count_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	num_returns++;

	return 0;
}
NOKPROBE_SYMBOL(count_return);

static struct kretprobe return_probe;

static int return_on(void)
{
	return_probe = (struct kretprobe) {
		.kp.addr = (kprobe_opcode_t *)traced,
		.handler = count_return,
	};

	return register_kretprobe(&return_probe);
}

static int return_off(void)
{
	unregister_kretprobe(&return_probe);

	return 0;
}

static unsigned int num_served_returns;

static int count_served_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	num_served_returns++;

	return 0;
}
NOKPROBE_SYMBOL(count_served_return);

static struct kretprobe served_return_probe;

static int served_return_on(void)
{
	served_return_probe = (struct kretprobe) {
		.kp.addr = (kprobe_opcode_t *)traced,
		.kp.flags = KPROBE_FLAG_FTRACE_REGS,
		.handler = count_served_return,
	};

	return register_kretprobe(&served_return_probe);
}

static int served_return_off(void)
{
	unregister_kretprobe(&served_return_probe);

	return 0;
}

static unsigned int num_traced;

static void count_traced(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	num_traced++;
}

/* The filter is looked at, which it is not for a static ops that is alone */
static struct ftrace_ops tracer = { .func = count_traced, .flags = FTRACE_OPS_FL_RCU };

static int tracer_on(void)
{
	/* The filter of the last time goes when nobody looks at it */
	return ftrace_set_filter_ip(&tracer, traced_site(), 0, 1) ?:
	       register_ftrace_function(&tracer);
}

static int tracer_off(void)
{
	return unregister_ftrace_function(&tracer);
}

#ifdef CONFIG_FPROBE
static unsigned int num_exits;

static void count_exit(struct fprobe *fp, unsigned long entry_ip, unsigned long ret_ip,
		       struct ftrace_regs *fregs, void *data)
{
	num_exits++;
}

static struct fprobe fprobe_exit;

static int fprobe_exit_on(void)
{
	unsigned long site = traced_site();

	fprobe_exit = (struct fprobe) { .exit_handler = count_exit };

	return register_fprobe_ips(&fprobe_exit, &site, 1);
}

static int fprobe_exit_off(void)
{
	return unregister_fprobe(&fprobe_exit);
}
#endif /* CONFIG_FPROBE */

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
static struct ftrace_ops direct;

static int direct_on(void)
{
	direct = (struct ftrace_ops) { };

	return ftrace_set_filter_ip(&direct, traced_site(), 0, 0) ?:
	       register_ftrace_direct(&direct, (unsigned long)kprobes_kunit_direct);
}

static int direct_off(void)
{
	return unregister_ftrace_direct(&direct, (unsigned long)kprobes_kunit_direct, true);
}
#endif

static const struct user users[] = {
	{ "breakpoint", brk_on, brk_off, &brk_probe.hits },
	{ "served", served_on, served_off, &served_probe.hits },
	{ "served_return", served_return_on, served_return_off, &num_served_returns },
#ifdef CONFIG_FPROBE
	{ "fprobe_exit", fprobe_exit_on, fprobe_exit_off, &num_exits },
#endif
	{ "return", return_on, return_off, &num_returns },
	{ "tracer", tracer_on, tracer_off, &num_traced },
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
	{ "direct", direct_on, direct_off, &kprobes_kunit_direct_calls },
#endif
	{ "second_served", second_served_on, second_served_off, &second_served_probe.hits },
};

static void user_to_desc(const struct user *user, char *desc)
{
	strscpy(desc, user->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(user, users, user_to_desc);

/* Of so many users every order is tried */
#define NUM_ORDERED	4

/* Each call is one of each user that is on, and none of the others */
static void expect_counts(struct kunit *test, unsigned long on)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(users); i++)
		*users[i].num = 0;
	call_traced(test);
	for (i = 0; i < ARRAY_SIZE(users); i++)
		KUNIT_EXPECT_EQ_MSG(test, *users[i].num, on & BIT(i) ? NUM_CALLS : 0,
				    "%s, on are %lx", users[i].name, on);
}

/* The @num users in @order are switched on, then off in the same order or in reverse */
static void expect_order(struct kunit *test, const unsigned int *order, unsigned int num,
			 bool reverse)
{
	unsigned long on = 0;
	unsigned int i;

	for (i = 0; i < num; i++) {
		KUNIT_EXPECT_EQ(test, users[order[i]].on(), 0);
		on |= BIT(order[i]);
		expect_counts(test, on);
	}
	for (i = 0; i < num; i++) {
		unsigned int user = order[reverse ? num - 1 - i : i];

		KUNIT_EXPECT_EQ(test, users[user].off(), 0);
		on &= ~BIT(user);
		expect_counts(test, on);
	}
}

/* All orders that start with the @num users in @order, of those and the others in @left */
static void expect_orders(struct kunit *test, unsigned int *order, unsigned int num,
			  unsigned long left)
{
	unsigned int user;

	if (!left) {
		expect_order(test, order, num, false);
		expect_order(test, order, num, true);
		return;
	}

	for_each_set_bit(user, &left, ARRAY_SIZE(users)) {
		order[num] = user;
		expect_orders(test, order, num + 1, left & ~BIT(user));
	}
}

/* No hit is lost and none is counted twice, whoever comes after the user given */
static void order_test(struct kunit *test)
{
	unsigned int order[NUM_ORDERED];
	unsigned long left;

	order[0] = (const struct user *)test->param_value - users;
	left = GENMASK(ARRAY_SIZE(users) - 1, 0) & ~BIT(order[0]);
	while (hweight_long(left) >= NUM_ORDERED)
		left &= ~BIT(__fls(left));

	expect_orders(test, order, 1, left);
}

#if defined(CONFIG_FPROBE) && defined(CONFIG_FUNCTION_ERROR_INJECTION)
#define OVERRIDDEN	0x1234

/* What a BPF program does that overrides a function whose return it sees, too */
static int override_entry(struct fprobe *fp, unsigned long entry_ip, unsigned long ret_ip,
			  struct ftrace_regs *fregs, void *data)
{
	struct pt_regs regs = {};

	ftrace_partial_regs(fregs, &regs);
	regs_set_return_value(&regs, OVERRIDDEN);
	override_function_with_return(&regs);
	ftrace_partial_regs_update(fregs, &regs);

	return 0;
}

/* A function that a tracer has overridden returns to whoever waits for that, each time */
static void override_test(struct kunit *test)
{
	struct fprobe fp = { .entry_handler = override_entry, .exit_handler = count_exit };
	unsigned long site = traced_site();
	unsigned int i;

	num_exits = 0;
	KUNIT_ASSERT_EQ(test, register_fprobe_ips(&fp, &site, 1), 0);
	for (i = 1; i <= 1000; i++) {
		KUNIT_EXPECT_EQ(test, READ_ONCE(traced)(i), OVERRIDDEN);
		KUNIT_EXPECT_EQ(test, num_exits, i);
	}
	KUNIT_EXPECT_EQ(test, unregister_fprobe(&fp), 0);
	call_traced(test);
}
#endif

/* CASP is no half of an exclusive access: there can be a probe on it, and behind it */
static void casp_test(struct kunit *test)
{
	u64 pair[2] __aligned(16) = { 0, ~0ULL };
	struct seen_probe *p = alloc_seen(test, false);
	unsigned int i;

	if (!cpus_have_cap(ARM64_HAS_LSE_ATOMICS))
		kunit_skip(test, "needs the LSE atomics");

	for (i = 0; i < 2; i++) {
		init_probe(p, false);
		p->kp.addr = &kprobes_kunit_casp_insn[i];
		KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
		kprobes_kunit_casp(pair);
		unregister_kprobe(&p->kp);
		KUNIT_EXPECT_EQ(test, p->hits, 1);
		KUNIT_EXPECT_EQ(test, pair[0], i + 1);
		KUNIT_EXPECT_EQ(test, pair[1], i);
	}
}

#if defined(CONFIG_KPROBE_EVENTS) && defined(CONFIG_PERF_EVENTS)
#define EVENT	"arm64_kprobes_kunit"

static unsigned int num_samples;
static struct pt_regs sample_regs;

static void see_sample(struct perf_event *event, struct perf_sample_data *data,
		       struct pt_regs *regs)
{
	num_samples++;
	sample_regs = *regs;
}

/* Creates an event on the function, which is not registered on its own */
static int create_event(struct kunit *test, const char *arg)
{
	struct dynevent_cmd cmd;
	char *buf = kunit_kzalloc(test, MAX_DYNEVENT_CMD_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	kprobe_event_cmd_init(&cmd, buf, MAX_DYNEVENT_CMD_LEN);

	return kprobe_event_gen_cmd_start(&cmd, EVENT, "kprobes_kunit_traced", arg) ?:
	       kprobe_event_gen_cmd_end(&cmd);
}

/* One sample a call while perf is on, with all registers, whatever the event's other user does */
static void expect_samples(struct kunit *test, bool on)
{
	struct exact_call call;

	num_samples = 0;
	call_exactly(test, &call);
	KUNIT_EXPECT_EQ(test, num_samples, on);
	if (on)
		expect_regs(test, &sample_regs, &call, true);
}

static void expect_perf(struct kunit *test, const char *arg, bool served)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.sample_period = 1,
	};
	struct trace_event_file *file;
	struct perf_event *perf;
	struct kprobe *kp;
	int tracefs_first;

	KUNIT_ASSERT_EQ(test, create_event(test, arg), 0);
	file = trace_get_event_file(NULL, "kprobes", EVENT);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	attr.config = file->event_call->event.type;

	preempt_disable();
	kp = get_ftrace_kprobe(traced);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, !!kp, served);

	for (tracefs_first = 0; tracefs_first < 2; tracefs_first++) {
		if (tracefs_first)
			KUNIT_EXPECT_EQ(test, trace_array_set_clr_event(file->tr, "kprobes",
									EVENT, true), 0);
		expect_samples(test, false);
		perf = perf_event_create_kernel_counter(&attr, -1, current, see_sample, NULL);
		KUNIT_EXPECT_FALSE(test, IS_ERR(perf));
		expect_samples(test, true);
		if (!tracefs_first)
			KUNIT_EXPECT_EQ(test, trace_array_set_clr_event(file->tr, "kprobes",
									EVENT, true), 0);
		expect_samples(test, true);
		if (tracefs_first) {
			KUNIT_EXPECT_EQ(test, trace_array_set_clr_event(file->tr, "kprobes",
									EVENT, false), 0);
			expect_samples(test, true);
		}
		if (!IS_ERR(perf))
			perf_event_release_kernel(perf);
		expect_samples(test, false);
		if (!tracefs_first)
			KUNIT_EXPECT_EQ(test, trace_array_set_clr_event(file->tr, "kprobes",
									EVENT, false), 0);
	}

	trace_put_event_file(file);
	KUNIT_EXPECT_EQ(test, kprobe_event_delete(EVENT), 0);
}

/* perf has all registers of a kprobe event, whether ftrace serves it for tracefs or not */
static void perf_test(struct kunit *test)
{
	expect_perf(test, "arg=$arg1", true);
	expect_perf(test, "fp=%x29 lr=%lr sp=%sp", true);
	expect_perf(test, "x8=%x8 stack=$stack0", true);
	expect_perf(test, "x9=%x9", false);
	expect_perf(test, "x28=%x28", false);
	expect_perf(test, "pstate=%pstate", false);
}
#endif

static struct kunit_case kprobes_arm64_test_cases[] = {
	KUNIT_CASE(kind_test),
	KUNIT_CASE(regs_test),
	KUNIT_CASE(return_regs_test),
	KUNIT_CASE(return_missed_test),
	KUNIT_CASE(disable_test),
	KUNIT_CASE(recursion_test),
#if defined(CONFIG_CONTEXT_TRACKING_IDLE) && !defined(CONFIG_RCU_EQS_DEBUG)
	KUNIT_CASE(rcu_test),
#endif
	KUNIT_CASE_PARAM_ATTR(order_test, user_gen_params, { .speed = KUNIT_SPEED_SLOW }),
#if defined(CONFIG_FPROBE) && defined(CONFIG_FUNCTION_ERROR_INJECTION)
	KUNIT_CASE(override_test),
#endif
	KUNIT_CASE(casp_test),
#if defined(CONFIG_KPROBE_EVENTS) && defined(CONFIG_PERF_EVENTS)
	KUNIT_CASE(perf_test),
#endif
	{}
};

static void kprobes_arm64_exit(struct kunit_suite *suite)
{
	/* Nobody waits until the others have done with the filter of a static ops */
	synchronize_rcu();
	ftrace_free_filter(&tracer);
}

static struct kunit_suite kprobes_arm64_test_suite = {
	.name = "kprobes_arm64",
	.suite_exit = kprobes_arm64_exit,
	.test_cases = kprobes_arm64_test_cases,
};

kunit_test_suite(kprobes_arm64_test_suite);
