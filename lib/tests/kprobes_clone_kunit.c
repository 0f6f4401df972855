// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for probes on the clones that a compiler makes of functions.
 *
 * A clone is given by its own name, and to an event by "foo%clones", which means foo
 * and all clones of it that are whole functions. The targets have the symbols that
 * GCC and clang make, without the compiler's choice when to make them.
 */

#include <kunit/test.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/trace_events.h>

#include "kprobes_counted_kunit.h"
#ifdef CONFIG_KPROBE_EVENTS
#include "kprobes_event_kunit.h"
#endif

#define MOD	KBUILD_MODNAME ":"
#define PREFIX	"kprobes_clone_"

/* Of a module that is not loaded: without modules there is no such symbol */
#define MODULE_ERRNO	(IS_ENABLED(CONFIG_MODULES) ? -ENOENT : -EINVAL)

/* Clones of a function that is not there are looked for where that is said */
#ifdef MODULE
#define CLONES_OF(name)	MOD PREFIX name "%clones"
#else
#define CLONES_OF(name)	PREFIX name "%clones"
#endif

/*
 * A function in this file. Its symbol is set apart from that: on ppc64 ELFv1 the
 * symbol is that of the descriptor, and the code has a dot before it. Each returns
 * another value, so that they are not merged into one.
 */
#define TARGET(func)	static noinline __used int func(void)

/* One whole clone of each kind, and of two */
TARGET(only_isra) __asm__(PREFIX "isra.isra.0");
TARGET(only_isra) { return 1; }
TARGET(only_constprop) __asm__(PREFIX "constprop.constprop.12");
TARGET(only_constprop) { return 2; }
TARGET(only_llvm) __asm__(PREFIX "llvm.llvm.12345678901234567890");
TARGET(only_llvm) { return 3; }
TARGET(only_specialized) __asm__(PREFIX "specialized.specialized.1");
TARGET(only_specialized) { return 30; }
TARGET(only_lto) __asm__(PREFIX "lto.lto_priv.0");
TARGET(only_lto) { return 24; }
TARGET(only_uniq) __asm__(PREFIX "uniq.__uniq.123456789012345678901234567890");
TARGET(only_uniq) { return 25; }
TARGET(isra_of_constprop) __asm__(PREFIX "both.constprop.0.isra.0");
TARGET(isra_of_constprop) { return 4; }

/* A whole clone and a part, beside those in kprobes_clone_kunit_asm.S */
TARGET(among_parts) __asm__(PREFIX "among_parts.isra.0");
TARGET(among_parts) { return 5; }
TARGET(among_parts_part) __asm__(PREFIX "among_parts.part.0");
TARGET(among_parts_part) { return 6; }

/* The function is there, too */
TARGET(exact) __asm__(PREFIX "exact");
TARGET(exact) { return 7; }
TARGET(exact_clone) __asm__(PREFIX "exact.isra.0");
TARGET(exact_clone) { return 8; }

/* The name of a clone, and of a clone of that */
TARGET(clone_of_clone) __asm__(PREFIX "isra.isra.0.constprop.0");
TARGET(clone_of_clone) { return 9; }

/* Several whole clones */
TARGET(several_isra) __asm__(PREFIX "several.isra.0");
TARGET(several_isra) { return 10; }
TARGET(several_constprop) __asm__(PREFIX "several.constprop.0");
TARGET(several_constprop) { return 11; }

/* Parts only, as in kprobes_clone_kunit_asm.S */
TARGET(only_part) __asm__(PREFIX "part.part.0");
TARGET(only_part) { return 12; }
TARGET(clone_of_part) __asm__(PREFIX "clone_of_part.part.0.isra.0");
TARGET(clone_of_part) { return 13; }
TARGET(part_of_clone) __asm__(PREFIX "part_of_clone.isra.0.part.0");
TARGET(part_of_clone) { return 14; }

