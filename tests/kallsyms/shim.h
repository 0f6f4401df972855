/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kernel/kallsyms.c needs of the kernel, for a program on the host: see
 * rig/kallsyms-lookup-test. The sections' bounds are symbols that the linker
 * is told, as the table's addresses are relative to _text.
 */
#ifndef SHIM_H
#define SHIM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t loff_t;

#define CONFIG_64BIT	1
#define CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS	1
#define KSYM_NAME_LEN	512
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ALIGN_DOWN(x, a)	((x) & ~((a) - 1))
#define offset_to_ptr(off)	((void *)((unsigned long)(off) + *(off)))
#define noinline	__attribute__((__noinline__))
#define measured	__attribute__((__noipa__))
#undef __weak
#define __weak		__attribute__((__weak__))
#define EXPORT_SYMBOL_GPL(sym)
#define pr_warn_once	printf
#define cond_resched()	do { } while (0)
#define guard(name)	no_guard
static inline void no_guard(void) { }

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define __be64		u64
#define be64_to_cpu(n)	__builtin_bswap64(n)
#define rounddown_pow_of_two(n)	(1UL << (63 - __builtin_clzl(n)))
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))

static inline u32 get_unaligned_be24(const u8 *p)
{
	return p[0] << 16 | p[1] << 8 | p[2];
}

/* IS_ENABLED(), of options that are 1 or not defined */
#define SHIM_SECOND(a, b, ...)	b
#define SHIM_PLACE_1	0,
#define SHIM_ENABLED(x)	SHIM_SECOND(x 1, 0)
#define SHIM_PASTE(x)	SHIM_ENABLED(SHIM_PLACE_##x)
#define IS_ENABLED(option)	SHIM_PASTE(option)

#define _end		kernel_end
extern char _text[], _stext[], _etext[], _sinittext[], _einittext[], _end[];
extern char __start_opd[], __end_opd[];

static inline bool is_kernel_text(unsigned long addr)
{
	return addr >= (unsigned long)_stext && addr < (unsigned long)_etext;
}

static inline bool is_kernel_inittext(unsigned long addr)
{
	return addr >= (unsigned long)_sinittext && addr < (unsigned long)_einittext;
}

static inline int is_ksym_addr(unsigned long addr)
{
	if (IS_ENABLED(CONFIG_KALLSYMS_ALL))
		return addr >= (unsigned long)_stext && addr < (unsigned long)_end;

	return is_kernel_text(addr) || is_kernel_inittext(addr);
}

/* The descriptors of ELF ABI v1, where the map has an .opd: lookup.c makes them */
typedef struct {
	unsigned long addr, toc, env;
} func_desc_t;

static inline bool have_function_descriptors(void)
{
	return IS_ENABLED(DESCRIPTORS);
}

static inline void *dereference_kernel_function_descriptor(void *ptr)
{
	if (!have_function_descriptors() || (char *)ptr < __start_opd || (char *)ptr >= __end_opd)
		return ptr;

	return (void *)((func_desc_t *)ptr)->addr;
}

/* As in lib/string.c, as a compiler's own would not be counted as the kernel's is */
static noinline size_t kernel_strlen(const char *s)
{
	const char *sc;

	for (sc = s; *sc != '\0'; ++sc)
		/* nothing */;
	return sc - s;
}

static noinline int kernel_strcmp(const char *cs, const char *ct)
{
	unsigned char c1, c2;

	while (1) {
		c1 = *cs++;
		c2 = *ct++;
		if (c1 != c2)
			return c1 < c2 ? -1 : 1;
		if (!c1)
			break;
	}
	return 0;
}

static noinline int kernel_strncmp(const char *cs, const char *ct, size_t count)
{
	unsigned char c1, c2;

	while (count) {
		c1 = *cs++;
		c2 = *ct++;
		if (c1 != c2)
			return c1 < c2 ? -1 : 1;
		if (!c1)
			break;
		count--;
	}
	return 0;
}

/* For strings that fit, as lib/string.c copies what is left of a word */
static noinline long kernel_strscpy(char *dest, const char *src, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		dest[i] = src[i];
		if (!src[i])
			return i;
	}
	dest[count - 1] = '\0';
	return -7;
}

/* There are no modules, and no programs of BPF */
struct module;
#define module_kallsyms_lookup_name(name)	0UL
#define module_kallsyms_on_each_symbol(...)	0
#define module_address_lookup(...)	0
#define bpf_address_lookup(...)		0
#define ftrace_mod_address_lookup(...)	0
#define lookup_module_symbol_name(...)	(-34)
#endif
