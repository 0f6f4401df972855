#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# What a user types to put a kprobe event on a function, and what comes of it.
# Fails unless every way to name the function gives a probe at one address that
# is hit, and what is wrong is refused for what is wrong with it.

exec 2>&1
cd /sys/kernel/tracing || exit 1
FUNC=kernel_clone
MODULE=trace_events_sample
MODULE_FUNC=foo_bar_reg
bad=0

# of a text symbol; on ELFv1 its name has a dot
text_address()
{
	sed -n "s/^\([0-9a-f]*\) [tT] \.\{0,1\}$1\(	.*\)\{0,1\}\$/0x\1/p" /proc/kallsyms | head -n 1
}

headline()
{
	printf '\n== %s\n' "$1"
}

# The command as typed, and if it is refused what the user gets to see.
try()
{
	local command="$1" shown="$1" error

	[ ${#shown} -le 60 ] || shown="$(printf '%.24s' "$shown")...(${#command} characters)"
	printf '# echo "%s" >> kprobe_events\n' "$shown"
	echo >error_log
	error=$( (echo "$command" >>kprobe_events) 2>&1) && return
	echo "	${error##*: }"
	sed -n 's/^\[[^]]*\] \(.*error: .*\)/	\1/p; s/^  Command: \(.*\)/	  \1/p; s/^           \( *^\)/	 \1/p' \
		error_log | cut -c1-110
	return 1
}

# probe EVENT TYPE PLACE: a probe that the verdict asks for
probe()
{
	try "$2:$1 $3" || return
	# The address as the probe itself sees it when it is hit.
	case $2 in
	p) echo 'hist:keys=__probe_ip.hex' >events/kprobes/"$1"/trigger ;;
	r) echo 'hist:keys=__probe_func.hex' >events/kprobes/"$1"/trigger ;;
	esac
}

# verdict EVENT...: one address, and hit
verdict()
{
	local first='' address count event line

	for event; do
		if [ ! -d events/kprobes/"$event" ]; then
			line='refused'
		else
			line=$(sed -n 's/^{ __probe_[a-z]*: *\([0-9a-f]*\) } hitcount: *\([0-9]*\).*/\1 \2/p' \
				events/kprobes/"$event"/hist)
			address=${line% *} count=${line#* }
			if [ -z "$line" ]; then
				line='registered, not hit'
			elif [ "$address" != "${first:=$address}" ]; then
				line="hit $count times at $address, ANOTHER ADDRESS"
			else
				printf '%-12s at %s, hits: %s\n' "$event" "$address" "$count"
				continue
			fi
		fi
		printf '%-12s %s\n' "$event" "$line"
		bad=$((bad + 1))
	done
}

address=$(text_address $FUNC)
text=$(sed -n 's/^\([0-9a-f]*\) [a-zA-Z] _text$/0x\1/p' /proc/kallsyms)
modprobe $MODULE

headline "$FUNC, in every way there is"
names="name ret_name text address"
probe name p $FUNC
probe ret_name r $FUNC
if grep -q " [tT] \.$FUNC\$" /proc/kallsyms; then
	names="name ret_name dot ret_dot text address"
	probe dot p .$FUNC
	probe ret_dot r .$FUNC
fi
probe text p "_text+$((address - text))"
probe address p "$address"

headline "a function of a module"
probe module p $MODULE:$MODULE_FUNC
probe bare p $MODULE_FUNC
probe ret_module r $MODULE:$MODULE_FUNC

headline "made to fire"
echo "# echo 1 > events/kprobes/enable"
echo 1 >events/kprobes/enable
echo "# (echo forked)"
(echo forked)
echo "# echo 1 > events/sample-trace/foo_bar_with_fn/enable"
echo 1 >events/sample-trace/foo_bar_with_fn/enable
echo 0 >events/sample-trace/foo_bar_with_fn/enable
echo 0 >events/kprobes/enable

headline "kprobe_events"
cat kprobe_events
headline "/sys/kernel/debug/kprobes/list"
cat /sys/kernel/debug/kprobes/list
headline "trace"
grep -v '^#' trace | grep -v 'foo_bar:' | head -n 14
headline "kprobe_profile"
cat kprobe_profile

headline "verdict"
# shellcheck disable=SC2086
verdict $names
verdict module bare ret_module

for event in events/kprobes/*/trigger; do
	[ -e "$event" ] || continue
	hist=$(sed -n 's/^\(hist:[^ ]*\).*/\1/p' "$event")
	[ -z "$hist" ] || echo "!$hist" >"$event"
done
echo >kprobe_events

headline "bad input"
# refused COMMAND TEXT: the verdict asks for a refusal, which error_log has TEXT for
refused()
{
	if try "$1"; then
		sed 's/^/	ACCEPTED: /' kprobe_events
		echo >kprobe_events
	elif ! grep -q "error: $2" error_log; then
		echo "	NOT FOR WHAT IS WRONG: $2"
	else
		return
	fi
	bad=$((bad + 1))
}
refused "p:e no_such_function" "Invalid probed address or symbol"
refused "p:e :" "Module name is not specified"
refused "p:e :$FUNC" "Module name is not specified"
refused "p:e $(printf '%0600d' 0 | tr 0 x)" "Module or symbol name is too long"
# kallsyms may leave data out
if grep -q ' init_task$' /proc/kallsyms; then
	refused "p:e init_task" "This is not in the code of the kernel or of a module"
else
	refused "p:e init_task" "Invalid probed address or symbol"
fi
refused "p:e 0x1000" "No symbol covers this address"
refused "p:e sched_clock" "This function is notrace"
refused "p:e get_kprobe" "This function is on the blacklist of kprobes"
refused "p:e start_kernel" "This is init code, which is gone"
refused "p:e $FUNC+1" "Probe point is \(not an instruction boundary\|inside of the entry\)"
refused "p:e $FUNC a=@no_such_symbol" "This symbol to fetch from is not found"
refused "r:e $FUNC+32" "Retprobe address must be an function entry"

[ $bad -eq 0 ]
