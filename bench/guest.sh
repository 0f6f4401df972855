#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Prints all that the module measures, and how long the kernel took to get to init,
# as lines of: what, by a slash its group, nanoseconds, "refused" if it was. Probes of
# the last group stay armed.

cd /sys/kernel/debug || exit 1
lookup=$(awk '$3 ~ /^[.]?kallsyms_lookup_name$/ && $2 ~ /[Tt]/ { print $1; exit }' /proc/kallsyms)
insmod /rig/probe_bench.ko "lookup=0x$lookup" || exit 1

dmesg | sed -n 's/^\[ *\([0-9]*\)[.]\([0-9]*\)\] Run \/init as init process$/boot\/to init\t\1\2000/p' |
	sed 's/\t0*/\t/'

# What a hit of an event costs on the function of the module, which has the rows of a kprobe
# event without arguments and of its return
tracing=/sys/kernel/tracing
unprobed=$(cat bench/call)
event() # WHAT DEFINITION
{
	if echo "$2" >$tracing/dynamic_events 2>/dev/null; then
		echo 1 >$tracing/events/bench/ev/enable
		sleep 1
		echo "hits/event: $1	$(($(cat bench/call) - unprobed))"
		echo 0 >$tracing/events/bench/ev/enable
		echo >$tracing/dynamic_events
		sleep 1		# an optimized probe goes later
	else
		echo "hits/event: $1	0	refused"
	fi
}
event "kprobe, an argument" "p:bench/ev mktime64 \$arg1"
case $(uname -m) in
aarch64)
	event "kprobe, a register that ftrace lacks" "p:bench/ev mktime64 %x19"
	;;
esac
event "fprobe" "f:bench/ev mktime64"
event "fprobe, an argument" "f:bench/ev mktime64 \$arg1"
event "fprobe, the return" "f:bench/ev mktime64%return"

for group in hits names registration events arming; do
	sed "s/^/$group\//" bench/$group || exit 1
done
sed 's/^/events\//' bench/events_many || exit 1
insmod /rig/many_functions.ko || exit 1
echo 0 >/sys/module/probe_bench/parameters/by_name
sed 's/^/arming\/with 50,000 more records: /' bench/arming || exit 1
echo 1 >/sys/module/probe_bench/parameters/by_name
rmmod many_functions || exit 1
sed 's/^/arming\//' bench/arming_many || exit 1
