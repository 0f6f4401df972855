// SPDX-License-Identifier: GPL-2.0
/*
 * What BPF sees of a probe on the entry of a function: bpf_get_func_ip() and the
 * information on the link have to say where the function starts, which
 * /proc/kallsyms does. The kernel's own BPF selftests check the same, but need
 * BTF and a compiler for BPF. Then the probes that perf and libbpf open without
 * tracefs: by name, by name and offset, by address. Then where a program may
 * override a function.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the kernel that is tested: what the C library comes with may be older */
#include "bpf.h"

#include "guest.h"

#define FUNCTION	"kernel_clone"
#define TRACING		"/sys/kernel/tracing"
#define INSN(_code, _dst, _src, _off, _imm) \
	{ .code = (_code), .dst_reg = (_dst), .src_reg = (_src), .off = (_off), .imm = (_imm) }

static void check(bool good, const char *what, uint64_t is, uint64_t want)
{
	if (!good)
		printf("# %s is %#" PRIx64 ", want %#" PRIx64 "\n", what, is, want);
	tap_result(good, "%s", what);
}

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Where the code of FUNCTION starts */
static uint64_t function_start(void)
{
	uint64_t addr, start = 0;
	char line[1024], name[600];
	FILE *in = fopen("/proc/kallsyms", "r");

	if (!in)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%" SCNx64 " %*c %599s", &addr, name) != 2)
			continue;
		if (!strcmp(name, FUNCTION) && !start)
			start = addr;
	}
	fclose(in);

	return start;
}

static unsigned int kprobe_type(void)
{
	unsigned int type;
	FILE *in = fopen("/sys/bus/event_source/devices/kprobe/type", "r");

	if (!in || fscanf(in, "%u", &type) != 1)
		die("the type of kprobe events");
	fclose(in);

	return type;
}

static int create_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(uint64_t),
		.max_entries = 1,
	};
	int fd = bpf(BPF_MAP_CREATE, &attr);

	if (fd < 0)
		die("BPF_MAP_CREATE");

	return fd;
}

static int load(const struct bpf_insn *insns, unsigned int num, unsigned int attach_type)
{
	static char log[65536];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.expected_attach_type = attach_type,
		.insns = (uintptr_t)insns,
		.insn_cnt = num,
		.license = (uintptr_t)"GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0) {
		fputs(log, stdout);
		die("BPF_PROG_LOAD");
	}

	return fd;
}

/* Stores what bpf_get_func_ip() returns into the map */
static int load_program(int map, unsigned int attach_type)
{
	const struct bpf_insn insns[] = {
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_func_ip),
		INSN(BPF_STX | BPF_MEM | BPF_DW, 10, 0, -8, 0),
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -12, 0),
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -12),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 3, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, -8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, BPF_ANY),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_update_elem),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return load(insns, sizeof(insns) / sizeof(insns[0]), attach_type);
}

/* One call of FUNCTION: what the program has stored */
static void check_func_ip(const char *kind, int map, uint64_t start)
{
	uint64_t ip = 0;
	uint32_t key = 0;
	union bpf_attr attr;
	char what[128];

	if (!fork())
		_exit(0);
	wait(NULL);

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = map;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&ip;
	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		die("BPF_MAP_LOOKUP_ELEM");
	snprintf(what, sizeof(what), "bpf_get_func_ip() of a %s", kind);
	check(ip == start, what, ip, start);
}

static void test_probe(int is_return, uint64_t start)
{
	const char *kind = is_return ? "return probe" : "probe";
	int map = create_map(), prog = load_program(map, 0), event, link;
	struct perf_event_attr event_attr = {
		.size = sizeof(event_attr),
		.type = kprobe_type(),
		.config = is_return,
		.kprobe_func = (uintptr_t)FUNCTION,
	};
	struct bpf_link_info info = { 0 };
	char name[64], what[128];
	union bpf_attr attr;

	event = syscall(SYS_perf_event_open, &event_attr, -1, 0, -1, 0);
	if (event < 0)
		die("perf_event_open");
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog;
	attr.link_create.target_fd = event;
	attr.link_create.attach_type = BPF_PERF_EVENT;
	link = bpf(BPF_LINK_CREATE, &attr);
	if (link < 0)
		die("BPF_LINK_CREATE");

	check_func_ip(kind, map, start);

	info.perf_event.kprobe.func_name = (uintptr_t)name;
	info.perf_event.kprobe.name_len = sizeof(name);
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = link;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		die("BPF_OBJ_GET_INFO_BY_FD");
	snprintf(what, sizeof(what), "address in the link of a %s", kind);
	check(info.perf_event.kprobe.addr == start, what, info.perf_event.kprobe.addr, start);
	snprintf(what, sizeof(what), "offset in the link of a %s", kind);
	check(!info.perf_event.kprobe.offset, what, info.perf_event.kprobe.offset, 0);

	close(link);
	close(event);
	close(prog);
	close(map);
}

