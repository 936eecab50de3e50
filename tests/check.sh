#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make check: every test. Its last line is "N passed, N failed". The tests are in rooms
# (kunit, vmtest, lint and so on), of which two run at a time, since a guest leaves
# much of two CPUs idle. The output of a room is printed when the room has ended.
# CHECK: only these rooms.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# In this order: the longest first.
ROOMS=(kunit vmtest bench lint simtest model runner toolstest abi)
LANES=2
read -ra chosen <<<"${CHECK:-${ROOMS[*]}}"
known room "${ROOMS[*]}" "${chosen[@]}"
ROOMS=("${chosen[@]}")

OUT=$(mktemp -d)
lanes=()
check_cleanup()
{
	local lane
	for lane in "${lanes[@]}"; do
		kill -- "-$lane" 2>/dev/null || :
	done
	wait
	rm -rf "$OUT"
}
trap check_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The benchmark runs fewer rounds, simtest on two CPUs only, and the largest searches of
# the models are left out; nothing else is. The suites run in one guest, since another
# room runs beside them.
unset VM PARTS SUITE CASE KUNIT LINT FILES TOOLS SEED CHECK
export BENCH=--short MODEL=--short SIM=stock-2 KUNIT_GUESTS=1 WINPAR_QUIET=1

# run_room ROOM: run it; its exit status goes into ROOM.status, written last.
run_room()
{
	local start=$SECONDS status=0
	WINPAR_TALLY=$OUT/$1.tally make -s -C "$TOP" "$1" >"$OUT/$1" 2>&1 ||
		status=$?
	# A room that ended without counting anything has failed.
	if [[ ! -s $OUT/$1.tally ]]; then
		say "FAIL $1 ended without a result" >>"$OUT/$1"
		printf '%s 0 1\n' "$1" >"$OUT/$1.tally"
	fi
	say "   ($((SECONDS - start)) s)" >>"$OUT/$1"
	say "$status" >"$OUT/$1.part"
	mv "$OUT/$1.part" "$OUT/$1.status"
}

# Build the test kernel first: several rooms need it, and would build it at once.
"$TOP/tests/kernel/build.sh" >/dev/null || note "the test kernel: not built"
# Each room is a process group, so that it can be killed with its children.
set -m
for ((i = 0; i < LANES; i++)); do
	for room in "${ROOMS[@]}"; do
		mkdir "$OUT/$room.taken" 2>/dev/null || continue
		run_room "$room"
	done &
	lanes+=($!)
done
set +m

broken=0
for room in "${ROOMS[@]}"; do
	until [[ -e $OUT/$room.status ]]; do
		[[ -n $(jobs -pr) || -e $OUT/$room.status ]] ||
			die "$room was ended from outside"
		sleep 1
	done
	say "== $room"
	cat "$OUT/$room"
	(($(<"$OUT/$room.status") == 0)) || broken=1
done
wait "${lanes[@]}"
lanes=()

say "== all of it, in $SECONDS s"
cd "$OUT"
while read -r room passed failed; do
	say "$room: $passed passed, $failed failed"
	PASSED=$((PASSED + passed))
	FAILED=$((FAILED + failed))
done < <(cat "${ROOMS[@]/%/.tally}")
for room in "${ROOMS[@]}"; do
	mapfile -t -O "${#FAILURES[@]}" FAILURES \
		< <(sed -n "s/^FAIL /$room: /p" "$room")
done
failures_again
grep -h '^   console: ' "${ROOMS[@]}" || :
((broken == 0 || FAILED > 0)) || FAILED=1
say "$PASSED passed, $FAILED failed"
((FAILED == 0))
