# SPDX-License-Identifier: GPL-2.0-only
#
#	make		the module and the examples, against KDIR
#	make demo	see it print on an emulated LPT (as root: installs what it needs)
#	make check	every test (as root: installs what it needs)
#	make help	all targets

# The running kernel's headers, else the newest that are installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | sort -rV))
DESTDIR ?=

.PHONY: all modules install clean demo try check runner lint abi kunit vmtest simtest \
	coverage bench bench-hw docs toolstest help

all: modules

modules:
	@test -n "$(KDIR)" || { echo "winpar: no kernel headers found: install linux-headers-amd64, or name a kernel tree with KDIR=" >&2; exit 1; }
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" WINPAR_EXAMPLES=m WINPAR_SIM=m modules

install:
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" INSTALL_MOD_PATH="$(DESTDIR)" modules_install

clean:
	@test -z "$(KDIR)" || $(MAKE) -C "$(KDIR)" M="$(CURDIR)" WINPAR_EXAMPLES=m \
		WINPAR_SIM=m WINPAR_KUNIT=m WINPAR_VMTEST=m WINPAR_BENCH=m clean
	@rm -f docs/*.svg

demo:
	@tests/vm/demo.sh

try:
	@CLIENT="$(CLIENT)" LPT="$(LPT)" SIM="$(SIM)" ARGS="$(ARGS)" tests/vm/try.sh

check:
	@tests/check.sh

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

# KUNIT=--long: a million bytes in every protocol, too.
kunit:
	@tests/kunit/run.sh $(KUNIT) $(if $(SUITE),--suite "$(SUITE)") \
		$(if $(CASE),--case "$(CASE)")

# VM names some of its tests, PARTS some of what these do.
vmtest:
	@PARTS="$(PARTS)" tests/vm/run.sh $(VM)

# SIM and PARTS likewise; all of them take 5 minutes.
simtest:
	@PARTS="$(PARTS)" tests/vm/sim.sh $(SIM)

# TOOLS names some of its tests: test_doctor, test_ports.Common.
toolstest:
	@tests/tools/run.sh $(TOOLS)

coverage:
	@tests/kunit/run.sh --coverage

# BENCH=--short takes fewer rounds.
bench:
	@tests/bench/run.sh $(BENCH)

bench-hw:
	@tests/bench/hw.sh

# Not kept in git: docs/*.svg.
docs:
	@tests/docs.sh

help:
	@echo 'make            winpar.ko and the examples, against KDIR=$(KDIR)'
	@echo 'make install    winpar.ko into the kernel that KDIR belongs to'
	@echo 'make clean      what make built'
	@echo 'make demo       a page printed by interrupt on an emulated LPT, while lp prints too;'
	@echo '                a daisy chain, and a page by ECP, on a port in software'
	@echo 'make try CLIENT=folder [LPT=1] [SIM="kind=ecp daisy=printer"] [ARGS=...]'
	@echo '                a client of yours in a guest: its log, and what came out of the port'
	@echo 'make check      lint, abi, kunit, vmtest, simtest, bench, toolstest and runner'
	@echo 'make lint       checkpatch, sparse, W=1, clang, kernel-doc, shellcheck, pyflakes,'
	@echo '                pycodestyle, order, drawing'
	@echo '                LINT="kernel_doc files" these checks; FILES="winpar.c" these files'
	@echo 'make abi        structures and values against mingw-w64'
	@echo 'make kunit      the software, under KASAN and lockdep'
	@echo '                SUITE="ioctl device_id" these suites; CASE=ioctl_lengths,'
	@echo '                SUITE=ioctl.ioctl_lengths this case'
	@echo 'make vmtest     the emulated LPT, under the stock kernel'
	@echo '                VM=suite-2 this test; PARTS="ports clients" these parts of it'
	@echo 'make simtest    the port in software, with Linux drivers and without winpar'
	@echo '                SIM=stock-2 PARTS=print likewise'
	@echo 'make toolstest  winparctl, and its timeline in a browser'
	@echo '                TOOLS="test_doctor test_ports.Common" these tests'
	@echo 'make runner     the test of all these scripts themselves'
	@echo 'make coverage   lines and branches of the module that kunit reaches'
	@echo 'make bench      what winpar costs beside its rivals, in instructions'
	@echo 'make bench-hw   the same on this machine and its own LPT, in nanoseconds'
	@echo 'make docs       docs/*.svg, drawings of the rooms and of four journeys through them'
	@echo 'An unknown name of a suite, case, test, part or check is answered with those there are.'
