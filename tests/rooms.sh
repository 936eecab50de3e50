# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which files each module is made of. Sourced after tests/lib.sh by scripts that judge
# their sources. The files found by a pattern are compared with Kbuild, so that a file
# that was moved is not left out unnoticed.
# shellcheck disable=SC2034

# The patterns of each module's files; winpar's are at the top and in its folders.
ROOM_FILES='^(winpar[^/]*|(api|device|port|host)/[^/]+)\.[ch]$'
WDM_FILES='^wdm/[^/]+\.[ch]$'
SIM_FILES='^sim/[^/]+\.[ch]$'
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

# rooms_found PATTERN FOLDER MODULE FILE...: end the script when not all sources that
# FOLDER/Kbuild lists for MODULE are among the FILEs that match PATTERN.
rooms_found()
{
	local pattern=$1 folder=$2 module=$3 found listed
	shift 3
	found=$(printf '%s\n' "$@" | grep -E "$pattern" | grep '\.c$' || :)
	listed=$(kbuild_sources "$folder" "$module")
	[[ -n $listed ]] || die "${folder}Kbuild lists no sources of $module"
	comm -23 <(sort <<<"$listed") <(sort <<<"$found") | sed 's/^/   not found: /' >&2
	[[ -z $(comm -23 <(sort <<<"$listed") <(sort <<<"$found")) ]] ||
		die "${folder}Kbuild lists sources that no file matches: see tests/rooms.sh"
}
