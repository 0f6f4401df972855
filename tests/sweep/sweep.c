// SPDX-License-Identifier: GPL-2.0
/*
 * Writes each line of /rig/locations, or of locations=FILE, where to place a probe, to
 * kprobe_events and says what became of the (disabled) probe:
 *
 *	LOCATION ok ADDRESS SYMBOL+OFFSET FLAGS	the line of kprobes/list; with %clones
 *						several, with ", " between them
 *	LOCATION refused ERRNO MESSAGE		from write(2) and error_log
 *
 * with a tab between LOCATION and the rest. One event is there at a time, so
 * that the lines of kprobes/list are its own. Exits with 1 if a probe stays, or is
 * neither there nor refused.
 *
 * With stext=ADDRESS, where the ELF file has _stext, the addresses are those of the file,
 * wherever the kernel is.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define LIST		DEBUGFS "kprobes/list"

/* An event has no more probes than that */
#define PROBES_MAX	16

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of kprobes/list that are not in @before, in the order of the addresses */
static unsigned int new_lines(const char *before, char *lines[PROBES_MAX])
{
	char *line = strtok(read_now(LIST), "\n");
	unsigned int nr = 0;

	for (; line && nr < PROBES_MAX; line = strtok(NULL, "\n"))
		if (!strstr(before, line))
			lines[nr++] = line;
	qsort(lines, nr, sizeof(*lines), compare_lines);

	return nr;
}

/* Writes a command to kprobe_events: 0 or the errno that it is refused with */
static int command(int fd, const char *format, ...)
{
	char buf[4200];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	if (len >= (int)sizeof(buf))
		return ENAMETOOLONG;

	errno = EIO;	/* of a short write */
	return write(fd, buf, len) == len ? 0 : errno;
}

static const char *last_error(void)
{
	char *message = NULL, *found = read_now(TRACEFS "error_log");

	while ((found = strstr(found, "error: "))) {
		found += strlen("error: ");
		message = found;
	}
	if (!message)
		return "";
	message[strcspn(message, "\n")] = 0;

	return message;
}

int main(int argc, char **argv)
{
	unsigned long long stext, moved = 0, addr;
	char *line = NULL, *before;
	size_t size = 0;
	ssize_t len;
	int fd, fd_rcu, log, ret = 0;
	FILE *in;

	/* The last line is the location that the guest died of, if it does */
	setvbuf(stdout, NULL, _IOLBF, 0);
	take_arguments(argc, argv, "[locations=FILE] [stext=ADDRESS]");
	stext = number_argument("stext", 0);
	if (stext)
		moved = moved_from(stext);
	in = fopen(file_argument("locations"), "r");
	if (!in)
		die("locations");
	fd = open(TRACEFS "kprobe_events", O_WRONLY | O_APPEND);
	if (fd < 0)
		die("kprobe_events");
	log = open(TRACEFS "error_log", O_WRONLY | O_TRUNC);
	if (log < 0)
		die("error_log");
	/* Each probe is removed before the next one is made */
	fd_rcu = open("/sys/kernel/rcu_expedited", O_WRONLY);
	if (fd_rcu < 0 || write(fd_rcu, "1", 1) != 1)
		die("rcu_expedited");
	/* Probes of the kernel itself */
	before = contents(LIST);

	while ((len = getline(&line, &size, in)) > 0) {
		char symbol[600], *list[PROBES_MAX];
		unsigned int nr, i;
		int err;

		if (line[len - 1] == '\n')
			line[len - 1] = 0;

		if (!strncmp(line, "0x", 2))
			err = command(fd, "p:sweep/e %#llx\n", strtoull(line, NULL, 16) + moved);
		else
			err = command(fd, "p:sweep/e %s\n", line);
		if (err) {
			printf("%s\trefused %d %s\n", line, err, last_error());
			close(log);
			log = open(TRACEFS "error_log", O_WRONLY | O_TRUNC);
			continue;
		}

		nr = new_lines(before, list);
		printf("%s\t%s", line, nr ? "" : "neither there nor refused");
		for (i = 0; i < nr; i++)
			if (sscanf(list[i], "%llx %*s %599s", &addr, symbol) == 2)
				printf("%sok %016llx %s%s", i ? ", " : "", addr - moved, symbol,
				       strstr(list[i], "[FTRACE]") ? " FTRACE" : "");
		printf("\n");
		ret |= !nr;

		err = command(fd, "-:sweep/e\n");
		if (err || new_lines(before, list)) {
			printf("%s\tcannot be removed: %d\n", line, err);
			ret = 1;
		}
	}

	return ret;
}
