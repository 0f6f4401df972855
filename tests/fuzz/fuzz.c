// SPDX-License-Identifier: GPL-2.0
/*
 * Writes definitions of kprobe events, and what is nearly one, to kprobe_events and
 * dynamic_events and looks at what came of each. From the kernel command line:
 *
 *	fuzz.seed=N	which inputs there are
 *	fuzz.from=N	the number of the first one
 *	fuzz.count=N	how many
 *
 * An input depends on the seed, on its number and on the symbols of the kernel, so
 * that a part of a run can be repeated. Each is
 *
 *	accepted	then kprobe_events has one line more for each definition in it,
 *			which says what the input says, and error_log says nothing
 *	refused		then the errno and the text in error_log are a pair of the table
 *			below, error_log shows the line that was refused, and
 *			kprobe_events is as before but for the lines ahead of that
 *
 * After BATCH inputs kprobe_events, dynamic_events, kprobes/list and the directories
 * below events/ have to agree with each other; then all events are removed, and
 * nothing may be left. Some of the events are armed for a moment before that.
 *
 * Prints "batch FROM" before each batch, "FAIL NUMBER BATCH WHAT: INPUT" for what is
 * wrong, and at the end how many inputs were refused for what, and a hash over all
 * inputs. Exits with 1 if anything was wrong.
 */

#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define TRACEFS		"/sys/kernel/tracing/"
#define LIST		"/sys/kernel/debug/kprobes/list"
#define MODULE		"trace_events_sample"
#define MODULE_FILE	"trace-events-sample.ko"

#define BATCH		100
#define INPUT_SIZE	9000
#define LINES_MAX	64
#define EVENTS_MAX	1000
#define WORD_SIZE	5000

/* Limits of the kernel, next to which most mistakes are made */
#define KSYM_NAME_LEN	512
#define MODULE_NAME_LEN	56
#define EVENT_NAME_LEN	64
#define ARG_NAME_LEN	32
#define ARGSTR_LEN	255
#define ARGS_MAX	128
#define LINE_SIZE	4094

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static void die(const char *what)
{
	printf("FAIL: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The numbers come from splitmix64, started anew for each input */
static uint64_t random_state;

static uint64_t random64(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;

	return z ^ z >> 31;
}

static unsigned int below(unsigned int n)
{
	return random64() % n;
}

static bool percent(unsigned int n)
{
	return below(100) < n;
}

#define ANY(list)	(list)[below(ARRAY_SIZE(list))]

/* Symbols */

struct symbol {
	uint64_t addr;
	char type;
	char *name;
	char *module;
};

static struct symbol *symbols, **symbols_by_name, **symbols_by_addr;
static unsigned int nr_symbols, nr_kernel_symbols;
static uint64_t first_text, last_symbol, module_base;

static bool is_text(const struct symbol *symbol)
{
	return strchr("tTwW", symbol->type);
}

static int compare_names(const void *a, const void *b)
{
	const struct symbol *const *x = a, *const *y = b;
	int ret = strcmp((*x)->name, (*y)->name);

	/* Those of the kernel are the first ones */
	return ret ?: (*x > *y) - (*x < *y);
}

/* The first symbol that is not less than @name */
static unsigned int lower_bound(const char *name)
{
	unsigned int low = 0, high = nr_symbols;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (strcmp(symbols_by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}

	return low;
}

/* Where NAME or MOD:NAME is, 0 if there is none */
static uint64_t symbol_addr(const char *name, const char *module)
{
	unsigned int i;

	for (i = lower_bound(name); i < nr_symbols; i++) {
		const struct symbol *symbol = symbols_by_name[i];

		if (strcmp(symbol->name, name))
			break;
		if (!module || (symbol->module && !strcmp(symbol->module, module)))
			return symbol->addr;
	}

	return 0;
}

/* The first symbol at exactly @addr, NULL if there is none */
static const struct symbol *symbol_at(uint64_t addr)
{
	unsigned int low = 0, high = nr_symbols;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (symbols_by_addr[mid]->addr < addr)
			low = mid + 1;
		else
			high = mid;
	}

	return low < nr_symbols && symbols_by_addr[low]->addr == addr ? symbols_by_addr[low] : NULL;
}

static int compare_addrs(const void *a, const void *b)
{
	const struct symbol *const *x = a, *const *y = b;

	return ((*x)->addr > (*y)->addr) - ((*x)->addr < (*y)->addr);
}

static void read_symbols(void)
{
	FILE *in = fopen("/proc/kallsyms", "r");
	unsigned int room = 0, i;
	char line[1024], name[600], module[100];
	unsigned long long addr;
	int words;
	char type;

	if (!in)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), in)) {
		words = sscanf(line, "%llx %c %599s [%99[^]]]", &addr, &type, name, module);
		if (words < 3)
			continue;
		/* Not the pages that the kernel makes code in */
		if (words == 4 && strcmp(module, MODULE))
			continue;
		if (nr_symbols == room) {
			room = room ? 2 * room : 65536;
			symbols = realloc(symbols, room * sizeof(*symbols));
			if (!symbols)
				die("realloc");
		}
		symbols[nr_symbols++] = (struct symbol) {
			.addr = addr, .type = type, .name = strdup(name),
			.module = words == 4 ? MODULE : NULL,
		};
		if (words == 3) {
			nr_kernel_symbols = nr_symbols;
			if (addr > last_symbol)
				last_symbol = addr;
		} else if (!module_base) {
			/* Where it is, is not the same in each run, but nearly */
			module_base = addr & ~0xffffffULL;
		}
		if (!strcmp(name, "_text"))
			first_text = addr;
	}
	fclose(in);

	symbols_by_name = calloc(nr_symbols, sizeof(*symbols_by_name));
	symbols_by_addr = calloc(nr_symbols, sizeof(*symbols_by_addr));
	if (!symbols_by_name || !symbols_by_addr || !first_text || !module_base)
		die("no usable /proc/kallsyms");
	for (i = 0; i < nr_symbols; i++)
		symbols_by_name[i] = symbols_by_addr[i] = &symbols[i];
	qsort(symbols_by_name, nr_symbols, sizeof(*symbols_by_name), compare_names);
	qsort(symbols_by_addr, nr_symbols, sizeof(*symbols_by_addr), compare_addrs);
}

/* Inputs */

static struct input {
	unsigned char buf[INPUT_SIZE];
	size_t len;
	bool dynamic;		/* to dynamic_events */
	bool arm;		/* enable it for a moment, if that can be done */
} input;

static void put_bytes(const void *bytes, size_t len)
{
	if (len > sizeof(input.buf) - input.len)
		len = sizeof(input.buf) - input.len;
	memcpy(input.buf + input.len, bytes, len);
	input.len += len;
}

static void put(const char *format, ...)
{
	char buf[2000];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	put_bytes(buf, len < (int)sizeof(buf) ? len : (int)sizeof(buf) - 1);
}

