// SPDX-License-Identifier: GPL-2.0
/*
 * Users of ftrace come, go and change what they trace, in many orders, on the
 * functions of this file: each of them sees the calls of those functions that it
 * asked for, and no others.
 *
 * Build the kernel with FTRACE_VALIDATE_RECORDS as well. ftrace then also looks, after
 * each step, at the records of all functions of the kernel, and disables itself if one
 * is wrong, so that no user sees any call from there on.
 */

#include <kunit/test.h>

#include <linux/ftrace.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/sections.h>

/* The functions that are traced */
#define TARGET(n)						\
	static noinline void ftrace_kunit_target_##n(void)	\
	{							\
		barrier();					\
	}

TARGET(0) TARGET(1) TARGET(2) TARGET(3) TARGET(4) TARGET(5) TARGET(6) TARGET(7)
TARGET(8) TARGET(9) TARGET(10) TARGET(11) TARGET(12) TARGET(13) TARGET(14) TARGET(15)
TARGET(16) TARGET(17) TARGET(18) TARGET(19)

#define ADDRESS(n) ftrace_kunit_target_##n

static void (*const targets[])(void) = {
	ADDRESS(0), ADDRESS(1), ADDRESS(2), ADDRESS(3), ADDRESS(4), ADDRESS(5), ADDRESS(6),
	ADDRESS(7), ADDRESS(8), ADDRESS(9), ADDRESS(10), ADDRESS(11), ADDRESS(12),
	ADDRESS(13), ADDRESS(14), ADDRESS(15), ADDRESS(16), ADDRESS(17), ADDRESS(18),
	ADDRESS(19),
};

#define NR_TARGETS	ARRAY_SIZE(targets)
#define NR_USERS	4
#define ALL		GENMASK(NR_TARGETS - 1, 0)

/* Where a callback gets no registers, nothing can be called for those who want them */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) || defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define SAVE_REGS	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_SAVE_REGS_IF_SUPPORTED)
#else
#define SAVE_REGS	0
#endif

/* A user of ftrace */
struct test_user {
	struct ftrace_ops	ops;
	unsigned int		calls;		/* of targets */
	unsigned long		with_regs;	/* those that it got all registers of */
	bool			recurse;	/* call the target from the callback */
	bool			registered;
};

static struct test_user *users;
static unsigned long targets_start, targets_end;
static unsigned int called;

static unsigned long address(unsigned int target)
{
	return (unsigned long)dereference_function_descriptor(targets[target]);
}

static notrace void count_call(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct test_user *user = container_of(ops, struct test_user, ops);

	if (ip < targets_start || ip >= targets_end)
		return;
	if (ftrace_get_regs(fregs))
		user->with_regs |= BIT(called);
	/* Not forever, where nothing keeps it from that */
	if (user->calls++ < 4 && user->recurse)
		targets[called]();
}

/*
 * A mask of those targets whose calls @user sees, with one more bit if it sees one of
 * them too often. The protection against recursion lets a call through, for it may be
 * from an interrupt.
 */
static unsigned long seen(struct test_user *user)
{
	unsigned long mask = 0;

	user->with_regs = 0;
	for (called = 0; called < NR_TARGETS; called++) {
		user->calls = 0;
		targets[called]();
		if (user->calls)
			mask |= BIT(called);
		if (user->calls > (user->recurse ? 2 : 1))
			mask |= BIT(NR_TARGETS);
	}

	return mask;
}

#define EXPECT_SEEN(test, user, mask)	\
	KUNIT_EXPECT_EQ(test, seen(user), (unsigned long)(mask))

/* After an error of its own ftrace lets nobody go, and may still call them */
static bool may_be_called;

static void register_user(struct kunit *test, struct test_user *user)
{
	int ret = register_ftrace_function(&user->ops);

	if (ret)
		may_be_called = true;
	KUNIT_ASSERT_EQ(test, ret, 0);
	user->registered = true;
}

