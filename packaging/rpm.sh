#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make rpm: packages for systems with RPM, into dist/, which git ignores, by
# packaging/winpar.spec, from a copy of the tree's own files.
#	OUT=FOLDER	into another folder
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tests/lib.sh"

need rpm rpmlint
spec=$TOP/packaging/winpar.spec
name=winpar-$(sed -n 's/^Version: *//p' "$spec")
out=${OUT:-$TOP/dist}
umask 022
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$tmp/SOURCES"
tree_copy "$tmp/$name"
tar -C "$tmp" -czf "$tmp/SOURCES/$name.tar.gz" "$name"
progress "rpmbuild ..."
rpmbuild -bb --define "_topdir $tmp" --define "_tmppath $tmp" "$spec" >"$tmp/log" 2>&1 || {
	tail -n 20 "$tmp/log" >&2
	die "the packages are not built"
}
progress "rpmlint ..."
rpmlint --strict -c "$TOP/packaging/rpmlint.toml" "$spec" "$tmp"/RPMS/noarch/*.rpm \
	>"$tmp/rpmlint" 2>&1 || {
	cat "$tmp/rpmlint" >&2
	die "rpmlint has something to say"
}
mkdir -p "$out"
rm -f "$out"/winpar*.rpm
cp "$tmp"/RPMS/noarch/*.rpm "$out"
(cd "$out" && ls winpar*.rpm)
