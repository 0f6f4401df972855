// SPDX-License-Identifier: GPL-2.0
/*
 * Takes all the room for modules that is in reach of a BL of the kernel when something
 * is written to its parameter take, and keeps it: what is loaded after that calls the
 * kernel by a PLT. It is not done at init, as a module has room that is free behind it.
 */

#include <linux/execmem.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sizes.h>

/* A BL reaches so far, from the other end of the kernel's text */
#define REACH	(SZ_128M + SZ_16M)

static bool in_reach(const void *p)
{
	long distance = (unsigned long)p - (unsigned long)_printk;

	return abs(distance) < REACH;
}

/* A function that is not exported */
static void *find_function(const char *name)
{
	struct kprobe kp = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	int err = register_kprobe(&kp);

	if (err)
		return ERR_PTR(err);
	unregister_kprobe(&kp);

	return kp.addr;
}

static int take(const char *val, const struct kernel_param *param)
{
	void *(*alloc)(enum execmem_type type, size_t size) = find_function("execmem_alloc");
	void (*free)(void *ptr) = find_function("execmem_free");
	size_t size;

	if (IS_ERR(alloc) || IS_ERR(free))
		return -ENOENT;

	for (size = SZ_16M; size >= PAGE_SIZE; ) {
		void *p = alloc(EXECMEM_MODULE_TEXT, size);

		if (!p)
			return -ENOMEM;
		if (in_reach(p))
			continue;
		free(p);
		size /= 2;
	}

	return 0;
}

static const struct kernel_param_ops take_ops = { .set = take };
module_param_cb(take, &take_ops, NULL, 0200);

MODULE_DESCRIPTION("Has modules loaded out of reach of the kernel");
MODULE_LICENSE("GPL");
