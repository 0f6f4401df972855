// SPDX-License-Identifier: GPL-2.0
/* Definitions of kprobe events, and what is nearly one. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

/* The numbers come from splitmix64, started anew for each input */
static uint64_t random_state;

static uint64_t random64(void)
{
	return splitmix64(&random_state);
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

struct input input;

static void put_bytes(const void *bytes, size_t len)
{
	if (len > sizeof(input.buf) - input.len)
		len = sizeof(input.buf) - input.len;
	memcpy(input.buf + input.len, bytes, len);
	input.len += len;
}

static void say(const char *format, ...)
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
		say("%c", percent(4) ? '.' : 'a' + below(26));
}

static void put_soup(unsigned int len)
{
	while (len--) {
		if (percent(60))
			say("%c", punctuation[below(sizeof(punctuation) - 1)]);
		else
			say("%c", 1 + below(255));
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
		say("0x%llx%016llx", (unsigned long long)below(65536), (unsigned long long)random64());
		return;
	}
	say(ANY(formats), addr);
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
		say("+%u", 4 * below(32));
		break;
	case 7:
		say("+%u", below(4096));
		break;
	case 8:
		say("+0");
		break;
	case 9:
	case 10:
		say("%c%s", percent(80) ? '+' : '-', ANY(numbers));
		break;
	default:
		say("-%u", below(64));
	}
}

static void put_symbol(void)
{
	static const char *const suffixes[] = { ".isra.0", ".constprop.0", ".part.0", ".cold", ".llvm.1" };
	const char *name = any_text()->name, *dot;

	switch (below(valid ? 6 : 12)) {
	case 0 ... 5:
		say("%s", undotted(name));
		break;
	case 6:
		say(".%s", undotted(name));
		break;
	case 7:
		say("%s", any_symbol()->name);
		break;
	case 8:
		say("%s%s", undotted(name), ANY(suffixes));
		break;
	case 9:
		say("_text");
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
		say("%.*s", dot && percent(70) ? (int)(dot - name) : (int)strlen(name), name);
	}
}

/* A place where it matters what is there, or some bytes from it */
static void put_place(void)
{
	static const int distances[] = { 0, 0, 0, 0, 0, 1, 2, 3, 4, 8, 12, 16, 20, -4, -8, -1 };
	uint64_t addr = some_place(random64()) + ANY(distances), start, size;
	const char *name = covering_symbol(addr, &start, &size);

	switch (below(name ? 4 : 2)) {
	case 0:
		say("0x%llx", (unsigned long long)addr);
		break;
	case 1:
		say("_text+%llu", (unsigned long long)(addr - first_text));
		break;
	default:
		say("%s+%llu", percent(80) ? undotted(name) : name, (unsigned long long)(addr - start));
	}
	if (percent(10))
		say("%%return");
}

