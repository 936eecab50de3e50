# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels of other Debian suites than this machine's: a chroot for each suite,
# whose own compiler builds the modules, and their images to boot. Sourced by
# tests/vm/lib.sh, which asks for one when WINPAR_KERNEL names it.
# What the functions set is for their callers.
# shellcheck disable=SC2034

MATRIX=$TOP/tests/matrix

# matrix_rows: kernels.tsv without its comments.
matrix_rows() { grep -v '^#' "$MATRIX/kernels.tsv"; }
matrix_names() { matrix_rows | cut -f1; }

# matrix_row NAME: set NAME, SUITE, ARCH, ARCHIVE, FLAVOUR and COMPILER to the row's columns.
matrix_row()
{
	local list
	mapfile -t list < <(matrix_names)
	known kernel "${list[*]}" "$1"
	IFS=$'\t' read -r NAME SUITE ARCH ARCHIVE FLAVOUR COMPILER \
		< <(matrix_rows | awk -F'\t' -v name="$1" '$1 == name')
}

# mirror NAME: the address of an archive (debian, debian-security) as this
# machine's apt has it.
mirror()
{
	local found
	# shellcheck disable=SC2016
	found=$(apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		sed 's:/*$::' | grep "/$1\$" | sort -u | head -n1)
	[[ -n $found ]] || die "apt has no source that ends in /$1: see /etc/apt"
	say "$found"
}

# sources: print the lines of sources.list for the chroot of SUITE and ARCH.
sources()
{
	local debian archive
	debian=$(mirror debian)
	say "deb $debian $SUITE main"
	while read -r archive; do
		case $archive in
		+) say "deb $(mirror debian-security) $SUITE-security main" ;;
		"$SUITE") ;;
		*) say "deb $debian $archive main" ;;
		esac
	done < <(matrix_rows | awk -F'\t' -v suite="$SUITE" -v arch="$ARCH" \
		'$2 == suite && $3 == arch { print $4 }' | sort -u)
}

# in_chroot ROOT COMMAND...: run it in the chroot, with /proc, which objtool needs. When
# it ends, or this script is ended, its processes are ended and /proc is unmounted: the
# first process of a PID namespace is ended by a signal only if it handles that signal.
in_chroot()
{
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --mount-proc="$1/proc" \
		sh -c 'trap "exit 143" TERM INT; chroot "$@" & wait $!' sh "$@" </dev/null
}

# chroot_of: set BUILD_ROOT to the chroot of SUITE for ARCH, which is made when it is not
# there. apt runs as root in it, since its own user may not read the cache.
chroot_of()
{
	local lock tmp
	BUILD_ROOT=$WINPAR_CACHE/matrix-$SUITE-$ARCH
	[[ $(id -u) == 0 ]] || die "a chroot is made and entered by root only"
	need mmdebstrap arch-test
	mkdir -p "$WINPAR_CACHE"
	exec {lock}>"$BUILD_ROOT.lock"
	flock "$lock"
	if [[ ! -e $BUILD_ROOT/.winpar-ready ]]; then
		note "making a chroot of $SUITE for $ARCH"
		tmp=$(mktemp -d "$WINPAR_CACHE/chroot.XXXXXX")
		sources >"$tmp.list"
		mmdebstrap --quiet --variant=apt --architectures="$ARCH" \
			--include=gcc,make,perl,python3,busybox-static \
			--aptopt='Acquire::Check-Valid-Until "false"' \
			--aptopt='APT::Sandbox::User "root"' \
			"$SUITE" "$tmp" "$tmp.list" >"$BUILD_ROOT.log" 2>&1 ||
			{ tail -n 20 "$BUILD_ROOT.log" >&2; rm -rf "$tmp" "$tmp.list"
			  die "mmdebstrap could not make a chroot of $SUITE"; }
		rm -f "$tmp.list"
		chmod 755 "$tmp"
		mkdir "$tmp/winpar"
		touch "$tmp/.winpar-ready"
		rm -rf "$BUILD_ROOT"
		mv "$tmp" "$BUILD_ROOT"
	fi
	exec {lock}>&-
}

# candidates PACKAGE: print the versions of it that apt knows in the row's archive, the
# newest first, each with the kernel release that it stands for. After those of the
# security archive, whose older images are not kept, the suite's own.
candidates()
{
	local archive list=("$ARCHIVE") version
	[[ $ARCHIVE != + ]] || list=("$SUITE-security" "$SUITE")
	for archive in "${list[@]}"; do
		in_chroot "$BUILD_ROOT" apt-cache madison "$1" |
			awk -F' *[|] *' -v archive=" $archive/main" \
				'index($3, archive) { print $2 }'
	done | awk '!seen[$0]++' |
		while read -r version; do
			printf '%s %s\n' "$version" "$(
				in_chroot "$BUILD_ROOT" apt-cache show "$1=$version" |
				grep '^Depends:' |
				grep -oE "linux-image-[0-9][^ ,]*-$FLAVOUR" |
				head -n1 | sed 's/^linux-image-//')"
		done
}

