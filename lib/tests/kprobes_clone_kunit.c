// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for probes on the clones that a compiler makes of functions.
 *
 * A clone is given by its own name, or by "foo%clone" if foo itself is not there
 * and exactly one clone of it is a whole function. The targets have the symbols
 * that GCC and clang make, without the compiler's choice when to make them.
 */

#include <kunit/test.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#include "kprobes_counted_kunit.h"
#ifdef CONFIG_KPROBE_EVENTS
#include "kprobes_event_kunit.h"
#endif

#define MOD	KBUILD_MODNAME ":"
#define PREFIX	"kprobes_clone_"

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

/* A function that is not traced and has been renamed */
#define UNTRACED_CLONE	PREFIX "untraced.isra.0"
TARGET(untraced_clone) __asm__(UNTRACED_CLONE);
notrace TARGET(untraced_clone) { return 23; }

/**
 * struct clone_case - Test case for a probe by name.
 * @name: "[MOD:]NAME[%clone]" as a user writes it.
 * @func: The function that the probe is on, NULL if it is refused.
 * @err: The error that the probe is refused with.
 */
struct clone_case {
	const char *name;
	int (*func)(void);
	int err;
};

static const struct clone_case clone_cases[] = {
	/* Asked for, and the only whole one */
	{ .name = PREFIX "constprop%clone", .func = only_constprop },
	{ .name = PREFIX "llvm%clone", .func = only_llvm },
	{ .name = PREFIX "both%clone", .func = isra_of_constprop },
	{ .name = PREFIX "among_parts%clone", .func = among_parts },
	/* Not asked for */
	{ .name = PREFIX "constprop", .err = -ENOENT },
	{ .name = PREFIX "among_parts", .err = -ENOENT },
	/* By its own name, with or without asking for a clone of it */
	{ .name = PREFIX "constprop.constprop.12", .func = only_constprop },
	{ .name = PREFIX "constprop.constprop.12%clone", .func = only_constprop },
	{ .name = PREFIX "part.part.0", .func = only_part },
	/* The name up to a suffix is the name of a function or of nothing */
	{ .name = PREFIX "constprop.constprop%clone", .err = -ENOENT },
	{ .name = PREFIX "both.constprop.0%clone", .func = isra_of_constprop },
	/* The function itself first */
	{ .name = PREFIX "exact", .func = exact },
	{ .name = PREFIX "exact%clone", .func = exact },
	{ .name = PREFIX "exact.isra.0", .func = exact_clone },
	/* Nothing is chosen among several */
	{ .name = PREFIX "several%clone", .err = -EADDRNOTAVAIL },
	{ .name = PREFIX "isra%clone", .err = -EADDRNOTAVAIL },
	{ .name = PREFIX "isra.isra.0%clone", .func = only_isra },
	/* Parts are not the function */
	{ .name = PREFIX "cold%clone", .err = -ENOENT },
	{ .name = PREFIX "old_cold%clone", .err = -ENOENT },
	{ .name = PREFIX "part%clone", .err = -ENOENT },
	{ .name = PREFIX "clone_of_part%clone", .err = -ENOENT },
	{ .name = PREFIX "part_of_clone%clone", .err = -ENOENT },
	/* Neither is what nobody knows */
	{ .name = PREFIX "number%clone", .err = -ENOENT },
	{ .name = PREFIX "unknown%clone", .err = -ENOENT },
	{ .name = PREFIX "unknown_behind%clone", .err = -ENOENT },
	{ .name = PREFIX "longer%clone", .err = -ENOENT },
	{ .name = PREFIX "no_number%clone", .err = -ENOENT },
	{ .name = PREFIX "none%clone", .err = -ENOENT },
	{ .name = PREFIX "const%clone", .err = -ENOENT },
	/* Must not be probed, whatever it is called */
	{ .name = PREFIX "nokprobe%clone", .err = -EINVAL },
	{ .name = PREFIX "nokprobe.isra.0", .err = -EINVAL },
	{ .name = PREFIX "barred%clone", .err = -EINVAL },
	{ .name = PREFIX "barred.isra.0", .err = -EINVAL },
	/* Asked for in another way, which is a name */
	{ .name = PREFIX "constprop%", .err = -ENOENT },
	{ .name = PREFIX "constprop%clones", .err = -ENOENT },
	{ .name = PREFIX "constprop%clone%clone", .err = -ENOENT },
	{ .name = "%clone", .err = -EINVAL },
	{ .name = MOD "%clone", .err = -EINVAL },
	/* Dot symbols */
#ifdef CONFIG_PPC64_ELF_ABI_V1
	{ .name = "." PREFIX "constprop%clone", .func = only_constprop },
	{ .name = "." PREFIX "exact%clone", .func = exact },
	{ .name = "." PREFIX "several%clone", .err = -EADDRNOTAVAIL },
	{ .name = "." PREFIX "cold%clone", .err = -ENOENT },
#else
	{ .name = "." PREFIX "constprop%clone", .err = -ENOENT },
#endif
	/* Modules */
#ifdef MODULE
	{ .name = MOD PREFIX "constprop%clone", .func = only_constprop },
	{ .name = MOD PREFIX "exact%clone", .func = exact },
	{ .name = MOD PREFIX "several%clone", .err = -EADDRNOTAVAIL },
	{ .name = MOD PREFIX "cold%clone", .err = -ENOENT },
#else
	{ .name = MOD PREFIX "constprop%clone", .err = -ENOENT },
#endif
	{ .name = "kprobes_clone_none:" PREFIX "constprop%clone", .err = -ENOENT },
};

