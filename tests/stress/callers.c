// SPDX-License-Identifier: GPL-2.0
/* A thread on each CPU that calls the function under test; all of them can be stopped. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "stress.h"

#define MAX_CPUS	64

struct caller {
	pthread_t thread;
	unsigned int cpu;
	atomic_ulong calls;
};

static struct caller callers[MAX_CPUS];
static unsigned int num_callers;
static atomic_bool pause_callers, stop_callers;
static atomic_uint resting;
/* Calls the function under test some times, and says how often */
static unsigned long (*call)(int fd);
static const char *call_file;

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);	/* fails while the CPU is away */
}

static void *caller(void *arg)
{
	struct caller *c = arg;
	int fd = open(call_file, O_RDWR);

	if (fd < 0)
		fd = open(call_file, O_RDONLY);
	while (!stop_callers) {
		if (pause_callers) {
			resting++;
			while (pause_callers && !stop_callers)
				usleep(1000);
			resting--;
			continue;
		}
		pin(c->cpu);
		c->calls += call(fd);
		/* Who arms the probes wants to run as well */
		usleep(500);
	}
	close(fd);

	return NULL;
}

void rest(void)
{
	pause_callers = true;
	while (resting < num_callers)
		usleep(1000);
}

void work(void)
{
	pause_callers = false;
	while (resting)
		usleep(1000);
}

void start_callers(const char *path, unsigned long (*function)(int fd))
{
	unsigned int i;

	call = function;
	call_file = path;
	stop_callers = false;
	pause_callers = true;
	num_callers = sysconf(_SC_NPROCESSORS_CONF);
	if (num_callers > MAX_CPUS)
		num_callers = MAX_CPUS;
	for (i = 0; i < num_callers; i++) {
		callers[i].cpu = i;
		callers[i].calls = 0;
		if (pthread_create(&callers[i].thread, NULL, caller, &callers[i]))
			die("pthread_create");
	}
	rest();
}

unsigned long calls_of_all(void)
{
	unsigned long n = 0;
	unsigned int i;

	for (i = 0; i < num_callers; i++)
		n += callers[i].calls;

	return n;
}

void join_callers(void)
{
	unsigned int i;

	stop_callers = true;
	for (i = 0; i < num_callers; i++)
		pthread_join(callers[i].thread, NULL);
	for (i = 0; i < num_callers; i++)
		if (!callers[i].calls)
			fail("CPU %u called nothing", i);
}

/* stress_target() of stress_probe, which counts its calls itself */
#define TARGET_BATCH	"64"

unsigned long call_target(int fd)
{
	return pwrite(fd, TARGET_BATCH, strlen(TARGET_BATCH), 0) > 0 ? atoi(TARGET_BATCH) : 0;
}

struct target target(void)
{
	struct target t = { 0, 0, 0 };
	char *all = contents_if_any(TARGET);

	if (sscanf(all, "%lu %lu %lu", &t.calls, &t.nested, &t.place) != 3)
		fail("%s: %s", TARGET, all);
	free(all);

	return t;
}

/* cmdline_proc_show() of the kernel, once for each read from the start of the file */
unsigned long read_cmdline(int fd)
{
	char buf[4096];
	unsigned long n = 0;
	int i;

	for (i = 0; i < 16; i++)
		n += pread(fd, buf, sizeof(buf), 0) > 0;

	return n;
}
