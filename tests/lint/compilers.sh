# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The checks that compile the tree: build, sparse, clang and analyzer. Sourced by run.sh, which
# sets the variables used here.
# shellcheck disable=SC2034,SC2154

# headers: set KDIR to the folder of the stock kernel's headers.
headers()
{
	local kver
	need linux-headers-amd64
	kver=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 |
		grep -oE 'linux-headers-[0-9][^ ,]*-amd64' | head -n1)
	KDIR=/usr/src/$kver
	[[ -d $KDIR ]] || die "linux-headers-amd64 brings no $KDIR"
}

# built: build everything that Kbuild knows with W=1 and sparse, from nothing.
# Sets BUILT; leaves build.log and sparse.log in $tmp.
built()
{
	local vars=(WINPAR_EXAMPLES=m WINPAR_SIM=m WINPAR_WDM=m WINPAR_CLIENTS=m)
	[[ -z ${BUILT:-} ]] || return 0
	need sparse make gcc rsync
	headers
	[[ ! -e tests/vm/modules/Kbuild ]] || vars+=(WINPAR_VMTEST=m)
	[[ ! -e tests/bench/Kbuild ]] || vars+=(WINPAR_BENCH=m)
	# This kernel has no KUnit: its tests are compiled, but miss symbols.
	[[ ! -e tests/kunit/Kbuild ]] || vars+=(WINPAR_KUNIT=m KBUILD_MODPOST_WARN=1)
	BUILT=$tmp/build-lint-$TREE
	: >"$tmp/sparse.log"
	(WINPAR_CACHE=$tmp
	 build_tree "$KDIR" lint -k W=1 C=1 \
		"CF=-Wcontext 2>>$tmp/sparse.log" "${vars[@]}") 2>"$tmp/err" ||
		: >"$tmp/broken"
	cp "$BUILT.log" "$tmp/build.log"
}

# compiled: print the sources that built has compiled.
compiled()
{
	find "$BUILT" -name '.*.o.cmd' -exec sed -n 's/^source_.* := //p' {} + |
		sed "s,^$BUILT/,," | grep -v '\.mod\.c$' | sort -u
}

# Sources that Kbuild does not build: programs for the guests, those of Windows' sources
# (tests/abi compiles them) and their library, and the module splat, whose mistakes are
# deliberate.
not_kbuild='^tests/(vm/(bin|splat)|bench/bin|clients/[^/]*/program)/|^include/winpar/user/'

check_build()
{
	built
	grep -E 'warning:|error:|WARNING:|ERROR:' "$tmp/build.log" |
		grep -vE '^/(usr|lib)/|the compiler differs|WARNING: modpost: .*/tests/kunit/' |
		sed "s,$BUILT/,," >"$tmp/out" || :
	if [[ -e $tmp/broken && ! -s $tmp/out ]]; then
		cp "$tmp/err" "$tmp/out"
	fi
	verdict "W=1 build with gcc: $(compiled | wc -l) files" "$tmp/out"
	those '\.c$' | grep -vE "$not_kbuild" |
		comm -23 - <(compiled) >"$tmp/out"
	verdict "every source is built" "$tmp/out"
}

check_sparse()
{
	local count
	built
	count=$(grep -c '^  CHECK ' "$tmp/build.log" || :)
	grep "^$BUILT/" "$tmp/sparse.log" | sed "s,^$BUILT/,," >"$tmp/out" || :
	compiled | comm -23 - <(sed -n "s,^  CHECK   $BUILT/,,p" "$tmp/build.log" |
		sort -u) | sed 's/$/: not checked/' >>"$tmp/out"
	verdict "sparse: $count files" "$tmp/out"
}

# clang_commands: leave in $tmp/commands, for each source that built has compiled, its path
# and gcc's options, except those that this clang does not know.
clang_commands()
{
	local file flags strange=()
	[[ ! -s $tmp/commands ]] || return 0
	need clang libc6-dev
	built
	find "$BUILT" -name '.*.o.cmd' -exec sed -nE \
		's/^cmd_[^ ]* :=  *[^ ]+ -Wp,[^ ]*(.*) -c -o [^ ]+ ([^ ;]+\.c)( .*)?$/\2\1/p' \
		{} + | grep -v '^[^ ]*\.mod\.c ' | sort >"$tmp/commands"
	read -r file flags <"$tmp/commands" || :
	mapfile -t strange < <(cd "$KDIR" &&
		eval "clang $flags -Wno-everything -fsyntax-only '$file'" 2>&1 |
		sed -nE "s/.*error: (unknown argument|unsupported option):? '([^']*)'.*/\2/p
			 s/.*error: '([^']*)' hasn't been enabled.*/\1/p")
	for flags in "${strange[@]}"; do
		sed -i "s, $flags\(=[^ ]*\)\?\( \|\$\), ,g" "$tmp/commands"
	done
}

