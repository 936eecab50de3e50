# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which suites and cases there are, by the sources, and which of them are
# wanted. Sourced by run.sh.

# suites_list: "SUITE CASE", a line for each case, in the order in which the
# kernel runs the suites (that of Kbuild).
suites_list()
{
	local files
	mapfile -t files < <(grep -oE '\b[a-z0-9_]+_test\.o' "$TOP/tests/kunit/Kbuild" |
		sed "s,.*,$TOP/tests/kunit/&,; s/\.o\$/.c/")
	awk '
	/^static struct kunit_case [a-z0-9_]+\[\] = \{/ {
		array = $4
		sub(/\[.*/, "", array)
		next
	}
	/^};/ { array = "" }
	array != "" && match($0, /KUNIT_CASE(_PARAM)?\([a-z0-9_]+/) {
		name = substr($0, RSTART, RLENGTH)
		sub(/.*\(/, "", name)
		held[array] = held[array] " " name
	}
	/^\t\.name = "winpar_/ { split($0, quoted, "\""); suite = quoted[2] }
	/^\t\.test_cases = / {
		array = $3
		sub(/,.*/, "", array)
		n = split(held[array], names, " ")
		for (i = 1; i <= n; i++)
			print suite, names[i]
		array = ""
	}' "${files[@]}"
}

# suites_choose SUITES CASES: set ONLY to the suites and cases that these words name, as
# SUITE or SUITE.CASE between commas. The prefixes winpar_ and winpar_test_ may be left
# out. An unknown name ends the script with a list of the names.
suites_choose()
{
	local word within=()
	ALL=$(suites_list)
	ONLY=
	for word in $1; do
		suite_known "${word%%.*}"
		if [[ $word == *.* ]]; then
			cases_choose "$SUITE" "${word#*.}"
		elif [[ -n $2 ]]; then
			within+=("$SUITE")
		else
			ONLY+=${ONLY:+,}$SUITE
		fi
	done
	for word in $2; do
		if [[ $word == *.* ]]; then
			suite_known "${word%%.*}"
			cases_choose "$SUITE" "${word#*.}"
		else
			cases_choose "${within[*]}" "$word"
		fi
	done
}

# suite_known NAME: set SUITE to its whole name.
suite_known()
{
	SUITE=winpar_${1#winpar_}
	! grep -q "^$SUITE " <<<"$ALL" || return 0
	say "There is no suite $1. The suites are:" >&2
	cut -d' ' -f1 <<<"$ALL" | uniq | sed 's/^winpar_/   /' >&2
	die "kunit: no suite $1"
}

# cases_choose SUITES CASE: add to ONLY each SUITE.CASE of that name. SUITES empty: of
# all suites.
cases_choose()
{
	local suite name before=$ONLY
	while read -r suite name; do
		[[ ${name#winpar_test_} == "${2#winpar_test_}" ]] || continue
		[[ -n $1 && " $1 " != *" $suite "* ]] ||
			ONLY+=${ONLY:+,}$suite.$name
	done <<<"$ALL"
	[[ $ONLY == "$before" ]] || return 0
	say "There is no case $2${1:+ in $1}. The cases are:" >&2
	while read -r suite name; do
		[[ -n $1 && " $1 " != *" $suite "* ]] ||
			say "   ${suite#winpar_}.${name#winpar_test_}"
	done <<<"$ALL" >&2
	die "kunit: no case $2"
}

# suites_counts ONLY: print "COUNT SUITE" for each suite in ONLY (empty: for all): how
# many of its cases have to run.
suites_counts()
{
	suites_list | awk -v only="$1" '
	BEGIN { n = split(only, words, ","); for (i in words) want[words[i]] = 1 }
	!n || $1 in want || ($1 "." $2) in want {
		if (!($1 in count)) order[++suites] = $1
		count[$1]++
	}
	END { for (i = 1; i <= suites; i++) print count[order[i]], order[i] }'
}

# How many seconds the longest suites take while two guests run; each other suite
# counts as 3.
SUITES_LONG='device_fifo_fault 120 device_trouble 67 device_transfer 56 device_time 37 device_ioctl 37
device_fifo 40 device_fifo_turn 12 device_slow 32 device_negotiate 29 device_fault 28 device_id 27 rival 23
device_answer 22 loop 17 device_name 15 pnp 11 select 10 host 9 device_lock 9
device_call 7 device_reference 6'

# suites_lanes N ONLY: divide the suites into N lines that take about as long as each
# other.
suites_lanes()
{
	if (($1 == 1)); then
		say "$2"
		return
	fi
	suites_counts "$2" | awk -v lanes="$1" -v long="$SUITES_LONG" '
	BEGIN {
		n = split(long, words, /[ \n]+/)
		for (i = 1; i < n; i += 2) weight["winpar_" words[i]] = words[i + 1]
	}
	{ suite[NR] = $2; cost[NR] = ($2 in weight) ? weight[$2] : 3 }
	END {
		# The longest suite first, each to the line with least time.
		for (k = 1; k <= NR; k++) {
			most = 0
			for (i = 1; i <= NR; i++)
				if (!(i in lane) && (!most || cost[i] > cost[most]))
					most = i
			least = 1
			for (l = 2; l <= lanes; l++)
				if (load[l] < load[least]) least = l
			lane[most] = least
			load[least] += cost[most]
		}
		for (l = 1; l <= lanes; l++) {
			line = ""
			for (i = 1; i <= NR; i++)
				if (lane[i] == l)
					line = line (line == "" ? "" : ",") suite[i]
			if (line != "") print line
		}
	}'
}
