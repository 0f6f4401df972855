// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test that gives kprobes what nobody would write: random names, addresses
 * and offsets, many of them next to one that is right.
 *
 * An input depends on the seed and on its number only (and on the kernel), so that
 * a failure can be repeated by the parameters seed, first and count, as
 * kprobes_fuzz_kunit.count=1 on the kernel's command line.
 *
 * Some inputs have nothing wrong with them: these have to be taken. One that is refused
 * has to have the error that goes with the reason for it.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/sections.h>

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "Which inputs there are");

static unsigned int first;
module_param(first, uint, 0444);
MODULE_PARM_DESC(first, "The number of the first input");

/* x86 decodes the whole function for each probe, which takes minutes in an emulated guest */
static unsigned int count = IS_ENABLED(CONFIG_X86) ? 200 : 2000;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "How many inputs");

/* Probes that are there at a time: taking them back waits once for all of them */
#define BATCH	32U

/* At least one in so many inputs is to be one that nothing is wrong with */
#define GOOD_ONE_IN	20

/* There is no room for a name above this, and no need */
#define NAME_SIZE	(KSYM_NAME_LEN + MODULE_NAME_LEN + 64)

/**
 * struct fuzz_input - What a probe is given by.
 * @number: Number of the input.
 * @symbol: Room for its name.
 * @name: @symbol or NULL.
 * @addr: Its address or NULL.
 * @offset: Offset from either of them.
 * @good: Its address if it is the name of one function, as it is in kallsyms, and has
 *	no offset; 0 if not.
 */
struct fuzz_input {
	unsigned int number;
	char symbol[NAME_SIZE];
	const char *name;
	kprobe_opcode_t *addr;
	unsigned int offset;
	unsigned long good;
};

static const char * const prefixes[] = {
	".", "..", ":", "vmlinux:", "no_module:", "no_module:.",
};

static const char * const suffixes[] = {
	"%clones", "%", "%return", ".isra.0", ".", "+4",
};

static const unsigned int offsets[] = {
	1, 2, 3, 4, 8, 12, 16, 1 << 20, INT_MAX, UINT_MAX - 3, UINT_MAX,
};

static u32 below(struct rnd_state *rnd, u32 end)
{
	return prandom_u32_state(rnd) % end;
}

static unsigned long any_text(struct rnd_state *rnd)
{
	return (unsigned long)_stext + below(rnd, _etext - _stext);
}

/* The symbol of some code, or of some data */
static void any_symbol(struct rnd_state *rnd, char *name)
{
	unsigned long addr = any_text(rnd);

	if (!below(rnd, 8))
		addr = (unsigned long)_stext + below(rnd, _end - _stext);
	if (lookup_symbol_name(addr, name))
		strscpy(name, "_text", KSYM_NAME_LEN);
}

static void make_name(struct rnd_state *rnd, struct fuzz_input *in)
{
	char *name = in->symbol;
	unsigned int len;

	in->name = name;
	switch (below(rnd, 10)) {
	case 0:
		/* Next to the limits */
		len = below(rnd, 2) ? MODULE_NAME_LEN : KSYM_NAME_LEN;
		len += below(rnd, 3) - 1;
		memset(name, 'x', len);
		name[len] = '\0';
		if (len < KSYM_NAME_LEN / 2 && below(rnd, 2))
			strcat(name, ":init");
		return;
	case 1:
		len = below(rnd, 32);
		name[len] = '\0';
		while (len--)
			name[len] = 1 + below(rnd, 255);
		return;
	case 2:
		strscpy(name, prefixes[below(rnd, ARRAY_SIZE(prefixes))], KSYM_NAME_LEN);
		name += strlen(name);
		break;
	}

	any_symbol(rnd, name);
	if (*name == '.' && below(rnd, 2))
		memmove(name, name + 1, strlen(name));
	len = strlen(name);
	switch (below(rnd, 8)) {
	case 0:
		strcat(name, suffixes[below(rnd, ARRAY_SIZE(suffixes))]);
		break;
	case 1:
		/* What the symbol may be a clone of */
		if (strchr(name + 1, '.'))
			*strchr(name + 1, '.') = '\0';
		break;
	case 2:
		name[below(rnd, len)] ^= 1 << below(rnd, 8);
		break;
	}
}

