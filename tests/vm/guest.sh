# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What the scripts that run inside a guest have in common: '. /guest.sh'.
# Results go through /dev/kmsg, so no kernel message can cut one in two; the
# host counts them with `cases`.

GUEST_FAILED=0

ok() { echo "<5>winpar-case: ok $*" >/dev/kmsg; }
bad() { GUEST_FAILED=$((GUEST_FAILED + 1)); echo "<5>winpar-case: FAIL $*" >/dev/kmsg; }

# check WHAT COMMAND...: one case, which passes if the command succeeds. What the
# command prints stays on the console.
check()
{
	local what=$1
	shift
	if "$@"; then ok "$what"; else bad "$what"; fi
}

# done_testing: the script's last line; fails if a case has failed.
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

# eventually SECONDS COMMAND...: try it 10 times a second until it succeeds. On a slow machine
# it is tried for longer.
eventually()
{
	local left=$(($1 * 10 * $(setting slow 1)))
	shift
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		usleep 100000
	done
}

# within_ms MS START: have at most MS passed since uptime_ms said START? On a slow machine more.
within_ms() { [ $(($(uptime_ms) - $2)) -lt $(($1 * $(setting slow 1))) ]; }

# at_most SECONDS COMMAND...: end it if it takes longer; on a slow machine it may.
at_most()
{
	local seconds=$(($1 * $(setting slow 1)))
	shift
	timeout $seconds "$@"
}

# setting NAME DEFAULT: print winpar.NAME=... of the kernel command line.
setting()
{
	local word value=$2
	# shellcheck disable=SC2013
	for word in $(cat /proc/cmdline); do
		case $word in
		"winpar.$1="*) value=${word#*=} ;;
		esac
	done
	echo "$value"
}

# unload MODULE...: unload each, waiting for as long as winpar keeps a port after the
# last close.
unload()
{
	local name
	for name in "$@"; do
		[ ! -d "/sys/module/$name" ] ||
			eventually 8 rmmod "$name" 2>/dev/null || return 1
	done
}

# The PNP device whose first I/O port is 0x378.
pnp=/sys/bus/pnp/drivers/parport_pc
pnp_device()
{
	local dir
	for dir in "$pnp"/*:*; do
		grep -q 'io 0x378-' "$dir/resources" || continue
		basename "$dir"
		return
	done
	return 1
}
# unbind DEVICE, bind DEVICE: they must come back, or the next step would hang the guest.
unbind() { echo "$1" | at_most 10 tee $pnp/unbind >/dev/null; }
bind() { echo "$1" | at_most 10 tee $pnp/bind >/dev/null; }

# section NAME [BASE]: what is printed from now on belongs to case NAME. To be called
# while no driver and no client uses the port.
section() { lptmark ${2:+-b "$2"} "$1"; }

# tell NAME VALUE...: figures for the host.
tell() { echo "<5>winpar-tell: $*" >/dev/kmsg; }

# winpar_count NAME [PORT]: a figure of the port's from debugfs.
winpar_count()
{
	sed -n "s/^parport${2:-0} .*\<$1 \([^ ]*\).*/\1/p" \
		/sys/kernel/debug/winpar/ports
}

# client COMMAND...: have vmclient (or the module CLIENT) do it, and print the answer. On a slow
# machine it waits for longer.
client()
{
	local file=/sys/module/${CLIENT:-vmclient}/parameters/do
	[ "${2:-}" != wait ] || set -- "$1" wait $(($3 * $(setting slow 1)))
	echo "$*" >"$file" || return
	cat "$file"
}

# expect ANSWER COMMAND...: true if that is client's answer; else prints the answer.
expect()
{
	local want=$1 got
	shift
	got=$(client "$@") || got="(failed)"
	[ "$got" = "$want" ] && return 0
	echo "${CLIENT:-vmclient}: '$*' answered '$got', not '$want'"
	return 1
}

# turns PARAMETER [THREAD]: print this parameter of vmturns.
turns()
{
	cut -d, -f"$((${2:-0} + 1))" "/sys/module/vmturns/parameters/$1"
}
turns_ended() { [ "$(turns running)" -eq 0 ]; }

# random BELOW: set number to a random number, from 0 on. It follows from random_state, which
# the caller has set, perhaps to a seed.
random()
{
	random_state=$(((random_state * 1103515245 + 12345) % 2147483648))
	# shellcheck disable=SC2034 # the caller has it
	number=$((random_state * $1 / 2147483648))
}

# uptime_ms: the guest's clock.
uptime_ms()
{
	local up
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}0"
}
