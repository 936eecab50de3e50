# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The last boots of the part guest, by a firmware (OVMF) with Secure Boot, which starts
# Debian's shim, GRUB and kernel. Three boots from the disk of part_guest: "refused", in
# which the kernel refuses winpar's modules and the doctor's cure asks for DKMS's key to be
# enrolled; "enroll", in which the shim starts MokManager and this script types what a user
# types there; "enrolled", in which the modules are loaded. Sourced by run.sh.
# guest_run reads variables of its caller.
# shellcheck disable=SC2034,SC2054

# secure_disk FILE: make the disk from which the firmware boots: shim, MokManager, GRUB, and
# the kernel and the initramfs of debian_disk.
secure_disk()
{
	local esp=$1 debs=$SCRATCH/efi file
	downloaded "$debs" shim-signed shim-helpers-amd64-signed grub-efi-amd64-signed
	for file in "$debs"/*.deb; do
		dpkg -x "$file" "$debs/root"
	done
	truncate -s 64M "$esp"
	mkfs.vfat -n DEBTEST "$esp" >/dev/null
	mmd -i "$esp" ::EFI ::EFI/BOOT ::EFI/debian
	mcopy -i "$esp" "$debs/root/usr/lib/shim/shimx64.efi.signed" ::EFI/BOOT/BOOTX64.EFI
	mcopy -i "$esp" "$debs/root/usr/lib/shim/mmx64.efi.signed" ::EFI/BOOT/mmx64.efi
	mcopy -i "$esp" "$debs/root/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" \
		::EFI/BOOT/grubx64.efi
	mcopy -i "$esp" "$SCRATCH/disk.vmlinuz" ::vmlinuz
	mcopy -i "$esp" "$SCRATCH/disk.initrd" ::initrd
}

# secure_run STEP: boot by the firmware, and wait for the guest's end. The firmware keeps its
# variables, the enrolled keys among them, from one boot to the next.
secure_run()
{
	local name=deb-$1 seconds=1800 watch=watch_steps
	local console=${WINPAR_LOGS:-$SCRATCH}/deb-$1.console esp=$SCRATCH/esp accel
	accel_probe "$SCRATCH/disk.vmlinux"
	accel=$WINPAR_ACCEL words="console=ttyS0 loglevel=7 printk.devkmsg=on panic=-1"
	if [[ $accel == tcg ]]; then
		accel=tcg,thread=multi
		words+=' tsc=reliable'
	fi
	cat >"$SCRATCH/grub.cfg" <<-END
	serial --unit=0 --speed=115200
	terminal_output serial
	linux (\$root)/vmlinuz $words root=/dev/vda rw systemd.show_status=0 winpar.run=$1
	initrd (\$root)/initrd
	boot
	END
	mcopy -o -i "$esp" "$SCRATCH/grub.cfg" ::EFI/debian/grub.cfg
	: >"$SCRATCH/lpt"
	local args=(-machine q35,smm=on -accel "$accel" -smp 2 -m 1024 -nodefaults
		-no-user-config -display none -no-reboot -serial "file:$console"
		-global driver=cfi.pflash01,property=secure,value=on
		-drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.ms.fd
		-drive "if=pflash,unit=1,format=raw,file=$(qq "$SCRATCH/variables")"
		-drive "if=none,id=root,file=$(qq "$SCRATCH/disk"),format=raw,cache=unsafe"
		-device virtio-blk-pci,drive=root
		-drive "if=none,id=esp,file=$(qq "$esp"),format=raw"
		-device virtio-blk-pci,drive=esp,bootindex=1
		-chardev "pipe,id=keys,path=$(qq "$SCRATCH/keys")" -mon chardev=keys
		-chardev "file,id=lpt,path=$(qq "$SCRATCH/lpt")"
		-device isa-parallel,chardev=lpt,iobase=0x378,irq=7)
	guest_run
}

# secure_step STEP: boot by the firmware, do the step, and count its cases.
secure_step()
{
	local status=0
	progress "$1, in the guest, by its firmware ..."
	secure_run "$1"
	guest_ended "deb-$1" 1800 || status=$?
	cases "$GUEST_CONSOLE" "$1"
	if ((status > 1)); then
		fail "$1: the guest ended with $status"
	elif splats "$GUEST_CONSOLE"; then
		pass "$1: the kernel had nothing to complain of ($GUEST_SECONDS s)"
	else
		fail "$1: the kernel complained"
	fi
}

# typed KEY...: type these on the guest's keyboard.
typed()
{
	local key
	for key in "$@"; do
		say "sendkey $key" >"$SCRATCH/keys.in"
		sleep 1
	done
}

# shown TEXT: wait until MokManager has shown it on the console, at most 300 s.
shown()
{
	local n
	for ((n = 0; n < 600; n++)); do
		! grep -aqsF "$1" "${WINPAR_LOGS:-$SCRATCH}/deb-enroll.console" || return 0
		sleep 0.5
	done
	note "MokManager has not shown: $1"
	return 1
}

# mok_manager: type what README tells a user: Enroll MOK, Continue, Yes; the password; and
# then Reboot. If MokManager does not show what is expected end the guest.
mok_manager()
{
	shown "Press any key" && typed ret &&
	shown "Enroll MOK" && typed down ret &&
	shown "View key" && typed down ret &&
	shown "Enroll the key" && typed down ret &&
	shown "Password" && typed d e b t e s t ret &&
	shown "Reboot" && typed ret && return 0
	say quit >"$SCRATCH/keys.in"
	return 1
}

secure_boot()
{
	local typist fds
	progress "a disk that a firmware with Secure Boot boots ..."
	cp /usr/share/OVMF/OVMF_VARS_4M.ms.fd "$SCRATCH/variables"
	secure_disk "$SCRATCH/esp"
	mkfifo "$SCRATCH/keys.in" "$SCRATCH/keys.out"
	# QEMU waits until both ends of both pipes are open.
	exec {fds}<>"$SCRATCH/keys.in"
	exec {fds}<>"$SCRATCH/keys.out"
	secure_step refused
	progress "MokManager ..."
	mok_manager &
	typist=$!
	secure_run enroll
	if wait "$typist"; then
		pass "MokManager has enrolled the key ($GUEST_SECONDS s)"
	else
		fail "MokManager has not enrolled the key"
		tr -cd '[:print:]\n' <"$GUEST_CONSOLE" | tail -c 4000 >&2
	fi
	secure_step enrolled
	printed enrolled 1
}
