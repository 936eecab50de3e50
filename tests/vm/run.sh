#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make vmtest: winpar on an emulated LPT, beside Linux's own port drivers, under
# Debian's stock kernel on one CPU and on two, and again ("judged") under the test
# kernel with KASAN and lockdep. Arguments: only these (demo, simclient, examples, sources,
# lacking, modes, suite-1, suite-2, device, judged, soft, soft-judged, tools, stress, recipes,
# selftest); PARTS names the guest's scripts that suite-1, suite-2 and judged (on the
# emulated LPT), soft and soft-judged (on the port in software) are to run. Where none is
# named all are run but stress (a minute of part stress on two CPUs and on four), soak and fuzz
# (soak.sh), recipes (those of docs/tracing.md) and load (for make matrix).
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/pages.sh
. "$VM/pages.sh"
# shellcheck source=tests/vm/judge.sh
. "$VM/judge.sh"
# shellcheck source=tests/vm/modes.sh
. "$VM/modes.sh"
# shellcheck source=tests/vm/device.sh
. "$VM/device.sh"
# shellcheck source=tests/vm/soak.sh
. "$VM/soak.sh"

tests=(demo simclient examples sources lacking modes suite-1 suite-2 device judged soft
	soft-judged tools selftest)
wanted=("$@")
((${#wanted[@]})) || wanted=("${tests[@]}")
known test "${tests[*]} stress soak fuzz recipes load" "${wanted[@]}"
# PARTS: names with blanks or commas between them.
PARTS=${PARTS:-}
PARTS=${PARTS//,/ }
read -ra chosen <<<"$PARTS"
lpt_parts="clients wires ports rivals device removal"
soft_parts="leaving linux trace suspend stress late"
known part "$lpt_parts $soft_parts" "${chosen[@]}"
# parts_of LIST DEFAULT: print the parts of LIST that PARTS names, in the order of LIST
# (after part removal the ports have other numbers), or DEFAULT if PARTS is empty.
parts_of()
{
	local part found=''
	((${#chosen[@]})) || { say "$2"; return; }
	for part in $1; do
		[[ " ${chosen[*]} " != *" $part "* ]] || found+=",$part"
	done
	say "${found#,}"
}

prepare()
{
	mkdir -p "$SCRATCH/overlay/tests"
	cp "$VM"/guest/* "$SCRATCH/overlay/tests/"
}
modules=(parport parport_pc lp ppdev)
built()
{
	printf '%s\n' "$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" "$BUILT"/examples/*.ko \
		"$BUILT"/tests/vm/modules/*.ko
}
prepare_stock()
{
	[[ ! -e $SCRATCH/stock.img ]] || return 0
	stock_kernel
	build_tree "$STOCK_HEADERS" "$STOCK_KVER" WINPAR_EXAMPLES=m \
		WINPAR_SIM=m WINPAR_VMTEST=m WINPAR_WDM=m WINPAR_CLIENTS=m
	mapfile -t kos < <(stock_modules "${modules[@]}"; built)
	kos+=("$BUILT/wdm/winpar_wdm.ko" "$BUILT/tests/clients/wpplug/wpplug.ko")
	initramfs "$SCRATCH/stock.img" "$SCRATCH/overlay" "${kos[@]}"
}
prepare_judged()
{
	test_kernel
	build_tree "$TEST_KDIR" vmtest-judged WINPAR_EXAMPLES=m \
		WINPAR_SIM=m WINPAR_VMTEST=m
	mapfile -t kos < <(test_modules "${modules[@]}"; built)
	initramfs "$SCRATCH/judged.img" "$SCRATCH/overlay" "${kos[@]}"
}

run_demo()
{
	local cpus status
	prepare_stock
	for cpus in 1 2; do
		status=0
		guest "demo-$cpus" --run demo --kernel "$STOCK_VMLINUX" \
			--initrd "$SCRATCH/stock.img" --smp $cpus \
			--lpt "0x378,7,$SCRATCH/lpt" --timeout 90 || status=$?
		cases "$GUEST_CONSOLE" "demo, $cpus CPU"
		pages_case "demo, $cpus CPU: each line of winpar_print and of lp is there, whole and in order" \
			"$SCRATCH/lpt" \
			60 'winpar line %03u: one byte per interrupt' 1 \
			40 'lp line %u' 0
		ran "demo, $cpus CPU" $status
	done
}

# Load and unload every module: winpar_wdm and a client of it, too, which make matrix tests
# under other kernels in no other way.
run_load()
{
	local status=0
	stock_kernel
	build_tree "$STOCK_HEADERS" "load-$STOCK_KVER" WINPAR_SIM=m WINPAR_WDM=m \
		WINPAR_CLIENTS=m
	mapfile -t kos < <(stock_modules "${modules[@]}")
	initramfs "$SCRATCH/load.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" \
		"$BUILT/wdm/winpar_wdm.ko" "$BUILT/tests/clients/wpclass/wpclass.ko"
	guest load --kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/load.img" \
		--smp 2 --timeout 120 --lpt "0x378,7,$SCRATCH/lpt" || status=$?
	cases "$GUEST_CONSOLE" load
	ran load $status
}

# The modules that the demo prints with, on a port in software.
run_simclient()
{
	local status=0
	prepare_stock
	guest simclient --kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/stock.img" \
		--smp 2 --timeout 120 || status=$?
	cases "$GUEST_CONSOLE" simclient
	ran simclient $status
}

# sources_programs DIR: compile the programs of Windows' sources into DIR.
sources_programs()
{
	local file user=$TOP/include/winpar/user
	need gcc libc6-dev
	mkdir -p "$1"
	for file in "$TOP"/tests/clients/*/program/*.c; do
		gcc -static -O2 -Wall -Wextra -Werror -s -I "$user" \
			-o "$1/$(basename "$file" .c)" "$file" "$user/windows.c" ||
			die "$file does not compile"
	done
}

# sources_built: build winpar's modules and Windows' sources for the test kernel.
sources_built()
{
	test_kernel
	build_tree "$TEST_KDIR" sources WINPAR_SIM=m WINPAR_WDM=m WINPAR_CLIENTS=m \
		WINPAR_VMTEST=m
}

# Windows' sources unchanged, under the kernel with KASAN and lockdep.
run_sources()
{
	local status=0
	sources_built
	mapfile -t kos < <(test_modules parport parport_pc)
	sources_programs "$SCRATCH/overlay/bin"
	initramfs "$SCRATCH/sources.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" \
		"$BUILT/wdm/winpar_wdm.ko" "$BUILT"/tests/clients/*/*.ko
	guest sources --kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/sources.img" \
		--smp 2 --mem 512 --lpt "0x378,7,$SCRATCH/lpt" --timeout 240 ||
		status=$?
	cases "$GUEST_CONSOLE" sources
	printf '%s\r\n' 'a Windows source prints' 'its IRP goes down to the port' \
		'a program prints by WriteFile' 'and by DeviceIoControl' >"$SCRATCH/want"
	echo >>"$SCRATCH/want"
	printf '%s\r\n' 'a driver clocks bits out' 'by hand, at raised IRQL' \
		'a Windows source prints' 'a Plug and Play driver prints' \
		>>"$SCRATCH/want"
	same_case "sources: the lines on the LPT" "$SCRATCH/want" "$SCRATCH/lpt"
	ran sources $status
}

# The examples that stay loaded or that read, under ports that come and go: under the
# stock kernel and under the test kernel.
run_examples()
{
	local status=0
	prepare_stock
	guest examples --kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/stock.img" \
		--smp 2 --timeout 120 || status=$?
	cases "$GUEST_CONSOLE" examples
	ran examples $status
	prepare_judged
	status=0
	guest examples-judged --run examples --kernel "$TEST_BZIMAGE" \
		--initrd "$SCRATCH/judged.img" --smp 2 --mem 512 --timeout 240 ||
		status=$?
	cases "$GUEST_CONSOLE" "examples, judged"
	ran "examples, judged" $status
}

# What winparctl reads, in a guest, and winparctl on it, here.
run_tools()
{
	local status=0 line
	need python3 python3-rich
	prepare_stock
	: >"$SCRATCH/seen.base64"
	guest tools --kernel "$STOCK_VMLINUX" --initrd "$SCRATCH/stock.img" \
		--smp 2 --timeout 120 --lpt "0x378,7,$SCRATCH/lpt" \
		--qemu -serial --qemu "file:$SCRATCH/seen.base64" || status=$?
	cases "$GUEST_CONSOLE" tools
	ran tools $status
	mkdir -p "$SCRATCH/seen"
	tr -d '\r' <"$SCRATCH/seen.base64" | base64 -d |
		tar -C "$SCRATCH/seen" -x || fail "tools: nothing was recorded"
	[[ -z ${WINPAR_LOGS:-} ]] || cp -R "$SCRATCH/seen" "$WINPAR_LOGS/tools.seen"
	while IFS= read -r line; do
		case $line in
		ok\ *) pass "tools: ${line#ok }" ;;
		FAIL\ *) fail "tools: ${line#FAIL }" ;;
		*) note "$line" ;;
		esac
	done < <(cd "$TOP/tests/tools" &&
		WINPAR_SEEN=$SCRATCH/seen /usr/bin/python3 run.py real 2>&1)
}

# watch: read a console from stdin; print a line for each part that has ended and for
# each check that failed.
watch()
{
	local line
	while IFS= read -r line; do
		case $line in
		*'winpar-tell: time '*) progress "part ${line##*: time }" ;;
		*'winpar-case: FAIL '*) progress "${line##*winpar-case: }" ;;
		esac
	done
}

# suite LABEL PARTS KERNEL INITRD OPTION...: run guest/suite with these parts, and check
# the output of its three ports with judge_PART.
suite()
{
	local label=$1 parts=$2 kernel=$3 initrd=$4 status=0 n
	local out=("$SCRATCH/lpt0" "$SCRATCH/lpt1" "$SCRATCH/lpt2")
	shift 4
	guest "${label//[ ,]/-}" --run suite --kernel "$kernel" --initrd "$initrd" \
		--append "winpar.parts=$parts" --trace "$SCRATCH/trace" \
		--lpt "0x378,7,${out[0]}" --lpt "0x278,5,${out[1]}" \
		--lpt "0x268,6,${out[2]}" --watch watch "$@" || status=$?
	cases "$GUEST_CONSOLE" "$label"
	[[ -z ${WINPAR_LOGS:-} ]] ||
		for n in lpt0 lpt1 lpt2 trace; do
			cp "$SCRATCH/$n" "$WINPAR_LOGS/${label//[ ,]/-}.$n"
		done
	for n in ${parts//,/ }; do
		"judge_$n" "$label" "${out[@]}"
	done
	ran "$label" $status
	note "$label: $(grep -aoE 'winpar-tell: time .*' "$GUEST_CONSOLE" |
		sed 's/^winpar-tell: time //' | tr '\n' ';')"
}
# printed LABEL SECTION FILE WANTED-FILE: pass if that section of FILE, a port's output,
# is what WANTED-FILE holds.
printed()
{
	section "$3" "$2" "$SCRATCH/section"
	same_case "$1" "$4" "$SCRATCH/section"
}
judge_clients()
{
	local i
	printf 'Hello from winpar\r\n' >"$SCRATCH/want"
	printed "$1: winpar_hello's line is printed" hello "$2" "$SCRATCH/want"
	for ((i = 0; i <= $(leavers); i++)); do
		say "the next client"
	done >"$SCRATCH/want"
	printed "$1: each client that comes after one that left without a close prints" left "$2" \
		"$SCRATCH/want"
}
judge_rivals()
{
	local name
	for name in lp ppdev both; do
		if [[ $name == both ]]; then
			section "$4" both "$SCRATCH/section"
			take_out_again "$1" "$SCRATCH/trace" both "$SCRATCH/section"
		else
			section "$2" "$name" "$SCRATCH/section"
		fi
		rivals_case "$1" "$name" "$SCRATCH/section" "$GUEST_CONSOLE"
	done
}
judge_wires()
{
	local i
	wires_case "$1" "$SCRATCH/trace"
	printf '%s\n' 'whole job' 'line 1' 'line 2' 'line 3' >"$SCRATCH/want"
	section "$2" own "$SCRATCH/section"
	tr -d '\r' <"$SCRATCH/section" >"$SCRATCH/got"
	same_case "$1: lp's lines came out, and no other byte" "$SCRATCH/want" "$SCRATCH/got"
	for ((i = 0; i < $(kills); i++)); do
		printf '%s\n' 'after open' 'after open b' 'after open lp' \
			'after write' 'after write b' 'after write lp'
	done >"$SCRATCH/want"
	section "$2" killed "$SCRATCH/section"
	tr -d '\r' <"$SCRATCH/section" >"$SCRATCH/got"
	same_case "$1: after a killed job the lines of client b and of lp are printed" \
		"$SCRATCH/want" "$SCRATCH/got"
}
judge_ports()
{
	local i names=(first second third)
	for i in 0 1 2; do
		seq -f "${names[i]}%.0f" 0 199 >"$SCRATCH/want"
		printed "$1: the ${names[i]} port printed its own page" ports \
			"${*:i + 2:1}" "$SCRATCH/want"
	done
}
judge_removal()
{
	local i
	for ((i = 0; i < $(removals); i++)); do
		printf '%s\n' "back $i" "lp $i"
	done >"$SCRATCH/want"
	for ((i = 0; i < $(removals); i++)); do
		section "$2" "back$i" "$SCRATCH/section"
		# The removal cuts off the next round's clients in the middle of a page.
		tr -d '\r' <"$SCRATCH/section" | grep -aE '^(back|lp) ' || :
	done | sed 's/[A-Z]*$//' >"$SCRATCH/got"
	same_case "$1: after each removal the new port prints, for winpar and for lp" \
		"$SCRATCH/want" "$SCRATCH/got"
}

judge_device() { device_cases "$@"; }

# How often guest/part-* repeat a step; run_judged, on a slower kernel, sets less.
LEAVERS=3 KILLS=2 REMOVALS=20 ROUNDS=1000
leavers() { say "$LEAVERS"; }
kills() { say "$KILLS"; }
removals() { say "$REMOVALS"; }
rounds()
{
	say "winpar.rounds=$ROUNDS winpar.leavers=$LEAVERS winpar.kills=$KILLS winpar.removals=$REMOVALS"
}

run_suite()
{
	local parts
	parts=$(parts_of "$lpt_parts" clients,wires,ports,rivals,removal)
	[[ -n $parts ]] || return 0
	prepare_stock
	suite "$1 CPU" "$parts" "$STOCK_VMLINUX" \
		"$SCRATCH/stock.img" --smp "$1" --append "$(rounds)" --timeout 900
}
# Part device prints so many KiB: less on one CPU, which is slower.
run_device()
{
	prepare_stock
	suite "device, 1 CPU" device "$STOCK_VMLINUX" "$SCRATCH/stock.img" \
		--smp 1 --append winpar.device_kib=256 --timeout 600
	suite "device, 2 CPU" device "$STOCK_VMLINUX" "$SCRATCH/stock.img" \
		--smp 2 --append winpar.device_kib=1024 --timeout 600
}
run_judged()
{
	local parts
	parts=$(parts_of "$lpt_parts" clients,wires,rivals,device,removal)
	[[ -n $parts ]] || return 0
	prepare_judged
	LEAVERS=2 KILLS=1 REMOVALS=6 ROUNDS=100
	suite "judged" "$parts" \
		"$TEST_BZIMAGE" "$SCRATCH/judged.img" --smp 2 --mem 512 \
		--append "$(rounds) winpar.device_kib=64" --timeout 900
}

# soft LABEL PARTS KERNEL INITRD OPTION...: run guest/soft, with parts that use a port in
# software (winpar_sim).
soft()
{
	local label=$1 parts=$2 kernel=$3 initrd=$4 status=0
	shift 4
	guest "${label//[ ,]/-}" --run soft --kernel "$kernel" --initrd "$initrd" \
		--append "winpar.parts=$parts" --watch watch "$@" || status=$?
	cases "$GUEST_CONSOLE" "$label"
	ran "$label" $status
	note "$label: $(grep -aoE 'vmstress: seed.*flaws.*' "$GUEST_CONSOLE" |
		tr '\n' ';')"
	note "$label: $(grep -aoE 'winpar-tell: .*' "$GUEST_CONSOLE" |
		sed 's/^winpar-tell: //' | tr '\n' ';')"
}
run_soft()
{
	local parts
	parts=$(parts_of "$soft_parts" leaving,linux,trace,suspend,stress)
	[[ -n $parts ]] || return 0
	prepare_stock
	soft "soft" "$parts" "$STOCK_VMLINUX" "$SCRATCH/stock.img" --smp 2 \
		--append winpar.stress=15 --timeout 600
}
# The parts in which KASAN and lockdep may find a bug, part stress for two minutes. Not part
# suspend: the test kernel is built without it. The log of a run that passes is not kept, so
# that the seed is always the same.
run_soft_judged()
{
	local parts
	parts=$(parts_of "$soft_parts" leaving,trace,stress,late)
	[[ -n $parts ]] || return 0
	prepare_judged
	soft "soft, judged" "$parts" "$TEST_BZIMAGE" "$SCRATCH/judged.img" --smp 2 \
		--mem 512 --append "winpar.stress=120 winpar.seed=${SEED:-1} winpar.watches=6" \
		--append "winpar.patience=120000 log_buf_len=8M" --timeout 1200
}
# SEED: vmstress's seed, to repeat a run; the log of each run has its seed.
run_stress()
{
	local cpus
	prepare_judged
	for cpus in 2 4; do
		soft "stress, $cpus CPU" stress "$TEST_BZIMAGE" \
			"$SCRATCH/judged.img" --smp $cpus --mem 512 \
			--append "winpar.stress=60 winpar.seed=${SEED:-0}" \
			--timeout 600
	done
}

