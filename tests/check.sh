#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: every test. Its last line is "N passed, N failed".
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

WINPAR_TALLY=$(mktemp)
export WINPAR_TALLY
trap 'rm -f "$WINPAR_TALLY"' EXIT

broken=0
# Fewer rounds, the same figures; the port in software on two CPUs only.
export BENCH=--short SIM=stock-2
for room in lint abi kunit vmtest simtest bench; do
	start=$SECONDS
	say "== $room"
	before=$(wc -l <"$WINPAR_TALLY")
	make -s -C "$TOP" "$room" || broken=1
	# A room that ended without counting anything has failed.
	if (($(wc -l <"$WINPAR_TALLY") == before)); then
		say "FAIL $room ended without a result"
		printf '%s 0 1\n' "$room" >>"$WINPAR_TALLY"
	fi
	say "   ($((SECONDS - start)) s)"
done

say "== all of it, in $SECONDS s"
while read -r room passed failed; do
	say "$room: $passed passed, $failed failed"
	PASSED=$((PASSED + passed))
	FAILED=$((FAILED + failed))
done <"$WINPAR_TALLY"
((broken == 0 || FAILED > 0)) || FAILED=1
say "$PASSED passed, $FAILED failed"
((FAILED == 0))
