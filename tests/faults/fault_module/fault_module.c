// SPDX-License-Identifier: GPL-2.0
/*
 * Makes happen what a test cannot wait for.
 *
 * A module that disappears between the lookup of its symbol and the registration of a
 * probe: while the module "victim" is going, which is when its symbols are still there
 * and nobody can keep it any more, probes on its function "symbol" are registered. What
 * came of each is in the parameter "going". When the victim is there again, the same
 * probe is registered once more; what came of that is in "live".
 *
 * ftrace that is dead: writing to the parameter "kill_ftrace" calls ftrace_kill().
 */

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/trace_events.h>

#define NAME_SIZE	128

static char victim[MODULE_NAME_LEN] = "trace_events_sample";
module_param_string(victim, victim, sizeof(victim), 0444);

static char symbol[NAME_SIZE] = "foo_bar_reg";
module_param_string(symbol, symbol, sizeof(symbol), 0444);

static char going[NAME_SIZE];
module_param_string(going, going, sizeof(going), 0444);

static char live[NAME_SIZE];
module_param_string(live, live, sizeof(live), 0444);

static int no_handler(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(no_handler);

static int no_return_handler(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(no_return_handler);

static char full_name[MODULE_NAME_LEN + NAME_SIZE];
static kprobe_opcode_t *victim_addr;
static struct kprobe by_name = { .symbol_name = full_name, .pre_handler = no_handler };
static struct kprobe by_addr = { .pre_handler = no_handler };
static struct kretprobe on_return = {
	.kp.symbol_name = full_name,
	.handler = no_return_handler,
};

/* A probe that is taken must be given back */
static int try_probe(struct kprobe *kp)
{
	int ret = register_kprobe(kp);

	if (!ret)
		unregister_kprobe(kp);

	return ret;
}

static int try_return_probe(struct kretprobe *rp)
{
	int ret = register_kretprobe(rp);

	if (!ret)
		unregister_kretprobe(rp);

	return ret;
}

static int try_event(void)
{
	struct dynevent_cmd cmd;
	char buf[512];
	int ret;

	kprobe_event_cmd_init(&cmd, buf, sizeof(buf));
	ret = kprobe_event_gen_cmd_start(&cmd, "going", full_name);
	ret = ret ?: kprobe_event_gen_cmd_end(&cmd);
	if (!ret)
		kprobe_event_delete("going");

	return ret;
}

static int victim_changes(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *mod = data;

	if (strcmp(mod->name, victim))
		return NOTIFY_DONE;

	if (state == MODULE_STATE_GOING) {
		int name, addr, ret, event;

		name = try_probe(&by_name);
		by_addr.addr = victim_addr;
		addr = try_probe(&by_addr);
		ret = try_return_probe(&on_return);
		event = try_event();
		snprintf(going, sizeof(going), "name %d address %d return %d event %d", name, addr, ret,
			 event);
	} else if (state == MODULE_STATE_LIVE) {
		int ret = register_kprobe(&by_name);

		if (!ret) {
			victim_addr = by_name.addr;
			unregister_kprobe(&by_name);
			/* As a new one */
			by_name.addr = NULL;
			by_name.flags = 0;
		}
		snprintf(live, sizeof(live), "name %d return %d", ret, try_return_probe(&on_return));
		on_return.kp.addr = NULL;
		on_return.kp.flags = 0;
	}

	return NOTIFY_DONE;
}

static struct notifier_block victim_nb = { .notifier_call = victim_changes };

/* It is not exported. A probe finds it, wherever its pointer leads to */
static int kill_ftrace(const char *val, const struct kernel_param *unused)
{
	struct kprobe kp = { .symbol_name = "ftrace_kill", .flags = KPROBE_FLAG_DISABLED };
	void (*func)(void);
	int ret = register_kprobe(&kp);

	if (ret)
		return ret;

	func = (void (*)(void))kprobe_shown_addr(&kp);
	unregister_kprobe(&kp);
	{
#ifdef CONFIG_PPC64_ELF_ABI_V1
		/* Any function of the kernel has its TOC */
		func_desc_t desc = *(func_desc_t *)register_kprobe;

		desc.addr = (unsigned long)func;
		func = (void (*)(void))&desc;
		/* That the call reads it the compiler does not know */
		OPTIMIZER_HIDE_VAR(func);
#endif
		func();
	}

	return 0;
}

static const struct kernel_param_ops kill_ops = { .set = kill_ftrace };
module_param_cb(kill_ftrace, &kill_ops, NULL, 0200);

static int __init fault_module_init(void)
{
	snprintf(full_name, sizeof(full_name), "%s:%s", victim, symbol);

	return register_module_notifier(&victim_nb);
}
module_init(fault_module_init);

static void __exit fault_module_exit(void)
{
	unregister_module_notifier(&victim_nb);
}
module_exit(fault_module_exit);

MODULE_DESCRIPTION("Makes happen what a test cannot wait for");
MODULE_LICENSE("GPL");
