#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Places a probe on every function of the running kernel and compares where it is, or how it is
# refused, with lists=DIR of make-lists; without these, only that a function which ftrace knows
# is accepted by its name. every=N: only one location in N.
#
# A test is a way to write a location with an outcome. What differs is in $TMPDIR/sweep.differs.

TRACING=/sys/kernel/tracing
here=${0%/*}

# shellcheck source=tests/lib/tap.sh
. "$TAP_DIR/tap.sh"

lists=$(value lists)
every=$(value every)
to=$TMPDIR/sweep
rm -f "$to".*
# Without the series
base=1
! grep -q 'place (clones)' $TRACING/README || base=

if [ -n "$lists" ]; then
	sed -f "$here/base.sed" "$lists/sweep" >"$to.all"
	[ -n "$base" ] || cp "$lists/sweep" "$to.all"
	set -- "stext=0x$(awk '/^region kernel/ { print $3 }' "$lists/places")"
else
	echo "# no lists=: only whether functions are accepted by name"
	awk -f "$here/kallsyms.awk" /sys/kernel/debug/kprobes/blacklist \
		$TRACING/available_filter_functions /proc/kallsyms >"$to.all"
	set --
fi
no_text=
grep -q ' _text$' /proc/kallsyms || ! grep -q '^_text+' "$to.all" || no_text=1
awk -v every="${every:-1}" -v no_text="$no_text" \
	'!(no_text && /^_text\+/) && ++n % every == 0' "$to.all" >"$to.oracle"
cut -f1 "$to.oracle" >"$to.locations"

"$here/sweep" "locations=$to.locations" "$@" >"$to.result"
status=$?
awk -F '\t' -v base="$base" -v to="$to" -f "$here/judge.awk" "$to.result" "$to.oracle" >"$to.table"

ktap_print_header
ktap_set_plan $(($(wc -l <"$to.table") + ${no_text:-0} + 1))
check "every location has an answer, and no probe stays" test "$status" -eq 0 -a -s "$to.table"
while IFS='	' read -r way outcome total right; do
	echo "# $total locations, $((total - right)) differ"
	if [ "$total" -eq "$right" ]; then
		ktap_test_pass "$way: $outcome"
	else
		ktap_test_fail "$way: $outcome"
	fi
done <"$to.table"
[ -z "$no_text" ] || skip "_text+N" "the kernel has no _text in /proc/kallsyms"
[ ! -s "$to.differs" ] || head -n 5 "$to.differs" | sed 's/^/# /'
ktap_finished