/* Whether what is made now should be taken, if nothing is changed in it */
static bool valid;

static const char punctuation[] = ".:%+-@/$0x,;=()[]*?!\\\"'_ \t#~^&|<>";

static void put_name(unsigned int len)
{
	while (len--)
		put("%c", percent(4) ? '.' : 'a' + below(26));
}

static void put_soup(unsigned int len)
{
	while (len--) {
		if (percent(60))
			put("%c", punctuation[below(sizeof(punctuation) - 1)]);
		else
			put("%c", 1 + below(255));
	}
}

static const char *const numbers[] = {
	"0", "1", "2", "3", "4", "8", "12", "16", "20", "24", "255", "256", "4095", "4096",
	"4097", "0x10", "010", "08", "0x", "-1", "-4", "+4", "--4", "2147483647", "2147483648",
	"4294967292", "4294967295", "4294967296", "9223372036854775807",
	"9223372036854775808", "-9223372036854775808", "-9223372036854775809",
	"18446744073709551615", "18446744073709551616", "99999999999999999999999",
	"0xffffffffffffffff", "0x1ffffffffffffffff", "1e3", "4k", "",
};

static const struct symbol *any_symbol(void)
{
	return &symbols[below(nr_kernel_symbols)];
}

static const struct symbol *any_text(void)
{
	const struct symbol *symbol;

	do
		symbol = any_symbol();
	while (!is_text(symbol));

	return symbol;
}

static const struct symbol *any_module_symbol(void)
{
	return &symbols[nr_kernel_symbols + below(nr_symbols - nr_kernel_symbols)];
}

static const char *undotted(const char *name)
{
	return name + (*name == '.');
}

static void put_address(void)
{
	static const char *const formats[] = { "0x%llx", "0x%llx", "0x%llx", "%llu", "0%llo", "0X%llX" };
	unsigned long long addr;

	switch (below(valid ? 1 : 11)) {
	case 0:
		addr = any_text()->addr;
		break;
	case 1:
		addr = any_text()->addr + below(64);
		break;
	case 2:
		addr = any_text()->addr + 4 * below(64);
		break;
	case 3:	/* Data too, and descriptors */
		addr = any_symbol()->addr + 8 * below(3);
		break;
	case 4:
		addr = last_symbol + below(64 << 20);
		break;
	case 5:
		addr = module_base + below(16 << 20);
		break;
	case 6:
		addr = random64() >> (17 + below(40));
		break;
	case 7:
		addr = ~0ULL - below(65536);
		break;
	case 8:
		addr = random64();
		break;
	case 9:
		addr = first_text + (random64() & 0x3fffffff);
		break;
	default:
		put("0x%llx%016llx", (unsigned long long)below(65536), (unsigned long long)random64());
		return;
	}
	put(ANY(formats), addr);
}

/* One either side of every limit there is, and of none */
static unsigned int some_length(void)
{
	static const unsigned int limits[] = {
		1, EVENT_NAME_LEN - 1, EVENT_NAME_LEN, MODULE_NAME_LEN, KSYM_NAME_LEN, LINE_SIZE,
	};

	return percent(80) ? ANY(limits) - 1 + below(3) : below(4097);
}

static void put_offset(void)
{
	switch (below(valid ? 5 : 12)) {
	case 0 ... 3:
		break;
	case 4 ... 6:
		put("+%u", 4 * below(32));
		break;
	case 7:
		put("+%u", below(4096));
		break;
	case 8:
		put("+0");
		break;
	case 9:
	case 10:
		put("%c%s", percent(80) ? '+' : '-', ANY(numbers));
		break;
	default:
		put("-%u", below(64));
	}
}

static void put_symbol(void)
{
	static const char *const suffixes[] = { ".isra.0", ".constprop.0", ".part.0", ".cold", ".llvm.1" };
	const char *name = any_text()->name, *dot;

	switch (below(valid ? 6 : 12)) {
	case 0 ... 5:
		put("%s", undotted(name));
		break;
	case 6:
		put(".%s", undotted(name));
		break;
	case 7:
		put("%s", any_symbol()->name);
		break;
	case 8:
		put("%s%s", undotted(name), ANY(suffixes));
		break;
	case 9:
		put("_text");
		break;
	default:
		/* A clone, or what it is one of */
		for (unsigned int i = 0; i < 200; i++) {
			name = any_text()->name;
			if (strchr(undotted(name), '.'))
				break;
		}
		name = undotted(name);
		dot = strchr(name, '.');
		put("%.*s", dot && percent(70) ? (int)(dot - name) : (int)strlen(name), name);
	}
}

static void put_location(void)
{
	static const char *const modules[] = {
		MODULE, MODULE, "trace_printk", "kprobe_example", "no_module", "vmlinux", "kernel", "",
	};
	static const char *const suffixes[] = {
		"%return", "%return", "%clone", "%clone", "%clone%return", "%return%clone", "%", "%ret",
		"%returned", "%clones", "%clone%", "%%clone",
	};
	const char *suffix = percent(25) ? ANY(suffixes) : "";
	bool suffix_first = percent(50);

	if (valid)
		suffix = percent(90) ? "" : percent(50) ? "%clone" : "%return";
	switch (below(valid ? 14 : 20)) {
	case 0 ... 9:
		put_symbol();
		break;
	case 10 ... 12:
		put_address();
		if (valid)
			return;
		break;
	case 13:
	case 14:
		put("%s:", valid || percent(70) ? MODULE : ANY(modules));
		if (valid || percent(80))
			put("%s%s", percent(20) ? "." : "", undotted(any_module_symbol()->name));
		else
			put_symbol();
		break;
	case 15:
		put("%s", any_module_symbol()->name);
		break;
	case 16:
		put("%s:", ANY(modules));
		put_name(1 + below(20));
		break;
	case 17:
		if (percent(50)) {
			put_name(some_length());
			put(":");
		}
		put_name(some_length());
		break;
	case 18:
		put_soup(below(24));
		break;
	default:
		put_name(1 + below(40));
	}
	if (suffix_first)
		put("%s", suffix);
	put_offset();
	if (!suffix_first)
		put("%s", suffix);
}

static void put_head(void)
{
	static const char *const groups[] = { "fz0", "fz1", "fz2", "kprobes", "sched", "syscalls" };
	static const char *const events[] = { "sched_switch", "1st", "a-b", "a b", "", "\xc3\xa9", "." };

	switch (below(valid ? 15 : 20)) {
	case 0 ... 9:
		put("p");
		break;
	case 10 ... 16:
		put("r");
		break;
	case 17:
		put("r%s", percent(50) ? ANY(numbers) : "16");
		break;
	case 18:
		put("p%s", ANY(numbers));
		break;
	default:
		put("%c", percent(50) ? 1 + below(255) : "efts-!"[below(6)]);
	}

	switch (below(valid ? 12 : 16)) {
	case 0 ... 3:
		break;
	case 4 ... 8:
		put(":fz%u", below(1000));
		break;
	case 9 ... 11:
		put(":%s%cfz%u", ANY(groups), percent(80) ? '/' : '.', below(100));
		break;
	case 12:
		put(":%s/", ANY(groups));
		break;
	case 13:
		put(":%s/%s", ANY(groups), ANY(events));
		break;
	case 14:
		put(":");
		if (percent(50)) {
			put_name(some_length() % 100);
			put("/");
		}
		put_name(some_length() % 100);
		break;
	default:
		put(":");
		put_soup(below(12));
	}
}