static void put_location(void)
{
	const char *const modules[] = {
		our_module, our_module, "trace_printk", "kprobe_example", "no_module", "vmlinux",
		"kernel", "",
	};
	static const char *const suffixes[] = {
		"%return", "%return", "%clones", "%clones", "%clones%return", "%return%clones", "%", "%ret",
		"%returned", "%clone", "%clones%", "%%clones", "%clones+0",
	};
	const char *suffix = percent(25) ? ANY(suffixes) : "";
	bool suffix_first = percent(50);

	if (valid)
		suffix = percent(90) ? "" : percent(50) ? "%clones" : "%return";
	if (percent(15)) {
		put_place();
		return;
	}
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
		say("%s:", valid || percent(70) ? our_module : ANY(modules));
		if (valid || percent(80))
			say("%s%s", percent(20) ? "." : "", undotted(any_module_symbol()->name));
		else
			put_symbol();
		break;
	case 15:
		say("%s", any_module_symbol()->name);
		break;
	case 16:
		say("%s:", ANY(modules));
		put_name(1 + below(20));
		break;
	case 17:
		if (percent(50)) {
			put_name(some_length());
			say(":");
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
		say("%s", suffix);
	put_offset();
	if (!suffix_first)
		say("%s", suffix);
}

static void put_head(void)
{
	static const char *const groups[] = { "fz0", "fz1", "fz2", "kprobes", "sched", "syscalls" };
	static const char *const events[] = { "sched_switch", "1st", "a-b", "a b", "", "\xc3\xa9", "." };

	switch (below(valid ? 15 : 20)) {
	case 0 ... 9:
		say("p");
		break;
	case 10 ... 16:
		say("r");
		break;
	case 17:
		say("r%s", percent(50) ? ANY(numbers) : "16");
		break;
	case 18:
		say("p%s", ANY(numbers));
		break;
	default:
		say("%c", percent(50) ? 1 + below(255) : (unsigned char)"efts-!"[below(6)]);
	}

	switch (below(valid ? 12 : 16)) {
	case 0 ... 3:
		break;
	case 4 ... 8:
		say(":fz%u", below(1000));
		break;
	case 9 ... 11:
		say(":%s%cfz%u", ANY(groups), percent(80) ? '/' : '.', below(100));
		break;
	case 12:
		say(":%s/", ANY(groups));
		break;
	case 13:
		say(":%s/%s", ANY(groups), ANY(events));
		break;
	case 14:
		say(":");
		if (percent(50)) {
			put_name(some_length() % 100);
			say("/");
		}
		put_name(some_length() % 100);
		break;
	default:
		say(":");
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
		say("a%u=", below(10000));
		break;
	case 9:
		put_name(ARG_NAME_LEN - 1 + below(3));
		say("=");
		break;
	case 10:
		say("%s=", ANY(bad_names));
		break;
	default:
		if (percent(30)) {
			say("a=\\\"");
			put_name(ARGSTR_LEN - 5 + below(4));
			say("\"");
			return;
		}
	}

	if (valid) {
		say("%s", ANY(good));
		return;
	}
	if (percent(30))
		depth = percent(80) ? 1 + below(3) : below(24);
	for (i = 0; i < depth; i++)
		say("%c%s%s(", percent(70) ? '+' : '-', percent(20) ? "u" : "",
		    percent(80) ? "8" : ANY(numbers));
	if (percent(95))
		say("%s", ANY(fetches));
	else
		put_soup(below(12));
	if (depth && percent(5))
		depth--;
	while (depth--)
		say(")");
	if (percent(40))
		say("%s", ANY(types));
}

static void put_definition(void)
{
	unsigned int nr_args = 0;

	valid = percent(60);
	put_head();
	if (!valid && percent(2))
		return;
	say("%s", percent(97) ? " " : percent(50) ? "\t " : "\xa0");
	put_location();

	if (percent(45))
		nr_args = percent(97) ? 1 + below(4) : ARGS_MAX - 1 + below(3);
	while (nr_args--) {
		say(" ");
		if (nr_args > 4)
			say("a%u=$stack%u", nr_args, below(4));
		else
			put_arg();
	}
}

static void put_deletion(void)
{
	static const char *const heads[] = { "-:", "-:", "-:", "-:", "-", "!:", "!", "-p:" };

	say("%s", ANY(heads));
	switch (below(6)) {
	case 0:
		break;
	case 1:
	case 2:
		say("fz%u", below(100));
		break;
	case 3:
		say("fz%u/fz%u", below(3), below(100));
		break;
	case 4:
		say("fz%u/", below(3));
		break;
	default:
		put_soup(below(12));
	}
	if (percent(20)) {
		say(" ");
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
			input.buf[at] = percent(50) ? (unsigned char)punctuation[below(sizeof(punctuation) - 1)] :
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

void make_input(uint64_t seed, uint64_t number)
{
	unsigned int nr_lines = 1, i;

	random_state = seed ^ number * 0xd1342543de82ef95;
	random64();
	input.len = 0;
	input.dynamic = percent(25);
	input.arm = percent(15);
	input.good = false;

	if (percent(12))
		nr_lines = 2 + below(5);
	for (i = 0; i < nr_lines; i++) {
		if (i)
			say("\n");
		switch (below(50)) {
		case 0 ... 3:
			put_deletion();
			break;
		case 4:
			put_soup(below(300));
			break;
		default:
			put_definition();
			input.good = nr_lines == 1 && valid;
		}
	}
	if (percent(25)) {
		input.good = false;
		for (i = 1 + below(3); i; i--)
			mutate();
	}
	switch (below(12)) {
	case 0:
	case 1:
		break;
	case 2:
		say("%s", percent(50) ? " # comment\n" : "#\n");
		break;
	case 3:
		say("%s", percent(50) ? "\n\n" : " \n");
		break;
	default:
		say("\n");
	}
}

uint64_t hash = 0xcbf29ce484222325;

static void hash_bytes(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3;
}

void hash_input(void)
{
	unsigned char where = input.dynamic | input.arm << 1;

	hash_bytes(&where, 1);
	hash_bytes(&input.len, sizeof(input.len));
	hash_bytes(input.buf, input.len);
}
