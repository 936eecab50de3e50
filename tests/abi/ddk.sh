# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The headers of winpar/ddk against mingw-w64's: each constant, and each offset and
# size of each structure, that both have; and tests/clients by mingw-w64. Sourced by
# run.sh, whose functions it uses.

DDK_HEADERS=(ntstatus ntdef devtypes wdm_ke wdm_ex wdm_rtl wdm_mm wdm_dev wdm_flags wdm_io wdm_pnp wdm_ps wdm_reg wdm_zw csq)
# What differs on purpose (docs/wdm.md): members of the layer's own behind Windows', and
# the sizes of these structures; structures without all of Windows' members; members
# that other versions of Windows have at another offset.
DDK_OWN='^(IRP|DEVICE_OBJECT|FILE_OBJECT|KDPC|KTIMER|DRIVER_EXTENSION) size$'
DDK_OWN+='|\.Winpar |^IRP\.WinparSpare |^KTIMER\.Period offset|^DEVICE_OBJECT\.(Reserved|AlignmentRequirement|DeviceQueue|Dpc) |^IRP\.Tail size'
DDK_OWN+='|^RTL_QUERY_REGISTRY_TYPECHECK|^KSPIN_LOCK|^THREAD_ALL_ACCESS|^DISPATCHER_HEADER\.(Abandoned|Inserted|Size) '
# Macros that are no numbers.
DDK_WORDS='^(UNALIGNED|MdlMapping.*|POOL_FLAG_.*|KeNumberProcessors|CONST|THIS|INLINE|EXTERN_C|FORCEINLINE|NTAPI|FASTCALL'
DDK_WORDS+='|DECLSPEC_.*|WINPAR_.*|Rtl.*|Ke.*|Ex.*|Io(f|Unreg|CreateUnprot).*|Obf.*|PsThreadType|IoFileObjectType|UNICODE_NULL|ANSI_NULL)$'
# Of winpar/user: macros that are no numbers, and how many numbers there are at least.
USER_WORDS='^(INVALID_HANDLE_VALUE|CreateFile)$'
USER_LEAST=130
# The folder that run.sh makes.
: "${tmp:=}"
# Fewer numbers than these mean that the headers were not read as a whole.
DDK_LEAST=250

# ddk_facts INCLUDE: print the facts of the headers in the form of facts(), without
# values.
ddk_facts()
{
	(cd "$1/winpar/ddk" && perl "$HERE/names.pl" "${DDK_HEADERS[@]/%/.h}") |
		sort -u | awk -v words="$DDK_WORDS" -v own="$DDK_OWN" '
		function fact(name, expression) {
			if (name !~ own)
				print name "\t" expression "\t0\t0"
		}
		$1 == "value" && $2 !~ words { fact($2, "(" $2 ")"); next }
		$1 == "layout" && $3 == "(whole)" {
			fact($2 " size", "sizeof(" $2 ")")
			next
		}
		$1 == "layout" {
			fact($2 "." $3 " offset", "offsetof(" $2 ", " $3 ")")
			fact($2 "." $3 " size", "sizeof(((" $2 " *)0)->" $3 ")")
		}'
}

# ddk_compare BITS: a line for each fact that is not the same in both, and last how many
# are.
ddk_compare()
{
	awk -F '\t' '
	FILENAME == ARGV[1] { ours[$1] = $2; next }
	FILENAME == ARGV[2] { theirs[$1] = $2; next }
	!(FNR in theirs) { print $1 ": not in mingw-w64"; next }
	theirs[FNR] != ours[FNR] {
		print $1 ": " ours[FNR] ", mingw-w64 " theirs[FNR]
		next
	}
	{ same++ }
	END { print same + 0 }' "$tmp/ours" "$tmp/mingw.$1" "$tmp/facts"
}

# ddk_differ INCLUDE BITS COMPILER: a line for each number that is not mingw-w64's,
# or that one of the two lacks; last, how many are the same.
ddk_differ()
{
	ddk_facts "$1" >"$tmp/facts"
	printf '#include <%s>\n' stddef.h ntstatus.h ntddk.h >"$tmp/mingw.h"
	printf '#include <%s>\n' stddef.h winpar/ddk/ntddk.h >"$tmp/winpar.h"
	of_mingw "$2" "$3"
	of_winpar "$2" "$1" "$tmp/ours" || cat "$tmp/err"
	ddk_compare "$2"
}

