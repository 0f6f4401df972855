# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153
#
# Sourced, after common.sh, by scripts that want no warning that the base does not have.

# warnings LOG: those of a build, and its errors, without their line numbers
warnings()
{
	sed -n '/[Ww]arning: \|WARNING: \|[Ee]rror: \|ERROR: \|undefined/{s/:[0-9][0-9:]*/:/g;p}' "$1" | sort -u
}

# with_w1 TREE BUILD LOG OBJECT...: compiles these with W=1, in the place of what is there. The
# kernel keeps its release
with_w1()
{
	local tree=$1 build=$2 log=$3 release

	shift 3
	release=$(cat "$tree/$build/include/config/kernel.release") || return
	release=${release#"$(make -s -C "$tree" kernelversion)"}
	(cd "$tree/$build" && rm -f "$@")
	make -C "$tree" "O=$build" "${KMAKE[@]}" "LOCALVERSION=$release" \
		W=1 KCFLAGS=-Wno-error "-j$(nproc)" "$@" >"$log" 2>&1 ||
		{ tail -n 20 "$log"; return 1; }
}

# no_new_warning: compiles with W=1 what the tree changes and the kernel of $VARIANT has.
# Where that warns, so has the base to.
no_new_warning()
{
	local source new log=$LOGDIR/w1-$KERNEL.log
	local -a objects=()

	while read -r source; do
		[ ! -f "$BUILD/${source%.*}.o" ] || objects+=("${source%.*}.o")
	done < <(rgit -C "$TREE" diff --name-only --diff-filter=d refs/rig/base HEAD -- '*.c' '*.S')
	[ "${#objects[@]}" -gt 0 ] || return 0
	with_w1 "$TREE" "${BUILD##*/}" "$log" "${objects[@]}" || return
	[ -n "$(warnings "$log")" ] || return 0
	BASE=1 "$RIG_ROOT/rig/kernel" >&2 || return
	mapfile -t objects < <(cd "$TREE-base/${BUILD##*/}" && ls "${objects[@]}" 2>/dev/null)
	with_w1 "$TREE-base" "${BUILD##*/}" "$log.base" "${objects[@]}" || return
	new=$(comm -23 <(warnings "$log") <(warnings "$log.base"))
	[ -z "$new" ] || { echo "$new"; return 1; }
}