# matrix_clang: have clang in the chroot, and set BUILD_COMPILER and BUILD_SUFFIX. The
# headers have what Kconfig found out about gcc: these arguments say what it finds out about
# clang.
matrix_clang()
{
	local version undef
	[[ -x $BUILD_ROOT/usr/bin/clang ]] ||
		DEBIAN_FRONTEND=noninteractive in_chroot "$BUILD_ROOT" apt-get -qq -y \
			--no-install-recommends install clang >"$BUILD_ROOT.log" 2>&1 ||
		die "apt-get could not install clang in the chroot of $SUITE"
	version=$(in_chroot "$BUILD_ROOT" clang -dumpversion |
		awk -F. '{ printf "%d%02d%02d", $1, $2, $3 }')
	BUILD_SUFFIX=-clang
	# The headers, made for gcc, put per-CPU variables into an address space of their own.
	# clang loses it for pcpu_hot.preempt_count: preempt_disable() writes near address 0.
	undef=$'#undef CONFIG_CC_HAS_NAMED_AS\n#undef CONFIG_USE_X86_SEG_SUPPORT'
	# A header that is written anew has all modules compiled again.
	[[ $(cat "$BUILD_ROOT/winpar/clang.h" 2>/dev/null) == "$undef" ]] ||
		say "$undef" >"$BUILD_ROOT/winpar/clang.h"
	# Without CONFIG_HAVE_OBJTOOL_NOP_MCOUNT the calls of __fentry__ stay: a kernel built
	# by gcc looks for calls in a module, and replaces them itself.
	BUILD_COMPILER=(CC=clang CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0
		CONFIG_CC_IS_CLANG=y "CONFIG_CLANG_VERSION=$version"
		CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough
		CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
		CONFIG_FTRACE_MCOUNT_USE_CC= CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=y
		CONFIG_HAVE_OBJTOOL_NOP_MCOUNT=
		KCFLAGS="-include /winpar/clang.h")
}

# matrix_kernel NAME: set what stock_kernel sets, for a row of kernels.tsv, and
# BUILD_ROOT, BUILD_COMPILER and BUILD_SUFFIX. The headers are installed in the chroot, the
# image is unpacked there.
matrix_kernel()
{
	local lock dir NAME SUITE ARCH ARCHIVE FLAVOUR COMPILER
	matrix_row "$1"
	chroot_of
	exec {lock}>"$BUILD_ROOT.lock"
	flock "$lock"
	# Ask the archive for a newer kernel once a day.
	dir=$BUILD_ROOT/winpar/kernel-$NAME
	[[ -n $(find "$dir/.winpar-version" -mtime -1 2>/dev/null) ]] ||
		matrix_install
	read -r STOCK_KVER STOCK_VERSION <"$dir/.winpar-version"
	[[ $COMPILER != clang ]] || matrix_clang
	exec {lock}>&-

	STOCK_VMLINUZ=$dir/boot/vmlinuz-$STOCK_KVER
	STOCK_VMLINUX=$dir/boot/vmlinux
	[[ -e $STOCK_VMLINUX ]] || STOCK_VMLINUX=$STOCK_VMLINUZ
	STOCK_MODULES=$dir/modules
	STOCK_HEADERS=$BUILD_ROOT/usr/src/linux-headers-$STOCK_KVER
}

# matrix_source NAME: set SOURCE, the tar of the newest kernel source that the row's archive
# has, and SOURCE_VERSION, the version of its package. The archive is asked once a day.
matrix_source()
{
	local lock dir NAME SUITE ARCH ARCHIVE FLAVOUR COMPILER
	matrix_row "$1"
	chroot_of
	exec {lock}>"$BUILD_ROOT.lock"
	flock "$lock"
	dir=$BUILD_ROOT/winpar/source-$ARCHIVE
	[[ -n $(find "$dir/.winpar-version" -mtime -1 2>/dev/null) ]] ||
		matrix_source_get
	SOURCE_VERSION=$(<"$dir/.winpar-version")
	SOURCE=$(find "$dir" -name 'linux-source-*.tar.xz' -print -quit)
	exec {lock}>&-
	[[ -n $SOURCE ]] || die "the package linux-source $SOURCE_VERSION has no source"
}

