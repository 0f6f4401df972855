/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kprobe events that are created and deleted, for the KUnit suites of kprobes.
 */
#ifndef KPROBES_EVENT_KUNIT_H
#define KPROBES_EVENT_KUNIT_H

#include <kunit/test.h>
#include <linux/trace_events.h>

/* A probe on a function without an ftrace site is refused if this is set */
#define NOTRACE_ERRNO	(IS_ENABLED(CONFIG_DYNAMIC_FTRACE) && \
			 !IS_ENABLED(CONFIG_KPROBE_EVENTS_ON_NOTRACE) ? -EINVAL : 0)

/* Create the event KBUILD_MODNAME */
static int create_event(struct kunit *test, bool is_return, const char *loc)
{
	struct dynevent_cmd cmd;
	char *buf;
	int ret;

	buf = kunit_kzalloc(test, MAX_DYNEVENT_CMD_LEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);

	kprobe_event_cmd_init(&cmd, buf, MAX_DYNEVENT_CMD_LEN);
	if (is_return)
		ret = kretprobe_event_gen_cmd_start(&cmd, KBUILD_MODNAME, loc);
	else
		ret = kprobe_event_gen_cmd_start(&cmd, KBUILD_MODNAME, loc);
	KUNIT_ASSERT_EQ(test, ret, 0);

	return kprobe_event_gen_cmd_end(&cmd);
}

/* Create an event and delete it again if that worked */
static __maybe_unused int try_event(struct kunit *test, bool is_return, const char *loc)
{
	int ret = create_event(test, is_return, loc);

	if (!ret)
		KUNIT_EXPECT_EQ(test, kprobe_event_delete(KBUILD_MODNAME), 0);

	return ret;
}

#endif /* KPROBES_EVENT_KUNIT_H */