static void clone_case_to_desc(const struct clone_case *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(clone, clone_cases, clone_case_to_desc);

static void register_clone_test(struct kunit *test)
{
	const struct clone_case *params = test->param_value;
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
	const struct clone_case *params = test->param_value;
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
 * @err: Expected error, 0 if the event is accepted.
 */
struct event_case {
	const char *loc;
	int err;
};

static const struct event_case event_cases[] = {
	{ .loc = PREFIX "constprop%clone" },
	{ .loc = PREFIX "constprop%clone+0" },
	{ .loc = PREFIX "constprop%clone%return" },
	{ .loc = PREFIX "constprop%clone+0%return" },
	{ .loc = PREFIX "exact%clone" },
	{ .loc = PREFIX "constprop", .err = -EINVAL },
	{ .loc = PREFIX "several%clone", .err = -EINVAL },
	{ .loc = PREFIX "cold%clone", .err = -EINVAL },
	{ .loc = PREFIX "part%clone", .err = -EINVAL },
	/* %clone is a part of the name, and the last one of it */
	{ .loc = PREFIX "constprop+0%clone", .err = -EINVAL },
	{ .loc = PREFIX "constprop%return%clone", .err = -EINVAL },
	{ .loc = PREFIX "constprop%clone%clone", .err = -EINVAL },
	{ .loc = PREFIX "constprop%clones", .err = -EINVAL },
	{ .loc = PREFIX "constprop%clone:", .err = -EINVAL },
	{ .loc = "%clone", .err = -EINVAL },
	{ .loc = "%clone+0", .err = -EINVAL },
	{ .loc = MOD "%clone", .err = -EINVAL },
	/* What must not be probed or is not traced */
	{ .loc = PREFIX "nokprobe%clone", .err = -EINVAL },
	{ .loc = PREFIX "barred%clone", .err = -EINVAL },
	{ .loc = UNTRACED_CLONE, .err = NOTRACE_ERRNO },
	{ .loc = PREFIX "untraced%clone", .err = NOTRACE_ERRNO },
	/* The event waits for the module, if there are modules */
	{ .loc = "kprobes_clone_none:" PREFIX "constprop%clone",
	  .err = IS_ENABLED(CONFIG_MODULES) ? 0 : -ENOENT },
};

static void event_case_to_desc(const struct event_case *t, char *desc)
{
	strscpy(desc, t->loc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(event, event_cases, event_case_to_desc);

static void event_test(struct kunit *test)
{
	const struct event_case *params = test->param_value;

	KUNIT_EXPECT_EQ(test, try_event(test, false, params->loc), params->err);
}
#endif /* CONFIG_KPROBE_EVENTS */

static struct kunit_case kprobes_clone_test_cases[] = {
	KUNIT_CASE_PARAM(register_clone_test, clone_gen_params),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE_PARAM(register_return_test, clone_gen_params),
#endif
#ifdef CONFIG_KPROBE_EVENTS
	KUNIT_CASE_PARAM(event_test, event_gen_params),
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
