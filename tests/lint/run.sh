#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make lint: checks the style of the tree's own files, runs compilers and checkers on its
# code, and compares documents with sources. With arguments: only the checks named (see
# "checks" below). With FILES='a.c b.h': only these files, by default with the checks
# that need no other file (file_checks). tests/lint/selftest.sh makes a mistake for each
# check, to see that it is noticed.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=tests/rooms.sh
. "$TOP/tests/rooms.sh"
# shellcheck source=tests/lint/compilers.sh
. "$TOP/tests/lint/compilers.sh"
# shellcheck source=tests/lint/documents.sh
. "$TOP/tests/lint/documents.sh"
# shellcheck source=tests/lint/analysis.sh
. "$TOP/tests/lint/analysis.sh"

HERE=$TOP/tests/lint
checks=(selftest checkpatch rules build sparse clang analyzer cppcheck coccinelle waits kernel_doc shellcheck python files
	annotations layering order drawing readme models kernels porting version contract
	manuals statuses reference)
file_checks=(checkpatch rules kernel_doc shellcheck python files annotations layering)
read -ra wanted <<<"$*"
known check "${checks[*]}" "${wanted[@]}"

tmp=$(mktemp -d)
selftest=
lint_cleanup()
{
	[[ -z $selftest ]] || kill "$selftest" 2>/dev/null || :
	rm -rf "$tmp"
}
trap lint_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$TOP"
need git

# verdict NAME FILE: pass when FILE is empty, else fail and show it.
verdict()
{
	if [[ -s $2 ]]; then
		fail "$1: $(wc -l <"$2") findings"
		sed 's/^/     /' "$2" | tee -a "$tmp/said" >&2
	else
		pass "$1"
	fi
}

# ------------------------------------------------------------- which files ---

# The tree's own files: tracked, or new and not ignored.
mapfile -t own < <(git ls-files -co --exclude-standard | sort -u |
	while read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done)
