#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build the test kernel (KUnit, KASAN, lockdep, gcov) and print the folder in which it
# was built. With NAME: one whose configuration has the lines of NAME.config, too; a line
# there overrides one of config. kunit-newest is of the newest kernel that Debian's archive
# has, and kunit-rt the same with PREEMPT_RT; the others are of 6.1. The folder's name in
# the cache is a checksum of the source, the configuration and the patches, so that it is
# built again only when one of them changes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

need linux-source-6.1 gcc make flex bison bc libelf-dev libssl-dev xz-utils \
	cpio kmod patch rsync

here=$TOP/tests/kernel
configs=("$here/config")
kind=${1:-test}
case $kind in
test | soak | kcsan) ;;
kunit-newest) ;;
kunit-rt) configs+=("$here/kunit-newest.config") ;;
*) known kernel "soak kcsan kunit-newest kunit-rt" "$1" ;;
esac
[[ $kind == test ]] || configs+=("$here/$kind.config")
# Not register-gap.patch: no KUnit case needs it.
patches=("$here"/claim-{irq,late}.patch)
if [[ $kind == kunit-* ]]; then
	# shellcheck source=tests/matrix/lib.sh
	. "$TOP/tests/matrix/lib.sh"
	matrix_source "$kind"
	source=$SOURCE
	version=$SOURCE_VERSION
	minutes=20
else
	source=/usr/src/linux-source-6.1.tar.xz
	version=$(dpkg-query -W -f '${Version}\n' linux-source-6.1)
	minutes=8
fi
# Of a patch only what it changes counts.
key=$({ cat "${configs[@]}"
	sed -s -n '/^--- a\//,$p' "${patches[@]}"
	say "$version"
	gcc -dumpfullversion; } | sha256sum | cut -c1-16)
dir=$WINPAR_CACHE/$kind-kernel-$key

# wanted: print the lines of configs that set something, without those that a later one
# overrides.
wanted()
{
	awk '
	/^CONFIG_/ { name = $0; sub(/=.*/, "", name) }
	/^# CONFIG_.* is not set$/ { name = $2 }
	/^CONFIG_/ || /^# CONFIG_.* is not set$/ { line[name] = $0 }
	END { for (name in line) print line[name] }' "${configs[@]}"
}

# check_config: each of these lines has to be in the .config; one that unsets something
# may be missing there, where that cannot be set at all.
check_config()
{
	local line bad=0
	while read -r line; do
		if [[ $line == '#'* ]]; then
			set -- "$1" "${line#\# }"
			! grep -q "^${2%% *}=" "$1/.config"
		else
			grep -qxF "$line" "$1/.config"
		fi || { note "not in the .config: $line"; bad=1; }
	done < <(wanted)
	((bad == 0)) || die "the test kernel's configuration lost what is named above"
}

mkdir -p "$WINPAR_CACHE"
exec {lock}>"$WINPAR_CACHE/$kind-kernel.lock"
flock "$lock"
if [[ ! -e $dir/.winpar-built ]]; then
	note "building the $kind kernel (some $minutes minutes on two cores)"
	rm -rf "$dir"
	mkdir -p "$dir"
	touch "$dir/.winpar-used"
	keep_two "$kind-kernel-"
	tar -C "$dir" --strip-components=1 -xf "$source"
	cat "${patches[@]}" | patch -s -d "$dir" -p1
	make -s -C "$dir" tinyconfig >/dev/null
	cat "${configs[@]}" >>"$dir/.config"
	make -s -C "$dir" olddefconfig >/dev/null 2>"$dir/config.log"
	check_config "$dir"
	make -C "$dir" -j"$JOBS" bzImage modules >"$dir/build.log" 2>&1 ||
		{ tail -n 30 "$dir/build.log" >&2; die "the $kind kernel did not build"; }
	touch "$dir/.winpar-built"
fi
touch "$dir/.winpar-used"
say "$dir"