static void put_arg(void)
{
	static const char *const fetches[] = {
		"$arg1", "$arg2", "$arg8", "$arg0", "$arg9999", "$arg*", "$arg", "$retval", "$stack",
		"$stack0", "$stack1", "$stack99999", "$comm", "$COMM", "$current", "$current->pid",
		"$nothing", "$", "%gpr3", "%nip", "%r1", "%x0", "%sp", "%pc", "%", "%nothing",
		"@jiffies", "@jiffies+8", "@init_task-8", "@no_such_symbol", "@0xc000000000000000",
		"@0", "@", "@+16", "@18446744073709551616", "@/bin/busybox", "\\1", "\\-1", "\\+1",
		"\\x", "\\\"text\"", "\\\"text", "\\", "name", "skb->len", "(task_struct)$arg1->pid",
		"this_cpu_ptr(@runqueues)", "this_cpu_read(+0($arg1))", "this_cpu_ptr(", "0", "()", "+", "-",
	};
	static const char *const types[] = {
		":u8", ":u16", ":u32", ":u64", ":s8", ":s32", ":x8", ":x64", ":char", ":symbol",
		":string", ":ustring", ":symstr", ":b4@4/32", ":b1@0/8", ":b64@1/64", ":b0@0/8", ":b4",
		":u8[4]", ":u8[64]", ":u8[65]", ":u8[0]", ":u64[", ":u8[1]x", ":string[2]",
		":symstr[2]", ":u128", ":", ":%pd", ":%pD", ":x:x",
	};
	static const char *const good[] = {
		"$stack", "$stack0", "$stack7:x64", "$stack2:symbol", "$comm", "$comm:string",
		"$current", "@jiffies", "@_text+16:u8", "+0($stack0)", "+8(+16($stack1)):u8[4]",
		"-8($stack):string", "+u0($stack3):ustring", "\\1", "\\-1:s16", "\\\"text\"",
		"\\\"text\":string", "$stack1:symstr", "+0($stack):b4@4/32", "$stack0:char",
	};
	static const char *const bad_names[] = { "", "1a", "a-b", "common_type", "__probe_ip", "a.b" };
	unsigned int depth = 0, i;

	switch (below(valid ? 9 : 12)) {
	case 0 ... 5:
		break;
	case 6 ... 8:
		put("a%u=", below(10000));
		break;
	case 9:
		put_name(ARG_NAME_LEN - 1 + below(3));
		put("=");
		break;
	case 10:
		put("%s=", ANY(bad_names));
		break;
	default:
		if (percent(30)) {
			put("a=\\\"");
			put_name(ARGSTR_LEN - 5 + below(4));
			put("\"");
			return;
		}
	}

	if (valid) {
		put("%s", ANY(good));
		return;
	}
	if (percent(30))
		depth = percent(80) ? 1 + below(3) : below(24);
	for (i = 0; i < depth; i++)
		put("%c%s%s(", percent(70) ? '+' : '-', percent(20) ? "u" : "",
		    percent(80) ? "8" : ANY(numbers));
	if (percent(95))
		put("%s", ANY(fetches));
	else
		put_soup(below(12));
	if (depth && percent(5))
		depth--;
	while (depth--)
		put(")");
	if (percent(40))
		put("%s", ANY(types));
}

static void put_definition(void)
{
	unsigned int nr_args = 0;

	valid = percent(60);
	put_head();
	if (!valid && percent(2))
		return;
	put("%s", percent(97) ? " " : percent(50) ? "\t " : "\xa0");
	put_location();

	if (percent(45))
		nr_args = percent(97) ? 1 + below(4) : ARGS_MAX - 1 + below(3);
	while (nr_args--) {
		put(" ");
		if (nr_args > 4)
			put("a%u=$stack%u", nr_args, below(4));
		else
			put_arg();
	}
}

static void put_deletion(void)
{
	static const char *const heads[] = { "-:", "-:", "-:", "-:", "-", "!:", "!", "-p:" };

	put("%s", ANY(heads));
	switch (below(6)) {
	case 0:
		break;
	case 1:
	case 2:
		put("fz%u", below(100));
		break;
	case 3:
		put("fz%u/fz%u", below(3), below(100));
		break;
	case 4:
		put("fz%u/", below(3));
		break;
	default:
		put_soup(below(12));
	}
	if (percent(20)) {
		put(" ");
		put_location();
	}
}

static void mutate(void)
{
	unsigned int at, len;

	if (!input.len) {
		put_soup(1);
		return;
	}
	at = below(input.len);
	switch (below(7)) {
	case 0:
		input.buf[at] = random64();
		break;
	case 1:
		input.buf[at] ^= 1 << below(8);
		break;
	case 2:
		input.buf[at] = punctuation[below(sizeof(punctuation) - 1)];
		break;
	case 3:	/* Out */
		len = 1 + below(8);
		if (len > input.len - at)
			len = input.len - at;
		memmove(input.buf + at, input.buf + at + len, input.len - at - len);
		input.len -= len;
		break;
	case 4:	/* In */
		if (input.len < sizeof(input.buf)) {
			memmove(input.buf + at + 1, input.buf + at, input.len - at);
			input.buf[at] = percent(50) ? punctuation[below(sizeof(punctuation) - 1)] :
				percent(20) ? 0 : 1 + below(255);
			input.len++;
		}
		break;
	case 5:	/* Twice */
		put_bytes(input.buf + at, input.len - at);
		break;
	default:
		input.len = at;
	}
}

static void make_input(uint64_t seed, uint64_t number)
{
	unsigned int nr_lines = 1, i;

	random_state = seed ^ number * 0xd1342543de82ef95;
	random64();
	input.len = 0;
	input.dynamic = percent(25);
	input.arm = percent(15);

	if (percent(12))
		nr_lines = 2 + below(5);
	for (i = 0; i < nr_lines; i++) {
		if (i)
			put("\n");
		switch (below(50)) {
		case 0 ... 3:
			put_deletion();
			break;
		case 4:
			put_soup(below(300));
			break;
		default:
			put_definition();
		}
	}
	if (percent(25))
		for (i = 1 + below(3); i; i--)
			mutate();
	switch (below(12)) {
	case 0:
	case 1:
		break;
	case 2:
		put("%s", percent(50) ? " # comment\n" : "#\n");
		break;
	case 3:
		put("%s", percent(50) ? "\n\n" : " \n");
		break;
	default:
		put("\n");
	}
}

