# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that check the output of an emulated port, and QEMU's trace of the writes
# to its registers. Sourced, after lib.sh.

# section FILE NAME OUT: write what FILE, a port's output, holds between the heading
# NAME (tests/vm/bin/lptmark.c) and the next heading to OUT.
section()
{
	# The heading is a line of its own after a form feed.
	LC_ALL=C awk -v RS='\f' -v ORS='' -v name="$2" '
		index($0, name "\n") == 1 { print substr($0, length(name) + 2) }
	' "$1" >"$3"
}

# told CONSOLE WORDS: print the last line "winpar-tell: WORDS ..." of the console (tell
# in guest.sh), without these words.
told()
{
	grep -aoE "winpar-tell: $2 .*" "$1" | tail -n1 |
		sed "s/^winpar-tell: $2 //" || :
}
# figure NAME LINE: print the number that follows the word NAME in LINE.
figure() { sed -nE "s/.*\b$1 ([0-9]+).*/\1/p" <<<" $2"; }

# same_case NAME WANT GOT: pass if the files WANT and GOT are equal.
same_case()
{
	local name=$1
	if cmp -s "$2" "$3"; then
		pass "$name"
	else
		say "   $(wc -c <"$2") bytes are wanted, $(wc -c <"$3") are there:" \
			"$({ cmp "$2" "$3" || :; } 2>&1 | grep -oE '(byte|EOF) .*')"
		diff -a <(fold -b -w 78 "$2") <(fold -b -w 78 "$3") |
			cat -v | head -n 8 || :
		fail "$name"
	fi
}

# turn_bytes COUNT: print the bytes of COUNT turns of vmturns, one byte a turn.
turn_bytes()
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 65 + i % 26 }'
}

# shares FILE: print "W L P": how many percent of the turns in FILE were vmturns' (a
# byte), lp's (a line) and ppd's (a byte), from the moment at which all of them have
# begun until the first of them ends; - for one that printed nothing.
shares()
{
	od -An -v -tu1 -w1 "$1" | awk '
	{
		party = $1 >= 65 && $1 <= 90 ? 1 : $1 == 10 ? 2 : $1 == 112 ? 3 : 0
		if (!party)
			next
		n++
		turn[n] = party
		if (!first[party])
			first[party] = n
		last[party] = n
	}
	END {
		from = 1; to = n
		for (p in first) {
			if (first[p] > from) from = first[p]
			if (last[p] < to) to = last[p]
		}
		for (i = from; i <= to; i++)
			count[turn[i]]++
		for (p = 1; p <= 3; p++) {
			share = "-"
			if (first[p])
				share = from > to ? 0 : \
					int(100 * count[p] / (to - from + 1))
			printf("%s%s", share, p < 3 ? " " : "\n")
		}
	}'
}

# strobed TRACE [once]: print the bytes that the ports took, by the trace: whenever nStrobe
# falls the data register's. With once only where the data register was written just before.
strobed()
{
	LC_ALL=C awk -v once="${2:-}" '
	BEGIN { for (i = 0; i < 256; i++) byte[sprintf("0x%02x", i)] = i }
	/parallel_ioport_write/ {
		if ($(NF - 2) == "0x00") data = byte[$NF]
		if ($(NF - 2) == "0x02") {
			# nInit is high, the printer is selected, and nStrobe falls.
			if ($NF ~ /[df]$/ && !low && (!once || before == "0x00"))
				printf "%c", data
			low = $NF ~ /[13579bdf]$/
		}
		before = $(NF - 2)
	}' "$1"
}

# take_out_again LABEL TRACE NAME FILE: take out of FILE, the section NAME of a port that two
# Linux drivers share, the bytes that the port took a second time. The core saves a driver's
# control register after it has released the port: if the next driver has nStrobe low by then,
# the first one's next claim makes nStrobe low again (docs/sharing.md, with or without winpar).
take_out_again()
{
	strobed "$2" >"$SCRATCH/stream"
	section "$SCRATCH/stream" "$3" "$SCRATCH/all"
	strobed "$2" once >"$SCRATCH/stream"
	section "$SCRATCH/stream" "$3" "$SCRATCH/once"
	if cmp -s "$4" "$SCRATCH/all" && ! cmp -s "$4" "$SCRATCH/once"; then
		note "$1: $3: the kernel's own fault: the port took" \
			"$(($(wc -c <"$SCRATCH/all") - $(wc -c <"$SCRATCH/once"))) bytes again"
		cp "$SCRATCH/once" "$4"
	fi
}

