#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make kunit: the KUnit suites, under the test kernel. Each KUnit case, and each
# row of a table, is one result.
#	--suite WORDS	only these suites (and single cases, as SUITE.CASE)
#	--case WORDS	only these cases
#	--coverage	also print how many lines the suites reach; fail below 90 %
#	--long		also transfer a million bytes in every protocol
# KUNIT_GUESTS says in how many guests at once the suites run: 2 by default, 1 for
# some of the suites. WINPAR_KERNEL=kunit-newest or kunit-rt takes another test kernel
# (tests/kernel/build.sh).
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/kunit/suites.sh
. "$TOP/tests/kunit/suites.sh"

# With --coverage: fail if less than so many % of the lines are reached.
LINES_WANTED=90

coverage='' long='' suites='' cases=''
while (($#)); do
	case $1 in
	--coverage) coverage=1 ;;
	--long) long=1 ;;
	--suite) suites=$2; shift ;;
	--case) cases=$2; shift ;;
	*) die "kunit: unknown option $1" ;;
	esac
	shift
done
suites_choose "$suites" "$cases"
guests=${KUNIT_GUESTS:-2}
[[ -z $coverage$long$ONLY ]] || guests=1

# watch: read a console on stdin, print a line for each suite that has ended.
# shellcheck disable=SC2317
watch()
{
	local line suite='' start=0 n=0 bad=0
	while IFS= read -r line; do
		case $line in
		*']         '*) ;;
		*']     # Subtest: '*)
			suite=${line##* }
			start=${line%%.*}
			n=0 bad=0
			;;
		*']     ok '*) n=$((n + 1)) ;;
		*']     not ok '*) n=$((n + 1)) bad=$((bad + 1)) ;;
		*'] ok '*winpar_* | *'] not ok '*winpar_*)
			line=${line%%.*}
			progress "$suite: $n cases$( ((bad == 0)) || say ", $bad FAILED"), $((${line##*[ []} - ${start##*[ []})) s"
			;;
		esac
	done
}

# judge FILE ONLY: pass or fail for each result in the console FILE, and fail for each
# suite of ONLY that did not run to its end.
judge()
{
	local kind rest suite planned run count
	: >"$SCRATCH/blocks"
	LC_ALL=C awk -v built="$BUILT" -v blocks="$SCRATCH/blocks" \
		-f "$TOP/tests/kunit/ktap.awk" "$1" >"$SCRATCH/results"
	while read -r kind rest; do
		case $kind in
		ok) pass "$rest" ;;
		FAIL) fail "$rest" ;;
		esac
	done <"$SCRATCH/results"
	while read -r count suite; do
		planned='' run=''
		read -r _ _ planned run \
			< <(grep "^PLAN $suite " "$SCRATCH/results") || :
		[[ $planned != "$count" || $run != "$count" ]] || continue
		read -r _ _ run < <(grep "^CUT $suite " "$SCRATCH/results") || :
		fail "$suite: $count cases, ${run:-none} ended${run:+, the next was $(suites_list |
			awk -v s="$suite" '$1 == s { print $2 }' | sed -n "$((run + 1))p")}"
	done < <(suites_counts "$2")
	# The blocks of failures after all results, so that they are not overlooked.
	cat "$SCRATCH/blocks"
}

other_kernel "${WINPAR_KERNEL:-}"
build_tree "$TEST_KDIR" "${WINPAR_KERNEL:-kunit}${coverage:+-coverage}" WINPAR_KUNIT=m \
	WINPAR_SIM=m WINPAR_WDM=m ${coverage:+WINPAR_COVERAGE=m}
mapfile -t kos < <(test_modules parport)
mkdir -p "$SCRATCH/overlay/tests"
cp "$TOP/tests/kunit/guest" "$SCRATCH/overlay/tests/kunit"
initramfs "$SCRATCH/kunit.img" "$SCRATCH/overlay" "${kos[@]}" \
	"$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" "$BUILT/wdm/winpar_wdm.ko" \
	"$BUILT"/tests/kunit/winpar_{choose,kunit}.ko

# The longest parameter that a module takes: winpar_choose has the names.
MODULE_WORD=1024
seconds=1500
[[ -z $long ]] || seconds=7200
options=(--run kunit --kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/kunit.img"
	 --timeout "$seconds" --mem 512 --watch watch
	 --append printk.time=1)
[[ -z $long ]] || options+=(--append winpar.long)
if [[ -n $coverage ]]; then
	# ttyS1 carries the counts out.
	: >"$SCRATCH/counts"
	options+=(--qemu -serial --qemu "file:$SCRATCH/counts"
		  --append winpar.coverage)
