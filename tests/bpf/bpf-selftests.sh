#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's BPF selftests that rig/bpf-selftests has built, each as a test with the
# results of its own subtests.

# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh

cd /bpf || exit 1
# libbpf looks for the options of the kernel there
mkdir /boot
cp /rig/config "/boot/config-$(uname -r)"
list=$(cat list)
# shellcheck disable=SC2086
set -- $list
ktap_print_header
ktap_set_plan $#

# Says "#4/2 name:OK" for each subtest, and "#4 name:OK" for the test
as_tap()
{
	awk '
		# What failed is said once more
		/^All error logs/ { exit }
		/^#[0-9]+(\/[0-9]+)+ / || (/^#[0-9]+ / && !rows) {
			name = $2
			result[++rows] = name
		}
		{ line[++lines] = $0 }
		END {
			print "1.." rows
			for (n = 1; n <= lines; n++) print "# " line[n]
			for (n = 1; n <= rows; n++) {
				name = result[n]
				sub(/:[A-Z]*$/, "", name)
				# One without subtests is its own
				if (name !~ /\//) name = name "/all"
				if (result[n] ~ /:OK$/) print "ok " n " " name
				else if (result[n] ~ /:SKIP/) print "ok " n " " name " # SKIP"
				else print "not ok " n " " name
			}
		}' /tmp/log
}

progs()	# TEST
{
	./test_progs -a "$1" >/tmp/log 2>&1
	status=$?
	as_tap
	return $status
}

for test in "$@"; do
	subtests "$test" progs "$test"
done
# Some are known to fail, which the judge of the results knows
ktap_print_totals
exit 0