static uint64_t hash = 0xcbf29ce484222325;

static void hash_bytes(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3;
}

static void hash_input(void)
{
	unsigned char where = input.dynamic | input.arm << 1;

	hash_bytes(&where, 1);
	hash_bytes(&input.len, sizeof(input.len));
	hash_bytes(input.buf, input.len);
}

/* What an input says, line by line */

enum kind {
	EMPTY,
	DEFINITION,		/* of a kprobe event */
	DELETION,
	OTHER,
};

static struct line {
	char text[WORD_SIZE];	/* the words, with one blank between them */
	size_t len;
	bool has_nul;
	enum kind kind;
	bool is_return;
	bool by_address;
	bool has_dentry;
	uint64_t addr;
	unsigned int nr_args;
	char group[WORD_SIZE];
	char event[WORD_SIZE];	/* empty if it is not known */
	char location[WORD_SIZE];
} lines[LINES_MAX];

static unsigned int nr_lines;

/* As the kernel sees it, where 0xa0 is a blank as well */
static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
}

/* As kstrtoul() with base 0 does it */
static bool parse_number(const char *s, uint64_t *number)
{
	unsigned int base = 10, digit;

	if (*s == '+')
		s++;
	if (*s == '0') {
		base = 8;
		if ((s[1] == 'x' || s[1] == 'X') && isxdigit((unsigned char)s[2])) {
			base = 16;
			s += 2;
		}
	}
	if (!*s)
		return false;
	for (*number = 0; *s; s++) {
		if (*s >= '0' && *s <= '9')
			digit = *s - '0';
		else if ((*s | 0x20) >= 'a' && (*s | 0x20) <= 'f')
			digit = (*s | 0x20) - 'a' + 10;
		else
			return false;
		if (digit >= base || __builtin_mul_overflow(*number, base, number) ||
		    __builtin_add_overflow(*number, digit, number))
			return false;
	}

	return true;
}

/* The name of an event that was given none */
static void make_event_name(struct line *line, const char *symbol, uint64_t offset)
{
	char *p = line->event;

	snprintf(p, EVENT_NAME_LEN, "%c_%s_%lld", line->is_return ? 'r' : 'p', symbol,
		 (long long)offset);
	while (*++p)
		if (strchr(":.*%", *p))
			*p = '_';
}

static void parse_location(struct line *line, char *word)
{
	char *end, *suffix, *sign;
	uint64_t offset = 0;

	if (parse_number(word, &line->addr)) {
		line->by_address = true;
		return;
	}

	end = word + strcspn(word, "+-%");
	if (!strncmp(end, "%clone", 6) && (!end[6] || strchr("+-%", end[6])))
		end += 6;
	suffix = strchr(end, '%');
	if (suffix && !strcmp(suffix, "%return")) {
		*suffix = 0;
		line->is_return = true;
	}
	sign = strpbrk(word, "+-");
	if (sign) {
		parse_number(sign, &offset);
		*sign = 0;
	}
	if (offset)
		snprintf(line->location, sizeof(line->location), "%s+%llu", word,
			 (unsigned long long)offset);
	else
		strcpy(line->location, word);
	if (!*line->event)
		make_event_name(line, word, offset);
}

static void parse_definition(struct line *line)
{
	static char text[WORD_SIZE];
	char *head, *location, *arg, *event, *slash;

	strcpy(text, line->text);
	head = strtok(text, " ");
	location = strtok(NULL, " ");
	while ((arg = strtok(NULL, " "))) {
		size_t len = strlen(arg);

		line->nr_args++;
		if (len > 3 && (!strcmp(arg + len - 4, ":%pd") || !strcmp(arg + len - 4, ":%pD")))
			line->has_dentry = true;
	}

	if (!head || !location || (*head != 'p' && *head != 'r')) {
		line->kind = OTHER;
		return;
	}
	line->kind = DEFINITION;
	line->is_return = *head == 'r';
	strcpy(line->group, "kprobes");
	event = strchr(head, ':');
	if (event) {
		event++;
		slash = strchr(event, '/') ?: strchr(event, '.');
		if (slash) {
			*slash = 0;
			strcpy(line->group, event);
			event = slash + 1;
		}
		strcpy(line->event, event);
	}
	if (!parse_number(location, &line->addr) && strchr(location, '/') && strchr(location, ':')) {
		line->kind = OTHER;
		return;
	}
	parse_location(line, location);
}

static void parse_line(const unsigned char *buf, size_t len)
{
	struct line *line = &lines[nr_lines++];
	unsigned char first = len ? *buf : 0;
	const unsigned char *comment;
	size_t i, to = 0;

	memset(line, 0, offsetof(struct line, group));
	*line->group = *line->event = *line->location = 0;
	line->len = len;
	line->has_nul = memchr(buf, 0, len);

	comment = memchr(buf, '#', len);
	if (comment)
		len = comment - buf;
	for (i = 0; i < len && to < sizeof(line->text) - 1; i++) {
		if (!is_space(buf[i]))
			line->text[to++] = buf[i];
		else if (to && line->text[to - 1] != ' ')
			line->text[to++] = ' ';
	}
	if (to && line->text[to - 1] == ' ')
		to--;
	line->text[to] = 0;

	if (!to)
		line->kind = EMPTY;
	else if (first == '-' || (first == '!' && input.dynamic))
		line->kind = DELETION;
	else
		parse_definition(line);
}

static void parse_input(void)
{
	size_t at = 0, len;

	for (nr_lines = 0; at < input.len && nr_lines < LINES_MAX; at += len + 1) {
		const unsigned char *newline = memchr(input.buf + at, '\n', input.len - at);

		len = (newline ?: input.buf + input.len) - (input.buf + at);
		parse_line(input.buf + at, len);
	}
}

/* Failures */

static uint64_t number, batch;
static unsigned int failures;

static void show_input(void)
{
	size_t i;

	for (i = 0; i < input.len; i++) {
		unsigned char c = input.buf[i];

		if (c == '\n')
			printf("\\n");
		else if (c == '\\')
			printf("\\\\");
		else if (c < ' ' || c > '~')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

static void vfail(const char *format, va_list args)
{
	failures++;
	printf("FAIL %llu %llu ", (unsigned long long)number, (unsigned long long)batch);
	vprintf(format, args);
}

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(format, args);
	va_end(args);
	printf(" (%s): ", input.dynamic ? "dynamic_events" : "kprobe_events");
	show_input();
}

/* After a batch there is no input to blame */
static void fail_batch(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(format, args);
	va_end(args);
	putchar('\n');
}

/* Files */

static char *contents(const char *path)
{
	static char *buf;
	static size_t size;
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	do {
		if (size - len < 65536) {
			size += 1 << 20;
			buf = realloc(buf, size);
			if (!buf)
				die("realloc");
		}
		n = read(fd, buf + len, size - 1 - len);
		len += n > 0 ? n : 0;
	} while (n > 0);
	close(fd);
	buf[len] = 0;

	return buf;
}

static void write_file(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | flags);

	if (fd < 0 || (*text && write(fd, text, strlen(text)) < 0))
		die(path);
	close(fd);
}

