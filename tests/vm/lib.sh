# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that boot a guest in QEMU: they provide a kernel and an initramfs, run
# QEMU, and (said.sh, sourced here) read the guest's console. machine.sh, sourced here, too,
# finds out what this machine can do. Sourced by each script that boots a guest.
#
# stock_kernel			Debian's 6.1, unpacked in the cache
# test_kernel			the kernel of tests/kernel: KASAN, lockdep, ...
# initramfs OUT DIR [KO...]	busybox, tests/vm/bin, DIR's files, modules
# guest NAME [option...]	run /tests/NAME in a guest, return its status
# The variables in capitals that a function sets are for its callers.
# shellcheck disable=SC2034
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

VM=$TOP/tests/vm
# shellcheck source=tests/vm/said.sh
. "$VM/said.sh"
# shellcheck source=tests/vm/machine.sh
. "$VM/machine.sh"

# Statuses of guest() that are not the script's own.
GUEST_TIMEOUT=124	# killed when its time was over
GUEST_DIED=125		# it ended without a WINPAR-GUEST-EXIT line (a panic)
GUEST_NOT_RUN=126	# QEMU did not start it, or failed

# A folder for all files that the script makes; vm_cleanup removes it. With
# WINPAR_LOGS=FOLDER the consoles are in that folder and stay.
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/winpar.XXXXXX")
GUEST_PID=
GUEST_WATCHDOG=
# The processes of a script that runs several guests at a time, a guest in each.
LANES=()
guest_kill()
{
	[[ -z $GUEST_WATCHDOG ]] || kill "$GUEST_WATCHDOG" 2>/dev/null || :
	[[ -z $GUEST_PID ]] || kill -9 "$GUEST_PID" 2>/dev/null || :
}
vm_cleanup()
{
	local status=$?
	((!${#LANES[@]})) || kill -- "${LANES[@]}" 2>/dev/null || :
	guest_kill
	# A script that fails before its tally has not named a console yet.
	((status == 0)) || console_left
	rm -rf "$SCRATCH"
	return "$status"
}
trap vm_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---------------------------------------------------------------- kernels ---

# stock_resolve: set STOCK_KVER, the kernel release (6.1.0-56-amd64) whose headers
# linux-headers-amd64 depends on, and STOCK_VERSION, the version of their package.
stock_resolve()
{
	STOCK_KVER=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 |
		grep -oE 'linux-headers-[0-9][^ ,]*-amd64' | head -n1)
	STOCK_KVER=${STOCK_KVER#linux-headers-}
	[[ -n $STOCK_KVER ]] || die "linux-headers-amd64 names no kernel"
	need "linux-headers-$STOCK_KVER"
	STOCK_VERSION=$(dpkg-query -W -f '${Version}' "linux-headers-$STOCK_KVER")
}

# stock_download DIR: download the package of the kernel STOCK_KVER into DIR.
stock_download()
{
	(cd "$1" && apt-get -qq download \
		"linux-image-$STOCK_KVER=$STOCK_VERSION" </dev/null >/dev/null 2>&1)
}

# stock_unpack VMLINUZ OUT: write the ELF kernel that VMLINUZ holds, packed, to OUT.
# QEMU boots it by PVH, without the unpacking in the guest, which takes most of the
# time of a boot.
stock_unpack()
{
	local sects offset length by
	sects=$(od -An -tu1 -j $((0x1f1)) -N1 "$1")
	offset=$(od -An -tu4 -j $((0x248)) -N4 "$1")
	length=$(od -An -tu4 -j $((0x24c)) -N4 "$1")
	# The payload's last 4 bytes are its unpacked size, not part of the packed stream.
	# Not a pipeline: head ends before tail, and tail's SIGPIPE would be its status.
	for by in xz zstd; do
		$by -dc >"$2" 2>/dev/null \
			< <(tail -c +$(((sects + 1) * 512 + offset + 1)) "$1" |
			    head -c $((length - 4))) || continue
		[[ $(head -c 4 "$2") != $'\x7fELF' ]] || return 0
	done
	return 1
}

# stock_kernel: set STOCK_KVER, STOCK_VERSION, STOCK_VMLINUZ, STOCK_VMLINUX
# (that kernel unpacked, which boots in half the time), STOCK_MODULES (the folder
# "kernel" of its modules) and STOCK_HEADERS. Only the headers get installed; the
# kernel is unpacked in the cache. With WINPAR_KERNEL (a name of
# tests/matrix/kernels.tsv) that kernel instead, and BUILD_ROOT.
stock_kernel()
{
	local dir tmp lock

	if [[ -n ${WINPAR_KERNEL:-} ]]; then
		# shellcheck source=tests/matrix/lib.sh
		. "$TOP/tests/matrix/lib.sh"
		need xz-utils zstd
		matrix_kernel "$WINPAR_KERNEL"
		return
	fi
	need linux-headers-amd64 xz-utils
	stock_resolve
	mkdir -p "$WINPAR_CACHE"
	exec {lock}>"$WINPAR_CACHE/stock.lock"
	flock "$lock"
	dir=$WINPAR_CACHE/stock-$STOCK_KVER-$STOCK_VERSION
	if [[ ! -e $dir/.winpar-unpacked ]]; then
		tmp=$(mktemp -d "$WINPAR_CACHE/unpack.XXXXXX")
		note "downloading linux-image-$STOCK_KVER $STOCK_VERSION"
		apt_lock
		if ! stock_download "$tmp"; then
			apt-get -qq update </dev/null >/dev/null ||
				die "apt-get update failed"
			if ! stock_download "$tmp"; then
				# The archive has a newer kernel only: take the
				# newer headers.
				[[ $(id -u) == 0 ]] ||
					die "linux-image-$STOCK_KVER $STOCK_VERSION is not in the archive any more: upgrade linux-headers-amd64"
				DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
					--no-install-recommends install \
					linux-headers-amd64 </dev/null >/dev/null
				stock_resolve
				dir=$WINPAR_CACHE/stock-$STOCK_KVER-$STOCK_VERSION
				stock_download "$tmp" ||
					die "no image for the headers $STOCK_KVER $STOCK_VERSION"
			fi
		fi
		exec {APT_LOCK}>&-
		dpkg -x "$tmp"/linux-image-*.deb "$tmp/root"
		stock_unpack "$tmp/root/boot/vmlinuz-$STOCK_KVER" \
			"$tmp/root/boot/vmlinux" || rm -f "$tmp/root/boot/vmlinux"
		touch "$tmp/root/.winpar-used" "$tmp/root/.winpar-unpacked"
		rm -rf "$dir"
		mv "$tmp/root" "$dir"
		rm -rf "$tmp"
		keep_two stock-
	fi
	touch "$dir/.winpar-used"
	exec {lock}>&-

	STOCK_VMLINUZ=$dir/boot/vmlinuz-$STOCK_KVER
	STOCK_VMLINUX=$dir/boot/vmlinux
	[[ -e $STOCK_VMLINUX ]] || STOCK_VMLINUX=$STOCK_VMLINUZ
	STOCK_MODULES=$dir/lib/modules/$STOCK_KVER/kernel
	[[ -d $STOCK_MODULES ]] || STOCK_MODULES=$dir/usr/lib/modules/$STOCK_KVER/kernel
	STOCK_HEADERS=/lib/modules/$STOCK_KVER/build
	[[ -d $STOCK_HEADERS ]] || STOCK_HEADERS=/usr/src/linux-headers-$STOCK_KVER
	for tmp in "$STOCK_VMLINUZ" "$STOCK_MODULES" "$STOCK_HEADERS/Makefile"; do
		[[ -e $tmp ]] || die "the stock kernel has no $tmp"
	done
}

# test_kernel, other_kernel NAME: set TEST_KDIR, TEST_BZIMAGE: of 6.1; with
# tests/kernel/NAME.config. Its vmlinux cannot be booted by PVH: KASAN instruments the PVH
# entry, which runs before KASAN's memory is mapped.
test_kernel() { other_kernel ""; }
other_kernel()
{
	TEST_KDIR=$("$TOP/tests/kernel/build.sh" ${1:+"$1"}) || die "no test kernel"
	TEST_BZIMAGE=$TEST_KDIR/arch/x86/boot/bzImage
	[[ -e $TEST_BZIMAGE ]] || die "the test kernel has no $TEST_BZIMAGE"
}

# stock_modules, test_modules NAME...: print the paths of the modules named, a line
# each, of the stock kernel or of the test kernel.
stock_modules() { modules_in "$STOCK_MODULES" "$@"; }
test_modules() { modules_in "$TEST_KDIR/drivers" "$@"; }
modules_in()
{
	local dir=$1 name found
	shift
	for name in "$@"; do
		found=$(find "$dir" -name "$name.ko" -print -quit)
		[[ -n $found ]] || die "there is no $name.ko in $dir"
		say "$found"
	done
}

# -------------------------------------------------------------- initramfs ---

# helpers: compile tests/vm/bin/*.c for the kernel's architecture unless the cache has
# them; set HELPERS to the folder of the programs, and BUSYBOX.
helpers()
{
	local key src tmp for=-m64
	BUSYBOX=/bin/busybox
	need gcc libc6-dev busybox-static
	if [[ $BUILD_ROOT == *-i386 ]]; then
		for=-m32
		BUSYBOX=$BUILD_ROOT/bin/busybox
		need gcc-multilib
	fi
	key=$({ cat "$VM"/bin/*.c; gcc -dumpfullversion; say $for; } |
		sha256sum | cut -c1-16)
	HELPERS=$WINPAR_CACHE/helpers-$key
	[[ ! -d $HELPERS ]] || return 0
	mkdir -p "$WINPAR_CACHE"
	tmp=$(mktemp -d "$WINPAR_CACHE/build.XXXXXX")
	for src in "$VM"/bin/*.c; do
		gcc $for -static -O2 -Wall -Wextra -Werror -s \
			-o "$tmp/$(basename "$src" .c)" "$src" ||
			{ rm -rf "$tmp"; die "$src does not compile"; }
	done
	chmod 755 "$tmp"
	mv -T "$tmp" "$HELPERS" 2>/dev/null || rm -rf "$tmp"
	[[ -d $HELPERS ]] || die "the helper programs are not in the cache"
}

# initramfs OUT DIR [MODULE.ko...]: write a cpio archive for -initrd to OUT, not packed,
# as a guest is slow to unpack. It has the files of DIR (a test's script is
# DIR/tests/NAME), the modules in /modules, busybox's applets and the programs of
# tests/vm/bin in /bin, and /guest.sh.
initramfs()
{
	local out=$1 overlay=$2 root applet
	shift 2
	need cpio
	helpers
	root=$(mktemp -d "$SCRATCH/root.XXXXXX")
	chmod 755 "$root"
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,root,tests,modules}
	cp "$BUSYBOX" "$root/bin/busybox"
	while read -r applet; do
		[[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
	done < <("$BUSYBOX" --list)
	cp "$HELPERS"/* "$root/bin/"
	cp "$VM/init.sh" "$root/init"
	cp "$VM/guest.sh" "$root/guest.sh"
	chmod 755 "$root/init"
	((!$#)) || cp "$@" "$root/modules/"
	cp -R "$overlay/." "$root/"
	(cd "$root" && find . -print0 | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc -R +0:+0) >"$out"
	rm -rf "$root"
}

# ------------------------------------------------------------------ guests ---

# A comma in a value of a QEMU option is written twice.
qq() { printf '%s' "${1//,/,,}"; }

# guest NAME [option...]: boot, run /tests/NAME of the initrd, power off. A guest whose
# kernel dies or hangs before /init is booted once more.
#	--kernel FILE --initrd FILE	what to boot (required)
#	--run SCRIPT		another script than /tests/NAME
#	--smp N (2)  --mem MIB (256)
#	--timeout SECONDS (120)	on a machine that is not slow: SECONDS times slowness
#	--append 'WORDS'	more kernel command line (repeatable)
#	--lpt IOBASE,IRQ,OUT	a parallel port whose bytes go to OUT (repeatable)
#	--ecr IOBASE,OUT	bytes written to a pretended ECR go to OUT
#	--trace OUT		every write to a port's registers goes to OUT
#	--count			guest time is a count of instructions (-icount)
#	--accel tcg|kvm		instead of the one that accel_probe has found
#	--console OUT		($WINPAR_LOGS or $SCRATCH)/NAME.console
#	--watch FUNCTION	its stdin is the console as it grows; it prints how
#				far the guest is (progress)
#	--qemu ARGUMENT		passed on (repeatable)
# Sets GUEST_CONSOLE, GUEST_STATUS and GUEST_SECONDS (wall clock, in tenths as
# N.N). Returns the script's status; or one of the GUEST_ statuses above, after it has
# shown the end of the console.
guest()
{
	# guest_options, guest_machine and guest_run set these.
	local name=$1 run=$1 kernel='' initrd='' smp=2 mem=256 seconds=120
	local append='' accel='' console='' count='' watch='' args=() how=died
	guest_options "${@:2}"
	guest_patience
	guest_machine
	guest_run
	if guest_unborn "$name"; then
		[[ ! -e $SCRATCH/$name.late ]] || how=hung
		note "guest $name: its kernel $how before /init, and is booted once more:" \
			"$(grep -aE -m1 "$SPLATS" "$console" || tail -n 1 "$console")"
		guest_run
	fi
	guest_ended "$name" "$seconds"
}

# guest_unborn NAME: did the guest end, or was its time over, before its kernel came to
# /init? So far nothing of winpar has run. Where QEMU translates for two CPUs, one may find a
# breakpoint in code that the other one is patching ("Oops: int3"), or wait for the other one
# for ever.
guest_unborn()
{
	[[ $GUEST_STATUS == 0 || -e $SCRATCH/$1.late ]] &&
		! grep -aqE 'Run /init as init process|WINPAR-GUEST-EXIT' "$GUEST_CONSOLE"
}

# guest_options OPTION...: read the options of guest() into guest()'s variables.
guest_options()
{
	local n=0 iobase irq out
	while (($#)); do
		case $1 in
		--count) count=1; shift; continue ;;
		esac
		(($# > 1)) || die "guest $name: the option $1 has no value"
		case $1 in
		--kernel) kernel=$2 ;;
		--initrd) initrd=$2 ;;
		--run) run=$2 ;;
		--smp) smp=$2 ;;
		--mem) mem=$2 ;;
		--timeout) seconds=$2 ;;
		--append) append+=" $2" ;;
		--accel) accel=$2 ;;
		--console) console=$2 ;;
		--watch) watch=$2 ;;
		--qemu) args+=("$2") ;;
		--lpt)
			IFS=, read -r iobase irq out <<<"$2"
			: >"$out"
			args+=(-chardev "file,id=lpt$n,path=$(qq "$out")"
			       -device "isa-parallel,chardev=lpt$n,iobase=$iobase,irq=$irq")
			n=$((n + 1))
			;;
		--ecr)
			IFS=, read -r iobase out <<<"$2"
			: >"$out"
			args+=(-chardev "file,id=ecr$n,path=$(qq "$out")"
			       -device "isa-debugcon,iobase=$iobase,readback=0x35,chardev=ecr$n")
			n=$((n + 1))
			;;
		--trace)
			: >"$2"
			args+=(-trace parallel_ioport_write -D "$2")
			;;
		*) die "guest $name: $1 is no option" ;;
		esac
		shift 2
	done
	[[ -e $kernel && -e $initrd ]] || die "guest $name: no kernel or no initrd"
	[[ -n $console ]] || console=${WINPAR_LOGS:-$SCRATCH}/$name.console
}

# guest_patience: give guest()'s guest more time on a slow machine, and let its tests have
# more, too.
guest_patience()
{
	local slow
	slow=$(slowness)
	((slow > 1)) || return 0
	seconds=$((seconds * slow))
	append+=" winpar.slow=$slow"
}

# guest_machine: add the arguments for the machine and the kernel to guest()'s args.
guest_machine()
{
	need qemu-system-x86
	if [[ -n $count ]]; then
		args+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off")
		smp=1
	else
		if [[ -z $accel ]]; then
			accel_probe "$kernel"
			accel=$WINPAR_ACCEL
		fi
		if [[ $accel == tcg ]]; then
			accel=tcg,thread=multi
			# Without tsc=reliable the kernel uses QEMU's HPET as its clock,
			# an emulated device that is slow to read.
			append+=" tsc=reliable tsc_early_khz=$(tsc_khz)"
		fi
		args+=(-accel "$accel")
	fi
	# The console is ttyS0: before a -serial that the caller has given.
	args=(-serial "file:$console" "${args[@]}")
	args+=(-machine pc -smp "$smp" -m "$mem" -nodefaults -no-user-config
	       -display none -no-reboot -kernel "$kernel" -initrd "$initrd"
	       -append "console=ttyS0 loglevel=7 printk.devkmsg=on panic=-1 oops=panic winpar.run=$run$append")
}

# guest_run: run QEMU with guest()'s args until it ends or its time is over.
guest_run()
{
	local start
	console_settle
	mkdir -p "$(dirname "$console")"
	: >"$console"
	GUEST_CONSOLE=$console
	GUEST_NAME=$name
	rm -f "$SCRATCH/$name.late"
	start=$(date +%s%N)
	qemu-system-x86_64 "${args[@]}" </dev/null >"$SCRATCH/$name.qemu" 2>&1 &
	GUEST_PID=$!
	guest_watchdog "$name" "$seconds"
	GUEST_WATCH=
	if [[ -n $watch && -z ${WINPAR_QUIET:-} ]]; then
		tail -f -n +1 -s 0.5 --pid="$GUEST_PID" "$console" 2>/dev/null |
			"$watch" >&2 &
		GUEST_WATCH=$!
	fi
	GUEST_STATUS=0
	wait "$GUEST_PID" 2>/dev/null || GUEST_STATUS=$?
	GUEST_PID=
	kill "$GUEST_WATCHDOG" 2>/dev/null || :
	wait "$GUEST_WATCHDOG" 2>/dev/null || :
	GUEST_WATCHDOG=
	[[ -z $GUEST_WATCH ]] || wait "$GUEST_WATCH" || :
	start=$((($(date +%s%N) - start) / 100000000))
	GUEST_SECONDS=$((start / 10)).$((start % 10))
	sed -i 's/\r//g' "$console"
}

# guest_watchdog NAME SECONDS: start a process that kills GUEST_PID after SECONDS, as
# bash's wait takes no limit.
guest_watchdog()
{
	(
		trap 'kill "$nap" 2>/dev/null; exit 0' TERM
		sleep "$2" & nap=$!
		wait "$nap"
		: >"$SCRATCH/$1.late"
		kill -9 "$GUEST_PID"
	) >/dev/null 2>&1 &
	GUEST_WATCHDOG=$!
}

# guest_ended NAME SECONDS: replace GUEST_STATUS, which is QEMU's, by the guest's, and
# return it. Shows the end of the console if the guest printed no WINPAR-GUEST-EXIT,
# unless the kernel complained: splats shows a complaint whole.
guest_ended()
{
	local marker
	marker=$(grep -aoE 'WINPAR-GUEST-EXIT [0-9]+' "$GUEST_CONSOLE" |
		tail -n1 || :)
	if [[ -e $SCRATCH/$1.late ]]; then
		note "guest $1: still running after $2 s, killed; the end of its console:"
		GUEST_STATUS=$GUEST_TIMEOUT
	elif [[ -n $marker ]]; then
		GUEST_STATUS=${marker##* }
		return "$GUEST_STATUS"
	elif ((GUEST_STATUS)); then
		note "guest $1: QEMU ended with $GUEST_STATUS: $(cat "$SCRATCH/$1.qemu")"
		GUEST_STATUS=$GUEST_NOT_RUN
	else
		GUEST_STATUS=$GUEST_DIED
		if ! splats "$GUEST_CONSOLE" >/dev/null; then
			note "guest $1: its kernel died (below)"
			return "$GUEST_STATUS"
		fi
		note "guest $1: ended before its script did; the end of its console:"
	fi
	tail -n 40 "$GUEST_CONSOLE" >&2
	return "$GUEST_STATUS"
}