# ddk_judge BITS COMPILER: the cases of ddk_differ, without and with a planted mistake.
ddk_judge()
{
	local same
	ddk_differ "$TOP/include" "$1" "$2" >"$tmp/result"
	same=$(tail -n 1 "$tmp/result")
	if (($(wc -l <"$tmp/result") == 1 && same >= DDK_LEAST)); then
		pass "winpar/ddk, $1 bit: $same numbers as in mingw-w64"
	else
		fail "winpar/ddk, $1 bit: not as in mingw-w64"
		head -n -1 "$tmp/result" >&2
	fi
	rm -rf "$tmp/include"
	cp -r "$TOP/include" "$tmp/include"
	sed -i 's/^\tBOOLEAN PendingReturned;/\tBOOLEAN Planted;\n&/' \
		"$tmp/include/winpar/ddk/wdm_io.h"
	ddk_differ "$tmp/include" "$1" "$2" >"$tmp/result"
	if grep -q '^IRP.PendingReturned offset: ' "$tmp/result"; then
		pass "mistake in winpar/ddk, $1 bit: noticed"
	else
		fail "mistake in winpar/ddk, $1 bit: not noticed"
	fi
}

# ddk_clients BITS COMPILER: each source of tests/clients and tests/bench/wdm compiles for Windows, too, and so
# does the source "before" of docs/porting.md.
ddk_clients()
{
	local file
	# shellcheck disable=SC2016
	sed -n '/^```c$/,/^```$/p;/^```$/q' "$TOP/docs/porting.md" | sed '1d;$d' \
		>"$tmp/porting.md.c"
	for file in "$TOP"/tests/clients/*/*.c "$TOP"/tests/bench/wdm/*.c \
		    "$tmp/porting.md.c"; do
		# What a build for Linux has left.
		[[ $file != *.mod.c ]] || continue
		if "$2" -I "$DDK" -include "$TOP/tests/clients/mingw.h" -Wall -Wextra \
			-Werror -Wno-unknown-pragmas -fsyntax-only "$file" \
			2>"$tmp/err"; then
			pass "${file##*/} compiles for Windows, $1 bit"
		else
			fail "${file##*/} does not compile for Windows, $1 bit"
			cat "$tmp/err" >&2
		fi
	done
	for file in "$TOP"/tests/clients/*/program/*.c; do
		if "$2" -Wall -Wextra -Werror -fsyntax-only "$file" \
			2>"$tmp/err"; then
			pass "${file#"$TOP/"} compiles for Windows, $1 bit"
		else
			fail "${file#"$TOP/"} does not compile for Windows, $1 bit"
			cat "$tmp/err" >&2
		fi
	done
}

# The macros of mingw-w64's headers that are no annotations for a client's source.
DDK_NO_ANNOTATIONS='^(__in(ner|ternal)_|_CRT_|_Csalcat|_Group_|_Format_string_impl_|_SA_|__SPECSTRINGS|_[A-Z0-9_]+_?$)'
# Fewer than these mean that the headers were not read.
ANNOTATIONS_LEAST=400

# ddk_annotations COMPILER INCLUDE: print each annotation that mingw-w64's headers have and
# winpar/ddk lacks, and last how many it has.
ddk_annotations()
{
	local file
	for file in sal concurrencysal specstrings driverspecs; do
		say "#include <$file.h>"
	done | "$1" -E -dM -x c - 2>/dev/null | awk '{ sub(/\(.*/, "", $2); print $2 }' |
		grep -E '^(_[A-Z]\w*_|__(in|out|inout|deref|drv|bcount|ecount)\w*)$' |
		grep -vE "$DDK_NO_ANNOTATIONS" | sort -u >"$tmp/annotations"
	gcc -I "$2" -include winpar/ddk/msvc.h -E -dM -x c - <<<'#include <winpar/ddk/wdm.h>' 2>"$tmp/err" |
		awk '{ sub(/\(.*/, "", $2); print $2 }' | sort -u >"$tmp/ours"
	comm -23 "$tmp/annotations" "$tmp/ours"
	comm -12 "$tmp/annotations" "$tmp/ours" | wc -l
}

