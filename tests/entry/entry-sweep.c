// SPDX-License-Identifier: GPL-2.0
/*
 * Places a (disabled) probe on each address of /rig/entries by register_kprobe(),
 * through the module probe_all, and compares where it is, or the error that it is
 * refused with, with the rest of the line:
 *
 *	ADDRESS ok SITE
 *	ADDRESS refused ERRNO
 *
 * Prints what differs and the numbers.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define ENTRIES	"/rig/entries"
#define PROBES	DEBUGFS "probe_all"

int main(void)
{
	unsigned int tried = 0, differ = 0, registered = 0;
	char addr[32], want[16], what[32], is[48], state[128];
	int fd = open(PROBES, O_RDWR);
	FILE *in = fopen(ENTRIES, "r");

	if (fd < 0)
		die(PROBES);
	if (!in)
		die(ENTRIES);

	while (fscanf(in, "%31s %15s %31s", addr, want, what) == 3) {
		char word[40], expect[64];
		int len = snprintf(word, sizeof(word), "d%s", addr);

		if (pwrite(fd, word, len, 0) == len) {
			char *at;
			ssize_t n = pread(fd, state, sizeof(state) - 1, 0);

			if (n <= 0)
				die("read " PROBES);
			state[n - 1] = 0;
			at = strrchr(state, ' ');
			snprintf(is, sizeof(is), "ok %s", at ? at + 1 : "?");
			registered++;
		} else {
			snprintf(is, sizeof(is), "refused %d", errno);
		}
		snprintf(expect, sizeof(expect), "%s %s", want, what);
		tried++;
		if (strcmp(is, expect)) {
			differ++;
			printf("%s: %s, want %s\n", addr, is, expect);
		}
		if (registered == 4000) {
			if (pwrite(fd, "-", 1, 0) != 1)
				die("remove the probes");
			registered = 0;
		}
	}
	if (pwrite(fd, "-", 1, 0) != 1)
		die("remove the probes");
	printf("%u instructions of entries, %u differ\n", tried, differ);

	return differ || !tried;
}
