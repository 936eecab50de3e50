#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Compares docs/rooms.dot and the table of docs/design.md with tests/lint/order, the
# table of docs/wdm.md with tests/lint/order-wdm, and the other docs/*.dot with the
# sources. Prints a line for each room that a document lacks or has too much, for rooms
# in another order, and for each function that a docs/*.dot has in a file that does not
# define it. Needs no graphviz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

order=tests/lint/order
drawing=docs/rooms.dot
design=docs/design.md
wdm=docs/wdm.md

# rows: print the rows of the file $order, from the ground up.
rows() { sed 's/#.*//' "$order" | awk 'NF { $1 = $1; print }'; }

# drawn: print the rows of docs/rooms.dot, from the ground up.
drawn()
{
	sed -n 's/^[[:blank:]]*{ rank=same \(.*\) }$/\1/p' "$drawing" |
		tr -d '"' | tac
}

# table DOCUMENT: print the files in the first column of its table, in its order.
# shellcheck disable=SC2016
table() { sed -nE 's/^\| `([^` ]+\.[ch])` \|.*/\1/p' "$1"; }

words() { tr -s '[:blank:]' '\n' | grep . || :; }

# compare DOCUMENT: print which files from stdin, the document's, are not in the file
# $order, and which files of $order are not among them.
compare()
{
	local file
	sort | comm -3 <(rows | words | sort) - |
		while IFS= read -r file; do
			case $file in
			$'\t'*) echo "$1: ${file#?} is shown, and is on no row of $order" ;;
			*) echo "$1: $file is not shown" ;;
			esac
		done
}

# in_order DOCUMENT: print which files from stdin, the document's rows, are in another
# order than in $order. The document may split a row in several.
in_order()
{
	awk -v document="$1" -v order="$order" '
	FNR == NR { for (i = 1; i <= NF; i++) row[$i] = FNR; next }
	{
		for (i = 1; i <= NF; i++) {
			if (row[$i] < low)
				print document ": " $i " is above rooms that stand above it in " order
			if (row[$i] != row[$1])
				print document ": " $1 " and " $i " are on one row, but not in " order
		}
		for (i = 1; i <= NF; i++)
			if (row[$i] > low)
				low = row[$i]
	}' <(rows) -
}

found=$(
	drawn | words | compare "$drawing"
	table "$design" | compare "$design"
	order=tests/lint/order-wdm
	table "$wdm" | compare "$wdm"
)
# The rows, once all rooms are there.
if [[ -z $found ]]; then
	found=$(
		drawn | in_order "$drawing"
		table "$design" | in_order "$design"
		order=tests/lint/order-wdm
		table "$wdm" | in_order "$wdm"
	)
fi
[[ -z $found ]] || printf '%s\n' "$found"

# Arrows between files that are no rooms; they would be drawn as one more.
sed 's,//.*,,' "$drawing" | grep -oE '"[^" ]+\.[ch]"' | tr -d '"' | sort -u |
	comm -13 <(drawn | words | sort) - |
	sed "s,.*,$drawing: & has an arrow but is on no row,"

# The boxes of the journeys: FUNCTION()\nFILE.
for journey in docs/*.dot; do
	grep -oE '"[a-z_0-9]+\(\)\\n[^"]+"' "$journey" | tr -d '"' |
		sed 's/()\\n/ /' | while read -r name file; do
		if [[ ! -e $file ]]; then
			echo "$journey: there is no $file"
		elif ! grep -qE "^([A-Za-z_].*[ *])?$name\(" "$file"; then
			echo "$journey: $file has no $name()"
		fi
	done || :
done
