# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts that build a kernel.

# kernel_make TAIL: in make=() what builds a target of $BUILD, as a kernel whose release ends
# with TAIL
kernel_make()
{
	export KBUILD_BUILD_TIMESTAMP='2024-01-01 00:00:00 UTC' KBUILD_BUILD_VERSION=1
	export KBUILD_BUILD_USER=rig KBUILD_BUILD_HOST=rig
	# shellcheck disable=SC2034
	make=(make -C "$TREE" "O=${BUILD##*/}" "${KMAKE[@]}" "LOCALVERSION=$1" ${W:+"W=$W" KCFLAGS=-Wno-error}
		# Debug information of what perf's tests probe; the code is the same with it
		CFLAGS_cmdline.o=-g CFLAGS_namei.o=-g CFLAGS_read_write.o=-g)
	[ "$COVERAGE" != 1 ] || profile
}

# touched: the C files of the kernel that the series has written in
touched()
{
	rgit -C "$TREE" diff --name-only --diff-filter=d refs/rig/base HEAD -- '*.c' \
		':!tools' ':!scripts' ':!samples' ':!*kunit*' ':!*test_kprobes.c' ':!kernel/kallsyms_selftest.c'
}

# profile: have the touched files counted, also those that their Makefile leaves out
profile()
{
	local file

	for file in $(touched); do
		file=${file##*/}
		make+=("GCOV_PROFILE_${file%.c}.o=y")
	done
}
