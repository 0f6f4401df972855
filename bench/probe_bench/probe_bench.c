// SPDX-License-Identifier: GPL-2.0
/*
 * What probes cost, in nanoseconds of a guest whose clock counts instructions.
 *
 * Each file in /sys/kernel/debug/bench measures when it is read. A line is what was
 * measured, what it cost, and "refused" where the kernel said no, by tabs.
 *
 * It has to load into the unpatched kernel as well. What is not exported is found
 * by kallsyms_lookup_name(), whose address in /proc/kallsyms is the parameter
 * "lookup".
 */

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fprobe.h>
#include <linux/ftrace.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/timekeeping.h>
#include <linux/trace_events.h>

#include <asm/sections.h>

/* The least of so many runs is taken: an interrupt may have hit the others */
#define RUNS		9
/* There are fewer of what takes millions of instructions: an interrupt is a small part of it */
#define ARMING_RUNS	3
/* So often a call is repeated in a run, and a lookup */
#define CALLS		1000
#define LOOKUPS		10
/* That many probes less one are there when the last is registered */
#define MANY		1000
/* So many other events are there when one is created and deleted */
#define MANY_EVENTS	3000

/* The code of foo is at the symbol .foo */
#ifdef CONFIG_PPC64_ELF_ABI_V1
#define DOT		"."
#else
#define DOT		""
#endif

/*
 * A function of the kernel, which ftrace can serve, with straight code up to an
 * instruction at this offset.
 */
#define TARGET		"mktime64"
#ifdef CONFIG_X86
#define BODY_OFFSET	(IS_ENABLED(CONFIG_X86_KERNEL_IBT) ? 9 : 5)
#else
#define BODY_OFFSET	24
#endif

/* The base has no such probes */
#ifndef KPROBE_FLAG_FTRACE_REGS
#define KPROBE_FLAG_FTRACE_REGS	0
#endif

static unsigned long lookup;
module_param(lookup, ulong, 0400);
MODULE_PARM_DESC(lookup, "address of the code of kallsyms_lookup_name()");

static unsigned long (*lookup_name)(const char *name);
static unsigned long (*kprobe_lookup)(const char *name, unsigned int offset);
static u64 (*task_runtime)(struct task_struct *task);
static const char *(*symbol_of_address)(unsigned long addr, unsigned long *size,
					unsigned long *offset, char **modname, char *name);
static func_desc_t descriptors[4];

/* One at a time: they would measure each other */
static DEFINE_MUTEX(bench_lock);

static u64 now(void)
{
	return ktime_get_raw_ns();
}

/* What only the caller executed, not those that it waited for: an RCU grace period */
static u64 own_time(void)
{
	return task_runtime(current);
}

/*
 * measure_runs() - what an operation costs, less what it costs to measure
 * @clock: now() or own_time()
 * @runs: the least of so many is taken
 * @repeat: how often the operation is executed in a run
 * @before: executed before each run, or NULL
 * @op: the operation
 * @after: executed after each run, or NULL
 * @arg: what all three get
 * @err: set to what the operation returned last
 */
static u64 measure_runs(u64 (*clock)(void), unsigned int runs, unsigned int repeat,
			long (*before)(void *), long (*op)(void *), long (*after)(void *),
			void *arg, long *err)
{
	u64 least = U64_MAX, overhead = U64_MAX;
	unsigned int run, i;

	for (run = 0; run < runs; run++) {
		u64 start, end;

		start = clock();
		end = clock();
		overhead = min(overhead, end - start);

		if (before)
			before(arg);
		start = clock();
		for (i = 0; i < repeat; i++)
			*err = op(arg);
		end = clock();
		if (after)
			after(arg);
		least = min(least, end - start);
	}

	return (least - min(least, overhead)) / repeat;
}

static u64 measure(u64 (*clock)(void), unsigned int repeat, long (*before)(void *),
		   long (*op)(void *), long (*after)(void *), void *arg, long *err)
{
	return measure_runs(clock, RUNS, repeat, before, op, after, arg, err);
}

static void report(struct seq_file *m, const char *what, const char *name, u64 cost, long err)
{
	seq_printf(m, "%s%s\t%llu%s\n", what, name, cost, err ? "\trefused" : "");
}