static void unregister_user(struct kunit *test, struct test_user *user)
{
	int ret = unregister_ftrace_function(&user->ops);

	user->registered = false;
	if (ret)
		may_be_called = true;
	KUNIT_ASSERT_EQ(test, ret, 0);
}

static int add(struct test_user *user, unsigned int target)
{
	return ftrace_set_filter_ip(&user->ops, address(target), 0, 0);
}

static int remove(struct test_user *user, unsigned int target)
{
	return ftrace_set_filter_ip(&user->ops, address(target), 1, 0);
}

/* Give @user a filter of its own */
static int set(struct test_user *user, unsigned long mask)
{
	unsigned long ips[NR_TARGETS];
	unsigned int i, n = 0;

	for (i = 0; i < NR_TARGETS; i++)
		if (mask & BIT(i))
			ips[n++] = address(i);

	return ftrace_set_filter_ips(&user->ops, ips, n, 0, 1);
}

static void set_notrace(struct kunit *test, struct test_user *user, unsigned int target)
{
	char name[32];

	snprintf(name, sizeof(name), "ftrace_kunit_target_%u", target);
	KUNIT_ASSERT_EQ(test, ftrace_set_notrace(&user->ops, name, strlen(name), 1), 0);
}

static void set_all(struct kunit *test, struct test_user *user)
{
	KUNIT_ASSERT_EQ(test, ftrace_set_filter(&user->ops, NULL, 0, 1), 0);
}

static void one_by_one_test(struct kunit *test)
{
	struct test_user *user = &users[0];
	unsigned long mask = BIT(0);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, add(user, 0), 0);
	register_user(test, user);
	EXPECT_SEEN(test, user, mask);

	for (i = 1; i < NR_TARGETS; i++) {
		KUNIT_ASSERT_EQ(test, add(user, i), 0);
		mask |= BIT(i);
		EXPECT_SEEN(test, user, mask);
	}

	for (i = 0; i < NR_TARGETS - 1; i++) {
		unsigned int target = (7 * i + 3) % NR_TARGETS;

		KUNIT_ASSERT_EQ(test, remove(user, target), 0);
		mask &= ~BIT(target);
		EXPECT_SEEN(test, user, mask);
	}

	unregister_user(test, user);
	EXPECT_SEEN(test, user, 0);
}

/* Without the last function the filter is empty, and has all of the kernel */
static void last_one_test(struct kunit *test)
{
	struct test_user *user = &users[0];

	KUNIT_ASSERT_EQ(test, set(user, BIT(0) | BIT(1)), 0);
	register_user(test, user);
	KUNIT_ASSERT_EQ(test, remove(user, 1), 0);
	KUNIT_ASSERT_EQ(test, remove(user, 0), 0);
	EXPECT_SEEN(test, user, ALL);
	KUNIT_ASSERT_EQ(test, add(user, 2), 0);
	EXPECT_SEEN(test, user, BIT(2));
}

