#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make loaded: make check TIMES times, 20 by default, while this machine's CPUs are kept
# busy by as many endless loops as there are CPUs. A test that depends on how fast the
# machine is fails here. A line for each check: what failed, its figures and its time.
# CHECK: only these rooms of make check. The last line is "loaded: N passed, N failed", the
# number of checks.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

TIMES=${TIMES:-20}
[[ $TIMES =~ ^[1-9][0-9]*$ ]] || die "TIMES is a number, from 1 on"

OUT=$(mktemp)
loops=()
loaded_cleanup()
{
	((${#loops[@]} == 0)) || kill "${loops[@]}" 2>/dev/null || :
	rm -f "$OUT"
}
trap loaded_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for ((i = 0; i < $(nproc); i++)); do
	while :; do :; done &
	loops+=($!)
done

for ((i = 1; i <= TIMES; i++)); do
	start=$SECONDS
	if "$TOP/tests/check.sh" >"$OUT" 2>&1; then
		verdict=pass
	else
		verdict=fail
		sed -n '/^What failed:/,$p' "$OUT" | sed '$d'
	fi
	"$verdict" "check $i of $TIMES: $(tail -n 1 "$OUT"), $((SECONDS - start)) s"
done
tally loaded
