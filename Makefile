# SPDX-License-Identifier: GPL-2.0-only
#
#	make		the module and the examples, against KDIR
#	make install	the modules, without the examples, into the kernel of KDIR
#	make demo	see it print on an emulated LPT (as root: installs what it needs)
#	make check	every test (as root: installs what it needs)
#	make help	all targets

# The running kernel's headers, else the newest that are installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | sort -rV))
# Below this folder goes what is installed: a package's own tree.
DESTDIR ?=
# All examples are built; by DKMS, and for make install, winpar_test alone.
WINPAR_EXAMPLES ?= m

# No path of the tree is in what is built: the same source makes the same modules.
KBUILD = -C "$(KDIR)" M="$(CURDIR)" \
	KCFLAGS="$(KCFLAGS) -ffile-prefix-map=$(CURDIR)=."
# A folder of our own, which is removed whole.
MODULE_DIR = updates/winpar

.PHONY: all modules install uninstall able clean demo try check loaded runner lint abi model kunit vmtest simtest soak fuzz \
	coverage mutants matrix bench bench-hw deb rpm debtest debshell docs doc-html toolstest help

all: modules

modules: able
	$(MAKE) $(KBUILD) WINPAR_EXAMPLES=$(WINPAR_EXAMPLES) WINPAR_SIM=m \
		WINPAR_WDM=m modules

install: able
	$(MAKE) $(KBUILD) WINPAR_EXAMPLES= WINPAR_SIM=m WINPAR_WDM=m modules
	$(MAKE) $(KBUILD) WINPAR_EXAMPLES= WINPAR_SIM=m WINPAR_WDM=m \
		INSTALL_MOD_PATH="$(DESTDIR)" \
		INSTALL_MOD_DIR=$(MODULE_DIR) $(UNSIGNED) modules_install
	@$(DEPMOD)

uninstall: able
	rm -rf "$(MODULES)/$(MODULE_DIR)"
	@-rmdir "$(MODULES)/updates" 2>/dev/null || :
	@$(DEPMOD)

# The headers of a distribution ask for signatures, and have no key.
UNSIGNED = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
MODULES = $(DESTDIR)/lib/modules/$(RELEASE)
RELEASE = $(shell cut -d '"' -f 2 "$(KDIR)/include/generated/utsrelease.h")
# With DESTDIR, depmod is left to who installs what is there.
DEPMOD = test -n "$(DESTDIR)" || PATH="$$PATH:/usr/sbin:/sbin" depmod $(RELEASE)

# Is there a kernel, and can winpar be built for it?
able:
	@test -n "$(KDIR)" || { echo "winpar: no kernel headers found: install linux-headers-amd64, or name a kernel tree with KDIR=" >&2; exit 1; }
	@packaging/able "$(KDIR)"

