#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The /init of every guest: mount the file systems that a test needs, run the script
# that the kernel command line names (winpar.run=NAME, in /tests), print its status and
# switch the machine off. Runs under busybox's sh.
export PATH=/bin HOME=/root TERM=dumb

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mount -t tmpfs tmpfs /tmp
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
exec </dev/console >/dev/console 2>&1

# All messages but the debugging ones on the console, whatever the kernel's default is.
echo 7 >/proc/sys/kernel/printk
# The default, 120 s, is longer than most guests run.
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

# stty calls tcdrain(), which waits until the script's output has left the console.
stty -F /dev/console opost 2>/dev/null

# tell WORDS: print a line through /dev/kmsg, so that no other message gets inside it.
tell() { echo "<1>$*" >/dev/kmsg; }

# Lockdep and KASAN switch themselves off after they found a bug: tell the host, for
# whose splats() a line with WINPAR-JUDGE is a complaint.
if [ -r /proc/lockdep_stats ] &&
   ! grep -Eq 'debug_locks: +1$' /proc/lockdep_stats; then
	tell "WINPAR-JUDGE lockdep was switched off during the test"
fi
# Taints: bad page (KASAN sets it, too), an oops, a warning, a soft lockup.
taint=$(cat /proc/sys/kernel/tainted)
if [ $((taint & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) -ne 0 ]; then
	tell "WINPAR-JUDGE the kernel is tainted: $taint"
fi
tell "WINPAR-GUEST-EXIT $status"
poweroff -f
