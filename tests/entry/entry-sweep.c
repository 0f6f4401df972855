// SPDX-License-Identifier: GPL-2.0
/*
 * Places a (disabled) probe on each address of /rig/entries, or of entries=FILE, by
 * register_kprobe(), through the module probe_all, and compares where it is, or the error
 * that it is refused with, with the rest of the line:
 *
 *	ADDRESS ok SITE
 *	ADDRESS refused ERRNO
 *
 * Prints what differs and the numbers. stext=ADDRESS is where the ELF file has _stext, if
 * the kernel may be elsewhere.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define PROBES	DEBUGFS "probe_all"

int main(int argc, char **argv)
{
	unsigned int tried = 0, differ = 0, registered = 0;
	unsigned long long stext, moved = 0, addr;
	char want[16], what[32], is[48], state[128];
	int fd;
	FILE *in;

	take_arguments(argc, argv, "[entries=FILE] [stext=ADDRESS]");
	stext = number_argument("stext", 0);
	if (stext)
		moved = moved_from(stext);
	fd = open(PROBES, O_RDWR);
	if (fd < 0)
		die(PROBES);
	in = fopen(file_argument("entries"), "r");
	if (!in)
		die("entries");

	while (fscanf(in, "%llx %15s %31s", &addr, want, what) == 3) {
		char word[40], expect[64];
		int len = snprintf(word, sizeof(word), "d%llx", addr + moved);

		if (pwrite(fd, word, len, 0) == len) {
			char *at;
			ssize_t n = pread(fd, state, sizeof(state) - 1, 0);

			if (n <= 0)
				die("read " PROBES);
			state[n - 1] = 0;
			at = strrchr(state, ' ');
			snprintf(is, sizeof(is), "ok %llx",
				 strtoull(at ? at : "0", NULL, 16) - moved);
			registered++;
		} else {
			snprintf(is, sizeof(is), "refused %d", errno);
		}
		snprintf(expect, sizeof(expect), "%s %s", want, what);
		tried++;
		if (strcmp(is, expect)) {
			differ++;
			printf("%llx: %s, want %s\n", addr, is, expect);
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
