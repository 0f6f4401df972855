#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's BPF selftests that rig/bpf-selftests has built, each as a test with the
# results of its own subtests.

# Functions are called by subtests().
# shellcheck disable=SC2317
# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh

cd /bpf || exit 1
# libbpf looks for the options of the kernel there
mkdir /boot
cp /rig/config "/boot/config-$(uname -r)"
# shellcheck disable=SC2046
set -- $(cat list)
ktap_print_header
ktap_set_plan $#

# as_tap STATUS: test_progs says "#4/2 name:OK" for each subtest, and "#4 name:OK" for the test. Its
# status is above 1 if it did not come to its end
as_tap()
{
	awk -v status="$1" '
		# What failed is said once more
		/^All error logs/ { exit }
		/^#[0-9]+(\/[0-9]+)+ / || (/^#[0-9]+ / && !rows) {
			name = $2
			result[++rows] = name
		}
		{ line[++lines] = $0 }
		END {
			if (status > 1) result[++rows] = "exit status " status
			print "1.." rows
			for (n = 1; n <= lines; n++) print "# " line[n]
			for (n = 1; n <= rows; n++) {
				name = result[n]
				sub(/:[A-Z]*$/, "", name)
				if (!sub(/^[^\/]*\//, "", name) && name !~ / /) name = "all"
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
	as_tap "$status"
	return "$status"
}

for test in "$@"; do
	subtests "$test" progs "$test"
done
# Some are known to fail, which the judge of the results knows
ktap_print_totals
exit 0