static int count_symbol(void *data, unsigned long addr)
{
	unsigned int *num = data;

	++*num;

	return 0;
}

/* A function that ftrace has no site in may start with what cannot be probed */
static bool is_traced(unsigned long addr, unsigned long size)
{
#ifdef CONFIG_DYNAMIC_FTRACE
	return ftrace_location_range(addr, addr + size - 1);
#else
	return false;
#endif
}

/* The address of the one function of this name, 0 if a probe cannot be on it */
static unsigned long good_addr(const char *name)
{
	unsigned long addr = kallsyms_lookup_name(name), size, offset;
	unsigned int num = 0;

	if (!addr || !core_kernel_text(addr) || within_kprobe_blacklist(addr) ||
	    !kallsyms_lookup_size_offset(addr, &size, &offset) || offset ||
	    !is_traced(addr, size))
		return 0;
	kallsyms_on_each_match_symbol(count_symbol, name, &num);

	return num == 1 ? addr : 0;
}

static void make_addr(struct rnd_state *rnd, struct fuzz_input *in)
{
	unsigned long addr;

	switch (below(rnd, 6)) {
	case 0:
		addr = any_text(rnd);
		break;
	case 1:
		addr = round_down(any_text(rnd), 4);
		break;
	case 2:
		/* Data, and the descriptors among it */
		addr = round_down((unsigned long)_stext + below(rnd, _end - _stext), 8);
		break;
	case 3:
		addr = -1UL - below(rnd, 1 << 16);
		break;
	case 4:
		prandom_bytes_state(rnd, &addr, sizeof(addr));
		break;
	default:
		addr = below(rnd, 1 << 16);
	}
	in->addr = (kprobe_opcode_t *)addr;
}

static void make_input(struct fuzz_input *in, unsigned int number)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, (u64)seed << 32 | number);
	memset(in, 0, sizeof(*in));
	in->number = number;

	if (below(&rnd, 4))
		make_name(&rnd, in);
	if (!in->name || !below(&rnd, 32))
		make_addr(&rnd, in);
	if (!below(&rnd, 3))
		in->offset = offsets[below(&rnd, ARRAY_SIZE(offsets))];
	if (in->name && !in->addr && !in->offset)
		in->good = good_addr(in->name);
}

/* What a failure names the input by */
static const char *describe(const struct fuzz_input *in)
{
	static char text[4 * NAME_SIZE + 128];

	scnprintf(text, sizeof(text), "input %u of seed %u: name \"%*pE\", addr %lx, offset %u",
		  in->number, seed, (int)strlen(in->symbol), in->symbol,
		  (unsigned long)in->addr, in->offset);

	return text;
}

/* Is @err what a name without a form has, that is an empty one or one too long? */
static bool is_form_err(int err)
{
	return err == -EINVAL || err == -ENAMETOOLONG;
}

