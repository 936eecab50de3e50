#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make matrix: builds the modules for each kernel of kernels.tsv with the compiler of the
# kernel's own suite, which must not warn at W=1, and tests them under that kernel on the
# emulated LPT and on the port in software. Arguments: only these kernels (names of
# kernels.tsv). TESTS names some of demo, vmtest, simtest, or none. Two kernels are
# tested at a time. A table of all is printed last.
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

# row_build NAME: build from nothing, so that each warning is seen. Writes NAME.release,
# NAME.warnings, and NAME.build when the build came to its end.
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

# row_test NAME TEST: run a test under a kernel. Writes its output to NAME.TEST and its
# figures to NAME.tally.
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

# Each lane is a process group, so that it can be ended with all it has started.
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

# sum NAME COLUMN: print the sum of a column of NAME.tally.
sum() { awk -v n="$2" '{ s += $n } END { print s + 0 }' "$SCRATCH/$1.tally" 2>/dev/null || say 0; }

# warnings NAME: print how many there are, "-" where the build did not come to its end.
warnings()
{
	if [[ -e $SCRATCH/$1.warnings ]]; then
		wc -l <"$SCRATCH/$1.warnings"
	else
		say -
	fi
}

# complaint NAME: print the first complaint of the kernel in the tests' output.
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