# matrix_source_get: download the source into $dir and unpack its package.
matrix_source_get()
{
	local version series
	in_chroot "$BUILD_ROOT" apt-get -qq update >/dev/null ||
		die "apt-get update failed in the chroot of $SUITE"
	version=$(in_chroot "$BUILD_ROOT" apt-cache madison linux-source |
		awk -F' *[|] *' -v archive=" $ARCHIVE/main" \
			'index($3, archive) { print $2; exit }')
	[[ -n $version ]] || die "$ARCHIVE has no linux-source"
	if [[ $(cat "$dir/.winpar-version" 2>/dev/null) == "$version" ]]; then
		touch "$dir/.winpar-version"
		return
	fi
	series=$(cut -d. -f1-2 <<<"$version")
	note "getting linux-source-$series $version"
	rm -rf "$dir"
	mkdir -p "$dir/deb"
	# shellcheck disable=SC2016
	in_chroot "$BUILD_ROOT" sh -c 'cd "$1" && apt-get -qq download "$2"' sh \
		"${dir#"$BUILD_ROOT"}/deb" "linux-source-$series=$version" \
		>"$BUILD_ROOT.log" 2>&1 || {
			tail -n 5 "$BUILD_ROOT.log" >&2
			die "the archive does not have linux-source-$series $version"
		}
	dpkg -x "$dir"/deb/*.deb "$dir/unpacked"
	mv "$dir"/unpacked/usr/src/linux-source-*.tar.xz "$dir/"
	rm -rf "$dir/deb" "$dir/unpacked"
	say "$version" >"$dir/.winpar-version"
}

# matrix_get: install the headers of STOCK_KVER in the chroot, and download the packages
# of its image into $dir/deb. Fails if the archive does not have all of them.
matrix_get()
{
	note "$NAME: getting linux-image-$STOCK_KVER $STOCK_VERSION"
	DEBIAN_FRONTEND=noninteractive in_chroot "$BUILD_ROOT" apt-get -qq -y \
		--no-install-recommends install "linux-headers-$STOCK_KVER" \
		>"$BUILD_ROOT.log" 2>&1 || return
	rm -rf "$dir"
	mkdir -p "$dir/deb"
	# From 7.3 on the image is in packages of its own.
	# shellcheck disable=SC2016
	in_chroot "$BUILD_ROOT" sh -c 'cd "$1" && for p in image binary modules; do
		! apt-cache show "linux-$p-$2" >/dev/null 2>&1 ||
			apt-get -qq download "linux-$p-$2" || exit
		done' sh "/winpar/kernel-$NAME/deb" "$STOCK_KVER" \
		>>"$BUILD_ROOT.log" 2>&1
}

# matrix_install: install the headers and unpack the image of the row's newest kernel of
# which the archive has both.
matrix_install()
{
	local dir=$BUILD_ROOT/winpar/kernel-$NAME file list
	in_chroot "$BUILD_ROOT" apt-get -qq update >/dev/null ||
		die "apt-get update failed in the chroot of $SUITE"
	mapfile -t list < <(candidates "linux-image-$FLAVOUR")
	((${#list[@]})) || die "no archive of $SUITE has a linux-image-$FLAVOUR"
	for file in "${list[@]}"; do
		read -r STOCK_VERSION STOCK_KVER <<<"$file"
		if [[ $(cat "$dir/.winpar-version" 2>/dev/null) == "$STOCK_KVER $STOCK_VERSION" ]]; then
			touch "$dir/.winpar-version"
			return
		fi
		if matrix_get; then break; fi
		note "$NAME: the archive does not have all of $STOCK_VERSION: $(
			grep -a '^E: ' "$BUILD_ROOT.log" | head -n 1)"
		STOCK_KVER=
	done
	[[ -n $STOCK_KVER ]] || die "$NAME: no archive has the headers and the image"
	for file in "$dir"/deb/*.deb; do
		dpkg -x "$file" "$dir/root"
	done
	rm -rf "$dir/deb"
	mkdir "$dir/boot" "$dir/modules"
	file=$(find "$dir/root" -name 'vmlinuz*' -type f -print -quit)
	[[ -n $file ]] || die "$NAME: its packages have no vmlinuz"
	mv "$file" "$dir/boot/vmlinuz-$STOCK_KVER"
	# QEMU boots an ELF kernel by its PVH note, which a kernel for i386 without PAE
	# does not have.
	[[ $ARCH == i386 ]] ||
		stock_unpack "$dir/boot/vmlinuz-$STOCK_KVER" "$dir/boot/vmlinux" ||
		rm -f "$dir/boot/vmlinux"
	find "$dir/root" \( -path '*/drivers/parport/*.ko*' -o -name 'lp.ko*' \
		-o -name 'ppdev.ko*' \) -exec mv -t "$dir/modules" {} +
	for file in "$dir"/modules/*.ko.xz; do
		[[ ! -e $file ]] || xz -d "$file"
	done
	rm -rf "$dir/root"
	say "$STOCK_KVER $STOCK_VERSION" >"$dir/.winpar-version"
}
