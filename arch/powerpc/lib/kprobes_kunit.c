// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for what is special about kprobes on powerpc: instructions that
 * are emulated in the state of the handler or stepped over, and functions that
 * are overridden.
 */

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/error-injection.h>
#include <linux/ftrace.h>
#include <linux/irqflags.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/hw_irq.h>
#include <asm/ptrace.h>

#include "kprobes_kunit.h"

static unsigned int hits;
static unsigned long msr_of_handler;

static int count_hit(struct kprobe *p, struct pt_regs *regs)
{
	hits++;
	msr_of_handler = mfmsr();
	return 0;
}
NOKPROBE_SYMBOL(count_hit);

static struct kprobe kp;

/* A probe on @addr, with @post_handler or NULL; it goes with the test */
static void place(struct kunit *test, kprobe_opcode_t *addr,
		  kprobe_post_handler_t post_handler)
{
	hits = 0;
	kp = (struct kprobe) {
		.addr = addr,
		.pre_handler = count_hit,
		.post_handler = post_handler,
	};
	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&kp));
}

static void kprobes_exit(struct kunit *test)
{
	if (kp.addr)
		unregister_kprobe(&kp);
	kp = (struct kprobe) {};
}

#ifdef CONFIG_PPC64
/* The handler runs with interrupts masked, the instruction finds them as they were */
static void get_soft_mask_test(struct kunit *test)
{
	unsigned long enabled, disabled, flags;

	place(test, kprobes_kunit_get_soft_mask_insn, NULL);
	enabled = kprobes_kunit_get_soft_mask();
	local_irq_save(flags);
	disabled = kprobes_kunit_get_soft_mask();
	local_irq_restore(flags);

	KUNIT_EXPECT_EQ(test, 2, hits);
	KUNIT_EXPECT_EQ(test, IRQS_ENABLED, enabled);
	KUNIT_EXPECT_EQ(test, IRQS_DISABLED, disabled);
}

/* The return from the handler keeps what the instruction has changed */
static void set_soft_mask_test(struct kunit *test)
{
	unsigned long disabled;

	place(test, kprobes_kunit_set_soft_mask_insn, NULL);
	kprobes_kunit_set_soft_mask(IRQS_DISABLED);
	disabled = irq_soft_mask_return();
	local_irq_enable();

	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_EQ(test, IRQS_DISABLED, disabled);
}
#endif /* CONFIG_PPC64 */

/* The handler takes no interrupt where the code with the probe has MSR_EE cleared */
static void hard_disabled_test(struct kunit *test)
{
	unsigned int val = 42, loaded;
	unsigned long flags;

	place(test, kprobes_kunit_load_insn, NULL);
	local_irq_save(flags);
	__hard_irq_disable();
	loaded = kprobes_kunit_load(&val);
	hard_irq_disable();
	local_irq_restore(flags);

	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_EQ(test, val, loaded);
	KUNIT_EXPECT_EQ(test, 0, msr_of_handler & MSR_EE);
}

static unsigned int *preempt_count_ptr_of_task(void)
{
	return (unsigned int *)&current_thread_info()->preempt_count;
}

/* What an inlined preempt_disable() loads is the count of the code with the probe */
static void load_preempt_count_test(struct kunit *test)
{
	unsigned int before, loaded;

	place(test, kprobes_kunit_load_insn, NULL);
	before = preempt_count();
	loaded = kprobes_kunit_load(preempt_count_ptr_of_task());

	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_EQ(test, before, loaded);
	KUNIT_EXPECT_EQ(test, before, preempt_count());
}

/* The handler does not change what an inlined preempt_disable() has stored */
static void store_preempt_count_test(struct kunit *test)
{
	unsigned int before, after;

	place(test, kprobes_kunit_store_insn, NULL);
	before = preempt_count();
	kprobes_kunit_store(preempt_count_ptr_of_task(), before + 1);
	after = preempt_count();
	preempt_count_set(before);

	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_EQ(test, before + 1, after);
}

#define SMALL_FRAME	64

static void fault_post_handler(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
	/* The last page of the address space is not mapped */
	unsigned long val, *nowhere = (unsigned long *)-SZ_4K;

	if (copy_from_kernel_nofault(&val, nowhere, sizeof(val)))
		hits++;
}
NOKPROBE_SYMBOL(fault_post_handler);