# Run the recipes of docs/tracing.md in a guest, with Debian's trace-cmd, perf and bpftrace.
# Each paragraph of commands there is a recipe.
run_recipes()
{
	local overlay=$SCRATCH/recipes file
	need trace-cmd linux-perf bpftrace
	prepare_stock
	cp -R "$SCRATCH/overlay" "$overlay"
	mkdir -p "$overlay/tests/recipes"
	awk -v out="$overlay/tests/recipes/" '
		/^## / { on = $0 == "## Three recipes" }
		/^    / && on { if (!open) { n++; open = 1 } print substr($0, 5) >(out n) }
		!/^    / { open = 0 }
	' "$TOP/docs/tracing.md"
	while IFS= read -r file; do
		mkdir -p "$overlay${file%/*}"
		cp -L "$file" "$overlay$file"
	done < <(for file in trace-cmd perf bpftrace; do
		file=$(command -v $file)
		say "$file"
		ldd "$file" | grep -o '/[^ ]*'
	done | sort -u)
	mapfile -t kos < <(stock_modules "${modules[@]}"; built)
	initramfs "$SCRATCH/recipes.img" "$overlay" "${kos[@]}"
	soft recipes recipes "$STOCK_VMLINUX" "$SCRATCH/recipes.img" --smp 2 \
		--mem 2048 --timeout 900
}

