#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make debshell: a Debian 12 with systemd and an emulated LPT in a guest, and this
# terminal is its console, with root logged in. In root's home are winpar's sources and
# its packages. A reboot in the guest starts the newest kernel that is installed there;
# poweroff ends it, as does Ctrl-A X. Its disk stays in the cache.
#	NAME=a		another guest, with a disk of its own
#	NEW=1		its disk is made anew
#	INSTALLED=1	on a new disk the packages are installed, by DKMS outside the guest
#	SSH=2222	ssh -p 2222 root@localhost, with the key that is named; without a
#			terminal the console goes to a file, and this is the only way in
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

# shell_disk: a disk with the sources, the packages, and a key for ssh.
shell_disk()
{
	local root=$SCRATCH/debian/changed/root
	base_root
	mkdir -p "$root/winpar" "$root/.ssh"
	chmod 700 "$root" "$root/.ssh"
	progress "winpar's packages ..."
	OUT=$root/dist "$TOP/packaging/deb.sh" >"$SCRATCH/deb.log" 2>&1 || {
		tail -n 20 "$SCRATCH/deb.log" >&2
		die "the packages are not built"
	}
	(cd "$TOP" && git ls-files -co --exclude-standard |
		while read -r file; do [[ ! -f $file ]] || say "$file"; done |
		tar --owner=0 --group=0 -cf - -T -) | tar -C "$root/winpar" -xf -
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

# newest_kernel: the newest kernel on the disk and its initramfs, beside it.
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
need qemu-system-x86 e2fsprogs xz-utils git openssh-client
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
	# A reboot ends QEMU without this event.
	[[ ! -s $home/over ]] || break
	newest_kernel
done
