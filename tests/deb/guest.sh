# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The part guest: winpar's packages in a Debian 12, from their installation to their purge.
# apt and DKMS run in a chroot, since a guest without KVM compiles ten times as long; after
# each of these steps the files go onto a disk, from which a guest with systemd and an
# emulated LPT boots. In this order:
#	install		(chroot) the packages and a client are installed
#	old		(guest) the client prints; parport_pc is loaded with winpar
#	upgrade		(chroot) another kernel is installed, and one without parallel ports
#	new		(guest, the other kernel) winparctl, and the doctor's cures
#	lockdown	(guest) locked down: the kernel refuses the modules
#	refused, enroll, enrolled
#			(guest) Secure Boot: tests/deb/secure.sh
#	purge		(chroot) the packages are removed, and leave no file
# tests/deb/steps has what each does, in the function step_NAME. Sourced by run.sh.

PAGE='A page, written by winpar_watch: the port has arrived.'

# downloaded DIR PACKAGE...: download packages of Debian's into DIR.
downloaded()
{
	local dir=$1
	shift
	mkdir -p "$dir"
	chmod 755 "$dir"
	apt_lock
	(cd "$dir" && apt-get -qq download "$@" </dev/null >/dev/null 2>&1) || {
		apt-get -qq update </dev/null >/dev/null
		(cd "$dir" && apt-get -qq download "$@" </dev/null >/dev/null) ||
			die "apt-get could not download $*"
	}
	exec {APT_LOCK}>&-
}

# watch_steps: show each case of the console on stdin as progress.
watch_steps()
{
	local line
	while IFS= read -r line; do
		[[ $line != *'winpar-case: '* ]] || progress "${line##*winpar-case: }"
	done
}

# inside STEP: do the step in the chroot, and count its cases.
inside()
{
	local status=0
	progress "$1, in the chroot ..."
	debian debian_chroot /var/tmp/debtest/steps "$1" >"$SCRATCH/$1.log" 2>&1 ||
		status=$?
	cases "$SCRATCH/$1.log" "$1"
	((status == 0)) || tail -n 40 "$SCRATCH/$1.log" >&2
}

# boot STEP [WORDS]: do the step in a guest, which boots from the disk that debian_disk has
# made last, with these words on the kernel's command line; count its cases.
boot()
{
	local status=0 disk=$SCRATCH/disk
	progress "$1, in the guest ..."
	# Unpacked outside of the guest, the kernel boots in half the time.
	stock_unpack "$disk.vmlinuz" "$disk.vmlinux" || cp "$disk.vmlinuz" "$disk.vmlinux"
	guest "deb-$1" --run "$1" --kernel "$disk.vmlinux" --initrd "$disk.initrd" \
		--smp 2 --mem 1024 --timeout 1800 \
		--append "root=/dev/vda rw systemd.show_status=0 ${2:-}" \
		--qemu -drive --qemu "file=$(qq "$disk"),format=raw,if=virtio,cache=unsafe" \
		--lpt "0x378,7,$SCRATCH/lpt" --watch watch_steps || status=$?
	cases "$GUEST_CONSOLE" "$1"
	if ((status > 1)); then
		fail "$1: the guest ended with $status"
	elif splats "$GUEST_CONSOLE"; then
		pass "$1: the kernel had nothing to complain of (${GUEST_SECONDS} s)"
	else
		fail "$1: the kernel complained"
	fi
}

# printed NAME PAGES: so many pages of winpar_watch have come out of the port in this boot.
printed()
{
	local pages
	pages=$(grep -acF "$PAGE" "$SCRATCH/lpt" || :)
	if [[ $pages == "$2" ]]; then
		pass "$1: $pages pages have come out of the port"
	else
		fail "$1: $pages pages have come out of the port, not $2"
	fi
}

part_guest()
{
	local payload cloud
	need qemu-system-x86 e2fsprogs xz-utils linux-headers-amd64 ovmf dosfstools mtools
	base_root
	payload=$SCRATCH/debian/changed/var/tmp/debtest
	mkdir -p "$payload"
	cloud=${STOCK_KVER%-amd64}-cloud-amd64
	progress "Linux $STOCK_KVER, and the headers of $cloud ..."
	downloaded "$payload/kernel" "linux-image-$STOCK_KVER" "linux-headers-$STOCK_KVER" \
		"linux-headers-${STOCK_KVER%-amd64}-common" linux-kbuild-6.1 \
		linux-compiler-gcc-12-x86
	downloaded "$payload/cloud" "linux-headers-$cloud"
	OUT=$payload/debs quietly "$TOP/packaging/deb.sh" || die "the packages are not built"
	cp "$TOP/tests/deb/steps" "$VM/guest.sh" "$payload/"
	printf '%s=%s\n' OLD "$OLD_KVER" NEW "$STOCK_KVER" CLOUD "$cloud" >"$payload/what"

	inside install
	debian debian_disk "$SCRATCH/disk"
	boot old
	printed old 1
	inside upgrade
	debian debian_disk "$SCRATCH/disk"
	boot new
	printed new 3
	boot lockdown lockdown=integrity
	secure_boot
	inside purge
}