static bool exists(const char *format, ...)
{
	static char path[2 * WORD_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);

	return !access(path, F_OK);
}

/* Events that are there, as kprobe_events has them */

static struct event {
	char *line;
	char *group, *event, *location;
	bool is_return;
	bool by_address;
	uint64_t addr;
	unsigned int nr_args;
} events[EVENTS_MAX];

static unsigned int nr_events;

static void free_event(struct event *event)
{
	free(event->line);
	free(event->group);
	free(event->event);
	free(event->location);
}

/* A line of kprobe_events: p:GROUP/EVENT LOCATION [ARG...] */
static bool parse_event(struct event *event, const char *text)
{
	const char *colon = strchr(text, ':'), *slash = colon ? strchr(colon, '/') : NULL;
	const char *blank = slash ? strchr(slash, ' ') : NULL, *end;

	memset(event, 0, sizeof(*event));
	if (!blank || (*text != 'p' && *text != 'r'))
		return false;
	end = blank + 1 + strcspn(blank + 1, " ");
	event->line = strdup(text);
	event->group = strndup(colon + 1, slash - colon - 1);
	event->event = strndup(slash + 1, blank - slash - 1);
	event->location = strndup(blank + 1, end - blank - 1);
	event->is_return = *text == 'r';
	while (*end) {
		event->nr_args++;
		end += 1 + strcspn(end + 1, " ");
	}

	return true;
}

/* Whether an event is what the line of an input defined */
static bool same_event(const struct event *event, const struct line *line)
{
	if (line->kind != DEFINITION || event->is_return != line->is_return ||
	    strcmp(event->group, line->group) || event->nr_args != line->nr_args)
		return false;
	if (*line->event && strcmp(event->event, line->event))
		return false;
	if (line->by_address)
		return !strncmp(event->location, "0x", 2);

	return !strcmp(event->location, line->location);
}

/*
 * Compare kprobe_events with what was there and with the input: up to @accepted lines
 * of it have been taken, @exactly so many if that is known.
 */
static void take_events(unsigned int accepted, bool exactly)
{
	static struct event now[EVENTS_MAX];
	unsigned int nr_now = 0, kept = 0, i, j = 0, next = 0;
	bool deletes = false;
	char *text, *rest;

	for (i = 0; i < nr_lines; i++)
		if (lines[i].kind == DELETION)
			deletes = true;
	exactly &= !deletes;

	text = strtok_r(contents(TRACEFS "kprobe_events"), "\n", &rest);
	for (; text && nr_now < EVENTS_MAX; text = strtok_r(NULL, "\n", &rest)) {
		if (!parse_event(&now[nr_now], text)) {
			fail("no event in kprobe_events: %s", text);
			continue;
		}
		nr_now++;
	}

	for (i = 0; i < nr_events; i++) {
		if (j < nr_now && !strcmp(now[j].line, events[i].line)) {
			now[j].by_address = events[i].by_address;
			now[j++].addr = events[i].addr;
			kept++;
		} else if (!deletes) {
			fail("vanished: %s", events[i].line);
		}
	}
	for (; j < nr_now; j++) {
		while (next < accepted && !same_event(&now[j], &lines[next])) {
			if (lines[next].kind == DEFINITION && exactly)
				fail("accepted, not listed: %s", lines[next].text);
			next++;
		}
		if (next == accepted) {
			fail("listed, not accepted: %s", now[j].line);
			break;
		}
		now[j].by_address = lines[next].by_address;
		now[j].addr = lines[next++].addr;
	}
	for (; next < accepted; next++)
		if (lines[next].kind == DEFINITION && exactly)
			fail("accepted, not listed: %s", lines[next].text);

	for (i = 0; i < nr_events; i++)
		free_event(&events[i]);
	memcpy(events, now, sizeof(events));
	nr_events = nr_now;
}

/* Refusals */

/* Every way to be refused that there is */
static const struct {
	int err;
	const char *text;
} refusals[] = {
	/* The location */
	{ EINVAL, "Invalid probed address or symbol" },
	{ ENOENT, "Invalid probed address or symbol" },
	{ EINVAL, "The symbol is not unique" },
	{ ENAMETOOLONG, "Module or symbol name is too long" },
	{ EINVAL, "Module name is not specified" },
	{ EINVAL, "Symbol name is not specified" },
	{ EINVAL, "Invalid probed address suffix" },
	{ EINVAL, "Retprobe address must be an function entry" },
	{ EILSEQ, "Probe point is not an instruction boundary" },
	{ EINVAL, "Failed to register probe event" },
	/* What kind of event, and its name */
	{ EINVAL, "Maxactive is only for function exit" },
	{ EINVAL, "Invalid maxactive number" },
	{ EINVAL, "Maxactive is too big" },
	{ EINVAL, "Event name is not specified" },
	{ EINVAL, "Event name is too long" },
	{ EINVAL, "Event name must follow the same rules as C identifiers" },
	{ EINVAL, "Group name is not specified" },
	{ EINVAL, "Group name is too long" },
	{ EINVAL, "Group name must follow the same rules as C identifiers" },
	{ EEXIST, "Probe type is different from existing probe" },
	{ EEXIST, "Argument type or name is different from existing probe" },
	{ EEXIST, "There is already the exact same probe event" },
	{ EEXIST, "Given group/event name is already used by another event" },
	/* The arguments */
	{ EINVAL, "$arg* can be used only on function entry or exit" },
	{ EINVAL, "$arg* can be used only once in the parameters" },
	{ EINVAL, "$retval is not available on probe" },
	{ EINVAL, "$comm and immediate-string only accepts string type" },
	{ EINVAL, "$comm can not be dereferenced" },
	{ ENOENT, "A clone may have lost arguments, use registers" },
	{ EOPNOTSUPP, "BTF is not available or not supported" },
	{ EINVAL, "BTF is not available or not supported" },
	{ EINVAL, "Argument name is too long" },
	{ EINVAL, "Argument name is not specified" },
	{ EINVAL, "Argument name must follow the same rules as C identifiers" },
	{ EINVAL, "This argument name is already used" },
	{ EINVAL, "No argument expression" },
	{ E2BIG, "Argument expression is too long" },
	{ E2BIG, "Too many arguments are specified" },
	{ E2BIG, "Too many nested typecasts/dereferences" },
	{ E2BIG, "Event too big (too many fields?)" },
	{ EINVAL, "Dereference is too much nested" },
	{ E2BIG, "Dereference is too much nested" },
	{ EINVAL, "Dereference needs a brace" },
	{ EINVAL, "Dereference brace is not closed" },
	{ EINVAL, "Invalid dereference offset" },
	{ ERANGE, "Invalid dereference offset" },
	{ EINVAL, "Invalid fetch argument" },
	{ EINVAL, "Invalid immediate value" },
	{ ERANGE, "Invalid immediate value" },
	{ EINVAL, "Invalid memory address" },
	{ ERANGE, "Invalid memory address" },
	{ EINVAL, "Invalid argument number" },
	{ EINVAL, "Invalid register name" },
	{ EINVAL, "Invalid stack number" },
	{ EINVAL, "Invalid $-variable specified" },
	{ ERANGE, "Invalid $-variable specified" },
	{ EINVAL, "File offset is not available for kernel probes" },
	{ EINVAL, "String is not closed with '\"'" },
	{ EINVAL, "String accepts only memory argument" },
	{ EINVAL, "Symbol String doesn't accept data/userdata" },
	{ EINVAL, "This type does not fit for string." },
	{ EINVAL, "Unknown type is specified" },
	{ EINVAL, "Invalid bitfield" },
	{ EINVAL, "Invalid array size" },
	{ EINVAL, "Array number is too big" },
	{ EINVAL, "Array is not closed" },
	{ EINVAL, "Array has wrong suffix" },
	/* No kprobe event at all */
	{ EINVAL, "No matching dynamic event type" },
#define OTHER_EVENT	"(of another kind of event)"
	{ EINVAL, OTHER_EVENT },
	{ ENOENT, OTHER_EVENT },
	{ ENODEV, OTHER_EVENT },
	{ ERANGE, OTHER_EVENT },
	{ E2BIG, OTHER_EVENT },
	{ EOPNOTSUPP, OTHER_EVENT },
	/* Where upstream refuses without a word */
#define SILENT_LINE	"(nothing: the line is too long, or has a NUL)"
	{ EINVAL, SILENT_LINE },
#define SILENT_DELETION	"(nothing: not to be removed, or not there)"
	{ EINVAL, SILENT_DELETION },
	{ ENOENT, SILENT_DELETION },
	{ EBUSY, SILENT_DELETION },
#define SILENT_OTHER	"(nothing: no definition of a kprobe event)"
	{ EINVAL, SILENT_OTHER },
#define SILENT_DENTRY	"(nothing: the arguments with :%pd are too long)"
	{ ENOMEM, SILENT_DENTRY },
};

