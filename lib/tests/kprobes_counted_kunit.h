/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes that count how often they are hit, for the KUnit suites of kprobes.
 */
#ifndef KPROBES_COUNTED_KUNIT_H
#define KPROBES_COUNTED_KUNIT_H

#include <kunit/test.h>
#include <linux/container_of.h>
#include <linux/kprobes.h>

/**
 * struct counted_probe - A probe that counts how often it is hit.
 * @kp: The probe.
 * @hits: Number of times that the handler has run.
 */
struct counted_probe {
	struct kprobe kp;
	unsigned int hits;
};

static int count_hit(struct kprobe *kp, struct pt_regs *regs)
{
	container_of(kp, struct counted_probe, kp)->hits++;

	return 0;
}
NOKPROBE_SYMBOL(count_hit);

static struct counted_probe *alloc_probe(struct kunit *test)
{
	struct counted_probe *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->kp.pre_handler = count_hit;

	return p;
}

/* The probe is refused with @err. If it is not, it does not stay either. */
static void expect_refused(struct kunit *test, struct counted_probe *p, int err)
{
	int ret = register_kprobe(&p->kp);

	KUNIT_EXPECT_EQ(test, ret, err);
	if (!ret)
		unregister_kprobe(&p->kp);
}

#ifdef CONFIG_KRETPROBES
/**
 * struct counted_return - A return probe that counts how often it is hit.
 * @rp: The probe.
 * @hits: Number of times that the handler has run.
 */
struct counted_return {
	struct kretprobe rp;
	unsigned int hits;
};

static int count_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	container_of(get_kretprobe(ri), struct counted_return, rp)->hits++;

	return 0;
}
NOKPROBE_SYMBOL(count_return);

static struct counted_return *alloc_return(struct kunit *test)
{
	struct counted_return *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->rp.handler = count_return;

	return p;
}
#endif /* CONFIG_KRETPROBES */

#endif /* KPROBES_COUNTED_KUNIT_H */
