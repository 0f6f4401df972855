# SPDX-License-Identifier: GPL-2.0
#
# awk -F '\t' -v to=PREFIX [-v base=1] -f judge.awk RESULT ORACLE: compares what the sweep
# says with what the oracle says. Prints a line for each way to write a location and what has to
# come of it: how many there are and how many are right. What differs goes to PREFIX.differs,
# what was refused to PREFIX.refused.

function outcome(s)
{
	sub(/;.*|: PLACE$/, "", s)
	return s ~ /^ok .* FTRACE/ ? "probe on ftrace" : s ~ / near$/ ? "probe" : s ~ /^ok/ ? "probe by trap" : s
}

# The low half of an address: all of it is more than a number of awk holds
function low(s,	n, i)
{
	for (i = length(s) - 7; i <= length(s); i++)
		n = 16 * n + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n
}

function is_near(addr, start)
{
	return substr(addr, 1, 8) == substr(start, 1, 8) && low(addr) >= low(start) && low(addr) <= low(start) + 16
}

FILENAME == ARGV[1] { got[$1] = $2; next }
{
	way = $1 ~ /^0x/ ? "address" : $1 ~ /^_text\+/ ? "_text+N" : $1 ~ / / ? "argument" : $1 ~ /%/ ? "%clones" : "name"
	want = $2
	# Where the guest had no answer to a location, because it died, that differs.
	is = ($1 in got) ? got[$1] : "no answer"
	same = is
	# want: ok START SITE [FTRACE], is: ok ADDRESS SYMBOL+OFFSET [FTRACE], where
	# the symbol may be another one of the address. ADDRESS is that of the site.
	# The base shows its offset. With %clones there are several of these, in the
	# order of the addresses. Without the ELF file the site is only near.
	if (is ~ /^ok / && want ~ /^ok /) {
		num = split(is, probes, ", ")
		if (num == split(want, places, ", "))
			same = ""
		for (p = 1; p <= num && same !~ /^ok.* no$/; p++) {
			split(probes[p], i, " ")
			split(places[p], w, " ")
			same = same (p > 1 ? ", " : "") "ok " w[2] " " w[3] (probes[p] ~ / FTRACE$/ ? " FTRACE" : "")
			if (w[3] == "near" && is_near(i[2], w[2]))
				same = want
			else if (!(i[2] == w[3] && (base || i[3] ~ /\+0x0$/)))
				same = is " no"
		}
	}
	sub(/^refused [0-9]+ /, "refused ", same)
	# The symbol may be another one of the address here, too
	sub(/: [^ ]+\+0x0\/0x[0-9a-f]+( \[[^ ]+\])?$/, ": PLACE", same)
	key = way "\t" outcome(want)
	total[key]++
	if (same == want) {
		right[key]++
	} else {
		print $1 "\twant: " want "\tgot: " is >(to ".differs")
	}
	if (is ~ /^refused/)
		print $1 "\t" is >(to ".refused")
}

END {
	for (key in total)
		printf "%s\t%d\t%d\n", key, total[key], right[key] | "sort"
	close("sort")
}
