# SPDX-License-Identifier: BSD-3-Clause
# The secure role's machine: TF-A, an SPMC as BL32, Secure Partitions, and a program of ours as BL33 (docs/secure-boot.md).
#   TFA=tfa-debug   TF-A with its assertions and messages     SPMC_SMP=1   cores
#   SP=DIR...       run-sp, run-tfa-linux: add Secure Partitions of your own: DIR/main.c (and other sources), DIR/NAME.dts, where NAME is the
#                   directory's name; DIR/client, if it is there, has the normal world's program for run-sp (docs/write-your-own-sp.md)

SP_B := build/spmc
TFA ?= tfa
SPMC_SMP ?= 4
SPMC_TIMEOUT ?= 300
TFA_DIR := $(IMAGES)/$(TFA)
SPMC := build/spmc-$(TOOLCHAIN)/trivet
# The same with what only tests need (CONFIG_SPMC_TEST_HOOK).
SPMC_TEST_B := build/spmc-test-$(TOOLCHAIN)
SPMC_TEST := $(SPMC_TEST_B)/trivet
# QARMA5 in software is what most of QEMU's time would go to.
SPMC_CPU ?= max,pauth-impdef=on

# Programs that run beside Trivet: flat, where they are linked, by the cross gcc.
SP_CC := $(CROSS_COMPILE)gcc
SP_CFLAGS := -std=gnu11 -ffreestanding -O2 -g -mgeneral-regs-only -mstrict-align -fno-pic -fno-pie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -mno-outline-atomics -fno-tree-loop-distribute-patterns -march=armv8-a $(WARNINGS) -Iinclude \
	-ffile-prefix-map=$(CURDIR)/=

$(SP_B)/obj/%.o: %.c mk/spmc.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,CC,$<) $(SP_CC) $(SP_CFLAGS) $(or $(SP_INCLUDE_$(firstword $(subst /, ,$<))),-Isp/libsp -Itests/spmc/client) -MMD -MP -c -o $@ $<
$(SP_B)/obj/%.o: %.S mk/spmc.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,AS,$<) $(SP_CC) $(SP_CFLAGS) $(or $(SP_INCLUDE_$(firstword $(subst /, ,$<))),-Isp/libsp -Itests/spmc/client) -MMD -MP -c -o $@ $<
SP_INCLUDE_tests := -Itests/spmc/client -Isp/libsp

