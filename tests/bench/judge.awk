# SPDX-License-Identifier: GPL-2.0-only
# Makes the benchmark's table: judges FIGURES ("NAME FIGURE" a line) by cases.tsv.
#	awk -f judge.awk FIGURES cases.tsv >bench.tsv
# A figure of a case is a sum of names; of a spread, names with | between them.
# Kinds: ratio - to the rival's, at most the goal; more - than the rival's by at
# most the goal; most - at most the goal; spread - the largest to the smallest.
# A ratio is judged as it is printed, to three decimals: two runs with 64 KiB differ by
# 5 in 100,000, since different numbers of timer ticks come in them.
# Goal "-": the figure is only printed.

BEGIN {
	OFS = "\t"
	print "case", "winpar", "rival", "rival's figure", "ratio", "goal", "met"
}

NR == FNR { figures[$1] = $2; next }

# The value of "a + b - c"; "" when one is missing.
function sum(text,   word, n, i, sign, value) {
	n = split(text, word, " ")
	sign = 1
	value = 0
	for (i = 1; i <= n; i++) {
		if (word[i] == "+" || word[i] == "-") {
			sign = word[i] == "+" ? 1 : -1
			continue
		}
		if (!(word[i] in figures))
			return ""
		value += sign * figures[word[i]]
	}
	return value
}

# The largest (way 1) or smallest (way -1) of "a|b|c".
function extreme(text, way,   word, n, i, value, best) {
	n = split(text, word, "|")
	for (i = 1; i <= n; i++) {
		value = sum(word[i])
		if (value == "")
			return ""
		if (i == 1 || way * value > way * best)
			best = value
	}
	return best
}

function plain(value) {
	value = sprintf("%.1f", value)
	sub(/\.?0+$/, "", value)
	return value
}

BEGIN { FS = " " }
FNR == 1 { FS = "\t"; next }
{
	split($0, column, "\t")
	kind = column[5]
	goal = column[6]
	ours = kind == "spread" ? extreme(column[2], 1) : sum(column[2])
	rival = column[3] != "-"
	theirs = !rival ? "" : kind == "spread" ? extreme(column[4], -1) : \
		 sum(column[4])
	ratio = rival && ours != "" && theirs > 0 ? ours / theirs : ""

	judged = kind == "most" ? ours : kind == "more" ? ours - theirs : \
		 ratio == "" ? "" : sprintf("%.3f", ratio) + 0
	if (goal == "-")
		met = "-"
	else if (ours == "" || (rival && theirs == ""))
		met = "no"
	else
		met = judged <= goal + 1e-9 ? "yes" : "no"
	if (goal != "-")
		goal = (kind == "most" ? "" : kind == "more" ? "+" : "x ") goal
	print column[1], ours == "" ? "none" : plain(ours), \
	      rival ? column[3] : "-", \
	      !rival ? "-" : theirs == "" ? "none" : plain(theirs), \
	      ratio == "" ? "-" : sprintf("%.3f", ratio), goal, met
}
