# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Sourced by every script of the rig: settings, paths, progress and errors.
#
# From the environment (make exports them): VARIANT DEBUG KDIR BASE TEST TOPIC V O, and
# NO_TESTS BASE_TESTS COVERAGE CCACHE_DIR; FROM LIMIT BATCH SWEEP_ONLY SWEEP_EVERY STRESS ROUNDS
# FUZZ, which make a part of the whole, and SWEEP_NAME STRESS_NAME FUZZ_NAME, with which
# a script calls a part by a name of its own. Set here: RIG_ROOT CACHE BASE_VERSION BASE_TREE TREE
# VARIANTS KERNEL BUILD SUFFIX LOGDIR RESULT SELFTESTS MEMORY KMAKE KERNEL_CC GCC_ROOT PAHOLE
# PAHOLE_ROOT NEXT_ROOT
# and the keys of machines/$VARIANT.conf.

set -euo pipefail

export LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1
# Settings of an outer make, of a git hook or of a kernel developer's shell.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CDPATH
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_OBJECT_DIRECTORY
unset KBUILD_OUTPUT KBUILD_EXTMOD KCONFIG_CONFIG KCONFIG_ALLCONFIG LOCALVERSION
unset LLVM LLVM_IAS KCFLAGS KAFLAGS KCPPFLAGS

: "${EPOCHSECONDS:?bash 5 or later is needed}"
export RIG_START=${RIG_START:-$EPOCHSECONDS}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# A step leaves its results as lines of NAME.tests: pass, fail or skip, the name of the
# test and why, with a tab between them; and "passed failed skipped" in NAME.count.

# count_tests PREFIX: PREFIX.count of PREFIX.tests
count_tests()
{
	awk -F '\t' '{ n[$1]++ } END { print n["pass"] + 0, n["fail"] + 0, n["skip"] + 0 }' \
		"$1.tests" >"$1.count"
}

# count_bad_end COUNTFILE [WHY]: a guest that did not end well, or whose kernel complained,
# is a failure also where every test passed
count_bad_end()
{
	local p f s prefix=${1%.count}

	read -r p f s <"$1"
	[ "$f" -eq 0 ] || return 0
	if [ -e "$prefix.tests" ]; then
		printf 'fail\tthe end of the guest\t%s\n' "${2:-}" >>"$prefix.tests"
		count_tests "$prefix"
	else
		echo "$p 1 $s" >"$1"
	fi
}

# step TEXT: one progress line, with the time since the first script started.
step()
{
	local t=$((EPOCHSECONDS - RIG_START))

	printf '[%3d:%02d] %s\n' $((t / 60)) $((t % 60)) "$*" >&2
}

# run_logged LOGFILE COMMAND...: runs an external command with its output in
# LOGFILE. Says every 15 s that it is still running; on failure shows the end
# of the log. Returns the command's status.
run_logged()
{
	local log=$1 rc=0 ticker start=$EPOCHSECONDS

	shift
	mkdir -p "$(dirname "$log")"
	printf '+ %s\n' "$*" >"$log"
	if [ "$V" = 1 ]; then
		"$@" </dev/null 2>&1 | tee -a "$log" >&2 || rc=$?
	else
		(
			trap - EXIT
			while sleep 15 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
				step "  ... ${log##*/} for $((EPOCHSECONDS - start)) s, log: $log"
			done
		) </dev/null 9>&- &
		ticker=$!
		"$@" </dev/null >>"$log" 2>&1 || rc=$?
		kill "$ticker" 2>/dev/null || true
		wait "$ticker" 2>/dev/null || true
	fi
	if [ "$rc" -ne 0 ]; then
		{
			tail -n 30 "$log"
			printf 'failed with status %d: %s\nlog: %s\n' "$rc" "$*" "$log"
		} >&2
	fi
	return "$rc"
}

# rgit: git that no configuration of the user changes (diff.noprefix, ...).
rgit()
{
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -c core.abbrev=12 \
		-c core.autocrlf=false -c commit.gpgSign=false -c gc.auto=0 \
		-c safe.directory='*' -c advice.detachedHead=false "$@"
}

RIG_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

