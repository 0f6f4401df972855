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

# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh

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

# A result for each line, and one more should the test say nothing, or end early. How many
# there have to be, only the test knows.
results()	# TEST
{
	run "base_probe/$1.sh"
	status=$?
	number=0
	while read -r line; do
		name=${line% :: testcase skipped}
		case $line in
		"-- [ PASS ] -- "*) result=ok skip= ;;
		"-- [ FAIL ] -- "*) result="not ok" skip= ;;
		"-- [ SKIP ] -- "*) result=ok skip=" # SKIP" ;;
		*) echo "# $line"; continue ;;
		esac
		number=$((number + 1))
		echo "$result $number ${name##* :: }$skip"
	done </tmp/said
	if [ $number -eq 0 ] || { [ $status -ne 0 ] && [ $status -ne 2 ] && ! grep -q '^-- \[ FAIL' /tmp/said; }; then
		echo "not ok $((number + 1)) ends well"
		return 1
	fi
	! grep -q '^-- \[ FAIL' /tmp/said
}

base_probe()	# TEST
{
	results "$1" >/tmp/results
	status=$?
	echo "1..$(grep -cE '^(not )?ok ' /tmp/results)"
	cat /tmp/results
	return $status
}

ktap_print_header
ktap_set_plan 5
# The debug information is that of a few files: what perf says of a blacklisted
# function that has none is not what this test knows.
subtests test_adding_blacklisted base_probe test_adding_blacklisted
cp /rig/vmlinux "$ROOT/boot/vmlinux-$(uname -r)"
for test in test_adding_kernel test_basic test_invalid_options test_line_semantics; do
	subtests $test base_probe $test
done
ktap_finished
