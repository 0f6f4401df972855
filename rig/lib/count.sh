# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts whose checks are counted: each is one line
# "ok" or "FAIL" with its name, and count_end leaves "passed failed skipped" in
# a file, and the results beside it (count_tests in common.sh).

count_passed=0 count_failed=0 count_skipped=0 count_results=''

# counted NAME COMMAND...: what the command says is shown only if it fails. In a
# shell function every step needs its own || return.
counted()
{
	local name=$1 said

	shift
	if said=$("$@" 2>&1); then
		count_passed=$((count_passed + 1))
		count_results+=pass$'\t'$name$'\t\n'
		echo "ok   $name"
	else
		count_failed=$((count_failed + 1))
		count_results+=fail$'\t'$name$'\t'${said##*$'\n'}$'\n'
		echo "FAIL $name"
		printf '%s\n' "$said" | sed 's/^/     /'
	fi
}

skipped()
{
	count_skipped=$((count_skipped + 1))
	count_results+=skip$'\t'$1$'\t'$2$'\n'
	echo "skip $1: $2"
}

# count_end FILE TITLE
count_end()
{
	mkdir -p "$(dirname "$1")"
	printf %s "$count_results" >"${1%.count}.tests"
	echo "$count_passed $count_failed $count_skipped" >"$1"
	echo "$2: $count_passed passed, $count_failed failed, $count_skipped skipped"
	[ "$count_failed" -eq 0 ]
}
