// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for probes on the entry of a function that ftrace traces.
 *
 * With KPROBES_ON_FTRACE it is ftrace that serves such a probe, without it a
 * breakpoint, and others may use the same place. Whatever comes first, and whichever
 * it is: each call is one hit, and a handler sees and changes what it would at an
 * exception on the first instruction, but for the registers that ftrace cannot tell.
 *
 * The targets are those of the kprobes_entry suite that have an ftrace site. On arm64
 * they are called with known values in all registers.
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
#include "kprobes_on_ftrace_kunit.h"

#define INSN_SIZE	4

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

/* With the option it is ftrace that serves the probe, and the rest of the entry is refused */
static void register_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	const struct entry_addrs *a = t->addrs;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);
	unsigned long addr;

	p->kp.symbol_name = t->name;
	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	KUNIT_EXPECT_EQ(test, !!kprobe_ftrace(&p->kp), IS_ENABLED(CONFIG_KPROBES_ON_FTRACE));

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
	ftrace_free_filter(patch);
}

static unsigned int num_replaced;

static noinline void replacement(void)
{
	num_replaced++;
}

static void replace(unsigned long ip, unsigned long parent_ip,
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
	static struct ftrace_ops patch = { .func = replace, .flags = FTRACE_OPS_FL_IPMODIFY };
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
	static struct ftrace_ops patch = { .func = replace, .flags = FTRACE_OPS_FL_IPMODIFY };
	const struct target *t = test->param_value;
	struct counted_probe *p = alloc_probe(test), *q = alloc_probe(test);

	p->kp.symbol_name = t->name;
	q->kp.symbol_name = t->name;
	q->kp.post_handler = count_post;
	num_replaced = 0;

	replace_probed(test, &patch, t, &p->kp, false);
	KUNIT_EXPECT_EQ(test, disable_kprobe(&p->kp), 0);
	expect_refused(test, q, IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) ? -EBUSY : 0);
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

static unsigned int num_traced;

static void count_traced(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	num_traced++;
}

static struct ftrace_ops tracer = { .func = count_traced };

static int tracer_on(const struct target *t)
{
	return ftrace_set_filter_ip(&tracer, target_site(t), 0, 0) ?:
	       register_ftrace_function(&tracer);
}