static unsigned int refused_for[ARRAY_SIZE(refusals)];

static int log_fd;

/*
 * What error_log has to say, in a static buffer: the text, OTHER_EVENT if that is
 * about another kind of event, and the command. Returns how many errors there are.
 */
static unsigned int read_error(char **text, char **command)
{
	static char buf[100000];
	unsigned int nr = 0;
	char *p, *end;
	ssize_t n;
	size_t len = 0;

	while ((n = pread(log_fd, buf + len, sizeof(buf) - 1 - len, len)) > 0)
		len += n;
	buf[len] = 0;

	*text = *command = NULL;
	for (p = buf; (p = strstr(p, ": error: ")); nr++) {
		*text = p + strlen(": error: ");
		end = strstr(*text, "\n  Command: ");
		if (!end)
			break;
		*end = 0;
		*command = end + strlen("\n  Command: ");
		if (p - buf < 12 || (memcmp(p - 12, "trace_kprobe", 12) && memcmp(p - 8, "dynevent", 8)))
			*text = OTHER_EVENT;
		p = strchr(*command, '\n');
		if (!p)
			break;
		*p++ = 0;
	}
	if (len)
		write_file(TRACEFS "error_log", O_TRUNC, "");

	return nr;
}

/* The part of a text that depends on the symbol: names and numbers, no address */
static bool good_detail(const char *detail)
{
	unsigned int count;
	int end = 0;

	if (!*detail)
		return true;
	if (sscanf(detail, "; %u symbols have this name, use an address%n", &count, &end) == 1 && end)
		return !detail[end] && count > 1;
	if (strncmp(detail, "; clones: ", 10) && strncmp(detail, "; parts: ", 9))
		return false;

	return !strstr(detail, "0x") && !strstr(detail, "ffff") && !strstr(detail, "c0000000");
}

static void count_refusal(int err, const char *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		size_t len = strlen(refusals[i].text);

		if (refusals[i].err == err && !strncmp(text, refusals[i].text, len) &&
		    good_detail(text + len)) {
			refused_for[i]++;
			return;
		}
	}
	fail("errno %d (%s) with the text: %s", err, strerror(err), text);
}

/* Why upstream has nothing to say about a line that it refuses, NULL if it should */
static const char *silent_reason(const struct line *line, int err)
{
	if (err == EINVAL && (line->has_nul || line->len > LINE_SIZE))
		return SILENT_LINE;
	if (line->kind == DELETION && (err == EINVAL || err == ENOENT || err == EBUSY))
		return SILENT_DELETION;
	if (line->kind == OTHER && err == EINVAL && !input.dynamic)
		return SILENT_OTHER;
	if (line->kind == OTHER && input.dynamic)
		return OTHER_EVENT;
	if (line->has_dentry && err == ENOMEM)
		return SILENT_DENTRY;

	return NULL;
}

/* The length of the words before the arguments, with the blank behind them */
static size_t head_len(const char *words)
{
	const char *location = strchr(words, ' '), *arg = location ? strchr(location + 1, ' ') : NULL;

	return arg ? (size_t)(arg + 1 - words) : strlen(words);
}

/*
 * Returns how many lines may have been taken before the one that was refused, and in
 * @exactly whether it is sure that this is the one.
 */
static unsigned int check_refusal(int err, bool *exactly)
{
	char *text, *command;
	unsigned int nr_errors = read_error(&text, &command), i;
	static char words[WORD_SIZE];
	const char *p, *reason = NULL;
	unsigned int last = 0, nr_same = 0;
	size_t to = 0;

	*exactly = nr_errors;
	/* Another kind of event may be refused by more than one parser */
	if (nr_errors > 1 && strcmp(text, OTHER_EVENT))
		fail("%u errors in error_log", nr_errors);
	if (!nr_errors) {
		/* At least one of the lines is one that is refused so */
		for (i = 0; i < nr_lines; i++) {
			if (silent_reason(&lines[i], err)) {
				reason = silent_reason(&lines[i], err);
				last = i;
			}
		}
		if (reason)
			count_refusal(err, reason);
		else
			fail("errno %d (%s) and nothing in error_log", err, strerror(err));
		return last;
	}

	count_refusal(err, text);
	for (p = command; p && *p && to < sizeof(words) - 1; p++) {
		if (!is_space(*p))
			words[to++] = *p;
		else if (to && words[to - 1] != ' ')
			words[to++] = ' ';
	}
	words[to - (to && words[to - 1] == ' ')] = 0;
	/* Of lines that are the same, any but the first may be the one */
	for (i = 0; i < nr_lines; i++) {
		/* The kernel shows what it has made of arguments with :%pd */
		if (!strcmp(words, lines[i].text) ||
		    (lines[i].has_dentry && !strncmp(words, lines[i].text, head_len(words)))) {
			*exactly = !nr_same++;
			last = i;
		}
	}
	if (nr_same)
		return last;
	fail("error_log shows another command: %s", command ?: "none");

	return 0;
}

