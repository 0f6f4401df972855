# SPDX-License-Identifier: GPL-2.0
#
# awk -f keep-rows.awk -v current=0|1 OLD NEW: prints NEW; its Markdown tables get the
# cells and rows of OLD that they have not. A table is known by its header, a row by
# its first column. Unless OLD is current, what is kept of the series gets a star.

BEGIN { FS = OFS = "|" }

# kept KEY, CELL: the unpatched kernel does not change
function kept(key, cell)
{
	if (!current && key !~ /unpatched/ && cell !~ /^ *-? *$|\\\*/)
		sub(/ *$/, "\\*&", cell)
	return cell
}

function keep(key,    cells, n, i, line)
{
	n = split(old[header, key], cells)
	line = "|" cells[2]
	for (i = 3; i < n; i++)
		line = line "|" kept(key, cells[i])
	return line "|"
}

function end_table(    i, key)
{
	for (i = 1; i <= rows[header]; i++) {
		key = order[header, i]
		print key in row ? row[key] : keep(key)
	}
	for (i = 1; i <= new_rows; i++)
		if (!((header, new_order[i]) in old))
			print row[new_order[i]]
	delete row
	header = ""
	new_rows = 0
}

!/^\|/ {
	if (NR != FNR) {
		if (header)
			end_table()
		print
	}
	header = ""
	next
}

!header || /^\|-/ {
	header = header ? header : $0
	if (NR != FNR)
		print
	next
}

NR == FNR {
	if (!((header, $2) in old))
		order[header, ++rows[header]] = $2
	old[header, $2] = $0
	next
}

{
	# To read old[] would make an entry of it
	n = (header, $2) in old ? split(old[header, $2], cells) : 0
	for (i = 3; i < NF; i++)
		if ($i ~ /^ - $/ && i < n)
			$i = kept($2, cells[i])
	row[$2] = $0
	new_order[++new_rows] = $2
}

END {
	if (header)
		end_table()
}
