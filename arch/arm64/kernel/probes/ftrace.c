// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes on the entry of a function, served by ftrace.
 *
 * The probe is at the start of the function, but what is patched for it is the
 * branch to ftrace_regs_caller(), one or two instructions further on:
 * arch_kprobe_ftrace_site(). They count as one instruction, so a handler is told
 * that it has not been executed yet.
 */

#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/trace_recursion.h>

#include <asm/insn.h>

/*
 * A handler that sends the function back to its caller does so by way of
 * ftrace_stub(), which returns to whatever is in LR by then: a tracer that runs
 * after the probe may put its own return address there, or may have a direct call
 * that calls what PC says as if it were the function.
 */
static __always_inline void divert(struct pt_regs *regs)
{
	if (instruction_pointer(regs) == procedure_link_pointer(regs))
		instruction_pointer_set(regs, (unsigned long)ftrace_stub);
}

/*
 * Runs the handlers of @p, which is at @func. There is no instruction to step over:
 * the entry has been executed, and @regs go on behind it.
 */
static __always_inline void run_handlers(struct kprobe *p, unsigned long func,
					 struct pt_regs *regs)
{
	unsigned long resume = instruction_pointer(regs);

	instruction_pointer_set(regs, func);
	if (p->pre_handler && p->pre_handler(p, regs)) {
		divert(regs);
		return;
	}

	instruction_pointer_set(regs, resume);
	if (unlikely(p->post_handler))
		p->post_handler(p, regs, 0);
}

/* func_of_site() may call what can be probed, and come here again */
#define FUNC_OF_SITE_CALLS	(IS_ENABLED(CONFIG_ARM64_BTI_KERNEL) &&	\
				 !IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS))

/* The start of the function that has its ftrace site at @site */
static __always_inline unsigned long func_of_site(unsigned long site)
{
	unsigned long func = site - AARCH64_INSN_SIZE;

	if (!IS_ENABLED(CONFIG_ARM64_BTI_KERNEL))
		return func;
	if (FUNC_OF_SITE_CALLS)
		return ftrace_get_symaddr(site);

	/* If this is no landing pad, it is half of the pointer before the function */
	if (aarch64_insn_is_bti(le32_to_cpup((__le32 *)func - 1)))
		func -= AARCH64_INSN_SIZE;

	return func;
}

/*
 * Called with interrupts masked: no probe on what an interrupt runs is missed
 * meanwhile. Nothing but the handlers can be probed here, so there is no recursion
 * that kprobe_running() does not stop. Where masking is traced, that is done by
 * functions that can, but masks no interrupts again.
 */
static __always_inline void serve(struct kprobe *p, unsigned long func, struct pt_regs *regs)
{
	struct kprobe **running;

	if (unlikely(!p || kprobe_disabled(p) || kprobe_ftrace_disabled))
		return;

	running = this_cpu_ptr(&current_kprobe);
	if (unlikely(*running)) {
		kprobes_inc_nmissed_count(p);
		return;
	}

	/* Those who trace count on it. There is no need to reschedule at the end. */
	preempt_disable_notrace();
	/*
	 * kprobe_status is what the last probe has left, but neither 0 nor
	 * KPROBE_REENTER: a breakpoint in a handler is missed.
	 */
	*running = p;
	barrier();
	run_handlers(p, func, regs);
	barrier();
	*running = NULL;
	preempt_enable_no_resched_notrace();
}

/**
 * kprobe_ftrace_handler() - ftrace callback for all probes that ftrace serves
 * @ip: ftrace site
 * @parent_ip: where the function returns to
 * @ops: unused
 * @fregs: registers at the entry of the function
 */
void kprobe_ftrace_handler(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	unsigned long flags, func;
	int bit = 0;

	/* A call may still come by ftrace_caller() when the ops are there already */
	if (unlikely(!arch_ftrace_regs(fregs)->pstate))
		return;

	if (FUNC_OF_SITE_CALLS) {
		bit = ftrace_test_recursion_trylock(ip, parent_ip);
		if (bit < 0)
			return;
	}
	func = func_of_site(ip);
	local_irq_save(flags);
	serve(get_kprobe((kprobe_opcode_t *)func), func, (struct pt_regs *)fregs);
	local_irq_restore(flags);
	if (FUNC_OF_SITE_CALLS)
		ftrace_test_recursion_unlock(bit);
}
NOKPROBE_SYMBOL(kprobe_ftrace_handler);

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS
/*
 * With CALL_OPS a callsite that nobody else uses says which ops is to be called. One
 * for each list of the hash table, which is ops->private, spares to look for the list.
 * ftrace knows nothing of these: to it, kprobe_ftrace_ops is what the callsite has.
 */
static struct ftrace_ops list_ops[KPROBE_TABLE_SIZE] __ro_after_init;

/* As kprobe_ftrace_handler(), for the probes on the list of @ops */
static void kprobe_list_handler(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	unsigned long flags, func = func_of_site(ip);
	struct hlist_head *list = ops->private;
	struct kprobe *p;

	if (unlikely(!arch_ftrace_regs(fregs)->pstate))
		return;

	local_irq_save(flags);
	/* Nobody is removed from the list while interrupts are masked, as in get_kprobe() */
	hlist_for_each_entry_rcu(p, list, hlist, true) {
		if ((unsigned long)p->addr == func) {
			serve(p, func, (struct pt_regs *)fregs);
			break;
		}
	}
	local_irq_restore(flags);
}
NOKPROBE_SYMBOL(kprobe_list_handler);

/**
 * kprobe_site_ops() - the ops for a callsite that has one only
 * @site: ftrace site
 * @ops: the ops that it has
 *
 * Return: the ops for its list if kprobes has the callsite, else @ops.
 */
const struct ftrace_ops *kprobe_site_ops(unsigned long site, const struct ftrace_ops *ops)
{
	if (ops->func != kprobe_ftrace_handler)
		return ops;

	return &list_ops[hash_ptr((void *)func_of_site(site), KPROBE_HASH_BITS)];
}

void __init kprobe_init_site_ops(void)
{
	unsigned int i;

	for (i = 0; i < KPROBE_TABLE_SIZE; i++) {
		list_ops[i].func = kprobe_list_handler;
		list_ops[i].private = &kprobe_table[i];
	}
}
#endif /* CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS */

int arch_prepare_kprobe_ftrace(struct kprobe *p)
{
	p->ainsn.xol_insn = NULL;

	return 0;
}
