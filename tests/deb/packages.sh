# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The part packages, which needs no guest. The Debian packages are built twice, and are the
# same; lintian finds nothing (packaging/deb.sh runs it). DKMS builds the modules from what
# winpar-dkms installs. A client builds with what winpar-dev installs, and for a kernel
# that winpar is not built for fails with a sentence that says so. The packages for systems
# with RPM have the files of the Debian packages. Sourced by run.sh.

# client_build DIR ARGUMENT...: make in a folder with the template's three lines.
client_build()
{
	make -s -C "$1" KDIR="$(stock_build)" "${@:2}"
}

# refused SENTENCE COMMAND...: does the command fail and print the sentence?
refused()
{
	local sentence=$1
	shift
	if "$@" >"$SCRATCH/said" 2>&1 || ! grep -qF "$sentence" "$SCRATCH/said"; then
		tail -n 20 "$SCRATCH/said" | sed 's/^/     /' >&2
		return 1
	fi
}

# listing DIR: print each file of a package's that a system with RPM has, too, with its mode.
listing()
{
	(cd "$1/usr" && find src bin share/winpar share/man share/bash-completion \
		! -type d -printf '%m %p\n') | sed 's/\.gz$//' | sort
}

# rpm_packages DEBS: build the packages for systems with RPM, and compare them with those
# in the folder DEBS.
rpm_packages()
{
	local file
	need cpio rpm
	progress "the packages for systems with RPM ..."
	verify "make rpm, and rpmlint has nothing to say" \
		quietly make -s -C "$TOP" OUT="$SCRATCH/rpm" rpm
	mkdir "$SCRATCH/of-deb" "$SCRATCH/of-rpm"
	for file in "$1"/*.deb; do
		dpkg -x "$file" "$SCRATCH/of-deb"
	done
	for file in "$SCRATCH"/rpm/*.rpm; do
		rpm2cpio "$file" | (cd "$SCRATCH/of-rpm" && cpio --quiet -idm)
	done
	verify "they have the Debian packages' files" same_as \
		"$(listing "$SCRATCH/of-deb")" listing "$SCRATCH/of-rpm"
	verify "DKMS is given the same sources" \
		quietly diff -r "$SCRATCH/of-deb/usr/src" "$SCRATCH/of-rpm/usr/src"
	verify "winparctl, the headers and client.mk are the same" quietly diff -r \
		"$SCRATCH/of-deb/usr/share/winpar" "$SCRATCH/of-rpm/usr/share/winpar"
	rpm -qp --scripts "$SCRATCH"/rpm/winpar-dkms-*.rpm >"$SCRATCH/scripts"
	verify "DKMS is given this version" grep -qF \
		"dkms add -m winpar -v $(version)" "$SCRATCH/scripts"
	verify "and the removal takes it away" grep -qF \
		"dkms remove -m winpar -v $(version) --all" "$SCRATCH/scripts"
}

stock_build() { say "/lib/modules/$STOCK_KVER/build"; }

part_packages()
{
	local first=$SCRATCH/packages second=$SCRATCH/packages-again deb client
	need dkms linux-headers-amd64 make gcc
	stock_resolve
	progress "the packages, twice ..."
	mkdir -p "$first"
	: >"$first/winpar_own.c"
	verify "make deb, and lintian has nothing to say" \
		quietly make -s -C "$TOP" OUT="$first" deb
	verify "a file in OUT= that is no package is there still" test -e "$first/winpar_own.c"
	mkdir -p "$SCRATCH/a/folder/of/another/name"
	tree_copy "$SCRATCH/archive"
	verify "make deb where git has no checkout, elsewhere, with another umask" quietly env \
		TMPDIR="$SCRATCH/a/folder/of/another/name" OUT="$second" \
		bash -c "umask 077; exec '$SCRATCH/archive/packaging/deb.sh'"
	for deb in winpar-{dkms,dev,tools,doc}_"$(version)"_all.deb \
		   winpar_"$(version)".{dsc,tar.xz}; do
		verify "$deb is the same" cmp "$first/$deb" "$second/$deb"
	done
	rpm_packages "$first"

	progress "the modules, with the sources' package ..."
	dpkg -x "$first/winpar-dkms_$(version)_all.deb" "$SCRATCH/sources"
	mkdir -p "$SCRATCH"/dkms/{var,src,modules/"$STOCK_KVER"}
	verify "dkms add, with the sources of winpar-dkms" quietly own_dkms add \
		"$SCRATCH/sources/usr/src/winpar-$(version)"
	verify "dkms install" quietly own_dkms install winpar/"$(version)" -k "$STOCK_KVER"
	verify "DKMS: these modules and no others" same_as "$DKMS_MODULES" \
		files "$SCRATCH/dkms/modules/$STOCK_KVER/updates/dkms"

	progress "a client, with the headers' package ..."
	dpkg -x "$first/winpar-dev_$(version)_all.deb" "$SCRATCH/dev"
	client=$SCRATCH/client
	cp -R "$SCRATCH/dev/usr/share/doc/winpar-dev/examples/client" "$client"
	sed -i "s,/usr/share,$SCRATCH/dev&," "$client/Makefile"
	verify "without winpar, a client's build says what is missing" refused \
		"winpar is not built for Linux $STOCK_KVER" \
		client_build "$client" WINPAR_SYMVERS=
	build_tree "$(stock_build)" "$STOCK_KVER" WINPAR_EXAMPLES=m WINPAR_SIM=m WINPAR_WDM=m
	verify "a client of three lines builds" quietly client_build "$client" \
		WINPAR_SYMVERS="$BUILT/Module.symvers"
	verify "the client needs winpar" same_as winpar modinfo -F depends \
		"$client/winpar_watch.ko"
	mkdir "$SCRATCH/wpclass"
	cp "$TOP/tests/clients/wpclass/wpclass.c" "$SCRATCH/wpclass"
	printf '%s\n' "include $SCRATCH/dev/usr/share/winpar/client.mk" \
		"WINPAR_LICENSE := GPL" \
		"include $SCRATCH/dev/usr/share/winpar/include/winpar/ddk.mk" \
		>"$SCRATCH/wpclass/Makefile"
	verify "the source of a Windows driver builds with three lines" quietly \
		client_build "$SCRATCH/wpclass" WINPAR_SYMVERS="$BUILT/Module.symvers"
	verify "and needs winpar_wdm" same_as winpar_wdm modinfo -F depends \
		"$SCRATCH/wpclass/wpclass.ko"
	verify "make clean cleans" quietly client_build "$client" clean
	verify "make clean leaves the sources" same_as "Makefile
dkms.conf
winpar_watch.c" files "$client"
}