# rivals_case LABEL SECTION FILE CONSOLE: pass if FILE, a section of guest/part-rivals,
# has every byte of vmturns, lp and ppd, in order, and each of them had at least a tenth
# of the turns. On a machine with other work a client or a process had 19 to 29 %.
rivals_case()
{
	local label=$1 name=$2 file=$3 line share w l p
	line=$(told "$4" "rivals $name")
	if [[ -z $line ]]; then
		fail "$label: $name: the guest printed no figures (winpar-tell: rivals $name)"
		return
	fi
	w=$(figure winpar "$line")
	l=$(figure lp "$line")
	p=$(figure ppd "$line")
	turn_bytes "$w" >"$SCRATCH/want"
	LC_ALL=C tr -cd '[:upper:]' <"$file" >"$SCRATCH/got"
	same_case "$label: $name: every byte of winpar's client ($w) is there, in order" \
		"$SCRATCH/want" "$SCRATCH/got"
	if ((l)); then
		seq -f 'l%.0f' 0 $((l - 1)) >"$SCRATCH/want"
		tr -cd 'l0-9\n' <"$file" >"$SCRATCH/got"
		same_case "$label: $name: every byte of lp's ($l lines) is there, in order" \
			"$SCRATCH/want" "$SCRATCH/got"
	fi
	if ((p)); then
		printf 'p%.0s' $(seq "$p") >"$SCRATCH/want"
		tr -cd p <"$file" >"$SCRATCH/got"
		same_case "$label: $name: every byte of ppdev's ($p) is there" \
			"$SCRATCH/want" "$SCRATCH/got"
	fi
	: >"$SCRATCH/want"
	LC_ALL=C tr -d '[:upper:]l0-9\n\rp' <"$file" >"$SCRATCH/got"
	same_case "$label: $name: there is no other byte" "$SCRATCH/want" "$SCRATCH/got"

	share=$(shares "$file")
	note "$label: $name: $line; shares in % (winpar lp ppdev): $share"
	if awk '{ for (i = 1; i <= NF; i++)
			if ($i != "-") { n++; if ($i < 10) bad = 1 }
		} END { exit bad || n < 2 }' <<<"$share"; then
		pass "$label: $name: each had at least a tenth of the turns ($share %)"
	else
		fail "$label: $name: each had at least a tenth of the turns: $share %"
	fi
}

# between TRACE FROM TO: print the writes between two marks in the trace, a line each:
# register and value. A mark is a write of the value FROM or TO to the status register,
# which has no effect on the port.
between()
{
	awk -v from="$2" -v to="$3" '/parallel_ioport_write/ {
		reg = $(NF - 2); value = $NF
		if (reg == "0x01" && value == from) { on = 1; next }
		if (reg == "0x01" && value == to) exit
		if (on) print reg, value
	}' "$1"
}
# last_before TRACE MARK REG: print the last value written to register REG before the
# mark.
last_before()
{
	awk -v mark="$2" -v reg="$3" '/parallel_ioport_write/ {
		if ($(NF - 2) == "0x01" && $NF == mark) { print value; exit }
		if ($(NF - 2) == reg) value = $NF
	}' "$1"
}

# wires_case LABEL TRACE: check the trace of guest/part-wires, which says what its marks
# mean.
wires_case()
{
	local label=$1 trace=$2 control data n
	control=$(last_before "$trace" 0x11 0x02)
	data=$(last_before "$trace" 0x11 0x00)
	between "$trace" 0x11 0x12 >"$SCRATCH/writes"
	n=$(wc -l <"$SCRATCH/writes")
	grep -vxE "0x02 $control|0x00 $data" "$SCRATCH/writes" >"$SCRATCH/odd" || :
	if ! grep -q '0x01 .*0x12$' "$trace"; then
		fail "$label: the trace has no marks"
	elif [[ -s $SCRATCH/odd ]]; then
		note "control was $control, data $data; then: $(head -n 8 "$SCRATCH/odd" | tr '\n' ';')"
		fail "$label: no wire moves when no client writes"
	elif ! grep -q '^0x02' "$SCRATCH/writes"; then
		fail "$label: no wire moves when no client writes: there was not even a claim"
	else
		pass "$label: no wire moves when no client writes (control stays $control in $n writes)"
	fi
	own_case "$label: before the client owns the port again control and data are back" \
		"$trace" 0x25
	own_case "$label: control and data are back for the client between two lines of lp" \
		"$trace" 0x29
	lp_case "$label: lp finds its own registers in a whole job" "$trace" \
		0x23 0x24 '0x[01]c'
	lp_case "$label: lp finds its own registers between its lines" "$trace" \
		0x2a 0x2b "$(lp_own "$trace" 0x24 0x29)"
}
# lp_own TRACE FROM TO: print the last value of control that lp wrote, not the client
# (0x1e).
lp_own()
{
	between "$1" "$2" "$3" | awk '$1 == "0x02" && $2 != "0x1e" { value = $2 }
		END { print value ? value : "nothing" }'
}
# own_case NAME TRACE MARK: pass if control and data before the mark are those that the
# client of part-wires wrote. QEMU's trace shows bits 6 and 7 of control as written.
own_case()
{
	local control data
	control=$(last_before "$2" "$3" 0x02)
	data=$(last_before "$2" "$3" 0x00)
	if [[ $control == 0x1e && $data == 0x5a ]]; then
		pass "$1"
	else
		fail "$1: control $control, not 0x1e; data $data, not 0x5a"
	fi
}
# lp_case NAME TRACE FROM TO OWN: between the marks lp has the port again: pass if the
# first value of control matches OWN, and lp strobes without the client's nAutoFd (bit 1).
lp_case()
{
	local first strobes
	between "$2" "$3" "$4" | grep '^0x02' | cut -d' ' -f2 >"$SCRATCH/controls" || :
	first=$(head -n1 "$SCRATCH/controls")
	strobes=$(grep -cxE '0x.[13579bdf]' "$SCRATCH/controls" || :)
	if [[ $first =~ ^$5$ && $strobes -gt 0 ]] &&
	   ! grep -xE '0x.[13579bdf]' "$SCRATCH/controls" | grep -vqxE '0x[01]d'; then
		pass "$1"
	else
		fail "$1: it was $5; its control writes: $(head -n 12 "$SCRATCH/controls" | tr '\n' ' ')"
	fi
}
