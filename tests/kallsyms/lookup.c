// SPDX-License-Identifier: GPL-2.0
/*
 * The searches of kernel/kallsyms.c in a table that scripts/kallsyms made, beside
 * the map that it was made of. KALLSYMS_C is the tree's file without its #includes,
 * up to what is for /proc/kallsyms; rig/kallsyms-lookup-test builds this.
 *
 *	lookup check MAP	each name, names next to it, and each address
 *	lookup dump MAP		what is found, to be compared with another kallsyms.c
 *	lookup count WHAT MAP	some searches within measured_...(), for callgrind
 */
#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define strlen kernel_strlen
#define strcmp kernel_strcmp
#define strncmp kernel_strncmp
#define strscpy kernel_strscpy
#include KALLSYMS_C
#undef strlen
#undef strcmp
#undef strncmp

struct symbol {
	unsigned long addr;
	const char *name;
	char type;
};

/* What the table has to have, by address and by name */
static struct symbol *by_addr, *by_name;
static unsigned int nr, nr_descriptors;
static unsigned int failed;

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (++failed == 20) {
		printf("no more is checked\n");
		exit(1);
	}
}

static void *need(void *p)
{
	if (!p) {
		perror("lookup");
		exit(2);
	}
	return p;
}

static int order_by_addr(const void *a, const void *b)
{
	const struct symbol *s = a, *t = b;

	return s->addr < t->addr ? -1 : s->addr > t->addr;
}

static int order_by_name(const void *a, const void *b)
{
	const struct symbol *s = a, *t = b;
	int order = strcmp(s->name, t->name);

	return order ?: order_by_addr(a, b);
}

static bool is_descriptor(unsigned long addr)
{
	return IS_ENABLED(DESCRIPTORS) && addr >= (unsigned long)__start_opd &&
	       addr < (unsigned long)__end_opd;
}

/* Text and what tells where sections are; the comment in symbol_valid() says why */
static bool is_kept(const struct symbol *s)
{
	unsigned long etext = (unsigned long)_etext, einittext = (unsigned long)_einittext;

	if (strchr("Aaun", s->type) || strlen(s->name) >= KSYM_NAME_LEN)
		return false;
	if (is_descriptor(s->addr))
		return strcmp(s->name, ".TOC.");
	if (IS_ENABLED(CONFIG_KALLSYMS_ALL) || !strncmp(s->name, "__start_", 8) ||
	    !strncmp(s->name, "__stop_", 7))
		return true;
	if (s->addr == etext)
		return !strcmp(s->name, "_etext");
	if (s->addr == einittext)
		return !strcmp(s->name, "_einittext");
	return is_kernel_text(s->addr) || is_kernel_inittext(s->addr);
}

/* The map's _text is not where this program has it. */
static void read_map(const char *path)
{
	unsigned long text = 0;
	unsigned int size = 0, kept = 0, i;
	struct symbol *s = NULL;
	char line[4096];
	char *end;
	FILE *file = need(fopen(path, "r"));

	while (fgets(line, sizeof(line), file)) {
		if (nr == size) {
			size += 100000;
			s = need(realloc(s, size * sizeof(*s)));
		}
		line[strcspn(line, "\n")] = '\0';
		s[nr].addr = strtoul(line, &end, 16);
		s[nr].type = end[1];
		s[nr].name = need(strdup(end + 3));
		if (!strcmp(s[nr].name, "_text"))
			text = s[nr].addr;
		nr++;
	}
	fclose(file);

	for (i = 0; i < nr; i++) {
		s[i].addr += (unsigned long)_text - text;
		if (is_kept(&s[i]))
			s[kept++] = s[i];
	}
	nr = kept;
	by_addr = s;
	by_name = need(malloc(nr * sizeof(*s)));
	memcpy(by_name, s, nr * sizeof(*s));
	qsort(by_addr, nr, sizeof(*s), order_by_addr);
	qsort(by_name, nr, sizeof(*s), order_by_name);
}

