#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs each of tools/testing/selftests/livepatch as it is, and again with a kprobe event and
# a return probe event on each function that it patches. The probes are armed before the
# test, those in a module that it loads as soon as that comes, and removed after it. They
# have to count the calls before, during and after it.
#
# The tests save, set and restore the tracer, its filter and tracing_on, and read the
# trace: the events are in an instance of their own. They compare the messages of the
# kernel, to which probes add none.

TRACING=/sys/kernel/tracing
INSTANCE=$TRACING/instances/patched
PATCHES=/sys/kernel/livepatch

# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh

# places TEST: what it patches, by reading it and its modules. Fails, saying why, if there is
# nothing to place a probe on.
places()
{
	case $1 in
	test-callbacks.sh) echo test_klp_callbacks_busy:busymod_work_func ;;
	test-ftrace.sh) echo cmdline_proc_show ;;
	test-livepatch.sh)
		echo cmdline_proc_show meminfo_proc_show "$getpid" \
			test_klp_mod_target:test_klp_mod_target_show
		;;
	test-syscall.sh) echo "$getpid" ;;
	test-sysfs.sh) echo cmdline_proc_show meminfo_proc_show "$getpid" ;;
	test-kprobe.sh) echo "has probes of its own"; return 1 ;;
	test-shadow-vars.sh|test-state.sh) echo "patches no function"; return 1 ;;
	*) echo "tests/livepatch/livepatch-test.sh does not know what $1 patches"; return 1 ;;
	esac
}

place_probes()	# PLACE...
{
	for place; do
		echo "p:patched/${place#*:} $place" >>$TRACING/kprobe_events &&
		echo "r:patched/return_${place#*:} $place" >>$TRACING/kprobe_events || return 1
	done
	mkdir $INSTANCE && echo 1 >$INSTANCE/events/patched/enable
}

remove_probes()
{
	echo 0 >$INSTANCE/events/patched/enable
	rmdir $INSTANCE
	echo >$TRACING/kprobe_events
}

hits()	# EVENT
{
	awk -v event="$1" '$1 == event { print $2 }' /tmp/profile
}

# Calls the functions of the kernel, which makes at least so many calls; those of modules are
# called by the tests only. Each call and its return is a hit.
hits_are()	# CALLS PLACE...
{
	calls=$1
	shift
	cat /proc/cmdline /proc/meminfo >/dev/null && sh -c : && cat $TRACING/kprobe_profile >/tmp/profile
	cat /tmp/profile
	for place; do
		function=${place#*:} least=$calls
		[ "$function" = "$place" ] || least=$((calls - 1))
		[ "$(hits "$function")" -ge "$least" ] &&
			[ "$(hits "$function")" -eq "$(hits "return_$function")" ] || return 1
	done
}

run()	# TEST
{
	KDIR=/livepatch "./$1"
}

run_with_probes()	# TEST PLACE...
{
	test=$1
	shift
	place_probes "$@" && hits_are 1 "$@" && run "$test"
	status=$?
	[ $status -ne 0 ] || hits_are 2 "$@" || status=1
	remove_probes
	return $status
}

# What a test that failed has left
clean_up()
{
	killall -q test_klp-call_getpid
	for _ in $(seq 100); do
		find $PATCHES -mindepth 2 -maxdepth 2 -name enabled | while read -r enabled; do
			echo 0 >"$enabled"
		done
		awk '/^test_klp/ { print $1 }' /proc/modules | xargs -r -n 1 rmmod
		grep -q ^test_klp /proc/modules || return
		usleep 100000
	done 2>/dev/null
}

# 4 is how a test says that it is skipped
result()	# NAME COMMAND...
{
	name=$1
	shift
	"$@" >/tmp/said 2>&1
	status=$?
	sed 's/^/# /' /tmp/said
	case $status in
	0) ktap_test_pass "$name" ;;
	4) ktap_test_skip "$name" ;;
	*) ktap_test_fail "$name"; clean_up ;;
	esac
}

case $(uname -m) in
aarch64) getpid=__arm64_sys_getpid ;;
s390x) getpid=__s390x_sys_getpid ;;
x86_64) getpid=__x64_sys_getpid ;;
*) getpid=sys_getpid ;;
esac

for tool in date getconf insmod modinfo stat sysctl; do
	rm /bin/$tool
	cp /rig/tools /bin/$tool && chmod 755 /bin/$tool
done
ln -s /proc/self/fd /dev/fd
cd /livepatch || exit 1
tests=$(find . -name 'test-*.sh' | sort)

ktap_print_header
ktap_set_plan $((2 * $(echo "$tests" | wc -l)))
for test in $tests; do
	test=${test#./}
	result "$test" run "$test"
	if places=$(places "$test"); then
		# shellcheck disable=SC2086
		result "$test with probes" run_with_probes "$test" $places
	else
		echo "# $places"
		ktap_test_skip "$test with probes"
	fi
done
ktap_finished
