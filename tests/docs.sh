#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make docs: render docs/*.dot to docs/*.svg, which are not kept in git.
# Fails when the drawings do not show the rooms as they are.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

wrong=$("$TOP/tests/lint/drawing.sh")
if [[ -n $wrong ]]; then
	printf '%s\n' "$wrong" >&2
	die "the drawings are not up to date"
fi
need graphviz
for dot in "$TOP"/docs/*.dot; do
	svg=${dot%.dot}.svg
	dot -Tsvg "$dot" -o "$svg.part"
	mv "$svg.part" "$svg"
	say "${svg#"$TOP/"}"
done
