#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a user types: perf probe, record, script, stat and trace.
#
# cmdline_proc_show() is called once by each read of /proc/cmdline, and by nothing
# else, so the number of hits is known.

export HOME=/tmp PERF_PAGER=cat
EVENTS=/sys/kernel/tracing/kprobe_events
FUNCTION=cmdline_proc_show
READS=5

# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh

# check(), and no probe is left to the next one
probe_check()	# NAME COMMAND...
{
	check "$@" || sed 's/^/# kprobe_events: /' $EVENTS
	perf probe -q -d '*' >/dev/null 2>&1
	[ ! -s $EVENTS ] || { echo "# left: $(cat $EVENTS)"; echo >$EVENTS; }
}

# The number of hits of all events of "probe", while /proc/cmdline is read
counts()	# EXPECTED
{
	perf stat -a -x, -o /tmp/stat -e 'probe:*' -- /tmp/reads || return 1
	cat /tmp/stat
	awk -F, -v want="$1" '/probe:/ { n++; if ($1 != want) bad = 1 } END { exit bad || !n }' /tmp/stat
}

# As many samples, which perf script can decode
records()	# PATTERN
{
	perf record -q -a -e 'probe:*' -o /tmp/data -- /tmp/reads || return 1
	perf script -i /tmp/data >/tmp/script || return 1
	cat /tmp/script
	[ "$(grep -c "$1" /tmp/script)" -eq $READS ]
}

add()	# [OPTION...] DEFINITION
{
	perf probe "$@"
}

added_and_hit()	# [OPTION...] DEFINITION
{
	add "$@" && counts $READS
}

listed()	# DEFINITION PATTERN
{
	add "$1" && perf probe -l | tee /tmp/list && grep -q "$2" /tmp/list
}

recorded()	# PATTERN [OPTION...] DEFINITION
{
	pattern=$1
	shift
	add "$@" && records "$pattern"
}

refused()	# PATTERN [OPTION...] DEFINITION
{
	pattern=$1
	shift
	if add "$@" >/tmp/refused 2>&1; then
		cat /tmp/refused
		return 1
	fi
	cat /tmp/refused
	grep -qi "$pattern" /tmp/refused && [ ! -s $EVENTS ]
}

# A probe on each of two functions
adds_each()	# DEFINITION
{
	add "$1" && cat $EVENTS && [ "$(grep -c "^p:probe/$1" $EVENTS)" -eq 2 ]
}

# Inside an entry of more than one instruction a probe is refused, too
start=$(awk -v f=$FUNCTION '$3 == "." f { print $1; exit } $3 == f { a = $1 } END { print a }' /proc/kallsyms | head -n 1)
inside=$(printf %x $((0x$start + 4)))
plan=22
! grep -q "^$inside refused 84" /rig/entries || plan=$((plan + 1))
ktap_print_header
ktap_set_plan $plan

cp /rig/perf /tmp/perf && chmod 755 /tmp/perf && ln -s /tmp/perf /bin/perf
cat >/tmp/reads <<EOF
#!/bin/sh
for i in $(seq $READS | tr '\n' ' '); do
	cat /proc/cmdline
done >/dev/null
EOF
chmod 755 /tmp/reads

perf version
probe_check "a function by name" added_and_hit $FUNCTION
probe_check "listed by that name, without an offset" listed $FUNCTION "(on \.\?$FUNCTION)"
probe_check "its return" added_and_hit "$FUNCTION%return"
probe_check "the return is listed by that name" listed "$FUNCTION%return" "(on \.\?$FUNCTION%return)"
probe_check "an instruction behind its entry" added_and_hit "$FUNCTION+24"
probe_check "its address" added_and_hit "0x$start"
probe_check "record and script" recorded "probe:$FUNCTION: " $FUNCTION
probe_check "record and script of the return" recorded "probe:${FUNCTION}__return: (.* <- " "$FUNCTION%return"
probe_check "a function and its clones" added_and_hit "$FUNCTION%clones"
probe_check "two clones" sh -c "perf probe 'kprobes_clone_several%clones' && cat $EVENTS && [ \$(grep -c '^p:probe/.* \.\?kprobes_clone_several\.' $EVENTS) = 2 ]"
probe_check "two probes on one function" sh -c "perf probe --add one=$FUNCTION && perf probe --add two=$FUNCTION && perf stat -a -x, -o /tmp/stat -e probe:one,probe:two -- /tmp/reads && cat /tmp/stat && [ \$(grep -c ^$READS, /tmp/stat) = 2 ]"

probe_check "debug information: the variables" sh -c "perf probe --vmlinux /rig/vmlinux -V $FUNCTION | tee /tmp/v; grep -q 'struct seq_file\*' /tmp/v"
probe_check "debug information: the lines" sh -c "cd /; perf probe --vmlinux /rig/vmlinux -s /rig -L $FUNCTION | tee /tmp/l; grep -q saved_command_line /tmp/l"
probe_check "debug information: an argument" recorded "probe:$FUNCTION: .* m=0x[0-9a-f]*[1-9a-f]" --vmlinux /rig/vmlinux "$FUNCTION m"
probe_check "debug information: a line" added_and_hit --vmlinux /rig/vmlinux "$FUNCTION:3"

insmod "$(find /lib/modules -name trace-events-sample.ko)"
probe_check "a function of a module" sh -c 'perf probe -m trace_events_sample --add simple_thread_fn && perf probe -l | grep "simple_thread_fn"'

probe_check "system calls" sh -c 'perf trace -e openat -- cat /proc/cmdline 2>&1 | tee /tmp/trace; grep -q "openat(dfd" /tmp/trace'

probe_check "no such function" refused 'no_such_function' no_such_function
probe_check "a function that has only a clone" refused "Hint: use 'kprobes_clone_constprop%clones'" kprobes_clone_constprop
probe_check "a function that may not be probed" refused 'blacklist\|invalid\|out of .text' kprobe_dispatcher
probe_check "a function that is not traced" refused "error_log: This function is notrace" kprobes_lookup_untraced
if [ $plan -eq 23 ]; then
	probe_check "inside the entry" refused "error_log: .*inside of the entry of a function" $FUNCTION+4
fi
# Two sites alone may be those of one function, and of one that it has overridden
awk '$2 ~ /[tT]/ && NF == 3 { sub(/^\./, "", $3); print $3 }' /proc/kallsyms | sort | uniq -c >/tmp/symbols
probe_check "a name that two functions have" adds_each \
	"$(sed 's/^\.//' /sys/kernel/tracing/available_filter_functions | sort | uniq -c | awk '
		NR == FNR { count[$2] = $1; next }
		$1 == 2 && NF == 2 && count[$2] == 2 { print $2; exit }' /tmp/symbols -)"
ktap_finished
