# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What run.sh, which sources it, runs where memory fails or input is hostile: make soak,
# make fuzz, and lacking. make soak is part stress for SECS seconds in all, under a kernel
# with KASAN, lockdep, DEBUG_OBJECTS and kmemleak, and under one with KCSAN; each on two CPUs
# and on four, on ports in software and on emulated LPTs; with allocations that fail. With
# KASAN whole pages fail, too, and a driver on winpar_wdm takes part. Every choice of the
# clients and of the guest's script comes from SEED, which is printed. SOAK names some of the
# eight guests.
# run.sh has the array modules.
# shellcheck disable=SC2154

soak_guests=(soak-sim-2 soak-lpt-2 soak-sim-4 soak-lpt-4
	kcsan-sim-2 kcsan-lpt-2 kcsan-sim-4 kcsan-lpt-4)
# A round is part stress for so many seconds; one allocation in so many fails.
SOAK_ROUND=60
SOAK_FAIL=2

# soak_prepare KIND: build that kernel and the modules, which tell kcov where they are. With
# UBSAN, gcc takes READ_ONCE() of a bool for a plain read, and KCSAN reports it.
soak_prepare()
{
	local plain=()
	other_kernel "$1"
	[[ ! -e $SCRATCH/$1.img ]] || return 0
	[[ $1 != kcsan ]] || plain=(UBSAN_SANITIZE=n)
	build_tree "$TEST_KDIR" "$1" WINPAR_SIM=m WINPAR_VMTEST=m WINPAR_WDM=m \
		WINPAR_CLIENTS=m KCOV_INSTRUMENT=y "${plain[@]}"
	mkdir -p "$SCRATCH/$1-splat"
	cp "$VM"/splat/* "$SCRATCH/$1-splat"
	make -s -C "$TEST_KDIR" M="$SCRATCH/$1-splat" modules >"$SCRATCH/splat.log" 2>&1 ||
		{ cat "$SCRATCH/splat.log" >&2; die "splat.ko does not build"; }
	mapfile -t kos < <(test_modules "${modules[@]}"; built)
	initramfs "$SCRATCH/$1.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$BUILT"/wdm/winpar_wdm.ko "$BUILT"/tests/clients/wpdevice/wpdevice.ko \
		"$SCRATCH/$1-splat/splat.ko"
}

# races MODULES FILE: print FILE, a console, without kmemleak's announcements (part judges
# reads what it has found), without the calls that the kernel prints when memory fails for its
# sysctls or for a module's folder in sysfs (a driver's link is made in the root of sysfs then,
# and stays there), without what the workqueues' watchdog says while part judges has splat hold
# up work, and without what it says of KCSAN's reports of other code: none of the three
# innermost functions of an access is in a module whose name begins with MODULES. The
# innermost may be one of the kernel's, which has a list of winpar's or a lock; but not one of
# races_own, which look without a lock, on purpose, at data of the kernel's own: the clock of
# an interrupt, of which there are two copies, and whether an interrupt's handler runs. Nor
# one of the parport core's: parport_claim() looks without a lock at which driver has the port.
races_own=' ktime_get_mono_fast_ns __synchronize_hardirq '
races()
{
	awk -v modules="$1" -v own="$races_own" '
	function text(line) { sub(/^\[ *[0-9.]+\] ?/, "", line); return line }
	function end(    i) {
		for (i = 0; i < n; i++)
			if (ours || held[i] !~ /BUG: KCSAN|\+0x[0-9a-f]+\/0x/)
				print held[i]
		n = ours = report = 0
	}
	text($0) ~ /^BUG: KCSAN/ { end(); report = 1 }
	/kmemleak: (Kernel memory leak detector|.* new suspected memory leaks)/ { next }
	text($0) ~ /^sysctl could not get directory: / { lacking = 1 }
	text($0) ~ /^sysfs: cannot create duplicate filename .\/\/[a-z]*:/ { lacking = 1 }
	lacking && /Call Trace:/ { lacking = 0; next }
	/winpar-tell: judges: work / { judged = /is held up/ }
	judged && /BUG: workqueue lockup/ { next }
	!report { print; next }
	{ held[n++] = $0 }
	text($0) ~ /^(read|write|race|assert).* 0x[0-9a-f]+ of / { frames = 0 }
	text($0) ~ /^ .*\+0x[0-9a-f]+\/0x/ {
		if (!frames++) {
			innermost = text($0)
			gsub(/^ |\+.*/, "", innermost)
			kernels = index(own, " " innermost " ") ||
				  index($0, "[parport]")
		}
		if (frames <= 3 && !kernels && index($0, "[" modules))
			ours = 1
	}
	text($0) ~ /^=+$/ { end() }
	END { end() }' "$2"
}

