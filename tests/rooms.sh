# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which files the module is made of. Sourced after tests/lib.sh by scripts that judge
# its sources. The files found by a pattern are compared with Kbuild, so that a file
# that was moved is not left out unnoticed.

# The pattern of the module's files, at the top and in its folders.
ROOM_FILES='^(winpar[^/]*|(api|device|port|host)/[^/]+)\.[ch]$'
# shellcheck disable=SC2034
HOST_FILES='^(winpar_host[^/]*|host/[^/]+)\.[ch]$'

# kbuild_objects KBUILD MODULE: the objects that it is linked from.
kbuild_objects()
{
	sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' "$1" |
		sed -nE "s/^$2-[^ ]+ *[:+]?= *//p" | tr -s '[:blank:]' '\n' |
		grep '\.o$'
}

# kbuild_sources FOLDER MODULE: FOLDER/FILE.c for each of these objects. A
# composite module may not be named as one of its sources: winpar_core.o.
kbuild_sources()
{
	kbuild_objects "$TOP/$1Kbuild" "$2" |
		sed "s/^winpar_core\.o\$/winpar.o/; s,^,$1,; s/\.o\$/.c/"
}

# room_files FILE...: those of the module, one a line. Ends the script when
# there are fewer sources than Kbuild lists.
room_files()
{
	local found listed
	found=$(printf '%s\n' "$@" | grep -E "$ROOM_FILES" || :)
	listed=$(kbuild_sources '' winpar)
	[[ -n $listed ]] || die "Kbuild lists no sources"
	comm -23 <(sort <<<"$listed") <(sort <<<"$found") |
		sed 's/^/   not found: /' >&2
	(($(grep -c '\.c$' <<<"$found") >= $(wc -l <<<"$listed"))) ||
		die "of $(wc -l <<<"$listed") sources in Kbuild $(grep -c '\.c$' <<<"$found" || :) were found: see tests/rooms.sh"
	say "$found"
}