static void unchanged_test(struct kunit *test)
{
	struct test_user *user = &users[0];

	KUNIT_ASSERT_EQ(test, set(user, BIT(1) | BIT(2)), 0);
	register_user(test, user);

	KUNIT_EXPECT_EQ(test, add(user, 2), 0);
	KUNIT_EXPECT_EQ(test, set(user, BIT(1) | BIT(2)), 0);
	KUNIT_EXPECT_EQ(test, remove(user, 3), -ENOENT);
	KUNIT_EXPECT_EQ(test, ftrace_set_filter_ip(&user->ops, (unsigned long)users, 0, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ftrace_set_filter_ip(&user->ops, (unsigned long)users, 1, 0),
			-EINVAL);
	EXPECT_SEEN(test, user, BIT(1) | BIT(2));
}

static void exchange_test(struct kunit *test)
{
	struct test_user *user = &users[0];

	KUNIT_ASSERT_EQ(test, set(user, BIT(0) | BIT(1) | BIT(2)), 0);
	register_user(test, user);

	KUNIT_ASSERT_EQ(test, set(user, BIT(2) | BIT(3)), 0);
	EXPECT_SEEN(test, user, BIT(2) | BIT(3));
	KUNIT_ASSERT_EQ(test, set(user, BIT(4) | BIT(5) | BIT(6)), 0);
	EXPECT_SEEN(test, user, BIT(4) | BIT(5) | BIT(6));
	KUNIT_ASSERT_EQ(test, set(user, ALL), 0);
	EXPECT_SEEN(test, user, ALL);
	KUNIT_ASSERT_EQ(test, set(user, BIT(6)), 0);
	EXPECT_SEEN(test, user, BIT(6));
}

static void two_users_test(struct kunit *test)
{
	struct test_user *a = &users[0], *b = &users[1];

	KUNIT_ASSERT_EQ(test, set(a, BIT(0) | BIT(1)), 0);
	KUNIT_ASSERT_EQ(test, set(b, BIT(1) | BIT(2)), 0);
	register_user(test, a);
	register_user(test, b);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));
	EXPECT_SEEN(test, b, BIT(1) | BIT(2));

	KUNIT_ASSERT_EQ(test, remove(a, 1), 0);
	KUNIT_ASSERT_EQ(test, add(b, 0), 0);
	EXPECT_SEEN(test, a, BIT(0));
	EXPECT_SEEN(test, b, BIT(0) | BIT(1) | BIT(2));

	unregister_user(test, b);
	EXPECT_SEEN(test, a, BIT(0));
	EXPECT_SEEN(test, b, 0);
}

/* From all functions of the kernel to some, and back */
static void all_functions_test(struct kunit *test)
{
	struct test_user *a = &users[0], *b = &users[1];

	KUNIT_ASSERT_EQ(test, set(b, BIT(3)), 0);
	register_user(test, a);
	EXPECT_SEEN(test, a, ALL);
	register_user(test, b);
	EXPECT_SEEN(test, a, ALL);
	EXPECT_SEEN(test, b, BIT(3));

	KUNIT_ASSERT_EQ(test, set(a, BIT(2)), 0);
	EXPECT_SEEN(test, a, BIT(2));
	EXPECT_SEEN(test, b, BIT(3));
	set_all(test, a);
	EXPECT_SEEN(test, a, ALL);
	unregister_user(test, b);
	EXPECT_SEEN(test, a, ALL);
	unregister_user(test, a);
	EXPECT_SEEN(test, a, 0);
}

/* So many functions that their records are not looked up one by one */
static void many_functions_test(struct kunit *test)
{
	struct test_user *user = &users[0];
	char glob[] = "*a*";

	KUNIT_ASSERT_EQ(test, set(user, BIT(5)), 0);
	register_user(test, user);
	KUNIT_ASSERT_EQ(test, ftrace_set_filter(&user->ops, glob, strlen(glob), 1), 0);
	EXPECT_SEEN(test, user, ALL);
	KUNIT_ASSERT_EQ(test, remove(user, 6), 0);
	EXPECT_SEEN(test, user, ALL & ~BIT(6));
	KUNIT_ASSERT_EQ(test, add(user, 6), 0);
	EXPECT_SEEN(test, user, ALL);
	KUNIT_ASSERT_EQ(test, set(user, BIT(7)), 0);
	EXPECT_SEEN(test, user, BIT(7));
}

