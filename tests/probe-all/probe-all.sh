#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fires a probe in every function of /rig/locations (hexadecimal addresses that
# ftrace does not serve), a batch at a time, while another probe fires all the
# time. None of them is optimized: each takes a trap. Says before each batch
# where it starts, after it what came of it, and each address that is refused.

BATCH=$(cat /rig/batch)
PROBES=/sys/kernel/debug/probe_all

cd /sys/kernel/tracing || exit 1
optimization=/proc/sys/debug/kprobes-optimization
[ ! -e $optimization ] || echo 0 >$optimization || exit 1
insmod /rig/probe_all.ko || exit 1

# What is hit all the time, twice: at its entry, and behind it by a trap
for name in vfs_read kernel_clone schedule; do
	echo "p:always/$name $name" >>kprobe_events || exit 1
	for offset in 20 24 28; do
		echo "p:always/${name}_trap $name+$offset" >>kprobe_events 2>/dev/null && break
	done
done
echo 1 >events/always/enable || exit 1

# What makes functions run, of as many kinds as busybox has
load()
{
	while :; do
		cat /proc/stat /proc/self/maps >/dev/null
		ls -lR /sys/bus >/dev/null
		dd if=/dev/zero of=/tmp/x bs=4k count=64 2>/dev/null
		mount -t tmpfs none /mnt && umount /mnt
		ping -c 1 -W 1 127.0.0.1 >/dev/null
		usleep 1000
		(exit 0) | cat
	done
}
mkdir -p /mnt
load 2>/dev/null &
load 2>/dev/null &

refused=0 added=0 number=0
fire()
{
	sleep 1
	echo "batch $number from $first: $(sed 's/,[^,]*$//' $PROBES), $refused refused"
	echo - >$PROBES
	number=$((number + 1)) added=0 refused=0
}

while read -r address; do
	if [ $((added + refused)) -eq 0 ]; then
		first=$address
		echo "batch $number from $first: placing"
	fi
	if echo "$address" >$PROBES; then
		added=$((added + 1))
	else
		refused=$((refused + 1))
		echo "refused $address"
	fi 2>/dev/null
	[ $((added + refused)) -lt "$BATCH" ] || fire
done </rig/locations
[ $((added + refused)) -eq 0 ] || fire

# They did fire all the time
awk '/_trap / { n++; print "always:", $0; if ($2 < 10) bad = 1 } END { exit bad || n < 3 }' kprobe_profile