static int tracer_off(void)
{
	int ret = unregister_ftrace_function(&tracer);

	ftrace_free_filter(&tracer);

	return ret;
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

#ifdef HAVE_DIRECT
static struct ftrace_ops direct;

static int direct_on(const struct target *t)
{
	direct = (struct ftrace_ops) { };

	return ftrace_set_filter_ip(&direct, target_site(t), 0, 0) ?:
	       register_ftrace_direct(&direct, (unsigned long)on_ftrace_direct);
}

static int direct_off(void)
{
	return unregister_ftrace_direct(&direct, (unsigned long)on_ftrace_direct, true);
}
#endif

static const struct user users[] = {
	{ "probe", probe_on, probe_off, &probe.hits },
	{ "tracer", tracer_on, tracer_off, &num_traced },
#ifdef CONFIG_FPROBE
	{ "fprobe_exit", fprobe_exit_on, fprobe_exit_off, &num_exits },
#endif
#ifdef HAVE_DIRECT
	{ "direct", direct_on, direct_off, &on_ftrace_direct_calls },
#endif
#ifdef CONFIG_FPROBE
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

static int return_at_once(struct pt_regs *regs)
{
	regs_set_return_value(regs, ELSEWHERE + 2);
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
	KUNIT_EXPECT_EQ(test, func(), ELSEWHERE + 2);
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

#ifdef CONFIG_ARM64
/**
 * struct seen_state - The state that a handler was called in.
 * @preempt: How often preemption was disabled.
 * @irqs_off: Were interrupts masked?
 */
struct seen_state {
	unsigned int preempt;
	bool irqs_off;
};

static void see_state(struct seen_state *state)
{
	state->preempt = preempt_count() & PREEMPT_MASK;
	state->irqs_off = irqs_disabled();
}
NOKPROBE_SYMBOL(see_state);

/**
 * struct seen_probe - A probe that keeps the registers of its last hit.
 * @kp: The probe.
 * @regs: The registers.
 * @state: The state that the handler was called in.
 * @change: Changes the registers if it is not NULL, and says what the handler returns.
 */
struct seen_probe {
	struct kprobe kp;
	struct pt_regs regs;
	struct seen_state state;
	int (*change)(struct pt_regs *regs);
};

static int see_regs(struct kprobe *kp, struct pt_regs *regs)
{
	struct seen_probe *p = container_of(kp, struct seen_probe, kp);

	p->regs = *regs;
	see_state(&p->state);

	return p->change ? p->change(regs) : 0;
}
NOKPROBE_SYMBOL(see_regs);

static struct seen_probe *alloc_seen(struct kunit *test, const struct target *t)
{
	struct seen_probe *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->kp.symbol_name = t->name;
	p->kp.pre_handler = see_regs;

	return p;
}

/**
 * struct call_state - The state in which a target is called.
 * @irqs_off: With interrupts masked.
 * @nmi: As in a non-maskable interrupt.
 * @nzcv: The condition flags.
 */
struct call_state {
	bool irqs_off;
	bool nmi;
	unsigned long nzcv;
};

static const struct call_state call_states[] = {
	{ .nzcv = 0 },
	{ .nzcv = PSR_N_BIT | PSR_C_BIT },
	{ .irqs_off = true, .nzcv = PSR_Z_BIT | PSR_V_BIT },
	{ .irqs_off = true, .nmi = true,
	  .nzcv = PSR_N_BIT | PSR_Z_BIT | PSR_C_BIT | PSR_V_BIT },
};

/* Calls @t in @state and leaves what it was called with in @call and @regs */
static unsigned long call_in_state(const struct target *t, const struct call_state *state,
				   struct exact_call *call, struct pt_regs *regs)
{
	unsigned long flags = 0, ret;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(call->regs); i++)
		call->regs[i] = 0x0101010101010101UL * (i + 1);
	call->nzcv = state->nzcv;
	call->func = t->func;

	if (state->irqs_off)
		local_irq_save(flags);
	if (state->nmi)
		preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET);
	regs->pstate = state->nzcv | read_sysreg(daif) |
		       (is_kernel_in_hyp_mode() ? PSR_MODE_EL2h : PSR_MODE_EL1h);
	if (system_uses_irq_prio_masking())
		regs->pmr = read_sysreg_s(SYS_ICC_PMR_EL1);
	ret = on_ftrace_call(call);
	if (state->nmi)
		preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET);
	if (state->irqs_off)
		local_irq_restore(flags);

	memcpy(regs->regs, call->regs, sizeof(regs->regs));
	regs->sp = call->sp;

	return ret;
}

#define SEEN_PSTATE	(PSR_N_BIT | PSR_Z_BIT | PSR_C_BIT | PSR_V_BIT | \
			 PSR_D_BIT | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT | PSR_MODE_MASK)

/* A handler is called with interrupts masked and preemption disabled, as by a breakpoint */
static void expect_state(struct kunit *test, const struct seen_state *state)
{
	KUNIT_EXPECT_GE(test, state->preempt,
			(preempt_count() & PREEMPT_MASK) + IS_ENABLED(CONFIG_PREEMPT_COUNT));
	KUNIT_EXPECT_TRUE(test, state->irqs_off);
}

static void expect_pstate(struct kunit *test, const struct pt_regs *seen,
			  const struct pt_regs *want, unsigned long pstate)
{
	KUNIT_EXPECT_EQ(test, seen->sp, want->sp);
	KUNIT_EXPECT_EQ(test, seen->pstate & pstate, want->pstate & pstate);
	if (system_uses_irq_prio_masking())
		KUNIT_EXPECT_EQ(test, seen->pmr, want->pmr);
}

/* x@first to x@last are the same */
static void expect_same(struct kunit *test, const struct pt_regs *seen, const struct pt_regs *want,
			unsigned int first, unsigned int last)
{
	unsigned int i;

	for (i = first; i <= last; i++)
		KUNIT_EXPECT_EQ_MSG(test, seen->regs[i], want->regs[i], "x%u", i);
}

