# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# pages_case: checks the output of a port on which several programs or clients printed
# lines. Sourced.

# pages_case NAME FILE COUNT FORMAT FIRST [COUNT FORMAT FIRST...]: pass if FILE has
# exactly these lines: COUNT lines of each program, FORMAT with the numbers from FIRST
# on, whole and in order; between two lines of one program may be those of another.
pages_case()
{
	local name=$1 file=$2 i
	local dir
	shift 2
	dir=$(mktemp -d)
	: >"$dir/all"
	while (($#)); do
		for ((i = $3; i < $3 + $1; i++)); do
			# shellcheck disable=SC2059
			printf "$2\n" "$i"
		done >"$dir/want"
		# This program's lines, in the order in which they came out.
		grep -axFf "$dir/want" "$file" >"$dir/got" || :
		if ! cmp -s "$dir/want" "$dir/got"; then
			diff "$dir/want" "$dir/got" | head -n 8 || :
			fail "$name"
			rm -rf "$dir"
			return 0
		fi
		cat "$dir/want" >>"$dir/all"
		shift 3
	done
	if ! cmp -s <(sort "$dir/all") <(sort -- "$file"); then
		diff <(sort "$dir/all") <(sort -- "$file") | head -n 8 || :
		fail "$name"
	else
		pass "$name"
	fi
	rm -rf "$dir"
}