/* An exception in the post_handler leaves the store to the return from the probe */
static void stack_store_after_fault_test(struct kunit *test)
{
	place(test, kprobes_kunit_frame_insn, fault_post_handler);

	KUNIT_EXPECT_EQ(test, 0, kprobes_kunit_frame(-SMALL_FRAME));
	KUNIT_EXPECT_EQ(test, 2, hits);
}

/* Call @store, which has @insn store below its stack, with all sizes up to a page */
static void stack_store_of_any_size(struct kunit *test, kprobe_opcode_t *insn,
				    unsigned long (*store)(long offset))
{
	unsigned int size, calls = 0;

	place(test, insn, NULL);
	for (size = SMALL_FRAME; size <= SZ_4K; size += 16, calls++)
		KUNIT_ASSERT_EQ_MSG(test, 0, store(-(long)size), "%u bytes", size);
	KUNIT_EXPECT_EQ(test, calls, hits);
}

/* The handler is called on the stack that the instruction stores to */
static void stack_store_of_frame_test(struct kunit *test)
{
	stack_store_of_any_size(test, kprobes_kunit_frame_insn, kprobes_kunit_frame);
}

/* The same with a store of another register, as that of alloca() */
static void stack_store_of_register_test(struct kunit *test)
{
	stack_store_of_any_size(test, kprobes_kunit_alloca_insn, kprobes_kunit_alloca);
}

static void count_post_handler(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
	hits++;
}
NOKPROBE_SYMBOL(count_post_handler);

/* An instruction that is not emulated is stepped over, and leaves the MSR as it was */
static void single_step_test(struct kunit *test)
{
	unsigned long flags, msr, msr_after, version;
	bool disabled, disabled_after;

	place(test, kprobes_kunit_step_insn, count_post_handler);
	msr = mfmsr();
	version = kprobes_kunit_step();
	msr_after = mfmsr();
	disabled = irqs_disabled();
	KUNIT_EXPECT_EQ(test, 2, hits);
	KUNIT_EXPECT_EQ(test, mfspr(SPRN_PVR), version);
	KUNIT_EXPECT_EQ(test, msr, msr_after);
	KUNIT_EXPECT_FALSE(test, disabled);

	local_irq_save(flags);
	/* An interrupt that comes now clears MSR_EE */
	msr = mfmsr() | MSR_EE;
	version = kprobes_kunit_step();
	msr_after = mfmsr() | MSR_EE;
	disabled_after = irqs_disabled();
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, msr, msr_after);
	KUNIT_EXPECT_EQ(test, 4, hits);
	KUNIT_EXPECT_EQ(test, mfspr(SPRN_PVR), version);
	KUNIT_EXPECT_TRUE(test, disabled_after);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static unsigned long stepped;
static int words_read;

KUNIT_DEFINE_ACTION_WRAPPER(vfree_action, vfree, const void *);

/* In the guard page behind a page of vmalloc() */
static const unsigned int *no_word;

/* In the last page of the address space: on 64-bit Book3S a Data Segment interrupt */
static const unsigned int *const no_segment = (const unsigned int *)-SZ_4K;

static void find_no_word(struct kunit *test)
{
	void *page = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, vfree_action, page));
	no_word = page + PAGE_SIZE;
}

static int step_in_handler(struct kprobe *p, struct pt_regs *regs)
{
	stepped &= kprobes_kunit_step();
	return 0;
}
NOKPROBE_SYMBOL(step_in_handler);

static int fault_in_handler(struct kprobe *p, struct pt_regs *regs)
{
	words_read |= kprobes_kunit_read(no_word) + EFAULT;
	words_read |= kprobes_kunit_read(no_segment) + EFAULT;
	return 0;
}
NOKPROBE_SYMBOL(fault_in_handler);

