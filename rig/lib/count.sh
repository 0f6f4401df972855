# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts whose checks are counted: each is one line
# "ok" or "FAIL" with its name, and count_end leaves "passed failed skipped" in
# a file.

count_passed=0 count_failed=0 count_skipped=0

# counted NAME COMMAND...: what the command says is shown only if it fails. In a
# shell function every step needs its own || return.
counted()
{
	local name=$1 said

	shift
	if said=$("$@" 2>&1); then
		count_passed=$((count_passed + 1))
		echo "ok   $name"
	else
		count_failed=$((count_failed + 1))
		echo "FAIL $name"
		printf '%s\n' "$said" | sed 's/^/     /'
	fi
}

skipped()
{
	count_skipped=$((count_skipped + 1))
	echo "skip $1: $2"
}

# count_end FILE TITLE
count_end()
{
	mkdir -p "$(dirname "$1")"
	echo "$count_passed $count_failed $count_skipped" >"$1"
	echo "$2: $count_passed passed, $count_failed failed, $count_skipped skipped"
	[ "$count_failed" -eq 0 ]
}
