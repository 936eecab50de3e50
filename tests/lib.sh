# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by every test script: where things are kept, what must be installed,
# how results are counted. Sourced, never run.
# shellcheck disable=SC2034

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The folder outside the tree for all that is built or downloaded.
WINPAR_CACHE=${WINPAR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/winpar}
JOBS=${JOBS:-$(nproc)}
# The options of the make that called this script do not go to the makes below it.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

say() { printf '%s\n' "$*"; }
note() { printf '   %s\n' "$*" >&2; }
die() { printf 'winpar: %s\n' "$*" >&2; exit 1; }
# progress WORDS: print a line while something long runs, but not in make check.
progress() { [[ -n ${WINPAR_QUIET:-} ]] || note "$@"; }

# known KIND LIST WORD...: end the script, with the list, if a word is not in LIST.
known()
{
	local kind=$1 list=$2 word
	shift 2
	for word in "$@"; do
		[[ " $list " != *" $word "* ]] || continue
		die "there is no $kind $word. These there are: $list"
	done
}

# need PACKAGE...: install those of these Debian packages that are missing.
need()
{
	local missing=() p
	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Abbrev}\n' "$p" 2>/dev/null |
			grep -q '^.i' || missing+=("$p")
	done
	((${#missing[@]})) || return 0
	[[ $(id -u) == 0 ]] ||
		die "these Debian packages are missing: ${missing[*]} (run as root to have them installed)"
	note "installing ${missing[*]}"
	apt_lock
	if ! apt-get -qq -y --no-install-recommends install "${missing[@]}" \
	     </dev/null >/dev/null 2>&1; then
		apt-get -qq update </dev/null >/dev/null
		DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
			--no-install-recommends install "${missing[@]}" \
			</dev/null >/dev/null ||
			die "apt-get could not install: ${missing[*]}"
	fi
	exec {APT_LOCK}>&-
}

# tree_copy DIR: copy the tree's own files to DIR, without those that git ignores. The tree
# need not be a checkout: it may have come as an archive.
tree_copy()
{
	need rsync
	mkdir -p "$1"
	rsync -rl --chmod=D755,Fu=rwX,Fgo=rX --filter=':- .gitignore' --exclude=.git \
		"$TOP/" "$1/"
}

# apt_lock: wait until no other script runs apt; held until APT_LOCK is closed.
apt_lock()
{
	mkdir -p "$WINPAR_CACHE"
	exec {APT_LOCK}>"$WINPAR_CACHE/apt.lock"
	flock "$APT_LOCK"
}

# kernel_scripts: set SCRIPTS to the scripts/ of linux-source-6.1, which is kept
# in the cache.
kernel_scripts()
{
	local part
	need linux-source-6.1 perl xz-utils
	SCRIPTS=$WINPAR_CACHE/scripts-$(dpkg-query -W -f '${Version}' linux-source-6.1)
	[[ ! -d $SCRIPTS ]] || return 0
	note "unpacking the kernel's scripts"
	mkdir -p "$WINPAR_CACHE"
	part=$(mktemp -d "$WINPAR_CACHE/scripts.XXXXXX")
	chmod 755 "$part"
	tar -C "$part" --strip-components=2 -xf /usr/src/linux-source-6.1.tar.xz \
		linux-source-6.1/scripts
	mv -T "$part" "$SCRIPTS" 2>/dev/null || rm -rf "$part"
	[[ -d $SCRIPTS ]] || die "the kernel's scripts are not in the cache"
}

# Results: one line a case, and a tally that make check adds up.
PASSED=0
FAILED=0
FAILURES=()
pass() { PASSED=$((PASSED + 1)); say "ok   $*"; }
fail() { FAILED=$((FAILED + 1)); FAILURES+=("$*"); say "FAIL $*"; }

# At most so many failures are listed again at the end.
FAILURES_SHOWN=40

# failures_again: print the FAIL lines once more, above the tally.
failures_again()
{
	local n=${#FAILURES[@]}
	((n)) || return 0
	say "What failed:"
	printf '   FAIL %s\n' "${FAILURES[@]:0:FAILURES_SHOWN}"
	((n <= FAILURES_SHOWN)) || say "   ... and $((n - FAILURES_SHOWN)) more"
}

# tally NAME: print this script's figures, as its last line, and keep them for make
# check. tests/vm/said.sh defines before_tally, which prints lines above it.
tally()
{
	if [[ -n ${WINPAR_TALLY:-} ]]; then
		printf '%s %d %d\n' "$1" "$PASSED" "$FAILED" >>"$WINPAR_TALLY"
	fi
	failures_again
	! declare -F before_tally >/dev/null || before_tally
	say "$1: $PASSED passed, $FAILED failed"
	((FAILED == 0 && PASSED > 0))
}

# keep_two PREFIX: of the cache's folders PREFIX*, remove all but the two used last, by
# the time of their .winpar-used. Two, as another tree may use another one.
keep_two()
{
	local dir
	for dir in "$WINPAR_CACHE/$1"*/; do
		[[ ! -d $dir || -e $dir/.winpar-used ]] ||
			touch -r "$dir" "$dir/.winpar-used"
	done
	# shellcheck disable=SC2012
	ls -t "$WINPAR_CACHE/$1"*/.winpar-used 2>/dev/null | tail -n +3 |
		while read -r dir; do rm -rf "${dir%/.winpar-used}"; done
}

# The chroot in which headers lie; empty where they are this machine's own.
BUILD_ROOT=
# With BUILD_ROOT: the arguments of make for another compiler than gcc, and the folder's
# suffix. tests/matrix/lib.sh sets them.
BUILD_COMPILER=()
BUILD_SUFFIX=
# The name of this tree's builds in the cache: two trees on one machine must not boot
# each other's modules.
TREE=$(printf '%s' "$TOP" | sha256sum | cut -c1-8)

# chroot_built KDIR: print the folder of the build for headers in a chroot.
chroot_built() { say "$BUILD_ROOT/winpar/${1##*/linux-headers-}$BUILD_SUFFIX-$TREE"; }

# build_tree KDIR NAME [VAR=m...]: build the modules against KDIR, in a copy of
# the sources kept in the cache under NAME and the tree's own name, so that the
# tree stays clean and an unchanged source is not compiled again. Sets BUILT to
# the copy, BUILD_LOG to what make said. Headers in a chroot (BUILD_ROOT) are used with
# the compiler there, once for all tests: with every module, and W=1.
build_tree()
{
	local kdir=$1 lock in=()
	BUILT=$WINPAR_CACHE/build-$2-$TREE
	shift 2
	need make gcc rsync
	if [[ -n $BUILD_ROOT && $kdir == "$BUILD_ROOT"/* ]]; then
		in=(in_chroot "$BUILD_ROOT")
		BUILT=$(chroot_built "$kdir")
		set -- WINPAR_EXAMPLES=m WINPAR_SIM=m WINPAR_WDM=m WINPAR_CLIENTS=m \
			WINPAR_VMTEST=m WINPAR_BENCH=m W=1 "${BUILD_COMPILER[@]}"
	fi
	BUILD_LOG=$BUILT.log
	mkdir -p "$BUILT"
	exec {lock}>"$BUILT.lock"
	flock "$lock"
	rsync -a --no-times --checksum --delete --filter=':- .gitignore' --exclude=.git "$TOP/" "$BUILT/"
	if ! "${in[@]}" make -C "${kdir#"$BUILD_ROOT"}" M="${BUILT#"$BUILD_ROOT"}" \
	     -j"$JOBS" "$@" modules >"$BUILD_LOG" 2>&1; then
		grep -E 'error|warning|ERROR|\*\*\*' "$BUILD_LOG" >&2 ||
			tail -n 30 "$BUILD_LOG" >&2
		die "the modules do not build against $(basename "$kdir")"
	fi
	exec {lock}>&-
}
