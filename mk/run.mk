# SPDX-License-Identifier: BSD-3-Clause
# Starting Trivet in QEMU. The console is standard input and output; Ctrl-A X ends QEMU.
#   RUN_FLAGS='--timeout 60'   more options for tools/run        QEMU_FLAGS='-d int'   more options for QEMU
#   DISK=file                  the machine has that disk; the guest's /dev/vdb. Made if it is not there: 1 GiB, sparse

BUNDLES := build/bundle
HYP := build/hyp-$(TOOLCHAIN)/trivet.bin
SYSTEM_FILES = $(IMAGES)/$(1)/Image $(IMAGES)/$(1)/initramfs.cpio.gz $(IMAGES)/disk.img

# bundle_rule NAME,MACHINE,FLAVOUR: build/bundle/NAME.cpio is that machine with the images of that flavour.
define bundle_rule
$(BUNDLES)/$(1).cpio: machines/$(2).dts tools/bundle tools/newc.py $(call SYSTEM_FILES,$(3))
	$$(call say,BUNDLE,$$@) tools/setup run && tools/bundle machines/$(2).dts -I $(IMAGES)/$(3) -I $(IMAGES) -o $$@
endef

# The same with a disk of the machine: machines/MACHINE-disk.dts, and an initramfs that can make file systems.
define disk_bundle_rule
$(BUNDLES)/$(1)-disk.cpio: machines/$(2)-disk.dts machines/$(2).dts tools/bundle tools/newc.py $(call SYSTEM_FILES,$(3)) \
		$(IMAGES)/$(3)/disk/initramfs.cpio.gz
	$$(call say,BUNDLE,$$@) tools/setup run && tools/bundle machines/$(2)-disk.dts -I $(IMAGES)/$(3)/disk -I $(IMAGES)/$(3) \
		-I $(IMAGES) -o $$@
endef
bundle_rules = $(eval $(call bundle_rule,$(1),$(2),$(3)))$(eval $(call disk_bundle_rule,$(1),$(2),$(3)))
$(call bundle_rules,linux,linux,linux)
$(call bundle_rules,linux-smp,linux-smp,linux)
$(call bundle_rules,cloud,linux,cloud)
$(call bundle_rules,minimal,linux,minimal)
$(call bundle_rules,minimal-smp,linux-smp,minimal)

# Real time for both. With -icount, vCPUs that share a core would crawl: while one spins for a sibling that does not run, each YIELD
# leaves QEMU's translated code (microseconds of real time) and counts as one instruction (a nanosecond of the guest's), so its
# time slice takes minutes. On four cores -icount works (RUN_FLAGS='--icount sleep'), but uses one of the machine's cores only.
RUN_ONE := --smp 1
RUN_SMP := --smp 4
run_system = $(Q)tools/setup run && tools/run --image $(HYP) --bundle $(call BUNDLE_OF,$(1)) $(2) \
	$(if $(DISK),--disk '$(DISK)') $(RUN_FLAGS) -- $(QEMU_FLAGS)
BUNDLE_OF = $(BUNDLES)/$(1)$(if $(DISK),-disk).cpio

.PHONY: bundles run-linux run-linux-smp run-cloud run-minimal run-minimal-smp run-guest
bundles: $(foreach b,linux linux-smp cloud minimal minimal-smp,$(BUNDLES)/$(b).cpio) ## the bundles of all system scenarios

run-linux: $(HYP) $(call BUNDLE_OF,linux) ## Debian's Linux 6.12, four vCPUs on one core; DISK=file: with a disk of the machine
	$(call run_system,linux,$(RUN_ONE))

run-linux-smp: $(HYP) $(call BUNDLE_OF,linux-smp) ## Debian's Linux 6.12, four vCPUs on four cores
	$(call run_system,linux-smp,$(RUN_SMP))

run-cloud: $(HYP) $(call BUNDLE_OF,cloud) ## Debian's cloud kernel, four vCPUs on one core
	$(call run_system,cloud,$(RUN_ONE))

run-minimal: $(HYP) $(call BUNDLE_OF,minimal) ## our own small kernel, four vCPUs on one core
	$(call run_system,minimal,$(RUN_ONE))

run-minimal-smp: $(HYP) $(call BUNDLE_OF,minimal-smp) ## our own small kernel, four vCPUs on four cores
	$(call run_system,minimal-smp,$(RUN_SMP))

run-guest: $(HYP) ## a guest of yours: GUEST_BIN=file; tools/run-guest --help lists the variables
	$(Q)tools/setup run && TRIVET_IMAGE=$(HYP) tools/run-guest

.PHONY: check-tools
check-tools: ## tests of tools/bundle, tools/run, tools/run-guest
	$(Q)tools/setup build unit && $(PYTHON) -m pytest -q -p no:cacheprovider tests/tools