# ddk_words BITS COMPILER: a source in the words of several ages compiles for both systems.
ddk_words()
{
	cat >"$tmp/words.c" <<'END'
#include <wdm.h>

__drv_dispatchType(IRP_MJ_CREATE) DRIVER_DISPATCH WordsCreate;
_Function_class_(DRIVER_DISPATCH) _IRQL_requires_max_(PASSIVE_LEVEL) DRIVER_DISPATCH WordsClose;

int WordsEqual(__in const GUID *One, __in_opt LPCGUID Other)
{
	return IsEqualGUID(One, Other) && InlineIsEqualGUID(One, Other);
}
END
	if "$2" -I "$DDK" -include "$TOP/tests/clients/mingw.h" -Wall -Wextra -Werror \
		-fsyntax-only "$tmp/words.c" 2>"$tmp/err" &&
	   gcc "-m$1" -std=gnu11 -ffreestanding -fsyntax-only -Wall -Wextra -Werror \
		-I "$TOP/include" -idirafter "$TOP/include/winpar/ddk" -include stddef.h \
		-include winpar/ddk/msvc.h "$tmp/words.c" 2>"$tmp/err"; then
		pass "annotations old and new, and IsEqualGUID, $1 bit: as in mingw-w64"
	else
		fail "annotations old and new, and IsEqualGUID, $1 bit: do not compile"
		cat "$tmp/err" >&2
	fi
}

# divisions: a source for i386 that divides numbers of 64 bits finds each function that gcc
# has it call, and gets what a machine of 64 bits calculates. A program without a library.
divisions()
{
	cat >"$tmp/divide.c" <<'END'
typedef unsigned long long u64;
typedef long long s64;

static u64 div64_u64(u64 number, u64 by)
{
	u64 quotient = 0, rest = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		rest = rest << 1 | (number >> bit & 1);
		if (rest >= by) {
			rest -= by;
			quotient |= 1ull << bit;
		}
	}
	return quotient;
}

static s64 div64_s64(s64 number, s64 by)
{
	u64 quotient = div64_u64(number < 0 ? -number : number, by < 0 ? -by : by);

	return (number < 0) == (by < 0) ? (s64)quotient : -(s64)quotient;
}

#ifdef __i386__
#include "winpar/ddk/divide.h"
#endif

static volatile s64 signed_numbers[] = { 116444736000000000LL, -116444736000000007LL };
static volatile u64 numbers[] = { 0xfedcba9876543210ull, 10000000 };

static int differ(void)
{
	s64 both = signed_numbers[1];
	u64 more = numbers[0];

	return signed_numbers[0] / -10000 != -11644473600000LL ||
	       signed_numbers[1] % 10000 != -7 ||
	       numbers[0] / numbers[1] != 1836475854449ull || numbers[0] % 1000 != 720 ||
	       both / signed_numbers[0] != -1 || both % signed_numbers[0] != -7 ||
	       more / 4294967297ull != 4275878551ull || more % 4294967297ull != 2004318073ull;
}

void _start(void)
{
	int status = differ();

#ifdef __i386__
	__asm__ volatile("int $0x80" : : "a"(1), "b"(status));
#else
	__asm__ volatile("syscall" : : "a"(60), "D"(status));
#endif
}
END
	local bits
	local -a kernels
	for bits in 64 32; do
		# Linux's kernel passes arguments so on i386.
		kernels=()
		((bits == 64)) || kernels=(-mregparm=3 -freg-struct-return)
		if gcc "-m$bits" -mno-sse -O2 -ffreestanding -fno-stack-protector -fno-pie -no-pie \
			-nostdlib -static "${kernels[@]}" \
			-I "$TOP/include" -o "$tmp/divide" "$tmp/divide.c" 2>"$tmp/err" &&
		   "$tmp/divide"; then
			pass "numbers of 64 bits are divided, $bits bit"
		else
			fail "numbers of 64 bits are not divided, $bits bit"
			cat "$tmp/err" >&2
		fi
	done
}

