# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts that run a program of guest/ in the guest.

# guest_program NAME [FLAG...]: builds guest/NAME.c to $RESULT/NAME.
guest_program()
{
	local name=$1

	shift
	"${USER_CROSS}gcc" -O2 -Wall -Wextra -Werror -static "$@" -o "$RESULT/$name" \
		"$RIG_ROOT/guest/$name.c" || die "guest/$name.c does not build"
}

# run_tap NAME [NAME=FILE...]: runs guest/NAME.sh, or the program of another NAME=FILE,
# which prints a line "ok" or "not ok" for each test (guest/tap.sh), "# SKIP" at the
# end of it if it was skipped, with each FILE as /rig/NAME. The counts go to
# $RESULT/NAME.count. Fails if a test does; with BASE=1 it only counts.
run_tap()
{
	local name=$1 status=0 passed failed skipped

	shift
	case " $*" in
	*" program="*) ;;
	*) set -- "program=$RIG_ROOT/guest/$name.sh" "tap.sh=$RIG_ROOT/guest/tap.sh" "$@" ;;
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
