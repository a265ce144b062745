# SPDX-License-Identifier: BSD-3-Clause
# The secure role's machine: TF-A, an SPMC as BL32, Secure Partitions, and a program of ours as BL33 (docs/secure-boot.md).
#   TFA=tfa-debug   TF-A with its assertions and messages     SPMC_SMP=1   cores

SP_B := build/spmc
TFA ?= tfa
SPMC_SMP ?= 4
SPMC_TIMEOUT ?= 60
TFA_DIR := $(IMAGES)/$(TFA)
SPMC := build/spmc-$(TOOLCHAIN)/trivet
# QARMA5 in software is what most of QEMU's time would go to.
SPMC_CPU ?= max,pauth-impdef=on

# Programs that run beside Trivet: flat, where they are linked, by the cross gcc.
SP_CC := $(CROSS_COMPILE)gcc
SP_CFLAGS := -std=gnu11 -ffreestanding -O2 -g -mgeneral-regs-only -mstrict-align -fno-pic -fno-pie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -mno-outline-atomics -fno-tree-loop-distribute-patterns -march=armv8-a $(WARNINGS) -Iinclude \
	-ffile-prefix-map=$(CURDIR)/=

$(SP_B)/obj/%.o: %.c mk/spmc.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,CC,$<) $(SP_CC) $(SP_CFLAGS) $(SP_INCLUDE_$(firstword $(subst /, ,$<))) -MMD -MP -c -o $@ $<
$(SP_B)/obj/%.o: %.S mk/spmc.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,AS,$<) $(SP_CC) $(SP_CFLAGS) $(SP_INCLUDE_$(firstword $(subst /, ,$<))) -MMD -MP -c -o $@ $<
SP_INCLUDE_tests := -Itests/spmc/client -Isp/hello
SP_INCLUDE_sp := -Isp/libsp

