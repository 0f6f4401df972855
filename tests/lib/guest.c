// SPDX-License-Identifier: GPL-2.0
/* What the programs of the guest have in common. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the kernel that is tested */
#include "kselftest.h"

#include "guest.h"

void tap_plan(unsigned int tests)
{
	ksft_print_header();
	ksft_set_plan(tests);
}

void tap_result(bool passed, const char *format, ...)
{
	char name[300];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	ksft_test_result(passed, "%s\n", name);
}

void tap_skip(const char *name, const char *why)
{
	ksft_test_result_skip("%s: %s\n", name, why);
}

void tap_finish(void)
{
	ksft_finished();
}

static char **arguments;

void take_arguments(int argc, char **argv, const char *usage)
{
	int i;

	for (i = 1; i < argc; i++) {
		const char *found = strchr(usage, '[');
		size_t len = strcspn(argv[i], "=") + 1;

		while (found && strncmp(found + 1, argv[i], len))
			found = strchr(found + 1, '[');
		if (!found) {
			fprintf(stderr, "usage: %s %s\n", argv[0], usage);
			exit(2);
		}
	}
	arguments = argv + 1;
}

const char *argument(const char *name)
{
	size_t len = strlen(name);
	char **arg;

	for (arg = arguments; arg && *arg; arg++)
		if (!strncmp(*arg, name, len) && (*arg)[len] == '=')
			return *arg + len + 1;

	return NULL;
}

unsigned long number_argument(const char *name, unsigned long otherwise)
{
	const char *value = argument(name);
	unsigned long number;
	char *end;

	if (!value)
		return otherwise;
	number = strtoul(value, &end, 0);
	if (!*value || *end) {
		fprintf(stderr, "%s=%s is no number\n", name, value);
		exit(2);
	}

	return number;
}

const char *file_argument(const char *name)
{
	static char path[100];
	const char *value = argument(name);

	if (value)
		return value;
	snprintf(path, sizeof(path), "/rig/%s", name);

	return path;
}

void die(const char *what)
{
	ksft_exit_fail_msg("%s: %s\n", what, strerror(errno));
}

int put(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | flags), err = 0;
	size_t len = text ? strlen(text) : 0;

	if (fd < 0)
		return errno;
	errno = EIO;	/* of a short write */
	if (len && write(fd, text, len) != (ssize_t)len)
		err = errno;
	close(fd);

	return err;
}

char *contents_if_any(const char *path)
{
	size_t size = 65536, len = 0;
	char *buf = malloc(size);
	ssize_t n;
	int fd = open(path, O_RDONLY);

	while (buf && fd >= 0 && (n = read(fd, buf + len, size - 1 - len)) > 0) {
		len += n;
		if (len == size - 1)
			buf = realloc(buf, size *= 2);
	}
	if (!buf)
		die("memory");
	if (fd >= 0)
		close(fd);
	buf[len] = 0;

	return buf;
}

char *contents(const char *path)
{
	if (access(path, R_OK))
		die(path);

	return contents_if_any(path);
}

char *read_now(const char *path)
{
	static char *text;

	free(text);
	text = contents(path);

	return text;
}

bool exists(const char *format, ...)
{
	char *path;
	bool found;
	va_list args;

	va_start(args, format);
	if (vasprintf(&path, format, args) < 0)
		die("memory");
	va_end(args);
	found = !access(path, F_OK);
	free(path);

	return found;
}

bool configured(const char *option)
{
	char *config = contents(file_argument("config")), *line;
	bool has;

	if (asprintf(&line, "\n%s=", option) < 0)
		die("memory");
	has = strstr(config, line);
	free(line);
	free(config);

	return has;
}

int load_module(const char *path)
{
	int fd = open(path, O_RDONLY), err = 0;

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = errno;
	close(fd);

	return err;
}

uint64_t moved_from(uint64_t stext)
{
	FILE *in = fopen("/proc/kallsyms", "r");
	unsigned long long addr, found = 0;
	char line[1024], name[600];

	while (in && !found && fgets(line, sizeof(line), in))
		if (sscanf(line, "%llx %*c %599s", &addr, name) == 2 && !strcmp(name, "_stext"))
			found = addr;
	if (!found)
		die("the address of _stext in /proc/kallsyms");
	fclose(in);

	return found - stext;
}

uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;

	return z ^ z >> 31;
}
