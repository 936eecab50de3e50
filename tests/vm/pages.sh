# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Judging what came out of a port that several parties printed lines on.
# Sourced.

# pages_case NAME FILE COUNT FORMAT FIRST [COUNT FORMAT FIRST...]: pass if FILE
# is made of exactly these lines: from each party COUNT of them, numbered from
# FIRST on, whole and in order, whoever's came in between.
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
		# In the order in which they came out.
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
