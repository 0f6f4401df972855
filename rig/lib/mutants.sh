# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, kernel.sh and series.sh, by what tests changed kernels (rig/mutants,
# rig/code-mutants). TOPIC= and LIMIT= are $topic and $limit there, for they are not those of
# the kernel.

# own_place NAME: builds the kernel of $VARIANT, whose tree is $from and whose release is
# $release; from then on all is in $O/NAME: see TREE, BUILD, LOGDIR and RESULT in common.sh
own_place()
{
	"$RIG_ROOT/rig/kernel"
	from=$TREE
	release=$(<"$BUILD/include/config/kernel.release")
	mkdir -p "$O/$1/log"
	subjects >"$O/$1/log/subjects"

	from_build=$BUILD
	export O=$O/$1
	export RIG_LOCKED=$O
	TREE=$O/tree BUILD=$O/tree/${BUILD##*/} LOGDIR=$O/log
	kernel_make "${release#"$(make -s -C "$from" kernelversion)"}"
}

# copy_kernel: a copy of the tree and of its kernel, to be changed
copy_kernel()
{
	step "copying the tree and its kernel to $TREE"
	rm -rf "$TREE"
	mkdir -p "$TREE"
	# With the times of the files, or all would be built again
	find "$from" -mindepth 1 -maxdepth 1 ! -name .git ! -name 'build-*' \
		-exec cp -a --reflink=auto -t "$TREE" {} +
	cp -a --reflink=auto "$from_build" "$TREE"
}

# build_copy TARGET...: these of the changed copy, and what boots
build_copy()
{
	local targets=("$@")

	[ "$KERNEL_IMAGE" = vmlinux ] || targets+=("${KERNEL_IMAGE##*/}")
	# shellcheck disable=SC2154
	"${make[@]}" -s "-j$(nproc)" "${targets[@]}" >"$LOGDIR/build.log" 2>&1
}

# topic_with COMMIT: the topic of a commit of the tree
topic_with()
{
	topic_of "$LOGDIR/subjects" "$(rgit -C "$from" log -1 --format=%s "$1")"
}

# first_failure SUITES TESTS: the first test that fails of these KUnit suites, then of these
# files of ftracetest; nothing if none does
first_failure()
{
	local suite

	for suite in $1; do
		TEST=$suite RIG_TIMEOUT=${RIG_TIMEOUT:-400} "$RIG_ROOT/rig/kunit" >"$LOGDIR/kunit.log" 2>&1 ||
			{ failed_of kunit "$suite"; return; }
	done
	[ -n "$2" ] || return 0
	TEST=$2 "$RIG_ROOT/rig/ftracetest" >"$LOGDIR/ftracetest.log" 2>&1 || failed_of ftracetest "$2"
}

failed_of()
{
	sed -n 's/^fail\t\([^\t]*\).*/\1/p' "$O/result/$KERNEL-part/$1.tests" 2>/dev/null | head -n 1 | grep . ||
		echo "$1 of $2 does not end well"
}
