#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make loaded: make check TIMES times, 20 by default, while this machine's CPUs are kept
# busy by as many endless loops as there are CPUs. A test that depends on how fast the
# machine is fails here. A line for each check: what failed, its figures and its time.
# CHECK: only these rooms of make check. The last line is "loaded: N passed, N failed", the
# number of checks.
#
# Twenty take the better part of a day, so that the figures of each are kept for its tree: a
# run that was broken off goes on, and prints those that it had. A check that failed counts
# until the tree is another.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

TIMES=${TIMES:-20}
[[ $TIMES =~ ^[1-9][0-9]*$ ]] || die "TIMES is a number, from 1 on"

# What a result depends on: the tree but for its texts, which lint reads and nothing runs.
state=$(cd "$TOP" && {
	say "${CHECK:-}"
	git ls-files -co --exclude-standard | grep -v '\.md$' | LC_ALL=C sort |
		xargs -d '\n' sha256sum
} | sha256sum | cut -c1-16)
RESULTS=$WINPAR_CACHE/loaded/$state
mkdir -p "$RESULTS"

OUT=$(mktemp)
loops=()
loaded_cleanup()
{
	((${#loops[@]} == 0)) || kill "${loops[@]}" 2>/dev/null || :
	rm -f "$OUT" "$RESULTS"/*.part
	rmdir "$RESULTS" 2>/dev/null || :
}
trap loaded_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

loops_begin()
{
	local i
	for ((i = 0; i < $(nproc); i++)); do
		while :; do :; done &
		loops+=($!)
	done
}

# check_once FILE: run make check, and put what is said of it into FILE: its verdict, its
# figures, and what failed.
check_once()
{
	local start=$SECONDS verdict=fail
	! "$TOP/tests/check.sh" >"$OUT" 2>&1 || verdict=pass
	{
		say "$verdict $(tail -n 1 "$OUT"), $((SECONDS - start)) s"
		[[ $verdict == pass ]] || sed -n '/^What failed:/,$p' "$OUT" | sed '$d'
	} >"$1"
}

for ((i = 1; i <= TIMES; i++)); do
	kept=$RESULTS/$i
	if [[ ! -e $kept ]]; then
		((${#loops[@]})) || loops_begin
		check_once "$kept.part"
		# What has no figures was ended from outside, or did not begin.
		if grep -qE '^(pass|fail) [0-9]+ passed, ' "$kept.part"; then
			mv "$kept.part" "$kept"
		else
			kept=$kept.part
		fi
	fi
	read -r verdict figures <"$kept"
	sed 1d "$kept"
	"$verdict" "check $i of $TIMES: $figures"
done
tally loaded
