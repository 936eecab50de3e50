#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make lint: the style of the tree's own files, and what compilers and checkers
# say of its code. With arguments, only the checks named (see "checks" below).
# FILES names files: then only these are looked at, and by default with the
# checks alone that take a file by itself.
# tests/lint/selftest.sh plants a mistake for each.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=tests/rooms.sh
. "$TOP/tests/rooms.sh"

HERE=$TOP/tests/lint
checks=(selftest checkpatch rules build sparse clang kernel_doc shellcheck python files
	annotations layering order drawing readme version contract
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

# ---------------------------------------------------------------- what is ---

# The tree's own files: tracked, or new and not ignored.
mapfile -t own < <(git ls-files -co --exclude-standard | sort -u |
	while read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done)
((${#own[@]} > 0)) || die "git lists no files in $TOP"
mapfile -t rooms < <(room_files "${own[@]}")
((${#rooms[@]} > 0)) || exit 1

those_rooms() { ((!${#rooms[@]})) || printf '%s\n' "${rooms[@]}"; }

# Only these.
read -ra files <<<"${FILES:-}"
if ((${#files[@]})); then
	files=("${files[@]#./}")
	known file "${own[*]}" "${files[@]}"
	own=("${files[@]}")
	mapfile -t rooms < <(printf '%s\n' "${own[@]}" | grep -E "$ROOM_FILES")
	((${#wanted[@]})) || wanted=("${file_checks[@]}")
	printf '%s\n' "${own[@]}" | grep -qE '\.[ch]$' ||
		wanted=(shellcheck python files)
fi
((${#wanted[@]})) || wanted=("${checks[@]}")

# those PATTERN: the ones whose path matches.
those() { printf '%s\n' "${own[@]}" | grep -E "$1" || :; }

mapfile -t sources < <(those '\.[ch]$')

# code FILE...: FILE:LINE:TEXT without comments.
code()
{
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
		}' include/winpar/*.h | sort -ru
}

# What one file may do that no other may:
# the versions are tested, and the kernel's macros wrapped, in compat.h only;
# the rows of the request table use a size twice, once to limit it, and so does the
# table of a KUnit case.
except_for()
{
	case $1 in
	include/winpar/compat.h)
		printf '%s' --ignore=LINUX_VERSION_CODE,CONSTANT_COMPARISON,EXPORT_SYMBOL ;;
	port/dispatch.h | tests/kunit/fixture.h | tests/kunit/select_test.h)
		printf '%s' --ignore=MACRO_ARG_REUSE ;;
	esac
}

# In a copy, as it leaves files behind, and as it shall take WINPAR_EXPORT for
# what it is.
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

# Two rules of ours that checkpatch does not have so.
check_rules()
{
	code "${sources[@]}" | grep -vE '^include/winpar/' |
		grep -E '\btypedef\b' >"$tmp/out" || :
	verdict "typedefs in the ABI headers only" "$tmp/out"
	code "${sources[@]}" | grep -v '^include/winpar/compat\.h:' |
		grep -E '\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b' >"$tmp/out" || :
	verdict "kernel versions in compat.h only" "$tmp/out"
}

# ---------------------------------------------------------------- compilers ---

# headers: set KDIR.
headers()
{
	local kver
	need linux-headers-amd64
	kver=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 |
		grep -oE 'linux-headers-[0-9][^ ,]*-amd64' | head -n1)
	KDIR=/usr/src/$kver
	[[ -d $KDIR ]] || die "linux-headers-amd64 brings no $KDIR"
}

# built: build everything that Kbuild knows with W=1 and sparse, from nothing.
# Sets BUILT; leaves build.log and sparse.log in $tmp.
built()
{
	local vars=(WINPAR_EXAMPLES=m WINPAR_SIM=m)
	[[ -z ${BUILT:-} ]] || return 0
	need sparse make gcc rsync
	headers
	[[ ! -e tests/vm/modules/Kbuild ]] || vars+=(WINPAR_VMTEST=m)
	[[ ! -e tests/bench/Kbuild ]] || vars+=(WINPAR_BENCH=m)
	# This kernel has no KUnit: its tests are compiled, but miss symbols.
	[[ ! -e tests/kunit/Kbuild ]] || vars+=(WINPAR_KUNIT=m KBUILD_MODPOST_WARN=1)
	BUILT=$tmp/build-lint-$TREE
	: >"$tmp/sparse.log"
	(WINPAR_CACHE=$tmp
	 build_tree "$KDIR" lint -k W=1 C=1 \
		"CF=-Wcontext 2>>$tmp/sparse.log" "${vars[@]}") 2>"$tmp/err" ||
		: >"$tmp/broken"
	cp "$BUILT.log" "$tmp/build.log"
}

# compiled: the sources that were.
compiled()
{
	find "$BUILT" -name '.*.o.cmd' -exec sed -n 's/^source_.* := //p' {} + |
		sed "s,^$BUILT/,," | grep -v '\.mod\.c$' | sort -u
}

# Those that Kbuild does not know: programs for the guests, and a module which
# is there to be at fault.
not_kbuild='^tests/(vm/(bin|splat)|bench/bin)/'

check_build()
{
	built
	grep -E 'warning:|error:|WARNING:|ERROR:' "$tmp/build.log" |
		grep -vE '^/(usr|lib)/|the compiler differs|WARNING: modpost: .*/tests/kunit/' |
		sed "s,$BUILT/,," >"$tmp/out" || :
	if [[ -e $tmp/broken && ! -s $tmp/out ]]; then
		cp "$tmp/err" "$tmp/out"
	fi
	verdict "W=1 build with gcc: $(compiled | wc -l) files" "$tmp/out"
	those '\.c$' | grep -vE "$not_kbuild" |
		comm -23 - <(compiled) >"$tmp/out"
	verdict "every source is built" "$tmp/out"
}

check_sparse()
{
	local count
	built
	count=$(grep -c '^  CHECK ' "$tmp/build.log" || :)
	grep "^$BUILT/" "$tmp/sparse.log" | sed "s,^$BUILT/,," >"$tmp/out" || :
	compiled | comm -23 - <(sed -n "s,^  CHECK   $BUILT/,,p" "$tmp/build.log" |
		sort -u) | sed 's/$/: not checked/' >>"$tmp/out"
	verdict "sparse: $count files" "$tmp/out"
}

# With gcc's options, except those that this clang says it does not know.
check_clang()
{
	local file flags strange=()
	need clang libc6-dev
	built
	find "$BUILT" -name '.*.o.cmd' -exec sed -nE \
		's/^cmd_[^ ]* :=  *[^ ]+ -Wp,[^ ]*(.*) -c -o [^ ]+ ([^ ;]+\.c)( .*)?$/\2\1/p' \
		{} + | grep -v '^[^ ]*\.mod\.c ' | sort >"$tmp/commands"
	read -r file flags <"$tmp/commands" || :
	mapfile -t strange < <(cd "$KDIR" &&
		eval "clang $flags -Wno-everything -fsyntax-only '$file'" 2>&1 |
		sed -nE "s/.*error: (unknown argument|unsupported option):? '([^']*)'.*/\2/p
			 s/.*error: '([^']*)' hasn't been enabled.*/\1/p")
	for flags in "${strange[@]}"; do
		sed -i "s, $flags\(=[^ ]*\)\?\( \|\$\), ,g" "$tmp/commands"
	done
	sed -E "s,^([^ ]+)(.*)\$,clang\2 -Wall -Wextra -Wno-unused-parameter \
-Wno-sign-compare -Wno-missing-field-initializers -Wno-unknown-warning-option \
-Wno-unused-command-line-argument -fsyntax-only '\1'," "$tmp/commands" >"$tmp/jobs"
	those "$not_kbuild" | sed -nE "s,^(tests/(vm|bench)/bin/.*\.c)\$,clang -Wall -Wextra \
-fsyntax-only '$TOP/\1',p" >>"$tmp/jobs"
	(cd "$KDIR" && tr '\n' '\0' <"$tmp/jobs" |
		xargs -0 -P "$JOBS" -n 1 bash -c >"$tmp/clang.log" 2>&1) ||
		: >"$tmp/broken-clang"
	grep -E "^($BUILT|$TOP)/.*(warning|error):|error: " "$tmp/clang.log" |
		sed "s,^\($BUILT\|$TOP\)/,," | sort -u >"$tmp/out" || :
	if [[ -e $tmp/broken-clang && ! -s $tmp/out ]]; then
		tail -n 20 "$tmp/clang.log" >"$tmp/out"
	fi
	compiled | sed "s,^,$BUILT/," |
		comm -23 - <(cut -d' ' -f1 "$tmp/commands" | sort -u) |
		sed 's/$/: not compiled/' >>"$tmp/out"
	verdict "clang: $(wc -l <"$tmp/jobs") files" "$tmp/out"
}

# ------------------------------------------------------ comments and text ---

check_kernel_doc()
{
	kernel_scripts
	perl "$SCRIPTS/kernel-doc" -v -none "${sources[@]}" 2>&1 |
		grep -v ': info: ' | grep -E ': (warning|error): |^[^ ]*$' \
		>"$tmp/out" || :
	verdict "kernel-doc: ${#sources[@]} files" "$tmp/out"
	{ those '^include/winpar/[^/]*\.[ch]$'; those_rooms; } |
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
	those . | grep -vE '\.(tsv|md|patch)$|^LICENSE$|^\.[^/]*$|^tests/kernel/config$' |
		while read -r file; do
			head -n 3 "$file" |
				grep -q 'SPDX-License-Identifier: GPL-2.0-only' ||
				echo "$file"
		done >"$tmp/out" || :
	verdict "SPDX lines" "$tmp/out"

	# A room with one purpose may need more than 600: it is not cut for that.
	for file in "${text[@]}"; do
		lines=$(wc -l <"$file")
		((lines <= 600)) || echo "$file: $lines lines"
	done >"$tmp/long"
	awk '$2 > 800' "$tmp/long" >"$tmp/out"
	verdict "no file over 800 lines, $(wc -l <"$tmp/long") over 600" "$tmp/out"

	those . | grep -v '\.md$' | xargs grep -nP '[^\x00-\x7f]|\r' >"$tmp/out" || :
	verdict "plain ASCII" "$tmp/out"

	those . | grep -vE '^LICENSE$|\.patch$' | xargs grep -nE '[ 	]+$' >"$tmp/out" || :
	for file in "${text[@]}"; do
		[[ ! -s $file || -z $(tail -c 1 "$file") ]] ||
			echo "$file: no newline at its end"
	done >>"$tmp/out"
	verdict "no blanks at the end of a line" "$tmp/out"

	# A guest's HOME, and root's where there is no $HOME, are nobody's machine.
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

# Names that say that a lock is held.
check_annotations()
{
	those_rooms | xargs perl "$HERE/annotations.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || echo "annotations.pl failed" >"$tmp/out"
	# The files asked for may have no such function.
	if ((${#files[@]})) && grep -q 'nothing to look at' "$tmp/count"; then
		return
	fi
	verdict "locks that are held: $(cat "$tmp/count")" "$tmp/out"
}

# The host room alone knows the parport core and the registers.
check_layering()
{
	local above
	# Kernel versions and registers by address are not Windows'.
	those "$HOST_FILES" | xargs -r grep -HnE \
		'#include <winpar/|\b(NTSTATUS|STATUS_[A-Z]+|ULONG|BOOLEAN|P?IRP)\b' |
		grep -vE '#include <winpar/(compat|softport)\.h>' >"$tmp/out" || :
	verdict "nothing of Windows in the host's files" "$tmp/out"

	mapfile -t above < <({ those '^include/winpar/[^/]*\.[ch]$'
		those_rooms; } |
		grep -vE "$HOST_FILES|^include/winpar/(portio|softport)\.h\$")
	((${#above[@]})) || return 0
	code "${above[@]}" | grep -E \
		'\bparport_[a-z0-9_]+ *\(|\bparport->|<linux/parport(_pc)?\.h>|\b(in|out)s?[bwl](_p)? *\(|\bio(read|write)[0-9]+|\b(READ|WRITE)_PORT_|\b(read|write)[bwlq] *\(' \
		>"$tmp/out" || :
	verdict "the parport core and registers in the host's files only: ${#above[@]} others" "$tmp/out"

	code "${above[@]}" | grep -E '^[^:]*:[0-9]+:WINPAR_EXPORT\(' |
		grep -vE '^api/|^winpar\.c:[0-9]+:WINPAR_EXPORT\(winpar_abi_[0-9]+\)|^port/ntstatus\.c:[0-9]+:WINPAR_EXPORT\(winpar_status_name\)' \
		>"$tmp/out" || :
	verdict "exports in api/ only" "$tmp/out"

	those_rooms | xargs -r perl "$HERE/parameters.pl" >"$tmp/out"
	verdict "a parameter is read in the file that declares it" "$tmp/out"
}

# The order of the rooms: a file takes symbols from files below it alone.
check_order()
{
	local name module folder
	# The objects alone, where no other check has them built from nothing.
	if [[ " ${wanted[*]} " =~ ' '(build|sparse|clang)' ' ]]; then
		built
	else
		headers
		build_tree "$KDIR" order WINPAR_SIM=m
	fi
	for name in order order-sim; do
		case $name in
		order) module=winpar folder='' ;;
		order-sim) module=winpar_sim folder=sim/ ;;
		esac
		[[ $name == order || -e $HERE/$name ]] || continue
		order_of "$folder" "$module" "$HERE/$name" >"$tmp/out"
		verdict "$name: $(kbuild_sources "$folder" "$module" | wc -l) files, $(
			grep -cv '^#' "$HERE/$name-exceptions" 2>/dev/null ||
			:) exceptions" "$tmp/out"
	done
}

# order_of FOLDER MODULE ORDER: what is against the order of the file ORDER. Its
# lines are the rows, from the ground up; ORDER-exceptions has what is known to
# be against it, as "FILE SYMBOL", and nothing else.
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

# The documents and drawings show the rooms as they are; without graphviz.
check_drawing()
{
	"$HERE/drawing.sh" >"$tmp/out" 2>&1 || [[ -s $tmp/out ]] ||
		echo "drawing.sh failed" >"$tmp/out"
	verdict "docs/rooms.dot, docs/design.md and the journeys show the rooms" "$tmp/out"
}

# docs/contract.md says what the sources say.
check_contract()
{
	{ those_rooms; those '^include/winpar/[^/]*\.h$'; } |
		xargs perl "$HERE/contract.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || echo "contract.pl failed" >"$tmp/out"
	verdict "docs/contract.md: $(cat "$tmp/count")" "$tmp/out"
}

# parameters_in FILE FOLDER MODULE: of the names from stdin, those that are not the
# module's parameters, and of these the ones that are not among the names.
parameters_in()
{
	local file
	mapfile -t file < <(kbuild_sources "$2" "$3")
	perl "$HERE/parameters.pl" --names "${file[@]}" | sort >"$tmp/parameters"
	[[ -s $tmp/parameters ]] || echo "$3 has no parameters"
	sort | comm -3 - "$tmp/parameters" |
		sed -E "s,^\t(.*),$1: does not have the parameter \1,; t
			s,(.*),$1: \1 is no parameter of $3,"
}
# those_items, those_rows FILE: the parameters in a manual page, in a table.
those_items() { sed -n 's/^\.It Va //p' "$1"; }
# shellcheck disable=SC2016
those_rows()
{
	sed -n '/^| parameter |/,/^$/p' "$1" | sed -nE 's/^\| `(\w+)` .*/\1/p'
}

# The manual pages; that they and the tables have all parameters; and that what they
# quote of the log is there.
check_manuals()
{
	local pages
	need mandoc
	mapfile -t pages < <(those '^docs/[^/]*\.[1-9]$')
	# The pages that these refer to need not be installed.
	mandoc -T lint "${pages[@]}" 2>&1 |
		grep -vE 'STYLE: referenced manual not found|outdated mandoc\.db' \
		>"$tmp/out" || :
	verdict "mandoc: ${#pages[@]} manual pages" "$tmp/out"
	{
		those_items docs/winpar.4 | parameters_in docs/winpar.4 '' winpar
		those_rows docs/parameters.md |
			parameters_in docs/parameters.md '' winpar
		those_items docs/winpar_sim.4 |
			parameters_in docs/winpar_sim.4 sim/ winpar_sim
		those_rows docs/sim.md | parameters_in docs/sim.md sim/ winpar_sim
	} >"$tmp/out"
	verdict "every parameter is described, and no other" "$tmp/out"
	sed -n '/^\.Bl -diag/,/^\.El/s/^\.It "\(.*\)"$/\1/p' docs/winpar.4 |
		while IFS= read -r said; do
			those_rooms | xargs grep -qF "$said" ||
				echo "docs/winpar.4: no source says '$said'"
		done >"$tmp/out"
	verdict "what winpar(4) quotes of the log is said" "$tmp/out"
}

# The reference of the interface, as HTML: kernel-doc and sphinx have no warning.
check_reference()
{
	local page=$tmp/html/functions.html
	"$TOP/tests/doc-html.sh" "$tmp/html" 2>"$tmp/out" >"$tmp/said-html" &&
		[[ -s $page ]] || echo "doc-html.sh failed" >>"$tmp/out"
	verdict "reference: $(grep -sc '<dt class="sig' "$page") functions" \
		"$tmp/out"
}

# README shows the first example whole; the documents name files and functions that
# there are. Drawings are made.
check_readme()
{
	local documents
	# shellcheck disable=SC2016
	sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' |
		diff - examples/winpar_hello.c >"$tmp/out" || :
	verdict "README shows examples/winpar_hello.c" "$tmp/out"
	mapfile -t documents < <(those '^[^/]*\.md$|^docs/[^/]*\.(md|[1-9])$')
	# shellcheck disable=SC2016
	{
		grep -noE '`(docs|examples|include|tests|tools|api|device|port|host|sim)/[A-Za-z0-9_./-]*`' \
			"${documents[@]}" | tr -d '`' |
			while IFS=: read -r file line path; do
				[[ -e $path || $path == docs/*.svg ]] ||
					echo "$file:$line: there is no $path"
			done
		grep -noE '\bwinpar_[a-z0-9_]+\(\)' "${documents[@]}" |
			while IFS=: read -r file line name; do
				grep -qw "${name%()}" "${sources[@]}" ||
					echo "$file:$line: there is no $name"
			done
	} >"$tmp/out"
	verdict "files and functions that ${#documents[@]} documents name" "$tmp/out"
}

# One version: include/winpar/version.h has it, and these repeat it.
check_version()
{
	local version
	version=$(sed -n 's/^#define WINPAR_VERSION "\(.*\)"$/\1/p' include/winpar/version.h)
	[[ -n $version ]] || die "include/winpar/version.h has no version"
	{
		sed -n 's/^PACKAGE_VERSION="\(.*\)"$/dkms.conf \1/p' dkms.conf
		sed -nE 's/^## ([^ ]+) .*/CHANGELOG.md \1/p' CHANGELOG.md | head -n 1
		[[ ! -e debian/changelog ]] ||
			sed -nE '1s/^winpar \(([^)]+)\).*/debian\/changelog \1/p' debian/changelog
	} >"$tmp/versions"
	grep -v " $version\$" "$tmp/versions" |
		sed "s/$/, and include\/winpar\/version.h has $version/" >"$tmp/out" || :
	grep -E '^## ' CHANGELOG.md | tail -n +2 |
		grep -vE '^## [^ ]+ \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$' |
		sed 's/^/CHANGELOG.md: no date: /' >>"$tmp/out" || :
	verdict "the version, in $(wc -l <"$tmp/versions") other files" "$tmp/out"
}

# The names of statuses: the table has each that nt.h defines, and that of
# docs/statuses.md has the number that it has there.
check_statuses()
{
	sed -nE 's/^#define (STATUS_[A-Z0-9_]+)[[:blank:]]+\(\(NTSTATUS\)(0x[0-9a-f]{8})\)$/\1 \2/p' \
		include/winpar/nt.h >"$tmp/statuses"
	grep -q '^STATUS_SUCCESS 0x00000000$' "$tmp/statuses" ||
		die "no statuses in include/winpar/nt.h"
	{
		comm -23 <(grep -oE '^#define STATUS_[A-Z0-9_]+' include/winpar/nt.h |
			cut -d' ' -f2 | sort) <(cut -d' ' -f1 "$tmp/statuses" | sort) |
			sed 's,.*,include/winpar/nt.h: & is not defined as ((NTSTATUS)0x...),'
		comm -23 <(cut -d' ' -f1 "$tmp/statuses" | sort) \
			<(sed -nE 's/^\tWINPAR_STATUS\((STATUS_[A-Z0-9_]+)\),$/\1/p' \
			  port/ntstatus.c | sort) |
			sed 's,.*,port/ntstatus.c: & is not in the table,'
		# Rows: | `STATUS_NAME` | `0x...` | from | means |
		awk -F ' *[|] *' '
		NR == FNR { split($0, word, " "); number[word[1]] = word[2]; next }
		gsub(/`/, "") && $2 ~ /^STATUS_/ {
			rows++
			if (number[$2] != $3)
				print "docs/statuses.md:" FNR ": " $2 " is " number[$2] ", not " $3
		}
		END { if (!rows) print "docs/statuses.md: no table" }' \
			"$tmp/statuses" docs/statuses.md
	} >"$tmp/out"
	verdict "statuses: $(wc -l <"$tmp/statuses"), in the table of names and in docs/statuses.md" "$tmp/out"
}

# Is each mistake noticed? The selftest lints a copy with all of them while the
# other checks run, and compares with what these say of the tree itself.
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