# soak_guest NAME SECONDS SEED
soak_guest()
{
	local name=$1 secs=$2 kind port cpus rounds parts='' status=0 i lpt=() more=()
	IFS=- read -r kind port cpus <<<"$name"
	soak_prepare "$kind"
	rounds=$(((secs + SOAK_ROUND - 1) / SOAK_ROUND))
	for ((i = 0; i < rounds; i++)); do
		parts+=,stress
	done
	[[ $kind == kcsan ]] || more=(--append "winpar.node=1 winpar.pages=$SOAK_FAIL")
	[[ $port == sim ]] ||
		lpt=(--lpt "0x378,7,/dev/null" --lpt "0x278,5,/dev/null")
	guest "$name" --run soft --kernel "$TEST_KDIR/arch/x86/boot/bzImage" \
		--initrd "$SCRATCH/$kind.img" --smp "$cpus" --mem 512 \
		--append "winpar.parts=judges$parts,judges winpar.port=$port" \
		--append "winpar.stress=$((secs / rounds)) winpar.seed=$3 winpar.ports=2" \
		--append "winpar.fail=$SOAK_FAIL winpar.patience=120000 log_buf_len=8M" \
		--append "slub_debug=A,kmalloc-*" \
		--timeout $((secs * 4 + 600)) --watch watch "${more[@]}" "${lpt[@]}" || status=$?
	cases "$GUEST_CONSOLE" "$name"
	races winpar "$GUEST_CONSOLE" >"$SCRATCH/judged.console"
	ran "$name" $status "$SCRATCH/judged.console"
	if [[ $kind == kcsan ]]; then
		races splat "$GUEST_CONSOLE" >"$SCRATCH/judged.console"
		if splats "$SCRATCH/judged.console" >/dev/null; then
			fail "$name: a race in a module is not seen"
		else
			pass "$name: a race in a module is seen"
		fi
	fi
	# The guest's script prints some of these lines once more.
	grep -aoE '(vmstress: seed [0-9]+|winpar-tell: (injected|node)): .*' "$GUEST_CONSOLE" |
		uniq >"$SCRATCH/soaked-now" || :
	cat "$SCRATCH/soaked-now" >>"$SCRATCH/soaked"
	note "$name: $(soak_figures "$SCRATCH/soaked-now")"
}

# soak_figures FILE: print the sums of what vmstress said of itself, and part stress of a
# driver's node and of the memory that failed.
soak_figures()
{
	awk '
	{
		for (i = 2; i <= NF; i++) {
			sub(/,$/, "", $i)
			if ($(i - 1) ~ /^[0-9]+$/) sum[$i] += $(i - 1)
		}
	}
	END {
		printf "%d calls, %d requests, %d grants, %d refusals, %d removals, %d flaws, ",
			sum["calls"], sum["requests"], sum["grants"],
			sum["refusals"], sum["removals"], sum["flaws"]
		printf "%d calls of a node, %d allocations and %d pages failed",
			sum["commands"], sum["allocations"], sum["pages"]
	}' "$1"
}

# soak_numbers DEFAULT: read SECS, by default DEFAULT, and SEED, by default a random number,
# into the caller's secs and seed.
soak_numbers()
{
	secs=${SECS:-$1} seed=${SEED:-$((SRANDOM % 1000000 + 1))}
	[[ $secs =~ ^[1-9][0-9]*$ && $seed =~ ^[1-9][0-9]*$ ]] ||
		die "SECS and SEED are numbers, from 1 on"
}

run_soak()
{
	local secs seed chosen=() one
	read -ra chosen <<<"${SOAK:-${soak_guests[*]}}"
	known guest "${soak_guests[*]}" "${chosen[@]}"
	soak_numbers 480
	secs=$((secs / ${#chosen[@]}))
	# The shortest of the four steps of part stress takes an eighth.
	((secs >= 20)) || secs=20
	say "   soak: SEED=$seed, $secs s in each of ${#chosen[@]} guests"
	: >"$SCRATCH/soaked"
	for one in "${chosen[@]}"; do
		progress "$one ..."
		soak_guest "$one" "$secs" "$seed"
	done
	if [[ $(soak_figures "$SCRATCH/soaked") != *' 0 refusals'* ]]; then
		pass "soak: allocations have failed"
	else
		fail "soak: no allocation has failed"
	fi
	if [[ $(soak_figures "$SCRATCH/soaked") != *' and 0 pages failed'* ]]; then
		pass "soak: whole pages have failed"
	elif [[ ${chosen[*]} == *soak-* ]]; then
		fail "soak: no whole page has failed"
	fi
	say "   soak: SEED=$seed: $(soak_figures "$SCRATCH/soaked")"
}

# make fuzz: part fuzz for SECS seconds, on as many CPUs as there are, up to four.
run_fuzz()
{
	local secs seed status=0 cpus
	cpus=$(nproc)
	soak_numbers 120
	soak_prepare soak
	say "   fuzz: SEED=$seed"
	guest fuzz --run soft --kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/soak.img" \
		--smp $((cpus < 4 ? cpus : 4)) --mem 512 --timeout $((secs * 4 + 600)) --watch watch \
		--append "winpar.parts=judges,fuzz,judges winpar.fuzz=$secs" \
		--append "winpar.seed=$seed log_buf_len=8M" || status=$?
	cases "$GUEST_CONSOLE" fuzz
	races winpar "$GUEST_CONSOLE" >"$SCRATCH/judged.console"
	ran fuzz $status "$SCRATCH/judged.console"
	grep -aoE '(fuzz: seed [0-9]+: |vmfuzz: [0-9]+ requests).*' "$GUEST_CONSOLE" |
		sed 's/^/   /' || :
}

# Each allocation of the load of each module fails once.
run_lacking()
{
	local status=0
	sources_built
	mapfile -t kos < <(test_modules parport)
	initramfs "$SCRATCH/lacking.img" "$SCRATCH/overlay" "${kos[@]}" \
		"$BUILT/winpar.ko" "$BUILT/sim/winpar_sim.ko" "$BUILT/wdm/winpar_wdm.ko" \
		"$BUILT/tests/vm/modules/vmlack.ko"
	guest lacking --kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/lacking.img" \
		--smp 2 --mem 512 --timeout 900 || status=$?
	note "lacking: $(grep -ao '[a-z_]*: .* failed one by one.*' "$GUEST_CONSOLE" |
		tr '\n' ';')"
	cases "$GUEST_CONSOLE" lacking
	races winpar "$GUEST_CONSOLE" >"$SCRATCH/judged.console"
	ran lacking $status "$SCRATCH/judged.console"
}
