# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What this machine can do: run a guest with KVM, count time, and how fast it is now. lib.sh
# sources this.

# accel_probe KERNEL: set WINPAR_ACCEL to kvm if a guest runs with KVM, else to tcg. It
# boots a guest to find out, as on some machines /dev/kvm can be opened, but no guest
# runs. The cache keeps the answer until the machine boots again.
accel_probe()
{
	local answer
	answer=$WINPAR_CACHE/accel-$(cat /proc/sys/kernel/random/boot_id)
	if [[ -z ${WINPAR_ACCEL:-} && -e $answer ]]; then
		WINPAR_ACCEL=$(<"$answer")
	fi
	if [[ -z ${WINPAR_ACCEL:-} ]]; then
		WINPAR_ACCEL=tcg
		if [[ -w /dev/kvm ]]; then
			mkdir -p "$SCRATCH/probe"
			initramfs "$SCRATCH/probe.img" "$SCRATCH/probe"
			timeout -k 1 12 qemu-system-x86_64 -accel kvm -m 256 \
				-nodefaults -no-user-config -display none -no-reboot \
				-serial "file:$SCRATCH/probe.console" -kernel "$1" \
				-initrd "$SCRATCH/probe.img" \
				-append "console=ttyS0 panic=-1" \
				</dev/null >/dev/null 2>&1 || :
			if grep -qs 'WINPAR-GUEST-EXIT 127' "$SCRATCH/probe.console"; then
				WINPAR_ACCEL=kvm
			fi
		fi
		mkdir -p "$WINPAR_CACHE"
		rm -f "$WINPAR_CACHE"/accel-*
		say "$WINPAR_ACCEL" >"$answer"
	fi
	export WINPAR_ACCEL
}

# tsc_khz: print how fast the host's time stamp counter counts, which is a guest's, too.
# The cache keeps it until the machine boots again. A guest that measures it while the
# host is busy may find a tenth of it, and each of its time-outs comes too early.
tsc_khz()
{
	local answer
	answer=$WINPAR_CACHE/tsc-$(cat /proc/sys/kernel/random/boot_id)
	if [[ ! -s $answer ]]; then
		helpers
		find "$WINPAR_CACHE" -maxdepth 1 -name 'tsc-*' \
			! -name "${answer##*/}*" -delete
		"$HELPERS/tsckhz" >"$answer.$$"
		mv "$answer.$$" "$answer"
	fi
	cat "$answer"
}

# What two loops take for their turns on the machine for which the time-outs were
# chosen, in milliseconds.
SLOW_TURNS=60000
SLOW_MS=150

slow_turns()
{
	local i
	for ((i = 0; i < SLOW_TURNS; i++)); do :; done
}

# slowness: print by how much this machine is slower now, with all that runs on it, than the
# one for which the time-outs were chosen: 1, 2, ... 30.
slowness()
{
	local start ms loops=()
	start=$(date +%s%N)
	slow_turns & loops+=($!)
	slow_turns & loops+=($!)
	wait "${loops[@]}"
	ms=$((($(date +%s%N) - start) / 1000000))
	ms=$(((ms + SLOW_MS - 1) / SLOW_MS))
	say $((ms < 1 ? 1 : ms > 30 ? 30 : ms))
}
