// SPDX-License-Identifier: GPL-2.0
/*
 * restricted [-u UID] [-c CAPABILITY]... COMMAND [ARG]...: runs a command as another
 * user, who has no capabilities then, or without some of them (by number).
 *
 * restricted ... perf SYMBOL: instead of a command, asks perf for a probe on a
 * function. Prints the errno.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "restricted: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* Not now, and not for a program that is executed */
static void drop_capability(unsigned int cap)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) || syscall(SYS_capget, &header, data))
		die("capability");
	data[cap / 32].effective &= ~(1U << cap % 32);
	data[cap / 32].permitted &= ~(1U << cap % 32);
	data[cap / 32].inheritable &= ~(1U << cap % 32);
	if (syscall(SYS_capset, &header, data))
		die("capset");
}

static int open_perf(const char *symbol)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .kprobe_func = (uintptr_t)symbol, .sample_period = 1,
	};
	FILE *in = fopen("/sys/bus/event_source/devices/kprobe/type", "r");

	if (!in || fscanf(in, "%u", &attr.type) != 1)
		die("kprobe/type");

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0) < 0 ? errno : 0;
}

int main(int argc, char **argv)
{
	uid_t uid = 0;
	int opt;

	while ((opt = getopt(argc, argv, "+u:c:")) != -1) {
		if (opt == 'u')
			uid = atoi(optarg);
		else if (opt == 'c')
			drop_capability(atoi(optarg));
		else
			return 125;
	}
	if (uid && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		die("setresuid");
	if (optind == argc)
		return 125;
	if (!strcmp(argv[optind], "perf") && optind + 1 < argc) {
		int err = open_perf(argv[optind + 1]);

		printf("%d\n", err);
		return err > 0;
	}
	execvp(argv[optind], argv + optind);
	die(argv[optind]);
}
