# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the guest's test programs, which begin with ktap_print_header and
# ktap_set_plan, the number of their tests, and end with ktap_finished: what the kernel's
# own tests print with.

# shellcheck source=/dev/null
. /rig/ktap_helpers.sh

# The names are words, not patterns of files
set -f

# configured OPTION [VALUE]: whether the kernel has an option, so that a plan does not come from
# what is there, but from what has to be there
configured()
{
	grep -q "^CONFIG_$1=[${2:-ym}]\$" /rig/config
}

# check NAME COMMAND...: a test that passes if the command does; what it had to say
# if it failed. Returns whether it passed.
check()
{
	name=$1
	shift
	if "$@" >/tmp/check 2>&1; then
		ktap_test_pass "$name"
	else
		sed 's/^/# /' /tmp/check
		ktap_test_fail "$name"
		return 1
	fi
}

# subtests NAME COMMAND...: a test that is a program with a plan and results of its own
subtests()
{
	name=$1
	shift
	echo "  KTAP version 1"
	echo "  # Subtest: $name"
	{ KSFT_TAP_LEVEL=1 "$@" || echo "# exit status $?"; } >/tmp/subtests 2>/tmp/check
	sed 's/^/  /' /tmp/subtests
	sed 's/^/  # /' /tmp/check
	if grep -q '^# exit status ' /tmp/subtests; then
		ktap_test_fail "$name"
	else
		ktap_test_pass "$name"
	fi
}