/* Is @err, of a place or a probe, one that goes with the reason for it? */
static bool goes_with(const struct fuzz_input *in, enum kprobe_why why, int err)
{
	switch (why) {
	case KPROBE_WHY_NAME:
		return in->name && is_form_err(err);
	case KPROBE_WHY_NO_SYMBOL:
	case KPROBE_WHY_NO_MODULE:
	case KPROBE_WHY_MODULE_GOING:
		return in->name && err == -ENOENT;
	case KPROBE_WHY_NOT_UNIQUE:
		return in->name && err == -EADDRNOTAVAIL;
	case KPROBE_WHY_NOT_COVERED:
		/* Neither of them was given, or both */
		return err == (!in->name == !in->addr ? -EINVAL : -ENOENT);
	case KPROBE_WHY_ENTRY:
		return err == -EILSEQ;
	case KPROBE_WHY_INIT:
		return err == -EINVAL || err == -ENOENT;
	case KPROBE_WHY_BOUNDARY:
		return err == -EINVAL || err == -EILSEQ;
	case KPROBE_WHY_DESCRIPTOR:
	case KPROBE_WHY_NOT_ENTRY:
	case KPROBE_WHY_NO_RETURN:
	case KPROBE_WHY_NOT_CODE:
	case KPROBE_WHY_BLACKLIST:
	case KPROBE_WHY_FTRACE:
	case KPROBE_WHY_JUMP_LABEL:
	case KPROBE_WHY_STATIC_CALL:
	case KPROBE_WHY_BUG:
	case KPROBE_WHY_CFI:
		return err == -EINVAL;
	case KPROBE_WHY_INSN:
		/* No instruction starts there, or none that x86 can emulate, or an rte of sh */
		return err == -EINVAL || err == -EILSEQ ||
		       (err == -EOPNOTSUPP && IS_ENABLED(CONFIG_X86)) ||
		       (err == -EFAULT && IS_ENABLED(CONFIG_SUPERH));
	default:
		return false;
	}
}

/* What a lookup returns, how many symbols it has found, and its reason agree */
static void check_name(struct kunit *test, const struct fuzz_input *in)
{
	struct kprobe_place place;
	int lookup = kprobe_find_name(in->name, &place);

	kprobe_put_place(&place);
	if (lookup && lookup != -ENOENT)
		KUNIT_EXPECT_TRUE_MSG(test, is_form_err(lookup), "%s", describe(in));
	KUNIT_EXPECT_EQ_MSG(test, !lookup, !place.why, "%s", describe(in));
	KUNIT_EXPECT_EQ_MSG(test, !lookup,
			    place.nr_symbols && place.why != KPROBE_WHY_MODULE_GOING,
			    "%s", describe(in));
}

/* What the resolver says to an input, and why if it is refused */
static kprobe_opcode_t *resolve(const struct fuzz_input *in, enum kprobe_why *why)
{
	struct kprobe_place place;
	int ret = kprobe_find_place(in->addr, in->name, in->offset, &place);

	kprobe_put_place(&place);
	*why = place.why;

	return ret ? ERR_PTR(ret) : place.addr;
}

/* A few inputs, as for a repetition, may be anything */
static void check_floor(struct kunit *test, unsigned int good)
{
	if (IS_ENABLED(CONFIG_DYNAMIC_FTRACE) && count >= 200)
		KUNIT_EXPECT_GE(test, good, count / GOOD_ONE_IN);
}

static void resolve_test(struct kunit *test)
{
	struct fuzz_input *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);
	unsigned int refused = 0, good = 0;

	KUNIT_ASSERT_NOT_NULL(test, in);
	for (unsigned int i = 0; i < count; i++) {
		struct kprobe_place place;
		int err;

		make_input(in, first + i);
		if (in->name)
			check_name(test, in);

		err = kprobe_find_place(in->addr, in->name, in->offset, &place);
		kprobe_put_place(&place);
		good += !!in->good;
		if (in->good) {
			KUNIT_EXPECT_EQ_MSG(test, err, 0, "%s", describe(in));
			KUNIT_EXPECT_EQ_MSG(test, place.start, in->good, "%s", describe(in));
			KUNIT_EXPECT_TRUE_MSG(test, place.on_func_entry, "%s", describe(in));
		}
		if (!err)
			continue;
		refused++;
		KUNIT_EXPECT_TRUE_MSG(test, goes_with(in, place.why, err),
				      "errno %d, reason %d, %s", err, place.why, describe(in));
	}
	check_floor(test, good);
	kunit_info(test, "%u inputs, %u refused, %u had to be taken", count, refused, good);
}