fi

# lane N ONLY: run these suites in a guest, in a process of its own.
lane()
{
	local status=0
	GUEST_PID='' GUEST_WATCHDOG=''
	trap 'guest_kill; exit 143' TERM
	guest "kunit-$1" "${options[@]}" --append "winpar.only=$2" \
		--append "winpar.lpt=0x378 winpar.ecr=0x77a" \
		--lpt "0x378,7,$SCRATCH/lpt$1" --ecr "0x77a,$SCRATCH/ecr$1" ||
		status=$?
	say "$status $GUEST_CONSOLE $GUEST_SECONDS" >"$SCRATCH/lane$1"
}

accel_probe "$TEST_BZIMAGE"
mapfile -t lanes < <(suites_lanes "$guests" "$ONLY")
((${#lanes[@]})) || die "kunit: there is nothing to run"
for n in "${!lanes[@]}"; do
	((${#lanes[n]} < MODULE_WORD)) ||
		die "kunit: the names in SUITE and CASE are ${#lanes[n]} characters for a guest, a module's parameter has $MODULE_WORD: name fewer"
done
for n in "${!lanes[@]}"; do
	lane "$n" "${lanes[n]}" &
	LANES+=($!)
done
wait "${LANES[@]}" || :
LANES=()
: >"$SCRATCH/all"
for n in "${!lanes[@]}"; do
	[[ -e $SCRATCH/lane$n ]] || die "kunit: a guest was ended from outside"
	console_settle
	GUEST_NAME=kunit-$n
	read -r status GUEST_CONSOLE GUEST_SECONDS <"$SCRATCH/lane$n"
	if ((status == 0)); then
		pass "guest $n: modules load, and unload at the end ($GUEST_SECONDS s)"
	else
		fail "guest $n ended with $status"
	fi
	judge "$GUEST_CONSOLE" "${lanes[n]}"
	cases "$GUEST_CONSOLE" "guest $n"
	if splats "$GUEST_CONSOLE"; then
		pass "guest $n: the kernel did not complain"
	else
		fail "guest $n: the kernel complained (above)"
	fi
	cat "$GUEST_CONSOLE" >>"$SCRATCH/all"
done

# said WHAT PATTERN: pass if the log has a line that matches PATTERN.
said()
{
	if grep -aEq "winpar: (parport[0-9]+: )?$2" "$SCRATCH/all"; then
		pass "the log says: $1"
	else
		fail "the log does not say: $1"
	fi
}
if [[ -z $ONLY ]]; then
	said "closed with things outstanding" \
		'winpar_kunit closed the port with the port allocated, 1 requests pending and 1 routines connected'
	said "a free too many, by its caller" \
		'[a-z_]+ \[winpar_kunit\] freed the port, which no client had'
	said "freed what is another's" \
		'winpar_kunit freed the port while another opener'
	said "connecting is not allowed" 'winpar_kunit may not connect'
	said "disconnected what is not connected" 'winpar_kunit disconnects .* not connected'
	said "waiting inside a routine" 'winpar_kunit waits for a request from inside'
	said "... for one that was submitted" '[a-z_]+ \[winpar_kunit\] waits for a request from inside'
	said "closing inside a routine" 'winpar_kunit closes the port from inside'
	said "submitted twice" 'winpar_kunit submits a request that is pending'
	said "who does not let go" 'asked for the port [0-9]+ ms ago and rival has not let go'
	said "what helps when that is lp" \
		"asked for the port [0-9]+ ms ago and lp has not let go of it.* free it with ': > /dev/lp[0-9]+'"
	said "what helps when that is ppdev" \
		'asked for the port [0-9]+ ms ago and ppdev0 has not let go of it: end the program that has /dev/parport[0-9]+ open'
	said "what helps when that is another driver" \
		'asked for the port [0-9]+ ms ago and plip has not let go of it: unload that driver'
	said "who has the port exclusively, and what helps" \
		'winpar_kunit cannot open [^ ]+: ppdev0 uses the port exclusively. End the program'
fi
if [[ -n $coverage ]]; then
	# shellcheck source=tests/kunit/coverage.sh
	. "$TOP/tests/kunit/coverage.sh"
	# shellcheck source=tests/rooms.sh
	. "$TOP/tests/rooms.sh"
	coverage_report "$BUILT" "$SCRATCH/counts" "$LINES_WANTED"
fi
status=0
tally kunit || status=1
[[ -z $coverage ]] || say "$COVERAGE"
exit "$status"
