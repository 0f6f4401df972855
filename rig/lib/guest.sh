# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts that run a program of tests/ in the guest.

# guest_program DIR/NAME [FLAG...]: builds tests/DIR/NAME.c, with the other files there if it
# is called as its directory, and tests/lib/guest.c to $RESULT/NAME.
guest_program()
{
	local program=tests/$1 sources=("$RIG_ROOT/tests/$1.c") name=${1##*/}

	[ "${1%/*}" != "$name" ] || sources=("$RIG_ROOT/tests/$name"/*.c)
	shift
	"${USER_CROSS}gcc" -O2 -Wall -Wextra -Werror -static "-iquote$RIG_ROOT/tests/lib" \
		"-iquote$TREE/tools/testing/selftests" "$@" -o "$RESULT/$name" \
		"${sources[@]}" "$RIG_ROOT/tests/lib/guest.c" || die "$program does not build"
}

# judge STEP LOG: the results of the KTAP in LOG, by rig/lib/ktap.py, to $RESULT/STEP.tests and
# their counts to $RESULT/STEP.count
judge()
{
	python3 "$RIG_ROOT/rig/lib/ktap.py" "$TREE" "$1" "$BUILD/.config" "$BASE" "$2" >"$RESULT/$1.tests" ||
		die "$2 cannot be judged"
	count_tests "$RESULT/$1"
}

# run_tap [DIR/]NAME [NAME=FILE...]: runs tests/DIR/NAME.sh, or the program of another NAME=FILE,
# which prints KTAP (tests/lib/tap.sh, kselftest.h), with each FILE as /rig/NAME. The counts go
# to $RESULT/NAME.count. Fails if a test does; with BASE=1 it only counts.
run_tap()
{
	local name=${1##*/} program=tests/$1.sh status=0 passed failed skipped

	shift
	set -- "config=$BUILD/.config" "$@"
	case " $*" in
	*" program="*) ;;
	*) set -- "program=$RIG_ROOT/$program" "tap.sh=$RIG_ROOT/tests/lib/tap.sh" \
		"ktap_helpers.sh=$TREE/tools/testing/selftests/kselftest/ktap_helpers.sh" "$@" ;;
	esac
	"$RIG_ROOT/rig/boot" "$name" "$@" || status=$?

	touch "$RESULT/$name.result"
	sed '/^rig-exit /d' "$RESULT/$name.result"
	judge "$name" "$RESULT/$name.result"
	[ "$status" -eq 0 ] || count_bad_end "$RESULT/$name.count" "the guest did not end well (status $status)"
	grep '^fail' "$RESULT/$name.tests" || true
	read -r passed failed skipped <"$RESULT/$name.count"
	echo "$name, $KERNEL${BASE:+, base}: $passed passed, $failed failed, $skipped skipped"
	[ -n "$BASE" ] || { [ "$status" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]; }
}
