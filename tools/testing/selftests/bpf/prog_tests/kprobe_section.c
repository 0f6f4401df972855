// SPDX-License-Identifier: GPL-2.0
#include <test_progs.h>
#include "kprobe_section.skel.h"

#define TRACEFS		"/sys/kernel/tracing"
#define DEBUGFS_TRACING	"/sys/kernel/debug/tracing"

static struct kprobe_section *open_and_load(enum bpf_prog_type type)
{
	struct kprobe_section *skel;
	struct bpf_program *prog;

	skel = kprobe_section__open();
	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;

	bpf_object__for_each_program(prog, skel->obj)
		bpf_program__set_autoload(prog, bpf_program__type(prog) == type);

	if (!ASSERT_OK(kprobe_section__load(skel), "load")) {
		kprobe_section__destroy(skel);
		return NULL;
	}

	return skel;
}

static bool has_prefix(const struct bpf_program *prog, const char *prefix)
{
	return !strncmp(bpf_program__name(prog), prefix, strlen(prefix));
}

/* A program is not attached if the end of its section is not understood */
static void test_sections(enum bpf_prog_type type)
{
	struct kprobe_section *skel;
	struct bpf_program *prog;
	struct bpf_link *link;

#ifndef __x86_64__
	/* fentry.multi needs HAVE_SINGLE_FTRACE_DIRECT_OPS */
	if (type == BPF_PROG_TYPE_TRACING) {
		test__skip();
		return;
	}
#endif

	skel = open_and_load(type);
	if (!skel)
		return;

	bpf_object__for_each_program(prog, skel->obj) {
		const char *section = bpf_program__section_name(prog);

		if (bpf_program__type(prog) != type)
			continue;

		if (has_prefix(prog, "good_")) {
			link = bpf_program__attach(prog);
			ASSERT_OK_PTR(link, section);
			bpf_link__destroy(link);
		} else if (has_prefix(prog, "bad_")) {
			link = bpf_program__attach(prog);
			ASSERT_EQ(libbpf_get_error(link), -EINVAL, section);
			bpf_link__destroy(link);
		}
	}

	kprobe_section__destroy(skel);
}

static bool kernel_has_clones(void)
{
	bool found = false;
	char line[256];
	FILE *f;

	if (access(TRACEFS "/README", F_OK) == 0)
		f = fopen(TRACEFS "/README", "r");
	else
		f = fopen(DEBUGFS_TRACING "/README", "r");
	if (!f)
		return false;

	while (!found && fgets(line, sizeof(line), f))
		found = strstr(line, "place (clones)");
	fclose(f);

	return found;
}

/* FUNC%clones is left to the kernel, which refuses it if it does not know it */
static void test_clones(void)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts);
	bool known = kernel_has_clones();
	struct kprobe_section *skel;
	struct bpf_link *link;

	skel = open_and_load(BPF_PROG_TYPE_KPROBE);
	if (!skel)
		return;

	skel->links.clones = bpf_program__attach(skel->progs.clones);
	if (!known) {
		ASSERT_EQ(libbpf_get_error(skel->links.clones), -EINVAL, "refused");
		goto cleanup;
	}
	if (!ASSERT_OK_PTR(skel->links.clones, "attach"))
		goto cleanup;
	skel->links.clones_ret = bpf_program__attach(skel->progs.clones_ret);
	if (!ASSERT_OK_PTR(skel->links.clones_ret, "attach_ret"))
		goto cleanup;

	usleep(1);
	ASSERT_GE(skel->bss->kprobe_hits, 1, "kprobe_hits");
	ASSERT_GE(skel->bss->kretprobe_hits, 1, "kretprobe_hits");

	/* A link on an event in tracefs, which is the default, too */
	opts.attach_mode = PROBE_ATTACH_MODE_LINK;
	link = bpf_program__attach_kprobe_opts(skel->progs.clones,
					       SYS_NANOSLEEP_KPROBE_NAME "%clones", &opts);
	ASSERT_OK_PTR(link, "link");
	bpf_link__destroy(link);

	/* perf_event_open() does not know it */
	opts.attach_mode = PROBE_ATTACH_MODE_PERF;
	link = bpf_program__attach_kprobe_opts(skel->progs.clones,
					       SYS_NANOSLEEP_KPROBE_NAME "%clones", &opts);
	ASSERT_EQ(libbpf_get_error(link), -ENOTSUP, "perf");
	bpf_link__destroy(link);

	opts.attach_mode = PROBE_ATTACH_MODE_LEGACY;
	opts.offset = 4;
	link = bpf_program__attach_kprobe_opts(skel->progs.clones,
					       SYS_NANOSLEEP_KPROBE_NAME "%clones", &opts);
	ASSERT_EQ(libbpf_get_error(link), -EINVAL, "offset");
	bpf_link__destroy(link);

cleanup:
	kprobe_section__destroy(skel);
}

void test_kprobe_section(void)
{
	if (test__start_subtest("sections"))
		test_sections(BPF_PROG_TYPE_KPROBE);
	if (test__start_subtest("sections-tracing"))
		test_sections(BPF_PROG_TYPE_TRACING);
	if (test__start_subtest("clones"))
		test_clones();
}
