#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make try CLIENT=FOLDER: build the client module in that folder, load it beside
# winpar in a guest with Debian's stock kernel, and show the kernel's log and the bytes
# that came out of the port.
#	LPT=1		an emulated LPT at 0x378, with its interrupt
#	SIM='WORDS'	a port in software, with these parameters of winpar_sim
#			(docs/sim.md); a printer on one where neither is given
#	ARGS='WORDS'	the client's own parameters
#	PROGRAM='FILE WORDS'	a Windows driver's own program, a C source of one file: it
#			runs with these arguments when the client is loaded
#	FILES=FOLDER	the files that a Windows driver opens (its parameter files)
#	REGISTRY=FILE	a Windows driver's registry (its parameter registry)
#	BUSY=MS		a program has the first port for so many ms, from before the client
#			is loaded
#	FEED='TEXT'	what the first port in software sends to the host; \n and \xHH as
#			in C
# The client is unloaded 1.5 s after it was loaded, or after its program has ended.
# A folder without a Kbuild or Makefile is one module for each .c file.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# How many lines of a port's output are shown.
OUT_LINES=40

client=${CLIENT:-}
[[ -n $client ]] || die "no CLIENT is named. Use: make try CLIENT=FOLDER [LPT=1] [SIM='kind=ecp daisy=printer'] [ARGS='...']"
[[ -d $client ]] || die "there is no folder $client"
client=$(cd "$client" && pwd)
sim=${SIM:-}
[[ -n $sim || -n ${LPT:-} ]] || sim=peripheral=printer
[[ ${BUSY:-0} =~ ^[0-9]+$ ]] || die "BUSY=$BUSY is not a number of ms"
[[ -z ${FEED:-} || -n $sim ]] ||
	die "FEED= is for a port in software: LPT=1 has a printer that sends nothing"

read -r program words <<<"${PROGRAM:-}"
for file in "$program" "${FILES:-}" "${REGISTRY:-}"; do
	[[ -z $file || -r $file ]] || die "there is no $file"
done

note "building winpar and the client; the first time takes some minutes"
stock_kernel
build_tree "$STOCK_HEADERS" try WINPAR_SIM=m WINPAR_WDM=m

# A copy of the client, so that its folder stays clean; named as the folder is, since
# ddk.mk names a driver so. Make takes no path with a space.
name=$(basename "$client")
[[ $name =~ ^[A-Za-z0-9_.-]+$ ]] || name=client
copy=$WINPAR_CACHE/try-$TREE/$name
mkdir -p "$copy"
rsync -a --no-times --checksum --delete --exclude='*.o' --exclude='*.ko' \
	--exclude='*.mod*' --exclude='.*' --exclude=Module.symvers \
	--exclude=modules.order "$client/" "$copy/"
if [[ ! -e $copy/Kbuild && ! -e $copy/Makefile ]]; then
	(cd "$copy" && for file in *.c; do
		[[ $file == *.mod.c ]] || say "obj-m += ${file%.c}.o"
	 done) >"$copy/Kbuild"
fi
rm -f "$copy"/*.ko
# -k: what hinders in each source is said at once.
make -k -C "$STOCK_HEADERS" M="$copy" WINPAR="$BUILT" -j"$JOBS" \
	KCFLAGS="-I$BUILT/include" \
	KBUILD_EXTRA_SYMBOLS="$BUILT/Module.symvers" modules \
	>"$SCRATCH/client.log" 2>&1 || {
	sed "s,$copy/,$client/,g" "$SCRATCH/client.log" |
		grep -E 'error|warning|ERROR|\*\*\*|undefined' >&2 ||
		tail -n 20 "$SCRATCH/client.log" >&2
	die "the client does not build"
}
sed "s,$copy/,,g" "$SCRATCH/client.log" | grep -E 'warning:' >&2 || :
# The modules in the order of the client's Kbuild.
mapfile -t modules < <(sed -nE 's,.*/([^/]+)\.(ko|o)$,\1,p' "$copy/modules.order" |
	while read -r name; do [[ ! -e $copy/$name.ko ]] || say "$name"; done)