/* Hit a probe with @handler twice. The placed probe is missed @missed times in it. */
static void call_with(struct kunit *test, kprobe_pre_handler_t handler,
		      unsigned long missed)
{
	unsigned long flags, msr = mfmsr(), msr_after;
	struct kprobe outer = {
		.addr = kprobes_kunit_load_insn,
		.pre_handler = handler,
	};
	unsigned int val = 42, loaded;
	bool disabled;

	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&outer));
	loaded = kprobes_kunit_load(&val);
	msr_after = mfmsr();
	disabled = irqs_disabled();
	local_irq_save(flags);
	loaded += kprobes_kunit_load(&val);
	local_irq_restore(flags);
	unregister_kprobe(&outer);

	KUNIT_EXPECT_EQ(test, 84, loaded);
	KUNIT_EXPECT_EQ(test, msr, msr_after);
	KUNIT_EXPECT_FALSE(test, disabled);
	KUNIT_EXPECT_EQ(test, 0, outer.nmissed);
	KUNIT_EXPECT_EQ(test, missed, kp.nmissed);
	KUNIT_EXPECT_EQ(test, 0, hits);
}

/* The same in the handler of another probe, where the probe is missed */
static void single_step_in_handler_test(struct kunit *test)
{
	stepped = mfspr(SPRN_PVR);
	place(test, kprobes_kunit_step_insn, NULL);
	call_with(test, step_in_handler, 2);
	KUNIT_EXPECT_EQ(test, mfspr(SPRN_PVR), stepped);
}

/* What faults when it is stepped over goes on where the fault says */
static void single_step_fault_test(struct kunit *test)
{
	unsigned int word = 0;
	unsigned long msr;

	find_no_word(test);
	place(test, kprobes_kunit_read_insn, NULL);
	KUNIT_EXPECT_EQ(test, 0, kprobes_kunit_read(&word));
	msr = mfmsr();
	KUNIT_EXPECT_EQ(test, -EFAULT, kprobes_kunit_read(no_word));
	KUNIT_EXPECT_EQ(test, -EFAULT, kprobes_kunit_read(no_segment));
	KUNIT_EXPECT_EQ(test, msr, mfmsr());
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, 3, hits);
}

static void single_step_fault_in_handler_test(struct kunit *test)
{
	find_no_word(test);
	place(test, kprobes_kunit_read_insn, NULL);
	words_read = 0;
	call_with(test, fault_in_handler, 4);
	KUNIT_EXPECT_EQ(test, 0, words_read);
}

static DEFINE_SPINLOCK(work_lock);

static void work_timer_fn(struct timer_list *timer)
{
}

static DEFINE_TIMER(work_timer, work_timer_fn);

noinline unsigned long kprobes_kunit_work(unsigned long arg);

/* Masks interrupts and preemption, inlined and by calls, has a large frame, and calculates */
noinline unsigned long kprobes_kunit_work(unsigned long arg)
{
	char large_frame[SZ_1K];
	unsigned long flags;
	unsigned int i;
	void *buf;

	local_irq_save(flags);
	barrier();
	local_irq_restore(flags);

	preempt_disable();
	barrier();
	preempt_enable();

	spin_lock_irqsave(&work_lock, flags);
	spin_unlock_irqrestore(&work_lock, flags);

	buf = kmalloc(snprintf(large_frame, sizeof(large_frame), "%pS %d", work_timer_fn, 42),
		      GFP_KERNEL);
	kfree(buf);

	mod_timer(&work_timer, jiffies + 1);
	timer_delete_sync(&work_timer);
	schedule_timeout_uninterruptible(1);

	for (i = 0; i < 8; i++) {
		OPTIMIZER_HIDE_VAR(arg);
		if (arg & 1)
			arg = (arg >> 1) * large_frame[i];
		else
			arg = rol32(arg, i) + (arg ^ 0x12345678) / 3;
	}

	return arg;
}

