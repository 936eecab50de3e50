#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make kunit: the KUnit suites, under the test kernel. Each KUnit case, and each
# row of a table, is one result.
#	--coverage	also say how much of the module they reach, and fail
#			below 90 % of its lines
#	--long		also a million bytes in every protocol
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

# Less than that of the module's lines is a failure.
LINES_WANTED=90

coverage='' long=''
case ${1:-} in
--coverage) coverage=1 ;;
--long) long=1 ;;
'') ;;
*) die "kunit: what is $1?" ;;
esac

# ktap FILE: one line a result, "ok SUITE CASE [ROW]" or "FAIL ...", from what
# the kernel printed; "PLAN SUITE PLANNED RUN" for each suite that ended.
ktap()
{
	sed -E 's/^\[ *[0-9.]+\] ?//' "$1" | awk '
	/^    # Subtest: / { suite = $3; planned = run = rows = 0; next }
	/^    1\.\.[0-9]+$/ { split($1, p, /\.\./); planned = p[2]; next }
	/^        (not )?ok [0-9]+ / {
		bad = sub(/^ *not ok [0-9]+ /, "")
		if (!bad) sub(/^ *ok [0-9]+ /, "")
		row[rows] = $0; failed[rows++] = bad
		next
	}
	/^    (not )?ok [0-9]+ / {
		run++
		bad = /^    not ok/
		skip = / # SKIP/
		sub(/^ *(not )?ok [0-9]+ (- )?/, ""); sub(/ # SKIP.*/, "")
		# A row that was skipped counts for the case only.
		for (i = 0; i < rows; i++)
			print (failed[i] ? "FAIL" : "ok"), suite, $0 ":", row[i]
		if (!rows || skip)
			print (bad || skip ? "FAIL" : "ok"), suite, $0 \
			      (skip ? " (skipped)" : "")
		rows = 0
		next
	}
	/^(not )?ok [0-9]+ .*winpar_/ { print "PLAN", suite, planned, run }'
}

# wanted: the suites that the sources hold.
wanted() { sed -nE 's/^\t\.name = "(winpar_[a-z0-9_]+)",$/\1/p' "$TOP"/tests/kunit/*_test.c; }

# judge FILE: pass or fail for each result, and for each suite's plan.
judge()
{
	local kind rest suite planned run
	ktap "$1" >"$SCRATCH/results"
	while read -r kind rest; do
		case $kind in
		ok) pass "$rest" ;;
		FAIL) fail "$rest" ;;
		esac
	done <"$SCRATCH/results"
	while read -r suite; do
		planned='' run=''
		read -r _ _ planned run \
			< <(grep "^PLAN $suite " "$SCRATCH/results") || :
		# One that has not ended has said nothing.
		[[ -n $planned && $planned == "$run" ]] ||
			fail "$suite: ${planned:-no} cases planned, ${run:-none} ended"
	done < <(wanted)
	((FAILED == 0)) ||
		grep -aE '# winpar_test|EXPECTATION|ASSERTION|Expected|==|not ok' \
			"$1" | head -n 60 >&2 || :
}

test_kernel
build_tree "$TEST_KDIR" "kunit${coverage:+-coverage}" WINPAR_KUNIT=m \
	WINPAR_SIM=m ${coverage:+WINPAR_COVERAGE=m}
mapfile -t kos < <(test_modules parport)
mkdir -p "$SCRATCH/overlay/tests"
cp "$TOP/tests/kunit/guest" "$SCRATCH/overlay/tests/kunit"
initramfs "$SCRATCH/kunit.img" "$SCRATCH/overlay" "${kos[@]}" \
	"$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" \
	"$BUILT/tests/kunit/winpar_kunit.ko"

seconds=1500
[[ -z $long ]] || seconds=7200
options=(--kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/kunit.img" --timeout "$seconds"
	 --mem 512 --lpt "0x378,7,$SCRATCH/lpt" --ecr "0x77a,$SCRATCH/ecr"
	 --append "winpar.lpt=0x378 winpar.ecr=0x77a")
[[ -z $long ]] || options+=(--append winpar.long)
if [[ -n $coverage ]]; then
	# ttyS1 carries the counts out.
	: >"$SCRATCH/counts"
	options+=(--qemu -serial --qemu "file:$SCRATCH/counts"
		  --append winpar.coverage)
fi
if guest kunit "${options[@]}"; then
	pass "the guest: modules load, and unload at the end"
else
	fail "the guest ended with $GUEST_STATUS"
fi
judge "$GUEST_CONSOLE"
cases "$GUEST_CONSOLE"

# said WHAT PATTERN: the log names the port and the client where it must.
said()
{
	if grep -aEq "winpar: parport[0-9]+: $2" "$GUEST_CONSOLE"; then
		pass "the log says: $1"
	else
		fail "the log does not say: $1"
	fi
}
said "closed with things outstanding" \
	'winpar_kunit closed the port with the port allocated, 1 requests pending and 1 routines connected'
said "a free too many, by its caller" \
	'[a-z_]+ \[winpar_kunit\] freed the port, which no client had'
said "freed what is another's" \
	'winpar_kunit freed the port while another opener'
said "connecting is not allowed" 'winpar_kunit may not connect'
said "disconnected what is not connected" 'winpar_kunit disconnects .* not connected'
said "waiting inside a routine" 'a request is waited for from inside'
said "closing inside a routine" 'winpar_kunit closes the port from inside'
said "submitted twice" 'winpar_kunit submits a request that is pending'
said "who does not let go" 'asked for the port [0-9]+ ms ago and rival has not let go'

if splats "$GUEST_CONSOLE"; then
	pass "the kernel had nothing to complain of"
else
	fail "the kernel complained (above)"
fi
say "guest: $GUEST_SECONDS s"
if [[ -n $coverage ]]; then
	# shellcheck source=tests/kunit/coverage.sh
	. "$TOP/tests/kunit/coverage.sh"
	coverage_report "$BUILT" "$SCRATCH/counts" "$LINES_WANTED"
fi
status=0
tally kunit || status=1
[[ -z $coverage ]] || say "$COVERAGE"
exit "$status"