sp_objs = $(patsubst %,$(SP_B)/obj/%.o,$(basename $(sort $(wildcard $(addsuffix /*.[cS],$(1))))))

# flat NAME,DIRECTORIES,LINKER-SCRIPT[,LD-FLAGS]: $(SP_B)/NAME.elf and .bin of all sources of the directories.
define flat
$(SP_B)/$(1).elf: $(call sp_objs,$(2)) $(3) mk/spmc.mk
	$$(call say,LD,$$@) $(CROSS_COMPILE)ld -static --build-id=none --no-warn-rwx-segments -z max-page-size=4096 $(4) -T $(3) -o $$@ $(call sp_objs,$(2))
-include $(patsubst %.o,%.d,$(call sp_objs,$(2)))
endef
$(eval $(call flat,bl32_hello,tests/spmc/bl32_hello,tests/spmc/bl32_hello/hello.lds))
$(eval $(call flat,bl33_hello,sp/common tests/spmc/client tests/spmc/bl33_hello,tests/spmc/client/client.lds))
# TF-A with its assertions does not survive what one of the tests does (tests/power.c).
CLIENT := client$(if $(filter tfa-debug,$(TFA)),-tfa-debug)
$(eval $(call flat,$(CLIENT),sp/common tests/spmc/client tests/spmc/client/tests,tests/spmc/client/client.lds,$(if $(filter tfa-debug,$(TFA)),--defsym=client_tfa_asserts=1)))
$(eval $(call flat,bad_client,sp/common tests/spmc/client tests/spmc/bad/client,tests/spmc/client/client.lds))

# libsp is an archive: what an SP does not use is not in it.
LIBSP := $(SP_B)/libsp.a
$(LIBSP): $(call sp_objs,sp/common sp/libsp) mk/spmc.mk
	$(call say,AR,$@) rm -f $@ && $(CROSS_COMPILE)ar rcs $@ $(filter %.o,$^)
-include $(patsubst %.o,%.d,$(call sp_objs,sp/common sp/libsp))

# sp NAME,DIRECTORY: a Secure Partition, $(SP_B)/NAME.bin; it is linked where DIRECTORY/NAME.dts, its manifest, says that it is loaded.
define sp
$(SP_B)/$(1).dtb: $(2)/$(1).dts | $(SETUP_BUILD)
	@mkdir -p $$(@D)
	$$(call say,DTC,$$<) dtc -q -I dts -O dtb -o $$@ $$<
$(SP_B)/$(1).elf: $(call sp_objs,$(2)) $(LIBSP) $(SP_B)/$(1).dtb sp/libsp/sp.lds mk/spmc.mk
	$$(call say,LD,$$@) load=$$$$(fdtget -t x $(SP_B)/$(1).dtb / load-address) && $(CROSS_COMPILE)ld -static --build-id=none \
		--no-warn-rwx-segments -z max-page-size=4096 --defsym=SP_LOAD=0x$$$${load##* } -T sp/libsp/sp.lds -o $$@ $(call sp_objs,$(2)) $(LIBSP)
-include $(patsubst %.o,%.d,$(call sp_objs,$(2)))
SPS += $(SP_B)/$(1).bin $(2)/$(1).dts
endef
OWN_SPS := $(patsubst %/,%,$(SP))
TREE_SPS := $(filter-out $(OWN_SPS),$(foreach d,$(patsubst %/,%,$(wildcard sp/*/)),$(if $(wildcard $(d)/$(notdir $(d)).dts),$(d))))
$(foreach d,$(OWN_SPS),$(if $(wildcard $(d)/$(notdir $(d)).dts),,$(error SP=$(d): there is no $(d)/$(notdir $(d)).dts)))
$(foreach d,$(OWN_SPS),$(if $(filter $(notdir $(d)),$(notdir $(TREE_SPS))),$(error SP=$(d): there is a sp/$(notdir $(d)): call it something else)))
$(foreach d,$(TREE_SPS) $(OWN_SPS),$(eval $(call sp,$(notdir $(d)),$(d))))

# machine DIRECTORY: a machine's tos_fw_config.dts and sp_layout.json; with SP= a copy of it that has those SPs as well.
SP_SUFFIX := $(subst $(eval ) ,,$(foreach d,$(OWN_SPS),-$(notdir $(d))))
machine = $(if $(OWN_SPS),$(SP_B)/$(subst /,-,$(1))$(SP_SUFFIX),$(1))
define own_machine
$(call machine,$(1))/tos_fw_config.dts: $(1)/tos_fw_config.dts $(1)/sp_layout.json $(foreach d,$(OWN_SPS),$(SP_B)/$(notdir $(d)).dtb) tools/spmc-machine mk/spmc.mk
	$$(call say,SPS,$(notdir $(OWN_SPS))) $(PYTHON) tools/spmc-machine --base $(1) -o $$(@D) $$(filter %.dtb,$$^)
$(call machine,$(1))/sp_layout.json: $(call machine,$(1))/tos_fw_config.dts ;
endef
$(if $(OWN_SPS),$(eval $(call own_machine,machines/spmc)))

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
		$(if $(5),--layout $(5) -I $(SP_B) $(patsubst %/,-I %,$(wildcard sp/*/)) $(addprefix -I ,$(OWN_SPS))) -o $$@
endef
# with_machine NAME,BL32,BL33,MACHINE
with_machine = $(call firmware,$(1),$(2),$(3),$(4)/tos_fw_config.dts,$(4)/sp_layout.json)
OWN_CLIENT := $(firstword $(wildcard $(addsuffix /client,$(OWN_SPS))) tests/spmc/own)
$(eval $(call flat,own_client$(SP_SUFFIX),sp/common tests/spmc/client $(OWN_CLIENT),tests/spmc/client/client.lds))
ifneq ($(OWN_SPS),)
# Which directories the names stand for: another one of the same name, or without its client, is not what was linked last.
OWN_DIRS := $(SP_B)/own$(SP_SUFFIX).dirs
$(shell mkdir -p $(SP_B); echo '$(OWN_SPS) $(OWN_CLIENT)' | cmp -s - $(OWN_DIRS) || echo '$(OWN_SPS) $(OWN_CLIENT)' >$(OWN_DIRS))
$(foreach d,$(OWN_SPS),$(SP_B)/$(notdir $(d)).dtb $(SP_B)/$(notdir $(d)).elf) $(SP_B)/own_client$(SP_SUFFIX).elf: $(OWN_DIRS)
endif
SPMC_FW := spmc-$(TFA)
OWN_FW := own-$(TFA)$(SP_SUFFIX)
LINUX_FW := tfa-linux-$(TFA)$(SP_SUFFIX)
$(eval $(call firmware,sel2-$(TFA),$(SP_B)/bl32_hello.bin,$(SP_B)/bl33_hello.bin,machines/spmc/tos_fw_config.dts,))
$(eval $(call with_machine,$(SPMC_FW),$(SPMC_TEST).bin,$(SP_B)/$(CLIENT).bin,tests/spmc/machine))
$(eval $(call with_machine,$(OWN_FW),$(SPMC).bin,$(SP_B)/own_client$(SP_SUFFIX).bin,$(call machine,machines/spmc)))

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
ifneq ($(B),$(SPMC_TEST_B))
.PHONY: spmc-test-image
spmc-test-image: | $(SETUP_BUILD)
	$(Q)$(MAKE) ROLE=spmc DEFCONFIG=qemu_virt_spmc_test_defconfig CONFIG_DIR=build/config/spmc-test B=$(SPMC_TEST_B) trivet
$(SPMC_TEST).bin: | spmc-test-image ;
endif

.PHONY: spmc-bad
spmc-bad: $(SPMC).bin $(SP_B)/bad_client.bin $(SPS) $(TFA_DIR)/bl31.bin # what tests/system/test_spmc_bad_input.py makes firmware of

run-spmc: $(SPMC_TEST).bin ## TF-A, Trivet as SPMC, Secure Partitions, and a client at NS-EL2 that tests them
	$(Q)$(MAKE) $(SP_B)/$(SPMC_FW).fw
	$(call run_firmware,$(SPMC_FW))

.PHONY: run-sp
run-sp: $(SPMC).bin ## TF-A, Trivet as SPMC, the example's Secure Partitions and your own (SP=DIR), and who asks them
	$(Q)$(MAKE) $(SP_B)/$(OWN_FW).fw
	$(call run_firmware,$(OWN_FW))

# Both roles on one machine: the hypervisor with its bundle behind it (firmware knows no initrd) is BL33. It boots by itself; type at its console.
$(SP_B)/hyp-linux.bin: machines/tfa-linux.dts $(HYP) tools/bundle tools/newc.py $(IMAGES)/minimal/Image $(IMAGES)/minimal/initramfs.cpio.gz
	$(call say,BUNDLE,$@) tools/setup run && tools/bundle $< -I $(IMAGES)/minimal --append $(HYP) -o $@
$(eval $(call with_machine,$(LINUX_FW),$(SPMC).bin,$(SP_B)/hyp-linux.bin,$(call machine,machines/spmc)))

.PHONY: run-tfa-linux
run-tfa-linux: $(SPMC).bin ## TF-A, Trivet as SPMC, Trivet as hypervisor, Linux
	$(Q)$(MAKE) $(SP_B)/$(LINUX_FW).fw
	$(Q)$(PYTHON) tools/run --firmware $(SP_B)/$(LINUX_FW).fw --smp $(SPMC_SMP) --cpu $(SPMC_CPU) $(RUN_FLAGS) -- $(QEMU_FLAGS)