/* What a task is left with and gets, wherever there was a probe on its way */
static void every_instruction_test(struct kunit *test)
{
	unsigned long addr = (unsigned long)dereference_function_descriptor(kprobes_kunit_work);
	unsigned int count = preempt_count(), probes = 0, refused = 0, hit = 0;
	unsigned long result = kprobes_kunit_work(addr);
	unsigned long size, offset, done;

	KUNIT_ASSERT_TRUE(test, kallsyms_lookup_size_offset(addr, &size, &offset));

	for (done = 0; done < size - offset; done += 4) {
		struct kprobe each = {
			.addr = (kprobe_opcode_t *)(addr + done),
			.pre_handler = count_hit,
		};
		unsigned long result_after;
		unsigned int count_after;
		bool disabled;
		int ret;

		hits = 0;
		ret = register_kprobe(&each);
		if (ret) {
			KUNIT_EXPECT_TRUE(test, ret == -EINVAL || ret == -EILSEQ);
			refused++;
			continue;
		}
		/* A detour buffer has to leave behind what the trap does */
		wait_for_kprobe_optimizer();
		result_after = kprobes_kunit_work(addr);
		count_after = preempt_count();
		disabled = irqs_disabled();
		preempt_count_set(count);
		local_irq_enable();
		unregister_kprobe(&each);

		KUNIT_EXPECT_EQ_MSG(test, count, count_after, "+0x%lx", done);
		KUNIT_EXPECT_FALSE_MSG(test, disabled, "+0x%lx", done);
		KUNIT_EXPECT_NE(test, 0, mfmsr() & MSR_EE);
		KUNIT_EXPECT_EQ_MSG(test, result, result_after, "+0x%lx", done);
		if (hits)
			hit++;
		probes++;
	}
	KUNIT_EXPECT_GT(test, probes, refused);
	KUNIT_EXPECT_GT(test, hit, 0);
}

/* Is a probe at @addr or @name accepted? It is not armed, and goes again. */
static int try_place(kprobe_opcode_t *addr, const char *name)
{
	struct kprobe each = {
		.addr = addr,
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int ret = register_kprobe(&each);

	if (!ret)
		unregister_kprobe(&each);

	return ret;
}

/* Code that no trap can return to is not probed */
static void refused_test(struct kunit *test)
{
	const char *const *name = test->param_value;
	int ret = try_place(NULL, *name);

	if (ret == -ENOENT)
		kunit_skip(test, "not in this kernel");
	KUNIT_EXPECT_EQ(test, -EINVAL, ret);
}

static const char * const refused_names[] = {
#ifdef CONFIG_PPC64
	"arch_local_irq_restore",
#endif
	"do_program_check",
	"interrupt_exit_kernel_prepare",
#ifdef CONFIG_PPC64
	"interrupt_exit_kernel_restart",
	"interrupt_exit_user_restart",
	"syscall_exit_restart",
#endif
	"interrupt_exit_user_prepare",
	"syscall_exit_prepare",
#ifdef CONFIG_VSX
	"load_up_vsx",
#endif
#ifdef CONFIG_PPC_PSERIES
	"plpar_hcall_norets_notrace",
#endif
};

static void name_desc(const char * const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused_names, name_desc);

/* The step of an instruction that sets MSR_EE would be undone. Never executed. */
static void refused_insn_test(struct kunit *test)
{
	int i;

	for (i = 0; i < KPROBES_KUNIT_NR_REFUSED; i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    try_place(&kprobes_kunit_refused_insns[i], NULL),
				    "instruction %d", i);
}

/* Nor is an instruction between larx and stcx, behind which a probe is fine */
static void reservation_test(struct kunit *test)
{
	unsigned int insn, val = 0;

	for (insn = 0; insn < 3; insn++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    try_place(&kprobes_kunit_atomic_inc_insn[insn], NULL),
				    "instruction %u", insn);

	place(test, &kprobes_kunit_atomic_inc_insn[insn], NULL);
	kprobes_kunit_atomic_inc(&val);
	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_EQ(test, 1, val);
}

#ifdef CONFIG_KRETPROBES
static unsigned long access_of_handler, access_of_return;

/* What a handler leaves that has read from user space */
static int close_user_access(struct kprobe *p, struct pt_regs *regs)
{
	hits++;
	access_of_handler = user_access_save();

	return 0;
}
NOKPROBE_SYMBOL(close_user_access);

static int close_user_access_at_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	hits++;
	access_of_return = user_access_save();

	return 0;
}
NOKPROBE_SYMBOL(close_user_access_at_return);