/* Hits */

static unsigned long hits;

static int count_hit(struct kprobe *kp, struct pt_regs *regs)
{
	hits++;
	return 0;
}
NOKPROBE_SYMBOL(count_hit);

static int count_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	hits++;
	return 0;
}
NOKPROBE_SYMBOL(count_return);

/* A tracer of all functions may not trace what it calls itself */
static notrace void count_call(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	hits++;
}
NOKPROBE_SYMBOL(count_call);

static notrace void ignore_call(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}
NOKPROBE_SYMBOL(ignore_call);

static noinline long call_target(void *unused)
{
	return mktime64(2000, 1, 1, 0, 0, 0) == 0;
}

/* A place for many probes, each of which takes a trap. */
extern kprobe_opcode_t bench_nops[];

static noinline notrace long call_nops(void *unused)
{
	asm volatile("bench_nops:\n"
		     ".rept %c0\n"
		     "nop\n"
		     ".endr" : : "i" (MANY) : "memory");
	return 0;
}

/* Functions of a module, to be found by name */
#define OWN_FUNCTION(name)		\
	long name(void);		\
	noinline long name(void)	\
	{				\
		barrier();		\
		return 0;		\
	}

OWN_FUNCTION(bench_function)
OWN_FUNCTION(fill_bench)
OWN_FUNCTION(make_bench)
OWN_FUNCTION(probe_bench_target)
OWN_FUNCTION(set_bench)
OWN_FUNCTION(wake_up_bench)

static u64 cost_of_calls(long (*call)(void *))
{
	unsigned long flags;
	long err;
	u64 cost;

	call(NULL);
	local_irq_save(flags);
	hard_irq_disable();
	cost = measure(now, CALLS, NULL, call, NULL, NULL, &err);
	local_irq_restore(flags);

	return cost;
}

/* What a hit costs: @call as it is now, less what it costs without probes */
static void report_hit(struct seq_file *m, const char *what, long (*call)(void *), u64 unprobed,
		       bool counted)
{
	u64 cost;

	/* The optimizer works in the background */
	msleep(2000);
	hits = 0;
	cost = cost_of_calls(call);
	/* A hit that did not happen costs nothing */
	report(m, what, "", cost - min(cost, unprobed), counted && hits != RUNS * CALLS + 1);
}

static void kprobe_hit(struct seq_file *m, const char *what, struct kprobe kp,
		       long (*call)(void *), u64 unprobed)
{
	long err = register_kprobe(&kp);

	if (err) {
		report(m, what, "", 0, err);
		return;
	}
	report_hit(m, what, call, unprobed, kp.pre_handler);
	unregister_kprobe(&kp);
}

static void kretprobe_hit(struct seq_file *m, const char *what, u32 flags, u64 unprobed)
{
	struct kretprobe rp = {
		.kp.symbol_name = TARGET,
		.kp.flags = flags,
		.handler = count_return,
	};
	long err = register_kretprobe(&rp);

	if (err) {
		report(m, what, "", 0, err);
		return;
	}
	report_hit(m, what, call_target, unprobed, true);
	unregister_kretprobe(&rp);
}

static void ftrace_hit(struct seq_file *m, const char *what, u64 unprobed)
{
	static struct ftrace_ops ops = { .func = count_call };
	long err;

	err = ftrace_set_filter(&ops, TARGET, strlen(TARGET), 1);
	err = err ?: register_ftrace_function(&ops);
	if (err) {
		report(m, what, "", 0, err);
		return;
	}
	report_hit(m, what, call_target, unprobed, true);
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}

/* kprobe events */

struct event {
	const char *place;
	bool is_return;
};

static long create_named(const char *name, const struct event *event)
{
	struct dynevent_cmd cmd;
	char buf[256];
	int err;

	kprobe_event_cmd_init(&cmd, buf, sizeof(buf));
	err = __kprobe_event_gen_cmd_start(&cmd, event->is_return, name, event->place, NULL);

	return err ?: dynevent_create(&cmd);
}

static long create_event(void *arg)
{
	return create_named("bench", arg);
}

