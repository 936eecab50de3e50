# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What the scripts that run inside a guest have in common: '. /guest.sh'.
# Results go through /dev/kmsg, so no kernel message can cut one in two; the
# host counts them with `cases`.

GUEST_FAILED=0

ok() { echo "<5>winpar-case: ok $*" >/dev/kmsg; }
bad() { GUEST_FAILED=$((GUEST_FAILED + 1)); echo "<5>winpar-case: FAIL $*" >/dev/kmsg; }

# check WHAT COMMAND...: one case; what the command prints stays on the console.
check()
{
	local what=$1
	shift
	if "$@"; then ok "$what"; else bad "$what"; fi
}

# done_testing: the script's last line.
done_testing() { [ "$GUEST_FAILED" -eq 0 ]; exit; }

# load MODULE [parameter=value...]: insmod from /modules, unless it is there.
load()
{
	local name=$1
	shift
	[ ! -d "/sys/module/$(echo "$name" | tr - _)" ] || return 0
	insmod "/modules/$name.ko" "$@"
}

# parport [parameter=value...]: the port at 0x378; by default with its interrupt.
parport()
{
	[ $# -gt 0 ] || set -- io=0x378 irq=7
	load parport && load parport_pc "$@"
}

# eventually SECONDS COMMAND...: until it succeeds, looking 10 times a second.
eventually()
{
	local left=$(($1 * 10))
	shift
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		usleep 100000
	done
}

# uptime_ms: the guest's clock.
uptime_ms()
{
	local up
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}0"
}
