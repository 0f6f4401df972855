#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Probes on the entry of functions while others use the same place: the function
# tracer, the function graph tracer, a live patch and the kernel's samples of ftrace,
# switched on and off in every order. Then what BPF sees of them.

TRACING=/sys/kernel/tracing
SUITES=/sys/kernel/debug/kunit
PATCH=/sys/kernel/livepatch/livepatch_sample

# shellcheck source=tests/lib/tap.sh
. "${TAP_DIR:-/rig}/tap.sh"

# A KUnit suite, which calls its targets in every way there is
suite_passes()	# SUITE
{
	echo 1 >"$SUITES/$1/run" || return 1
	cat "$SUITES/$1/results"
	grep -q "^ok [0-9]* $1\$" "$SUITES/$1/results"
}

# Where a module of the running kernel is, which may be compressed
module_file()	# MODULE
{
	find "/lib/modules/$(uname -r)" -name "$1.ko*"
}

# The suites may be built in, or the targets and each suite are a module
suite_modules=
if ! configured KPROBES_ENTRY_KUNIT_TEST y && ! configured KPROBES_ON_FTRACE_KUNIT_TEST y; then
	! configured KPROBES_ENTRY_KUNIT_TEST m && ! configured KPROBES_ON_FTRACE_KUNIT_TEST m ||
		suite_modules=kprobes_entry_code
fi
! configured KPROBES_ENTRY_KUNIT_TEST m || suite_modules="$suite_modules kprobes_entry_kunit"
! configured KPROBES_ON_FTRACE_KUNIT_TEST m || suite_modules="$suite_modules kprobes_on_ftrace_test"

load_suites()
{
	for module in $suite_modules; do
		check "the module $module" insmod "$(module_file "$module")"
	done
}

unload_suites()
{
	for module in $suite_modules; do
		set -- "$module" "$@"
	done
	rmmod "$@"
}

no_room_in_reach()
{
	# What the init of a module takes is free some time behind it
	insmod "$(file far_modules.ko)" && sleep 2 && echo 1 >/sys/module/far_modules/parameters/take
}

address()	# SYMBOL
{
	awk -v symbol="$1" '$3 == symbol { print "0x" $1; exit }' /proc/kallsyms
}

# No BL of the module, nor of the kernel to it, reaches the other
out_of_reach()	# MODULE
{
	module=$(awk -v module="[$1]" '$4 == module && tolower($2) == "t" { print "0x" $1; exit }' /proc/kallsyms)
	echo "the kernel is at $(address _text), the module at $module"
	[ $(($(address _text) - module)) -gt 134217728 ]
}

hits()	# EVENT
{
	awk -v event="$1" '$1 == event { print $2 }' kprobe_profile
}

patched()
{
	grep -q 'this has been live patched' /proc/cmdline
}

