#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build the test kernel (KUnit, KASAN, lockdep, gcov) and print the folder in which it
# was built. Its name in the cache is a checksum of the source, the configuration and
# the patches, so that it is built again only when one of them changes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

need linux-source-6.1 gcc make flex bison bc libelf-dev libssl-dev xz-utils \
	cpio kmod patch rsync

here=$TOP/tests/kernel
source=/usr/src/linux-source-6.1.tar.xz
# Not register-gap.patch: 6.1 does not have that fault.
patches=("$here"/claim-{irq,late}.patch)
# Of a patch only what it changes counts.
key=$({ cat "$here/config"
	sed -s -n '/^--- a\//,$p' "${patches[@]}"
	dpkg-query -W -f '${Version}\n' linux-source-6.1
	gcc -dumpfullversion; } | sha256sum | cut -c1-16)
dir=$WINPAR_CACHE/test-kernel-$key

# check_config: each line of tests/kernel/config has to be in the .config.
check_config()
{
	local line bad=0
	while read -r line; do
		[[ $line == CONFIG_* ]] || continue
		grep -qxF "$line" "$1/.config" ||
			{ note "not in the .config: $line"; bad=1; }
	done <"$here/config"
	((bad == 0)) || die "the test kernel's configuration lost what is named above"
}

mkdir -p "$WINPAR_CACHE"
exec {lock}>"$WINPAR_CACHE/test-kernel.lock"
flock "$lock"
if [[ ! -e $dir/.winpar-built ]]; then
	note "building the test kernel (some 8 minutes on two cores)"
	rm -rf "$dir"
	mkdir -p "$dir"
	touch "$dir/.winpar-used"
	keep_two test-kernel-
	tar -C "$dir" --strip-components=1 -xf "$source"
	cat "${patches[@]}" | patch -s -d "$dir" -p1
	make -s -C "$dir" tinyconfig >/dev/null
	cat "$here/config" >>"$dir/.config"
	make -s -C "$dir" olddefconfig >/dev/null 2>"$dir/config.log"
	check_config "$dir"
	make -C "$dir" -j"$JOBS" bzImage modules >"$dir/build.log" 2>&1 ||
		{ tail -n 30 "$dir/build.log" >&2; die "the test kernel did not build"; }
	touch "$dir/.winpar-built"
fi
touch "$dir/.winpar-used"
say "$dir"