sp_objs = $(patsubst %,$(SP_B)/obj/%.o,$(basename $(sort $(wildcard $(addsuffix /*.[cS],$(1))))))

# flat NAME,DIRECTORIES,LINKER-SCRIPT: $(SP_B)/NAME.elf and .bin of all sources of the directories.
define flat
$(SP_B)/$(1).elf: $(call sp_objs,$(2)) $(3) mk/spmc.mk
	$$(call say,LD,$$@) $(CROSS_COMPILE)ld -static --build-id=none --no-warn-rwx-segments -z max-page-size=4096 -T $(3) -o $$@ $(call sp_objs,$(2))
-include $(patsubst %.o,%.d,$(call sp_objs,$(2)))
endef
$(eval $(call flat,bl32_hello,tests/spmc/bl32_hello,tests/spmc/bl32_hello/hello.lds))
$(eval $(call flat,bl33_hello,sp/common tests/spmc/client tests/spmc/bl33_hello,tests/spmc/client/client.lds))
$(eval $(call flat,client,sp/common tests/spmc/client tests/spmc/client/tests,tests/spmc/client/client.lds))

# sp NAME,LOAD-ADDRESS: a Secure Partition of ours, sp/NAME, with libsp.
define sp
$(SP_B)/$(1).elf: $(call sp_objs,sp/common sp/libsp sp/$(1)) sp/libsp/sp.lds mk/spmc.mk
	$$(call say,LD,$$@) $(CROSS_COMPILE)ld -static --build-id=none --no-warn-rwx-segments -z max-page-size=4096 --defsym=SP_LOAD=$(2) \
		-T sp/libsp/sp.lds -o $$@ $(call sp_objs,sp/common sp/libsp sp/$(1))
-include $(patsubst %.o,%.d,$(call sp_objs,sp/libsp sp/$(1)))
SPS += $(SP_B)/$(1).bin sp/$(1)/$(1).dts
endef
$(eval $(call sp,hello,0x0e400000))

.PHONY: setup-tfa tfa
setup-tfa:
	$(Q)tools/setup build tfa
$(IMAGES)/tfa/bl31.bin $(IMAGES)/tfa-debug/bl31.bin: $(IMAGES)/%/bl31.bin: tools/images-tfa.sh | setup-tfa
	$(Q)tools/images $*
tfa: $(IMAGES)/tfa/bl31.bin $(IMAGES)/tfa-debug/bl31.bin ## TF-A from Debian's source, release and debug

# firmware NAME,BL32,BL33,TOS_FW_CONFIG,SP-LAYOUT: the flash image $(SP_B)/NAME.fw.
define firmware
$(SP_B)/$(1).fw: $(2) $(3) $(4) $(5) $$(if $(5),$$(SPS)) $(TFA_DIR)/bl31.bin tools/firmware mk/spmc.mk
	$$(call say,FLASH,$$@) $(PYTHON) tools/firmware --tfa $(TFA_DIR) --bl32 $(2) --bl33 $(3) --tos-fw-config $(4) \
		$(if $(5),--layout $(5) -I $(SP_B) $(patsubst %/,-I %,$(wildcard sp/*/))) -o $$@
endef
$(eval $(call firmware,sel2-$(TFA),$(SP_B)/bl32_hello.bin,$(SP_B)/bl33_hello.bin,machines/spmc/tos_fw_config.dts,))
$(eval $(call firmware,spmc-$(TFA),$(SPMC).bin,$(SP_B)/client.bin,machines/spmc/tos_fw_config.dts,machines/spmc/sp_layout.json))

run_firmware = $(Q)$(PYTHON) tools/tap --timeout $(SPMC_TIMEOUT) -- $(PYTHON) tools/run --firmware $(SP_B)/$(1).fw --smp $(SPMC_SMP) \
	--cpu $(SPMC_CPU) $(RUN_FLAGS) -- $(QEMU_FLAGS)

.PHONY: run-sel2
run-sel2: $(SP_B)/sel2-$(TFA).fw | setup-run ## TF-A, a trivial BL32 at S-EL2 that says so, and BL33 at NS-EL2
	$(call run_firmware,sel2-$(TFA))

.PHONY: run-spmc spmc-image
# A make of its own, since everything of a role depends on ROLE.
ifneq ($(ROLE),spmc)
spmc-image: | $(SETUP_BUILD)
	$(Q)$(MAKE) ROLE=spmc trivet
$(SPMC).bin: | spmc-image ;
endif

run-spmc: $(SPMC).bin ## TF-A, Trivet as SPMC, Secure Partitions, and a client at NS-EL2 that tests them
	$(Q)$(MAKE) $(SP_B)/spmc-$(TFA).fw
	$(call run_firmware,spmc-$(TFA))

# Both roles on one machine: the hypervisor with its bundle behind it (firmware knows no initrd) is BL33. It boots by itself; type at its console.
$(SP_B)/hyp-linux.bin: machines/tfa-linux.dts $(HYP) tools/bundle tools/newc.py $(IMAGES)/minimal/Image $(IMAGES)/minimal/initramfs.cpio.gz
	$(call say,BUNDLE,$@) tools/setup run && tools/bundle $< -I $(IMAGES)/minimal --append $(HYP) -o $@
$(eval $(call firmware,tfa-linux-$(TFA),$(SPMC).bin,$(SP_B)/hyp-linux.bin,machines/spmc/tos_fw_config.dts,machines/spmc/sp_layout.json))

.PHONY: run-tfa-linux
run-tfa-linux: $(SPMC).bin ## TF-A, Trivet as SPMC, Trivet as hypervisor, Linux
	$(Q)$(MAKE) $(SP_B)/tfa-linux-$(TFA).fw
	$(Q)$(PYTHON) tools/run --firmware $(SP_B)/tfa-linux-$(TFA).fw --smp $(SPMC_SMP) --cpu $(SPMC_CPU) $(RUN_FLAGS) -- $(QEMU_FLAGS)