V=${V:-}
BASE=${BASE:-}
DEBUG=${DEBUG:-}
KDIR=${KDIR:-}
TEST=${TEST:-}
TOPIC=${TOPIC:-}
O=${O:-$RIG_ROOT/out}
case $O in
/*) ;;
*) O=$PWD/$O ;;
esac
# TOPIC=NAME: the patches of this topic and of what it needs, in a tree of their own
[ -z "$TOPIC" ] || [[ $O/ = */topics/* ]] || O=$O/topics
case $KDIR in
''|/*) ;;
*) KDIR=$PWD/$KDIR ;;
esac
case $BASE in
''|0) BASE=''; SUFFIX='' ;;
1) SUFFIX=-base ;;
*) die "BASE=$BASE: use BASE=1 for the unpatched kernel, or leave it out" ;;
esac
case $O in
*[[:space:]:]*) die "O=$O: kbuild takes no blank or colon in a path, use make O=/another/dir" ;;
esac
[ "$(realpath -m "$O")" != "$RIG_ROOT" ] || die "O=$O is this repository: use make O=/another/dir"

CACHE=${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}/kprobe-resolver
BASE_VERSION=7.3
BASE_TREE=$CACHE/linux-7.3.4
TREE=$O/tree$SUFFIX

VARIANTS=$(cd "$RIG_ROOT/machines" && for conf in *.conf; do printf '%s ' "${conf%.conf}"; done)
VARIANT=${VARIANT:-ppc64-elfv1}

# known_variants SETTING VARIANT...: stops if there is no such variant.
known_variants()
{
	local setting=$1 variant

	shift
	for variant; do
		case " $VARIANTS" in
		*" $variant "*) ;;
		*) die "no variant '$variant', use $setting= one of: ${VARIANTS% }" ;;
		esac
	done
}

known_variants VARIANT "$VARIANT"
# Those of another variant's script that has started this one
unset CLANG GCC BTF APPEND CPUS NEXT
NEXT_ROOT=$CACHE/next-$VARIANT
set -a
# shellcheck source=/dev/null
. "$RIG_ROOT/machines/$VARIANT.conf"
set +a

# What every make in the kernel tree is told. CLANG= and GCC= in a conf are versions, with
# BTF=1 the kernel has BTF; Debian 12 has no such GCC, nor a pahole that is new enough, see
# rig/fetch-program.
CLANG=${CLANG:-} BTF=${BTF:-}
# What the kernel is told at boot
APPEND=${APPEND:-}
# Packages that only the next Debian release has. Last in PATH: among what they bring are
# programs that this machine has itself.
NEXT=${NEXT:-}
[ -z "$NEXT" ] || PATH+=:$NEXT_ROOT/usr/bin
GCC=${GCC:-}
GCC_ROOT=$CACHE/${CROSS_COMPILE}gcc-$GCC
KERNEL_CC=${CROSS_COMPILE}gcc
HOST_CC=gcc
# With LLVM= the host's programs are linked by lld, which gcc does not find as ld.lld-$CLANG
[ -z "$CLANG" ] || KERNEL_CC=clang-$CLANG HOST_CC=clang-$CLANG
[ -z "$GCC" ] || KERNEL_CC=$GCC_ROOT/usr/bin/${CROSS_COMPILE}gcc-$GCC
# The linker has to know what that GCC's assembler writes
KMAKE=("ARCH=$ARCH" "CROSS_COMPILE=${GCC:+$GCC_ROOT/usr/bin/}$CROSS_COMPILE" ${CLANG:+"LLVM=-$CLANG"}
	"CC=rig-ccache $KERNEL_CC" "HOSTCC=rig-ccache $HOST_CC")
PAHOLE_ROOT=$CACHE/pahole
PAHOLE=
if [ "$BTF" = 1 ]; then
	PAHOLE=$PAHOLE_ROOT/usr/bin/pahole
	KMAKE+=("PAHOLE=$PAHOLE")
fi

# DEBUG=NAME: a kernel of its own with the options of machines/debug-NAME.config, which
# needs memory, and is slow: its clock counts instructions, or on a busy machine it
# would have time for nothing but the next tick.
KERNEL=$VARIANT
MEMORY=1G
if [ -n "$DEBUG" ]; then
	[ -e "$RIG_ROOT/machines/debug-$DEBUG.config" ] || {
		debugs=("$RIG_ROOT"/machines/debug-*.config)
		debugs=("${debugs[@]##*/debug-}")
		die "no machines/debug-$DEBUG.config, use DEBUG= one of: ${debugs[*]%.config}"
	}
	CONFIGS+=" debug-$DEBUG.config"
	KERNEL+=-$DEBUG
	MEMORY=2G
	# A POWER8 of several CPUs does not boot with such a clock
	[[ $QEMU_ARGS = *"-cpu power8"* ]] || QEMU_ARGS+=" -icount shift=0,sleep=off"
	export RIG_TIMEOUT=${RIG_TIMEOUT:-7200} RIG_SILENCE=${RIG_SILENCE:-900}