/* Many functions at once, which is fprobe's */
static void test_multi(int is_return, uint64_t start)
{
	const char *kind = is_return ? "return multi probe" : "multi probe";
	int map = create_map(), prog = load_program(map, BPF_TRACE_KPROBE_MULTI), link;
	const char *symbol = FUNCTION;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = BPF_TRACE_KPROBE_MULTI;
	attr.link_create.kprobe_multi.cnt = 1;
	attr.link_create.kprobe_multi.syms = (uintptr_t)&symbol;
	attr.link_create.kprobe_multi.flags = is_return ? BPF_F_KPROBE_MULTI_RETURN : 0;
	link = bpf(BPF_LINK_CREATE, &attr);
	if (link >= 0)
		check_func_ip(kind, map, start);
	else
		die("BPF_LINK_CREATE of a multi probe");

	close(link);
	close(prog);
	close(map);
}

/*
 * Counts one call of FUNCTION. The offset from @func, or the address if that is NULL, is
 * @place: they are one field of the attributes.
 */
static void test_count(const char *kind, const char *func, uint64_t place)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = kprobe_type(),
		.kprobe_func = (uintptr_t)func,
		.probe_offset = place,
	};
	int event = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	uint64_t count = 0;
	char what[128];

	if (event < 0) {
		printf("# %s: %s\n", kind, strerror(errno));
	} else {
		if (!fork())
			_exit(0);
		wait(NULL);
		if (read(event, &count, sizeof(count)) != sizeof(count))
			die("the count of a perf event");
		close(event);
	}
	snprintf(what, sizeof(what), "calls that a perf event counts, by %s", kind);
	check(count == 1, what, count, 1);
}

/* An error, or 0 */
static int try_probe(const char *definition)
{
	/* fopen() would seek the end of it */
	int fd = open(TRACING "/kprobe_events", O_WRONLY | O_APPEND), err = 0;

	if (fd < 0 || write(fd, definition, strlen(definition)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);

	return err;
}

static void add_probe(const char *definition)
{
	errno = try_probe(definition);
	if (errno)
		die(definition);
}

/* A perf event of @pid for the event in tracefs, with the program, or -1 if it is not let in */
static int open_event(int prog, int pid, int cpu, int disabled)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.disabled = disabled,
	};
	FILE *in = fopen(TRACING "/events/kprobes/bpf_entry/id", "r");
	unsigned int id;
	int event;

	if (!in || fscanf(in, "%u", &id) != 1)
		die("the id of the event");
	fclose(in);
	attr.config = id;
	event = syscall(SYS_perf_event_open, &attr, pid, cpu, -1, 0);
	if (event < 0)
		die("perf_event_open of an event in tracefs");
	if (ioctl(event, PERF_EVENT_IOC_SET_BPF, prog)) {
		close(event);
		return -1;
	}

	return event;
}

/* Is a program that overrides a function let in on the event? It is never enabled. */
static bool may_override(int prog)
{
	int event = open_event(prog, -1, 0, 1);

	if (event < 0)
		return false;
	close(event);

	return true;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/* Of the event, in the trace */
static unsigned int records(void)
{
	FILE *in = fopen(TRACING "/trace", "r");
	unsigned int n = 0;
	char line[1024];

	if (!in)
		die(TRACING "/trace");
	while (fgets(line, sizeof(line), in))
		n += !!strstr(line, " bpf_entry: ");
	fclose(in);

	return n;
}

/* The event gets the function of a system call that may be overridden */
static void add_syscall(const char *syscall_name)
{
	FILE *in = fopen("/sys/kernel/debug/error_injection/list", "r");
	char line[512], definition[sizeof(line) + 32];

	if (!in)
		die("the list of error injection");
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\t")] = '\0';
		if (strstr(line, "compat") || strstr(line, "ia32") || strlen(line) < strlen(syscall_name) ||
		    strcmp(line + strlen(line) - strlen(syscall_name), syscall_name))
			continue;
		snprintf(definition, sizeof(definition), "p:kprobes/bpf_entry %s", line);
		add_probe(definition);
		fclose(in);
		return;
	}
	die(syscall_name);
}

