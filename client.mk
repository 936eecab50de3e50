# SPDX-License-Identifier: GPL-2.0-only
# For a client's Makefile, which is then whole with two lines:
#
#	obj-m := my_client.o
#	include /usr/share/winpar/client.mk
#
# make builds against the running kernel, or that of KDIR. The same file is at the
# top of winpar's sources, for a client of what was built there.

ifneq ($(KBUILD_EXTMOD),)

# Read by the kernel's build: winpar's headers, and the versions of its symbols.
WINPAR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
ccflags-y += -I$(WINPAR)/include

# Those beside this file are of the kernel that winpar.ko there was built for. For
# another kernel, after an upgrade, DKMS has them.
WINPAR_DKMS := /var/lib/dkms/winpar
WINPAR_BESIDE := $(shell grep -qaF "vermagic=$(KERNELRELEASE) " \
	"$(WINPAR)/winpar.ko" 2>/dev/null && echo "$(WINPAR)/Module.symvers")
WINPAR_SYMVERS := $(firstword $(wildcard $(WINPAR_BESIDE) \
	$(WINPAR_DKMS)/kernel-$(KERNELRELEASE)-*/Module.symvers))
KBUILD_EXTRA_SYMBOLS += $(WINPAR_SYMVERS)

# Not when it cleans: that reads no configuration.
ifneq ($(CONFIG_MODULES),)
ifeq ($(WINPAR_SYMVERS),)
$(error winpar is not built for Linux $(KERNELRELEASE): "dkms status winpar" shows for which it is, and "dkms install winpar/VERSION -k $(KERNELRELEASE)" builds it)
endif
endif

else

KDIR ?= /lib/modules/$(shell uname -r)/build

ifeq ($(wildcard $(KDIR)),)
$(error there is no $(KDIR): "apt-get install linux-headers-$(shell uname -r)" brings the headers of this kernel, KDIR=/lib/modules/VERSION/build names those of another)
endif

.PHONY: all modules modules_install clean
all: modules
modules modules_install clean:
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" $@

endif