# By -Wall and -Wextra. Not asked for, since the kernel's own headers, and each table of
# routines, have these: a parameter that a routine does not use, signed beside unsigned, fields
# of a structure that are left 0. The rest of -Wno- is for gcc's options, which clang is given.
check_clang()
{
	clang_commands
	sed -E "s,^([^ ]+)(.*)\$,clang\2 -Wall -Wextra -Wno-unused-parameter \
-Wno-sign-compare -Wno-missing-field-initializers -Wno-unknown-warning-option \
-Wno-unused-command-line-argument -fsyntax-only '\1'," "$tmp/commands" >"$tmp/jobs"
	those "$not_kbuild" | sed -nE "s,^(tests/(vm|bench)/bin/.*\.c)\$,clang -Wall -Wextra \
-fsyntax-only '$TOP/\1',p" >>"$tmp/jobs"
	(cd "$KDIR" && tr '\n' '\0' <"$tmp/jobs" |
		xargs -0 -P "$JOBS" -n 1 bash -c >"$tmp/clang.log" 2>&1) ||
		: >"$tmp/broken-clang"
	grep -E "^($BUILT|$TOP)/.*(warning|error):|error: " "$tmp/clang.log" |
		sed "s,^\($BUILT\|$TOP\)/,," | sort -u >"$tmp/out" || :
	if [[ -e $tmp/broken-clang && ! -s $tmp/out ]]; then
		tail -n 20 "$tmp/clang.log" >"$tmp/out"
	fi
	compiled | sed "s,^,$BUILT/," |
		comm -23 - <(cut -d' ' -f1 "$tmp/commands" | sort -u) |
		sed 's/$/: not compiled/' >>"$tmp/out"
	verdict "clang: $(wc -l <"$tmp/jobs") files" "$tmp/out"
}

# Those of its checkers that say something of a kernel module. Of security only what the
# kernel asks for, too: no strcpy(). The rest wants functions that the kernel does not have.
ANALYZED=core,unix,deadcode,nullability,security.insecureAPI.strcpy,security.FloatLoopCounter

# What clang's analyzer finds in what goes into the modules, and in the examples: by
# following each function, and those that it calls, in each way that its conditions allow.
# A finding in a header of the kernel's counts, as its way begins in a file of ours; but not
# one that needs no way, in a header's own functions. What the analyzer finds wrongly is in
# tests/lint/analyzer, with the reason. ANALYZER: only the files of that name (selftest.sh).
check_analyzer()
{
	local modules
	clang_commands
	mapfile -t modules < <({ every_room; those '^examples/.*\.c$'; } |
		grep '\.c$' | grep -E "${ANALYZER:-.}" | sort -u)
	# The asm with which a guest of Xen's may be asked whether interrupts are off writes a
	# variable, and the analyzer does not know: it would end each way there.
	echo '#undef CONFIG_PARAVIRT_XXL' >"$tmp/analyzer.h"
	printf "$BUILT/%s\n" "${modules[@]}" | sort |
		join - <(sort -u -k1,1 "$tmp/commands") >"$tmp/analyzed"
	sed -E "s,^([^ ]+)(.*)\$,clang\2 -include '$tmp/analyzer.h' -w --analyze \
-Xclang -analyzer-checker=${ANALYZED//,/\\,} -Xclang -analyzer-output=text \
-o '$tmp/analyzer.plist' '\1'," "$tmp/analyzed" >"$tmp/jobs"
	(cd "$KDIR" && tr '\n' '\0' <"$tmp/jobs" |
		xargs -0 -P "$JOBS" -n 1 bash -c >"$tmp/analyzer.log" 2>&1) || :
	perl "$HERE/analyzer.pl" "$BUILT" "$HERE/analyzer" "${modules[@]}" \
		<"$tmp/analyzer.log" >"$tmp/out" || echo "analyzer.pl failed" >>"$tmp/out"
	printf '%s\n' "${modules[@]}" |
		comm -23 - <(cut -d' ' -f1 "$tmp/analyzed" | sed "s,^$BUILT/,," | sort -u) |
		sed 's/$/: not analyzed/' >>"$tmp/out"
	verdict "clang's analyzer: ${#modules[@]} files, $(
		grep -c '^[^#]* | ' "$HERE/analyzer") exceptions" "$tmp/out"
}
