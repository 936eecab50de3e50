# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The part tree, for users without winpar's packages; it needs no guest. make install and
# make uninstall install and remove the right files. So does DKMS, with a plain checkout
# and with folders in the scratch folder instead of the machine's. For a kernel that has no
# parallel ports, or is too old, make and DKMS build nothing and say why. Two builds of one
# source, in different folders, are the same. Sourced by run.sh.

# quietly COMMAND...: run it, and show what it prints only if it fails.
quietly()
{
	"$@" >"$SCRATCH/said" 2>&1 || {
		tail -n 20 "$SCRATCH/said" | sed 's/^/     /' >&2
		return 1
	}
}

# verify WHAT COMMAND...: the case WHAT passes if the command succeeds.
verify()
{
	local what=$1
	shift
	if "$@"; then pass "$what"; else fail "$what"; fi
}

# files DIR: print the files below it.
files() { find "$1" ! -type d | sed "s,^$1/,," | sort; }

# same_as TEXT COMMAND...: does the command print the text and nothing else?
same_as()
{
	local want=$1 got
	shift
	got=$("$@")
	[[ $got == "$want" ]] || {
		diff <(say "$want") <(say "$got") | sed 's/^/     /' >&2
		return 1
	}
}

# left_out DIR SENTENCE: do make and DKMS build nothing for the kernel whose build folder
# is DIR? make fails and says the sentence; DKMS says it and succeeds, so that it goes on
# with other modules.
left_out()
{
	local status=0
	make -s -C "$SCRATCH/one" KDIR="$1" >"$SCRATCH/said" 2>&1 || status=$?
	if ((!status)) || [[ $(head -n 1 "$SCRATCH/said") != "$2"* ]] ||
	   grep -q 'CC \[M\]' "$SCRATCH/said"; then
		cat "$SCRATCH/said" >&2
		return 1
	fi
	status=0
	among_kernels "$1" autoinstall -k other >"$SCRATCH/said" 2>&1 || status=$?
	if ((status)) || ! grep -qF "$2" "$SCRATCH/said" ||
	   own_dkms status | grep -q other; then
		cat "$SCRATCH/said" >&2
		return 1
	fi
}

# pretended DIR RELEASE CONFIG: make DIR look like the build folder of a kernel, as far as
# make and DKMS look at it.
pretended()
{
	mkdir -p "$1/include/config" "$1/include/generated"
	say "$3" >"$1/include/config/auto.conf"
	say "#define UTS_RELEASE \"$2\"" >"$1/include/generated/utsrelease.h"
	touch "$1/.config" "$1/Makefile"
}

# own_dkms ARGUMENT...: run dkms with folders of the scratch folder instead of the
# machine's. It signs with the machine's key, /var/lib/dkms/mok.key.
own_dkms()
{
	dkms --dkmstree "$SCRATCH/dkms/var" --sourcetree "$SCRATCH/dkms/src" \
		--installtree "$SCRATCH/dkms/modules" "$@"
}

# among_kernels BUILD ARGUMENT...: run own_dkms where /lib/modules has, for this command
# only, the machine's kernel and a kernel "other" with the build folder BUILD.
among_kernels()
{
	local modules=$SCRATCH/kernels
	rm -rf "$modules"
	mkdir -p "$modules/other" "$modules/$STOCK_KVER"
	ln -s "$1" "$modules/other/build"
	ln -s "$(readlink -f "$(stock_build)")" "$modules/$STOCK_KVER/build"
	export -f own_dkms
	# The inner shell expands $1 and $@.
	# shellcheck disable=SC2016
	SCRATCH=$SCRATCH unshare --mount bash -c 'mount --bind "$1" /lib/modules &&
		shift && own_dkms "$@"' - "$modules" "${@:2}"
}

# The files that DKMS installs for a kernel.
DKMS_MODULES="winpar.ko
winpar_sim.ko
winpar_test.ko
winpar_wdm.ko"

part_tree()
{
	local kernel release one=$SCRATCH/one two=$SCRATCH/another/folder ko
	need dkms make gcc linux-headers-amd64
	stock_resolve
	release=$STOCK_KVER
	kernel=/lib/modules/$release/build
	progress "two builds, by make install and by DKMS ..."
	tree_copy "$one"
	tree_copy "$two"

	verify "make install" quietly make -s -C "$one" -j"$JOBS" KDIR="$kernel" \
		DESTDIR="$SCRATCH/dest" install
	verify "make install: these files and no others" \
		same_as "lib/modules/$release/updates/winpar/examples/winpar_test.ko
lib/modules/$release/updates/winpar/sim/winpar_sim.ko
lib/modules/$release/updates/winpar/wdm/winpar_wdm.ko
lib/modules/$release/updates/winpar/winpar.ko" files "$SCRATCH/dest"
	verify "modprobe winpar brings parport_pc" same_as "pre: parport_pc" \
		modinfo -F softdep "$one/winpar.ko"
	verify "make uninstall" quietly make -s -C "$one" KDIR="$kernel" \
		DESTDIR="$SCRATCH/dest" uninstall
	verify "make uninstall: nothing is left" same_as "" files "$SCRATCH/dest"

	mkdir -p "$SCRATCH"/dkms/{var,src,modules/"$release"}
	verify "dkms add, in a plain checkout" quietly own_dkms add "$two"
	verify "dkms install" quietly own_dkms install winpar/"$(version)" -k "$release"
	verify "DKMS: these modules and no others" same_as "$DKMS_MODULES" files "$SCRATCH/dkms/modules/$release/updates/dkms"
	verify "the symbols' versions are kept for clients" grep -q 'winpar_open' \
		"$SCRATCH/dkms/var/winpar/kernel-$release-$(uname -m)/Module.symvers"

	pretended "$SCRATCH/cloud" 6.1.0-56-cloud-amd64 CONFIG_MODULES=y
	verify "a kernel without parallel ports is left out" left_out \
		"$SCRATCH/cloud" "winpar: not built for Linux 6.1.0-56-cloud-amd64, which has no parallel ports"
	pretended "$SCRATCH/old" 5.4.0-9-amd64 CONFIG_PARPORT=m
	verify "a kernel that is too old is left out" left_out \
		"$SCRATCH/old" "winpar: not built for Linux 5.4.0-9-amd64: the oldest"

	verify "make in another folder" quietly make -s -C "$two" -j"$JOBS" \
		KDIR="$kernel" WINPAR_EXAMPLES= modules
	for ko in winpar.ko sim/winpar_sim.ko wdm/winpar_wdm.ko examples/winpar_test.ko; do
		verify "$ko is the same from two folders" cmp "$one/$ko" "$two/$ko"
		verify "$ko has no path of its build" \
			without_path "$one" "$one/$ko"
	done

	verify "dkms remove" quietly own_dkms remove winpar/"$(version)" --all
	verify "dkms remove: nothing is left" same_as "" files "$SCRATCH/dkms/modules"
	verify "dkms remove: nothing is left in DKMS's folder" same_as "" \
		files "$SCRATCH/dkms/var"
}

# without_path PATH FILE: is there such a file, without the path in it?
without_path() { [[ -e $2 ]] && ! grep -aqF "$1" "$2"; }