static void notrace_test(struct kunit *test)
{
	struct test_user *user = &users[0];

	KUNIT_ASSERT_EQ(test, set(user, BIT(0) | BIT(1)), 0);
	register_user(test, user);

	set_notrace(test, user, 1);
	EXPECT_SEEN(test, user, BIT(0));
	KUNIT_ASSERT_EQ(test, add(user, 2), 0);
	EXPECT_SEEN(test, user, BIT(0) | BIT(2));
	KUNIT_ASSERT_EQ(test, remove(user, 1), 0);
	EXPECT_SEEN(test, user, BIT(0) | BIT(2));
	KUNIT_ASSERT_EQ(test, add(user, 1), 0);
	EXPECT_SEEN(test, user, BIT(0) | BIT(2));
	set_notrace(test, user, 2);
	EXPECT_SEEN(test, user, BIT(0) | BIT(1));
	KUNIT_ASSERT_EQ(test, ftrace_set_notrace(&user->ops, NULL, 0, 1), 0);
	EXPECT_SEEN(test, user, BIT(0) | BIT(1) | BIT(2));
	set_notrace(test, user, 2);
	set_all(test, user);
	EXPECT_SEEN(test, user, ALL & ~BIT(2));
	set_notrace(test, user, 3);
	EXPECT_SEEN(test, user, ALL & ~BIT(3));
	KUNIT_ASSERT_EQ(test, ftrace_set_notrace(&user->ops, NULL, 0, 1), 0);
	EXPECT_SEEN(test, user, ALL);

	unregister_user(test, user);
	set_notrace(test, user, 4);
	KUNIT_ASSERT_EQ(test, set(user, BIT(4) | BIT(5)), 0);
	register_user(test, user);
	EXPECT_SEEN(test, user, BIT(5));
}

/* Two users with one filter, beside one with its own */
static void shared_filter_test(struct kunit *test)
{
	struct test_user *a = &users[0], *b = &users[1], *c = &users[2];
	char both[] = "ftrace_kunit_target_[01]", one[] = "ftrace_kunit_target_1";

	/* Before anything else is done with their filters */
	ftrace_ops_set_global_filter(&a->ops);
	ftrace_ops_set_global_filter(&b->ops);
	ftrace_set_global_filter(both, strlen(both), 1);
	KUNIT_ASSERT_EQ(test, set(c, BIT(0) | BIT(2)), 0);
	register_user(test, a);
	register_user(test, b);
	register_user(test, c);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));
	EXPECT_SEEN(test, b, BIT(0) | BIT(1));

	ftrace_set_global_filter(one, strlen(one), 1);
	EXPECT_SEEN(test, a, BIT(1));
	EXPECT_SEEN(test, b, BIT(1));
	EXPECT_SEEN(test, c, BIT(0) | BIT(2));
	KUNIT_ASSERT_EQ(test, add(a, 2), 0);
	EXPECT_SEEN(test, a, BIT(1) | BIT(2));
	EXPECT_SEEN(test, b, BIT(1) | BIT(2));
	KUNIT_ASSERT_EQ(test, remove(b, 1), 0);
	EXPECT_SEEN(test, a, BIT(2));
	EXPECT_SEEN(test, b, BIT(2));
	EXPECT_SEEN(test, c, BIT(0) | BIT(2));

	unregister_user(test, a);
	unregister_user(test, b);
	ftrace_set_global_filter(NULL, 0, 1);
}

/* Only one user may change where a function goes on */
static void ipmodify_test(struct kunit *test)
{
	struct test_user *a = &users[0], *b = &users[1], *c = &users[2], *other = &users[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		users[i].ops.flags = FTRACE_OPS_FL_IPMODIFY | SAVE_REGS;

	/* No function is without a user in between */
	KUNIT_ASSERT_EQ(test, set(other, ALL), 0);
	register_user(test, other);
	KUNIT_ASSERT_EQ(test, set(a, BIT(3)), 0);
	register_user(test, a);

	/* The functions that were marked before the conflict are free again */
	KUNIT_ASSERT_EQ(test, set(b, ALL), 0);
	KUNIT_ASSERT_EQ(test, register_ftrace_function(&b->ops), -EBUSY);
	KUNIT_ASSERT_EQ(test, set(c, ALL & ~BIT(3)), 0);
	register_user(test, c);
	unregister_user(test, c);

	KUNIT_ASSERT_EQ(test, set(b, BIT(0) | BIT(1)), 0);
	register_user(test, b);
	KUNIT_EXPECT_EQ(test, add(b, 3), -EBUSY);
	KUNIT_EXPECT_EQ(test, set(b, ALL & ~BIT(0)), -EBUSY);
	EXPECT_SEEN(test, b, BIT(0) | BIT(1));
	KUNIT_ASSERT_EQ(test, set(c, ALL & ~(BIT(0) | BIT(1) | BIT(3))), 0);
	register_user(test, c);
	KUNIT_EXPECT_EQ(test, add(c, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, add(c, 1), -EBUSY);

	/* What one gives up the other may have */
	KUNIT_EXPECT_EQ(test, remove(b, 0), 0);
	KUNIT_EXPECT_EQ(test, add(a, 0), 0);
	KUNIT_EXPECT_EQ(test, set(a, BIT(0)), 0);
	KUNIT_EXPECT_EQ(test, add(b, 3), 0);
	unregister_user(test, b);
	KUNIT_EXPECT_EQ(test, add(a, 1), 0);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));
	EXPECT_SEEN(test, other, ALL);
}