static long delete_event(void *arg)
{
	return kprobe_event_delete("bench");
}

static void event_hit(struct seq_file *m, const char *what, struct event event, u64 unprobed)
{
	long err = create_event(&event);

	if (err) {
		report(m, what, "", 0, err);
		return;
	}
	err = trace_set_clr_event("kprobes", "bench", 1);
	if (!err)
		report_hit(m, what, call_target, unprobed, false);
	trace_set_clr_event("kprobes", "bench", 0);
	delete_event(&event);
}

/* A call as it is now, for guest.sh, which makes events that this module cannot */
static int call_show(struct seq_file *m, void *unused)
{
	guard(mutex)(&bench_lock);
	call_target(NULL);
	seq_printf(m, "%llu\n", cost_of_calls(call_target));

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(call);

static int hits_show(struct seq_file *m, void *unused)
{
	u64 unprobed, nops;

	guard(mutex)(&bench_lock);
	unprobed = cost_of_calls(call_target);
	nops = cost_of_calls(call_nops);

	report(m, "a call of " TARGET "()", "", unprobed, 0);
	ftrace_hit(m, "a function tracer's callback", unprobed);
	kprobe_hit(m, "a trap: a kprobe without a handler on a nop",
		   (struct kprobe) { .addr = bench_nops + 8 }, call_nops, nops);
	kprobe_hit(m, "kprobe by trap, on a nop",
		   (struct kprobe) { .addr = bench_nops + 8, .pre_handler = count_hit },
		   call_nops, nops);
	kprobe_hit(m, "kprobe at the entry",
		   (struct kprobe) { .symbol_name = TARGET, .pre_handler = count_hit },
		   call_target, unprobed);
	kprobe_hit(m, "kprobe at the entry that needs few registers",
		   (struct kprobe) { .symbol_name = TARGET, .pre_handler = count_hit,
				     .flags = KPROBE_FLAG_FTRACE_REGS },
		   call_target, unprobed);
	kprobe_hit(m, "kprobe in the body",
		   (struct kprobe) { .symbol_name = TARGET, .offset = BODY_OFFSET,
				     .pre_handler = count_hit },
		   call_target, unprobed);
	kretprobe_hit(m, "kretprobe", 0, unprobed);
	kretprobe_hit(m, "kretprobe that needs few registers", KPROBE_FLAG_FTRACE_REGS, unprobed);
	event_hit(m, "kprobe event at the entry", (struct event) { DOT TARGET, false }, unprobed);
	event_hit(m, "kretprobe event", (struct event) { DOT TARGET, true }, unprobed);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hits);

/* Names */

/*
 * How long the search for a name is depends on where in the table it is, so the mean of
 * some is taken.
 */
static const char * const functions[] = {
	"mktime64", "kernel_clone", "vfs_read", "schedule", "do_exit", "ksys_write",
	"free_task", "get_pid_task", "notify_change", "proc_pid_status", "queue_work_on",
	"remove_proc_entry", "single_release", "task_work_add", "unregister_module_notifier",
	"wake_up_process", NULL
};

static const char * const own_functions[] = {
	"bench_function", "fill_bench", "make_bench", "probe_bench_target", "set_bench",
	"wake_up_bench", NULL
};

/* Two functions of the kernel have each of these names */
static const char * const ambiguous[] = {
	"m_show", "c_start", "name_show", "proc_single_open", "remove_one", "uevent_store", NULL
};

/* Of the code, but no functions */
static const char * const labels[] = { "_stext", "_etext", "_sinittext", NULL };

static long find_symbol(void *name)
{
	return lookup_name(name) ? 0 : -ENOENT;
}

/* The address that find_address() finds the name of */
static unsigned long address;

static long set_address(void *name)
{
	address = lookup_name(name);

	return 0;
}

static long find_address(void *unused)
{
	/* On the stack it might be set to zero each time, which takes longer than the search */
	static char name[KSYM_NAME_LEN];
	unsigned long size, offset;
	char *modname;

	return symbol_of_address(address + 4, &size, &offset, &modname, name) ? 0 : -ENOENT;
}

static long resolve(void *name)
{
	unsigned long addr = kprobe_lookup(name, 0);

	return addr && !IS_ERR_VALUE(addr) ? 0 : -ENOENT;
}

/* The mean of some names, each with something before and behind it; @prepare is not measured */
static void mean_prepared(struct seq_file *m, const char *what, long (*prepare)(void *),
			  long (*op)(void *), const char * const *names, const char *before,
			  const char *behind)
{
	unsigned int n = 0;
	long err = 0;
	u64 sum = 0;

	for (; *names; names++, n++) {
		char name[64];
		long ret;

		snprintf(name, sizeof(name), "%s%s%s", before, *names, behind);
		sum += measure(now, LOOKUPS, prepare, op, NULL, name, &ret);
		err = err ?: ret;
	}
	report(m, what, "", sum / n, err);
}

static void mean(struct seq_file *m, const char *what, long (*op)(void *),
		 const char * const *names, const char *before, const char *behind)
{
	mean_prepared(m, what, NULL, op, names, before, behind);
}

static int names_show(struct seq_file *m, void *unused)
{
	guard(mutex)(&bench_lock);
	mean_prepared(m, "kallsyms_lookup() of an address", set_address, find_address, functions,
		      DOT, "");
	mean(m, "kallsyms_lookup_name() of a function", find_symbol, functions, DOT, "");
	mean(m, "kallsyms_lookup_name(), missing", find_symbol, functions, DOT, "_x");
	mean(m, "kallsyms_lookup_name() of a module's function", find_symbol, own_functions,
	     DOT, "");
	/* What the registrations and events below search for */
	mean(m, "kallsyms_lookup_name() of " TARGET, find_symbol,
	     (const char * const []) { TARGET, NULL }, DOT, "");
	mean(m, "kallsyms_lookup_name() of bench_function", find_symbol,
	     (const char * const []) { "bench_function", NULL }, DOT, "");

	mean(m, "foo", resolve, functions, "", "");
	mean(m, "foo in a module", resolve, own_functions, "", "");
	mean(m, "mod:foo", resolve, own_functions, "probe_bench:", "");
	if (*DOT) {
		mean(m, ".foo", resolve, functions, ".", "");
		mean(m, ".foo in a module", resolve, own_functions, ".", "");
		mean(m, "mod:.foo", resolve, own_functions, "probe_bench:.", "");
	}
	mean(m, "ambiguous", resolve, ambiguous, "", "");
	mean(m, "a label", resolve, labels, "", "");
	mean(m, "missing foo", resolve, functions, "", "_x");
	mean(m, "missing mod:foo", resolve, functions, "probe_bench:", "_x");
	if (*DOT) {
		mean(m, "missing .foo", resolve, functions, ".", "_x");
		mean(m, "missing mod:.foo", resolve, functions, "probe_bench:.", "_x");
	}

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(names);

/* Registration */

/* A probe, and what it is made of anew each time: registering changes it */
struct one_kprobe {
	struct kprobe kp;
	const char *name;
	kprobe_opcode_t *addr;
	u32 flags;
};

static long make_one(void *arg)
{
	struct one_kprobe *one = arg;

	one->kp = (struct kprobe) {
		.symbol_name = one->name,
		.addr = one->addr,
		.flags = one->flags,
		.pre_handler = count_hit,
	};

	return 0;
}

static long register_one(void *arg)
{
	return register_kprobe(&((struct one_kprobe *)arg)->kp);
}

static long make_and_register_one(void *arg)
{
	make_one(arg);
	return register_one(arg);
}

static long unregister_one(void *arg)
{
	unregister_kprobe(&((struct one_kprobe *)arg)->kp);
	return 0;
}

static long make_return(void *arg)
{
	struct kretprobe *rp = arg;

	*rp = (struct kretprobe) { .kp.symbol_name = TARGET, .handler = count_return };

	return 0;
}

static long register_return(void *rp)
{
	return register_kretprobe(rp);
}

static long make_and_register_return(void *rp)
{
	make_return(rp);
	return register_return(rp);
}

static long unregister_return(void *rp)
{
	unregister_kretprobe(rp);
	return 0;
}

static void registration(struct seq_file *m, const char *which, const char *how,
			 struct one_kprobe one)
{
	char what[64];
	long err;
	u64 cost;

	snprintf(what, sizeof(what), "register %s, %s", which, how);
	cost = measure(now, 1, make_one, register_one, unregister_one, &one, &err);
	report(m, what, "", cost, err);
}

static void registrations(struct seq_file *m, const char *which)
{
	struct one_kprobe one = { .name = TARGET };
	long err;
	u64 cost;

	registration(m, which, "by name", one);
	registration(m, which, "by name, disabled",
		     (struct one_kprobe) { .name = TARGET, .flags = KPROBE_FLAG_DISABLED });
	registration(m, which, "by address",
		     (struct one_kprobe) { .addr = (void *)lookup_name(DOT TARGET) });

	cost = measure(own_time, 1, make_and_register_one, unregister_one, NULL, &one, &err);
	report(m, "unregister ", which, cost, err);
}

static int registration_show(struct seq_file *m, void *unused)
{
	struct kprobe *kps __free(kvfree) = kvcalloc(MANY, sizeof(*kps), GFP_KERNEL);
	struct kprobe **pointers __free(kvfree) = kvcalloc(MANY, sizeof(*pointers), GFP_KERNEL);
	struct kretprobe rp = {};
	int err, i, n = 0;
	long ret;
	u64 cost;

	if (!kps || !pointers)
		return -ENOMEM;

	guard(mutex)(&bench_lock);
	registrations(m, "a kprobe");
	cost = measure(now, 1, make_return, register_return, unregister_return, &rp, &ret);
	report(m, "register ", "a kretprobe, by name", cost, ret);
	cost = measure(own_time, 1, make_and_register_return, unregister_return, NULL, &rp, &ret);
	report(m, "unregister ", "a kretprobe", cost, ret);

	for (i = 0; i < MANY - 1; i++) {
		kps[i] = (struct kprobe) {
			.addr = bench_nops + i,
			.flags = KPROBE_FLAG_DISABLED,
		};
		err = register_kprobe(&kps[i]);
		if (err)
			break;
		pointers[n++] = &kps[i];
	}
	if (n == MANY - 1)
		registrations(m, "the 1000th kprobe");
	if (n)
		unregister_kprobes(pointers, n);

	return n == MANY - 1 ? 0 : err;
}
DEFINE_SHOW_ATTRIBUTE(registration);

/* Arming, where other probes are armed */

#define TARGET_1(n)					\
	static noinline void bench_target_##n(void)	\
	{						\
		barrier();				\
	}
#define ADDRESS_1(n)	bench_target_##n,
/* A macro does not expand itself */
#define TEN(f, n)	f(n##0) f(n##1) f(n##2) f(n##3) f(n##4) f(n##5) f(n##6) f(n##7) f(n##8) f(n##9)
#define TENS(f, n)	f(n##0) f(n##1) f(n##2) f(n##3) f(n##4) f(n##5) f(n##6) f(n##7) f(n##8) f(n##9)
#define HUNDREDS(f, n)	f(n##0) f(n##1) f(n##2) f(n##3) f(n##4) f(n##5) f(n##6) f(n##7) f(n##8) f(n##9)
#define TARGET_10(n)	TEN(TARGET_1, n)
#define TARGET_100(n)	TENS(TARGET_10, n)
#define ADDRESS_10(n)	TEN(ADDRESS_1, n)
#define ADDRESS_100(n)	TENS(ADDRESS_10, n)

/* What the others are on: bench_target_1000() and so on. Nobody calls these functions. */
HUNDREDS(TARGET_100, 1)

static void (*const bench_targets[])(void) = { HUNDREDS(ADDRESS_100, 1) };
static_assert(ARRAY_SIZE(bench_targets) >= MANY);

static unsigned long target_addr(unsigned int n)
{
	return (unsigned long)dereference_function_descriptor(bench_targets[n]);
}

/* The one that is armed and disarmed, so many others are there */
struct arming {
	const char	*which;
	unsigned int	others;
	unsigned long	addr;		/* its function */
	unsigned long	*ips;		/* those of the others */
	struct kprobe	kp;
	struct ftrace_ops ops;
#ifdef CONFIG_FPROBE
	struct fprobe	fp;
#endif
};

static void report_pair(struct seq_file *m, struct arming *arm, const char *on, const char *off,
			const char *what, long (*turn_on)(void *), long (*turn_off)(void *))
{
	char name[80];
	long err;
	u64 cost;

	cost = measure_runs(own_time, ARMING_RUNS, 1, NULL, turn_on, turn_off, arm, &err);
	snprintf(name, sizeof(name), "%s the %s %s", on, arm->which, what);
	report(m, name, "", cost, err);
	cost = measure_runs(own_time, ARMING_RUNS, 1, turn_on, turn_off, NULL, arm, &err);
	snprintf(name, sizeof(name), "%s the %s %s", off, arm->which, what);
	report(m, name, "", cost, err);
}

static long arm_kprobe_op(void *arg)
{
	return enable_kprobe(&((struct arming *)arg)->kp);
}

static long disarm_kprobe_op(void *arg)
{
	return disable_kprobe(&((struct arming *)arg)->kp);
}

/* Only what it takes to arm it: it is registered */
static int kprobe_arming(struct seq_file *m, struct arming *arm)
{
	int err;

	arm->kp = (struct kprobe) {
		.symbol_name = TARGET,
		.flags = KPROBE_FLAG_DISABLED,
		.pre_handler = count_hit,
	};
	err = register_kprobe(&arm->kp);
	if (err)
		return err;
	report_pair(m, arm, "arm", "disarm", "kprobe", arm_kprobe_op, disarm_kprobe_op);
	unregister_kprobe(&arm->kp);

	return 0;
}

static long add_function(void *arg)
{
	struct arming *arm = arg;

	return ftrace_set_filter_ip(&arm->ops, arm->addr, 0, 0);
}

static long remove_function(void *arg)
{
	struct arming *arm = arg;

	return ftrace_set_filter_ip(&arm->ops, arm->addr, 1, 0);
}

static long add_name(void *arg)
{
	char name[] = TARGET;

	return ftrace_set_filter(&((struct arming *)arg)->ops, name, strlen(name), 0);
}

static long remove_name(void *arg)
{
	char name[] = "!" TARGET;

	return ftrace_set_filter(&((struct arming *)arg)->ops, name, strlen(name), 0);
}

static long register_ops(void *arg)
{
	return register_ftrace_function(&((struct arming *)arg)->ops);
}

static long unregister_ops(void *arg)
{
	return unregister_ftrace_function(&((struct arming *)arg)->ops);
}

/*
 * To add a function by its name compares it with that of each record. In a module a name is
 * found by a search through all symbols: with many functions there this takes minutes.
 */
static bool by_name = true;
module_param(by_name, bool, 0644);

/* A user with one function comes, and one that has others gets it, as set_ftrace_filter does */
static int filter_arming(struct seq_file *m, struct arming *arm)
{
	int err;

	arm->ops = (struct ftrace_ops) { .func = count_call };
	if (!arm->others) {
		err = add_function(arm);
		if (err)
			return err;
		report_pair(m, arm, "register", "unregister", "function of a tracer",
			    register_ops, unregister_ops);
	} else {
		err = ftrace_set_filter_ips(&arm->ops, arm->ips, arm->others, 0, 1);
		if (err)
			return err;
		err = register_ftrace_function(&arm->ops);
		if (err)
			return err;
		report_pair(m, arm, "add", "remove", "function of a tracer", add_function,
			    remove_function);
		if (by_name)
			report_pair(m, arm, "add", "remove", "function of a tracer, by name",
				    add_name, remove_name);
		unregister_ftrace_function(&arm->ops);
	}
	ftrace_free_filter(&arm->ops);

	return 0;
}

/* A tracer of all functions */
static int all_arming(struct seq_file *m, struct arming *arm)
{
	arm->ops = (struct ftrace_ops) { .func = ignore_call };
	arm->which = "tracer";
	report_pair(m, arm, "register", "unregister", "of all functions", register_ops,
		    unregister_ops);

	return 0;
}

#ifdef CONFIG_FPROBE
static int count_entry(struct fprobe *fp, unsigned long entry_ip, unsigned long ret_ip,
		       struct ftrace_regs *fregs, void *entry_data)
{
	hits++;
	return 0;
}
NOKPROBE_SYMBOL(count_entry);

static long register_fp(void *arg)
{
	struct arming *arm = arg;

	arm->fp = (struct fprobe) { .entry_handler = count_entry };
	return register_fprobe_ips(&arm->fp, &arm->addr, 1);
}

static long unregister_fp(void *arg)
{
	return unregister_fprobe(&((struct arming *)arg)->fp);
}

static int fprobe_arming(struct seq_file *m, struct arming *arm)
{
	struct fprobe others = { .entry_handler = count_entry };
	int err;

	if (arm->others) {
		err = register_fprobe_ips(&others, arm->ips, arm->others);
		if (err)
			return err;
	}
	report_pair(m, arm, "register", "unregister", "fprobe", register_fp, unregister_fp);
	if (arm->others)
		unregister_fprobe(&others);

	return 0;
}
#else
static int fprobe_arming(struct seq_file *m, struct arming *arm)
{
	return 0;
}
#endif

static const struct {
	const char	*which;
	unsigned int	others;
} armings[] = {
	{ "first", 0 }, { "2nd", 1 }, { "100th", 99 }, { "1000th", MANY - 1 },
};

/* Armed from the first reading of the file on */
static struct kprobe armed[MANY];
static unsigned int nr_armed;

static int arm_kprobes(unsigned int wanted)
{
	static char names[MANY][40];
	int err;

	while (nr_armed > wanted)
		unregister_kprobe(&armed[--nr_armed]);
	for (; nr_armed < wanted; nr_armed++) {
		armed[nr_armed] = (struct kprobe) { .pre_handler = count_hit };
		snprintf(names[nr_armed], sizeof(names[0]), "probe_bench:bench_target_%u",
			 1000 + nr_armed);
		armed[nr_armed].symbol_name = names[nr_armed];
		err = register_kprobe(&armed[nr_armed]);
		if (err)
			return err;
	}

	return 0;
}

/* As many as there are at most, which stay armed: to disarm them takes its time */
static int arming_rows(struct seq_file *m, unsigned int first, unsigned int end)
{
	struct arming *arm __free(kvfree) = kvzalloc(sizeof(*arm), GFP_KERNEL);
	unsigned long *ips __free(kvfree) = kvcalloc(MANY, sizeof(*ips), GFP_KERNEL);
	unsigned int i;
	int err;

	if (!arm || !ips)
		return -ENOMEM;
	for (i = 0; i < MANY; i++)
		ips[i] = target_addr(i);

	guard(mutex)(&bench_lock);
	for (i = first; i < end; i++) {
		arm->which = armings[i].which;
		arm->others = armings[i].others;
		arm->addr = lookup_name(DOT TARGET);
		arm->ips = ips;
		err = fprobe_arming(m, arm);
		err = err ?: filter_arming(m, arm);
		err = err ?: arm_kprobes(armings[i].others);
		err = err ?: kprobe_arming(m, arm);
		if (err)
			return err;
	}
	if (!first)
		return all_arming(m, arm);

	return 0;
}

static int arming_show(struct seq_file *m, void *unused)
{
	return arming_rows(m, 0, 2);
}
DEFINE_SHOW_ATTRIBUTE(arming);

static int arming_many_show(struct seq_file *m, void *unused)
{
	return arming_rows(m, 2, ARRAY_SIZE(armings));
}
DEFINE_SHOW_ATTRIBUTE(arming_many);

/* Creating events */

static void creation(struct seq_file *m, const char *what, struct event event)
{
	long err;
	u64 cost = measure(now, 1, NULL, create_event, delete_event, &event, &err);

	report(m, what, event.place, cost, err);
}

static int events_show(struct seq_file *m, void *unused)
{
	struct event event = { DOT TARGET, false };
	long err;
	u64 cost;

	guard(mutex)(&bench_lock);
	creation(m, "p:", (struct event) { TARGET, false });
	creation(m, "r:", (struct event) { TARGET, true });
	if (*DOT) {
		creation(m, "p:", (struct event) { "." TARGET, false });
		creation(m, "r:", (struct event) { "." TARGET, true });
	}
	creation(m, "p:", (struct event) { "bench_function", false });
	creation(m, "p:", (struct event) { "probe_bench:bench_function", false });
	if (*DOT) {
		creation(m, "p:", (struct event) { ".bench_function", false });
		creation(m, "p:", (struct event) { "probe_bench:.bench_function", false });
	}
	creation(m, "p:", (struct event) { "no_such_function", false });
	creation(m, "p:", (struct event) { "m_show", false });
	cost = measure(own_time, 1, create_event, delete_event, NULL, &event, &err);
	report(m, "delete ", event.place, cost, err);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(events);

static const char *other_event(unsigned int i)
{
	static char name[16];

	snprintf(name, sizeof(name), "other_%u", i);
	return name;
}

/* Creates the events @first to @end - 1, which are on functions of this module */
static int create_others(unsigned int first, unsigned int end)
{
	char place[40];
	struct event event = { .place = place };
	int err = 0;

	for (; first < end && !err; first++) {
		snprintf(place, sizeof(place), "probe_bench:bench_target_%u", 1000 + first % MANY);
		err = create_named(other_event(first), &event);
		cond_resched();
	}

	return err;
}

static int events_many_show(struct seq_file *m, void *unused)
{
	static const unsigned int others[] = { 10, MANY_EVENTS };
	struct event event = { DOT TARGET, false };
	unsigned int i, made = 0;
	char name[40];
	int err = 0;
	long ret;
	u64 cost;

	guard(mutex)(&bench_lock);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		err = create_others(made, others[i]);
		if (err)
			break;
		made = others[i];
		snprintf(name, sizeof(name), "with %u others: ", made);
		cost = measure(own_time, 1, NULL, create_event, delete_event, &event, &ret);
		report(m, name, "create", cost, ret);
		cost = measure(own_time, 1, create_event, delete_event, NULL, &event, &ret);
		report(m, name, "delete", cost, ret);
	}
	for (i = 0; i < MANY_EVENTS; i++)
		kprobe_event_delete(other_event(i));

	return err;
}
DEFINE_SHOW_ATTRIBUTE(events_many);

/* A pointer to the function at @addr: to @desc, where the ABI has descriptors */
static void *function_pointer(unsigned long addr, func_desc_t *desc)
{
	if (!have_function_descriptors())
		return (void *)addr;

	/* All functions of the kernel have the same TOC */
	*desc = *(func_desc_t *)_printk;
	desc->addr = addr;

	return desc;
}

static struct dentry *dir;

static int __init bench_init(void)
{
	unsigned long addr[3];
	int i;

	if (!lookup)
		return -EINVAL;
	lookup_name = function_pointer(lookup, &descriptors[0]);
	addr[0] = lookup_name(DOT "kprobe_lookup_name");
	addr[1] = lookup_name(DOT "task_sched_runtime");
	addr[2] = lookup_name(DOT "kallsyms_lookup");
	for (i = 0; i < ARRAY_SIZE(addr); i++)
		if (!addr[i])
			return -ENOENT;
	kprobe_lookup = function_pointer(addr[0], &descriptors[1]);
	task_runtime = function_pointer(addr[1], &descriptors[2]);
	symbol_of_address = function_pointer(addr[2], &descriptors[3]);

	dir = debugfs_create_dir("bench", NULL);
	debugfs_create_file("hits", 0400, dir, NULL, &hits_fops);
	debugfs_create_file("call", 0400, dir, NULL, &call_fops);
	debugfs_create_file("names", 0400, dir, NULL, &names_fops);
	debugfs_create_file("registration", 0400, dir, NULL, &registration_fops);
	debugfs_create_file("arming", 0400, dir, NULL, &arming_fops);
	debugfs_create_file("arming_many", 0400, dir, NULL, &arming_many_fops);
	debugfs_create_file("events", 0400, dir, NULL, &events_fops);
	debugfs_create_file("events_many", 0400, dir, NULL, &events_many_fops);

	return PTR_ERR_OR_ZERO(dir);
}

static void __exit bench_exit(void)
{
	debugfs_remove(dir);
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("What probes cost");
MODULE_LICENSE("GPL");
