// SPDX-License-Identifier: GPL-2.0
/*
 * A module that comes and goes under the probes on its functions. It calls
 * churn_target() when it is loaded, "calls" times, and again when that is written to
 * its parameter.
 */

#include <linux/moduleparam.h>
#include <linux/module.h>

int churn_target(int n);
int churn_notrace(int n);

noinline int churn_target(int n)
{
	barrier();
	return n + 1;
}

/* A probe on this one is refused, by an event */
noinline notrace int churn_notrace(int n)
{
	barrier();
	return n - 1;
}

static int call_target(const char *val, const struct kernel_param *kp)
{
	unsigned int n;
	int ret;

	ret = kstrtouint(val, 0, &n);
	if (ret)
		return ret;
	while (n)
		n = churn_notrace(churn_target(n) - 1);

	return 0;
}

static const struct kernel_param_ops call_ops = {
	.set = call_target,
};

module_param_cb(calls, &call_ops, NULL, 0200);
MODULE_PARM_DESC(calls, "how often to call churn_target()");

static int __init churn_init(void)
{
	return call_target("100", NULL);
}

static void __exit churn_exit(void)
{
}

module_init(churn_init);
module_exit(churn_exit);

MODULE_DESCRIPTION("A module that comes and goes");
MODULE_LICENSE("GPL");
