#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make matrix: builds the modules for each kernel of kernels.tsv, and the KUnit suites for
# the newest one, with the compiler of the kernel's own suite, which must not warn at W=1,
# loads the modules, and tests them under that kernel on the emulated LPT and on the port in
# software. The rows kunit-newest and kunit-rt are make kunit under the newest series' test
# kernels (tests/kernel/build.sh). Arguments: only these kernels (names of kernels.tsv).
# TESTS names some of demo, vmtest, simtest, kunit; full: all four, with every part of them
# instead of those of SHORT below; none: nothing is booted. Two kernels are tested at a time. A table of all is printed last;
# with RECORD=1 results.tsv gets what it has.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/matrix/lib.sh
. "$TOP/tests/matrix/lib.sh"

mapfile -t ALL < <(matrix_names)
wanted=("$@")
((${#wanted[@]})) || wanted=("${ALL[@]}")
known kernel "${ALL[*]}" "${wanted[@]}"
ALL_TESTS=(demo vmtest simtest kunit)
TESTS=${TESTS-${ALL_TESTS[*]}}
read -ra tests <<<"${TESTS//,/ }"
known test "${ALL_TESTS[*]} full none" "${tests[@]}"

# SHORT: the arguments of each test, such that all kernels take 90 minutes: each room of
# host/ and port/ is used once, interrupts come on one CPU and on two, and a port is removed.
# FULL: the arguments with TESTS=full: what make vmtest and make simtest do under a stock
# kernel, without what depends on no kernel.
declare -A SHORT=([demo]='' [kunit]='' [vmtest]='VM=load suite-2' [simtest]='SIM=stock-1 stock-2')
declare -A SHORT_PARTS=([vmtest]='clients,ports,rivals,removal'
	[simtest]='print,1284,irq,removal,gap')
declare -A FULL=([demo]='' [kunit]='' [vmtest]='VM=load simclient suite-1 suite-2 soft'
	[simtest]='SIM=stock-1 stock-2')
full=
if [[ " ${tests[*]} " == *" full "* ]]; then
	full=1
	tests=("${ALL_TESTS[@]}")
elif [[ " ${tests[*]} " == *" none "* ]]; then
	tests=()
fi

export WINPAR_QUIET=1
unset PARTS
LANES_AT_ONCE=2
# A test that takes so many minutes is ended, and has failed.
TEST_MINUTES=60
RESULTS=$MATRIX/results.tsv
START=$(date +%s)

# minutes SINCE: print how many minutes have passed since that time, in seconds.
minutes() { say $((($(date +%s) - $1 + 30) / 60)); }
# step WORDS: progress, with the time and how many kernels are done.
step()
{
	local ended=("$SCRATCH"/*.ended)
	[[ -e ${ended[0]} ]] || ended=()
	note "$(minutes "$START") min, ${#ended[@]} of ${#wanted[@]} kernels done: $*"
}

# row_suites OUT: compile the KUnit suites, too. Debian's kernels lack KUnit, so nothing can
# load the module, and modpost may say that symbols are missing.
row_suites()
{
	in_chroot "$BUILD_ROOT" make -C "${STOCK_HEADERS#"$BUILD_ROOT"}" \
		M="${BUILT#"$BUILD_ROOT"}/tests/kunit" -j"$JOBS" W=1 \
		KBUILD_MODPOST_WARN=1 "${BUILD_COMPILER[@]}" modules >"$1" 2>&1 || {
			grep -E 'error|\*\*\*' "$1" >&2 || :
			die "the KUnit suites do not compile"
		}
}

# tests_of NAME: print which of the tests are for this row.
tests_of()
{
	local test
	for test in "${tests[@]}"; do
		case $1:$test in
		kunit-*:kunit) say "$test" ;;
		kunit-*:* | *:kunit) ;;
		*) say "$test" ;;
		esac
	done
}

# row_kunit NAME: build the test kernel and the modules that make kunit loads.
row_kunit()
{
	other_kernel "$1"
	cat "$TEST_KDIR/include/config/kernel.release" >"$SCRATCH/$1.release"
	rm -rf "$WINPAR_CACHE/build-$1-$TREE"
	build_tree "$TEST_KDIR" "$1" WINPAR_KUNIT=m WINPAR_SIM=m WINPAR_WDM=m
}

# row_stock NAME: build the modules for a kernel of Debian's; for the newest, the KUnit
# suites, too.
row_stock()
{
	export WINPAR_KERNEL=$1
	stock_kernel
	say "$STOCK_KVER" >"$SCRATCH/$1.release"
	rm -rf "$(chroot_built "$STOCK_HEADERS")"
	build_tree "$STOCK_HEADERS" matrix
	[[ $1 != newest* ]] || row_suites "$SCRATCH/$1.suites"
}

# row_build NAME: build from nothing, so that each warning is seen. Writes NAME.release,
# NAME.warnings, and NAME.build when the build came to its end.
row_build()
{
	local out=$SCRATCH/$1
	(
		: >"$out.suites"
		case $1 in
		kunit-*) row_kunit "$1" ;;
		*) row_stock "$1" ;;
		esac
		cat "$BUILD_LOG" "$out.suites" | grep -E 'warning' |
			grep -v 'modpost: ' >"$out.warnings" || :
		say yes >"$out.build"
	) >"$out.log" 2>&1
}

# row_test NAME TEST: run a test under a kernel. Writes its output to NAME.TEST and its
# figures to NAME.tally.
row_test()
{
	local arguments=("${SHORT[$2]}") status=0
	[[ -z ${SHORT_PARTS[$2]:-} ]] || arguments+=("PARTS=${SHORT_PARTS[$2]}")
	[[ -z $full ]] || arguments=("${FULL[$2]}")
	[[ -n ${arguments[0]} ]] || arguments=()
	# In the foreground: timeout makes no process group, and the lane's end reaches make.
	WINPAR_KERNEL=$1 WINPAR_TALLY=$SCRATCH/$1.tally \
		timeout --foreground "${TEST_MINUTES}m" \
		make -s -C "$TOP" "$2" "${arguments[@]}" >"$SCRATCH/$1.$2" 2>&1 || status=$?
	grep -q "^${2/simtest/sim} " "$SCRATCH/$1.tally" 2>/dev/null || {
		say "FAIL $2 ended without a result$(
			((status != 124)) || say ", after $TEST_MINUTES minutes")" >>"$SCRATCH/$1.$2"
		say "${2/simtest/sim} 0 1" >>"$SCRATCH/$1.tally"
	}
}

# row NAME: build for a kernel and run the tests under it. Writes NAME.minutes, and
# NAME.ended at the end.
row()
{
	local name=$1 test todo start
	mapfile -t todo < <(tests_of "$name")
	start=$(date +%s)
	step "$name: building"
	if row_build "$name"; then
		for test in "${todo[@]}"; do
			step "$name: $test"
			row_test "$name" "$test"
		done
	fi
	minutes "$start" >"$SCRATCH/$name.minutes"
	touch "$SCRATCH/$name.ended"
	step "$name: $(sum "$name" 2) passed, $(sum "$name" 3) failed"
}

# sum NAME COLUMN: print the sum of a column of the row's tests: 2 passed, 3 failed.
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

# loads NAME: can the modules be loaded and unloaded? "-" where that was not tried.
loads()
{
	local line
	if [[ $1 == kunit-* ]]; then
		line=$(grep -ahE '^(ok|FAIL) +guest [0-9]+( ended|: modules)' \
			"$SCRATCH/$1.kunit" 2>/dev/null) || { say -; return; }
		if [[ $line != *FAIL* ]]; then say yes; else say no; fi
		return
	fi
	line=$(grep -ahoE '^(ok|FAIL) +load: every module is (loaded|unloaded)' \
		"$SCRATCH/$1.vmtest" 2>/dev/null) || { say -; return; }
	if [[ $line != *FAIL* && $line == *unloaded* ]]; then say yes; else say no; fi
}

# complaint NAME: print the first complaint of the row's kernel; without one, the kernel's own
# fault that simtest's part gap has found. Not what guest() says of a guest.
complaint()
{
	{
		grep -haE "$SPLATS" "$SCRATCH/$1".{demo,vmtest,simtest,kunit} 2>/dev/null |
			grep -avE "$SPLATS_HARMLESS|^(ok|FAIL|note|again) |^ +guest " || :
		sed -n 's/^note .*, gap: //p' "$SCRATCH/$1.simtest" 2>/dev/null
	} | head -n1 | sed 's/^\[ *[0-9.]*\] *//' | cut -c1-76
}

# The rows kunit-* take the longest: they begin.
mapfile -t order < <(printf '%s\n' "${wanted[@]}" | awk '
	/^kunit-/ { print; next }
	{ rest = rest $0 "\n" }
	END { printf "%s", rest }')
# Each lane is a process group of its own: lib.sh ends it with all its children.
set -m
for ((i = 0; i < LANES_AT_ONCE; i++)); do
	for name in "${order[@]}"; do
		mkdir "$SCRATCH/$name.taken" 2>/dev/null || continue
		row "$name"
	done &
	LANES+=("-$!")
done
set +m
wait
LANES=()

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

# cells NAME: print the row of the table, a line for each column.
cells()
{
	say "$1"
	cat "$SCRATCH/$1.release" 2>/dev/null || say -
	cat "$SCRATCH/$1.build" 2>/dev/null || say no
	warnings "$1"
	loads "$1"
	sum "$1" 2
	sum "$1" 3
	cat "$SCRATCH/$1.minutes"
	complaint "$1"
}
columns=(kernel release builds warnings loads passed failed minutes
	"what the kernel complained of")
for name in "${wanted[@]}"; do
	mapfile -t row < <(cells "$name")
	(IFS=$'\t'; printf '%s\n' "${row[*]}")
done >"$SCRATCH/rows"
say
{ (IFS=$'\t'; printf '%s\n' "${columns[*]}"); cat "$SCRATCH/rows"; } |
	column -t -s $'\t'
say "${#wanted[@]} kernels in $(minutes "$START") minutes"

# RECORD: write results.tsv: the rows of this run, without the minutes, and for other kernels
# the rows that are there. make lint LINT=kernels compares README's kernels with the file.
if [[ -n ${RECORD:-} ]]; then
	((${#tests[@]} == ${#ALL_TESTS[@]})) || die "RECORD is for runs with all tests"
	cut -f1-7,9 "$SCRATCH/rows" >"$SCRATCH/new"
	for name in "${ALL[@]}"; do
		# A row of this run replaces the old one.
		cat "$RESULTS" "$SCRATCH/new" 2>/dev/null |
			awk -F'\t' -v name="$name" '$1 == name { row = $0 }
			END { if (row != "") print row }'
	done >"$SCRATCH/results"
	{ grep '^#' "$RESULTS"; cat "$SCRATCH/results"; } >"$SCRATCH/recorded"
	cp "$SCRATCH/recorded" "$RESULTS"
fi
tally matrix
