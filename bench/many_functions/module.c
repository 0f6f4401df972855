// SPDX-License-Identifier: GPL-2.0
/*
 * 50,000 functions, for ftrace to have three times as many records as those of a small
 * kernel: what does not look at each of them costs the same.
 */

#include <linux/module.h>

static int __init many_functions_init(void)
{
	return 0;
}

static void __exit many_functions_exit(void)
{
}

module_init(many_functions_init);
module_exit(many_functions_exit);

MODULE_DESCRIPTION("Functions for ftrace to have records of");
MODULE_LICENSE("GPL");
