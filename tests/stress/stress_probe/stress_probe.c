// SPDX-License-Identifier: GPL-2.0
/*
 * A function that counts its own calls, to be probed while it runs on every CPU.
 *
 * A number that is written to /sys/kernel/debug/stress_probe is how often to call
 * stress_target(). One call in so many comes from the handler of a kprobe, where the
 * probes on stress_target() must not run and have to be counted as missed. Reading
 * says how many calls there were, how many of them from a handler, and how far from
 * its start stress_target() has a nop.
 */

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#include <asm/sections.h>

#define NESTED_EVERY	16

static atomic_long_t calls, nested;
static DEFINE_MUTEX(nested_lock);

/* A nop whose address is left in the variable @name */
#define PLACE(name)					\
	asm volatile("77:	nop\n"			\
		     ".pushsection .data\n"		\
		     ".balign 8\n"			\
		     ".globl " #name "\n"		\
		     #name ": .quad 77b\n"		\
		     ".popsection")

extern unsigned long stress_target_place, stress_outer_place;

long stress_target(long n);

noinline __noclone long stress_target(long n)
{
	/* Ahead of all branches, or the compiler may have it twice */
	PLACE(stress_target_place);
	atomic_long_inc(&calls);

	return n + 1;
}

/* Probed by a trap: below ftrace a nested call would be no hit, but not missed either */
static noinline __noclone notrace void stress_outer(void)
{
	PLACE(stress_outer_place);
}

static int call_from_handler(struct kprobe *kp, struct pt_regs *regs)
{
	atomic_long_inc(&nested);
	stress_target(0);

	return 0;
}
NOKPROBE_SYMBOL(call_from_handler);

static struct kprobe outer = {
	.pre_handler = call_from_handler,
};

static ssize_t stress_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	unsigned long i, n;
	int ret;

	ret = kstrtoul_from_user(from, len, 0, &n);
	if (ret)
		return ret;

	for (i = 1; i <= n; i++) {
		if (i % NESTED_EVERY) {
			stress_target(i);
		} else {
			/* kprobes count what they miss without care for other CPUs */
			mutex_lock(&nested_lock);
			stress_outer();
			mutex_unlock(&nested_lock);
		}
	}

	return len;
}

static ssize_t stress_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	unsigned long start = (unsigned long)stress_target;
	char line[80];

	if (have_function_descriptors())
		start = ((func_desc_t *)stress_target)->addr;

	return simple_read_from_buffer(to, len, pos, line,
				       scnprintf(line, sizeof(line), "%ld %ld %lu\n",
						 atomic_long_read(&calls),
						 atomic_long_read(&nested),
						 stress_target_place - start));
}

static const struct file_operations stress_fops = {
	.owner = THIS_MODULE,
	.read = stress_read,
	.write = stress_write,
};

static struct dentry *dentry;

static int __init stress_init(void)
{
	int ret;

	outer.addr = (kprobe_opcode_t *)stress_outer_place;
	ret = register_kprobe(&outer);
	if (ret)
		return ret;
	dentry = debugfs_create_file("stress_probe", 0600, NULL, NULL, &stress_fops);

	return 0;
}

static void __exit stress_exit(void)
{
	debugfs_remove(dentry);
	unregister_kprobe(&outer);
}

module_init(stress_init);
module_exit(stress_exit);

MODULE_DESCRIPTION("A function to be probed while it runs");
MODULE_LICENSE("GPL");
