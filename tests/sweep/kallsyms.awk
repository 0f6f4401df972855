# SPDX-License-Identifier: GPL-2.0
#
# awk -f kallsyms.awk kprobes/blacklist available_filter_functions /proc/kallsyms: the functions
# of the running kernel that a probe has to be accepted on, by name, in the form of rig/oracle
# but for where exactly the probe is. For who has not the ELF file.

FILENAME == ARGV[1] { barred[$2] = 1; next }
FILENAME == ARGV[2] {
	# Those of a module have it in brackets; clones are refused for what they are
	sub(/^\./, "")
	if (NF == 1 && !/\./)
		traced[$1] = 1
	next
}
{
	name = $3
	# The code of a function with a descriptor has a dot
	dot = sub(/^\./, "", name)
	if (!(name in traced) || ($3 in barred))
		next
	count[name, dot]++
	addr[name, dot] = $1
}

END {
	for (name in traced) {
		dot = (name, 1) in count
		if (count[name, dot] == 1)
			print name "\tok " addr[name, dot] " near"
	}
}