# selftest.sh tests the functions of lib.sh. It prints its own tally where it is run
# alone; here each of its lines is a result of make vmtest.
run_selftest()
{
	local line n=0
	while IFS= read -r line; do
		case $line in
		ok\ *) pass "harness: ${line#ok   }"; n=1 ;;
		FAIL\ *) fail "harness: ${line#FAIL }"; n=1 ;;
		*) say "$line" ;;
		esac
	done < <(WINPAR_TALLY='' "$VM/selftest.sh" 2>&1 || :)
	((n)) || fail "harness: its own test ended without a result"
}

prepare
for one in "${wanted[@]}"; do
	progress "$one ${PARTS:+($PARTS) }..."
	case $one in
	demo) run_demo ;;
	load) run_load ;;
	simclient) run_simclient ;;
	examples) run_examples ;;
	sources) run_sources ;;
	lacking) run_lacking ;;
	modes) run_modes ;;
	suite-1) run_suite 1 ;;
	suite-2) run_suite 2 ;;
	device) run_device ;;
	judged) run_judged ;;
	soft) run_soft ;;
	soft-judged) run_soft_judged ;;
	tools) run_tools ;;
	stress) run_stress ;;
	soak) run_soak ;;
	fuzz) run_fuzz ;;
	recipes) run_recipes ;;
	selftest) run_selftest ;;
	esac
done
tally vmtest
