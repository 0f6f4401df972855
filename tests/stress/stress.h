/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the stress test share. */

#ifndef STRESS_H
#define STRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define PROBES		DEBUGFS "kprobes/list"
#define TARGET		DEBUGFS "stress_probe"

/*
 * What is waited for comes within a minute, on a busy machine as well: whether it did. That
 * is a minute of the clock: to look may take long by itself.
 */
#define within_a_minute(condition) ({					\
	unsigned long end_ = seconds() + 60;				\
	bool is_;							\
									\
	while (!(is_ = (condition)) && seconds() < end_)		\
		usleep(10000);						\
	is_;								\
})

/* stress.c: the plan, and what has failed in the test that runs */
extern unsigned long seed, rounds, now_round;
extern const char *testing;
extern bool failed;

/* Of a clock that nobody sets */
unsigned long seconds(void);
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void must(int err, const char *what);
void must_put(const char *path, const char *text);

/* The same seed, round and stream give the same numbers */
struct stream {
	uint64_t state;
};

struct stream stream_of(unsigned int number);
unsigned int below(struct stream *s, unsigned int n);
/* Puts the numbers below @n in an order that depends on the stream */
void shuffle(struct stream *s, unsigned int *numbers, unsigned int n);

/* events.c: the hits of kprobe_profile are exact, they are counted per CPU */
struct counted {
	unsigned long hits, missed;
};

void event_file(char *path, size_t size, const char *event, const char *file);
int enable(const char *event, bool on);
int define(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct counted counted(const char *event);
void count_by_histogram(const char *event, const char *key, bool on);
unsigned long histogram(const char *event);

/* callers.c */
struct target {
	unsigned long calls, nested, place;
};

struct target target(void);
void start_callers(const char *path, unsigned long (*function)(int fd));
void join_callers(void);
void rest(void);
void work(void);
unsigned long calls_of_all(void);
unsigned long call_target(int fd);
unsigned long read_cmdline(int fd);

/* actions.c: all that the kernel can do to a function, once each and in any order */
void begin_actions(void);
void act(const char *function);
void end_actions(void);
/* Everything is off again */
void quiet(void);

/* rounds.c */
void remove_events(void);
void no_probe_is_left(void);

/* The tests */
void test_probes(void);
void test_switch(void);
void test_hotplug(void);
void test_modules(void);
void test_many(void);

#endif
