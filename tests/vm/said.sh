# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that read a guest's console: the complaints of its kernel and the results of
# its script; and that keep the console in the cache if a check failed. Sourced by lib.sh.
#
# splats FILE [ALLOWED]		print the kernel's complaints
# cases FILE			pass or fail for each result of the guest's script
# ran LABEL STATUS [FILE]	pass or fail for how the guest has ended, and for complaints
# console_settle		keep the last guest's console if a check failed

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
# Lines of a boot without a bug that match SPLATS.
SPLATS_HARMLESS='Kernel command line:|RETBleed: WARNING: Spectre v2|ODEBUG: selftest passed'

# How many lines of the first complaint are shown, and of the later complaints.
SPLAT_LINES=150
SPLATS_AFTER=20

# splats FILE [ALLOWED]: print the complaints (lines that match SPLATS) of the kernel in
# FILE, a console: the first one whole, from its first line to the next result, at most
# SPLAT_LINES lines; then the lines of the later ones that match, at most SPLATS_AFTER.
# Lines that match the regular expression ALLOWED are no complaints. Status 1 if there
# is a complaint, or no console at all.
splats()
{
	[[ -s $1 ]] || { say "$1: the console is empty"; return 1; }
	! LC_ALL=C grep -anE "$SPLATS" "$1" | grep -avE "$SPLATS_HARMLESS" |
		{ if [[ -n ${2:-} ]]; then grep -avE "$2"; else cat; fi; } \
		>"$SCRATCH/splats" || splat_show "$1" "$SCRATCH/splats"
	[[ ! -s $SCRATCH/splats ]]
}

# splat_show FILE LINES: show FILE as splats says; LINES is a file with grep -n's lines
# of FILE that are complaints.
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
	# A line of KUnit or of the guest script ends the first complaint.
	text($0) ~ /^ *(not )?ok [0-9]+ |winpar-case: |WINPAR-GUEST-EXIT/ { over = 1 }
	!over && shown < most { print; shown++; next }
	FNR in bad {
		if (later++ < after) print
	}
	END {
		if (later > after) print "... and " later - after " more lines of complaint"
	}' "$2" "$1"
}

# cases FILE [PREFIX]: pass or fail for each check that the guest's script reported on
# its console, FILE (check in guest.sh). Fails if there is none.
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

# ran LABEL STATUS [FILE]: pass if the guest's script reached its end with STATUS 0 or 1,
# and if its kernel printed no complaint (in FILE, else in its console).
ran()
{
	if (($2 <= 1)); then
		pass "$1: the guest went to its end (${GUEST_SECONDS} s)"
	else
		fail "$1: the guest ended with $2"
	fi
	if splats "${3:-$GUEST_CONSOLE}"; then
		pass "$1: the kernel did not complain"
	else
		fail "$1: the kernel complained"
	fi
}

# ------------------------------------------ the consoles of guests that failed ---

# LAST: a folder of this tree and script, emptied before a run keeps its first console.
LAST=$WINPAR_CACHE/last/$TREE/$(basename "$(dirname "$0")")-$(basename "$0" .sh)
CONSOLES=()
GUEST_CONSOLE=
GUEST_NAME=
FAILED_BEFORE=0

# console_keep: copy the console of the last guest to LAST.
console_keep()
{
	[[ -s $GUEST_CONSOLE ]] || return 0
	((${#CONSOLES[@]})) || rm -rf "$LAST"
	mkdir -p "$LAST"
	cp "$GUEST_CONSOLE" "$LAST/$GUEST_NAME.console"
	CONSOLES+=("$LAST/$GUEST_NAME.console")
	GUEST_CONSOLE=
}

# console_settle: keep the console of the last guest if a check has failed since it was
# booted.
console_settle()
{
	((FAILED == FAILED_BEFORE)) || console_keep
	FAILED_BEFORE=$FAILED
}

# before_tally: called by tally (lib.sh): print the paths of the consoles kept.
before_tally()
{
	local file
	console_settle
	GUEST_CONSOLE=
	for file in "${CONSOLES[@]}"; do
		say "   console: $file"
	done
}

# console_left: for a script that ends before its tally: keep the last guest's console,
# and print its path.
console_left()
{
	console_keep
	((!${#CONSOLES[@]})) || note "console: ${CONSOLES[-1]}"
}
