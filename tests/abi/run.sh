#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The ABI: every offset, size and value of winpar's headers against mingw-w64's
# own headers and against the published tables (layout.tsv, values.tsv), for 32
# and for 64 bits; and the pins of include/winpar/abi_check.h against the tables.
# What these headers have and the published tables leave out is in tables of winpar's
# own (own-*.tsv): each request, structure and constant has to be in one of them.
# Then the checks run on headers with one mistake each, which they have to notice.

# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

HERE=$TOP/tests/abi
# shellcheck source=tests/abi/ddk.sh
. "$HERE/ddk.sh"
PUBLISHED=$TOP/../shared/abi
DDK=/usr/share/mingw-w64/include/ddk
# What mingw-w64's headers do not have; anything else missing there is an error.
ONLY_TABLES='^(PARALLEL_INTERRUPT_INFORMATION|ECR_|ECP_SPAN|DCR_OFFSET|HW_MODE_)'
ONLY_TABLES+='|^(MAXUSHORT|MAXULONG)$'
HEADERS=(nt parallel ntddpar ntddser)

need gcc gcc-mingw-w64-x86-64 gcc-mingw-w64-i686 mingw-w64-common

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Facts: one number each: name, C expression, its value in 32 and in 64 bits.
facts()
{
	awk -F '\t' -v OFS='\t' '
	FNR == 1 { next }
	NF == 2 { print $1, "(" $1 ")", $2, $2; next }
	$2 == "(whole)" { print $1 " size", "sizeof(" $1 ")", $4, $6; next }
	{
		print $1 "." $2 " offset", "offsetof(" $1 ", " $2 ")", $3, $5
		print $1 "." $2 " size", "sizeof(((" $1 " *)0)->" $2 ")", $4, $6
	}' "$HERE"/{,own-}{layout,values}.tsv
}

# names INCLUDE: what the headers in it define, as the tables' first columns.
names()
{
	(cd "$1/winpar" && perl "$HERE/names.pl" "${HEADERS[@]/%/.h}") | sort -u
}

