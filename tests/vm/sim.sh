#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make simtest: winpar_sim, a port in software, used by Linux's own port drivers without
# winpar: under Debian's stock kernel on one CPU and on two (interrupts also on four),
# and again ("judged") under the test kernel with KASAN and lockdep. Arguments: only
# these (stock-1, stock-2, stock-4, judged, refusal); PARTS names the guest's scripts
# (tests/vm/guest/sim-PART).
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

tests=(stock-1 stock-2 stock-4 judged refusal)
all=(print 1284 late daisy ports chip irq status faults rivals removal gap)
wanted=("$@")
((${#wanted[@]})) || wanted=("${tests[@]}")
known test "${tests[*]}" "${wanted[@]}"
PARTS=${PARTS:-}
read -ra parts <<<"${PARTS//,/ }"
known part "${all[*]}" "${parts[@]}"
((${#parts[@]})) || parts=("${all[@]}")
modules=(parport parport_pc lp ppdev)

mkdir -p "$SCRATCH/overlay/tests"
cp "$VM"/guest/sim-* "$SCRATCH/overlay/tests/"

prepare_stock()
{
	[[ ! -e $SCRATCH/stock.img ]] || return 0
	stock_kernel
	build_tree "$STOCK_HEADERS" "sim-$STOCK_KVER" WINPAR_SIM=m
	mapfile -t kos < <(stock_modules "${modules[@]}")
	initramfs "$SCRATCH/stock.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$BUILT/sim/winpar_sim.ko" "$BUILT/winpar.ko"
}
prepare_judged()
{
	test_kernel
	build_tree "$TEST_KDIR" sim-judged WINPAR_SIM=m
	mapfile -t kos < <(test_modules "${modules[@]}")
	initramfs "$SCRATCH/judged.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$BUILT/sim/winpar_sim.ko" "$BUILT/winpar.ko"
}

# How often a part is tried in whose guest a CPU stood still.
TRIES=3

# attempt LABEL NAME OPTION...: boot a guest for the script sim-NAME. When a case fails and
# a CPU of the guest stood still for longer than the parport core waits for a peripheral
# (tests/vm/bin/stall.c), that says nothing of winpar_sim: the guest is booted again.
# Sets the caller's status.
attempt()
{
	local label=$1 name=$2 try
	shift 2
	for ((try = 1; ; try++)); do
		status=0
		guest "sim-${label// /-}-$name" --run "sim-$name" "$@" || status=$?
		((status == 1 && try < TRIES)) || break
		grep -aq 'winpar-stall: ' "$GUEST_CONSOLE" || break
		say "again $label, $name: try $try of $TRIES failed, and $(
			grep -ao 'winpar-stall: .*' "$GUEST_CONSOLE" |
				sed 's/^winpar-stall: //' | sort -n -k 7 | tail -n 1)"
		grep -a 'winpar-case: FAIL ' "$GUEST_CONSOLE" | sed 's/.*FAIL /     /'
	done
}

# part LABEL NAME OPTION...: try the script sim-NAME, and count its results.
part()
{
	local label=$1 name=$2 status own
	shift 2
	progress "$label, $name ..."
	attempt "$label" "$name" "$@"
	cases "$GUEST_CONSOLE" "$label, $name"
	if ((status <= 1)); then
		pass "$label, $name: the guest went to its end ($GUEST_SECONDS s)"
	else
		fail "$label, $name: the guest ended with $status"
	fi
	# sim-gap makes a kernel that has the fault say so, with the calls that led there.
	own=$(grep -ao "winpar-tell: the kernel's own fault: .*" "$GUEST_CONSOLE") || :
	[[ -z $own ]] || say "note $label, $name: ${own#winpar-tell: }"
	if splats "$GUEST_CONSOLE" "${own:+Call Trace}"; then
		pass "$label, $name: the kernel did not complain"
	else
		fail "$label, $name: the kernel complained"
	fi
}

# run_stock CPUS [PART...]: these parts, or all chosen ones, under the stock kernel.
run_stock()
{
	local name cpus=$1
	shift
	(($#)) || set -- "${parts[@]}"
	prepare_stock
	for name; do
		part "stock $cpus CPU" "$name" --kernel "$STOCK_VMLINUX" \
			--initrd "$SCRATCH/stock.img" --smp "$cpus" --timeout 120
	done
}
run_judged()
{
	local name
	prepare_judged
	for name in "${parts[@]}"; do
		part judged "$name" --kernel "$TEST_BZIMAGE" \
			--initrd "$SCRATCH/judged.img" --smp 2 --mem 512 \
			--timeout 240
	done
}

# Build winpar_sim as for a kernel whose parport core calls parport_pc's inline functions
# instead of a port's operations (sim_bypassed in sim/main.c): it has to refuse to load.
run_refusal()
{
	stock_kernel
	need make gcc
	mkdir "$SCRATCH/bypassed"
	cp -R "$TOP/include" "$TOP/sim" "$SCRATCH/bypassed/"
	find "$SCRATCH/bypassed" \( -name '*.o' -o -name '*.ko' -o -name '*.cmd' \) -delete
	make -s -C "$STOCK_HEADERS" M="$SCRATCH/bypassed/sim" -j"$JOBS" \
		KCFLAGS=-D__LINUX_PARPORT_PC_H modules >"$SCRATCH/bypassed.log" 2>&1 ||
		{ cat "$SCRATCH/bypassed.log" >&2; die "winpar_sim does not build"; }
	mapfile -t kos < <(stock_modules "${modules[@]}")
	initramfs "$SCRATCH/bypassed.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$SCRATCH/bypassed/sim/winpar_sim.ko"
	part "stock" refusal --kernel "$STOCK_VMLINUX" \
		--initrd "$SCRATCH/bypassed.img" --timeout 60
}

for one in "${wanted[@]}"; do
	case $one in
	stock-1) run_stock 1 ;;
	stock-2) run_stock 2 ;;
	stock-4) run_stock 4 irq ;;
	judged) run_judged ;;
	refusal) run_refusal ;;
	esac
done
tally sim
