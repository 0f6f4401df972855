#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What probes do when something they need is not there: memory (tests/faults/faults.c), a
# module that is just going (tests/faults/fault_module), ftrace.

# Functions are called by check().
# shellcheck disable=SC2317
# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh
list=/sys/kernel/debug/kprobes/list
module=/sys/module/fault_module/parameters

cd /sys/kernel/tracing || exit 1
ktap_print_header
plan=19
# Does ftrace serve only the probes that need few registers? All others are breakpoints.
only_few=
! grep -q ' T arch_kprobe_ftrace_site$' /proc/kallsyms || only_few=1
[ -z "$only_few" ] || plan=$((plan + 2))
ktap_set_plan $plan
before=$(wc -l <"$list")

nothing_left()
{
	cat kprobe_events dynamic_events
	[ -z "$(cat kprobe_events dynamic_events)" ] && [ ! -e events/f ] &&
		[ "$(wc -l <"$list")" -eq "$before" ]
}

says()
{
	cat "$1"
	[ "$(cat "$1")" = "$2" ]
}

modprobe trace-events-sample || exit 1
cp /rig/faults /tmp/faults && chmod 755 /tmp/faults
# Some allocations say that they fail, with a call trace, whatever verbose says: for rig/splats
echo "rig: allocations fail from here on" >/dev/kmsg
subtests "memory" /tmp/faults
echo "rig: allocations do not fail any more" >/dev/kmsg
check "no fault left anything" nothing_left

rmmod trace-events-sample
insmod /rig/fault_module.ko || exit 1
modprobe trace-events-sample
check "probes on a module that has come" says $module/live "name 0 return 0"
rmmod trace-events-sample
check "probes on a module that is going are refused" says $module/going \
	"name -2 address -2 return -2 event -2"
check "they leave nothing" nothing_left
modprobe trace-events-sample
check "the same probes on the module when it is there again" says $module/live \
	"name 0 return 0"

# Is the entry of a function served by ftrace?
echo 'p:f/on vfs_read' >kprobe_events || exit 1
on_ftrace=
! grep -q '\[FTRACE\]' $list || on_ftrace=1
for offset in 20 24 28; do
	echo "p:f/trap vfs_read+$offset" >>kprobe_events 2>/dev/null && break
done
echo 'p:f/off vfs_write' >>kprobe_events
echo 1 >events/f/on/enable || exit 1
echo 1 >events/f/trap/enable || exit 1

hits()
{
	awk -v name="$1" '$1 == name { print $2 }' kprobe_profile
}

fires()
{
	old=$(hits "$1")
	cat /proc/version >/dev/null
	cat kprobe_profile
	[ "$(hits "$1")" -gt "$old" ]
}

# refused COMMAND...: as it should be where ftrace serves the probe
refused()
{
	if "$@"; then
		[ -z "$on_ftrace" ]
	else
		[ -n "$on_ftrace" ]
	fi
}

# What is not a redirection of the shell itself, which could end it
put()
{
	(echo "$1" >>"$2")
}

load_sample()
{
	if insmod "/lib/modules/$(uname -r)/kprobe_example.ko" symbol=vfs_write; then
		rmmod kprobe_example
	else
		return 1
	fi
}

check "a probe fires" fires on
check "a probe by a trap fires" fires trap
check "a module registers a probe" load_sample

echo 1 >$module/kill_ftrace || exit 1

check "ftrace is dead: a probe by a trap fires" fires trap
check "ftrace is dead: a probe that it serves does not fire" refused fires on
check "ftrace is dead: an armed probe is disabled" put 0 events/f/on/enable
check "ftrace is dead: a probe that it would serve is not enabled" \
	refused put 1 events/f/off/enable
if [ -n "$only_few" ]; then
	check "ftrace is dead: a module registers a probe that it would not serve" load_sample
else
	check "ftrace is dead: a module does not register a probe that it would serve" \
		refused load_sample
fi
check "ftrace is dead: an event is defined" put 'p:f/new vfs_open' kprobe_events
if [ -n "$only_few" ]; then
	check "ftrace is dead: the new event is a breakpoint" \
		sh -c 'echo 1 >events/f/new/enable'
	check "ftrace is dead: the new event fires" fires new
fi
check "ftrace is dead: an event is refused for its name" \
	sh -c '! echo "p:f/none no_such_function" >>kprobe_events'
check "ftrace is dead: an event is removed" put '-:f/on' kprobe_events
echo 0 >events/f/enable
check "ftrace is dead: all events are removed" sh -c '>kprobe_events'
check "ftrace is dead: nothing is left" nothing_left
ktap_finished
