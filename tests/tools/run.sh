#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make toolstest: winparctl on machines that are folders, and its timeline in a
# browser. Arguments: only these modules, classes or cases, as unittest names them
# (test_ports, test_ports.Common).
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# What the tests of the page start, and what checks the manual page.
need python3 python3-rich chromium chromium-driver python3-selenium mandoc

while IFS= read -r line; do
	case $line in
	ok\ *) pass "${line#ok }" ;;
	FAIL\ *) fail "${line#FAIL }" ;;
	*) say "     $line" ;;
	esac
done < <(cd "$TOP/tests/tools" && /usr/bin/python3 run.py "$@" 2>&1)
tally toolstest