static bool probe_at(kprobe_opcode_t *addr)
{
	guard(preempt)();

	return get_kprobe(addr);
}

static int no_handler(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(no_handler);

/**
 * struct fuzz_probe - A probe, and what it was given by.
 * @in: What it was given by.
 * @rp: The probe, of which @rp.kp may be all that is used.
 */
struct fuzz_probe {
	struct fuzz_input in;
	struct kretprobe rp;
};

static int register_probe(struct fuzz_probe *p, bool is_return)
{
	return is_return ? register_kretprobe(&p->rp) : register_kprobe(&p->rp.kp);
}

static void unregister_probe(struct fuzz_probe *p, bool is_return)
{
	if (is_return)
		unregister_kretprobe(&p->rp);
	else
		unregister_kprobe(&p->rp.kp);
}

/* Is this a function that no return probe can be on, as __switch_to() of x86? */
static bool returns_elsewhere(unsigned long func)
{
#ifdef CONFIG_KRETPROBES
	for (int i = 0; i < kretprobe_blacklist_size && kretprobe_blacklist[i].name; i++) {
		if ((unsigned long)kretprobe_blacklist[i].addr == func)
			return true;
	}
#endif
	return false;
}

/* Why there can be no probe, INSN if its instruction has to tell */
static enum kprobe_why why_refused(const struct fuzz_input *in, bool is_return)
{
	struct kprobe_place place;
	int ret = kprobe_find_place(in->addr, in->name, in->offset, &place);

	if (!ret && is_return && !place.on_func_entry)
		place.why = KPROBE_WHY_NOT_ENTRY;
	else if (!ret && is_return && returns_elsewhere(place.start))
		place.why = KPROBE_WHY_NO_RETURN;
	else if (!ret)
		kprobe_check_place(&place);
	kprobe_put_place(&place);

	return place.why ?: KPROBE_WHY_INSN;
}

/* A probe that is refused is as it was, is nowhere, and is refused again */
static void check_refused(struct kunit *test, struct fuzz_probe *p, bool is_return, int err)
{
	const struct kprobe *kp = &p->rp.kp;
	const struct fuzz_input *in = &p->in;
	enum kprobe_why why = why_refused(in, is_return);
	int again;

	KUNIT_EXPECT_FALSE_MSG(test, in->good && why != KPROBE_WHY_NO_RETURN, "errno %d, %s",
			       err, describe(in));
	KUNIT_EXPECT_TRUE_MSG(test, goes_with(in, why, err), "errno %d, reason %d, %s",
			      err, why, describe(in));
	KUNIT_EXPECT_PTR_EQ_MSG(test, kp->addr, in->addr, "%s", describe(in));
	KUNIT_EXPECT_PTR_EQ_MSG(test, kp->symbol_name, in->name, "%s", describe(in));
	KUNIT_EXPECT_EQ_MSG(test, kp->offset, in->offset, "%s", describe(in));
	KUNIT_EXPECT_EQ_MSG(test, kp->flags, KPROBE_FLAG_DISABLED, "%s", describe(in));
	KUNIT_EXPECT_TRUE_MSG(test, list_empty(&kp->list), "%s", describe(in));
	KUNIT_EXPECT_TRUE_MSG(test, hlist_unhashed(&kp->hlist), "%s", describe(in));

	again = register_probe(p, is_return);
	KUNIT_EXPECT_EQ_MSG(test, again, err, "%s", describe(in));
	/* A probe that is taken now must not outlive its memory */
	if (!again)
		unregister_probe(p, is_return);
}

static void check_accepted(struct kunit *test, const struct fuzz_probe *p)
{
	const struct kprobe *kp = &p->rp.kp;
	const struct fuzz_input *in = &p->in;
	bool is_text = kernel_text_address((unsigned long)kp->addr);

	enum kprobe_why why;

	KUNIT_EXPECT_PTR_EQ_MSG(test, kp->addr, resolve(in, &why), "%s", describe(in));
	KUNIT_EXPECT_EQ_MSG(test, why_refused(in, false), KPROBE_WHY_INSN, "%s", describe(in));
	KUNIT_EXPECT_TRUE_MSG(test, is_text, "%s", describe(in));
	KUNIT_EXPECT_TRUE_MSG(test, probe_at(kp->addr), "%s", describe(in));
	KUNIT_EXPECT_TRUE_MSG(test, kp->flags & KPROBE_FLAG_DISABLED, "%s", describe(in));
}

static void give_input(struct fuzz_probe *p, unsigned int number)
{
	struct kprobe *kp = &p->rp.kp;

	memset(p, 0, sizeof(*p));
	make_input(&p->in, number);
	INIT_HLIST_NODE(&kp->hlist);
	INIT_LIST_HEAD(&kp->list);
	kp->symbol_name = p->in.name;
	kp->addr = p->in.addr;
	kp->offset = p->in.offset;
	/* What it is on need not bear to be hit */
	kp->flags = KPROBE_FLAG_DISABLED;
	kp->pre_handler = no_handler;
	p->rp.maxactive = number % 64;
}

/* Register the inputs from @number on as probes, and take them back */
static unsigned int try_batch(struct kunit *test, struct fuzz_probe *probes, unsigned int number,
			      unsigned int num, bool is_return, unsigned int *good)
{
	struct kretprobe *rps[BATCH];
	struct kprobe *kps[BATCH];
	kprobe_opcode_t *addrs[BATCH];
	unsigned int accepted = 0, i;

	for (i = 0; i < num; i++) {
		struct fuzz_probe *p = &probes[i];
		int err;

		give_input(p, number + i);
		*good += !!p->in.good;
		err = register_probe(p, is_return);
		if (err) {
			check_refused(test, p, is_return, err);
			continue;
		}
		check_accepted(test, p);
		rps[accepted] = &p->rp;
		kps[accepted] = &p->rp.kp;
		addrs[accepted++] = p->rp.kp.addr;
	}

	if (is_return)
		unregister_kretprobes(rps, accepted);
	else
		unregister_kprobes(kps, accepted);
	for (i = 0; i < accepted; i++)
		KUNIT_EXPECT_FALSE_MSG(test, probe_at(addrs[i]), "stays at %pS", addrs[i]);

	return accepted;
}

static void try_all(struct kunit *test, bool is_return)
{
	struct fuzz_probe *probes = kunit_kcalloc(test, BATCH, sizeof(*probes), GFP_KERNEL);
	unsigned int accepted = 0, good = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, probes);
	for (i = 0; i < count; i += BATCH)
		accepted += try_batch(test, probes, first + i, min(count - i, BATCH), is_return,
				      &good);
	check_floor(test, good);
	kunit_info(test, "%u inputs, %u refused, %u had to be taken", count, count - accepted,
		   good);
}

static void register_test(struct kunit *test)
{
	try_all(test, false);
}

#ifdef CONFIG_KRETPROBES
static void register_return_test(struct kunit *test)
{
	try_all(test, true);
}
#endif

static struct kunit_case kprobes_fuzz_test_cases[] = {
	KUNIT_CASE_SLOW(resolve_test),
	KUNIT_CASE_SLOW(register_test),
#ifdef CONFIG_KRETPROBES
	KUNIT_CASE_SLOW(register_return_test),
#endif
	{}
};

static struct kunit_suite kprobes_fuzz_test_suite = {
	.name = "kprobes_fuzz",
	.test_cases = kprobes_fuzz_test_cases,
};

kunit_test_suite(kprobes_fuzz_test_suite);

MODULE_DESCRIPTION("KUnit test that gives kprobes random input");
MODULE_LICENSE("GPL");