# annotations_judge COMPILER: the cases of ddk_annotations, without and with a planted mistake.
annotations_judge()
{
	ddk_annotations "$1" "$TOP/include" >"$tmp/result"
	if (($(wc -l <"$tmp/result") == 1 && $(tail -n 1 "$tmp/result") >= ANNOTATIONS_LEAST)); then
		pass "winpar/ddk: the $(tail -n 1 "$tmp/result") annotations of mingw-w64"
	else
		fail "winpar/ddk: annotations of mingw-w64 are missing"
		head -n -1 "$tmp/result" >&2
	fi
	rm -rf "$tmp/include"
	cp -r "$TOP/include" "$tmp/include"
	sed -i '/__drv_dispatchType(/d' "$tmp/include/winpar/ddk/driverspecs.h"
	if ddk_annotations "$1" "$tmp/include" | grep -x __drv_dispatchType >"$tmp/result"; then
		pass "an annotation that winpar/ddk lacks: noticed"
	else
		fail "an annotation that winpar/ddk lacks: not noticed"
	fi
}

# user_programs BITS: each program of tests/clients compiles for Linux, too, with
# winpar/user.
user_programs()
{
	local file user=$TOP/include/winpar/user
	for file in "$TOP"/tests/clients/*/program/*.c "$user/windows.c"; do
		if gcc "-m$1" -Wall -Wextra -Werror -I "$user" -c -o "$tmp/program.o" \
			"$file" 2>"$tmp/err"; then
			pass "${file#"$TOP/"} compiles for Linux, $1 bit"
		else
			fail "${file#"$TOP/"} does not compile for Linux, $1 bit"
			cat "$tmp/err" >&2
		fi
	done
}

# style: the flags of ddk.mk let pass what is common in Windows sources, and Linux's build warns
# of, or refuses.
style()
{
	cat >"$tmp/style.mk" <<'END'
src := .
obj := .
FORCE:
include $(WINPAR)/include/winpar/ddk.mk
flags:
	@echo $(filter -W%,$(winpar-flags))
END
	cat >"$tmp/style.c" <<'END'
#pragma alloc_text(INIT, Style)
/* A comment /* in a comment. */
static const char built[] = __DATE__ " " __TIME__;
int Style(const char **Text)
{
	int unused;
	*Text = built;
	return 'elyS';
}
END
	local flags
	read -ra flags < <(make -s -C "$tmp" -f style.mk WINPAR="$TOP" flags)
	if gcc -std=gnu11 -Wall -Wstrict-prototypes -Wmissing-prototypes -Werror -Werror=date-time \
		-fsyntax-only "${flags[@]}" "$tmp/style.c" 2>"$tmp/err"; then
		pass "a source in the style of Windows has no warning"
	else
		fail "a source in the style of Windows has warnings"
		cat "$tmp/err" >&2
	fi
}

