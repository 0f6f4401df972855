# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the guest's test programs, which begin with ktap_print_header and
# ktap_set_plan, the number of their tests, and end with ktap_finished: what the kernel's
# own tests print with.

# shellcheck source=/dev/null
. "${TAP_DIR:-/rig}/ktap_helpers.sh"

# The names are words, not patterns of files
set -f

# Outside of the rig's guests the program has arguments NAME=VALUE, these files are in $TAP_DIR,
# and what has to be written goes to $TMPDIR
arguments=$(printf '%s\n' "$@")
tmp=${TMPDIR:-/tmp}

# Not every machine has busybox's
command -v usleep >/dev/null || usleep()
{
	sleep "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))"
}

# value NAME: what NAME= says on the command line
value()
{
	echo "$arguments" | sed -n "s/^$1=//p"
}

# file NAME: the file that NAME= says, or /rig/NAME
file()
{
	set -- "$1" "$(value "$1")"
	echo "${2:-/rig/$1}"
}

# skip NAME REASON: a test that cannot run here
skip()
{
	__ktap_test ok "$1" "SKIP $2"
	KTAP_CNT_SKIP=$((KTAP_CNT_SKIP + 1))
}

# configured OPTION [VALUE]: whether the kernel has an option, so that a plan does not come from
# what is there, but from what has to be there
configured()
{
	grep -q "^CONFIG_$1=[${2:-ym}]\$" "$(file config)"
}

# check NAME COMMAND...: a test that passes if the command does; what it had to say
# if it failed. Returns whether it passed.
check()
{
	name=$1
	shift
	if "$@" >"$tmp/check" 2>&1; then
		ktap_test_pass "$name"
	else
		sed 's/^/# /' "$tmp/check"
		ktap_test_fail "$name"
		return 1
	fi
}

# unless REASON NAME COMMAND...: the same, but skipped for this reason, if there is one
unless()
{
	reason=$1
	shift
	if [ -z "$reason" ]; then check "$@"; else skip "$1" "$reason"; fi
}

# subtests NAME COMMAND...: a test that is a program with a plan and results of its own
subtests()
{
	name=$1
	shift
	echo "  KTAP version 1"
	echo "  # Subtest: $name"
	{ KSFT_TAP_LEVEL=1 "$@" || echo "# exit status $?"; } >"$tmp/subtests" 2>"$tmp/check"
	sed 's/^/  /' "$tmp/subtests"
	sed 's/^/  # /' "$tmp/check"
	if grep -q '^# exit status ' "$tmp/subtests"; then
		ktap_test_fail "$name"
	else
		ktap_test_pass "$name"
	fi
}