# unpinned INCLUDE: print the names of the headers in INCLUDE that no table has, and the
# string constants whose text differs from the table's.
unpinned()
{
	names "$1" | comm -23 - <(awk -F '\t' '
		FNR == 1 { next }
		FILENAME ~ /text/ { print "text", $1, $2; next }
		FILENAME ~ /layout/ { print "layout", $1, $2; next }
		{ print "value", $1 }' "$HERE"/{,own-}{layout,values}.tsv \
		"$HERE/own-text.tsv" | sort)
}

# source_of PRELUDE [ABSENT]: a program whose assembly tells each fact. Line
# numbers are the facts', so that errors name the fact.
source_of()
{
	cat "$1"
	awk -F '\t' -v absent="${2:-}" '
	BEGIN { while (absent != "" && (getline n < absent) > 0) skip[n] = 1 }
	FNR in skip { next }
	{
		printf "#line %d \"fact\"\n", FNR
		printf "void fact_%d(void) { asm volatile(\".ascii \\\"->%d %%c0\\\"\" : : \"i\" ((unsigned int)%s)); }\n", FNR, FNR, $2
	}' "$tmp/facts"
}

# numbers: read an assembly from stdin; print the number and the value of each fact.
numbers()
{
	awk '
	match($0, /->[0-9]+ -?[0-9]+"/) {
		split(substr($0, RSTART + 2, RLENGTH - 3), part, " ")
		value = part[2] < 0 ? part[2] + 4294967296 : part[2]
		printf "%d\t%.0f\n", part[1], value
	}'
}

# of_mingw BITS COMPILER: what mingw-w64 says, into mingw.BITS; what it does not
# have, into absent.BITS
of_mingw()
{
	local bits=$1 cc=$2
	local -a flags=(-std=gnu11 -O1 -I "$DDK")

	source_of "$tmp/mingw.h" >"$tmp/probe.c"
	"$cc" "${flags[@]}" -fsyntax-only -fmax-errors=0 "$tmp/probe.c" \
		2>"$tmp/err" || true
	sed -n 's/^fact:\([0-9]*\):.*error:.*/\1/p' "$tmp/err" |
		sort -nu >"$tmp/absent.$bits"
	source_of "$tmp/mingw.h" "$tmp/absent.$bits" >"$tmp/probe.c"
	"$cc" "${flags[@]}" -S -o "$tmp/probe.s" "$tmp/probe.c" ||
		die "$cc does not take mingw-w64's own headers"
	numbers <"$tmp/probe.s" >"$tmp/mingw.$bits"
}

# of_winpar BITS INCLUDE OUTPUT: write the facts of the headers in INCLUDE to OUTPUT.
of_winpar()
{
	source_of "$tmp/winpar.h" >"$tmp/probe.c"
	gcc "-m$1" -std=gnu11 -O1 -ffreestanding -I "$2" -S -o "$tmp/probe.s" \
		"$tmp/probe.c" 2>"$tmp/err" || return 1
	numbers <"$tmp/probe.s" >"$3"
}

# compare BITS OURS: a line for each fact that is not the same everywhere, and
# last the figures: compared with mingw-w64, with the tables only, different
compare()
{
	awk -F '\t' -v bits="$1" -v only="$ONLY_TABLES" '
	function number(s,    n, i) {
		if (s !~ /^0x/)
			return s + 0
		for (i = 3; i <= length(s); i++)
			n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return n
	}
	FILENAME == ARGV[1] { ours[$1] = $2; next }
	FILENAME == ARGV[2] { theirs[$1] = $2; next }
	{
		table = number(bits == 32 ? $3 : $4)
		said = ""
		if (FNR in theirs) {
			both++
			if (theirs[FNR] != table)
				said = ", mingw-w64 " theirs[FNR]
		} else {
			alone++
			if ($1 !~ only)
				said = ", not in mingw-w64"
		}
		if (!(FNR in ours))
			said = said ", winpar has none"
		else if (ours[FNR] != table)
			said = said ", winpar " ours[FNR]
		if (said != "") {
			different++
			printf "%s, %d bit: table %.0f%s\n", $1, bits, table, said
		}
	}
	END { print both + 0, alone + 0, different + 0 }
	' "$2" "$tmp/mingw.$1" "$tmp/facts"
}

# pins HEADER TABLE: the pins of abi_check.h in the table's form, sorted
pins()
{
	if [[ $2 == layout ]]; then
		sed -nE 's/^WINPAR_(SIZE|LAYOUT)\((.*)\);$/\1, \2/p' "$1" |
			awk -F ', ' -v OFS='\t' '
			$1 == "SIZE" { print $2, "(whole)", 0, $3, 0, $4; next }
			{ print $2, $3, $4, $5, $6, $7 }'
	else
		sed -nE 's/^WINPAR_VALUE\((.*), (.*)\);$/\1\t\2/p' "$1"
	fi | sort
}

# pins_compile BITS INCLUDE: does abi_check.h hold?
pins_compile()
{
	gcc "-m$1" -std=gnu11 -ffreestanding -fsyntax-only -Wall -Wextra -Werror \
		-I "$2" -x c - <<<'#include <winpar/abi_check.h>' 2>"$tmp/err"
}

facts >"$tmp/facts"
cat >"$tmp/mingw.h" <<'END'
#include <stddef.h>
#include <ntddk.h>
#include <parallel.h>
#include <ntddpar.h>
#include <ntddser.h>
END
cat >"$tmp/winpar.h" <<'END'
#include <winpar/nt.h>
#include <winpar/parallel.h>
#include <winpar/ntddpar.h>
#include <winpar/ntddser.h>
END
of_mingw 32 i686-w64-mingw32-gcc
of_mingw 64 x86_64-w64-mingw32-gcc

# The tables, and the pins against them.
for table in layout values; do
	if [[ -d $PUBLISHED ]]; then
		if cmp -s "$HERE/$table.tsv" "$PUBLISHED/$table.tsv"; then
			pass "$table.tsv: the published one"
		else
			fail "$table.tsv: not the published one"
		fi
	fi
	pins "$TOP/include/winpar/abi_check.h" "$table" >"$tmp/pins"
	if tail -qn +2 "$HERE"/{,own-}"$table.tsv" | sort |
	   diff - "$tmp/pins" >"$tmp/diff" && [[ -s $tmp/pins ]]; then
		pass "$table: $(wc -l <"$tmp/pins") pins, each as the table has it"
	else
		fail "$table: pins and table disagree"
		cat "$tmp/diff" >&2
	fi
done

unpinned "$TOP/include" >"$tmp/unpinned"
if [[ -s $tmp/unpinned ]]; then
	sed 's/^/     /' "$tmp/unpinned" >&2
	fail "the headers define what no table pins: $(wc -l <"$tmp/unpinned") names"
else
	pass "each of $(names "$TOP/include" | wc -l) names in ${HEADERS[*]} is pinned"
fi
perl "$HERE/names.pl" "$DDK/parallel.h" "$DDK/../ntddpar.h" | grep '^text' |
	sort >"$tmp/theirs"
if tail -n +2 "$HERE/own-text.tsv" | sed 's/\t/ /; s/^/text /' | sort |
   comm -23 - "$tmp/theirs" >"$tmp/diff" && [[ ! -s $tmp/diff ]]; then
	pass "strings and GUIDs: as in mingw-w64"
else
	cat "$tmp/diff" >&2
	fail "strings and GUIDs: not as in mingw-w64"
fi

# Each header by itself, and the numbers.
compared=0
only=0
differ=0
for bits in 32 64; do
	for header in nt parallel ntddpar ntddser \
		      ddk/wdm ddk/ntddk ddk/parallel ddk/ntddpar ddk/ntddser \
		      ddk/devioctl ddk/initguid ddk/ntstatus ddk/driverspecs; do
		if gcc "-m$bits" -std=gnu11 -ffreestanding -fsyntax-only -Wall \
		       -Wextra -Werror -I "$TOP/include" -x c - \
		       <<<"#include <winpar/$header.h>" 2>"$tmp/err"; then
			pass "$header.h compiles by itself, $bits bit"
		else
			fail "$header.h does not compile by itself, $bits bit"
			cat "$tmp/err" >&2
		fi
	done
	if pins_compile "$bits" "$TOP/include"; then
		pass "abi_check.h holds, $bits bit"
	else
		fail "abi_check.h does not hold, $bits bit"
		cat "$tmp/err" >&2
	fi
	if ! of_winpar "$bits" "$TOP/include" "$tmp/ours"; then
		fail "winpar's headers lack something, $bits bit"
		cat "$tmp/err" >&2
		differ=$((differ + 1))
		continue
	fi
	compare "$bits" "$tmp/ours" >"$tmp/result"
	read -r both alone different < <(tail -n 1 "$tmp/result")
	compared=$((compared + both))
	only=$((only + alone))
	differ=$((differ + different))
	if ((different == 0 && both > 0)); then
		pass "$bits bit: $both numbers as in mingw-w64, $alone as in the tables"
	else
		fail "$bits bit: $different numbers differ"
		head -n -1 "$tmp/result" >&2
	fi
done

# mistake BITS HEADER SED FACT: with this one mistake in a copy of the header the
# pins do not hold, and the comparison names the fact.
mistake()
{
	local bits=$1 header=$2 script=$3 fact=$4

	rm -rf "$tmp/include"
	cp -r "$TOP/include" "$tmp/include"
	sed -i "$script" "$tmp/include/winpar/$header"
	if cmp -s "$TOP/include/winpar/$header" "$tmp/include/winpar/$header"; then
		fail "mistake in $fact: could not be made"
	elif pins_compile "$bits" "$tmp/include" ||
	     ! grep -q 'static assertion failed' "$tmp/err"; then
		fail "mistake in $fact: abi_check.h does not notice"
	elif ! of_winpar "$bits" "$tmp/include" "$tmp/ours"; then
		fail "mistake in $fact: does not compile"
	else
		compare "$bits" "$tmp/ours" >"$tmp/result"
		if grep -q "^$fact, " "$tmp/result"; then
			pass "mistake in $fact, $bits bit: noticed"
		else
			fail "mistake in $fact: the comparison does not notice"
		fi
	fi
}

mistake 32 nt.h 's/^\(typedef s64 LONGLONG\) .*/\1;/' \
	"PARALLEL_PNP_INFORMATION size"
mistake 64 parallel.h 's/UCHAR Port;/USHORT Port;/' \
	"PARALLEL_1284_COMMAND.Port size"
mistake 32 parallel.h '/ULONG FifoDepth;/{N;s/\(.*\)\n\(.*\)/\2\n\1/}' \
	"PARALLEL_PNP_INFORMATION.FifoWidth offset"
mistake 64 nt.h 's/0xc0000184/0xc0000185/' STATUS_INVALID_DEVICE_STATE
mistake 64 parallel.h 's/CODE(37)/CODE(36)/' IOCTL_INTERNAL_LOCK_PORT

# planted HEADER SED NAME: a name that no table has.
planted()
{
	rm -rf "$tmp/include"
	cp -r "$TOP/include" "$tmp/include"
	sed -i "$2" "$tmp/include/winpar/$1"
	if unpinned "$tmp/include" | grep -qxF "$3"; then
		pass "a name that no table pins: $3 is noticed"
	else
		fail "a name that no table pins: $3 is not noticed"
	fi
}

planted ntddser.h '/^typedef struct _SERIAL_TIMEOUTS/i #define IOCTL_SERIAL_PLANTED 1' \
	"value IOCTL_SERIAL_PLANTED"
planted parallel.h 's/^\tULONG FifoDepth;/&\n\tULONG Planted;/' \
	"layout PARALLEL_PNP_INFORMATION Planted"
planted parallel.h 's/^typedef enum _PARALLEL_SAFETY {/&\n\tPLANTED_MODE = 7,/' \
	"value PLANTED_MODE"
planted ntddpar.h '/^typedef struct _PAR_SET_INFORMATION/i typedef struct _PLANTED { ULONG A; } PLANTED;' \
	"layout PLANTED (whole)"
planted ntddpar.h 's/0x97f76ef0/0x97f76ef1/' \
	"text GUID_DEVINTERFACE_PARALLEL 97f76ef1 f883 11d0 af 1f 0 0 f8 0 84 5c"

for bits in 32 64; do
	cc=x86_64-w64-mingw32-gcc
	[[ $bits == 64 ]] || cc=i686-w64-mingw32-gcc
	ddk_clients "$bits" "$cc"
	ddk_judge "$bits" "$cc"
	ddk_words "$bits" "$cc"
	user_judge "$bits" "$cc"
	user_shared "$bits" "$cc"
	# The C library's headers for 32 bits are not on every machine.
	((bits == 32)) || user_programs "$bits"
done

divisions
style
user_statuses
annotations_judge x86_64-w64-mingw32-gcc

say "abi: $compared compared with mingw-w64, $only with the tables only, $differ differ"
tally abi