static void report_refusals(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refused_for[i])
			printf("refused\t%s\t%s\t%u\n", strerrorname_np(refusals[i].err),
			       refusals[i].text, refused_for[i]);
}

/* kprobes/list */

struct probe {
	uint64_t addr;
	const char *symbol;
	bool is_return;
	bool taken;
};

static char *list_before;
static unsigned int nr_list_before;

/* Where the probe of an event is, 0 if that is at @offset from any clone of the function */
static uint64_t event_addr(const struct event *event, uint64_t *offset)
{
	static char name[WORD_SIZE], dotted[WORD_SIZE + 1];
	const struct symbol *symbol;
	const char *module = NULL;
	char *sign, *colon, *clone, *base = name;
	uint64_t addr;

	*offset = 0;
	if (event->by_address) {
		/* The symbol of a descriptor has a dot twin */
		symbol = symbol_at(event->addr);
		if (!symbol)
			return event->addr;
		snprintf(dotted, sizeof(dotted), ".%s", symbol->name);
		return symbol_addr(dotted, symbol->module) ?: event->addr;
	}

	strcpy(name, event->location);
	sign = strpbrk(name, "+-");
	if (sign) {
		parse_number(sign, offset);
		*sign = 0;
	}
	colon = strchr(name, ':');
	if (colon) {
		*colon = 0;
		module = name;
		base = colon + 1;
	}
	clone = strstr(base, "%clone");
	if (clone)
		*clone = 0;
	snprintf(dotted, sizeof(dotted), ".%s", base);
	addr = symbol_addr(dotted, module) ?: symbol_addr(base, module);

	return addr ? addr + *offset : 0;
}

static bool is_of_clone(const struct event *event, const char *symbol)
{
	size_t len = strcspn(event->location, "%");

	symbol = undotted(symbol);

	return event->location[len] && !strncmp(symbol, event->location, len) &&
		symbol[len] == '.';
}

/* Whether kprobes/list may show @probe for an event that is where event_addr() says */
static bool shown_at(const struct event *event, uint64_t addr, uint64_t offset,
		     const struct probe *probe)
{
	if (probe->is_return != event->is_return)
		return false;
	if (!addr) {
		const struct symbol *start = symbol_at(probe->addr - offset);

		/* kprobes/list has another symbol if the offset is behind the clone's end */
		return is_of_clone(event, probe->symbol) ||
			(start && is_of_clone(event, start->name));
	}
#ifdef __powerpc64__
	/*
	 * On ELFv2 some of the first four instructions may be the entry. This program may
	 * be ELFv1 nevertheless: what the kernel is, its symbols say.
	 */
	if (!symbol_addr(".vfs_read", NULL) && probe->addr < addr && addr - probe->addr <= 12)
		return symbol_at(probe->addr);
#endif
	return probe->addr == addr;
}

static bool is_registered(const struct event *event)
{
	const char *colon = event->by_address ? NULL : strchr(event->location, ':');

	return !colon || (!strncmp(event->location, MODULE ":", sizeof(MODULE)));
}

/* Takes one of @probes for @event, if @exact one that is at its very address */
static bool take_probe(const struct event *event, struct probe *probes, unsigned int nr_probes,
		       bool exact)
{
	uint64_t offset, addr = event_addr(event, &offset);
	unsigned int i;

	for (i = 0; i < nr_probes; i++) {
		if (probes[i].taken || (exact && probes[i].addr != addr) ||
		    !shown_at(event, addr, offset, &probes[i]))
			continue;
		probes[i].taken = true;
		return true;
	}

	return false;
}

static void check_list(void)
{
	static struct probe probes[EVENTS_MAX + 100];
	unsigned int nr_probes = 0, nr_lines_seen = 0, i, wanted = 0;
	bool found[EVENTS_MAX] = { };
	char *text, *rest;

	text = strtok_r(contents(LIST), "\n", &rest);
	for (; text && nr_probes < ARRAY_SIZE(probes); text = strtok_r(NULL, "\n", &rest)) {
		unsigned long long addr;
		int symbol = 0;
		char type;

		nr_lines_seen++;
		if (strstr(list_before, text))
			continue;
		if (sscanf(text, "%llx %c %n", &addr, &type, &symbol) != 2 || !symbol) {
			fail_batch("a line in kprobes/list: %s", text);
			continue;
		}
		probes[nr_probes++] = (struct probe) {
			.addr = addr, .symbol = text + symbol, .is_return = type == 'r',
		};
	}

	/* The start of a function may be behind the entry of a short one: what is exact first */
	for (i = 0; i < nr_events; i++) {
		if (!is_registered(&events[i]))
			continue;
		wanted++;
		found[i] = take_probe(&events[i], probes, nr_probes, true);
	}
	for (i = 0; i < nr_events; i++) {
		uint64_t offset;

		if (is_registered(&events[i]) && !found[i] &&
		    !take_probe(&events[i], probes, nr_probes, false))
			fail_batch("not in kprobes/list: %s (at 0x%llx)", events[i].line,
				   (unsigned long long)event_addr(&events[i], &offset));
	}
	if (nr_lines_seen != nr_list_before + wanted)
		fail_batch("kprobes/list has %u probes, and %u before, for %u events", nr_lines_seen,
			   nr_list_before, wanted);
}

/* Batches */

static char groups_before[100][256];
static unsigned int nr_groups_before;

static unsigned int count_groups(void)
{
	struct dirent *entry;
	unsigned int nr = 0;
	DIR *dir = opendir(TRACEFS "events");

	if (!dir)
		die("events");
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			nr++;
	closedir(dir);

	return nr;
}

static void note_before(void)
{
	struct dirent *entry;
	const char *p;
	DIR *dir;

	list_before = strdup(contents(LIST));
	for (p = list_before; (p = strchr(p, '\n')); p++)
		nr_list_before++;
	dir = opendir(TRACEFS "events");
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && nr_groups_before < ARRAY_SIZE(groups_before))
			snprintf(groups_before[nr_groups_before++], sizeof(groups_before[0]), "%s", entry->d_name);
	closedir(dir);
}

static bool was_before(const char *group)
{
	unsigned int i;

	for (i = 0; i < nr_groups_before; i++)
		if (!strcmp(groups_before[i], group))
			return true;

	return false;
}

