#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make matrix: the modules built for each kernel of kernels.tsv by the compiler of
# its own suite, without a warning at W=1, booted, and tested on the emulated LPT and
# on the port in software. Arguments: only these kernels (names of kernels.tsv).
# TESTS names some of demo, vmtest, simtest, or none. The table is printed last.
# Two kernels at a time.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/matrix/lib.sh
. "$TOP/tests/matrix/lib.sh"

mapfile -t ALL < <(matrix_names)
wanted=("$@")
((${#wanted[@]})) || wanted=("${ALL[@]}")
known kernel "${ALL[*]}" "${wanted[@]}"
TESTS=${TESTS-demo vmtest simtest}
read -ra tests <<<"${TESTS//,/ }"
known test "demo vmtest simtest none" "${tests[@]}"

# What each test does under each kernel: on one CPU and on two.
export WINPAR_QUIET=1 VM="demo simclient suite-1 suite-2 soft" SIM="stock-1 stock-2"
unset PARTS
LANES_AT_ONCE=2

# row_build NAME: from nothing, so that each warning is seen. Into NAME.*: build
# (yes or no), warnings, release.
row_build()
{
	local out=$SCRATCH/$1
	(
		export WINPAR_KERNEL=$1
		stock_kernel
		say "$STOCK_KVER" >"$out.release"
		rm -rf "${BUILD_ROOT:?}/winpar/${STOCK_HEADERS##*/linux-headers-}-$TREE"
		build_tree "$STOCK_HEADERS" matrix
		grep -E 'warning' "$BUILD_LOG" >"$out.warnings" || :
		say yes >"$out.build"
	) >"$out.log" 2>&1
}

# row_test NAME TEST: into NAME.TEST its output, into NAME.tally its figures.
row_test()
{
	WINPAR_KERNEL=$1 WINPAR_TALLY=$SCRATCH/$1.tally \
		make -s -C "$TOP" "$2" VM="$VM" SIM="$SIM" >"$SCRATCH/$1.$2" 2>&1 || :
	grep -q "^${2/simtest/sim} " "$SCRATCH/$1.tally" 2>/dev/null || {
		say "FAIL $2 ended without a result" >>"$SCRATCH/$1.$2"
		say "${2/simtest/sim} 0 1" >>"$SCRATCH/$1.tally"
	}
}

row()
{
	local name=$1 test
	note "$name: building"
	if row_build "$name"; then
		for test in "${tests[@]}"; do
			[[ $test != none ]] || continue
			note "$name: $test"
			row_test "$name" "$test"
		done
	fi
}

# A process group each, to be ended whole.
set -m
for ((i = 0; i < LANES_AT_ONCE; i++)); do
	for name in "${wanted[@]}"; do
		mkdir "$SCRATCH/$name.taken" 2>/dev/null || continue
		row "$name"
	done &
	LANES+=("-$!")
done
set +m
wait
LANES=()

# sum NAME COLUMN: of the row's tests.
sum() { awk -v n="$2" '{ s += $n } END { print s + 0 }' "$SCRATCH/$1.tally" 2>/dev/null || say 0; }

# warnings NAME: how many; "-" where the build did not come to its end.
warnings()
{
	if [[ -e $SCRATCH/$1.warnings ]]; then
		wc -l <"$SCRATCH/$1.warnings"
	else
		say -
	fi
}

# complaint NAME: the first thing that its kernel complained of.
complaint()
{
	grep -haE "$SPLATS" "$SCRATCH/$1".{demo,vmtest,simtest} 2>/dev/null |
		grep -avE "$SPLATS_HARMLESS|^(ok|FAIL) " | head -n1 |
		sed 's/^\[ *[0-9.]*\] *//' | cut -c1-60
}

say "What did not pass:"
for name in "${wanted[@]}"; do
	if [[ ! -e $SCRATCH/$name.build ]]; then
		sed "s/^/   $name: /" "$SCRATCH/$name.log" | tail -n 20
		fail "$name: the modules are built"
		continue
	fi
	pass "$name: the modules are built" >/dev/null
	if [[ -s $SCRATCH/$name.warnings ]]; then
		sed "s/^/   $name: /" "$SCRATCH/$name.warnings" | head -n 10
		fail "$name: there is no warning"
	else
		pass "$name: there is no warning" >/dev/null
	fi
	PASSED=$((PASSED + $(sum "$name" 2)))
	FAILED=$((FAILED + $(sum "$name" 3)))
	for test in "${tests[@]}"; do
		[[ -e $SCRATCH/$name.$test ]] || continue
		mapfile -t -O "${#FAILURES[@]}" FAILURES \
			< <(sed -n "s/^FAIL /$name: $test: /p" "$SCRATCH/$name.$test")
	done
	mkdir -p "$WINPAR_CACHE/matrix-last"
	cp "$SCRATCH/$name".* "$WINPAR_CACHE/matrix-last/" 2>/dev/null || :
done

say
{
	say "kernel|release|built|warnings|passed|failed|complaint"
	for name in "${wanted[@]}"; do
		say "$name|$(cat "$SCRATCH/$name.release" 2>/dev/null)|$(cat "$SCRATCH/$name.build" 2>/dev/null || say no)|$(warnings "$name")|$(sum "$name" 2)|$(sum "$name" 3)|$(complaint "$name")"
	done
} | column -t -s'|'
tally matrix
