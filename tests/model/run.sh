#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make model: searches the models of tests/model/*.pml by spin, in every order of steps
# (docs/model.md). A row of models.tsv is one search: a model with these -D options, and
# what is expected: "holds", or for a variant with a fault the property that has to fail.
# The column search says what is searched for: "state", a state in which a property is
# broken; "cycle FORMULA", a cycle that this formula of the model forbids; "long", as
# "state", but left out with --short, as make check does, and with its states packed, which
# takes three times as long and a third of the memory. With arguments: only the rows named,
# or all rows of the files named.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

HERE=$TOP/tests/model
KEPT=$WINPAR_CACHE/last/$TREE/model
# Megabytes that a search may take, and a long one.
MEMORY=4000
MEMORY_LONG=8000

short=
words=()
for word in "$@"; do
	if [[ $word == --short ]]; then short=1; else words+=("$word"); fi
done
mapfile -t names < <(tail -n +2 "$HERE/models.tsv" | cut -f 1)
mapfile -t files < <(tail -n +2 "$HERE/models.tsv" | cut -f 2 | sort -u)
known model "${names[*]} ${files[*]}" "${words[@]}"
need spin gcc libc6-dev

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$KEPT"

# is_wanted NAME FILE: is this row to be searched?
is_wanted()
{
	((${#words[@]})) || return 0
	[[ " ${words[*]} " == *" $1 "* || " ${words[*]} " == *" $2 "* ]]
}

# verdict_of SAID FORMULA: print the property that SAID, what pan printed, shows to be
# broken: FORMULA for a cycle. Print "holds" when none is, and "nothing" when the search
# did not come to an end.
verdict_of()
{
	if grep -q 'assertion violated' "$1"; then
		sed -n 's/.*assertion violated *!(\([a-z_]*\)).*/\1/p' "$1" | head -n 1
	elif grep -q '^pan.*invalid end state' "$1"; then
		say forgotten
	elif grep -q '^pan.*acceptance cycle' "$1"; then
		say "$2"
	elif grep -q 'errors: 0' "$1" && ! grep -qE 'not completed|too small' "$1"; then
		say holds
	else
		say nothing
	fi
}

# search NAME FILE OPTIONS KIND: build the checker of one row and run it, in a folder
# NAME of its own. Its verdict goes into the file "verdict" there.
search()
{
	local dir=$tmp/$1 file=$2.pml kind=$4 formula options=() run=(-m2000000)
	local build=(-w) optimise=-O1 memory=$MEMORY
	# The fault of a variant is found at once: most of the time goes into the compiler.
	[[ $5 == holds ]] || optimise=-O0
	if [[ $kind == long ]]; then
		optimise=-O2 memory=$MEMORY_LONG
		build+=(-DCOLLAPSE)
		run=(-m3000000 -w28)
	fi
	[[ $3 == - ]] || read -ra options <<<"$3"
	mkdir "$dir"
	# pan writes the steps that lead to a broken property into a file beside the model.
	cp -t "$dir" "$HERE/common.pml" "$HERE/$file"
	cd "$dir"
	{
		if [[ $kind == cycle* ]]; then
			formula=${kind#cycle }
			build+=(-DNFAIR=4)
			run+=(-a -f -N "$formula")
		else
			build+=(-DSAFETY -DNOCLAIM)
		fi
		spin "${options[@]}" -a "$file" &&
			gcc "$optimise" "-DMEMLIM=$memory" "${build[@]}" -o pan pan.c &&
			./pan "${run[@]}"
	} >said 2>&1 || :
	verdict_of said "${formula:-}" >verdict
	if [[ $(<verdict) != "$5" ]]; then
		if [[ -e $file.trail ]]; then
			spin "${options[@]}" -t -p -g "$file" >steps 2>&1 || :
		else
			cp said steps
		fi
		mv steps "$KEPT/$1"
	fi
}

# Search the rows that are wanted, two at a time. The results are printed afterwards, in the
# order of models.tsv.
rows=()
while IFS=$'\t' read -r name file options kind expected; do
	is_wanted "$name" "$file" || continue
	[[ -z $short || $kind != long ]] || continue
	rows+=("$name	$expected")
	while (($(jobs -pr | wc -l) >= (JOBS < 2 ? JOBS : 2))); do
		wait -n || :
	done
	progress "$name ..."
	(search "$name" "$file" "$options" "$kind" "$expected") &
done < <(tail -n +2 "$HERE/models.tsv")
wait

for row in "${rows[@]}"; do
	IFS=$'\t' read -r name expected <<<"$row"
	found=$(cat "$tmp/$name/verdict" 2>/dev/null || say nothing)
	states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$tmp/$name/said")
	if [[ $found != "$expected" ]]; then
		fail "$name: $expected was expected, and found was $found: $KEPT/$name"
	elif [[ $expected == holds ]]; then
		pass "$name: holds in ${states:-no} states"
	else
		pass "$name: broken, and $expected fails"
	fi
done

# A property that no variant breaks may be one that nothing can break.
if ((!${#words[@]})); then
	# shellcheck disable=SC2016 # the backquotes are the table's
	while read -r property; do
		if cut -f 5 "$HERE/models.tsv" | grep -qx "$property"; then
			pass "$property: a variant breaks it"
		else
			fail "$property: no variant in models.tsv breaks it"
		fi
	done < <(sed -n '/^## Properties/,/^## /s/^| \(`.*`\) |.*/\1/p' "$TOP/docs/model.md" |
		grep -o '[a-z_]*[a-z]')
fi
tally model
