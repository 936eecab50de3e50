# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which lines of winpar.ko and winpar_sim.ko the suites run, by gcov. Sourced by run.sh.

# coverage_unpack FILE BUILT: write the guest's counts beside the objects in BUILT.
coverage_unpack()
{
	local line file='' built=$2
	tail -n1 "$1" | grep -qx END || die "the guest's counts are cut short"
	: >"$SCRATCH/one.b64"
	while read -r line; do
		case $line in
		FILE\ * | END)
			[[ -z $file ]] || base64 -d "$SCRATCH/one.b64" >"$file"
			# The guest names a file by the folder it was built in.
			file=${line#FILE }
			file=$built/${file##*"/${built##*/}/"}
			: >"$SCRATCH/one.b64"
			;;
		*) say "$line" >>"$SCRATCH/one.b64" ;;
		esac
	done <"$1"
}

# coverage_report BUILT COUNTS WANTED: print lines and branches of each source file.
# Passes if WANTED % of all lines were run. Sets COVERAGE to the line for the end.
coverage_report()
{
	local built=$1 unreached=$WINPAR_CACHE/unreached lines
	find "$built" \( -name '*.gcda' -o -name '*.gcov' \) -delete
	tr -d '\r' <"$2" >"$SCRATCH/counts.text"
	coverage_unpack "$SCRATCH/counts.text" "$built"
	# -p: two folders may have files of one name.
	(cd "$built" && find . -name '*.gcda' -exec gcov -b -c -p {} + \
		>gcov.log 2>&1) || die "gcov: $(tail -n 3 "$built/gcov.log")"
	{ kbuild_sources '' winpar; kbuild_sources sim/ winpar_sim; } \
		>"$SCRATCH/ours"

	# A line of a header is in several objects: it counts as reached when one of
	# them has reached it, and likewise its branches. Other headers than the
	# module's do not count.
	awk -F: -v built="$built/" '
	FILENAME == ARGV[1] { ours[$1] = 1; next }
	FNR == 1 { file = ""; mine = 0 }
	/^ *-: *0:Source:/ {
		file = $4
		if (index(file, built) == 1)
			file = substr(file, length(built) + 1)
		sub(/^\.\//, "", file)
		mine = file in ours || file ~ headers
		if (file in ours) seen[file] = 1
	}
	/^(branch|call|function|unconditional)/ {
		if (mine && /^branch/) {
			n++
			b = file SUBSEP line SUBSEP n
			branches[b] = file
			if ($0 !~ /never executed|taken 0( |$)/) taken[b] = 1
		}
		next
	}
	mine && $1 !~ /-$/ {
		line = $2 + 0; n = 0
		k = file SUBSEP line
		lines[k] = file
		text[k] = substr($0, index($0, $3))
		if ($1 !~ /#####|=====/) reached[k] = 1
	}
	END {
		for (k in lines) {
			all[lines[k]]++; total++
			if (k in reached) { hit[lines[k]]++; totalhit++ }
			else {
				split(k, p, SUBSEP)
				printf "%s:%d:%s\n", p[1], p[2], text[k] >unreached
			}
		}
		for (b in branches) {
			ball[branches[b]]++; btotal++
			if (b in taken) { bhit[branches[b]]++; btotalhit++ }
		}
		for (f in all)
			printf "%-26s lines %5.1f %% of %d, branches %5.1f %% of %d\n", f,
				100 * hit[f] / all[f], all[f],
				ball[f] ? 100 * bhit[f] / ball[f] : 100, ball[f] | "sort"
		close("sort")
		printf "coverage: lines %.1f %%, branches %.1f %%\n",
			100 * totalhit / total, 100 * btotalhit / btotal
		for (f in ours)
			if (!(f in seen)) print "no counts of " f
	}' "$SCRATCH/ours" \
		headers='^(winpar[^/]*|(api|device|port|host|sim)/[^/]*)\.h$' \
		unreached="$unreached.raw" "$built"/*.gcov >"$SCRATCH/coverage"
	sort -t: -k1,1 -k2,2n "$unreached.raw" >"$unreached"
	rm -f "$unreached.raw"
	grep -vE '^(coverage:|no counts)' "$SCRATCH/coverage"
	if grep '^no counts of ' "$SCRATCH/coverage"; then
		fail "some files have no counts"
	fi
	COVERAGE=$(grep '^coverage:' "$SCRATCH/coverage")
	say "$(wc -l <"$unreached") lines that were not reached: $unreached"
	lines=$(sed -E 's/coverage: lines ([0-9]+).*/\1/' <<<"$COVERAGE")
	if ((lines >= $3)); then
		pass "$3 % of the lines are reached"
	else
		fail "less than $3 % of the lines are reached"
	fi
}
