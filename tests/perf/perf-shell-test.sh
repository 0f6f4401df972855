#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs tools/perf/tests/shell in a chroot that has bash and perl, and turns what the
# tests say, or how they end, into lines that the rig counts.
#
# Of the tests of probes these are not run: record+probe_libc_inet_pton.sh and
# test_uprobe_from_different_cu.sh, which probe a program, not the kernel, and need
# debug information of the C library or a compiler; and the three that are named
# probe_vfs_getname, which look for lines of getname_flags() that are not there any more.

ROOT=/debian
mkdir -p $ROOT/boot $ROOT/dev $ROOT/proc $ROOT/sys $ROOT/tmp
for dir in dev proc sys; do
	mount --rbind /$dir $ROOT/$dir
done
cp /rig/perf $ROOT/usr/bin/perf && chmod 755 $ROOT/usr/bin/perf

run()	# TEST
{
	chroot $ROOT /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp TERM=dumb DEBUGINFOD_URLS= \
		sh -c "cd /shell/$(dirname "$1") && ./$(basename "$1")" >/tmp/said 2>&1
}

# A result for each line, and one more should the test say nothing, or end early
run_base_probe()	# TEST
{
	run "base_probe/$1.sh"
	status=$?
	sed -e "s/^-- \[ PASS \] -- .* :: /ok - $1: /; t" \
		-e "s/^-- \[ FAIL \] -- .* :: /not ok - $1: /; t" \
		-e "s/^-- \[ SKIP \] -- .* :: \(.*\) :: testcase skipped/ok - $1: \1 # SKIP/; t" \
		-e 's/^/# /' /tmp/said
	grep -q '^-- \[ ' /tmp/said || echo "not ok - $1: no result"
	[ $status -eq 0 ] || [ $status -eq 2 ] || grep -q '^-- \[ FAIL' /tmp/said ||
		echo "not ok - $1: exit status $status"
}

# The debug information is that of a few files: what perf says of a blacklisted
# function that has none is not what this test knows.
run_base_probe test_adding_blacklisted
cp /rig/vmlinux "$ROOT/boot/vmlinux-$(uname -r)"
for test in test_adding_kernel test_basic test_invalid_options test_line_semantics; do
	run_base_probe $test
done
