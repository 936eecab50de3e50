#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of tests/vm/lib.sh itself: guests boot, print and end on the stock kernel and on
# the test kernel; QEMU's file holds the bytes that went to the emulated port; a guest
# that hangs, panics or fails, and a kernel that complains, are noticed.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/judge.sh
. "$VM/judge.sh"

stock_kernel
test_kernel
mapfile -t stock_kos < <(stock_modules parport parport_pc lp ppdev)
mapfile -t test_kos < <(test_modules parport parport_pc lp ppdev)

# splat.ko makes one mistake for each check of the test kernel.
need make gcc
cp -R "$VM/splat" "$SCRATCH/splat"
make -s -C "$TEST_KDIR" M="$SCRATCH/splat" modules >"$SCRATCH/splat.log" 2>&1 ||
	{ cat "$SCRATCH/splat.log" >&2; die "splat.ko does not build"; }

scripts=$SCRATCH/overlay/tests
mkdir -p "$scripts"
# echo, lpwrite and ppd one after the other: a stock kernel hangs if two drivers wait
# for each other (the core enables interrupts under cad_lock).
cat >"$scripts/print" <<'END'
. /guest.sh
parport
load lp
load ppdev
check "lp0 is there" eventually 5 test -c /dev/lp0
check "parport0 is there" eventually 5 test -c /dev/parport0
check "the port has its interrupt" grep -q parport0 /proc/interrupts
check "echo to lp0" sh -c 'echo hello >/dev/lp0'
check "lpwrite" lpwrite -u 1000 5 line
check "ppd, a claim for each byte" ppd -b P 5
check "ppd, one claim for all" ppd -k -b Q 5
done_testing
END
echo 'exit 7' >"$scripts/seven"
echo 'sleep 1000' >"$scripts/hang"
echo 'echo other >/dev/ttyS1' >"$scripts/serial"
echo 'echo c >/proc/sysrq-trigger' >"$scripts/panic"
cat >"$scripts/splat" <<'END'
# A few seconds are a hang, and a CPU that does not schedule for twice that long.
echo 3 >/proc/sys/kernel/hung_task_timeout_secs
echo 2 >/proc/sys/kernel/watchdog_thresh
for what in hung lockup rcu atomic order shift warn refcount list timer freed; do
	echo "<5>splat: $what" >/dev/kmsg
	insmod /modules/splat.ko what=$what 2>/dev/null
done
exit 0
END
# Writes the registers without a driver: the data changes from A to B while nStrobe is
# low; then nStrobe falls once more.
cat >"$scripts/strobe" <<'END'
out() { printf "$2" | dd of=/dev/port bs=1 seek=$(($1)) conv=notrunc 2>/dev/null; }
out 0x37a '\014'
out 0x378 A
out 0x37a '\015'
out 0x378 B
out 0x37a '\014'
out 0x37a '\015'
out 0x37a '\014'
END
initramfs "$SCRATCH/stock.img" "$SCRATCH/overlay" "${stock_kos[@]}"
initramfs "$SCRATCH/test.img" "$SCRATCH/overlay" "${test_kos[@]}" \
	"$SCRATCH/splat/splat.ko"

# run WHAT STATUS NAME OPTION...: pass if the guest ends with STATUS.
run()
{
	local what=$1 expected=$2 got=0
	shift 2
	# Do not show guest()'s explanation of a failure that is expected.
	if ((expected)); then
		guest "$@" 2>"$SCRATCH/words" || got=$?
	else
		guest "$@" || got=$?
	fi
	if ((got == expected)); then
		pass "$what ($GUEST_SECONDS s)"
	else
		fail "$what: status $got, not $expected"
	fi
}

# printed LABEL OUT TRACE: check the bytes of guest "print" in OUT, and the strobes of
# ppd in TRACE.
printed()
{
	local label=$1 out=$2 trace=$3 strobes
	printf 'hello\nline0\nline1\nline2\nline3\nline4\nPPPPPQQQQQ' >"$SCRATCH/expected"
	# lp gives a line its carriage return only in some kernels: leave it out.
	if tr -d '\r' <"$out" | cmp -s - "$SCRATCH/expected"; then
		pass "$label: the port's bytes arrived outside, in order"
	else
		fail "$label: the port's bytes: $(od -An -c "$out" | tr -s ' \n' ' ')"
	fi
	# A strobe: data P or Q, then control with nStrobe low, then control with nStrobe
	# high. Bit 4 of control enables the interrupt; ppd does not change it.
	strobes=$(awk '/parallel_ioport_write/ {
			now = $(NF - 2) " " $NF
			if (before2 ~ /^0x00 0x5[01]$/ &&
			    before ~ /^0x02 0x[01]d$/ && now ~ /^0x02 0x[01]c$/)
				n++
			before2 = before; before = now
		} END { print n + 0 }' "$trace")
	if ((strobes == 10)); then
		pass "$label: the trace shows ppd's ten strobes, edge by edge"
	else
		fail "$label: the trace shows $strobes of ppd's ten strobes"
	fi
}

