/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs of the guest have in common. */

#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACEFS		"/sys/kernel/tracing/"
#define DEBUGFS		"/sys/kernel/debug/"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

/*
 * Results, by kselftest.h, whose counters are static: the one place that includes it is
 * guest.c. tap_finish() exits.
 */
void tap_plan(unsigned int tests);
void tap_result(bool passed, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void tap_finish(void) __attribute__((noreturn));

/* A test that cannot run here */
void tap_skip(const char *name, const char *why);

/*
 * What a program is told by NAME=VALUE on its command line. @usage has each NAME= that it
 * takes; anything else ends it. In the guest of the rig it is told nothing.
 */
void take_arguments(int argc, char **argv, const char *usage);
/* The VALUE of a NAME, NULL if it is not there */
const char *argument(const char *name);
unsigned long number_argument(const char *name, unsigned long otherwise);
/* The file that is the VALUE of a NAME, or /rig/NAME, until the next one */
const char *file_argument(const char *name);

/* Nothing can be tested: says why, with errno, and exits */
void die(const char *what) __attribute__((noreturn));

/* The errno of writing @text to @path, opened with @flags; only of opening it if that is NULL */
int put(const char *path, int flags, const char *text);

/* All that is in a file, to be freed; the second one is for a file that may not be there: "" */
char *contents(const char *path);
char *contents_if_any(const char *path);

/* The same, but only until the next one */
char *read_now(const char *path);

bool exists(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether the kernel has an option, by its .config */
bool configured(const char *option);

/* The errno of loading a module from a file, 0 if it is loaded */
int load_module(const char *path);

/* How far the kernel is from where its ELF file has _stext: it may be moved when it boots */
uint64_t moved_from(uint64_t stext);

/* The next of the numbers that begin with a state */
uint64_t splitmix64(uint64_t *state);

#endif
