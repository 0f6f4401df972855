#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a user of bpftrace meets, with the programs of a Debian release in a chroot: a probe
# has as many hits as the function tracer counts calls at the same time, or bpftrace says
# why not and leaves nothing behind.

TRACING=/sys/kernel/tracing
ROOT=/debian
# A process of this name makes the calls that are counted
LOAD=/tmp/busybox-load
OWN=cmdline_proc_show

# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh
cd $TRACING || exit 1

# bpftrace compiles its programs first
ATTACH_S=180

mkdir -p $ROOT/boot $ROOT/dev $ROOT/proc $ROOT/sys $ROOT/tmp
for dir in dev proc sys; do
	mount --rbind /$dir $ROOT/$dir
done
cp /bin/busybox $LOAD

calls()
{
	for _ in 1 2 3 4 5; do
		$LOAD cat /proc/cmdline >/dev/null
	done
	$LOAD ls -lR /proc/self/task >/dev/null 2>&1
	return 0
}

# count FUNCTION: the calls that the function tracer has seen. Who reads them makes some, too
count()
{
	echo 0 >tracing_on
	grep -c "^ *busybox-load-.*: $1 <-" trace
}

trace_calls_of()	# FUNCTION...
{
	echo nop >current_tracer
	echo 1 >tracing_on
	echo "$*" >set_ftrace_filter && echo function >current_tracer
}

# in_root COMMAND...: in the place of this shell, which it is a copy of
in_root()
{
	exec chroot $ROOT /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp TERM=dumb "$@"
}

# bpftrace PROBE: starts it and waits until its probes are there. Fails if it ends
# instead.
bpftrace()
{
	in_root __BPFTRACE_NOTIFY_PROBES_ATTACHED=1 \
		bpftrace -e "$1 { @[comm] = count(); }" >/tmp/said 2>&1 &
	pid=$!
	for _ in $(seq $ATTACH_S); do
		! grep -q PROBES_ATTACHED /tmp/said || return 0
		kill -0 "$pid" 2>/dev/null || { wait "$pid"; return 1; }
		sleep 1
	done
	echo "nothing after $ATTACH_S s" >>/tmp/said
	kill -KILL "$pid"
	return 1
}

# bpftrace does not see a signal that comes while it does not wait for events
stop()
{
	while kill -INT "$pid" 2>/dev/null; do
		sleep 1
	done
	wait "$pid"
}

# What a user sees, and can look up
says()	# PROBE
{
	echo "bpftrace -e '$1 { @[comm] = count(); }'"
	grep -v -e PROBES_ATTACHED -e '^@' /tmp/said
	grep '^@.busybox-load' /tmp/said
	sed -n 's/.* error: /error_log: /p' error_log
	echo >error_log
}

# hits PROBE FUNCTION: it is taken, and has a hit for each call of the function
hits()
{
	trace_calls_of "$2" || return 1
	bpftrace "$1" || { says "$1"; return 1; }
	echo >trace
	calls
	stop
	calls=$(count "$2") hits=$(sed -n 's/^@.busybox-load.: //p' /tmp/said)
	says "$1"
	echo "$calls calls, ${hits:-no} hits"
	[ "$calls" -ge 5 ] && [ "${hits:-0}" -eq "$calls" ]
}

# refused PROBE: with a word why
refused()
{
	[ -n "${1#kprobe:}" ] || { echo "the kernel has no such function"; return 1; }
	if bpftrace "$1"; then
		stop
		says "$1"
		return 1
	fi
	says "$1"
	grep -q ERROR /tmp/said && [ ! -s kprobe_events ] && [ ! -s /sys/kernel/debug/kprobes/list ]
}

# told NAME COMMAND...: a test whose words are above its line, whatever comes of it
told()
{
	name=$1 result=ktap_test_pass
	shift
	"$@" >/tmp/check 2>&1 || result=ktap_test_fail
	sed '/^$/d; s/^/# /' /tmp/check
	$result "$name"
}

address()	# SYMBOL
{
	awk -v symbol="$1" '$3 == symbol { print "0x" $1; exit }' /proc/kallsyms
}

