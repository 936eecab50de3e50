#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench: what calls of winpar cost, beside Linux's own, in instructions: in a
# guest with Debian's stock kernel on one CPU. Prints the table and writes it to
# bench.tsv in the current folder. Fails if a goal is missed.
#	--short		fewer rounds, and fewer bytes read
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$TOP/tests/bench/lib.sh"

# The CPU that QEMU emulates. Its mitigations are printed with the figures.
CPU=qemu64

rounds=201 transfers=5 read_bytes=65536
case ${1:-} in
--short) rounds=101 transfers=3 read_bytes=16384 ;;
'') ;;
*) die "bench: unknown option $1" ;;
esac

stock_kernel
build_tree "$STOCK_HEADERS" "$STOCK_KVER-bench" WINPAR_SIM=m WINPAR_WDM=m \
	WINPAR_BENCH=m
mapfile -t kos < <(stock_modules parport parport_pc lp ppdev)
mkdir -p "$SCRATCH/overlay/tests" "$SCRATCH/overlay/bin"
cp "$TOP/tests/bench/guest/bench" "$SCRATCH/overlay/tests/"
bench_programs "$SCRATCH/overlay/bin"
initramfs "$SCRATCH/bench.img" "$SCRATCH/overlay" "${kos[@]}" \
	"$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" \
	"$BUILT/tests/bench/winpar_bench.ko" "$BUILT/wdm/winpar_wdm.ko" \
	"$BUILT/tests/bench/wdm/winpar_bench_wdm.ko"

# watch: read a console on stdin, print a line for each case that begins.
# shellcheck disable=SC2317
watch()
{
	local line
	while IFS= read -r line; do
		[[ $line != bench:* ]] || progress "${line%$'\r'}"
	done
}

status=0
guest bench --watch watch --count --qemu -cpu --qemu "$CPU" --kernel "$STOCK_VMLINUX" \
	--initrd "$SCRATCH/bench.img" --lpt "0x378,7,$SCRATCH/lpt" \
	--append "winpar.rounds=$rounds winpar.transfers=$transfers winpar.read_bytes=$read_bytes" \
	--timeout 1800 || status=$?

grep -aoE 'winpar-tell: bench .*' "$GUEST_CONSOLE" |
	sed 's/^winpar-tell: bench //' >"$SCRATCH/figures" || :
bench_sizes "$BUILT/winpar.ko" >>"$SCRATCH/figures"
grep -a '^failed: ' "$SCRATCH/figures" >&2 || :

say "instructions, on $STOCK_KVER, one $CPU CPU of QEMU, medians of $rounds rounds; of $transfers where 65536 bytes are written or $read_bytes read"
grep -aoE 'winpar-tell: mitigation .*' "$GUEST_CONSOLE" |
	sed 's/^winpar-tell: mitigation /  /' | grep -vE '^ +[a-z0-9_]+: Not affected$' || :
bench_table "$SCRATCH/figures" bench.tsv

while IFS=$'\t' read -r name figure rival theirs ratio goal met; do
	case $met in
	yes) PASSED=$((PASSED + 1)) ;;
	no) fail "$name: $figure ($rival: $theirs, ratio $ratio), goal $goal" ;;
	esac
done < <(tail -n +2 bench.tsv)
if ! splats "$GUEST_CONSOLE" || ((status)); then
	fail "the guest ended with $status, or its kernel complained"
fi
say "guest: $GUEST_SECONDS s"
tally bench
