# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Reading what guests said: a kernel's complaints, the results of the scripts
# inside, and where the consoles of what failed are kept. Sourced by lib.sh.
#
# splats FILE [ALLOWED]		what a kernel complained of
# cases FILE			count what the guest's script passed and failed
# console_settle		keep the console of the last guest if it failed

SPLATS='BUG:|BUG [[:alnum:]_.-]+ \(|WARNING:|KASAN:|UBSAN:|KCSAN:|Oops'
SPLATS+='|kernel BUG at'
SPLATS+='|possible (circular|recursive|irq lock)|inconsistent lock state'
SPLATS+='|possible unsafe locking|bad unlock balance|Invalid wait context'
SPLATS+='|[Hh]eld lock freed|lock held when returning|nested lock was not taken'
SPLATS+='|turning off the locking correctness|suspicious RCU|suspicious rcu_deref'
SPLATS+='|scheduling while atomic|sleeping function called'
SPLATS+='|hung.?task|blocked for more than|soft lockup|hard LOCKUP'
SPLATS+='|rcu.*stall|self-detected stall|ODEBUG:|list_(add|del) corruption'
SPLATS+='|refcount_t|general protection|double fault|segfault at'
SPLATS+='|nobody cared|Disabling IRQ|memory leak|Bad page|stack-protector'
SPLATS+='|Kernel panic|Call Trace|cut here|WINPAR-JUDGE'
# What a healthy boot says too.
SPLATS_HARMLESS='Kernel command line:|RETBleed: WARNING: Spectre v2|ODEBUG: selftest passed'

# How many lines of a complaint are shown, and of what came after it.
SPLAT_LINES=150
SPLATS_AFTER=20

# splats FILE [ALLOWED]: print what a kernel complained of: the first complaint
# whole, from its first line to the next result or SPLAT_LINES, then the first
# lines of those that came after it. Lines that match the regular expression
# ALLOWED are none. Status 1 if there is any.
splats()
{
	[[ -s $1 ]] || { say "$1: nothing was said at all"; return 1; }
	! LC_ALL=C grep -anE "$SPLATS" "$1" | grep -avE "$SPLATS_HARMLESS" |
		{ if [[ -n ${2:-} ]]; then grep -avE "$2"; else cat; fi; } \
		>"$SCRATCH/splats" || splat_show "$1" "$SCRATCH/splats"
	[[ ! -s $SCRATCH/splats ]]
}

# splat_show FILE LINES: LINES are grep's of FILE.
splat_show()
{
	LC_ALL=C awk -v most="$SPLAT_LINES" -v after="$SPLATS_AFTER" '
	function text(line) { sub(/^\[ *[0-9.]+\] ?/, "", line); return line }
	FILENAME == ARGV[1] {
		line = $0; sub(/:.*/, "", line)
		bad[line + 0] = 1
		if (!first) first = line + 0
		next
	}
	FNR == first - 1 && text($0) ~ /^=+$/ { print }
	FNR < first { next }
	# The next result ends it, and so does what the script says.
	text($0) ~ /^ *(not )?ok [0-9]+ |winpar-case: |WINPAR-GUEST-EXIT/ { over = 1 }
	!over && shown < most { print; shown++; next }
	FNR in bad {
		if (later++ < after) print
	}
	END {
		if (later > after) print "... and " later - after " more lines of complaint"
	}' "$2" "$1"
}

# cases FILE [PREFIX]: pass or fail for each case that the guest's script
# (guest.sh) reported. A guest that reported none fails.
cases()
{
	local line n=0
	while read -r line; do
		n=$((n + 1))
		case $line in
		ok\ *) pass "${2:+$2: }${line#ok }" ;;
		FAIL\ *) fail "${2:+$2: }${line#FAIL }" ;;
		esac
	done < <(grep -aoE 'winpar-case: (ok|FAIL) .*' "$1" | sed 's/^winpar-case: //')
	((n)) || fail "${2:+$2: }no case was reported in $(basename "$1")"
}

# --------------------------------------------- the consoles of what failed ---

# One folder a tree and script, emptied when the script begins anew.
LAST=$WINPAR_CACHE/last/$TREE/$(basename "$(dirname "$0")")-$(basename "$0" .sh)
CONSOLES=()
GUEST_CONSOLE=
GUEST_NAME=
FAILED_BEFORE=0

# console_keep: keep that of the last guest.
console_keep()
{
	[[ -s $GUEST_CONSOLE ]] || return 0
	((${#CONSOLES[@]})) || rm -rf "$LAST"
	mkdir -p "$LAST"
	cp "$GUEST_CONSOLE" "$LAST/$GUEST_NAME.console"
	CONSOLES+=("$LAST/$GUEST_NAME.console")
	GUEST_CONSOLE=
}

# console_settle: keep it if anything failed since that guest was begun.
console_settle()
{
	((FAILED == FAILED_BEFORE)) || console_keep
	FAILED_BEFORE=$FAILED
}

before_tally()
{
	local file
	console_settle
	GUEST_CONSOLE=
	for file in "${CONSOLES[@]}"; do
		say "   console: $file"
	done
}

# console_left: a script that did not come to its tally keeps the last one.
console_left()
{
	console_keep
	((!${#CONSOLES[@]})) || note "console: ${CONSOLES[-1]}"
}
