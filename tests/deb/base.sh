# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Makes a Debian 12, with systemd, apt and the last kernel but one, in which packages can be
# installed and which can be booted. mmdebstrap builds it once, and the cache keeps it; what
# a run changes is in an overlay. Sourced by run.sh and shell.sh.
# shellcheck source=tests/matrix/lib.sh
. "$TOP/tests/matrix/lib.sh"

# What winpar-dkms needs, so that it can be installed without a network.
BASE_PACKAGES=systemd-sysv,udev,kmod,initramfs-tools,dkms,gcc,make,libc6-dev,openssl
BASE_PACKAGES+=,python3-rich,bash-completion,mokutil,efibootmgr
# What the user of make debshell would miss.
BASE_PACKAGES+=,openssh-server,procps,iproute2,less,nano

# base_kernels: set OLD_KVER to the kernel that Debian had before STOCK_KVER.
base_kernels()
{
	stock_resolve
	OLD_KVER=$(apt-cache pkgnames "linux-headers-${STOCK_KVER%%-*}-" |
		grep -E '^linux-headers-[0-9.]+-[0-9]+-amd64$' |
		sed 's/^linux-headers-//' | sort -V |
		awk -v new="$STOCK_KVER" '$0 == new { print last } { last = $0 }')
	[[ -n $OLD_KVER ]] || die "there is no kernel before $STOCK_KVER in apt's lists: apt-get update"
}

# base_setup ROOT: prepare the Debian in ROOT before its kernel is installed: a small
# initramfs, which can mount the guest's disk, since no disk is there to be looked at.
base_setup()
{
	mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools/hooks"
	say "MODULES=list" >"$1/etc/initramfs-tools/conf.d/debtest"
	cat >"$1/etc/initramfs-tools/hooks/debtest" <<-'END'
	#!/bin/sh
	[ "$1" != prereqs ] || exit 0
	. /usr/share/initramfs-tools/hook-functions
	manual_add_modules virtio_pci virtio_blk ext4
	END
	chmod 755 "$1/etc/initramfs-tools/hooks/debtest"
}

# base_finish ROOT: finish the Debian in ROOT. A guest with winpar.run= on the kernel's
# command line runs tests/deb/steps, which part_guest puts on the disk; in any other guest
# root is logged in on the console.
base_finish()
{
	cat >"$1/etc/systemd/system/debtest.service" <<-'END'
	[Unit]
	Description=The steps of make debtest
	After=multi-user.target
	ConditionKernelCommandLine=winpar.run

	[Service]
	Type=oneshot
	ExecStart=/var/tmp/debtest/steps
	StandardOutput=tty
	StandardError=tty
	TTYPath=/dev/ttyS0

	[Install]
	WantedBy=graphical.target
	END
	mkdir -p "$1/etc/systemd/system/graphical.target.wants"
	ln -s ../debtest.service "$1/etc/systemd/system/graphical.target.wants/"
	mkdir -p "$1/etc/systemd/system/serial-getty@ttyS0.service.d"
	cat >"$1/etc/systemd/system/serial-getty@ttyS0.service.d/debtest.conf" <<-'END'
	[Unit]
	ConditionKernelCommandLine=!winpar.run

	[Service]
	ExecStart=
	ExecStart=-/sbin/agetty --autologin root --keep-baud 115200,9600 - $TERM
	END
	cat >"$1/etc/systemd/network/debtest.network" <<-'END'
	[Match]
	Type=ether

	[Network]
	DHCP=ipv4
	END
	ln -s /lib/systemd/system/systemd-networkd.service \
		"$1/etc/systemd/system/multi-user.target.wants/"
	say "nameserver 10.0.2.3" >"$1/etc/resolv.conf"
	ln -sf /dev/null "$1/etc/systemd/system/apt-daily.timer"
	ln -sf /dev/null "$1/etc/systemd/system/apt-daily-upgrade.timer"
	say debtest >"$1/etc/hostname"
	say "127.0.1.1 debtest" >>"$1/etc/hosts"
}

