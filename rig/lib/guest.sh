# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts that run a program of tests/ in the guest.

# guest_program DIR/NAME [FLAG...]: builds tests/DIR/NAME.c to $RESULT/NAME.
guest_program()
{
	local source=tests/$1.c name=${1##*/}

	shift
	"${USER_CROSS}gcc" -O2 -Wall -Wextra -Werror -static "$@" -o "$RESULT/$name" \
		"$RIG_ROOT/$source" || die "$source does not build"
}

# run_tap [DIR/]NAME [NAME=FILE...]: runs tests/DIR/NAME.sh, or the program of another NAME=FILE,
# which prints a line "ok" or "not ok" for each test (tests/lib/tap.sh), "# SKIP" at the
# end of it if it was skipped, with each FILE as /rig/NAME. The counts go to
# $RESULT/NAME.count. Fails if a test does; with BASE=1 it only counts.
run_tap()
{
	local name=${1##*/} program=tests/$1.sh status=0 passed failed skipped

	shift
	case " $*" in
	*" program="*) ;;
	*) set -- "program=$RIG_ROOT/$program" "tap.sh=$RIG_ROOT/tests/lib/tap.sh" "$@" ;;
	esac
	"$RIG_ROOT/rig/boot" "$name" "$@" || status=$?

	touch "$RESULT/$name.result"
	sed '/^rig-exit /d' "$RESULT/$name.result"
	skipped=$(grep -c '^ok .* # SKIP$' "$RESULT/$name.result" || true)
	passed=$(($(grep -c '^ok ' "$RESULT/$name.result" || true) - skipped))
	failed=$(grep -cE '^(not ok|Bail out!) ' "$RESULT/$name.result" || true)
	echo "$passed $failed $skipped" >"$RESULT/$name.count"
	if [ "$status" -ne 0 ]; then
		[ "$failed" -ne 0 ] || echo "not ok - the guest did not end well (status $status)"
		count_bad_end "$RESULT/$name.count"
		read -r passed failed skipped <"$RESULT/$name.count"
	fi
	echo "$name, $KERNEL${BASE:+, base}: $passed passed, $failed failed, $skipped skipped"
	[ -n "$BASE" ] || { [ "$status" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]; }
}
