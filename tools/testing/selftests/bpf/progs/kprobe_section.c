// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "bpf_misc.h"

#define FUNC	SYS_PREFIX "sys_nanosleep"

char _license[] SEC("license") = "GPL";

int kprobe_hits = 0;
int kretprobe_hits = 0;

SEC("kprobe/" FUNC "+0x0")
int good_offset(void *ctx)
{
	return 0;
}

SEC("kretprobe.multi/" FUNC)
int good_multi(void *ctx)
{
	return 0;
}

SEC("kprobe.session/" FUNC)
int good_session(void *ctx)
{
	return 0;
}

SEC("fentry.multi/bpf_fentry_test1")
int good_tracing_multi(void *ctx)
{
	return 0;
}

SEC("kprobe/" FUNC "+")
int bad_offset_empty(void *ctx)
{
	return 0;
}

SEC("kprobe/" FUNC "+0x0junk")
int bad_offset_end(void *ctx)
{
	return 0;
}

SEC("kprobe/" FUNC "-1")
int bad_sign(void *ctx)
{
	return 0;
}

SEC("kprobe/" FUNC "%junk")
int bad_suffix(void *ctx)
{
	return 0;
}

SEC("kprobe/" FUNC "%clones+0x4")
int bad_clones_offset(void *ctx)
{
	return 0;
}

SEC("kretprobe/" FUNC "%return")
int bad_ret_suffix(void *ctx)
{
	return 0;
}

SEC("kprobe.multi/" FUNC "%clones")
int bad_multi(void *ctx)
{
	return 0;
}

SEC("kretprobe.multi/" FUNC "+0x4")
int bad_ret_multi(void *ctx)
{
	return 0;
}

SEC("kprobe.session/" FUNC "%clones")
int bad_session(void *ctx)
{
	return 0;
}

SEC("fentry.multi/bpf_fentry_test1%clones")
int bad_tracing_multi(void *ctx)
{
	return 0;
}

SEC("kprobe/" FUNC "%clones")
int clones(void *ctx)
{
	kprobe_hits++;
	return 0;
}

SEC("kretprobe/" FUNC "%clones")
int clones_ret(void *ctx)
{
	kretprobe_hits++;
	return 0;
}