/* kprobe_events is the part of dynamic_events that is kprobe events */
static void check_dynamic_events(void)
{
	char *text, *rest;
	unsigned int i = 0;

	text = strtok_r(contents(TRACEFS "dynamic_events"), "\n", &rest);
	for (; text; text = strtok_r(NULL, "\n", &rest)) {
		if (i < nr_events && !strcmp(text, events[i].line))
			i++;
		else if ((*text == 'p' || *text == 'r') && !strchr(strchr(text, ' ') ?: "", '/'))
			fail_batch("only in dynamic_events: %s", text);
	}
	if (i < nr_events)
		fail_batch("not in dynamic_events: %s", events[i].line);
}

static void check_batch(void)
{
	unsigned int i;

	/* What was refused has left nothing */
	input.len = nr_lines = 0;
	take_events(0, true);
	check_dynamic_events();
	check_list();
	for (i = 0; i < nr_events; i++)
		if (!exists(TRACEFS "events/%s/%s/enable", events[i].group, events[i].event))
			fail_batch("no directory in events: %s", events[i].line);
}

static void remove_one_by_one(void)
{
	static char command[WORD_SIZE];
	unsigned int i;
	int fd;

	for (i = 0; i < nr_events; i++) {
		int len = snprintf(command, sizeof(command), "-:%s/%s\n", events[i].group,
				   events[i].event);
		bool there = exists(TRACEFS "events/%s/%s/enable", events[i].group, events[i].event);

		fd = open(i % 2 ? TRACEFS "dynamic_events" : TRACEFS "kprobe_events", O_WRONLY | O_APPEND);
		errno = 0;
		/* Those of the same name go together */
		if ((write(fd, command, len) == len) != there)
			fail_batch("cannot be removed (%s): %s", strerror(errno), events[i].line);
		close(fd);
	}
}

static void remove_all(void)
{
	unsigned int i;

	if (batch / BATCH % 2)
		remove_one_by_one();
	else
		write_file(TRACEFS "kprobe_events", O_TRUNC, "");
	if (*contents(TRACEFS "kprobe_events"))
		fail_batch("still in kprobe_events: %s", contents(TRACEFS "kprobe_events"));
	/* Definitions of other kinds of events */
	write_file(TRACEFS "dynamic_events", O_TRUNC, "");
	if (*contents(TRACEFS "dynamic_events"))
		fail_batch("still in dynamic_events: %s", contents(TRACEFS "dynamic_events"));

	for (i = 0; i < nr_events; i++) {
		if (exists(TRACEFS "events/%s/%s/enable", events[i].group, events[i].event))
			fail_batch("still in events: %s", events[i].line);
		else if (!was_before(events[i].group) && exists(TRACEFS "events/%s", events[i].group))
			fail_batch("still in events: %s", events[i].group);
		free_event(&events[i]);
	}
	nr_events = 0;
	if (count_groups() != nr_groups_before)
		fail_batch("events/ has %u directories, and had %u", count_groups(), nr_groups_before);
	check_list();
	write_file(TRACEFS "error_log", O_TRUNC, "");
}

/* Enables the last event if that is a probe on the start of a function by name */
static bool arm_last(int fd)
{
	static char path[2 * WORD_SIZE], command[WORD_SIZE];
	const struct event *event = nr_events ? &events[nr_events - 1] : NULL;
	unsigned int i;
	int len;

	if (!event || event->by_address || strpbrk(event->location, "+") ||
	    !is_registered(event))
		return false;
	/* The others of that name would be armed too */
	for (i = 0; i < nr_events - 1; i++)
		if (!strcmp(events[i].event, event->event) && !strcmp(events[i].group, event->group))
			return false;

	snprintf(path, sizeof(path), TRACEFS "events/%s/%s/enable", event->group, event->event);
	write_file(path, 0, "1");
	len = snprintf(command, sizeof(command), "-:%s/%s\n", event->group, event->event);
	if (write(fd, command, len) != -1 || errno != EBUSY)
		fail("an event in use is removed: %s", event->line);
	write_file(path, 0, "0");

	return true;
}

static unsigned long parameter(const char *name, unsigned long value)
{
	char *found = strstr(contents("/proc/cmdline"), name);

	return found ? strtoull(found + strlen(name), NULL, 0) : value;
}

int main(void)
{
	unsigned long seed = parameter("fuzz.seed=", 1), from = parameter("fuzz.from=", 0);
	unsigned long count = parameter("fuzz.count=", 5000);
	unsigned long accepted = 0, refused = 0, armed = 0;
	int fds[2], module;
	char path[200];
	struct utsname name;

	setvbuf(stdout, NULL, _IOLBF, 0);
	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/" MODULE_FILE, name.release);
	module = open(path, O_RDONLY);
	if (module < 0 || syscall(SYS_finit_module, module, "", 0))
		die(path);
	write_file("/sys/kernel/rcu_expedited", 0, "1");
	fds[0] = open(TRACEFS "kprobe_events", O_WRONLY | O_APPEND);
	fds[1] = open(TRACEFS "dynamic_events", O_WRONLY | O_APPEND);
	log_fd = open(TRACEFS "error_log", O_RDONLY);
	if (fds[0] < 0 || fds[1] < 0 || log_fd < 0)
		die(TRACEFS);
	read_symbols();
	note_before();
	printf("%u symbols, seed %lu, inputs %lu to %lu\n", nr_symbols, seed, from, from + count - 1);

	for (number = from; number < from + count; number++) {
		char *text, *command;
		ssize_t ret;

		if ((number - from) % BATCH == 0) {
			batch = number;
			printf("batch %lu, %lu accepted, %lu refused\n", (unsigned long)batch,
			       accepted, refused);
		}
		make_input(seed, number);
		hash_input();
		parse_input();
		/* Few enough to see which one the guest died of */
		if (count <= BATCH) {
			printf("input %lu: ", (unsigned long)number);
			show_input();
		}

		ret = write(fds[input.dynamic], input.buf, input.len);
		if (ret < 0) {
			bool exactly;
			unsigned int taken = check_refusal(errno, &exactly);

			refused++;
			if (nr_lines > 1)
				take_events(taken, exactly);
		} else {
			accepted++;
			if (ret != (ssize_t)input.len)
				fail("%zd of %zu bytes were accepted", ret, input.len);
			take_events(nr_lines, true);
			if (read_error(&text, &command))
				fail("accepted, and in error_log: %s", text);
			if (input.arm && nr_lines == 1 && lines[0].kind == DEFINITION)
				armed += arm_last(fds[0]);
		}

		if ((number - from) % BATCH == BATCH - 1 || number == from + count - 1) {
			check_batch();
			remove_all();
		}
	}

	report_refusals();
	printf("hash %016llx\n", (unsigned long long)hash);
	printf("%lu inputs: %lu accepted, %lu refused, %lu armed, %u failures\n", count, accepted,
	       refused, armed, failures);

	return failures > 0;
}
