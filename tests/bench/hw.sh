#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench-hw: the benchmark's cases on this machine and its own parallel port, in
# nanoseconds. As root, while no program uses the port. The port's lines move, so no
# device should be connected that does something then. The goals do not hold here:
# they are for instructions and for ratios on a machine that does nothing else.
#
# Left out are those of a Windows driver, and cases that need lp, a printer, or a port that interrupts when its
# control register is written; where a port does not, the parport core's handler is
# called for the other cases. Bytes are read from winpar_sim here, too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$TOP/tests/bench/lib.sh"

ROUNDS=201
BYTES=65536
PARAMETERS=/sys/module/winpar_bench/parameters

# find_port: print the number of the first PC-style port with an interrupt.
find_port()
{
	local dir base irq
	for dir in /proc/sys/dev/parport/parport*; do
		[[ -e $dir/base-addr ]] || continue
		read -r base _ <"$dir/base-addr"
		irq=$(<"$dir/irq")
		if ((base == 0x378 || base == 0x278 || base == 0x3bc)); then
			((irq >= 0)) || note "${dir##*/} has no interrupt: its cases will be missing"
			say "${dir##*parport}"
			return
		fi
	done
	return 1
}

[[ $(id -u) == 0 ]] || die "bench-hw loads modules: run it as root"
modprobe -q parport_pc || :
port=$(find_port) ||
	die "bench-hw: no parallel port at 0x378, 0x278 or 0x3bc here (is parport_pc loaded?); make bench needs none"
for module in winpar winpar_sim winpar_bench; do
	[[ ! -d /sys/module/$module ]] || die "bench-hw: $module is loaded: unload it first"
done
kdir=/lib/modules/$(uname -r)/build
[[ -d $kdir ]] || die "bench-hw: there are no headers of the running kernel in $kdir"

scratch=$(mktemp -d)
cleanup()
{
	rmmod winpar_bench 2>/dev/null || :
	rmmod winpar 2>/dev/null || :
	rmmod winpar_sim 2>/dev/null || :
	rm -rf "$scratch"
}
trap cleanup EXIT
build_tree "$kdir" "$(uname -r)-bench" WINPAR_SIM=m WINPAR_WDM=m \
	WINPAR_BENCH=m
bench_programs "$scratch"
modprobe ppdev
insmod "$BUILT/winpar.ko" enable_connect_interrupt=1
insmod "$BUILT/tests/bench/winpar_bench.ko" port="$port" rounds=$ROUNDS

# On one CPU, if taskset may choose one.
taskset -cp 0 $$ >/dev/null
for case in rival-claim rival-interrupt rival-grant try request request-sync \
	information information-sync interrupt routines queue memory grant \
	grant-dispatch; do
	if [[ $case == try ]]; then
		"$scratch/bench_poll" -d "/dev/parport$port" $ROUNDS \
			>>"$scratch/figures" || note "ppdev: no figure"
	fi
	if echo $case >$PARAMETERS/do; then
		cat $PARAMETERS/do >>"$scratch/figures"
	else
		note "$case: no figure"
	fi
done

# read_back [-w]: read in each protocol, by the core's calls or by winpar_read().
read_back()
{
	local protocol
	for protocol in nibble byte epp ecp; do
		"$scratch/bench_read" "$@" -d "$sim" $protocol $BYTES 5 |
			sed "s/^/${1:+winpar}-/; s/^-/parport-/" \
			>>"$scratch/figures" || note "reading in $protocol: no figure"
	done
}
rmmod winpar_bench
insmod "$BUILT/sim/winpar_sim.ko"
sim=$(find /sys/kernel/debug/winpar_sim -maxdepth 1 -name 'parport*' -printf '%f\n')
insmod "$BUILT/tests/bench/winpar_bench.ko" port="${sim#parport}" bytes=$BYTES
read_back
read_back -w
bench_sizes "$BUILT/winpar.ko" >>"$scratch/figures"

say "nanoseconds, on $(uname -r), port $port, medians of $ROUNDS rounds"
sed -n 's/^model name[^:]*: /  /p' /proc/cpuinfo | head -n 1
bench_table "$scratch/figures" "$scratch/bench.tsv" | sed -E 's/ +(yes|no|-|met)$//'
