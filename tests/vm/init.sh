#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The /init of every test guest: mount what a test needs, run the script that
# the kernel command line names (winpar.run=NAME, in /tests), say how it ended
# and switch the machine off. Runs under busybox's sh.
export PATH=/bin HOME=/root TERM=dumb

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mount -t tmpfs tmpfs /tmp
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
exec </dev/console >/dev/console 2>&1

# Everything but debugging messages on the console, whatever the kernel chose.
echo 7 >/proc/sys/kernel/printk
# A guest lives for less than the usual 120 s.
[ ! -e /proc/sys/kernel/hung_task_timeout_secs ] ||
	echo 30 >/proc/sys/kernel/hung_task_timeout_secs

run=
loud=
# shellcheck disable=SC2013
for word in $(cat /proc/cmdline); do
	case $word in
	winpar.run=*) run=${word#winpar.run=} ;;
	winpar.trace) loud=-x ;;
	esac
done

status=127
if [ -z "$run" ]; then
	echo "no winpar.run= on the kernel command line"
elif [ ! -f "/tests/$run" ]; then
	echo "there is no /tests/$run"
else
	cd /tests || exit
	sh $loud "/tests/$run" </dev/null
	status=$?
fi
cd / || exit

# tcdrain(): what the test printed must be out before the machine goes off.
stty -F /dev/console opost 2>/dev/null

# Through /dev/kmsg a line is never cut in two by another message.
tell() { echo "<1>$*" >/dev/kmsg; }

# The judges must still be on the bench (WINPAR-JUDGE is a splat to the host).
if [ -r /proc/lockdep_stats ] &&
   ! grep -Eq 'debug_locks: +1$' /proc/lockdep_stats; then
	tell "WINPAR-JUDGE lockdep was switched off during the test"
fi
# bad page (KASAN sets it too), died, warned, soft lockup
taint=$(cat /proc/sys/kernel/tainted)
if [ $((taint & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) -ne 0 ]; then
	tell "WINPAR-JUDGE the kernel is tainted: $taint"
fi
tell "WINPAR-GUEST-EXIT $status"
poweroff -f