# user_shared BITS COMPILER: a header that driver and program share compiles for the program
# on both systems, and for the driver, and its structure has the same size everywhere.
user_shared()
{
	local user=$TOP/include/winpar/user
	cat >"$tmp/shared.h" <<'END'
#define IOCTL_SHARED CTL_CODE(FILE_DEVICE_SCANNER, 0x800, METHOD_NEITHER, FILE_READ_DATA | FILE_WRITE_DATA)
DEFINE_GUID(GUID_SHARED, 0x6d1b9f42, 0x8c0b, 0x4b9c, 0x9e, 0x1b, 0x2a, 0x3c, 0x54, 0xf6, 0xa7, 0xd1);
#include <pshpack1.h>
typedef struct _SHARED {
	UCHAR Kind;
	LARGE_INTEGER Time;
	ULARGE_INTEGER Bytes;
	ULONGLONG Count;
	WCHAR Name[8];
} SHARED, *PSHARED;
#include <poppack.h>
END
	cat >"$tmp/shared.c" <<'END'
#include "shared.h"

typedef char shared_is_packed[sizeof(SHARED) == 41 ? 1 : -1];
int shared(const GUID *Guid, PSHARED Shared)
{
	return IsEqualGUID(Guid, &GUID_SHARED) && METHOD_FROM_CTL_CODE(IOCTL_SHARED) == METHOD_NEITHER &&
	       DEVICE_TYPE_FROM_CTL_CODE(IOCTL_SHARED) == FILE_DEVICE_SCANNER && Shared->Time.u.LowPart;
}
END
	sed '1i #include <windows.h>\n#include <winioctl.h>\n#include <initguid.h>' "$tmp/shared.c" \
		>"$tmp/program.c"
	sed '1i #include <wdm.h>\n#include <initguid.h>' "$tmp/shared.c" >"$tmp/driver.c"
	if "$2" -Wall -Wextra -Werror -fsyntax-only "$tmp/program.c" 2>"$tmp/err" &&
	   gcc "-m$1" -ffreestanding -Wall -Wextra -Werror -fsyntax-only -idirafter "$user" \
		"$tmp/program.c" 2>"$tmp/err" &&
	   "$2" -I "$DDK" -Wall -Wextra -Werror -fsyntax-only "$tmp/driver.c" 2>"$tmp/err" &&
	   gcc "-m$1" -std=gnu11 -ffreestanding -fsyntax-only -Wall -Wextra -Werror \
		-I "$TOP/include" -idirafter "$TOP/include/winpar/ddk" -include stddef.h \
		-include winpar/ddk/msvc.h "$tmp/driver.c" 2>"$tmp/err"; then
		pass "a header that driver and program share, $1 bit: compiles for both"
	else
		fail "a header that driver and program share, $1 bit: does not compile"
		cat "$tmp/err" >&2
	fi
}

# user_statuses: a program gets an error of its own for each failure of docs/statuses.md.
user_statuses()
{
	# shellcheck disable=SC2016
	sed -nE 's/^\| `(STATUS_\w+)` \| `(0x[89c]\w+)`.*/\1 \2/p' "$TOP/docs/statuses.md" \
		>"$tmp/statuses"
	while read -r name number; do
		grep -q "{ $number, ERROR_.*/\* $name \*/" "$TOP/include/winpar/user/windows.c" ||
			say "$name"
	done <"$tmp/statuses" >"$tmp/result"
	if [[ -s $tmp/statuses && ! -s $tmp/result ]]; then
		pass "winpar/user: an error for each of $(wc -l <"$tmp/statuses") failures"
	else
		fail "winpar/user: no error for a failure"
		cat "$tmp/result" >&2
	fi
}

# user_judge BITS COMPILER: the constants and types of winpar/user, which programs
# include, against mingw-w64's.
user_judge()
{
	local same
	(cd "$TOP/include/winpar" &&
	 perl "$HERE/names.pl" user/{windows,winioctl,guiddef}.h ddk/devtypes.h) |
		sort -u | awk -v words="$USER_WORDS" '
		$1 == "value" && $2 !~ words { print $2 "\t((long long)(" $2 "))\t0\t0" }
		$1 == "layout" && $3 == "(whole)" { print $2 " size\tsizeof(" $2 ")\t0\t0"; next }
		$1 == "layout" { print $2 "." $3 " offset\toffsetof(" $2 ", " $3 ")\t0\t0" }
		' >"$tmp/facts"
	printf '#include <%s>\n' stddef.h windows.h winioctl.h >"$tmp/mingw.h"
	printf '#include <%s>\n' stddef.h winpar/user/windows.h \
		winpar/user/winioctl.h >"$tmp/winpar.h"
	of_mingw "$1" "$2"
	of_winpar "$1" "$TOP/include" "$tmp/ours" || cat "$tmp/err"
	ddk_compare "$1" >"$tmp/result"
	same=$(tail -n 1 "$tmp/result")
	if (($(wc -l <"$tmp/result") == 1 && same >= USER_LEAST)); then
		pass "winpar/user, $1 bit: $same numbers as in mingw-w64"
	else
		fail "winpar/user, $1 bit: not as in mingw-w64"
		head -n -1 "$tmp/result" >&2
	fi
}
