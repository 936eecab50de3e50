# SPDX-License-Identifier: GPL-2.0-only
# Turns KUnit's messages into one line for each result: "ok SUITE CASE[: ROW]" or
# "FAIL SUITE CASE[: ROW] (FILE:LINE)"; "PLAN SUITE PLANNED RUN" for each suite that
# ended, "CUT SUITE RUN" for one that did not.
#	built=FOLDER	what file names begin with, which is left out
#	blocks=FILE	for each failure its own block: what was printed since
#			the result before

function log_line(line) {
	if (lines < most) {
		if (built != "") {
			at = index(line, built "/")
			if (at)
				line = substr(line, 1, at - 1) \
				       substr(line, at + length(built) + 1)
		}
		text[lines] = line
	}
	lines++
}

# place(): where the first expectation is that failed, as " (FILE:LINE)".
function place(    i, where) {
	for (i = 0; i < lines && i < most; i++)
		if (match(text[i], /(EXPECTATION|ASSERTION) FAILED at [^ ]+/)) {
			where = substr(text[i], RSTART, RLENGTH)
			sub(/.* at /, "", where)
			return " (" where ")"
		}
	return ""
}

function block(name,    i) {
	print "---- " name >blocks
	for (i = 0; i < lines && i < most; i++)
		print "     " text[i] >blocks
	if (lines > most)
		print "     ... and " lines - most " more lines, in the console" >blocks
}

BEGIN { most = 80 }

{
	raw = $0
	sub(/^\[ *[0-9]+\.[0-9]+\] ?/, "")
}
/^    # Subtest: / { suite = $3; planned = run = rows = lines = 0; next }
/^    1\.\.[0-9]+$/ { split($1, p, /\.\./); planned = p[2]; next }
/^    KTAP version|^        KTAP version|^        # Subtest: / { next }
# A case or a row that is not for PREEMPT_RT is no result there. The line of a case does not
# say why all its rows were skipped.
/^        ok [0-9]+ .* # SKIP PREEMPT_RT/ { elsewhere = 1; next }
/^    ok [0-9]+ .* # SKIP PREEMPT_RT/ || (elsewhere && /^    ok [0-9]+ .* # SKIP/) {
	run++
	rows = lines = elsewhere = 0
	next
}
/^        (not )?ok [0-9]+ / {
	bad = /^ *not ok/
	sub(/^ *(not )?ok [0-9]+ (- )?/, "")
	row[rows] = $0
	failed[rows] = bad
	if (bad) {
		where[rows] = place()
		# The case has not been named yet.
		for (i = 0; i < lines && i < most; i++)
			kept[rows, i] = text[i]
		keptlines[rows] = lines
	}
	rows++
	lines = 0
	next
}
/^    (not )?ok [0-9]+ / {
	run++
	elsewhere = 0
	bad = /^    not ok/
	skip = / # SKIP/
	sub(/^ *(not )?ok [0-9]+ (- )?/, "")
	sub(/ # SKIP.*/, "")
	name = suite " " $0
	own = place()
	if (!rows || skip) {
		# A row that was skipped counts for the case only.
		print (bad || skip ? "FAIL" : "ok"), \
		      name (skip ? " (skipped)" : "") (bad ? own : "")
		if (bad || skip)
			block(name (skip ? " (skipped)" : ""))
	}
	for (i = 0; i < rows; i++) {
		print (failed[i] ? "FAIL" : "ok"), name ": " row[i] \
		      (failed[i] ? where[i] : "")
		if (!failed[i])
			continue
		lines = keptlines[i]
		for (j = 0; j < lines && j < most; j++)
			text[j] = kept[i, j]
		block(name ": " row[i])
	}
	rows = lines = 0
	next
}
/^(not )?ok [0-9]+ .*winpar_/ {
	print "PLAN", suite, planned, run
	suite = ""
	next
}
suite != "" { log_line(raw) }
END { if (suite != "") print "CUT", suite, run + 0 }
