// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes on the entry of a function that ftrace serves.
 *
 * ftrace_caller() saves the registers that a function is called with, and no others:
 * there is no exception to take, and X9 has been overwritten before it runs. So only
 * a probe whose user has said that it needs no more than these registers
 * (KPROBE_FLAG_FTRACE_REGS) comes here. All others are breakpoints, which may be on
 * the same function at the same time: they are hit first, at the first instruction,
 * and do not know of those here.
 *
 * The probe is at the start of the function, but what is patched for it is the
 * branch to ftrace_caller(), one or two instructions further on:
 * arch_kprobe_ftrace_site(). They count as one instruction, so a handler is told
 * that it has not been executed yet.
 */

#include <linux/align.h>
#include <linux/bug.h>
#include <linux/context_tracking.h>
#include <linux/ftrace.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>

#include <asm/insn.h>

/* The probe on the function that has its ftrace site at @site */
static __always_inline struct kprobe *probe_of_site(unsigned long site)
{
	unsigned long prev = site - AARCH64_INSN_SIZE;
	struct kprobe *p;

	/*
	 * With the pointer to the ops before it, a function is aligned, and there is
	 * a landing pad if the site is not the second instruction. See
	 * ftrace_call_adjust().
	 */
	if (IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS)) {
		unsigned long in_func = IS_ENABLED(CONFIG_ARM64_BTI_KERNEL) ? prev : site;

		return get_ftrace_kprobe((void *)ALIGN_DOWN(in_func, 2 * AARCH64_INSN_SIZE));
	}

	p = get_ftrace_kprobe((void *)prev);
	if (!p && IS_ENABLED(CONFIG_ARM64_BTI_KERNEL))
		p = get_ftrace_kprobe((void *)(prev - AARCH64_INSN_SIZE));

	return p;
}

/*
 * The handler is called with what an exception would have saved, as far as ftrace
 * has it. All else reads as 0. A handler has agreed to change no register, so
 * nothing is copied back except LR, which that of a return probe replaces.
 */
static __always_inline void run_handler(struct kprobe *p, unsigned long pc,
					struct ftrace_regs *fregs, struct pt_regs *regs)
{
	struct __arch_ftrace_regs *afregs = arch_ftrace_regs(fregs);
	unsigned long fp = afregs->fp, lr = afregs->lr, sp = afregs->sp;

	/* As ftrace_partial_regs(), in an order that takes one store for two registers */
	memcpy(regs->regs, afregs->regs, sizeof(afregs->regs));
	regs->regs[29] = fp;
	regs->regs[30] = lr;
	regs->sp = sp;
	regs->pc = pc;

	/* That it does not return 0 is a bug of its user: what it wants is not done */
	WARN_ON_ONCE(p->pre_handler(p, regs));
	afregs->lr = regs->regs[30];
}

/*
 * Called with interrupts masked: no probe on what an interrupt runs is missed
 * meanwhile. What masks them may be probed, but not twice, as they are masked by then;
 * all other recursion is stopped by kprobe_running().
 */
static __always_inline void serve(struct kprobe *p, struct ftrace_regs *fregs)
{
	struct kprobe_ctlblk *kcb;
	struct kprobe **running;
	unsigned long addr;

	/* One that was just disabled may be hit for the last time, as a breakpoint may */
	if (unlikely(!p))
		return;

	/* Known from the lookup, as long as no barrier is between */
	addr = (unsigned long)p->addr;
	running = this_cpu_ptr(&current_kprobe);
	/* One register for it and not two */
	OPTIMIZER_HIDE_VAR(running);
	kcb = get_kprobe_ctlblk();
	if (unlikely(*running)) {
		kprobes_inc_nmissed_count(p);
		return;
	}

	/* For reenter_kprobe(): a breakpoint in the handler is stepped over */
	kcb->kprobe_status = KPROBE_HIT_ACTIVE;
	barrier();
	*running = p;
	barrier();
	run_handler(p, addr, fregs, &kcb->served_regs);
	barrier();
	*running = NULL;
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
	unsigned long flags;

	local_irq_save(flags);
	/*
	 * Where RCU does not watch, unregister_kprobe() does not wait for this CPU:
	 * the probe may be gone. An exception would have had RCU watch.
	 */
	if (likely(rcu_is_watching_curr_cpu() && !kprobe_ftrace_disabled))
		serve(probe_of_site(ip), fregs);
	local_irq_restore(flags);
}
NOKPROBE_SYMBOL(kprobe_ftrace_handler);

int arch_prepare_kprobe_ftrace(struct kprobe *p)
{
	unsigned long addr = (unsigned long)p->addr;
	unsigned long site = ftrace_location_range(addr, addr + 2 * AARCH64_INSN_SIZE);

	if (!site)
		return -EINVAL;

	p->ainsn.xol_insn = NULL;
	/* Where the function goes on */
	p->ainsn.xol_restore = site + AARCH64_INSN_SIZE;

	return 0;
}

unsigned long arch_kprobe_ftrace_site(const struct kprobe *p)
{
	return p->ainsn.xol_restore - AARCH64_INSN_SIZE;
}