/* A call that a program overrides is recorded as any other, by a user who looks at the same event */
static void test_override_recorded(int prog)
{
	unsigned int failed = 0, i;
	int event;

	add_syscall("sys_getsid");
	write_file(TRACING "/events/kprobes/bpf_entry/enable", "1");
	event = open_event(prog, 0, -1, 0);
	if (event < 0)
		die("a program that overrides a system call");
	write_file(TRACING "/trace", "");
	for (i = 0; i < 3; i++)
		failed += syscall(SYS_getsid, 0) < 0 && errno == EIO;
	check(failed == 3, "calls that a program overrides", failed, 3);
	check(records() == 3, "records of them", records(), 3);
	close(event);
	check(syscall(SYS_getsid, 0) >= 0 && records() == 4, "records with one of a call that is let through",
	      records(), 4);
	write_file(TRACING "/events/kprobes/bpf_entry/enable", "0");
	add_probe("-:kprobes/bpf_entry");
}

/* A program may override the functions of the list only, whichever probe of the event is hit */
static void test_override(void)
{
	const struct bpf_insn insns[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, -EIO),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_override_return),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	int prog = load(insns, sizeof(insns) / sizeof(insns[0]), 0), event, err;

	add_probe("p:kprobes/bpf_entry __filemap_add_folio");
	check(may_override(prog), "override where that is allowed", 0, 1);
	add_probe("p:kprobes/bpf_entry " FUNCTION);
	check(!may_override(prog), "override refused for an event with another function", 1, 0);
	add_probe("-:kprobes/bpf_entry");
	add_probe("p:kprobes/bpf_entry __filemap_add_folio");
	event = open_event(prog, -1, 0, 1);
	if (event < 0)
		die("a program that overrides");
	err = try_probe("p:kprobes/bpf_entry " FUNCTION);
	check(err == EEXIST, "another function refused for an event with override", err, EEXIST);
	close(event);
	err = try_probe("p:kprobes/bpf_entry " FUNCTION);
	check(!err, "another function when the program has gone", err, 0);
	add_probe("-:kprobes/bpf_entry");
	add_probe("p:kprobes/bpf_entry no_such_module:function");
	check(!may_override(prog), "override refused for an event that waits for a module", 1, 0);
	add_probe("-:kprobes/bpf_entry");
	test_override_recorded(prog);
	close(prog);
}

/* A program is called for a probe that its event gets later, too */
static void test_added_probe(uint64_t start)
{
	int map = create_map(), prog = load_program(map, 0), event;

	add_probe("p:kprobes/bpf_entry cmdline_proc_show");
	event = open_event(prog, 0, -1, 0);
	if (event < 0)
		die("a program on an event in tracefs");
	add_probe("p:kprobes/bpf_entry " FUNCTION);
	check_func_ip("probe that its event gets later", map, start);
	close(event);
	add_probe("-:kprobes/bpf_entry");
	close(prog);
	close(map);
}

#if defined(__aarch64__) || defined(__powerpc__)
/* An instruction behind the entry, which each call executes; all have 4 bytes */
#define BODY	28
#define TESTS	20
#else
#define TESTS	18
#endif
/* Those of test_override() */
#define OVERRIDE_TESTS	8

int main(int argc, char **argv)
{
	uint64_t start = function_start();

	take_arguments(argc, argv, "[config=FILE]");
	tap_plan(TESTS);
	if (!start)
		die("no " FUNCTION " in /proc/kallsyms");
	test_probe(0, start);
	test_probe(1, start);
	if (configured("CONFIG_FPROBE")) {
		test_multi(0, start);
		test_multi(1, start);
	} else {
		tap_skip("bpf_get_func_ip() of a multi probe", "no CONFIG_FPROBE");
		tap_skip("bpf_get_func_ip() of a return multi probe", "no CONFIG_FPROBE");
	}
	test_count("name", FUNCTION, 0);
#ifdef BODY
	test_count("name and offset", FUNCTION, BODY);
	test_count("address", NULL, start + BODY);
#endif
	if (configured("CONFIG_BPF_KPROBE_OVERRIDE"))
		test_override();
	else
		for (unsigned int i = 0; i < OVERRIDE_TESTS; i++)
			tap_skip("override of a function", "no CONFIG_BPF_KPROBE_OVERRIDE");
	test_added_probe(start);
	tap_finish();
}
