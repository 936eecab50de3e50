# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The checks that look for what the compilers do not: cppcheck, coccinelle, and waits.
# Sourced by run.sh, which sets the variables used here.
# shellcheck disable=SC2154

# Errors and warnings in what goes into the modules, and in the examples. cppcheck is not
# given the kernel's headers, but what changes how a function reads: the loops, and the
# words for sparse. What it finds wrongly is in tests/lint/cppcheck, with the reason.
check_cppcheck()
{
	local modules
	need cppcheck
	cat >"$tmp/kernel.h" <<-'EOF'
	#define __KERNEL__
	#define __must_hold(x)
	#define __acquires(x)
	#define __releases(x)
	#define __printf(a, b)
	#define __aligned(x)
	#define __rcu
	#define list_for_each_entry(p, h, m) \
		for (p = first_of(h); p != end_of(h); p = next_of(p))
	#define list_for_each_entry_reverse(p, h, m) \
		for (p = last_of(h); p != end_of(h); p = before(p))
	#define list_for_each_entry_safe(p, n, h, m) \
		for (p = first_of(h), n = next_of(p); p != end_of(h); p = n, n = next_of(n))
	#define hlist_for_each_entry_safe(p, n, h, m) \
		for (p = first_of(h), n = next_of(p); p; p = n, n = next_of(n))
	#define for_each_set_bit(b, p, n) for (b = first_of(p); b < (n); b = next_of(b))
	EOF
	mapfile -t modules < <({ every_room; those '^examples/.*\.c$'; } |
		grep '\.c$' | sort -u)
	cppcheck -q --enable=warning,performance,portability --library=gnu \
		--include="$tmp/kernel.h" -Iinclude -I. \
		--suppressions-list="$HERE/cppcheck" \
		--template='{file}:{line}: {severity}: {message} [{id}]' \
		"${modules[@]}" >"$tmp/out" 2>&1 || [[ -s $tmp/out ]] ||
		echo "cppcheck failed" >"$tmp/out"
	verdict "cppcheck: ${#modules[@]} files" "$tmp/out"
}

# What the kernel's own patterns for coccinelle report. Without those that need OCaml, and
# without mini_lock, which takes minutes for what sparse checks, too. COCCINELLE: only the
# patterns of that name (selftest.sh).
check_coccinelle()
{
	local modules count
	need coccinelle
	kernel_scripts
	mapfile -t modules < <({ every_room; those '^examples/.*\.c$'; } |
		grep '\.c$' | sort -u)
	grep -rl '^virtual report' --include='*.cocci' "$SCRIPTS/coccinelle" |
		xargs grep -L ':ocaml' | grep -v mini_lock |
		grep -E "${COCCINELLE:-.}" | sort >"$tmp/cocci"
	count=$(wc -l <"$tmp/cocci")
	# A pattern may ask for more of the stack than the usual 8 MiB.
	ulimit -s "$(ulimit -H -s)"
	xargs -P "$JOBS" -I {} spatch --very-quiet -D report --no-show-diff --no-includes \
		--cocci-file {} "${modules[@]}" <"$tmp/cocci" >"$tmp/cocci.out" 2>&1 ||
		echo "spatch failed" >>"$tmp/cocci.out"
	# spatch wonders about words of some patterns themselves.
	{ grep -v '^warning: line [0-9]*: should ' "$tmp/cocci.out" || :; } |
		sort -u >"$tmp/out"
	verdict "coccinelle: $count patterns, ${#modules[@]} files" "$tmp/out"
}

# Calls that wait until something happens, whatever signals come, without a time-out.
WAITS='\b(wait_event|wait_event_idle|wait_var_event|wait_for_completion|wait_on_bit|down'
WAITS+='|winpar_port_wait|winpar_wait_idle|kthread_stop|flush_(delayed_)?work|flush_workqueue'
WAITS+='|schedule|schedule_timeout_(uninterruptible|idle)|cpu_relax)\('

# Nothing waits so but what tests/lint/waits has, with its bound.
check_waits()
{
	local modules
	mapfile -t modules < <(every_room)
	code "${modules[@]}" | grep -E "$WAITS" | grep -v '#define' |
		sed -E 's/^([^:]*):[0-9]*:[[:space:]]*/\1 | /; s/[[:space:]]*\\?$//' |
		sort -u >"$tmp/found"
	sed -nE 's/^([^#|]* \| .*) \| [^|]*$/\1/p' "$HERE/waits" | sort >"$tmp/listed"
	{
		comm -23 "$tmp/found" "$tmp/listed" |
			sed 's,$,: a wait that tests/lint/waits does not have,'
		comm -13 "$tmp/found" "$tmp/listed" |
			sed 's,$,: in tests/lint/waits\, and not needed,'
	} >"$tmp/out"
	verdict "waits without a time-out: $(wc -l <"$tmp/found"), each with what ends it" "$tmp/out"
}
