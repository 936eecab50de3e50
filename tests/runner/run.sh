#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make runner: do the test scripts say what is wrong? In a copy of the tree one suite
# gets an expectation that fails, a row that fails and a BUG; make kunit has to print
# enough to find each. And the scripts have to answer an unknown name with a list of
# the names.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

need git rsync
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Always in this folder, so that the copy is built only once.
copy=$WINPAR_CACHE/runner-$TREE
mkdir -p "$copy"
(cd "$TOP" && git ls-files -co --exclude-standard |
	while read -r file; do [[ ! -f $file ]] || say "$file"; done) >"$tmp/files"
rsync -a --no-times --checksum --delete --delete-missing-args \
	--files-from="$tmp/files" "$TOP/" "$copy/"

# planted FILE FUNCTION TEXT: a line of text at the end of the function; sets LINE
# to its number.
planted()
{
	awk -v function_="$2" -v text="$3" '
	index($0, function_ "(struct kunit *test)") { on = 1 }
	on && /^}/ { print text; on = 0 }
	{ print }' "$copy/$1" >"$tmp/planted"
	cp "$tmp/planted" "$copy/$1"
	LINE=$(grep -nxF "$3" "$copy/$1" | head -n 1 | cut -d: -f1)
	[[ -n $LINE ]] || die "there is no $2 in $1"
}

# says WHAT PATTERN: the output has such a line.
says()
{
	if grep -aqE -- "$2" "$tmp/said"; then
		pass "$1"
	else
		fail "$1: not said"
		missed=1
	fi
}

# A suite late in the order; its first case, one in the middle and its last.
suite=watch
file=tests/kunit/watch_test.c
mapfile -t cases < <(sed -nE 's/^\tKUNIT_CASE\((winpar_test_watch_[a-z_]+)\),$/\1/p' \
	"$copy/$file")