clean:
	@test -z "$(KDIR)" || $(MAKE) -C "$(KDIR)" M="$(CURDIR)" WINPAR_EXAMPLES=m \
		WINPAR_SIM=m WINPAR_WDM=m WINPAR_CLIENTS=m WINPAR_KUNIT=m WINPAR_VMTEST=m WINPAR_BENCH=m clean
	@rm -f docs/*.svg

demo:
	@tests/vm/demo.sh

try:
	@CLIENT="$(CLIENT)" LPT="$(LPT)" SIM="$(SIM)" ARGS="$(ARGS)" \
		BUSY="$(BUSY)" FEED="$(FEED)" PROGRAM="$(PROGRAM)" \
		FILES="$(FILES)" REGISTRY="$(REGISTRY)" tests/vm/try.sh

# CHECK names some of its rooms.
check:
	@CHECK="$(CHECK)" tests/check.sh

# Not part of make check. TIMES, by default 20; CHECK likewise.
loaded:
	@TIMES="$(TIMES)" CHECK="$(CHECK)" tests/loaded.sh

# Do these scripts say what is wrong?
runner:
	@tests/runner/run.sh

# LINT names some of its checks, FILES some of the tree's files. Make itself has a
# variable of that name.
LINT =
lint:
	@FILES="$(FILES)" tests/lint/run.sh $(LINT)

abi:
	@tests/abi/run.sh

# MODEL names some of tests/model/models.tsv; --short leaves out what takes longest.
model:
	@tests/model/run.sh $(MODEL)

# KUNIT=--long: a million bytes in every protocol, too. WINPAR_KERNEL=kunit-newest or kunit-rt:
# under the test kernel of the newest series, or that with PREEMPT_RT.
kunit:
	@tests/kunit/run.sh $(KUNIT) $(if $(SUITE),--suite "$(SUITE)") \
		$(if $(CASE),--case "$(CASE)")

# VM names some of its tests, PARTS some of what these do.
vmtest:
	@PARTS="$(PARTS)" tests/vm/run.sh $(VM)

# SIM and PARTS likewise; all of them take 5 minutes.
simtest:
	@PARTS="$(PARTS)" tests/vm/sim.sh $(SIM)

# Not part of make check. SECS in all, by default 480; SEED repeats the clients' choices;
# SOAK names some of its guests.
soak:
	@SECS="$(SECS)" SEED="$(SEED)" SOAK="$(SOAK)" tests/vm/run.sh soak

# Not part of make check. SECS, by default 120; SEED.
fuzz:
	@SECS="$(SECS)" SEED="$(SEED)" tests/vm/run.sh fuzz

# TOOLS names some of its tests: test_doctor, test_ports.Common.
toolstest:
	@tests/tools/run.sh $(TOOLS)

# KERNELS names some of tests/matrix/kernels.tsv, TESTS some of demo, vmtest, simtest, kunit;
# full, with all their parts; none. RECORD=1 writes tests/matrix/results.tsv.
matrix:
	@$(if $(filter undefined,$(origin TESTS)),,TESTS="$(TESTS)") RECORD="$(RECORD)" \
		tests/matrix/run.sh $(KERNELS)

coverage:
	@tests/kunit/run.sh --coverage

# MUTANTS names some of tests/mutants/*.mutants; "free-": those that begin so.
mutants:
	@tests/mutants/run.sh $(MUTANTS)

# BENCH=--short takes fewer rounds.
bench:
	@tests/bench/run.sh $(BENCH)

bench-hw:
	@tests/bench/hw.sh

# The Debian packages, into dist/ or OUT.
deb:
	@OUT="$(OUT)" packaging/deb.sh

# The same for systems with RPM.
rpm:
	@OUT="$(OUT)" packaging/rpm.sh

# Not part of make check. PARTS names some of its parts.
debtest:
	@PARTS="$(PARTS)" tests/deb/run.sh

# A Debian guest to try winpar in; tests/deb/shell.sh says what the variables are for.
debshell:
	@NAME="$(NAME)" NEW="$(NEW)" INSTALLED="$(INSTALLED)" SSH="$(SSH)" APPEND="$(APPEND)" \
		tests/deb/shell.sh

# Not kept in git: docs/*.svg.
docs:
	@tests/docs.sh

# Outside the tree; the last line says where.
doc-html:
	@tests/doc-html.sh

help:
	@echo 'make            winpar.ko, winpar_wdm.ko and the examples, against KDIR=$(KDIR)'
	@echo 'make install    winpar.ko, winpar_sim.ko, winpar_wdm.ko and winpar_test.ko, for modprobe,'
	@echo '                into the kernel that KDIR belongs to; DESTDIR= below that folder,'
	@echo '                without depmod'
	@echo 'make uninstall  removes these again'
	@echo 'make clean      what make built'
	@echo 'make demo       a page printed by interrupt on an emulated LPT, while lp prints too;'
	@echo '                a daisy chain, and a page by ECP, on a port in software'
	@echo 'make try CLIENT=folder [LPT=1] [SIM="kind=ecp daisy=printer"] [ARGS=...]'
	@echo '                a client of yours in a guest: its log, and what came out of the port;'
	@echo '                PROGRAM="scale.c words": a Windows driver'"'"'s program, run beside it;'
	@echo '                FILES=FOLDER, REGISTRY=FILE: what such a driver opens and reads;'
	@echo '                BUSY=5000: a program has the port before it, for 5 s;'
	@echo '                FEED="+1.5 V": what the peripheral in software sends'
	@echo 'make check      lint, abi, model, kunit, vmtest, simtest, bench, toolstest and runner'
	@echo '                CHECK="kunit vmtest" these'
	@echo 'make loaded     make check 20 times, while endless loops keep all CPUs busy; not part of'
	@echo '                make check. TIMES=1 so often; CHECK="kunit vmtest" these; each run goes'
	@echo '                on where the last one of the same tree ended'
	@echo 'make lint       checkpatch, sparse, W=1, clang and its analyzer, cppcheck, coccinelle,'
	@echo '                kernel-doc, shellcheck, pyflakes, pycodestyle, waits, order, drawing,'
	@echo '                the contract, the manual pages, the reference'
	@echo '                LINT="kernel_doc files" these checks; FILES="winpar.c" these files'
	@echo 'make abi        structures and values against mingw-w64'
	@echo 'make model      requests, order, turns, closing, unloading, removal: each in every order of steps'
	@echo '                MODEL="queue close-look" these models'
	@echo 'make kunit      the software, under KASAN and lockdep'
	@echo '                SUITE="ioctl device_id" these suites; CASE=ioctl_lengths,'
	@echo '                SUITE=ioctl.ioctl_lengths this case; WINPAR_KERNEL=kunit-newest or'
	@echo '                kunit-rt: under the newest kernel, or that with PREEMPT_RT'
	@echo 'make vmtest     the emulated LPT, under the stock kernel'
	@echo '                VM=suite-2 this test; PARTS="ports clients" these parts of it'
	@echo 'make simtest    the port in software, with Linux drivers and without winpar'
	@echo '                SIM=stock-2 PARTS=print likewise'
	@echo 'make soak       clients of all kinds at random, beside lp and ppdev, on ports that come'
	@echo '                and go, with memory that fails: under KASAN, lockdep and kmemleak, and'
	@echo '                under KCSAN; on 2 and 4 CPUs; not part of make check. SECS=3600 in all,'
	@echo '                SEED=1234 as in that run; SOAK="soak-sim-2 kcsan-lpt-4" these guests'
	@echo 'make fuzz       hostile requests, and hostile calls of the node of a ported driver, as root'
	@echo '                and as a user without rights, by what kcov sees; not part of make check.'
	@echo '                SECS=3600, SEED=1234'
	@echo 'make toolstest  winparctl, and its timeline in a browser'
	@echo '                TOOLS="test_doctor test_ports.Common" these tests'
	@echo 'make runner     the test of all these scripts themselves'
	@echo 'make matrix     build for each kernel of tests/matrix/kernels.tsv, boot it, and test:'
	@echo '                a table, a row a kernel; KERNELS="5.10 6.12-rt" these,'
	@echo '                TESTS="demo" or "none": only these tests, "full": with all parts;'
	@echo '                RECORD=1 writes tests/matrix/results.tsv'
	@echo 'make coverage   lines and branches of the module that kunit reaches'
	@echo 'make mutants    wrong changes of the modules, one at a time: does a suite notice each?'
	@echo '                MUTANTS="queue-lifo free-" these, and those that begin with free-;'
	@echo '                an hour for all, and each run goes on where the last one ended'
	@echo 'make bench      what winpar costs beside its rivals, in instructions'
	@echo 'make bench-hw   the same on this machine and its own LPT, in nanoseconds'
	@echo 'make deb        the Debian packages, into dist/, or OUT=folder'
	@echo 'make rpm        packages for systems with RPM, likewise; not tried on such a system'
	@echo 'make debtest    installed and removed: make install, DKMS, the packages; a first client;'
	@echo '                not part of make check. PARTS="tree packages client guest" likewise'
	@echo 'make debshell   a Debian 12 guest to try winpar in, on this terminal; a disk for each'
	@echo '                NAME=; NEW=1, INSTALLED=1, SSH=2222 (tests/deb/shell.sh)'
	@echo 'make docs       docs/*.svg, drawings of the rooms and of four journeys through them'
	@echo 'make doc-html   the reference of the interface to clients, as HTML, outside the tree'
	@echo 'An unknown name of a suite, case, test, part or check is answered with the names there are.'
