// SPDX-License-Identifier: GPL-2.0
/* The symbols of the kernel, and of the module that is loaded. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "fuzz.h"

struct symbol *symbols;
static struct symbol **symbols_by_name, **symbols_by_addr;
unsigned int nr_symbols, nr_kernel_symbols;
uint64_t first_text, last_symbol, module_base;

bool is_text(const struct symbol *symbol)
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

uint64_t symbol_addr(const char *name, const char *module)
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

const struct symbol *symbol_at(uint64_t addr)
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
	int ret = ((*x)->addr > (*y)->addr) - ((*x)->addr < (*y)->addr);

	/* Aliases in the order of kallsyms, which shows the first one */
	return ret ?: (*x > *y) - (*x < *y);
}

const char *covering_symbol(uint64_t addr, uint64_t *start, uint64_t *size)
{
	unsigned int low = 0, high = nr_symbols;
	const struct symbol *first;

	/* The first symbol behind it */
	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (symbols_by_addr[mid]->addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || low == nr_symbols || symbols_by_addr[low]->module || symbols_by_addr[low - 1]->module)
		return NULL;
	first = symbol_at(symbols_by_addr[low - 1]->addr);
	*start = first->addr;
	*size = symbols_by_addr[low]->addr - first->addr;

	return first->name;
}

bool has_dot_symbols(void)
{
	static int has = -1;

	if (has < 0)
		has = !!symbol_addr(".vfs_read", NULL);

	return has;
}

static unsigned int count_symbols(const char *name, const char *module, bool of_kernel, uint64_t *addr)
{
	unsigned int count = 0, i;

	for (i = lower_bound(name); i < nr_symbols; i++) {
		const struct symbol *symbol = symbols_by_name[i];

		if (strcmp(symbol->name, name))
			break;
		if (of_kernel ? !!symbol->module : !symbol->module || (module && strcmp(symbol->module, module)))
			continue;
		if (!count++)
			*addr = symbol->addr;
	}

	return count;
}

unsigned int find_code(const char *name, const char *module, uint64_t *addr)
{
	char dotted[WORD_SIZE + 1];
	bool has_dot = has_dot_symbols() && *name != '.';
	const char *first = has_dot ? dotted : name;
	unsigned int count = 0;

	snprintf(dotted, sizeof(dotted), ".%s", name);
	if (!module)
		count = count_symbols(first, NULL, true, addr);
	if (!count)
		count = count_symbols(first, module, false, addr);
	if (!count && has_dot && !module)
		count = count_symbols(name, NULL, true, addr);
	if (!count && has_dot)
		count = count_symbols(name, module, false, addr);

	return count;
}

const char *undotted(const char *name)
{
	return name + (*name == '.');
}

/* The functions that ftrace knows and a probe may be on, sorted by name, without dots */
static char **good_functions;
static unsigned int nr_good_functions;

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_name_on(const char *blacklist, const char *name)
{
	const char *p = blacklist;
	size_t len = strlen(name);

	while ((p = strstr(p, name))) {
		if (p != blacklist && strchr(".\t ", p[-1]) && strchr("\n", p[len]))
			return true;
		p += len;
	}

	return false;
}

/* Whether kallsyms has a name for one function only: it may have a descriptor, too */
static bool is_alone(const char *name)
{
	char dotted[600];
	unsigned int nr = 0, i;

	snprintf(dotted, sizeof(dotted), ".%s", name);
	for (i = lower_bound(dotted); i < nr_symbols && !strcmp(symbols_by_name[i]->name, dotted); i++)
		nr++;
	if (nr)
		return nr == 1;
	for (i = lower_bound(name); i < nr_symbols && !strcmp(symbols_by_name[i]->name, name); i++)
		nr++;

	return nr == 1;
}

static void read_good_functions(void)
{
	char *all = contents(TRACEFS "available_filter_functions"), *line, *rest;
	char *blacklist = contents(DEBUGFS "kprobes/blacklist");
	unsigned int room = 0;

	for (line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const char *name = undotted(line);

		/* Those of a module have it in brackets, clones are refused for what they are */
		if (strpbrk(name, " .") || !is_alone(name) || has_name_on(blacklist, name))
			continue;
		if (nr_good_functions == room) {
			room = room ? 2 * room : 65536;
			good_functions = realloc(good_functions, room * sizeof(*good_functions));
			if (!good_functions)
				die("memory");
		}
		good_functions[nr_good_functions++] = strdup(name);
	}
	qsort(good_functions, nr_good_functions, sizeof(*good_functions), compare_words);
	free(blacklist);
	free(all);
	if (!nr_good_functions)
		die("no function can be probed");
}

bool is_good_function(const char *location)
{
	return bsearch(&location, good_functions, nr_good_functions, sizeof(*good_functions),
		       compare_words);
}

void read_symbols(void)
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
		/* Not the pages that the kernel makes code in, nor the mapping symbols of a module */
		if (words == 4 && (strcmp(module, our_module) || *name == '$'))
			continue;
		if (nr_symbols == room) {
			room = room ? 2 * room : 65536;
			symbols = realloc(symbols, room * sizeof(*symbols));
			if (!symbols)
				die("realloc");
		}
		symbols[nr_symbols++] = (struct symbol) {
			.addr = addr, .type = type, .name = strdup(name),
			.module = words == 4 ? our_module : NULL,
		};
		if (words == 3) {
			nr_kernel_symbols = nr_symbols;
			if (addr > last_symbol)
				last_symbol = addr;
		} else if (!module_base) {
			/* Where it is, is not the same in each run, but nearly */
			module_base = addr & ~0xffffffULL;
		}
		/* Not all kernels have what is ahead of their code in kallsyms */
		if (!strcmp(name, "_text") || (!first_text && !strcmp(name, "_stext")))
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
	read_good_functions();
}