for kernel in stock stock-unpacked test; do
	case $kernel in
	stock) boot=(--kernel "$STOCK_VMLINUZ" --initrd "$SCRATCH/stock.img") ;;
	stock-unpacked) boot=(--kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/stock.img") ;;
	test) boot=(--kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/test.img") ;;
	esac
	run "$kernel kernel: boots, prints, powers off" 0 "print-$kernel" \
		--run print "${boot[@]}" --timeout 90 \
		--lpt "0x378,7,$SCRATCH/out" --trace "$SCRATCH/trace"
	cases "$GUEST_CONSOLE" "$kernel kernel"
	printed "$kernel kernel" "$SCRATCH/out" "$SCRATCH/trace"
	if splats "$GUEST_CONSOLE"; then
		pass "$kernel kernel: no complaint"
	else
		fail "$kernel kernel: complained (above)"
	fi
done

boot=(--kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/stock.img")
run "a script's status comes out" 7 seven "${boot[@]}"
run "a script that is not there" 127 nothing "${boot[@]}"
run "a guest that hangs is ended" $GUEST_TIMEOUT hang "${boot[@]}" --timeout 6
run "a panic ends the guest" $GUEST_DIED panic "${boot[@]}" --timeout 30
if splats "$GUEST_CONSOLE" >/dev/null; then
	fail "a panic is a splat"
else
	pass "a panic is a splat"
fi
: >"$SCRATCH/empty.img"
run "a kernel that dies before /init" $GUEST_DIED empty --kernel "$STOCK_VMLINUX" \
	--initrd "$SCRATCH/empty.img" --timeout 30
if (($(grep -c 'died before /init, and is booted once more' "$SCRATCH/words") == 1)); then
	pass "a kernel that dies before /init is booted once more, and no more often"
else
	fail "a kernel that dies before /init: $(<"$SCRATCH/words")"
fi
run "QEMU that does not start" $GUEST_NOT_RUN seven "${boot[@]}" --qemu -nonsense
run "instructions counted for time" 7 seven "${boot[@]}" --count

run "a second serial port leaves the console alone" 0 serial "${boot[@]}" \
	--qemu -serial --qemu "file:$SCRATCH/second"
if [[ $(tr -d '\r' <"$SCRATCH/second") == other ]]; then
	pass "what is written to ttyS1 arrives in its file"
else
	fail "ttyS1's file holds '$(head -c 80 "$SCRATCH/second")'"
fi

run "a strobe by hand" 0 strobe "${boot[@]}" --lpt "0x378,7,$SCRATCH/out" \
	--trace "$SCRATCH/trace"
if [[ $(<"$SCRATCH/out") == AB ]]; then
	pass "the port takes a byte when nStrobe falls"
else
	fail "the port took '$(<"$SCRATCH/out")'"
fi
if [[ $(strobed "$SCRATCH/trace") == AB && $(strobed "$SCRATCH/trace" once) == A ]]; then
	pass "the trace tells a byte that is taken without being written"
else
	fail "the trace has '$(strobed "$SCRATCH/trace")' and" \
		"'$(strobed "$SCRATCH/trace" once)' without bytes that are taken again"
fi

run "the test kernel survives the mistakes" 0 splat \
	--kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/test.img" --timeout 120 \
	--append kasan_multi_shot
# heard WHAT PATTERN: pass if the console has PATTERN between the line "splat: WHAT" and
# the next mistake's, and a run with that complaint alone fails.
heard()
{
	sed -n "/splat: $1\$/,/splat: [a-z]*\$/p" "$GUEST_CONSOLE" >"$SCRATCH/one"
	(ran "$1" 0 "$SCRATCH/one") >"$SCRATCH/ran"
	if ! grep -q "$2" "$SCRATCH/one"; then
		fail "the test kernel does not notice $1"
	elif ! grep -qx "FAIL $1: the kernel complained" "$SCRATCH/ran"; then
		fail "a run does not fail for $1"
	else
		pass "the test kernel notices $1, for which a run fails"
	fi
}
heard hung 'task insmod:[0-9]* blocked for more than 3 seconds'
heard lockup 'watchdog: BUG: soft lockup - CPU#[0-9]* stuck for'
heard rcu 'suspicious RCU\|suspicious rcu_deref'
heard atomic 'sleeping function called'
heard order 'possible circular locking'
heard shift 'UBSAN: shift-out-of-bounds'
heard warn 'WARNING: .*splat'
heard refcount 'refcount_t: addition on 0'
heard list 'list_del corruption'
heard timer 'ODEBUG: init active'
heard freed 'KASAN: .*use-after-free'
if grep -q 'WINPAR-JUDGE lockdep' "$GUEST_CONSOLE"; then
	pass "lockdep switched off is reported"
else
	fail "lockdep switched off is not reported"
fi

tally vm/selftest
