#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make debshell: boots a Debian 12 with systemd and an emulated LPT in a guest, to try winpar
# in by hand. This terminal is the guest's console, on which root is logged in. root's home
# has winpar's sources (winpar/) and its packages (dist/). A reboot in the guest starts the
# newest kernel that is installed there; poweroff in the guest, or Ctrl-A X, ends it. The
# guest's disk stays in the cache.
#	NAME=a		another guest, with a disk of its own
#	NEW=1		begin with a new disk; what was on the old one is lost
#	INSTALLED=1	on a new disk the packages are installed, by DKMS outside the guest
#	SSH=2222	let ssh in by this port of localhost; the command is printed. Without
#			a terminal the console goes to a file, and ssh is the only way in
#	APPEND=WORDS	more words on the kernel's command line
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/deb/base.sh
. "$TOP/tests/deb/base.sh"

home=$WINPAR_CACHE/debshell/${NAME:-default}
disk=$home/disk
mkdir -p "$home"
exec {lock}>"$home/lock"
flock -n "$lock" || die "the guest ${NAME:-default} runs already: give this one a NAME"

# shell_disk: make the disk, with winpar's sources and packages, and a key for ssh.
shell_disk()
{
	local root=$SCRATCH/debian/changed/root
	base_root
	mkdir -p "$root/.ssh"
	chmod 700 "$root" "$root/.ssh"
	progress "winpar's packages ..."
	OUT=$root/dist "$TOP/packaging/deb.sh" >"$SCRATCH/deb.log" 2>&1 || {
		tail -n 20 "$SCRATCH/deb.log" >&2
		die "the packages are not built"
	}
	tree_copy "$root/winpar"
	rm -f "$home"/key*
	ssh-keygen -q -t ed25519 -N '' -C debshell -f "$home/key"
	cp "$home/key.pub" "$root/.ssh/authorized_keys"
	if [[ -n ${INSTALLED:-} ]]; then
		progress "installing them ..."
		# The inner shell expands the pattern.
		# shellcheck disable=SC2016
		debian debian_chroot sh -c \
			'cd ~root/dist && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install ./*.deb' \
			</dev/null >"$SCRATCH/install.log" 2>&1 || {
			tail -n 40 "$SCRATCH/install.log" >&2
			die "the packages are not installed"
		}
	fi
	progress "the disk ..."
	debian debian_disk "$disk"
}

# newest_kernel: copy the newest kernel on the disk, and its initramfs, beside the disk, where
# QEMU finds them.
newest_kernel()
{
	local release
	release=$(debugfs -R 'ls -p /boot' "$disk" 2>/dev/null |
		sed -n 's,.*/vmlinuz-\([^/]*\)/.*,\1,p' | sort -V | tail -n 1)
	[[ -n $release ]] || die "there is no kernel on $disk"
	debugfs -R "dump /boot/vmlinuz-$release $disk.vmlinuz" "$disk" 2>/dev/null
	debugfs -R "dump /boot/initrd.img-$release $disk.initrd" "$disk" 2>/dev/null
	stock_unpack "$disk.vmlinuz" "$disk.vmlinux" || cp "$disk.vmlinuz" "$disk.vmlinux"
	progress "Linux $release"
}

[[ $(id -u) == 0 ]] || die "a Debian for the guest is made as root"
need qemu-system-x86 e2fsprogs xz-utils openssh-client
[[ -z ${NEW:-} ]] || rm -f "$disk"
[[ -e $disk ]] || shell_disk
newest_kernel
accel_probe "$disk.vmlinux"

net=user,id=net
[[ -z ${SSH:-} ]] || net+=",hostfwd=tcp:127.0.0.1:$SSH-:22"
console=(-serial mon:stdio)
[[ -t 0 ]] || console=(-serial "file:$home/console")
words="console=ttyS0 root=/dev/vda rw quiet ${APPEND:-}"
[[ $WINPAR_ACCEL == kvm ]] || words+=" tsc=reliable"

say "What is printed on the LPT: $home/lpt"
[[ -t 0 ]] || say "The console: $home/console"
[[ -z ${SSH:-} ]] || say "ssh -i $home/key -p $SSH -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@localhost"
: >"$home/lpt"
while :; do
	rm -f "$home/over"
	qemu-system-x86_64 -accel "${WINPAR_ACCEL/tcg/tcg,thread=multi}" -machine pc -smp 2 \
		-m 1024 -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$disk.vmlinux" -initrd "$disk.initrd" -append "$words" \
		-drive "file=$(qq "$disk"),format=raw,if=virtio,cache=unsafe" \
		-netdev "$net" -device virtio-net-pci,netdev=net,romfile= \
		-object rng-random,id=rng,filename=/dev/urandom \
		-device virtio-rng-pci,rng=rng "${console[@]}" \
		-chardev "file,id=lpt,path=$(qq "$home/lpt"),append=on" \
		-device isa-parallel,chardev=lpt,iobase=0x378,irq=7 \
		-trace qemu_system_shutdown_request -D "$home/over"
	# A poweroff leaves this event in the file; a reboot ends QEMU without it.
	[[ ! -s $home/over ]] || break
	newest_kernel
done
