#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make deb: the Debian packages, into dist/, which git ignores. They are built in
# a copy of the tree's own files in the cache, and are the same for the same files.
#	OUT=FOLDER	into another folder
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tests/lib.sh"

need build-essential debhelper dh-dkms lintian
out=${OUT:-$TOP/dist}
umask 022
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

tree_copy "$tmp/winpar"
progress "dpkg-buildpackage ..."
(cd "$tmp/winpar" && dpkg-buildpackage -us -uc >"$tmp/log" 2>&1) || {
	tail -n 20 "$tmp/log" >&2
	die "the packages are not built"
}
progress "lintian ..."
lintian -i -I --pedantic --allow-root --fail-on error,warning,info,pedantic \
	"$tmp"/*.changes >"$tmp/lintian" 2>&1 || {
	cat "$tmp/lintian" >&2
	die "lintian has something to say"
}
mkdir -p "$out"
# Only what dpkg-buildpackage makes: OUT may be a folder with other files in it.
rm -f "$out"/winpar*_*.deb "$out"/winpar_*.{dsc,changes,buildinfo} "$out"/winpar_*.tar.*
cp "$tmp"/winpar*_* "$out"
ls "$out"