/* Suffixes that say nothing about what the function is */
TARGET(number) __asm__(PREFIX "number.0");
TARGET(number) { return 15; }
TARGET(unknown) __asm__(PREFIX "unknown.unknown.0");
TARGET(unknown) { return 16; }
TARGET(unknown_behind) __asm__(PREFIX "unknown_behind.isra.0.unknown");
TARGET(unknown_behind) { return 17; }
TARGET(longer) __asm__(PREFIX "longer.israel.0");
TARGET(longer) { return 18; }
TARGET(no_number) __asm__(PREFIX "no_number.isra.x");
TARGET(no_number) { return 19; }

/* A clone on the blacklist, and the clone of a function on it */
TARGET(nokprobe_clone) __asm__(PREFIX "nokprobe.isra.0");
TARGET(nokprobe_clone) { return 20; }
NOKPROBE_SYMBOL(nokprobe_clone);
TARGET(barred) __asm__(PREFIX "barred");
TARGET(barred) { return 21; }
NOKPROBE_SYMBOL(barred);
TARGET(barred_clone) __asm__(PREFIX "barred.isra.0");
TARGET(barred_clone) { return 22; }

/* A function that may be probed, with a clone that must not */
TARGET(mixed) __asm__(PREFIX "mixed");
TARGET(mixed) { return 26; }
TARGET(mixed_clone) __asm__(PREFIX "mixed.isra.0");
TARGET(mixed_clone) { return 27; }
NOKPROBE_SYMBOL(mixed_clone);

/* A function that is not traced and has been renamed */
#define UNTRACED_CLONE	PREFIX "untraced.isra.0"
TARGET(untraced_clone) __asm__(UNTRACED_CLONE);
notrace TARGET(untraced_clone) { return 23; }

/**
 * struct name_case - Test case for a probe by name.
 * @name: "[MOD:]NAME" as a user writes it.
 * @func: The function that the probe is on, NULL if it is refused.
 * @err: The error that the probe is refused with.
 */
struct name_case {
	const char *name;
	int (*func)(void);
	int err;
};

static const struct name_case name_cases[] = {
	/* By its own name only */
	{ .name = PREFIX "constprop.constprop.12", .func = only_constprop },
	{ .name = PREFIX "constprop", .err = -ENOENT },
	{ .name = PREFIX "constprop%clones", .err = -ENOENT },
	{ .name = PREFIX "part.part.0", .func = only_part },
	{ .name = PREFIX "part", .err = -ENOENT },
	/* The function itself, and its clone */
	{ .name = PREFIX "exact", .func = exact },
	{ .name = PREFIX "exact.isra.0", .func = exact_clone },
	/* Must not be probed, whatever it is called */
	{ .name = PREFIX "nokprobe.isra.0", .err = -EINVAL },
	{ .name = PREFIX "barred.isra.0", .err = -EINVAL },
};