((${#cases[@]} > 2)) || die "$file has too few cases"
planted "$file" "${cases[0]}" $'\tKUNIT_EXPECT_EQ(test, 2 + 2, 5); /* planted */'
first=$LINE
planted "$file" "${cases[-1]}" $'\tBUG(); /* planted */'
bug=$LINE
progress "a copy with two mistakes ..."
missed=
WINPAR_TALLY='' WINPAR_LOGS='' "$copy/tests/kunit/run.sh" --suite $suite \
	>"$tmp/said" 2>&1 && fail "make kunit of a tree with mistakes: succeeded"

place="${file//./\\.}:$first"
says "a failure: suite, case and place" \
	"^FAIL winpar_$suite ${cases[0]} \($place\)\$"
says "... has a block of its own" "^---- winpar_$suite ${cases[0]}\$"
says "... the expectation, by a path in the tree" \
	"^ +.*${cases[0]}: EXPECTATION FAILED at $place\$"
says "... what was expected" 'Expected 2 \+ 2 == 5, but'
says "... and again above the tally" \
	"^   FAIL winpar_$suite ${cases[0]} \($place\)\$"
says "the cases between passed" "^ok   winpar_$suite ${cases[1]}\$"
says "a BUG: from its first line" 'kernel BUG at .*/watch_test\.c:'"$bug"'!$'
says "... with where it was" "RIP: .*${cases[-1]}\+0x"
says "... and the frames" '^(\[[ 0-9.]+\] ?)? +kunit_try_run_case\+0x|^(\[[ 0-9.]+\] ?)? +kunit_generic_run_threadfn'
says "... and the case that did not end" \
	"^FAIL winpar_$suite: ${#cases[@]} cases, $((${#cases[@]} - 1)) ended, the next was ${cases[-1]}"
says "nothing that passed is shown as failed" "^kunit: $((${#cases[@]} - 2)) passed, [0-9]+ failed\$"
console=$(sed -n 's/^   console: //p' "$tmp/said" | tail -n 1)
if [[ -n $console && -s $console ]] &&
   grep -aq "kernel BUG at" "$console"; then
	pass "the console is where it says"
else
	fail "the console is not where it says: ${console:-nowhere}"
fi
[[ -z $missed ]] || sed 's/^/     /' "$tmp/said" | tail -n 120 >&2

# More failures than are listed.
(
	for ((n = 0; n < FAILURES_SHOWN + 3; n++)); do fail "number $n"; done
	WINPAR_TALLY='' tally many || :
) >"$tmp/said"
says "40 failures are listed" "^   FAIL number $((FAILURES_SHOWN - 1))\$"
says "... and how many more there are" '^   \.\.\. and 3 more$'
if grep -q "^   FAIL number $FAILURES_SHOWN\$" "$tmp/said"; then
	fail "... and no other"
else
	pass "... and no other"
fi

# unknown WHAT PATTERN COMMAND...: pass if the command fails, and prints PATTERN.
unknown()
{
	local what=$1 pattern=$2
	shift 2
	if WINPAR_TALLY='' "$@" >"$tmp/said" 2>&1; then
		fail "an unknown $what: succeeded"
	else
		says "an unknown $what: those there are" "$pattern"
	fi
}
unknown suite '^   device_id$' "$TOP/tests/kunit/run.sh" --suite nothing
unknown case "^   $suite\\.${cases[0]#winpar_test_}\$" \
	"$TOP/tests/kunit/run.sh" --suite $suite --case nothing
unknown test 'These there are: .*suite-2' "$TOP/tests/vm/run.sh" nothing
unknown part 'These there are: .*ports' \
	env PARTS=nothing "$TOP/tests/vm/run.sh" suite-2
unknown test 'These there are: .*stock-2' "$TOP/tests/vm/sim.sh" nothing
unknown part 'These there are: .*print' \
	env PARTS=nothing "$TOP/tests/vm/sim.sh" stock-2
unknown check 'These there are: .*kernel_doc' "$TOP/tests/lint/run.sh" nothing
unknown file 'These there are: .*Makefile' \
	env FILES=nothing "$TOP/tests/lint/run.sh"
unknown room 'These there are: kunit' env CHECK=nothing "$TOP/tests/check.sh"
unknown 'room of make loaded' 'FAIL check 1 of 1: .*there is no room nothing' \
	env TIMES=1 CHECK=nothing "$TOP/tests/loaded.sh"

# make passes an empty word on when it was given none.
make -s -n -C "$TOP" lint kunit vmtest simtest >"$tmp/said"
says "make lint alone runs all checks" 'tests/lint/run\.sh *$'
says "make kunit alone runs all suites" 'tests/kunit/run\.sh *\\?$'
says "make vmtest alone runs all tests" 'tests/vm/run\.sh *$'

# keep_two keeps the folders that were used last.
(
	WINPAR_CACHE=$tmp/cache
	for n in 1 2 3 4; do
		mkdir -p "$WINPAR_CACHE/kept-$n"
		touch -d "2026-01-0$n" "$WINPAR_CACHE/kept-$n/.winpar-used"
	done
	touch "$WINPAR_CACHE/kept-2/.winpar-used"
	keep_two kept-
	(cd "$WINPAR_CACHE" && echo kept-*)
) >"$tmp/said"
says "the two kernels used last are kept" '^kept-2 kept-4$'

# A guest whose kernel dies or hangs before /init is booted once more, and no other. A
# program that prints lines in place of a kernel stands for QEMU.
mkdir "$tmp/bin"
cat >"$tmp/bin/qemu-system-x86_64" <<'END'
#!/bin/bash
for word; do [[ $word != file:* ]] || console=${word#file:}; done
boots=$(($(cat "$BOOTS" 2>/dev/null || echo 0) + 1))
echo $boots >"$BOOTS"
((boots == 1)) || FIRST="$INIT\nWINPAR-GUEST-EXIT 0"
echo -e "$FIRST" | sed '/^hangs$/d' >"$console"
[[ $FIRST != *hangs ]] || exec sleep 60
[[ $FIRST != *late ]] || sleep 6
[[ $FIRST != *late || $* != *winpar.slow=10* ]] || echo 'WINPAR-GUEST-EXIT 3' >>"$console"
END
chmod +x "$tmp/bin/qemu-system-x86_64"
# boots WHAT STATUS TIMES LINES: a guest whose first boot prints these lines, and then ends or
# "hangs", or is "late", has this status after so many boots, on a machine as slow as $SLOW.
boots()
{
	local got
	rm -f "$tmp/boots"
	got=$(
		# shellcheck source=/dev/null
		. "$TOP/tests/vm/lib.sh"
		export PATH="$tmp/bin:$PATH" BOOTS=$tmp/boots FIRST=$4 INIT=$init
		# shellcheck disable=SC2317 # guest_patience calls it
		slowness() { say "$SLOW"; }
		guest boots --count --kernel "$tmp/bin" --initrd "$tmp/bin" --timeout 2 \
			>/dev/null 2>&1 || :
		say "$GUEST_STATUS"
	) || :
	if [[ "$got $(<"$tmp/boots")" == "$2 $3" ]]; then
		pass "$1"
	else
		fail "$1: status $got after $(<"$tmp/boots") boots"
	fi
}
init='Run /init as init process'
SLOW=1
boots "a guest that hangs before /init is booted once more" 0 2 'Linux version\nhangs'
boots "a guest that dies before /init is booted once more" 0 2 'Oops: int3'
boots "a guest that hangs later is not" 124 1 "$init\nhangs"
boots "a guest that dies later is not" 125 1 "$init\nOops: int3"
boots "a guest that is late is ended" 124 1 "$init\nlate"
SLOW=10
boots "a guest on a slow machine has more time, and its tests are told" 3 1 "$init\nlate"

# A mutant whose lines are not in the tree any more would test nothing.
if "$TOP/tests/mutants/run.sh" --check >"$tmp/said" 2>&1; then
	pass "$(tail -n 1 "$tmp/said")"
else
	fail "mutants that do not fit the tree: $(tail -n 5 "$tmp/said")"
fi
unknown guest 'These there are: .*kcsan-lpt-4' \
	env SOAK=nothing "$TOP/tests/vm/run.sh" soak

# What make soak makes of KCSAN's reports: that of another module's code is none, that of
# winpar's is one, also when a function of the kernel's did it for winpar.
# report FUNCTION FUNCTION: print a report as KCSAN does, after a line that is a complaint.
report()
{
	cat <<-END
	[   10.0] INFO: task lp blocked for more than 30 seconds.
	[   10.1] ==================================================================
	[   10.2] BUG: KCSAN: data-race in $1 / $2
	[   10.3] write to 0xffff888001 of 8 bytes by task 10 on cpu 0:
	[   10.4]  $1+0x10/0x20 $3
	[   10.5]  caller+0x10/0x20 $4
	[   10.6] read to 0xffff888001 of 8 bytes by interrupt on cpu 1:
	[   10.7]  $2+0x10/0x20 [parport]
	[   10.8]  a+0x10/0x20
	[   10.9]  b+0x10/0x20
	[   11.0]  winpar_c+0x10/0x20 [winpar]
	[   11.1] Reported by Kernel Concurrency Sanitizer on:
	[   11.2] ==================================================================
	END
}
# race WHAT LINES REPORT: races leaves so many lines of the report as complaints.
race()
{
	local n
	# shellcheck source=tests/vm/soak.sh
	n=$(. "$TOP/tests/vm/soak.sh"; races winpar <(say "$3") |
		grep -cE 'blocked for more|KCSAN:|Call Trace' || :)
	if ((n == $2)); then pass "$1"; else fail "$1: $n complaints"; fi
}
race "calls that sysctls print when memory fails do not count, those of others do" 1 \
	"$(printf '%s\n' 'sysctl could not get directory: /dev/parport -12' 'Call Trace:' \
		'CPU: 0' 'Call Trace:')"
race "a race in other code does not count, a complaint before it does" 1 \
	"$(report parport_claim parport_release '[parport]' '[lp]')"
race "a race in winpar's code counts" 2 \
	"$(report winpar_x parport_release '[winpar]' '[winpar]')"
race "a race in the kernel's code on winpar's behalf counts" 2 \
	"$(report list_add parport_release '' '[winpar]')"
race "a look of the core's at its own data for winpar does not count" 1 \
	"$(report parport_claim parport_release '[parport]' '[winpar]')"
race "a look of the kernel's at its own data does not count" 1 \
	"$(report __synchronize_hardirq handle_irq_event '' '[winpar]')"

# What make soak makes of what the kernel's watchdogs say: each is a complaint, for which a run
# fails, but for what that of the workqueues says while part judges has splat hold up work.
# watched WHAT SAID LINE...: ran says SAID of a console with these lines.
watched()
{
	local what=$1 said=$2 got
	shift 2
	got=$(
		# shellcheck source=/dev/null
		. "$TOP/tests/vm/lib.sh"
		# shellcheck source=tests/vm/soak.sh
		. "$VM/soak.sh"
		export GUEST_SECONDS=1
		printf '[    9.0] %s\n' 'winpar-case: ok a case' "$@" >"$SCRATCH/console"
		races winpar "$SCRATCH/console" >"$SCRATCH/judged"
		ran it 0 "$SCRATCH/judged"
	) || :
	if grep -qxF "$said" <<<"$got"; then pass "$what"; else fail "$what: $got"; fi
}
well='ok   it: the kernel did not complain'
ill='FAIL it: the kernel complained'
lockup='BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!'
held=('winpar-tell: judges: work is held up' "$lockup" 'winpar-tell: judges: work goes on')
watched "a console without a complaint" "$well"
watched "work that waits behind other work is a complaint" "$ill" "$lockup"
watched "... not that which splat holds up" "$well" "${held[@]}"
watched "... but that which waits after it" "$ill" "${held[@]}" "$lockup"
watched "a task that hangs is a complaint" "$ill" \
	'INFO: task vmstress/sync:99 blocked for more than 30 seconds.'
watched "a CPU that does not schedule is a complaint" "$ill" \
	'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [fuzz:99]'
watched "a CPU without interrupts is a complaint" "$ill" \
	'NMI watchdog: Watchdog detected hard LOCKUP on cpu 1'
watched "a stall of RCU is a complaint" "$ill" \
	'rcu: INFO: rcu_preempt self-detected stall on CPU'
watched "... also where a removal waits for it" "$ill" \
	'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-...D } 2100 jiffies'

# choices SEED: what random (guest.sh) gives a guest's script, on one line.
choices()
{
	sh -c '. "$1"; random_state=$2
		for n in 1 2 3 4 5 6; do random 300000; printf "%d " "$number"; done' \
		sh "$TOP/tests/vm/guest.sh" "$1"
}
if [[ $(choices 99) == "$(choices 99)" && $(choices 99) != "$(choices 98)" &&
      $(choices 99) =~ ^(([0-9]{1,5}|[12][0-9]{5})\ ){6}$ &&
      $(choices 99 | tr ' ' '\n' | sort -u | wc -l) -gt 5 ]]; then
	pass "a seed repeats the choices of a guest's script"
else
	fail "the choices of a guest's script: $(choices 99), $(choices 99), $(choices 98)"
fi
unknown mutant 'These there are: .*queue-lifo' "$TOP/tests/mutants/run.sh" nothing
tally runner
