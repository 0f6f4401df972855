# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced, after common.sh, by scripts that run scripts/kallsyms on the symbols of
# $VARIANT's vmlinux, as link-vmlinux.sh does.

# symbol_map: what the program reads
symbol_map()
{
	"${CROSS_COMPILE}nm" -n "$BUILD/vmlinux" | sed -f "$TREE/scripts/mksysmap"
}

# built_table SUFFIX: the table in vmlinux, as .S or .o, which the last pass made
built_table()
{
	find "$BUILD/" -maxdepth 1 -name ".tmp_vmlinux[1-9].kallsyms.$1" -printf '%T@ %p\n' |
		sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# instructions LOG PROGRAM [ARGUMENT...]: how many it executes; callgrind counts the
# same at every run, however busy the machine is
instructions()
{
	local log=$1

	shift
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>"$log" >/dev/null ||
		die "callgrind failed, see $log"
	awk '/Collected :/ { print $NF }' "$log"
}
