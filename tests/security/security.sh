#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Who may do what with probes, and who gets to see where they are:
#
#	without rights on tracefs	nothing
#	without CAP_SYSLOG		everything but addresses, nor with kptr_restrict=2
#	locked down, integrity		probes
#	locked down, confidentiality	kprobes/list, and addresses there as before

# Functions are called by check().
# shellcheck disable=SC2317
# shellcheck source=tests/lib/tap.sh
. /rig/tap.sh
debug=/sys/kernel/debug/kprobes
lockdown=/sys/kernel/security/lockdown
CAP_SYSLOG=34
CAP_PERFMON=38
CAP_SYS_ADMIN=21

cd /sys/kernel/tracing || exit 1
ktap_print_header
if configured SECURITY_LOCKDOWN_LSM; then
	ktap_set_plan $((14 + 18))
else
	ktap_set_plan $((14 + 1))
fi
cp /rig/restricted /tmp/restricted && chmod 755 /tmp/restricted
restricted=/tmp/restricted

# A function with a clone, and where another one is: what must not be seen
clone=$(sed -n 's/^[^ ]* t \.\?\([^ .]*\)\.isra\.0$/\1/p' /proc/kallsyms | head -n 1)
[ -n "$clone" ] || exit 1
secret=$(awk '$3 == ".vfs_read" || $3 == "vfs_read" { addr = $1 } $3 == ".vfs_read" { exit } END { print addr }' \
	/proc/kallsyms)
site=$(awk '$2 == "vfs_read" { print $1 }' available_filter_functions_addrs 2>/dev/null)

# Everything that says something about probes
FILES="kprobe_events dynamic_events kprobe_profile error_log trace $debug/list $debug/blacklist
	events/s/name/format events/s/addr/format"
fill()
{
	echo >error_log
	echo >trace
	modprobe trace-events-sample
	for probe in 'p:s/gone trace_events_sample:foo_bar_reg' 'p:s/name vfs_read' \
		"p:s/addr 0x$secret" 'r:s/ret vfs_read' \
		'p:s/none no_such_function' "p:s/clone $clone" 'p:s/notrace sched_clock' \
		'p:s/inside vfs_read+1'; do
		echo "$probe" >>kprobe_events
	done
	echo 1 >events/s/enable
	cat /proc/version >/dev/null
	echo 0 >events/s/enable
	# A probe that has no symbol any more
	rmmod trace-events-sample
} 2>/dev/null

# no_address READER...: reads all of them. An address of the kernel has all its digits.
no_address()
{
	for file in $FILES; do
		"$@" cat "$file" || echo "$file: not readable"
	done >/tmp/seen 2>/dev/null
	dmesg | grep -v 'rig:' | grep trace_kprobe >>/tmp/seen
	! grep -iE '(^|[^0-9a-f])(c0|ff)[0-9a-f]{14}([^0-9a-f]|$)' /tmp/seen || return 1
	grep 'clones: ' /tmp/seen && grep 'vfs_read' /tmp/seen
}

shows_address()
{
	"$@" cat "$debug/list" >/tmp/seen
	cat /tmp/seen
	# Where ftrace serves the probe it is the address of its site, but on arm64
	if [ "$(uname -m)" != aarch64 ] && grep -q ' vfs_read+0x0 .*\[FTRACE\]' /tmp/seen; then
		grep -q "^$site " /tmp/seen
	else
		grep -q "^$secret " /tmp/seen
	fi
}

hides_address()
{
	"$@" cat "$debug/list" >/tmp/seen || return 1
	cat /tmp/seen
	grep -q vfs_read /tmp/seen && ! grep "$secret" /tmp/seen
}

fill
check "root sees addresses" shows_address env || exit 1
check "a probe whose module is gone is shown" grep GONE $debug/list || exit 1
for restrict in 0 1 2; do
	echo $restrict >/proc/sys/kernel/kptr_restrict
	check "kptr_restrict=$restrict: none without CAP_SYSLOG" \
		no_address $restricted -c $CAP_SYSLOG
	if [ $restrict -lt 2 ]; then
		check "kptr_restrict=$restrict: some with CAP_SYSLOG" shows_address env
	else
		check "kptr_restrict=$restrict: none at all" no_address env
	fi
done
echo 0 >/proc/sys/kernel/kptr_restrict

# Which files a user can open, and that must be none
opens()
{
	for file in $FILES uprobe_events set_event events/enable events/s/name/enable $debug/enabled; do
		"$@" sh -c "cat $file >/dev/null" && echo "$file can be read"
		"$@" sh -c ": >>$file" && echo "$file can be written"
	done 2>/dev/null
	true
}

nothing_opens()
{
	opens "$@"
	[ -z "$(opens "$@")" ]
}

any_opens()
{
	[ -n "$(opens "$@")" ]
}

perf_says()
{
	errno=$1
	shift
	said=$("$@" perf vfs_read)
	echo "$said"
	[ "$said" = "$errno" ]
}

EPERM=1 EACCES=13
before=$(cat kprobe_events)
check "root opens what a user must not" any_opens env
check "a user opens nothing" nothing_opens $restricted -u 1000
check "a user gets no probe from perf" perf_says $EACCES $restricted -u 1000
check "nor does root without CAP_PERFMON and CAP_SYS_ADMIN" perf_says $EACCES \
	$restricted -c $CAP_PERFMON -c $CAP_SYS_ADMIN
check "root does" perf_says 0 $restricted

unchanged()
{
	[ "$(cat kprobe_events)" = "$before" ]
}
check "nothing has changed" unchanged

if ! configured SECURITY_LOCKDOWN_LSM; then
	ktap_test_skip "locked down: this kernel can be"
	ktap_finished
fi
mount -t securityfs none /sys/kernel/security

# What is open stays open, but what is written there has to be allowed
exec 4>>kprobe_events
exec 5<kprobe_events
put()
{
	(echo "$1" >>kprobe_events)
}

put_open()
{
	(echo "$1" >&4)
}

not()
{
	! "$@"
}

echo integrity >$lockdown
check "locked down for integrity: a probe is defined" put 'p:s/integrity vfs_read'
check "locked down for integrity: an event is removed" put '-:s/integrity'
check "locked down for integrity: no address without CAP_SYSLOG" \
	no_address $restricted -c $CAP_SYSLOG

echo confidentiality >$lockdown
for file in kprobe_events dynamic_events kprobe_profile error_log trace; do
	check "locked down for confidentiality: $file is not read" not cat "$file"
done
check "locked down for confidentiality: kprobes/list shows addresses to root" \
	shows_address env
check "locked down for confidentiality: no address without CAP_SYSLOG" \
	hides_address $restricted -c $CAP_SYSLOG
check "locked down for confidentiality: kprobe_events is not opened" \
	not put 'p:s/late vfs_read'
for probe in vfs_read "0x$secret" no_such_module:function "$clone" "$clone%clones"; do
	check "locked down for confidentiality: nothing is written to what is open" \
		not put_open "p:s/late $probe"
done
check "locked down for confidentiality: perf gets no probe" perf_says $EPERM $restricted

same_as_before()
{
	cat <&5 >/tmp/seen
	cat /tmp/seen
	[ "$(cat /tmp/seen)" = "$before" ]
}
check "locked down for confidentiality: nothing has changed" same_as_before
ktap_finished
