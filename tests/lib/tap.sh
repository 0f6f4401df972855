# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by the guest's test programs.

number=0

# check NAME COMMAND...: prints "ok N - NAME" or "not ok N - NAME", and what the
# command had to say if it failed. Returns whether it passed.
check()
{
	name=$1
	shift
	number=$((number + 1))
	if "$@" >/tmp/check 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' /tmp/check
		return 1
	fi
}