static void name_case_to_desc(const struct name_case *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(name, name_cases, name_case_to_desc);

static void register_test(struct kunit *test)
{
	const struct name_case *params = test->param_value;
	struct counted_probe *p = alloc_probe(test);

	p->kp.symbol_name = params->name;
	if (!params->func) {
		expect_refused(test, p, params->err);
		return;
	}

	KUNIT_ASSERT_EQ(test, register_kprobe(&p->kp), 0);
	params->func();
	KUNIT_EXPECT_EQ(test, p->hits, 1);
	unregister_kprobe(&p->kp);
}

#ifdef CONFIG_KRETPROBES
static void register_return_test(struct kunit *test)
{
	const struct name_case *params = test->param_value;
	struct counted_return *p = alloc_return(test);
	int ret;

	p->rp.kp.symbol_name = params->name;
	ret = register_kretprobe(&p->rp);
	KUNIT_EXPECT_EQ(test, ret, params->err);
	if (ret)
		return;

	if (params->func) {
		params->func();
		KUNIT_EXPECT_EQ(test, p->hits, 1);
	}
	unregister_kretprobe(&p->rp);
}
#endif

#ifdef CONFIG_KPROBE_EVENTS
/**
 * struct event_case - Test case for a kprobe event.
 * @loc: The location as a user writes it to kprobe_events.
 * @num: How many functions the event is on, 0 if it is refused.
 * @err: The error that it is refused with.
 */
struct event_case {
	const char *loc;
	unsigned int num;
	int err;
};

static const struct event_case event_cases[] = {
	/* What there is, whole clones of each kind */
	{ .loc = CLONES_OF("constprop"), .num = 1 },
	{ .loc = CLONES_OF("isra"), .num = 2 },
	{ .loc = CLONES_OF("isra.isra.0"), .num = 2 },
	{ .loc = CLONES_OF("llvm"), .num = 1 },
	{ .loc = CLONES_OF("specialized"), .num = 1 },
	{ .loc = CLONES_OF("lto"), .num = 1 },
	{ .loc = CLONES_OF("uniq"), .num = 1 },
	{ .loc = CLONES_OF("both"), .num = 1 },
	{ .loc = CLONES_OF("several"), .num = 2 },
	/* The function itself, with its clones and without any */
	{ .loc = CLONES_OF("exact"), .num = 2 },
	{ .loc = PREFIX "exact%clones", .num = 2 },
	{ .loc = PREFIX "exact.isra.0%clones", .num = 1 },
	/* Returns */
	{ .loc = CLONES_OF("constprop") "%return", .num = 1 },
	{ .loc = CLONES_OF("exact") "%return", .num = 2 },
	/* Not the parts, and what only looks like a clone */
	{ .loc = CLONES_OF("among_parts"), .num = 1 },
	{ .loc = CLONES_OF("cold"), .err = -EINVAL },
	{ .loc = CLONES_OF("old_cold"), .err = -EINVAL },
	{ .loc = CLONES_OF("part"), .err = -EINVAL },
	{ .loc = CLONES_OF("clone_of_part"), .err = -EINVAL },
	{ .loc = CLONES_OF("part_of_clone"), .err = -EINVAL },
	{ .loc = CLONES_OF("number"), .err = -EINVAL },
	{ .loc = CLONES_OF("unknown"), .err = -EINVAL },
	{ .loc = CLONES_OF("unknown_behind"), .err = -EINVAL },
	{ .loc = CLONES_OF("longer"), .err = -EINVAL },
	{ .loc = CLONES_OF("no_number"), .err = -EINVAL },
	{ .loc = CLONES_OF("none"), .err = -EINVAL },
	{ .loc = CLONES_OF("const"), .err = -EINVAL },
	/* Not asked for */
	{ .loc = PREFIX "constprop", .err = -EINVAL },
	{ .loc = PREFIX "exact", .num = 1 },
	/* All of them or none */
	{ .loc = CLONES_OF("nokprobe"), .err = -EINVAL },
	{ .loc = CLONES_OF("barred"), .err = -EINVAL },
	{ .loc = CLONES_OF("mixed"), .err = -EINVAL },
	{ .loc = PREFIX "mixed", .num = 1 },
#ifndef CONFIG_X86
	{ .loc = CLONES_OF("many"), .err = -E2BIG },
#endif
	/* What is not asked for in that way */
	{ .loc = PREFIX "exact%clone", .err = -EINVAL },
	{ .loc = PREFIX "exact%clonesx", .err = -EINVAL },
	{ .loc = PREFIX "exact%clones+0", .err = -EINVAL },
	{ .loc = PREFIX "exact+0%clones", .err = -EINVAL },
	{ .loc = PREFIX "exact%return%clones", .err = -EINVAL },
	{ .loc = PREFIX "exact%clones%clones", .err = -EINVAL },
	{ .loc = "%clones", .err = -EINVAL },
	{ .loc = MOD "%clones", .err = -EINVAL },
	/* There is no name to wait for a module with */
	{ .loc = "kprobes_clone_none:" PREFIX "constprop%clones", .err = MODULE_ERRNO },
#ifdef MODULE
	{ .loc = PREFIX "constprop%clones", .err = -EINVAL },
#else
	{ .loc = MOD PREFIX "constprop%clones", .err = MODULE_ERRNO },
#endif
	/* Dot symbols */
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .loc = "." PREFIX "exact%clones", .num = 2 },
#else
	{ .loc = "." PREFIX "exact%clones", .err = -EINVAL },
#endif
};

