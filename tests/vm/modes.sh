# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# run_modes: the bytes that chip mode requests write to the ECR, which QEMU keeps in a
# file; guest/modes has the requests. Sourced, after judge.sh, by run.sh.
#
# The parport core writes the ECR, too: at each claim it restores the value that the new
# owner last had; for an owner without one, 0x34 for lp and 0x14 for winpar, which takes
# the mode out of it. QEMU's ECR always reads as 0x35, so that the low bits that a mode
# request keeps are 0x15.

# steps FILE: print a line for each step of guest/modes, as "a1: 35": the step's mark,
# which guest/modes wrote to the ECR before it, and the bytes written in the step.
steps()
{
	od -An -v -tx1 -w1 "$1" | awk '
		$1 ~ /^[ab]/ { if (line) print line; line = $1 ":"; next }
		line { line = line " " $1 }
		END { if (line) print line }'
}

# MODE_STEPS: the line that steps has to print for each step. A pattern where the order
# of lp's claims and winpar's may differ.
MODE_STEPS='a0: 14 # the core, at the first claim: mode 0
a1: 35 # byte mode
a2: 15 # cleared
a3: 55 # fast Centronics, by its number
a4:  # another mode is set
a5:  # that mode is not set
a6: 15 # cleared
a7:  # reserved: no mode
a8:  # none while none is set
a9: 34 d4 34 35 # the probe of the FIFO, once, and what the ECR read as
aa:  # no ECP mode, it is known
ab: f5 # configuration, with low bits that are not of the mode
ac: 15 # cleared
ad: 35 # the callback
ae: 15 # cleared by the callback
af: 55 # fast Centronics
b0:( 55)*( 34)(( 35| 55))* 55 # the core: lp'\''s, then ours as it was left
b1: 15 # cleared after a turn of lp'\''s
b2: 35 # byte mode
b3: 15 # cleared
b4:(( 15| 34| 35))* 15 # the core: lp'\''s, then as the client left it
b5: 35 # byte mode
b6: 15 # its file is closed: cleared
b7: # the end'

# judge_ecr FILE: pass for each step whose bytes match its line of MODE_STEPS.
judge_ecr()
{
	local want what got number
	steps "$1" >"$SCRATCH/steps"
	while IFS='#' read -r want what; do
		want=${want%"${want##*[! ]}"}
		number=${want%%:*}
		got=$(grep "^$number:" "$SCRATCH/steps" || :)
		if [[ $got =~ ^$want$ ]]; then
			pass "modes: $number:$what: ECR <-${got#*:}"
		else
			fail "modes: $number:$what: ECR <-${got#*:}, not${want#*:}"
		fi
	done <<<"$MODE_STEPS"
	printf '%s\n' 'lp one' 'lp two' >"$SCRATCH/want"
	tr -d '\r' <"$SCRATCH/lpt" >"$SCRATCH/got"
	same_case "modes: lp's lines came out, and no other byte" "$SCRATCH/want" "$SCRATCH/got"
}

# judge_no_ecr FILE TRACE: on a port without an ECR, pass if FILE, the bytes written to
# the ECR's address, has the marks alone, and if no mode request wrote another register.
judge_no_ecr()
{
	local n i from to
	n=$(od -An -v -tx1 -w1 "$1" | grep -c '^ [ab]' || :)
	if ((n == 24 && $(wc -c <"$1") == n)); then
		pass "modes: where there is no ECR nothing is written ($n marks)"
	else
		od -An -v -tx1 "$1" | head -n 8
		fail "modes: where there is no ECR nothing is written: $(wc -c <"$1") bytes, $n marks"
	fi
	# The steps before lp's turn and after it; without step ad, which asks for the
	# callback, so that winpar scans the chain, which writes registers.
	for i in 0xa1-0xad 0xae-0xb0 0xb1-0xb4 0xb5-0xb6; do
		from=${i%-*} to=${i#*-}
		if ! grep -q "0x01 .*$to\$" "$2"; then
			fail "modes: the trace has no mark $to"
			continue
		fi
		between "$2" "$from" "$to" | grep -v '^0x01' >"$SCRATCH/odd" || :
		if [[ -s $SCRATCH/odd ]]; then
			head -n 8 "$SCRATCH/odd"
			fail "modes: requests write no other register ($i)"
		else
			pass "modes: requests write no other register ($i)"
		fi
	done
}

run_modes()
{
	local status=0
	prepare_stock
	guest modes-ecr --run modes --kernel "$STOCK_VMLINUX" \
		--initrd "$SCRATCH/stock.img" --lpt "0x378,7,$SCRATCH/lpt" \
		--ecr "0x77a,$SCRATCH/ecr" --timeout 90 || status=$?
	cases "$GUEST_CONSOLE" "modes, ECR"
	judge_ecr "$SCRATCH/ecr"
	ran "modes, ECR" $status

	# An address that reads as 0xff: parport_pc finds no ECR, but keeps the address.
	status=0
	: >"$SCRATCH/ecr"
	guest modes-none --run modes --kernel "$STOCK_VMLINUX" \
		--initrd "$SCRATCH/stock.img" --lpt "0x378,7,$SCRATCH/lpt" \
		--trace "$SCRATCH/trace" --append winpar.ecr=no \
		--qemu -chardev --qemu "file,id=none,path=$(qq "$SCRATCH/ecr")" \
		--qemu -device \
		--qemu isa-debugcon,iobase=0x77a,readback=0xff,chardev=none \
		--timeout 90 || status=$?
	cases "$GUEST_CONSOLE" "modes, no ECR"
	judge_no_ecr "$SCRATCH/ecr" "$SCRATCH/trace"
	ran "modes, no ECR" $status
}