# base_hook FUNCTION FILE: write the function into FILE, as a program for mmdebstrap.
base_hook()
{
	{ say '#!/bin/bash'; declare -f say "$1"; say "$1 \"\$1\""; } >"$2"
	chmod 755 "$2"
}

# base_root: set BASE to the folder that has the Debian, which is built if it is not there.
base_root()
{
	local key tmp lock debian security
	need mmdebstrap
	base_kernels
	key=$({ declare -f base_setup base_finish base_root; say "$BASE_PACKAGES $OLD_KVER"; } |
		sha256sum | cut -c1-16)
	BASE=$WINPAR_CACHE/debian-12-$key/root
	exec {lock}>"$WINPAR_CACHE/debian.lock"
	flock "$lock"
	if [[ -e $BASE ]]; then
		touch "$(dirname "$BASE")/.winpar-used"
		exec {lock}>&-
		return 0
	fi
	[[ $(id -u) == 0 ]] || die "a Debian for the guest is made as root"
	progress "a Debian 12 with Linux $OLD_KVER, by mmdebstrap (3 minutes, once) ..."
	debian=$(mirror debian)
	security=$(mirror debian-security)
	tmp=$(mktemp -d "$WINPAR_CACHE/debian.XXXXXX")
	base_hook base_setup "$tmp/setup"
	base_hook base_finish "$tmp/finish"
	mmdebstrap --mode=root --variant=apt \
		--include="$BASE_PACKAGES,linux-image-$OLD_KVER,linux-headers-$OLD_KVER" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--essential-hook="$tmp/setup" --customize-hook="$tmp/finish" \
		bookworm "$tmp/root" "deb $debian bookworm main" \
		"deb $debian bookworm-updates main" \
		"deb $security bookworm-security main" >"$tmp/log" 2>&1 || {
		tail -n 20 "$tmp/log" >&2
		rm -rf "$tmp"
		die "mmdebstrap failed"
	}
	chmod 755 "$tmp/root"
	touch "$tmp/.winpar-used"
	mv -T "$tmp" "$(dirname "$BASE")" 2>/dev/null || rm -rf "$tmp"
	exec {lock}>&-
	keep_two debian-12-
}

# debian FUNCTION ARGUMENT...: run the function in a mount namespace of its own, in which
# $DEBIAN is the folder with the Debian as this run has changed it.
debian()
{
	mkdir -p "$SCRATCH"/debian/{changed,work,root}
	DEBIAN=$SCRATCH/debian/root
	export DEBIAN BASE SCRATCH
	export -f debian_mount debian_chroot debian_disk
	unshare --mount bash -c 'debian_mount && "$@"' - "$@"
}

debian_mount()
{
	mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$SCRATCH/debian/changed,workdir=$SCRATCH/debian/work" "$DEBIAN"
}

# debian_chroot COMMAND...: run it in the Debian.
debian_chroot()
{
	mount -t proc proc "$DEBIAN/proc"
	mount -t sysfs sysfs "$DEBIAN/sys"
	mount --rbind /dev "$DEBIAN/dev"
	chroot "$DEBIAN" "$@"
}

# debian_disk FILE: make a disk with the Debian's files, and beside the disk FILE.vmlinuz and
# FILE.initrd, of the Debian's newest kernel.
debian_disk()
{
	local release
	release=$(find "$DEBIAN/boot" -name 'vmlinuz-*' -printf '%f\n' | sort -V | tail -n 1)
	cp "$DEBIAN/boot/$release" "$1.vmlinuz"
	cp "$DEBIAN/boot/initrd.img-${release#vmlinuz-}" "$1.initrd"
	tr -d - </proc/sys/kernel/random/uuid >"$DEBIAN/etc/machine-id"
	rm -f "$1"
	truncate -s 6G "$1"
	mke2fs -q -t ext4 -d "$DEBIAN" "$1"
}
