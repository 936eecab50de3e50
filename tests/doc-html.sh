#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make doc-html: the reference of winpar's interface as HTML, outside the tree: by
# the kernel's kernel-doc from the comments of each exported function and of the
# public headers, and by sphinx. A warning of either is an error, and so is an
# exported function that is not in it. Argument: the folder to make it in.
# Names are words.
# shellcheck disable=SC2046,SC2048
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

need python3-sphinx perl
kernel_scripts
OUT=${1:-$WINPAR_CACHE/html-$TREE}
WINPAR_VERSION=$(sed -n 's/.*WINPAR_VERSION "\(.*\)"/\1/p' \
	"$TOP/include/winpar/version.h")
export WINPAR_VERSION

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
cp "$TOP"/docs/api/{conf.py,index.rst} "$pages/"
ln -s "$TOP/include" "$pages/include"
cd "$TOP"

# doc FILE [OPTION NAME]...: kernel-doc's page of the file; of what -function names,
# or without what -nosymbol names.
doc()
{
	local file=$1 options=()
	shift
	options=("$@")
	perl "$SCRIPTS/kernel-doc" -sphinx-version "$SPHINX" -rst "${options[@]}" \
		"$file" 2> >(grep -v ': no structured comments found$' >>"$pages/warnings")
}
# title TEXT CHARACTER
title() { printf '%s\n%s\n\n' "$1" "${1//?/$2}"; }
# Chapters, in a reader's order. A file that is not here follows under its own name.
declare -A chapters=(
	[api/file.c]='Opening and closing'
	[api/request.c]='Requests'
	[api/watch.c]='Ports that come and go'
	[api/interrupt.c]='The interrupt object'
	[api/portio.c]='Registers of ports without I/O addresses'
	[port/ntstatus.c]='Names of statuses'
)
# What include/winpar/winpar.h has of these chapters.
declare -A macros=(
	[api/file.c]='winpar_open'
	[api/watch.c]='winpar_watch winpar_watch_ports'
)
# exports FILE: the functions; the version of the interface is data.
exports() { sed -nE '/\(winpar_abi_/d; s/^WINPAR_EXPORT\((\w+)\);/\1/p' "$1"; }

mapfile -t sources < <({
	printf '%s\n' api/{file,request,watch,interrupt,portio}.c
	grep -lE '^WINPAR_EXPORT\(' ./*.c {api,device,port,host}/*.c | sed 's,^\./,,'
} | awk '!seen[$0]++')
SPHINX=$(sphinx-build --version 2>&1 | grep -oE '[0-9.]+$')
: >"$pages/warnings"
{
	title Functions =
	for file in "${sources[@]}"; do
		mapfile -t functions < <(exports "$file")
		((${#functions[@]})) || continue
		title "${chapters[$file]:-$file}" -
		read -ra names <<<"${macros[$file]:-}"
		[[ ${#names[@]} == 0 ]] || doc include/winpar/winpar.h \
			$(printf -- '-function %s ' "${names[@]}")
		doc "$file" $(printf -- '-function %s ' "${functions[@]}")
	done
} >"$pages/functions.rst"
read -ra moved <<<"${macros[*]}"
{
	title 'Structures and inline functions' =
	for file in include/winpar/*.h; do
		grep -q '^/\*\*$' "$file" || continue
		left=$(doc "$file" $(printf -- '-nosymbol %s ' "${moved[@]}"))
		[[ -z $left ]] || { title "$file" -; printf '%s\n\n' "$left"; }
	done
} >"$pages/structures.rst"
{
	title 'Public headers' =
	say "The codes, structures and routines that have Windows' names."
	for file in include/winpar/*.h include/winpar/ddk/*.h; do
		[[ $file != */abi_check.h ]] || continue
		printf '\n'
		title "$file" -
		printf '.. literalinclude:: /%s\n' "$file"
	done
} >"$pages/headers.rst"

# kernel-doc says nothing of a function that has no comment.
for file in "${sources[@]}"; do
	exports "$file"
done | while read -r one; do
	grep -qE "^\.\. c:(function|macro):: .*\b$one\b" "$pages/functions.rst" ||
		say "$one: exported, and not in the reference"
done >>"$pages/warnings"
sphinx-build -q --keep-going -b html -d "$pages/doctrees" "$pages" \
	"$pages/html" 2>>"$pages/warnings" || say "sphinx-build failed" >>"$pages/warnings"
if [[ -s $pages/warnings ]]; then
	sed "s,$pages/,," "$pages/warnings" >&2
	die "the reference is not made"
fi
mkdir -p "$OUT"
cp -R "$pages/html/." "$OUT/"
say "$OUT/index.html"