/* The first of by_name that does not sort before @name */
static unsigned int first_name(const char *name)
{
	unsigned int low = 0, high = nr;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (strcmp(by_name[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * Descriptors with the addresses of the code, which has the same name and a dot. Those
 * of one name are in another order than the code, as may be.
 */
static void make_descriptors(void)
{
	unsigned long page = (unsigned long)__start_opd & -4096UL;
	char dot_name[KSYM_NAME_LEN + 1];
	unsigned int i, k, code, end;
	bool reverse;

	if (!IS_ENABLED(DESCRIPTORS))
		return;
	if (mmap((void *)page, (unsigned long)__end_opd - page, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		need(NULL);

	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr && !strcmp(by_name[end].name, by_name[i].name); end++)
			;
		snprintf(dot_name, sizeof(dot_name), ".%s", by_name[i].name);
		code = first_name(dot_name);
		reverse = !strcmp(by_name[i].name, "same_name");
		for (k = i; k < end && code < nr && !strcmp(by_name[code].name, dot_name); k++) {
			func_desc_t *descriptor = (void *)by_name[reverse ? end - 1 - (k - i) : k].addr;

			if (!is_descriptor((unsigned long)descriptor))
				continue;
			descriptor->addr = by_name[code++].addr;
			nr_descriptors++;
		}
	}
}

/* The symbols of a name, as they are visited */
struct visit {
	unsigned int first, nr, seen;
};

static int visit_match(void *data, unsigned long addr)
{
	struct visit *visit = data;
	unsigned int i;

	visit->seen++;
	for (i = visit->first; i < visit->first + visit->nr; i++) {
		if (by_name[i].addr == addr)
			return 0;
	}
	fail("an address that the name has not: %lx\n", addr);
	return 0;
}

static void check_name(const char *name)
{
	struct visit visit = { .first = first_name(name) };
	unsigned long addr = kallsyms_lookup_name(name);
	unsigned int i, end = visit.first;
	bool found = false;

	while (end < nr && !strcmp(by_name[end].name, name))
		end++;
	visit.nr = end - visit.first;

	for (i = visit.first; i < end; i++)
		found |= by_name[i].addr == addr;
	if (visit.nr ? !found : addr)
		fail("%s: found at %lx, the map has %u\n", name, addr, visit.nr);

	kallsyms_on_each_match_symbol(visit_match, name, &visit);
	if (visit.seen != visit.nr)
		fail("%s: visited %u, the map has %u\n", name, visit.seen, visit.nr);
}

#ifdef HAVE_PREFIX
#define MAX_PREFIX	32

struct prefix_visit {
	const char *prefix;
	unsigned int seen;
};

static int visit_prefix(void *data, const char *name, unsigned long addr)
{
	struct prefix_visit *visit = data;
	struct symbol key = { .name = name, .addr = addr };

	if (strncmp(name, visit->prefix, strlen(visit->prefix)) ||
	    !bsearch(&key, by_name, nr, sizeof(key), order_by_name))
		fail("prefix %s: %s at %lx\n", visit->prefix, name, addr);
	return ++visit->seen > MAX_PREFIX;
}

static void check_prefix(const char *prefix)
{
	struct prefix_visit visit = { .prefix = prefix };
	unsigned int i = first_name(prefix), want = 0;

	while (want <= MAX_PREFIX && i + want < nr &&
	       !strncmp(by_name[i + want].name, prefix, strlen(prefix)))
		want++;
	kallsyms_on_each_prefix_symbol(visit_prefix, prefix, &visit);
	if (visit.seen != want)
		fail("prefix %s: visited %u, the map has %u\n", prefix, visit.seen, want);
}
#else
static void check_prefix(const char *prefix) { }
#endif

/* A name, one with a character more, with another one here and there, and less. */
static void check_names_around(const char *name)
{
	static const char more[] = "$.0_~";
	char buf[KSYM_NAME_LEN + 1];
	size_t len = strlen(name), i;

	check_name(name);
	check_prefix(name);

	strcpy(buf, name);
	for (i = 0; more[i]; i++) {
		buf[len] = more[i];
		buf[len + 1] = '\0';
		check_name(buf);
	}
	for (i = len; i; i /= 2) {
		strcpy(buf, name);
		buf[i - 1]++;
		check_name(buf);
		buf[i - 1] -= 2;
		check_name(buf);
		buf[i - 1] = '\0';
		check_name(buf);
		check_prefix(buf);
	}
}

/* The symbol is one of @first to before @end, all of the same address. */
static void check_addr_at(unsigned long addr, unsigned int first, unsigned int end,
			  unsigned long want_size)
{
	unsigned long size = ~0UL, offset = ~0UL;
	char name[KSYM_NAME_LEN], again[KSYM_NAME_LEN];
	char *modname = name;
	unsigned int i;

	if (!kallsyms_lookup(addr, &size, &offset, &modname, name)) {
		fail("%lx: not found\n", addr);
		return;
	}
	for (i = first; i < end && strcmp(by_addr[i].name, name); i++)
		;
	if (i == end || size != want_size || offset != addr - by_addr[first].addr || modname)
		fail("%lx: %s+%lx/%lx, the map has %s+%lx/%lx\n", addr, name, offset, size,
		     by_addr[first].name, addr - by_addr[first].addr, want_size);

	if (lookup_symbol_name(addr, again) || strcmp(again, name))
		fail("%lx: %s, and %s\n", addr, name, again);

	size = offset = ~0UL;
	if (!kallsyms_lookup_size_offset(addr, &size, &offset) || size != want_size ||
	    offset != addr - by_addr[first].addr)
		fail("%lx: size %lx, offset %lx\n", addr, size, offset);
}

static void check_addresses(void)
{
	unsigned int i, end;
	unsigned long size;

	for (i = 0; i < nr; i = end) {
		for (end = i + 1; end < nr && by_addr[end].addr == by_addr[i].addr; end++)
			;
		if (!is_ksym_addr(by_addr[i].addr) && !is_descriptor(by_addr[i].addr))
			continue;

		if (is_descriptor(by_addr[i].addr))
			size = sizeof(func_desc_t);
		else if (end < nr)
			size = by_addr[end].addr - by_addr[i].addr;
		else if (IS_ENABLED(CONFIG_KALLSYMS_ALL))
			size = (unsigned long)_end - by_addr[i].addr;
		else
			size = (unsigned long)_etext - by_addr[i].addr;

		check_addr_at(by_addr[i].addr, i, end, size);
		if (size > 1)
			check_addr_at(by_addr[i].addr + 1, i, end, size);
		if (size > 2)
			check_addr_at(by_addr[i].addr + size - 1, i, end, size);
	}
}

static unsigned int visited;

static int visit_each(void *data, const char *name, unsigned long addr)
{
	struct symbol key = { .name = name, .addr = addr };

	visited++;
	if (!bsearch(&key, by_name, nr, sizeof(key), order_by_name))
		fail("visited %s at %lx\n", name, addr);
	return 0;
}

static void check(void)
{
	unsigned int i;

	if (IS_ENABLED(DESCRIPTORS) && !IS_ENABLED(CONFIG_KALLSYMS_ALL) ?
	    kallsyms_num_syms + nr_descriptors != nr : kallsyms_num_syms != nr)
		fail("%u symbols and %u descriptors, the map has %u\n", kallsyms_num_syms,
		     nr_descriptors, nr);

	for (i = 0; i < nr; i++) {
		if (!i || strcmp(by_name[i].name, by_name[i - 1].name))
			check_names_around(by_name[i].name);
	}
	check_name("");
	check_addresses();

	kallsyms_on_each_symbol(visit_each, NULL);
	if (visited != nr)
		fail("visited %u of %u\n", visited, nr);
	printf("%u symbols, %u of them descriptors\n", nr, nr_descriptors);
}

static int dump_match(void *data, unsigned long addr)
{
	printf(" %lx", addr);
	return 0;
}

static void dump(void)
{
	unsigned long size, offset;
	char name[KSYM_NAME_LEN];
	char *modname;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		printf("%s %lx:", by_name[i].name, kallsyms_lookup_name(by_name[i].name));
		kallsyms_on_each_match_symbol(dump_match, by_name[i].name, NULL);
		printf("\n");
		if (is_ksym_addr(by_addr[i].addr) &&
		    kallsyms_lookup(by_addr[i].addr, &size, &offset, &modname, name))
			printf("%lx %s+%lx/%lx\n", by_addr[i].addr, name, offset, size);
	}
}

static measured unsigned long measured_name(const char *name)
{
	return kallsyms_lookup_name(name);
}

static measured const char *measured_address(unsigned long addr, unsigned long *size,
					     unsigned long *offset, char **modname, char *name)
{
	return kallsyms_lookup(addr, size, offset, modname, name);
}

static measured int measured_size(unsigned long addr, unsigned long *size, unsigned long *offset)
{
	return kallsyms_lookup_size_offset(addr, size, offset);
}

/* Up to 2000 symbols, all over the table */
static void count(const char *what)
{
	unsigned long step = nr > 2000 ? nr / 2000 : 1, size, offset;
	char name[KSYM_NAME_LEN + 1];
	unsigned int i, n = 0;
	char *modname;

	for (i = step / 2; i < nr; i += step) {
		if (strcmp(what, "descriptor") ? !is_ksym_addr(by_addr[i].addr) :
		    !is_descriptor(by_addr[i].addr))
			continue;
		n++;
		snprintf(name, sizeof(name), "%s", by_addr[i].name);
		if (!strcmp(what, "found") || !strcmp(what, "descriptor")) {
			measured_name(name);
		} else if (!strcmp(what, "missing")) {
			/* Without the dot of the code, where there is one */
			memmove(name, name + (name[0] == '.'), strlen(name));
			name[strlen(name) - 1]++;
			measured_name(name);
		} else if (!strcmp(what, "address")) {
			measured_address(by_addr[i].addr + 1, &size, &offset, &modname, name);
		} else {
			measured_size(by_addr[i].addr + 1, &size, &offset);
		}
	}
	printf("%u\n", n);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	read_map(argv[argc - 1]);
	make_descriptors();

	if (!strcmp(argv[1], "check"))
		check();
	else if (!strcmp(argv[1], "dump"))
		dump();
	else
		count(argv[2]);
	return failed != 0;
}