/* What ftrace cannot tell reads as 0, everything else as it is at the call */
static void expect_regs(struct kunit *test, const struct target *t, const struct seen_probe *p,
			struct pt_regs *want)
{
	static const unsigned int unreal[] = { 9, 16, 17 };
	unsigned int i;

	want->pc = t->addrs->start;
	if (IS_ENABLED(CONFIG_KPROBES_ON_FTRACE))
		for (i = 0; i < ARRAY_SIZE(unreal); i++)
			want->regs[unreal[i]] = 0;

	expect_same(test, &p->regs, want, 0, 30);
	KUNIT_EXPECT_EQ(test, p->regs.pc, want->pc);
	expect_pstate(test, &p->regs, want, SEEN_PSTATE);
	expect_state(test, &p->state);
}

/* The function returns @x0, and what it has to keep it has kept */
static void expect_call(struct kunit *test, const struct exact_call *call, unsigned long ret,
			unsigned long x0)
{
	KUNIT_EXPECT_EQ(test, ret, x0);
	KUNIT_EXPECT_MEMEQ(test, call->kept, &call->regs[19], sizeof(call->kept));
}

/* A handler sees the registers of the caller, in every state */
static void see_regs_test(struct kunit *test)
{
	const struct target *t = test->param_value;
	struct seen_probe *p = alloc_seen(test, t);
	struct pt_regs want;
	struct exact_call call;
	unsigned long ret;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	for (i = 0; i < ARRAY_SIZE(call_states); i++) {
		ret = call_in_state(t, &call_states[i], &call, &want);
		expect_regs(test, t, p, &want);
		expect_call(test, &call, ret, call.regs[0]);
	}
	unregister_kprobe(&p->kp);
}

static int change_args(struct pt_regs *regs)
{
	regs->regs[0] = ELSEWHERE + 1;

	return 0;
}
NOKPROBE_SYMBOL(change_args);

static int go_elsewhere(struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)on_ftrace_elsewhere);

	return 1;
}
NOKPROBE_SYMBOL(go_elsewhere);

/**
 * struct change - What a handler changes.
 * @change: Changes it.
 * @ret: What the function returns then.
 */
struct change {
	int (*change)(struct pt_regs *regs);
	unsigned long ret;
};

static const struct change changes[] = {
	{ change_args, ELSEWHERE + 1 },
	{ go_elsewhere, ELSEWHERE },
	{ return_at_once, ELSEWHERE + 2 },
};

static void expect_changes(struct kunit *test, const struct target *t)
{
	struct seen_probe *p = alloc_seen(test, t);
	struct pt_regs want;
	struct exact_call call;
	unsigned long ret;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		p->change = changes[i].change;
		ret = call_in_state(t, &call_states[i], &call, &want);
		expect_regs(test, t, p, &want);
		expect_call(test, &call, ret, changes[i].ret);
	}
	unregister_kprobe(&p->kp);
}

/* A handler can change an argument, the function, or return at once */
static void change_regs_test(struct kunit *test)
{
	expect_changes(test, test->param_value);
}

static void replace_function(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)on_ftrace_elsewhere);
}

/* A handler can keep a function from being executed that is replaced, as by a live patch */
static void replaced_test(struct kunit *test)
{
	static struct ftrace_ops patch = {
		.func = replace_function,
		.flags = FTRACE_OPS_FL_IPMODIFY,
	};
	const struct target *t = test->param_value;
	struct seen_probe *p = alloc_seen(test, t);
	struct pt_regs want;
	struct exact_call call;
	unsigned long ret;
	int probe_first;

	for (probe_first = 0; probe_first < 2; probe_first++) {
		p->change = NULL;

		replace_probed(test, &patch, t, &p->kp, probe_first);
		ret = call_in_state(t, &call_states[0], &call, &want);
		expect_regs(test, t, p, &want);
		expect_call(test, &call, ret, ELSEWHERE);

		p->change = return_at_once;
		ret = call_in_state(t, &call_states[0], &call, &want);
		expect_regs(test, t, p, &want);
		expect_call(test, &call, ret, ELSEWHERE + 2);
		end_replaced(test, &patch, &p->kp);
	}
}