((${#own[@]} > 0)) || die "git lists no files in $TOP"
rooms_found "$ROOM_FILES" '' winpar "${own[@]}"
rooms_found "$WDM_FILES" wdm/ winpar_wdm "${own[@]}"
rooms_found "$SIM_FILES" sim/ winpar_sim "${own[@]}"

# FILES: only these.
read -ra files <<<"${FILES:-}"
if ((${#files[@]})); then
	files=("${files[@]#./}")
	known file "${own[*]}" "${files[@]}"
	own=("${files[@]}")
	((${#wanted[@]})) || wanted=("${file_checks[@]}")
	printf '%s\n' "${own[@]}" | grep -qE '\.[ch]$' ||
		wanted=(rules shellcheck python files)
fi
((${#wanted[@]})) || wanted=("${checks[@]}")

# those PATTERN: print the files to check whose path matches.
those() { printf '%s\n' "${own[@]}" | grep -E "$1" || :; }

# those_rooms: print winpar's; every_room: print those of all modules.
those_rooms() { those "$ROOM_FILES"; }
every_room() { those "$ROOM_FILES|$WDM_FILES|$SIM_FILES"; }

mapfile -t sources < <(those '\.[ch]$')

# code FILE...: print each line as FILE:LINE:TEXT, without comments.
code()
{
	(($#)) || return 0
	perl -0ne '
		s{("(?:\\.|[^"\\])*")|/\*.*?\*/|//[^\n]*}
		 {my $s = $1; my $c = $&; $c =~ s/[^\n]//g; defined $s ? $s : $c}gse;
		my $n = 0;
		for (split /\n/) { $n++; print "$ARGV:$n:$_\n" if /\S/ }' "$@"
}

# ------------------------------------------------- the kernel's own tools ---

# typedefs: the names of the Windows types, the longest of a stem first, as
# checkpatch tries them in this order and ends none of them.
typedefs()
{
	perl -0ne '
		s{/\*.*?\*/|^[ \t]*#.*?$}{}gms;
		1 while s/\{[^{}]*\}//;
		for (/\btypedef\b([^;]*);/g) {
			s/__aligned\(\d+\)//;
			if (/\(\*(\w+)\)/) { print "$1\\b\n"; next }
			/(\w+)\s*$/ && print "$1\\b\n" for split /,/;
		}' include/winpar/*.h include/winpar/ddk/*.h | sort -ru
}

# except_for FILE: print the option for what checkpatch allows in this file only:
# compat.h alone tests kernel versions and wraps the kernel's macros; the macros for a
# row of the request table and of a KUnit case's table use an argument twice. The
# headers for Windows sources are written in Windows' own words, and compile outside
# the kernel, too; so are the clients' sources. wdm/portio.c defines functions by a
# macro. The tracepoints are laid out as the kernel's own are. checkpatch does not take a
# variable with winpar_uninitialized for a declaration (api/request.c).
except_for()
{
	case $1 in
	include/winpar/compat.h)
		printf '%s' --ignore=LINUX_VERSION_CODE,CONSTANT_COMPARISON,EXPORT_SYMBOL ;;
	port/dispatch.h | tests/kunit/fixture.h | tests/kunit/select_test.h)
		printf '%s' --ignore=MACRO_ARG_REUSE ;;
	include/winpar/ddk/*)
		printf '%s' "--ignore=VOLATILE,LINE_SPACING,SPACING,COMPLEX_MACRO,ARCH_DEFINES"
		printf '%s' ",PREFER_DEFINED_ATTRIBUTE_MACRO,UNCOMMENTED_DEFINITION"
		printf '%s' ",MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE" ;;
	tests/clients/*)
		printf '%s' --ignore=COMPARISON_TO_NULL ;;
	tests/bench/wdm/*)
		printf '%s' --ignore=COMPARISON_TO_NULL,VOLATILE ;;
	api/request.c)
		printf '%s' --ignore=LINE_SPACING ;;
	wdm/portio.c)
		printf '%s' --ignore=EXPORT_SYMBOL ;;
	winpar_trace.[ch])
		printf '%s' --ignore=PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE,COMPLEX_MACRO,TRAILING_SEMICOLON ;;
	esac
}

# In a copy of the tree: checkpatch leaves files there, and sed makes WINPAR_EXPORT() an
# EXPORT_SYMBOL_GPL(), so that checkpatch applies its rules to it.
check_checkpatch()
{
	local file except said
	kernel_scripts
	mkdir "$tmp/tree"
	cp --parents -t "$tmp/tree" "${sources[@]}"
	cp .checkpatch.conf "$tmp/tree"
	find "$tmp/tree" -name '*.c' \
		-exec sed -i 's/^WINPAR_EXPORT(/EXPORT_SYMBOL_GPL(/' {} +
	typedefs >"$tmp/typedefs"
	grep -q '^NTSTATUS' "$tmp/typedefs" || die "no typedefs in include/winpar"
	for file in "${sources[@]}"; do
		except=$(except_for "$file")
		# It fails when it has found something, and then says what.
		said=$(cd "$tmp/tree" && perl "$SCRIPTS/checkpatch.pl" \
			--typedefsfile "$tmp/typedefs" ${except:+"$except"} \
			-f "$file" 2>"$tmp/err") || [[ -n $said ]] ||
			said="$file: checkpatch failed: $(head -n 1 "$tmp/err")"
		[[ -z $said ]] || say "$said"
	done >"$tmp/out"
	verdict "checkpatch: ${#sources[@]} files" "$tmp/out"
}

# Words that stand for no one in particular: a comment names the task, the client, the
# driver. A letter in brackets, so that this line does not match.
NO_ONE='\b(who[e]ver|some[b]ody|some[o]ne|any[b]ody|every[b]ody|mean[w]hile)\b'

# Rules of winpar that checkpatch does not have.
check_rules()
{
	those . | grep -vE '^LICENSE$' | xargs -r grep -HnIiE "$NO_ONE" >"$tmp/out" || :
	verdict "no words that name no one" "$tmp/out"
	code "${sources[@]}" | grep -vE '^(include/winpar|tests/clients)/' |
		grep -E '\btypedef\b' >"$tmp/out" || :
	verdict "typedefs in the ABI headers only" "$tmp/out"
	code "${sources[@]}" | grep -v '^include/winpar/compat\.h:' |
		grep -E '\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b' >"$tmp/out" || :
	verdict "kernel versions in compat.h only" "$tmp/out"
	code "${sources[@]}" | grep -E '%p[xK]' >"$tmp/out" || :
	verdict "no address of memory is printed" "$tmp/out"
	# RISC-V has none of a byte before 6.10.
	code "${sources[@]}" | grep -E '\b(xchg|cmpxchg)\(.*\b(true|false)\)' >"$tmp/out" || :
	verdict "no xchg() of a bool" "$tmp/out"
}

# ------------------------------------------------------ comments and text ---

check_kernel_doc()
{
	kernel_scripts
	perl "$SCRIPTS/kernel-doc" -v -none "${sources[@]}" 2>&1 |
		grep -v ': info: ' | grep -E ': (warning|error): |^[^ ]*$' \
		>"$tmp/out" || :
	verdict "kernel-doc: ${#sources[@]} files" "$tmp/out"
	{ those '^include/winpar/[^/]*\.[ch]$'; every_room; } |
		xargs perl "$HERE/sections.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || echo "sections.pl failed" >"$tmp/out"
	# The files asked for may have no such function.
	if ((${#files[@]})) && grep -q 'nothing to look at' "$tmp/count"; then
		return
	fi
	verdict "Context and Return: $(cat "$tmp/count")" "$tmp/out"
}

check_shellcheck()
{
	local scripts=() file
	need shellcheck
	for file in "${own[@]}"; do
		if head -n 3 "$file" | grep -aqE \
		   '^#!.*\b(ba|da)?sh\b|^# shellcheck shell='; then
			scripts+=("$file")
		elif [[ $file == *.sh ]]; then
			scripts+=("$file")
		fi
	done
	: >"$tmp/out"
	((!${#scripts[@]})) ||
		shellcheck -x -f gcc "${scripts[@]}" >"$tmp/out" 2>&1 ||
		[[ -s $tmp/out ]] || echo "shellcheck failed" >"$tmp/out"
	verdict "shellcheck: ${#scripts[@]} scripts" "$tmp/out"
}

# A program's name has no suffix.
check_python()
{
	local programs=() file
	need python3 pyflakes3 pycodestyle
	for file in "${own[@]}"; do
		if [[ $file == *.py ]] ||
		   head -n 1 "$file" | grep -aq '^#!.*\bpython3\b'; then
			programs+=("$file")
		fi
	done
	: >"$tmp/out"
	((!${#programs[@]})) || {
		pyflakes3 "${programs[@]}"
		pycodestyle --max-line-length=84 "${programs[@]}"
	} >"$tmp/out" 2>&1 || [[ -s $tmp/out ]] || echo "pyflakes3 failed" >"$tmp/out"
	verdict "python: ${#programs[@]} files" "$tmp/out"
}

check_files()
{
	local text file lines
	mapfile -t text < <(those . | grep -vE '^LICENSE$')

	# Data, documents and dot files at the top say nothing of their own.
	those . | grep -vE '\.(tsv|md|patch)$|^LICENSE$|^\.[^/]*$|^tests/kernel/(.*\.)?config$|^debian/(changelog|copyright|source/format|.*\.dkms)$' |
		while read -r file; do
			head -n 3 "$file" |
				grep -q 'SPDX-License-Identifier: GPL-2.0-only' ||
				echo "$file"
		done >"$tmp/out" || :
	verdict "SPDX lines" "$tmp/out"

	# A room with one purpose may need more than 600: it is not cut for that.
	for file in "${text[@]}"; do
		lines=$(wc -l <"$file")
		((lines <= 500)) || echo "$file: $lines lines"
	done >"$tmp/long"
	awk '$2 > 800 || /^tests\// && !/\.(tsv|patch): /' "$tmp/long" >"$tmp/out"
	verdict "no file over 800 lines, none in tests/ over 500, $(
		awk '$2 > 600' "$tmp/long" | wc -l) over 600" "$tmp/out"

	those . | grep -v '\.md$' | xargs grep -nP '[^\x00-\x7f]|\r' >"$tmp/out" || :
	verdict "plain ASCII" "$tmp/out"

	those . | grep -vE '^LICENSE$|\.patch$' | xargs grep -nE '[ 	]+$' >"$tmp/out" || :
	for file in "${text[@]}"; do
		[[ ! -s $file || -z $(tail -c 1 "$file") ]] ||
			echo "$file: no newline at its end"
	done >>"$tmp/out"
	verdict "no blanks at the end of a line" "$tmp/out"

	# HOME=/root, in a guest or as root's default, is a path of each machine.
	grep -nE '(^|[^[:alnum:]_.})])/(root|home|work)(/|\b)' "${text[@]}" |
		grep -vE 'HOME(:-|=)/root\b' >"$tmp/out" || :
	verdict "no paths of one machine" "$tmp/out"

	{
		those '\.(o|ko|a|so|mod|cmd|gcda|gcno|gcov|dwo|d|i|s|lst)$|\.mod\.c$'
		those '(^|/)(Module\.symvers|modules\.order|\.tmp_versions/|\.checkpatch-camelcase)'
		grep -lP '\x00' "${text[@]}" || :
	} | sort -u >"$tmp/out"
	verdict "nothing that was built" "$tmp/out"
}

# Functions called with a lock held: their names, assertions and annotations.
check_annotations()
{
	every_room | xargs perl "$HERE/annotations.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || echo "annotations.pl failed" >"$tmp/out"
	# The files asked for may have no such function.
	if ((${#files[@]})) && grep -q 'nothing to look at' "$tmp/count"; then
		return
	fi
	verdict "locks that are held: $(cat "$tmp/count")" "$tmp/out"
}

# The parport core's functions and headers, and access to registers.
CORE_USED='\bparport_[a-z0-9_]+ *\(|<linux/parport(_pc)?\.h>|\b(in|out)s?[bwl](_p)? *\(|\bio(read|write)[0-9]+|\b(READ|WRITE)_PORT_|\b(read|write)[bwlq] *\('

# Only files of the host room use the parport core and the registers; in wdm/ one file
# uses winpar's interface, and one the registers; sim/ knows hardly anything of winpar.
check_layering()
{
	local above wdm
	# Kernel versions and registers by address are not Windows'.
	those "$HOST_FILES" | xargs -r grep -HnE \
		'#include <winpar/|\b(NTSTATUS|STATUS_[A-Z]+|ULONG|BOOLEAN|P?IRP)\b' |
		grep -vE '#include <winpar/(compat|softport)\.h>' >"$tmp/out" || :
	verdict "nothing of Windows in the host's files" "$tmp/out"

	mapfile -t above < <({ those '^include/winpar/[^/]*\.[ch]$'
		those_rooms; } |
		grep -vE "$HOST_FILES|^include/winpar/(portio|softport)\.h\$")
	mapfile -t wdm < <(those "$WDM_FILES" | grep -v '^wdm/portio\.c$')
	# In wdm/ a parport is a port that a client has opened.
	{
		code "${above[@]}" | grep -E "\\bparport->|$CORE_USED"
		code "${wdm[@]}" | grep -E "$CORE_USED"
	} >"$tmp/out" || :
	verdict "the parport core and registers in the host's files only: $((${#above[@]} + ${#wdm[@]})) others" "$tmp/out"

	code "${above[@]}" | grep -E '^[^:]*:[0-9]+:WINPAR_EXPORT\(' |
		grep -vE '^api/|^winpar\.c:[0-9]+:WINPAR_EXPORT\(winpar_abi_[0-9]+\)|^port/ntstatus\.c:[0-9]+:WINPAR_EXPORT\(winpar_status_name\)' \
		>"$tmp/out" || :
	verdict "exports in api/ only" "$tmp/out"

	# <winpar/winpar.h> has another IRP than <winpar/ddk/wdm.h>.
	printf '%s\n' "${wdm[@]}" | grep -v '^wdm/port\.c$' |
		xargs -r grep -HnE '#include <winpar/' |
		grep -vE '<winpar/(compat|nt|(ddk|user)/[a-z_]+)\.h>' >"$tmp/out" || :
	verdict "winpar's own interface in wdm/port.c only" "$tmp/out"

	those "$SIM_FILES" | xargs -r grep -HnE '#include [<"](winpar|api|device|port|host|wdm)/' |
		grep -vE '<winpar/(compat|softport|version)\.h>' >"$tmp/out" || :
	verdict "sim/ knows of winpar three headers only" "$tmp/out"

	every_room | xargs -r perl "$HERE/parameters.pl" >"$tmp/out"
	verdict "a parameter is read in the file that declares it" "$tmp/out"
}

# The order of the rooms: a file uses symbols of files below it only.
check_order()
{
	local name module folder count
	# The objects alone, where no other check has them built from nothing.
	if [[ " ${wanted[*]} " =~ ' '(build|sparse|clang|analyzer)' ' ]]; then
		built
	else
		headers
		build_tree "$KDIR" order WINPAR_SIM=m WINPAR_WDM=m
	fi
	for name in order order-sim order-wdm; do
		case $name in
		order) module=winpar folder='' ;;
		order-sim) module=winpar_sim folder=sim/ ;;
		order-wdm) module=winpar_wdm folder=wdm/ ;;
		esac
		order_of "$folder" "$module" "$HERE/$name" >"$tmp/out"
		count=$(grep -cv '^#' "$HERE/$name-exceptions" 2>/dev/null || :)
		verdict "$name: $(kbuild_sources "$folder" "$module" | wc -l) files, ${count:-0} exceptions" "$tmp/out"
	done
}

# order_of FOLDER MODULE ORDER: print the symbols that a file of MODULE uses against the
# rows of the file ORDER, except those that ORDER-exceptions has, as "FILE SYMBOL"; and
# the exceptions that are not needed.
order_of()
{
	local file object
	kbuild_sources "$1" "$2" >"$tmp/listed"
	while read -r file; do
		object=$BUILT/${file%.c}.o
		[[ $file != winpar.c ]] || object=$BUILT/winpar_core.o
		nm "$object" | awk -v file="$file" '{ print file, $(NF - 1), $NF }'
	done <"$tmp/listed" >"$tmp/symbols" || echo "nm failed"
	sed 's/#.*//' "$3-exceptions" >"$tmp/exceptions" 2>/dev/null || :
	# A header may stand on a row, too: the compiler sees to it.
	sed 's/#.*//' "$3" | tr -s '[:blank:]' '\n' | grep . |
		while read -r file; do
			[[ $file == *.h && -e $file ]] ||
				grep -qxF "$file" "$tmp/listed" ||
				echo "$file: on a row, but no file of $2"
		done
	sed 's/#.*//' "$3" | awk '
	FILENAME == "-" && !NF { next }
	FILENAME == "-" {
		rows++
		for (i = 1; i <= NF; i++) {
			if ($i in row) print $i ": on two rows"
			row[$i] = rows
		}
		next
	}
	FILENAME ~ /exceptions$/ { if (NF) known[$1 " " $2] = 1; next }
	FILENAME ~ /listed$/ { if (!($1 in row)) print $1 ": on no row"; next }
	$2 == "U" { takes[$1 " " $3] = 1; next }
	$2 ~ /[A-Z]/ { from[$3] = $1 }
	END {
		for (one in takes) {
			split(one, part, " ")
			low = part[1]; high = from[part[2]]
			if (high == "" || row[high] < row[low])
				continue
			if (one in known) { needed[one] = 1; continue }
			print low ": takes " part[2] " from " high
		}
		for (one in known)
			if (!(one in needed))
				print one ": an exception that is not needed any more"
	}' - "$tmp/exceptions" "$tmp/listed" "$tmp/symbols" | sort
}

# selftest.sh runs beside the other checks: it lints a copy of the tree with mistakes, and
# then compares its output with what the other checks printed for the tree ($tmp/said).
selftest_begin()
{
	: >"$tmp/said"
	setsid "$HERE/selftest.sh" "$tmp/said" >"$tmp/selftest" 2>&1 &
	selftest=$!
}
check_selftest()
{
	local line n=0
	: >"$tmp/said.done"
	wait "$selftest" || :
	selftest=
	while IFS= read -r line; do
		case $line in
		ok\ *) pass "selftest: ${line#ok   }"; n=1 ;;
		FAIL\ *) fail "selftest: ${line#FAIL }"; n=1 ;;
		esac
	done <"$tmp/selftest"
	((n)) || { cat "$tmp/selftest" >&2
		fail "selftest: it ended without a result"; }
}

[[ " ${wanted[*]} " != *" selftest "* ]] || selftest_begin
for check in "${wanted[@]}"; do
	[[ $check != selftest ]] || continue
	progress "$check ..."
	"check_$check"
done
[[ -z $selftest ]] || check_selftest
tally lint
