# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The checks that compare the documents with the sources: drawing, contract, manuals,
# reference, readme, models, kernels, porting, version and statuses. Sourced by run.sh, which sets the
# variables used here.
# shellcheck disable=SC2154

# The documents and drawings show the rooms as they are.
check_drawing()
{
	"$HERE/drawing.sh" >"$tmp/out" 2>&1 || [[ -s $tmp/out ]] ||
		echo "drawing.sh failed" >"$tmp/out"
	verdict "docs/rooms.dot, docs/design.md and the journeys show the rooms" "$tmp/out"
	perl "$HERE/journeys.pl" docs/{allocate,interrupt,write,removal}.dot \
		>"$tmp/out" 2>"$tmp/count" || [[ -s $tmp/out ]] || cp "$tmp/count" "$tmp/out"
	verdict "the arrows of the journeys are calls: $(cat "$tmp/count")" "$tmp/out"
	perl "$HERE/events.pl" winpar_trace.h docs/tracing.md >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || cp "$tmp/count" "$tmp/out"
	verdict "docs/tracing.md shows the tracepoints: $(cat "$tmp/count")" "$tmp/out"
}

# docs/contract.md has the requests, routines, statuses and tests that the sources have,
# and docs/wdm.md the functions of wdm/.
check_contract()
{
	{ those_rooms; those '^include/winpar/[^/]*\.h$'; } |
		xargs perl "$HERE/contract.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || echo "contract.pl failed" >"$tmp/out"
	verdict "docs/contract.md: $(cat "$tmp/count")" "$tmp/out"
	perl "$HERE/functions.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || cp "$tmp/count" "$tmp/out"
	verdict "docs/wdm.md: $(cat "$tmp/count")" "$tmp/out"
}

# parameters_in FILE FOLDER MODULE: the names from stdin are those of the parameters that
# FILE describes, with " at run time" behind those that can be changed then: print each that
# the module does not have, or not so, and each that is missing.
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
# those_items FILE, those_rows FILE [HEAD]: print the parameters that a manual page
# describes, and those that a table does, which HEAD heads, for parameters_in.
those_items()
{
	awk '/^\.(It|El)/ && name != "" { print name; name = "" }
		/^\.It Va / { name = $3 }
		/^Can be changed at run time/ && name != "" { name = name " at run time" }' "$1"
}
# shellcheck disable=SC2016
those_rows()
{
	sed -n "/^| ${2:-parameter} |/,/^\$/p" "$1" |
		sed -nE 's/^\| `(\w+)` .*Can be changed at run time.*/\1 at run time/p; t
			s/^\| `(\w+)` .*/\1/p'
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
		those_rows docs/parameters.md 'of winpar_wdm' |
			parameters_in docs/parameters.md wdm/ winpar_wdm
	} >"$tmp/out"
	verdict "every parameter is described, and no other, and which can be changed" \
		"$tmp/out"
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
# there are, and no heading stands twice in one: a part of it would.
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
		grep -noE '`(docs|examples|include|tests|tools|api|device|port|host|sim|wdm)/[A-Za-z0-9_./-]*`' \
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
	awk 'FNR == 1 { code = 0; split("", seen) }
		/^```/ { code = !code }
		!code && /^#+ / && seen[$0]++ {
			print FILENAME ":" FNR ": the heading stands twice: " $0
		}' "${documents[@]}" >"$tmp/out"
	verdict "no heading stands twice in a document" "$tmp/out"
}

# The models of tests/model/ and the code: the functions and states that they are about.
check_models()
{
	those '^tests/model/.*\.pml$' | grep -v '/common\.pml$' |
		xargs perl "$HERE/models.pl" >"$tmp/out" 2>"$tmp/count" ||
		[[ -s $tmp/out ]] || echo "models.pl failed" >"$tmp/out"
	verdict "models: $(cat "$tmp/count")" "$tmp/out"
}

# The kernels that README lists are those that make matrix has passed for: the rows of
# results.tsv with a build, without a warning or a failure.
check_kernels()
{
	local rows=tests/matrix/results.tsv
	{
		# shellcheck disable=SC2016
		sed -n '/^`make matrix` passes for/,/^$/p' README.md |
			tr '`' '\n' | grep -xE '[0-9]+\.[0-9][^ ]*-[^ ]+' |
			sort -u >"$tmp/listed" || :
		awk -F'\t' '!/^#/ && $3 == "yes" && $4 == 0 && $6 > 0 && $7 == 0 { print $2 }' \
			$rows | sort -u >"$tmp/passed"
		comm -23 "$tmp/listed" "$tmp/passed" |
			sed "s|.*|README.md: make matrix has not passed for &: $rows|"
		comm -13 "$tmp/listed" "$tmp/passed" |
			sed 's|.*|README.md: does not list &, for which make matrix passed|'
	} >"$tmp/out"
	verdict "README lists the kernels that make matrix passed for: $(wc -l <"$tmp/listed")" \
		"$tmp/out"
}

# block FILE N: print the Nth block of C code of a document.
block() { awk -v n="$2" '/^```$/ { on = 0 } on; /^```c$/ { on = ++b == n }' "$1"; }

# docs/porting.md: the source "with winpar", with the function that stays as it was,
# compiles by the Kbuild shown there (tests/abi compiles the source as it was).
check_porting()
{
	local dir=$tmp/scale
	built
	mkdir -p "$dir"
	{
		block docs/porting.md 2
		block docs/porting.md 1 | sed -n '/^BOOLEAN ScaleReadByte/,/^}/p'
	} >"$dir/port.c"
	printf '#include <winpar/winpar.h>\n' | tee "$dir/entry.c" >"$dir/protocol.c"
	sed -n '/^    obj-m := scale\.o/,/^$/s/^    //p' docs/porting.md >"$dir/Kbuild"
	make -C "$KDIR" M="$dir" WINPAR="$BUILT" \
		KBUILD_EXTRA_SYMBOLS="$BUILT/Module.symvers" modules \
		>"$tmp/scale.log" 2>&1 || echo "it does not build" >>"$tmp/scale.log"
	grep -E 'warning|error|ERROR|WARNING|does not build' "$tmp/scale.log" |
		grep -v 'the compiler differs\|missing MODULE_DESCRIPTION' >"$tmp/out" || :
	grep -q 'LD \[M\].*/scale\.ko' "$tmp/scale.log" || echo "no scale.ko" >>"$tmp/out"
	verdict "docs/porting.md: the client compiles" "$tmp/out"
}

# The files that repeat the version of include/winpar/version.h have that version.
check_version()
{
	local version
	version=$(sed -n 's/^#define WINPAR_VERSION "\(.*\)"$/\1/p' include/winpar/version.h)
	[[ -n $version ]] || die "include/winpar/version.h has no version"
	{
		sed -n 's/^PACKAGE_VERSION="\(.*\)"$/dkms.conf \1/p' dkms.conf
		sed -nE 's/^## ([^ ]+) .*/CHANGELOG.md \1/p' CHANGELOG.md | head -n 1
		sed -nE 's/^Version: +(.*)/packaging\/winpar.spec \1/p' packaging/winpar.spec
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