fi

# COVERAGE=1: a kernel that counts how often each line of what the series has touched runs
COVERAGE=${COVERAGE:-}
if [ "$COVERAGE" = 1 ]; then
	CONFIGS+=" coverage.config"
	KERNEL+=-coverage
fi

# NO_TESTS=1: a kernel without what only tests the series, which the base never has.
NO_TESTS=${NO_TESTS:-}
BUILD=$TREE/build-$KERNEL
[ "$NO_TESTS" != 1 ] || [ "$BASE" = 1 ] || BUILD+=-no-tests
LOGDIR=$O/log
RESULT=$O/result/$KERNEL$SUFFIX
SELFTESTS=$TREE/tools/testing/selftests/ftrace
# BASE_TESTS=1: the tests of the base, as they are there, on the kernel of the series
BASE_TESTS=${BASE_TESTS:-}
case $BASE_TESTS in
''|0) BASE_TESTS='' ;;
1)
	[ -z "$BASE" ] || die "BASE=1 has its own tests: leave BASE_TESTS out"
	SELFTESTS=$O/tree-base/tools/testing/selftests/ftrace
	RESULT+=-base-tests
	;;
*) die "BASE_TESTS=$BASE_TESTS: use BASE_TESTS=1 for the tests of the base, or leave it out" ;;
esac
# What is only a part, as to replay a failure, does not stand for the whole
part=$TEST${FROM:-}${LIMIT:-}${BATCH:-}${SWEEP_ONLY:-}
[ -n "${SWEEP_NAME:-}" ] || part+=${SWEEP_EVERY:-}
[ -n "${STRESS_NAME:-}" ] || part+=${STRESS:-}${ROUNDS:-}
[ -n "${FUZZ_NAME:-}" ] || part+=${FUZZ:-}
[ -z "$part" ] || RESULT+=-part

# whole_only: stops if a setting makes a part of what is to run as a whole.
whole_only()
{
	[ -z "$part" ] || die "leave TEST, FROM, LIMIT, BATCH, SWEEP_ONLY, SWEEP_EVERY, STRESS, ROUNDS and FUZZ out: all of it runs"
}

# One run in an output directory, or one would build what the other runs: the lock is held by
# file 9 of the script that was started first, and of what it starts.
if [ "${RIG_LOCKED:-}" != "$O" ]; then
	mkdir -p "$O" || die "cannot create $O"
	exec 9>>"$O/lock"
	flock -n 9 || die "$(cat "$O/lock") works in $O: wait for it, or use another directory with make O=/another/dir"
	echo "rig/${0##*/}, process $$, since $(date '+%F %T') UTC," >"$O/lock"
	export RIG_LOCKED=$O
fi

export VARIANT DEBUG KDIR BASE BASE_TESTS TEST TOPIC V O
export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache}
# make splits CC= at a blank, which the path of this tree may have
PATH+=:$RIG_ROOT/rig/lib

# is_composed TREE: has it the commits of the series, and none of a developer?
is_composed()
{
	[ "$(rgit -C "$1" rev-parse HEAD)" = "$(rgit -C "$1" rev-parse refs/rig/composed)" ]
}

# need_kernel: stops where the kernel of $VARIANT is not built.
need_kernel()
{
	[ -f "$BUILD/$KERNEL_IMAGE" ] ||
		die "no kernel in $BUILD, type: make kernel VARIANT=$VARIANT${DEBUG:+ DEBUG=$DEBUG}${BASE:+ BASE=1}"
}

# need_space DIR MB: stops before a full disk does.
need_space()
{
	local avail

	mkdir -p "$1" || die "cannot create $1"
	avail=$(df --output=avail -m "$1" | tail -n 1)
	[ "$avail" -ge "$2" ] ||
		die "$1 has $((avail)) MB free and $2 MB are needed: free some, or set O= (output) or XDG_CACHE_HOME (cache) to another disk"
}
