# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that check the output of guest/part-device: a client of the parallel device
# and lp print on one port. Sourced, after judge.sh, by run.sh.

# blocks_case NAME FILE SECTION COUNT SIZE: pass if that section of FILE is COUNT blocks
# of vmdevice's, SIZE bytes each, and lp's bytes ($SCRATCH/lp) before, between and after
# them. Sets BLOCKS to the line that blocks.pl prints.
blocks_case()
{
	local name=$1
	shift
	if BLOCKS=$(perl "$VM/blocks.pl" "$@" "$SCRATCH/lp"); then
		pass "$name"
	else
		note "$name: $BLOCKS"
		fail "$name"
	fi
}

# page_case LABEL NAME FILE: pass if the section "page" has all blocks of vmdevice and
# all lines of lp, no line inside a block, and lp had one turn in eight blocks.
page_case()
{
	local label="$1: $2" line size blocks lines turns
	line=$(told "$GUEST_CONSOLE" "device $2")
	if [[ -z $line ]]; then
		fail "$label: the guest printed no figures (winpar-tell: device $2)"
		return
	fi
	size=$(figure size "$line")
	blocks=$(figure blocks "$line")
	lines=$(figure lines "$line")
	seq -f 'l%.0f' 0 $((lines - 1)) >"$SCRATCH/lp"
	blocks_case "$label: every byte of $((blocks * size / 1024)) KiB is there, and of lp's $lines lines, none inside a request" \
		"$3" page "$blocks" "$size"
	turns=$(figure turns "$BLOCKS")
	if ((${turns:-0} * 8 >= blocks)); then
		pass "$label: lp had its turns ($turns between $blocks requests)"
	else
		fail "$label: lp had its turns: ${turns:-none} between $blocks requests"
	fi
}

# locked_case LABEL WHAT SECTION FILE: pass if the section has six blocks, written with
# the port locked, and then lp's line, which waited for the unlock.
locked_case()
{
	local size
	size=$(figure size "$(told "$GUEST_CONSOLE" "device locked")")
	echo "lp's line" >"$SCRATCH/lp"
	blocks_case "$1: $2: every byte is there" "$4" "$3" 6 "${size:-1}"
	if [[ $BLOCKS == *' before 0 between 0 after 10 '* ]]; then
		pass "$1: $2: lp's bytes come after the last of the client's"
	else
		fail "$1: $2: lp's bytes come after the last of the client's: $BLOCKS"
	fi
}

# device_cases LABEL FILE...: check all sections; FILE... is the output of the ports.
device_cases()
{
	local label=$1 line moved total
	printf X >"$SCRATCH/want"
	printed "$label: requests that print nothing print nothing" asked "$2" \
		"$SCRATCH/want"
	page_case "$label" page "$2"
	page_case "$label" polled "$4"
	locked_case "$label" "a lock" locked "$2"
	locked_case "$label" "a lock, no interrupt" locked "$4"
	locked_case "$label" "a lock without selecting" bare "$2"
	locked_case "$label" "a lock without selecting, no interrupt" bare "$4"

	printf '%s\n' 'lp has the port' 'lp goes on' 'lp has it again' \
		'lp goes on' 'lp has it again' 'lp lets go' 'lp again' >"$SCRATCH/lp"
	blocks_case "$label: what lp and a client that waited for it printed" \
		"$2" waiting 1 100

	line=$(told "$GUEST_CONSOLE" "device cancelled")
	moved=$(figure moved "$line")
	total=$(figure of "$line")
	{
		perl "$VM/blocks.pl" -b 0 "${total:-0}" >"$SCRATCH/whole"
		head -c "${moved:-0}" "$SCRATCH/whole"
		perl "$VM/blocks.pl" -b 0 100
		echo "lp's line"
	} >"$SCRATCH/want"
	perl "$VM/blocks.pl" -s "$2" cancelled >"$SCRATCH/got" || :
	same_case "$label: a cancelled write printed as much as it says (${moved:-?} of ${total:-?} bytes)" \
		"$SCRATCH/want" "$SCRATCH/got"

	printf '%s\n' 'lp 1' 'lp 2' >"$SCRATCH/lp"
	blocks_case "$label: lp, and the next client, after clients that left" \
		"$2" leaving 1 100
}