static void event_case_to_desc(const struct event_case *t, char *desc)
{
	strscpy(desc, t->loc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(event, event_cases, event_case_to_desc);

#ifdef CONFIG_PERF_EVENTS
/* All that an event may be on, or not */
static int (* const targets[])(void) = {
	only_isra, only_constprop, only_llvm, only_specialized, only_lto, only_uniq,
	isra_of_constprop, among_parts, among_parts_part, exact, exact_clone,
	clone_of_clone, several_isra, several_constprop, only_part, clone_of_part,
	part_of_clone, number, unknown, unknown_behind, longer, no_number, nokprobe_clone,
	barred, barred_clone, mixed, mixed_clone, untraced_clone,
};

/* Each function that the event is on is hit by the call of it, no other one is */
static void expect_hits(struct kunit *test, struct trace_event_file *file, unsigned int num)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = file->event_call->event.type,
	};
	u64 enabled, running, hits;
	struct perf_event *counter;

	counter = perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(counter));
	if (IS_ERR(counter))
		return;

	for (int i = 0; i < ARRAY_SIZE(targets); i++) {
		int (*target)(void) = targets[i];

		/* clang leaves out a call that has no effect */
		OPTIMIZER_HIDE_VAR(target);
		target();
	}
	hits = perf_event_read_value(counter, &enabled, &running);
	KUNIT_EXPECT_EQ(test, hits, num);
	perf_event_release_kernel(counter);
}
#else
static void expect_hits(struct kunit *test, struct trace_event_file *file, unsigned int num)
{
}
#endif

static void event_test(struct kunit *test)
{
	const struct event_case *params = test->param_value;
	struct trace_event_file *file;
	int ret;

	ret = create_event(test, false, params->loc);
	KUNIT_EXPECT_EQ(test, ret, params->err);
	file = trace_get_event_file(NULL, "kprobes", KBUILD_MODNAME);
	KUNIT_EXPECT_EQ(test, IS_ERR(file), !!params->err);
	if (IS_ERR(file))
		return;

	expect_hits(test, file, params->num);
	trace_put_event_file(file);
	KUNIT_EXPECT_EQ(test, kprobe_event_delete(KBUILD_MODNAME), 0);
}

/* A clone that is not traced, alone and with the others */
static void untraced_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, try_event(test, false, UNTRACED_CLONE), NOTRACE_ERRNO);
	KUNIT_EXPECT_EQ(test, try_event(test, false, CLONES_OF("untraced")), NOTRACE_ERRNO);
}
#endif /* CONFIG_KPROBE_EVENTS */

static struct kunit_case kprobes_clone_test_cases[] = {
	KUNIT_CASE_PARAM(register_test, name_gen_params),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE_PARAM(register_return_test, name_gen_params),
#endif
#ifdef CONFIG_KPROBE_EVENTS
	KUNIT_CASE_PARAM(event_test, event_gen_params),
	KUNIT_CASE(untraced_test),
#endif
	{}
};

static struct kunit_suite kprobes_clone_test_suite = {
	.name = "kprobes_clone",
	.test_cases = kprobes_clone_test_cases,
};

kunit_test_suite(kprobes_clone_test_suite);

MODULE_DESCRIPTION("KUnit tests for probes on the clones of functions");
MODULE_LICENSE("GPL");
