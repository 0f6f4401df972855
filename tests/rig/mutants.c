// SPDX-License-Identifier: GPL-2.0
/* What rig/code-mutants changes, and what it leaves alone */
#include <linux/errno.h>

static DEFINE_MUTEX(lock);

static int changed(struct thing *t, int n)
{
	int ret = 0;
	char *name = t->name;

	lockdep_assert_held(&lock);
	if (n < 0)
		return -EINVAL;
	if (n > 10 &&
	    !t->next) {
		ret = -ENOENT;
		goto out;
	} else if (ret)
		t->count++;
	mutex_lock(&lock);
	t->names[n] = find_name(t,
				name);
	if (IS_ENABLED(CONFIG_THING))
		pr_info("%s\n", name);
	while (n)
		n--;
#ifdef CONFIG_THING
	update(t);
#endif
	mutex_unlock(&lock);
out:
	return ret;
}
