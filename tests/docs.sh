#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make docs: render docs/*.dot to docs/*.svg, which are not kept in git, and README's
# picture, which is: docs/pictures/timeline.svg, from a recorded trace.
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
"$TOP/tools/winparctl" timeline "$TOP/tests/tools/data/page.trace" \
	--to 0.075 -o "$TOP/docs/pictures/timeline.svg" >/dev/null
say docs/pictures/timeline.svg
