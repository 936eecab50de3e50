# SPDX-License-Identifier: GPL-2.0-only
#
# The Kbuild of a Windows driver's source. A whole one is
#
#	WINPAR_LICENSE := GPL
#	include $(WINPAR)/include/winpar/ddk.mk
#
# with WINPAR, where winpar's tree is, given to make. Before the include may be set:
#
#	WINPAR_DRIVER	the module's name; else the folder's. DKMS builds in a folder
#			"build": there it has to be set
#	WINPAR_SOURCES	its sources; else each .c file of the folder
#	WINPAR_LICENSE	its license, as MODULE_LICENSE() has it. What winpar exports is
#			for modules under the GPL or a license compatible with it
#	ccflags-y	more flags, -DDBG=1 for a checked build for example; -include
#			$(src)/compat.h has each source begin with that file

winpar-include := $(abspath $(patsubst %/winpar/ddk.mk,%,$(lastword $(MAKEFILE_LIST))))
winpar-ddk := $(winpar-include)/winpar/ddk

ifeq ($(origin WINPAR_DRIVER)/$(notdir $(abspath $(src))),undefined/build)
$(error winpar: the folder "build" is DKMS's and gives the module no name: set WINPAR_DRIVER before ddk.mk is included)
endif
WINPAR_DRIVER ?= $(notdir $(abspath $(src)))
winpar-cpp := $(filter-out %.c,$(WINPAR_SOURCES))
ifeq ($(origin WINPAR_SOURCES),undefined)
winpar-cpp := $(notdir $(wildcard $(addprefix $(src)/*.,cpp cxx cc C)))
endif
# Not when it cleans: that reads no configuration.
ifneq ($(and $(CONFIG_MODULES),$(strip $(winpar-cpp))),)
$(error winpar: $(strip $(winpar-cpp)): a driver in C only is compiled, from sources that end in .c: rename those that are C, and name the sources in WINPAR_SOURCES if the folder has others)
endif
WINPAR_SOURCES ?= $(filter-out %.mod.c,$(notdir $(wildcard $(src)/*.c)))
WINPAR_LICENSE ?= Proprietary

# A module of several objects may not be named as one of them.
winpar-objects := $(patsubst %.c,%.o,$(filter-out $(WINPAR_DRIVER).c,$(WINPAR_SOURCES)))
ifneq ($(filter $(WINPAR_DRIVER).c,$(WINPAR_SOURCES)),)
winpar-objects += $(WINPAR_DRIVER)_driver.o

$(obj)/$(WINPAR_DRIVER)_driver.o: $(src)/$(WINPAR_DRIVER).c FORCE
	$(call if_changed_rule,cc_o_c)
endif

obj-m += $(WINPAR_DRIVER).o
$(WINPAR_DRIVER)-y := $(winpar-objects) winpar_ddk_entry.o

$(obj)/winpar_ddk_entry.o: $(winpar-ddk)/entry.c FORCE
	$(call if_changed_rule,cc_o_c)

# Headers that the sources begin with are not for entry.c, and come after msvc.h.
winpar-forced := $(subst -include ,-include:,$(strip $(ccflags-y)))
ccflags-y := $(filter-out -include:%,$(winpar-forced)) -I$(winpar-include)
CFLAGS_winpar_ddk_entry.o := -DWINPAR_DDK_LICENSE='"$(WINPAR_LICENSE)"'

# What Microsoft's compiler takes without a word. A function that is declared nowhere
# stays an error: the layer does not have it.
winpar-flags := -I$(winpar-ddk) -include $(winpar-ddk)/msvc.h -fms-extensions \
	-Wno-declaration-after-statement -Wno-missing-prototypes \
	-Wno-missing-declarations -Wno-strict-prototypes -Wno-old-style-definition \
	-Wno-unknown-pragmas -Wno-comment -Wno-multichar -Wno-pointer-sign \
	-Wno-parentheses -Wno-unused -Wno-misleading-indentation \
	-Wno-incompatible-pointer-types -Wno-int-conversion \
	-Wno-pointer-to-int-cast -Wno-int-to-pointer-cast \
	-Wno-implicit-fallthrough -Wno-missing-braces -Wno-switch -Wno-undef -Wno-date-time \
	$(patsubst -include:%,-include %,$(filter -include:%,$(winpar-forced)))
# CHAR is signed on Windows; Linux' own sources are compiled with -funsigned-char.
winpar-flags += -fsigned-char

$(foreach object,$(winpar-objects),\
	$(eval CFLAGS_$(object) := $(winpar-flags) $(CFLAGS_$(object))))