/* A user that is left alone has the protection that it asked for, as it had before */
static void remaining_user_test(struct kunit *test)
{
	struct test_user *a = &users[0], *b = &users[1];

	a->ops.flags = FTRACE_OPS_FL_RECURSION;
	a->recurse = true;
	KUNIT_ASSERT_EQ(test, set(a, BIT(0) | BIT(1)), 0);
	register_user(test, a);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));

	KUNIT_ASSERT_EQ(test, set(b, BIT(0) | BIT(1)), 0);
	register_user(test, b);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));

	KUNIT_ASSERT_EQ(test, remove(b, 0), 0);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));
	unregister_user(test, b);
	EXPECT_SEEN(test, a, BIT(0) | BIT(1));
}

/* The registers are saved no longer than somebody wants them */
static void registers_test(struct kunit *test)
{
	struct test_user *a = &users[0], *b = &users[1];
	unsigned long always;

	a->ops.flags = SAVE_REGS;
	KUNIT_ASSERT_EQ(test, set(a, BIT(0) | BIT(1)), 0);
	KUNIT_ASSERT_EQ(test, set(b, BIT(0) | BIT(1)), 0);
	register_user(test, b);
	EXPECT_SEEN(test, b, BIT(0) | BIT(1));
	always = b->with_regs;
	register_user(test, a);
	KUNIT_ASSERT_EQ(test, remove(a, 0), 0);
	EXPECT_SEEN(test, a, BIT(1));
	EXPECT_SEEN(test, b, BIT(0) | BIT(1));
	/* b gets what a wants where both are called */
	KUNIT_EXPECT_EQ(test, b->with_regs, always | a->with_regs);
	if (IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_REGS))
		KUNIT_EXPECT_EQ(test, a->with_regs, BIT(1));
	KUNIT_ASSERT_EQ(test, set(a, BIT(2)), 0);
	EXPECT_SEEN(test, a, BIT(2));
	EXPECT_SEEN(test, b, BIT(0) | BIT(1));
	KUNIT_EXPECT_EQ(test, b->with_regs, always);
}

static int set_by_name(struct test_user *user, char *name, int reset)
{
	return ftrace_set_filter(&user->ops, name, strlen(name), reset);
}

/* A filter of many functions gains and loses a few of them */
static void large_filter_test(struct kunit *test)
{
	struct test_user *a = &users[0];
	char many[] = "s*", one[] = "ftrace_kunit_target_3", no_one[] = "!ftrace_kunit_target_3";

	KUNIT_ASSERT_EQ(test, set_by_name(a, many, 1), 0);
	register_user(test, a);
	EXPECT_SEEN(test, a, 0);
	KUNIT_ASSERT_EQ(test, set_by_name(a, one, 0), 0);
	EXPECT_SEEN(test, a, BIT(3));
	KUNIT_ASSERT_EQ(test, set_by_name(a, no_one, 0), 0);
	EXPECT_SEEN(test, a, 0);
}

