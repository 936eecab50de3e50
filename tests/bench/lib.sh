# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What run.sh and hw.sh have in common. Sourced after tests/lib.sh.

# bench_programs DIR: build the programs that measure from user space, into DIR.
bench_programs()
{
	local src
	need gcc libc6-dev
	for src in "$TOP"/tests/bench/bin/*.c; do
		gcc -static -O2 -Wall -Wextra -Werror -s \
			-o "$1/$(basename "$src" .c)" "$src" ||
			die "$src does not compile"
	done
}

# bench_sizes FILE.ko: its text and data, as figures.
bench_sizes()
{
	need binutils
	size "$1" | awk 'NR == 2 { print "text-bytes", $1; print "data-bytes", $2 + $3 }'
}

# bench_table FIGURES OUT.tsv: judge, keep, print.
bench_table()
{
	need mawk
	awk -f "$TOP/tests/bench/judge.awk" "$1" "$TOP/tests/bench/cases.tsv" >"$2"
	awk -F '\t' '{
		for (i = 1; i <= NF; i++) {
			cell[NR, i] = $i
			if (length($i) > width[i]) width[i] = length($i)
		}
	}
	END {
		for (n = 1; n <= NR; n++) {
			line = ""
			for (i = 1; i <= 7; i++)
				line = line sprintf((i == 1 || i == 3 ? "%-" : "%") \
						    width[i] "s  ", cell[n, i])
			sub(/ +$/, "", line)
			print line
		}
	}' "$2"
}