/* User space is closed in the handlers, and as it was for the code with the probes */
static void user_access_test(struct kunit *test)
{
	struct kretprobe rp = {
		.kp.symbol_name = "kprobes_kunit_add",
		.handler = close_user_access_at_return,
	};
	unsigned long closed, opened, after, sum;

	hits = 0;
	kp = (struct kprobe) {
		.addr = kprobes_kunit_add_insn,
		.pre_handler = close_user_access,
	};
	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&kp));
	KUNIT_ASSERT_EQ(test, 0, register_kretprobe(&rp));
	wait_for_kprobe_optimizer();

	closed = user_access_save();
	allow_user_access(NULL, KUAP_READ_WRITE);
	opened = user_access_save();
	user_access_restore(opened);
	sum = kprobes_kunit_add(41);
	after = user_access_save();
	user_access_restore(closed);
	unregister_kretprobe(&rp);

	KUNIT_EXPECT_EQ(test, 2, hits);
	KUNIT_EXPECT_EQ(test, 42, sum);
	if (opened == closed)
		kunit_skip(test, "needs KUAP");
	KUNIT_EXPECT_EQ(test, opened, after);
	KUNIT_EXPECT_EQ(test, closed, access_of_handler);
	KUNIT_EXPECT_EQ(test, closed, access_of_return);
}
#endif

#ifdef CONFIG_FUNCTION_ERROR_INJECTION
static int override(struct kprobe *p, struct pt_regs *regs)
{
	hits++;
	regs_set_return_value(regs, -EIO);
	override_function_with_return(regs);
	return 1;
}
NOKPROBE_SYMBOL(override);

static void place_override(struct kunit *test, const char *name)
{
	hits = 0;
	kp = (struct kprobe) {
		.symbol_name = name,
		.pre_handler = override,
	};
	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&kp));
}

/* More than the live patches of a stack have room for */
#define NUM_OVERRIDES	2000

noinline int kprobes_kunit_traced(void);

noinline int kprobes_kunit_traced(void)
{
	int ret = 0;

	/* The compiler shall not tell the callers what this returns, nor call it once for all */
	OPTIMIZER_HIDE_VAR(ret);
	barrier();
	return ret;
}
ALLOW_ERROR_INJECTION(kprobes_kunit_traced, ERRNO);

/* A function that is overridden leaves nothing on the stack of the live patches */
static void override_traced_test(struct kunit *test)
{
#ifdef CONFIG_LIVEPATCH_64
	unsigned long *before = current_thread_info()->livepatch_sp;
#endif
	int i;

	place_override(test, "kprobes_kunit_traced");
	for (i = 0; i < NUM_OVERRIDES; i++) {
		KUNIT_ASSERT_EQ(test, -EIO, kprobes_kunit_traced());
#ifdef CONFIG_LIVEPATCH_64
		KUNIT_ASSERT_PTR_EQ(test, before, current_thread_info()->livepatch_sp);
#endif
	}
	KUNIT_EXPECT_EQ(test, NUM_OVERRIDES, hits);
}

ALLOW_ERROR_INJECTION(kprobes_kunit_override, ERRNO);

/* The same, when a probe would be optimized that is not on what may be overridden */
static void override_optimized_test(struct kunit *test)
{
	place_override(test, "kprobes_kunit_override");
	wait_for_kprobe_optimizer();
	KUNIT_EXPECT_EQ(test, -EIO, kprobes_kunit_override());
	KUNIT_EXPECT_EQ(test, 1, hits);
}
#endif /* CONFIG_FUNCTION_ERROR_INJECTION */

#ifdef CONFIG_KRETPROBES
static int count_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	hits++;
	return 0;
}
NOKPROBE_SYMBOL(count_return);

/* What a function of assembly leaves outside of r3 passes a return probe */
static void keep_registers_test(struct kunit *test)
{
	const unsigned long want[] = {
		1, 6, 7, 8, 9, 10, 11, 12, 13, 100, 0x20000000, 0x12345678, 12, 13,
	};
	unsigned long kept[ARRAY_SIZE(want)] = {};
	struct kretprobe rp = {
		.kp.symbol_name = "kprobes_kunit_keep",
		.handler = count_return,
	};

	static_assert(ARRAY_SIZE(want) == KPROBES_KUNIT_NR_KEPT);

	kprobes_kunit_call_keep(kept);
	KUNIT_ASSERT_MEMEQ(test, want, kept, sizeof(want));

	memset(kept, 0, sizeof(kept));
	hits = 0;
	KUNIT_ASSERT_EQ(test, 0, register_kretprobe(&rp));
	kprobes_kunit_call_keep(kept);
	unregister_kretprobe(&rp);

	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_MEMEQ(test, want, kept, sizeof(want));
}

static unsigned long saved_lr;
static bool irqs_were_off;
static int is_reliable;

