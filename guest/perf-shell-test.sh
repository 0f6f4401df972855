#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs tools/perf/tests/shell in a chroot that has bash and perl, and turns what the
# tests say, or how they end, into lines that the rig counts.
#
# Of the tests of probes these are not run: record+probe_libc_inet_pton.sh and
# test_uprobe_from_different_cu.sh, which probe a program, not the kernel, and need
# debug information of the C library or a compiler.

ROOT=/debian
mv /shell $ROOT/
mkdir -p $ROOT/boot $ROOT/dev $ROOT/proc $ROOT/sys $ROOT/tmp $ROOT/fs
for dir in dev proc sys; do
	mount --rbind /$dir $ROOT/$dir
done
cp /rig/perf $ROOT/usr/bin/perf && chmod 755 $ROOT/usr/bin/perf
cp /rig/vmlinux "$ROOT/boot/vmlinux-$(uname -r)"
cp /rig/namei.c $ROOT/fs/

run()	# TEST
{
	chroot $ROOT /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp TERM=dumb DEBUGINFOD_URLS= \
		sh -c "cd /shell/$(dirname "$1") && ./$(basename "$1")" >/tmp/said 2>&1
}

# One result, by the exit status: 2 is a skip
for test in probe_vfs_getname.sh record+script_probe_vfs_getname.sh trace+probe_vfs_getname.sh; do
	run $test
	case $? in
	0) echo "ok - $test" ;;
	2) echo "ok - $test # SKIP" ;;
	*) echo "not ok - $test" ;;
	esac
	sed 's/^/# /' /tmp/said
done

# A result for each line, and one more should the test say nothing
for test in test_adding_blacklisted test_adding_kernel test_basic test_invalid_options \
	    test_line_semantics; do
	run base_probe/$test.sh
	sed -n -e "s/^-- \[ PASS \] -- .* :: /ok - $test: /p" \
		-e "s/^-- \[ FAIL \] -- .* :: /not ok - $test: /p" \
		-e "s/^-- \[ SKIP \] -- .* :: \(.*\) :: testcase skipped/ok - $test: \1 # SKIP/p" \
		-e 's/^/# /p' /tmp/said
	grep -q '^-- \[ ' /tmp/said || echo "not ok - $test: no result"
done
