// SPDX-License-Identifier: GPL-2.0
/*
 * Probes on many addresses at a time, by register_kprobe(): unlike a kprobe
 * event that takes functions that are not traced, too.
 *
 * Each word that is written to /sys/kernel/debug/probe_all is an address to
 * probe, in hexadecimal, and fails as register_kprobe() does. With a "d" before it
 * the probe is disabled. A "-" removes all probes. Reading says how many there are,
 * how many of them were hit, and where the last one is.
 *
 * The module has a function of which the kernel has but a clone, and one of which it
 * has several, in the suite kprobes_clone.
 */

#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MAX_PROBES	4096

struct counted_probe {
	struct kprobe kp;
	unsigned long hits;
};

static struct counted_probe probes[MAX_PROBES];
static struct kprobe *registered[MAX_PROBES];
static unsigned int num_probes;
static DEFINE_MUTEX(probes_lock);

static int count_hit(struct kprobe *kp, struct pt_regs *regs)
{
	container_of(kp, struct counted_probe, kp)->hits++;

	return 0;
}
NOKPROBE_SYMBOL(count_hit);

static int add_probe(unsigned long addr, bool disabled)
{
	struct counted_probe *p = &probes[num_probes];
	int ret;

	if (num_probes == MAX_PROBES)
		return -ENOSPC;

	*p = (struct counted_probe) {
		.kp.addr = (kprobe_opcode_t *)addr,
		.kp.pre_handler = count_hit,
		.kp.flags = disabled ? KPROBE_FLAG_DISABLED : 0,
	};
	ret = register_kprobe(&p->kp);
	if (!ret)
		registered[num_probes++] = &p->kp;

	return ret;
}

static void remove_probes(void)
{
	if (num_probes)
		unregister_kprobes(registered, num_probes);
	num_probes = 0;
}

static ssize_t probes_write(struct file *file, const char __user *from, size_t len,
			    loff_t *pos)
{
	unsigned long addr;
	bool disabled;
	char word[24];
	int ret = 0;

	if (len >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, from, len))
		return -EFAULT;
	word[len] = 0;

	disabled = word[0] == 'd';

	mutex_lock(&probes_lock);
	if (word[0] == '-')
		remove_probes();
	else if (kstrtoul(strim(word + disabled), 16, &addr))
		ret = -EINVAL;
	else
		ret = add_probe(addr, disabled);
	mutex_unlock(&probes_lock);

	return ret ?: len;
}

static ssize_t probes_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	unsigned int i, hit = 0;
	char line[80];

	mutex_lock(&probes_lock);
	for (i = 0; i < num_probes; i++)
		hit += !!probes[i].hits;
	i = scnprintf(line, sizeof(line), "%u probes, %u hit, %px\n", num_probes, hit,
		      num_probes ? probes[num_probes - 1].kp.addr : NULL);
	mutex_unlock(&probes_lock);

	return simple_read_from_buffer(to, len, pos, line, i);
}

static const struct file_operations probes_fops = {
	.owner = THIS_MODULE,
	.read = probes_read,
	.write = probes_write,
};

void kprobes_clone_constprop(void);

noinline __used void kprobes_clone_constprop(void)
{
	barrier();
}

void kprobes_clone_several(void);

noinline __used void kprobes_clone_several(void)
{
	barrier();
}

static struct dentry *dentry;

static int __init probe_all_init(void)
{
	dentry = debugfs_create_file("probe_all", 0600, NULL, NULL, &probes_fops);

	return PTR_ERR_OR_ZERO(dentry);
}

static void __exit probe_all_exit(void)
{
	debugfs_remove(dentry);
	remove_probes();
}

module_init(probe_all_init);
module_exit(probe_all_exit);

MODULE_DESCRIPTION("Probes on many addresses at a time");
MODULE_LICENSE("GPL");