((${#modules[@]})) || die "there is no module in $client"

files=("${modules[@]/#/$copy/}")
files=("${files[@]/%/.ko}")

mkdir -p "$SCRATCH/overlay/tests"
cp "$VM"/guest/{try,sim-lib} "$SCRATCH/overlay/tests/"
if [[ -n $program ]]; then
	mkdir -p "$SCRATCH/overlay/bin"
	user=$TOP/include/winpar/user
	gcc -static -I "$user" -o "$SCRATCH/overlay/bin/try-program" "$program" \
		"$user/windows.c" || die "the program does not build"
fi
given=${ARGS:-}
if [[ -n ${FILES:-} ]]; then
	cp -r "$FILES" "$SCRATCH/overlay/files"
	given+=" files=/files"
fi
if [[ -n ${REGISTRY:-} ]]; then
	cp "$REGISTRY" "$SCRATCH/overlay/registry"
	given+=" registry=/registry"
fi
printf '%s=%q\n' TRY_LPT "${LPT:-}" TRY_SIM "$sim" TRY_MODULES "${modules[*]}" \
	TRY_ARGS "$given" TRY_PROGRAM "${program:+ran}" TRY_WORDS "$words" \
	TRY_BUSY "${BUSY:-}" TRY_FEED "${FEED:-}" \
	>"$SCRATCH/overlay/tests/try-what"
mapfile -t kos < <(stock_modules parport parport_pc ppdev)
initramfs "$SCRATCH/try.img" "$SCRATCH/overlay" "${kos[@]}" "$BUILT/winpar.ko" \
	"$BUILT/sim/winpar_sim.ko" "$BUILT/wdm/winpar_wdm.ko" "${files[@]}"

options=(--kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/try.img" --timeout 120
	 --qemu -serial --qemu "file:$SCRATCH/ports")
[[ -z ${LPT:-} ]] || options+=(--lpt "0x378,7,$SCRATCH/lpt")
: >"$SCRATCH/ports"
status=0
guest try "${options[@]}" || status=$?

say "What the log says:"
sed -E 's/^\[ *[0-9.]+\] ?//' "$GUEST_CONSOLE" |
	sed -n '/winpar-try: begin/,/winpar-try: end/p' |
	grep -avE 'winpar-(try|case):|loading out-of-tree|taints kernel' |
	sed 's/^/    /' || say "    nothing"

# shown NAME FILE: print FILE, the bytes that came out of the port NAME.
shown()
{
	say "What came out of $1 ($(wc -c <"$2") bytes):"
	cat -v "$2" | sed 's/^/    /' | head -n "$OUT_LINES"
	[[ -z $(tail -c 1 "$2") ]] || say
}
[[ -z ${LPT:-} ]] || shown "the LPT" "$SCRATCH/lpt"
tr -d '\r' <"$SCRATCH/ports" >"$SCRATCH/ports.text"
mapfile -t ports < <(sed -n 's/^FILE //p' "$SCRATCH/ports.text")
for name in "${ports[@]}"; do
	awk -v name="$name" '$1 == "FILE" { on = $2 == name; next } on' \
		"$SCRATCH/ports.text" | base64 -d >"$SCRATCH/out"
	# A port in software has files for a chain of devices even without a chain.
	[[ $name == */daisy* && ! -s $SCRATCH/out ]] ||
		shown "${name%/received}" "$SCRATCH/out"
done

cases "$GUEST_CONSOLE"
if ! splats "$GUEST_CONSOLE"; then
	fail "the kernel complained (above)"
elif ((status > 1)); then
	fail "the guest ended with $status"
else
	pass "the kernel did not complain"
fi
say "guest: $GUEST_SECONDS s; all: $SECONDS s"
tally try
