#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make debtest: winpar installed, as its users do it. PARTS names some of:
#	tree		make install, DKMS with a plain checkout, two builds
#	packages	the Debian packages, a client that is built with them
#	client		a first client, by make try
#	guest		a Debian 12 with systemd: install, boots, another kernel, purge
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/deb/tree.sh
. "$TOP/tests/deb/tree.sh"
# shellcheck source=tests/deb/packages.sh
. "$TOP/tests/deb/packages.sh"
# shellcheck source=tests/deb/client.sh
. "$TOP/tests/deb/client.sh"
# shellcheck source=tests/deb/base.sh
. "$TOP/tests/deb/base.sh"
# shellcheck source=tests/deb/guest.sh
. "$TOP/tests/deb/guest.sh"
# shellcheck source=tests/deb/secure.sh
. "$TOP/tests/deb/secure.sh"

parts=(tree packages client guest)
read -ra wanted <<<"${PARTS:-}"
known part "${parts[*]}" "${wanted[@]}"
((${#wanted[@]})) || wanted=("${parts[@]}")

version() { sed -n 's/^#define WINPAR_VERSION "\(.*\)"$/\1/p' "$TOP/include/winpar/version.h"; }

for part in "${wanted[@]}"; do
	"part_$part"
done
say "all: $SECONDS s"
tally debtest