# A clone that is called, and the only one of its function
clone()
{
	grep -oE '^\w+\.(isra|constprop)\.[0-9]+$' available_filter_functions | sort | uniq -u >/tmp/clones
	awk 'NR == FNR { clone[$1]; next }
		{ name = $3; sub(/\..*/, "", name); n[name]++ }
		$3 in clone { of[$3] = name }
		END { for (s in of) if (n[of[s]] == 1) print s }' /tmp/clones /proc/kallsyms >/tmp/single
	# shellcheck disable=SC2046
	trace_calls_of $(cat /tmp/single)
	echo >trace
	calls
	echo 0 >tracing_on
	sed -n 's/^ *busybox-load-.*: \([^ ]*\) <-.*/\1/p' trace | sort | uniq -c | sort -rn |
		awk '$1 >= 5 { print $2; exit }'
}

# A name that two functions have, both for ftrace and in kallsyms
ambiguous()
{
	sort available_filter_functions | uniq -d | grep -E '^[a-z]\w+$' >/tmp/twice
	awk 'NR == FNR { twice[$1]; next } $3 in twice && ++n[$3] == 2 { print $3; exit }' \
		/tmp/twice /proc/kallsyms
}

patch()
{
	insmod "$(find /lib/modules -name livepatch-sample.ko)"
}

# Upstream's own tests, each as a result to count: what it ran is above its line. Some look for
# a program by its name, and the packaged bpftrace gives programs none
disabled="probe.kprobe_wildcard,probe.kprobe_wildcard probe builtin"
runtime()
{
	# shellcheck disable=SC2016
	(in_root BPFTRACE_RUNTIME_TEST_EXECUTABLE=/usr/bin "RUNTIME_TEST_DISABLE=$disabled" sh -c '
		cd /tests || exit 1
		for filter in "probe.k*probe*" "banned_probes.*"; do
			python3 runtime/engine/main.py --filter="$filter" || status=1
		done
		exit $status') >/tmp/runtime 2>&1
	status=$?
	awk '
		/^\[==========\] Running / { over = 0 }
		/^\[==========\] .* ran\./ { over = 1 }
		{ line = $0; sub(/^\[ *[A-Z]+ *\] /, "") }
		over { next }
		line ~ /^\[       OK \] / { print "ok", ++n, $0; next }
		line ~ /^\[   SKIP   \] / { print "ok", ++n, $0, "# SKIP"; next }
		line ~ /^\[  (FAILED |TIMEOUT ) \] / { print "not ok", ++n, $0; next }
		{ print "# " line }' /tmp/runtime >/tmp/results
	echo "1..$(grep -cE '^(not )?ok ' /tmp/results)"
	cat /tmp/results
	return $status
}

ktap_print_header
if [ -d $ROOT/tests ]; then ktap_set_plan 14; else ktap_set_plan 13; fi
echo "# $(in_root bpftrace --version)"
told "by name" hits kprobe:$OWN $OWN
told "the return" hits kretprobe:$OWN $OWN
told "name+0" hits kprobe:$OWN+0 $OWN
# Where there is a vmlinux, the packaged bpftrace takes no offset: it cannot disassemble
told "name+16" hits kprobe:$OWN+16 $OWN
cp /rig/vmlinux "$ROOT/boot/vmlinux-$(uname -r)"
told "many names" hits "kprobe:cmdline_proc_s*" $OWN
clone=$(clone)
told "a clone" hits "kprobe:$clone" "$clone"
told "what has clones only" refused "kprobe:${clone%%.*}"
told "its clones" hits "kprobe:\"${clone%%.*}%clones\"" "$clone"
told "an ambiguous name" refused "kprobe:$(ambiguous)"
told "a missing name" refused kprobe:no_such_function
told "what is on the blacklist" refused kprobe:get_kprobe
# Tools tell to attach to that in kallsyms where a name is ambiguous. Callers of single_open() do
# not come by a pointer, so on ELF ABI v2 they do not pass its global entry point
told "an address" hits "kprobe:$(address single_open)" single_open
patch
OWN=livepatch_cmdline_proc_show
told "in a module" hits kprobe:$OWN $OWN
[ ! -d $ROOT/tests ] || subtests "upstream's tests" runtime
ktap_finished