/* Anything, in any order, beside what should come of it */
static void random_test(struct kunit *test)
{
	unsigned long filter[NR_USERS];
	struct rnd_state rnd;
	unsigned int i, n;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < NR_USERS; i++) {
		filter[i] = BIT(i);
		KUNIT_ASSERT_EQ(test, set(&users[i], filter[i]), 0);
	}

	for (n = 0; n < 500; n++) {
		struct test_user *user = &users[prandom_u32_state(&rnd) % NR_USERS];
		unsigned int target = prandom_u32_state(&rnd) % NR_TARGETS;
		unsigned long *mask = &filter[user - users];

		switch (prandom_u32_state(&rnd) % 8) {
		case 0:
			if (user->registered)
				unregister_user(test, user);
			else
				register_user(test, user);
			break;
		case 1:
			*mask = (prandom_u32_state(&rnd) & ALL) | BIT(target);
			KUNIT_ASSERT_EQ(test, set(user, *mask), 0);
			break;
		case 2 ... 4:
			*mask |= BIT(target);
			KUNIT_ASSERT_EQ(test, add(user, target), 0);
			break;
		default:
			if (*mask == BIT(target))
				break;
			KUNIT_ASSERT_EQ(test, remove(user, target),
					*mask & BIT(target) ? 0 : -ENOENT);
			*mask &= ~BIT(target);
			break;
		}

		for (i = 0; i < NR_USERS; i++)
			EXPECT_SEEN(test, &users[i], users[i].registered ? filter[i] : 0);
		if (test->status == KUNIT_FAILURE)
			KUNIT_FAIL_AND_ABORT(test, "after step %u", n);
	}
}

static int ftrace_kunit_init(struct kunit *test)
{
	unsigned int i;

	targets_start = address(0);
	targets_end = targets_start;
	for (i = 0; i < NR_TARGETS; i++) {
		targets_start = min(targets_start, address(i));
		targets_end = max(targets_end, address(i));
	}
	targets_end += 64;

	/* Not static, or a trampoline would stay with the user for ever, with its flags */
	users = kcalloc(NR_USERS, sizeof(*users), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, users);
	for (i = 0; i < NR_USERS; i++)
		users[i].ops.func = count_call;

	/* Is ftrace alive? */
	KUNIT_ASSERT_EQ(test, add(&users[0], 0), 0);
	register_user(test, &users[0]);
	EXPECT_SEEN(test, &users[0], BIT(0));
	unregister_user(test, &users[0]);
	ftrace_free_filter(&users[0].ops);
	users[0] = (struct test_user) { .ops.func = count_call };

	return 0;
}

static void ftrace_kunit_exit(struct kunit *test)
{
	unsigned int i;

	if (!users)
		return;

	for (i = 0; i < NR_USERS; i++) {
		if (users[i].registered && unregister_ftrace_function(&users[i].ops))
			may_be_called = true;
	}
	KUNIT_EXPECT_FALSE(test, may_be_called);

	for (i = 0; i < NR_USERS && !may_be_called; i++) {
		if (users[i].ops.func_hash == &users[i].ops.local_hash)
			ftrace_free_filter(&users[i].ops);
	}
	if (!may_be_called)
		kfree(users);
	users = NULL;
}

static struct kunit_case ftrace_test_cases[] = {
	KUNIT_CASE(one_by_one_test),
	KUNIT_CASE_SLOW(last_one_test),
	KUNIT_CASE(unchanged_test),
	KUNIT_CASE(exchange_test),
	KUNIT_CASE(two_users_test),
	KUNIT_CASE_SLOW(all_functions_test),
	KUNIT_CASE_SLOW(many_functions_test),
	KUNIT_CASE_SLOW(notrace_test),
	KUNIT_CASE(shared_filter_test),
	KUNIT_CASE(ipmodify_test),
	KUNIT_CASE(remaining_user_test),
	KUNIT_CASE(registers_test),
	KUNIT_CASE_SLOW(large_filter_test),
	KUNIT_CASE_SLOW(random_test),
	{ }
};

static struct kunit_suite ftrace_test_suite = {
	.name = "ftrace",
	.init = ftrace_kunit_init,
	.exit = ftrace_kunit_exit,
	.test_cases = ftrace_test_cases,
};

kunit_test_suite(ftrace_test_suite);

MODULE_DESCRIPTION("KUnit tests of what ftrace_ops trace");
MODULE_LICENSE("GPL");
