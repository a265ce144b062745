# SPDX-License-Identifier: BSD-3-Clause
# The hypervisor: configuration, objects, $(B)/trivet.elf and $(B)/trivet.bin.

# Installs what a group of targets needs; silent and quick when nothing is missing.
SETUP = if [ -x tools/setup ]; then tools/setup $(1); fi

# $(call once,name,command): its output, asked for at first use, since the set-up may only then have installed the command.
once = $(or $(ONCE_$(1)),$(eval ONCE_$(1) := $(shell $(2)))$(ONCE_$(1)))

# --- toolchain --------------------------------------------------------------------------------------------------
ifeq ($(TOOLCHAIN),clang)
TARGET_CC := $(CC) --target=aarch64-linux-gnu
TARGET_LD := ld.lld
CC_INCLUDE = $(call once,CC_INCLUDE,$(TARGET_CC) -print-resource-dir)/include
else
TARGET_CC := $(CROSS_COMPILE)gcc
TARGET_LD := $(CROSS_COMPILE)ld
CC_INCLUDE = $(call once,CC_INCLUDE,$(TARGET_CC) -print-file-name=include)
WARN_LD := --no-warn-rwx-segments
endif
OBJCOPY := $(CROSS_COMPILE)objcopy
SETUP_BUILD := $(B)/.setup

# --- flags ------------------------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wswitch-enum -Wvla -Wundef \
	-Wpointer-arith -Wwrite-strings -Werror
# Where QEMU's -kernel loads it: RAM base + text_offset 0x80000; and BL32's place in TF-A's plat/qemu.
LINK_BASE_hyp := 0x40080000
LINK_BASE_spmc := 0x0e100000
LINK_BASE := $(LINK_BASE_$(ROLE))
# Position-independent: head.S applies the relocations, so the image runs at any 64 KiB-aligned address. Alignment is
# strict because EL2 runs with its MMU off at first and then all memory is device memory.
CODEGEN = -std=gnu11 -ffreestanding -nostdinc -O2 -g -fpie -fvisibility=hidden -mgeneral-regs-only -mstrict-align \
	-fno-stack-protector -mno-outline-atomics -march=armv8-a -fno-common -ffunction-sections -fdata-sections \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-strict-aliasing -DLINK_BASE=$(LINK_BASE) \
	-ffile-prefix-map=$(CURDIR)/= $(CODEGEN_$(ROLE))
# All of it within 1 MiB, which the linker checks: an address takes one instruction. That is what its memory is for, too.
CODEGEN_spmc := -fno-pie -mcmodel=tiny
LIBFDT := build/third_party/libfdt
INCLUDES = -isystem src/lib/libc -isystem $(CC_INCLUDE) -Iinclude -Isrc -Isrc/arch/arm64/include -I$(B)/include \
	-isystem $(LIBFDT) -include $(B)/include/generated/autoconf.h
CFLAGS = $(CODEGEN) $(WHOLE) $(WARNINGS) $(INCLUDES) $(EXTRA_CFLAGS)
ASFLAGS = $(CFLAGS) -D__ASSEMBLY__
LDSCRIPT := src/arch/arm64/trivet.lds
# BL32 has one place, which is in its manifest too: there the relocations would only be ballast.
RELOCATABLE_hyp := -pie --no-dynamic-linker -z text
RELOCATABLE_spmc := -no-pie
LDFLAGS := -static $(RELOCATABLE_$(ROLE)) -z max-page-size=4096 --build-id=none --gc-sections \
	--fatal-warnings $(WARN_LD) --defsym=LINK_BASE=$(LINK_BASE) -T $(LDSCRIPT)
LINK = $(TARGET_LD) $(LDFLAGS) -Map=$(@:.elf=.map)
# gcc makes an image as a whole (docs/adr/0010): most functions of one use disappear, and calls between files cost what they cost inside one.
# The tests at EL2 link the same objects file by file, so these have both kinds of code. In the secure role, whose memory is scarce,
# nothing is aligned.
WHOLE_hyp := -flto -ffat-lto-objects -flto-partition=one -falign-functions=4 -falign-jumps=1 -falign-loops=1
WHOLE_spmc := -flto -flto-partition=one -falign-functions=4 -falign-jumps=1 -falign-loops=1
LINK_AS_hyp := -static-pie
LINK_AS_spmc := -static -no-pie
ifeq ($(TOOLCHAIN),gcc)
WHOLE := $(WHOLE_$(ROLE))
LINK = $(TARGET_CC) -O2 $(CODEGEN) $(WHOLE) -nostdlib $(LINK_AS_$(ROLE)) $(addprefix -Xlinker ,$(LDFLAGS) -Map=$(@:.elf=.map))
endif
# memcpy and friends must not be compiled into calls of themselves.
NO_LOOPS := -fno-builtin $(if $(filter gcc,$(TOOLCHAIN)),-fno-tree-loop-distribute-patterns)