static int change_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long __maybe_unused entries[64];

	hits++;
	saved_lr = ((unsigned long *)regs->gpr[1])[STACK_FRAME_LR_SAVE];
	irqs_were_off = irqs_disabled();
#if defined(CONFIG_STACKTRACE) && defined(CONFIG_HAVE_RELIABLE_STACKTRACE)
	is_reliable = stack_trace_save_tsk_reliable(current, entries, ARRAY_SIZE(entries));
#endif
	regs_set_return_value(regs, regs_return_value(regs) + 1);
	/* Those of the caller are not changed by this */
	memset(&regs->gpr[14], 0, 18 * sizeof(regs->gpr[0]));

	return 0;
}
NOKPROBE_SYMBOL(change_return);

/*
 * A return probe changes the result, with interrupts as they were. The unwinder finds
 * the trampoline where a leaf function, as this, has not saved its LR.
 */
static void change_return_test(struct kunit *test)
{
	struct kretprobe rp = {
		.kp.symbol_name = "kprobes_kunit_add",
		.handler = change_return,
	};
	unsigned long sum;

	hits = 0;
	is_reliable = -EINVAL;
	KUNIT_ASSERT_EQ(test, 0, register_kretprobe(&rp));
	sum = kprobes_kunit_add(41);
	unregister_kretprobe(&rp);

	KUNIT_EXPECT_EQ(test, 1, hits);
	KUNIT_EXPECT_EQ(test, 43, sum);
	KUNIT_EXPECT_EQ(test, (unsigned long)arch_rethook_trampoline, saved_lr);
	KUNIT_EXPECT_FALSE(test, irqs_were_off);
	KUNIT_EXPECT_EQ(test, -EINVAL, is_reliable);
}
#endif

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
static unsigned int sites;

static int check_symaddr(void *data, const char *name, unsigned long addr)
{
	struct kunit *test = data;
	unsigned long site = ftrace_location(addr);

	if (!site || site < addr || site - addr > FTRACE_MCOUNT_MAX_OFFSET)
		return 0;
	/* An overridden weak function has its site behind that of another symbol */
	if (site > addr && ftrace_location_range(addr, site - 1))
		return 0;

	sites++;
	KUNIT_EXPECT_EQ_MSG(test, addr, ftrace_get_symaddr(site), "%s", name);

	return test->status == KUNIT_FAILURE;
}

/* Each function that is traced is found by the place at which it is traced */
static void symaddr_test(struct kunit *test)
{
	sites = 0;
	kallsyms_on_each_symbol(check_symaddr, test);
	KUNIT_EXPECT_GT(test, sites, 1000);
}
#endif

static struct kunit_case kprobes_cases[] = {
#ifdef CONFIG_PPC64
	KUNIT_CASE(get_soft_mask_test),
	KUNIT_CASE(set_soft_mask_test),
#endif
	KUNIT_CASE(hard_disabled_test),
	KUNIT_CASE(load_preempt_count_test),
	KUNIT_CASE(store_preempt_count_test),
	KUNIT_CASE(stack_store_after_fault_test),
	KUNIT_CASE(stack_store_of_frame_test),
	KUNIT_CASE(stack_store_of_register_test),
	KUNIT_CASE(single_step_test),
	KUNIT_CASE(single_step_in_handler_test),
	KUNIT_CASE(single_step_fault_test),
	KUNIT_CASE(single_step_fault_in_handler_test),
	KUNIT_CASE(every_instruction_test),
	KUNIT_CASE_PARAM(refused_test, refused_gen_params),
	KUNIT_CASE(refused_insn_test),
	KUNIT_CASE(reservation_test),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE(user_access_test),
#endif
#ifdef CONFIG_FUNCTION_ERROR_INJECTION
	KUNIT_CASE(override_traced_test),
	KUNIT_CASE(override_optimized_test),
#endif
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE(keep_registers_test),
	KUNIT_CASE(change_return_test),
#endif
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
	KUNIT_CASE(symaddr_test),
#endif
	{}
};

static struct kunit_suite kprobes_suite = {
	.name = "kprobes_powerpc",
	.exit = kprobes_exit,
	.test_cases = kprobes_cases,
};

kunit_test_suite(kprobes_suite);

MODULE_DESCRIPTION("KUnit tests for kprobes on powerpc");
MODULE_LICENSE("GPL");