/* What the handler of a return saw last */
static struct pt_regs return_regs;
static struct seen_state return_state;
static unsigned long return_addr;

static int see_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return_regs = *regs;
	return_addr = get_kretprobe_retaddr(ri);
	see_state(&return_state);
	regs_set_return_value(regs, ELSEWHERE + 3);

	return count_return(ri, regs);
}
NOKPROBE_SYMBOL(see_return);

static const struct target untraced =
#ifdef CONFIG_ARM64_BTI_KERNEL
	TARGET(kprobes_entry_untraced_bti);
#else
	TARGET(kprobes_entry_untraced_none);
#endif

static void expect_return(struct kunit *test, const struct target *t)
{
	struct counted_return *p = alloc_return(test);
	struct pt_regs want;
	struct exact_call call;
	unsigned long ret;
	unsigned int i;

	p->rp.kp.symbol_name = t->name;
	p->rp.handler = see_return;

	KUNIT_ASSERT_EQ(test, register_kretprobe(&p->rp), 0);
	for (i = 0; i < ARRAY_SIZE(call_states); i++) {
		ret = call_in_state(t, &call_states[i], &call, &want);
		expect_call(test, &call, ret, ELSEWHERE + 3);
		expect_pstate(test, &return_regs, &want, SEEN_PSTATE & ~PSR_f);
		expect_state(test, &return_state);
		KUNIT_EXPECT_EQ(test, return_addr, call.regs[30]);
		expect_same(test, &return_regs, &want, 0, 7);
		expect_same(test, &return_regs, &want, 19, 29);
		if (t == &untraced)
			KUNIT_EXPECT_MEMEQ(test, call.temps, &call.regs[9], sizeof(call.temps));
	}
	KUNIT_EXPECT_EQ(test, p->hits, ARRAY_SIZE(call_states));
	unregister_kretprobe(&p->rp);
}

/* The handler of a return sees what the function returned, and can change it */
static void see_return_test(struct kunit *test)
{
	expect_return(test, test->param_value);
}

/*
 * Who calls a function that is not traced may know which registers it leaves alone, by
 * -fipa-ra of gcc or preserve_most of clang. Its return leaves them alone, too.
 */
static void see_untraced_return_test(struct kunit *test)
{
	expect_return(test, &untraced);
}

/* All of that is the same beside another user of the entry, whatever ftrace knew first */
static void change_beside_test(struct kunit *test)
{
	const struct user *user = test->param_value;
	struct counted_probe *p = alloc_probe(test);
	unsigned int i;

	p->kp.symbol_name = "kernel_clone";
	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		const struct target *t = &targets[i];

		KUNIT_EXPECT_EQ(test, user->on(t), 0);
		expect_changes(test, t);
		expect_return(test, t);
		KUNIT_EXPECT_EQ(test, user->off(), 0);

		p->kp.addr = NULL;
		p->kp.flags = 0;
		KUNIT_EXPECT_EQ(test, register_kprobe(&p->kp), 0);
		KUNIT_EXPECT_EQ(test, user->on(t), 0);
		expect_changes(test, t);
		expect_return(test, t);
		KUNIT_EXPECT_EQ(test, user->off(), 0);
		unregister_kprobe(&p->kp);
	}
}
#endif /* CONFIG_ARM64 */

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
#ifdef CONFIG_ARM64
	KUNIT_CASE_PARAM(see_regs_test, target_gen_params),
	KUNIT_CASE_PARAM(change_regs_test, target_gen_params),
	KUNIT_CASE_PARAM(replaced_test, target_gen_params),
	KUNIT_CASE_PARAM(see_return_test, target_gen_params),
	KUNIT_CASE(see_untraced_return_test),
	KUNIT_CASE_PARAM(change_beside_test, user_gen_params),
#endif
	{}
};

static struct kunit_suite kprobes_on_ftrace_test_suite = {
	.name = "kprobes_on_ftrace",
	.test_cases = kprobes_on_ftrace_test_cases,
};

kunit_test_suite(kprobes_on_ftrace_test_suite);

MODULE_DESCRIPTION("KUnit tests for probes on the entry of a function that ftrace traces");
MODULE_LICENSE("GPL");