# --- sources ----------------------------------------------------------------------------------------------------
WORLD_hyp := world_ns.c
WORLD_spmc := world_s.c
WORLD_OTHER := $(filter-out %/$(WORLD_$(ROLE)),$(wildcard src/arch/arm64/world_*.c))
# What role_spmc.c has in their place, or what only they use.
WITHOUT_spmc := $(addprefix src/core/,smc.c mmio.c mmio_trap.c decode.c)
SRCS := $(filter-out $(WORLD_OTHER) $(WITHOUT_$(ROLE)),$(sort $(wildcard \
	src/arch/arm64/*.[cS] src/lib/*.c src/core/*.c src/vgic/*.c src/dev/*.c src/ffa/*.c src/drv/*.c \
	src/plat/*.c src/plat/*/*.c src/role/$(ROLE)/*.c)))
FDT_SRCS := fdt.c fdt_check.c fdt_ro.c fdt_wip.c fdt_sw.c fdt_rw.c fdt_strerror.c fdt_empty_tree.c fdt_addresses.c
OBJS := $(patsubst %,$(B)/obj/%.o,$(basename $(SRCS)))
FDT_OBJS := $(patsubst %.c,$(B)/obj/libfdt/%.o,$(FDT_SRCS))
BUILD_MK := Makefile mk/build.mk
GENERATED = $(B)/include/generated/autoconf.h

# --- configuration: one for each role, in build/config ----------------------------------------------------------
CONFIG_DIR := build/config/$(ROLE)
CONFIG := $(CONFIG_DIR)/.config
DEFCONFIG ?= qemu_virt_$(ROLE)_defconfig
KCONF_ENV = TRIVET_ROLE=$(ROLE) KCONFIG_CONFIG=$(CURDIR)/$(CONFIG)

.PHONY: defconfig menuconfig savedefconfig
defconfig: | $(SETUP_BUILD) ## configure from configs/$(DEFCONFIG)
	$(Q)mkdir -p $(CONFIG_DIR)
	$(call say,CONFIG,configs/$(DEFCONFIG)) $(KCONF_ENV) kconfig-conf -s --defconfig=configs/$(DEFCONFIG) Kconfig
menuconfig: $(CONFIG) | $(SETUP_BUILD) ## change the configuration
	$(Q)$(KCONF_ENV) kconfig-mconf Kconfig
savedefconfig: $(CONFIG) | $(SETUP_BUILD) ## write the configuration to configs/$(DEFCONFIG), shortest form
	$(call say,SAVE,configs/$(DEFCONFIG)) $(KCONF_ENV) kconfig-conf -s --savedefconfig=configs/$(DEFCONFIG) Kconfig

$(CONFIG): | $(SETUP_BUILD)
	$(Q)mkdir -p $(@D)
	$(call say,CONFIG,configs/$(DEFCONFIG)) $(KCONF_ENV) kconfig-conf -s --defconfig=configs/$(DEFCONFIG) Kconfig

# $(call autoconf,header,scratch directory): the header changes only when its content does. Options that are newer than
# the configuration get their defaults.
define autoconf
	mkdir -p $(2)/include/config $(2)/include/generated $(dir $(1)) && \
	(cd $(2) && srctree=$(CURDIR) $(KCONF_ENV) KCONFIG_AUTOHEADER=autoconf.h KCONFIG_AUTOCONFIG=auto.conf \
		KCONFIG_TRISTATE=tristate.conf sh -c 'kconfig-conf -s --olddefconfig $$0 && kconfig-conf -s --silentoldconfig $$0' \
		$(CURDIR)/Kconfig </dev/null) && \
	(cmp -s $(2)/autoconf.h $(1) || cp $(2)/autoconf.h $(1))
endef

# (.SECONDARY, mk/unit.mk: that the configuration is gone is no reason for make by itself.)
CONFIG_GONE = $(if $(wildcard $(CONFIG)),,FORCE)
$(B)/kconfig/.done: $(CONFIG) Kconfig $(CONFIG_GONE) | $(SETUP_BUILD)
	$(Q)$(call autoconf,$(B)/include/generated/autoconf.h,$(@D)) && touch $@
$(B)/include/generated/autoconf.h: $(B)/kconfig/.done ;

# --- version: generated/version.h changes only when the version does --------------------------------------------
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
$(B)/include/generated/version.h: FORCE
	$(Q)mkdir -p $(@D) && echo '#define TRIVET_VERSION "$(VERSION)"' >$@.tmp && \
	(cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@)

# --- objects ----------------------------------------------------------------------------------------------------
.PHONY: $(SETUP_BUILD)
$(SETUP_BUILD):
	$(Q)$(call SETUP,build $(filter clang,$(TOOLCHAIN)))

# The set-up brings the sources.
$(LIBFDT)/libfdt.h: | $(SETUP_BUILD)
	@test -e $@ || { echo 'error: $@ is missing and tools/setup did not bring it' >&2; false; }

$(B)/obj/%.o: %.c $(BUILD_MK) | $(GENERATED) $(LIBFDT)/libfdt.h $(B)/include/generated/version.h
	@mkdir -p $(@D)
	$(call say,CC,$<) $(TARGET_CC) $(CFLAGS) $(CFLAGS_$(notdir $<)) -MMD -MP -c -o $@ $<

$(B)/obj/%.o: %.S $(BUILD_MK) | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,AS,$<) $(TARGET_CC) $(ASFLAGS) -MMD -MP -c -o $@ $<

# Third-party: the product's code generation, without our warnings.
$(FDT_OBJS): $(B)/obj/libfdt/%.o: $(LIBFDT)/libfdt.h $(BUILD_MK) | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,libfdt/$*.c) $(TARGET_CC) $(CODEGEN) $(WHOLE) -Os -w $(INCLUDES) -MMD -MP -c -o $@ $(LIBFDT)/$*.c

# Calls of these appear after everything else has been decided.
CFLAGS_string.c := $(NO_LOOPS) -fno-lto
CFLAGS_builtins.c := -fno-lto

# Small rather than fast: what runs at boot or at the end only; in the secure role all that is not on the path of a call, an interrupt or
# a switch.
HOT_hyp := switch.c debug.c ich.c world_ns.c irq.c sched.c smc.c time.c trap.c vcpu.c mmio.c mmio_trap.c sysreg.c s2.c frame.c pgtable.c string.c smccc.c flush.c \
	lr.c sgi.c vtimer.c regs.c gicd.c gicr.c vpl011.c virtqueue.c virtio_mmio.c virtio_blk.c guest_mem.c role_hyp.c console.c pl011.c lock.c tree.c trng.c
COLD_hyp := $(filter-out $(HOT_hyp),$(notdir $(filter %.c,$(SRCS))))
HOT_spmc := switch.c debug.c ich.c world_s.c call.c direct.c version.c chain.c msg.c nwd.c run.c run_irq.c sint.c sp_calls.c virq.c \
	irq.c sched.c smc.c time.c trap.c vcpu.c role_spmc.c string.c
COLD_spmc := $(filter-out $(HOT_spmc),$(notdir $(filter %.c,$(SRCS))))
$(foreach f,$(COLD_$(ROLE)),$(eval CFLAGS_$(f) += -Os))

# The list of objects, so that an added or deleted source links anew.
$(B)/objs.list: FORCE
	$(Q)mkdir -p $(@D) && echo '$(OBJS) $(FDT_OBJS)' >$@.tmp && (cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@)

# --- image ------------------------------------------------------------------------------------------------------
.PHONY: trivet
trivet: $(B)/trivet.elf $(B)/trivet.bin ## build/$(ROLE)-$(TOOLCHAIN)/trivet.elf and .bin

$(B)/trivet.elf: $(OBJS) $(FDT_OBJS) $(LDSCRIPT) $(B)/objs.list $(BUILD_MK)
	$(call say,LD,$@) mkdir -p $(B)/tmp && TMPDIR=$(abspath $(B)/tmp) $(LINK) -o $@ $(OBJS) $(FDT_OBJS) && rm -rf $(B)/tmp # LTO leaves files

%.bin: %.elf
	$(call say,BIN,$@) $(OBJCOPY) -O binary $< $@ && $(PYTHON) tools/pack-relocs $< $@

-include $(OBJS:.o=.d) $(FDT_OBJS:.o=.d)
