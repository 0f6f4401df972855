#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What became of the KUnit suites that ran when the kernel started.

suites=$(dmesg | sed -n 's/^\[[^]]*\] \(\(not \)*ok [0-9]* .*\)$/\1/p')
echo "$suites"
case $suites in
*"not ok "*) exit 1 ;;
*"ok "*) exit 0 ;;
*) echo "no suite ran"; exit 1 ;;
esac
