#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Do the documents show the rooms as they are? Prints what is wrong, a line each:
# a room of tests/lint/order that docs/rooms.dot or the table of docs/design.md does
# not have, one that they have and that does not exist, other rows, and a function
# that docs/*.dot name in a file that does not define it. Needs no graphviz.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

order=tests/lint/order
drawing=docs/rooms.dot
design=docs/design.md

# rows: those of tests/lint/order, from the ground up.
rows() { sed 's/#.*//' "$order" | awk 'NF { $1 = $1; print }'; }

# drawn: those of the drawing, from the ground up.
drawn()
{
	sed -n 's/^[[:blank:]]*{ rank=same \(.*\) }$/\1/p' "$drawing" |
		tr -d '"' | tac
}

# table: the files in the first column of the document, in its order.
# shellcheck disable=SC2016
table() { sed -nE 's/^\| `([^` ]+\.[ch])` \|.*/\1/p' "$design"; }

words() { tr -s '[:blank:]' '\n' | grep . || :; }

# compare DOCUMENT: its files, from stdin, against those of tests/lint/order.
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

# in_order DOCUMENT: its rows, from stdin, against those of tests/lint/order. A row
# may be shown as several, one on top of the other.
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
	table | compare "$design"
)
# The rows, once all rooms are there.
if [[ -z $found ]]; then
	found=$(
		drawn | in_order "$drawing"
		table | in_order "$design"
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
