#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make demo: a client prints a page by interrupt through winpar on an emulated
# LPT, under Debian's stock kernel, while lp prints lines on the same port.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/pages.sh
. "$VM/pages.sh"

stock_kernel
build_tree "$STOCK_HEADERS" "$STOCK_KVER" WINPAR_EXAMPLES=m WINPAR_SIM=m
mapfile -t kos < <(stock_modules parport parport_pc lp)
mkdir -p "$SCRATCH/overlay/tests"
cp "$VM"/guest/{demo,sim-lib} "$SCRATCH/overlay/tests/"
initramfs "$SCRATCH/demo.img" "$SCRATCH/overlay" "${kos[@]}" \
	"$BUILT/winpar.ko" "$BUILT"/examples/*.ko "$BUILT/sim/winpar_sim.ko"

guest demo --kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/demo.img" \
	--lpt "0x378,7,$SCRATCH/lpt" --timeout 80 || :

say "What came out of the port (the first 12 of $(wc -l <"$SCRATCH/lpt") lines):"
sed 's/^/    /' "$SCRATCH/lpt" | head -n 12
say "What winpar said:"
grep -aoE '(winpar|winpar_print|parport0|lp0): .*' "$GUEST_CONSOLE" |
	sed 's/^/    /' | sort | uniq -c | sort -rn | head -n 12 || :
say "The port's counts:"
grep -aoE 'DEMO .*' "$GUEST_CONSOLE" | sed 's/^DEMO /    /' || :
say "A daisy chain on a port in software: numbered, and each selected in turn:"
grep -aoE '(winpar_daisy: |CHAIN ).*' "$GUEST_CONSOLE" |
	sed 's/^CHAIN /    /; s/^winpar_daisy/    &/' || :
say "The printer at its end: what it is, the fastest protocol, and a page in that:"
grep -aoE '(winpar_page: |PAGE ).*' "$GUEST_CONSOLE" |
	sed 's/^PAGE /    /; s/^winpar_page/    &/' || :

cases "$GUEST_CONSOLE"
pages_case "each line of winpar_print and of lp is there, whole and in order" "$SCRATCH/lpt" \
	60 'winpar line %03u: one byte per interrupt' 1 \
	40 'lp line %u' 0
if splats "$GUEST_CONSOLE"; then
	pass "the kernel did not complain"
else
	fail "the kernel complained"
fi
say "guest: ${GUEST_SECONDS} s"
tally demo