# One call of the function is one hit of each probe on it
probes_count()	# [patched]
{
	before=$(hits name) before_ret=$(hits ret)
	if [ $# -eq 1 ]; then patched; else ! patched; fi || return 1
	cat kprobe_profile
	[ "$(hits name)" -eq $((before + 1)) ] && [ "$(hits ret)" -eq $((before_ret + 1)) ]
}

place_probes()
{
	echo "p:name cmdline_proc_show" >>kprobe_events &&
	echo "r:ret cmdline_proc_show" >>kprobe_events &&
	echo 1 >events/kprobes/enable
}

remove_probes()
{
	echo 0 >events/kprobes/enable
	echo >kprobe_events
}

transition_ends()
{
	for _ in $(seq 100); do
		[ "$(cat $PATCH/transition 2>/dev/null)" = 1 ] || return 0
		usleep 100000
	done
	return 1
}

patch()
{
	insmod "$(module_file livepatch-sample)" && transition_ends
}

unpatch()
{
	echo 0 >$PATCH/enabled && transition_ends
	for _ in $(seq 100); do
		rmmod livepatch_sample && return 0
		usleep 100000
	done
	return 1
}

use_tracer()
{
	echo "$1" >current_tracer && [ "$(cat current_tracer)" = "$1" ]
}

# The sample calls a function of its own, and counts by two ftrace_ops. It never stays
calls=1000
sample_counts_as_probe()
{
	echo "p:tracee ftrace_ops:tracee_relevant" >>kprobe_events &&
	echo 1 >events/kprobes/tracee/enable || return 1
	! insmod "$(module_file ftrace-ops)" nr_function_calls=$calls nr_ops_relevant=2 check_count=1
	cat kprobe_profile
	ftrace_hits=$(hits tracee)
	remove_probes
	! dmesg_has 'ftrace_ops: Counter called' && dmesg_has "ftrace_ops: Attempted $calls calls" &&
		[ "$ftrace_hits" -eq $calls ]
}

placed_at()	# LOCATION SYMBOL
{
	echo "p:placed $1" >>kprobe_events || return 1
	cat /sys/kernel/debug/kprobes/list
	awk -v symbol="$2" '{ sub(/\+.*/, "", $3) } $3 == symbol { at = 1 } END { exit !at }' \
		/sys/kernel/debug/kprobes/list
	found=$?
	echo >kprobe_events
	return $found
}

place_sched_probes()
{
	echo "p:wake wake_up_process" >>kprobe_events &&
	echo "p:sched schedule" >>kprobe_events &&
	echo 1 >events/kprobes/enable
}

# Each call that the sample writes down is a hit of the probe on that function, but
# for one on each CPU when tracing goes on, and one when it goes off
sample_hits_as_probe()	# PROBES SAMPLE'S
{
	echo >trace
	echo 1 >tracing_on
	for _ in $(seq 20); do
		usleep 1000
	done
	echo 0 >tracing_on
	probe_lines=$(grep -cE ": ($1): \(" trace) sample_lines=$(grep -cE ": my_direct_func[12]?: $2" trace)
	echo 1 >tracing_on
	echo "$probe_lines lines of the probes, $sample_lines of the sample"
	[ "$probe_lines" -ge 20 ] && [ "$sample_lines" -ge 20 ] &&
		[ $((probe_lines - sample_lines)) -le $((2 * $(nproc))) ] &&
		[ $((sample_lines - probe_lines)) -le $((2 * $(nproc))) ]
}

beside_sample()	# MODULE PROBES SAMPLE'S
{
	check "probes, then $1" place_sched_probes
	check "load $1" insmod "$(module_file "$1")"
	check "the hits of $1" sample_hits_as_probe "$2" "$3"
	remove_probes
	check "place probes after $1" place_sched_probes
	check "the hits of $1, which was first" sample_hits_as_probe "$2" "$3"
	check "unload $1 under the probes" rmmod "$1"
	remove_probes
}

# The samples that change what is called do so two seconds after they were loaded
second_function()	# MODULE
{
	echo >trace
	insmod "$(module_file "$1")" || return 1
	for _ in 1 2 3 4 5 6 7 8; do
		sleep 1
		! grep -q 'my direct func2' trace || break
	done
	grep -m 1 'my direct func2' trace && rmmod "$1"
}

dmesg_has()
{
	dmesg | grep "$1"
}

# Outside of the rig's guests, where it has arguments, not all of it may be there
rig=1 no_module='' no_entries='' no_clones='' stext=$(value stext)
if [ $# -gt 0 ]; then
	rig=''
	[ -n "$(value probe_all.ko)" ] || no_module="no module probe_all.ko"
	no_clones=$no_module no_entries=$no_module
	[ -n "$(value entries)" ] || no_entries="no list of entries"
	configured KPROBES_CLONE_KUNIT_TEST || no_clones="no CONFIG_KPROBES_CLONE_KUNIT_TEST"
fi

cd $TRACING || exit 1
echo 1 >/sys/kernel/rcu_expedited

# shellcheck disable=SC2086
set -- $suite_modules
plan=$((5 + $# + 6 + 16 + 2))
! configured KPROBES_ENTRY_KUNIT_TEST || plan=$((plan + 6))
! configured SAMPLE_LIVEPATCH || plan=$((plan + 39))
! configured BPF_SYSCALL || plan=$((plan + 1))
! configured KPROBES_ON_FTRACE_KUNIT_TEST || plan=$((plan + 1))
[ -z "$rig" ] || ! configured KPROBES_ON_FTRACE_KUNIT_TEST m || plan=$((plan + 5 + $#))
[ -z "$rig" ] || ! configured ARM64_PSEUDO_NMI || plan=$((plan + 1))
! configured SAMPLE_FTRACE_OPS || plan=$((plan + 1))
! configured SAMPLE_FTRACE_DIRECT || plan=$((plan + 20))
ktap_print_header
ktap_set_plan $plan

for program in entry-sweep bpf-entry; do
	cp "$(file $program)" "$tmp/$program" && chmod 755 "$tmp/$program"
done
if [ -z "$no_module" ]; then
	insmod "$(file probe_all.ko)"
fi
unless "$no_entries" "each instruction of the entry of every function" \
	"$tmp/entry-sweep" "entries=$(file entries)" "stext=${stext:-0}"
unless "$no_clones" "the kernel's clone before a module's function" \
	placed_at kprobes_clone_constprop%clones kprobes_clone_constprop.constprop.12
unless "$no_clones" "a module's function by its name" \
	placed_at kprobes_clone_constprop kprobes_clone_constprop
unless "$no_clones" "a module's function before the kernel's clone, where the module is named" \
	placed_at probe_all:kprobes_clone_constprop%clones kprobes_clone_constprop
unless "$no_clones" "several clones of the kernel before a module's function" \
	placed_at kprobes_clone_several%clones kprobes_clone_several.isra.0
if [ -z "$no_module" ]; then
	rmmod probe_all
fi

load_suites
for tracer in nop function nop function_graph function nop; do
	check "switch to the $tracer tracer" use_tracer $tracer
	! configured KPROBES_ENTRY_KUNIT_TEST ||
		check "every entry under the $tracer tracer" suite_passes kprobes_entry
done
if configured KPROBES_ON_FTRACE_KUNIT_TEST; then
	check "probes beside every other user" suite_passes kprobes_on_ftrace
fi

if [ -n "$rig" ] && configured KPROBES_ON_FTRACE_KUNIT_TEST m; then
	check "unload the suites" unload_suites
	check "leave no room in reach of the kernel" no_room_in_reach
	load_suites
	check "the targets are out of reach" out_of_reach kprobes_entry_code
	check "every entry out of reach" suite_passes kprobes_entry
	check "probes out of reach, beside every other user" suite_passes kprobes_on_ftrace
fi

if [ -n "$rig" ] && configured ARM64_PSEUDO_NMI; then
	check "interrupts are masked by priority" dmesg_has 'Pseudo-NMIs enabled'
fi

for first in function function_graph; do
	check "probes, then the $first tracer" place_probes
	check "hits without a tracer" probes_count
	check "switch to the $first tracer" use_tracer $first
	check "hits with the $first tracer" probes_count
	remove_probes
	check "the $first tracer, then probes" place_probes
	check "hits with the $first tracer first" probes_count
	check "switch to no tracer" use_tracer nop
	check "hits after the $first tracer" probes_count
	remove_probes
done

for tracer in nop function function_graph; do
	configured SAMPLE_LIVEPATCH || break
	check "switch to the $tracer tracer" use_tracer $tracer
	check "probes, then a live patch, under the $tracer tracer" place_probes
	check "patch" patch
	check "hits while patched" probes_count patched
	check "unpatch" unpatch
	check "hits after the patch" probes_count
	remove_probes
	check "a live patch, then probes, under the $tracer tracer" patch
	check "place probes" place_probes
	check "hits on the patched function" probes_count patched
	remove_probes
	check "patched without probes" patched
	check "place probes again" place_probes
	check "unpatch under the probes" unpatch
	check "hits after the patch is gone" probes_count
	remove_probes
done
check "switch to no tracer" use_tracer nop

if configured SAMPLE_FTRACE_OPS; then
	check "the counts of ftrace-ops" sample_counts_as_probe
fi
if configured SAMPLE_FTRACE_DIRECT; then
	beside_sample ftrace-direct wake 'waking up'
	beside_sample ftrace-direct-multi 'wake|sched' 'ip'
	beside_sample ftrace-direct-modify sched 'my direct func'
	check "the second function of ftrace-direct-modify" second_function ftrace-direct-modify
	check "the second function of ftrace-direct-multi-modify" \
		second_function ftrace-direct-multi-modify
fi

check "no probe is left" test -z "$(grep -v trampoline /sys/kernel/debug/kprobes/list)"
! configured BPF_SYSCALL || subtests "what BPF sees" "$tmp/bpf-entry" "config=$(file config)"
ktap_finished
