# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of winparctl in bash. tests/tools/test_documents.py compares the words
# with those that the program knows.

_winparctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local sub='' i words='' path ports=''
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		list | status | doctor | test | trace | timeline)
			sub=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	case $before in
	-o | --output | --module)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--root)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	--by) words='plug printer' ;;
	--interval | --rounds | --for | --buffer | --from | --to) return ;;
	*)
		for path in "${WINPARCTL_ROOT:-}"/sys/class/winpar/*; do
			[[ ! -e $path ]] || ports+=" ${path##*/}"
		done
		case $sub in
		'') words='list status doctor test trace timeline --help --version' ;;
		list) words='--help --json --root' ;;
		status) words="--help --json --root --watch --interval --rounds$ports" ;;
		doctor) words='--help --json --root' ;;
		test)
			words='--help --json --root --by --yes --module'
			case $before in
			test) words+=' page loopback interrupt' ;;
			page | loopback | interrupt) words+=$ports ;;
			esac
			;;
		trace) words='--help --json --root --for --output --buffer' ;;
		timeline)
			words='--help --json --root --output --from --to'
			mapfile -t COMPREPLY < <(compgen -f -- "$word")
			;;
		esac
		;;
	esac
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _winparctl winparctl
