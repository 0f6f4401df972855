# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts that run a checker of the kernel's build over the
# C files that the series has written in, in the kernel of $VARIANT: what it says about
# the lines of the series counts, each file is a test, headers included.

# shellcheck source=rig/lib/count.sh
. "$RIG_ROOT/rig/lib/count.sh"

# Where the series has written: ../FILE:LINE:, as the build says it
lines()
{
	rgit -C "$TREE" diff -U0 refs/rig/base |
		awk '/^\+\+\+ / { file = substr($2, 3) }
		     /^@@ / {
			split(substr($3, 2), at, ",")
			n = at[2] == "" ? 1 : at[2]
			for (i = 0; i < n; i++)
				print "../" file ":" at[1] + i ":"
		     }'
}

# silent WARNINGS FILE
silent()
{
	! grep "^$2:" <<<"$1"
}

# source_check NAME FILTER CHECKER ARGUMENT...: FILTER gets the warnings and leaves those
# that count, CHECKER is what make calls CHECK, the arguments are make's.
source_check()
{
	local name=$1 filter=$2 checker=$3 count log path release version warnings
	local files=() objects=()

	shift 3
	[ "$BASE" != 1 ] || die "BASE=1 has no lines of the series: leave BASE out"
	need_kernel
	count=$RESULT/$name.count
	log=$LOGDIR/$name-$VARIANT.log
	rm -f "$count"

	while read -r path; do
		case $path in
		# A header is checked where it is included
		arch/"$ARCH"/*.h) ;;
		arch/*.h) continue ;;
		*.h) ;;
		*)
			# What is a module of the host or of another architecture is not built
			[ -f "$BUILD/${path%.c}.o" ] || continue
			objects+=("${path%.c}.o")
			;;
		esac
		files+=("$path")
	done < <(rgit -C "$TREE" diff --name-only --diff-filter=d refs/rig/base -- \
		'*.[ch]' ':!tools' ':!scripts')

	release=$(cat "$BUILD/include/config/kernel.release")
	version=$(make -s -C "$TREE" kernelversion)
	step "$name, $VARIANT: ${#files[@]} files"
	# Not silent: with -s the build throws away what a checker prints on its stdout
	run_logged "$log" make -C "$TREE" "O=${BUILD##*/}" "${KMAKE[@]}" \
		"LOCALVERSION=${release#"$version"}" C=2 CHECK="$checker" "$@" "${objects[@]}" ||
		die "$name did not get through, see above"
	warnings=$(grep -F -f <(lines) "$log" | sed -n 's,^\.\./\([^:]*:[0-9]*:\),\1,p' |
		"$filter") || true

	for path in "${files[@]}"; do
		counted "$name $path" silent "$warnings" "$path"
	done
	count_end "$count" "$name, $VARIANT"
}
