# SPDX-License-Identifier: BSD-3-Clause
# Tests at EL2 in QEMU (tests/target), whole boots (tests/system), and the debugger.
#
# The test image is the product's own objects, with tests/target in place of the part of the role that builds VMs from a machine file: the role's
# files come from an archive, and the symbols of its main file are weak.

T := $(B)/target
TARGET_TESTS := $(sort $(wildcard tests/target/*.[cS] tests/target/framework/*.[cS]))
TARGET_TEST_OBJS := $(patsubst %,$(B)/obj/%.o,$(basename $(TARGET_TESTS)))
ROLE_OBJS := $(filter $(B)/obj/src/role/%,$(OBJS))
TARGET_OBJS := $(filter-out $(ROLE_OBJS),$(OBJS)) $(FDT_OBJS)
TARGET_SMP ?= 4
# The architected pointer authentication costs QEMU much time.
TARGET_CPU ?= max,pauth-impdef=on
TARGET_TIMEOUT ?= 60

$(B)/librole.a: $(ROLE_OBJS) $(B)/objs.list
	$(call say,AR,$@) rm -f $@ && $(CROSS_COMPILE)ar rcs $@ $(ROLE_OBJS)

$(T)/objs.list: FORCE
	$(Q)mkdir -p $(@D) && echo '$(TARGET_TEST_OBJS)' >$@.tmp && (cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@)

# role_hyp.o is the product's but for what the tests define themselves.
ROLE_MAIN := $(B)/obj/src/role/$(ROLE)/role_$(ROLE).o
$(T)/role_weak.o: $(ROLE_MAIN)
	$(Q)mkdir -p $(@D) && $(OBJCOPY) --weaken $< $@

$(T)/target.elf: $(TARGET_TEST_OBJS) $(T)/role_weak.o $(TARGET_OBJS) $(B)/librole.a $(LDSCRIPT) $(T)/objs.list $(BUILD_MK)
	$(call say,LD,$@) $(TARGET_LD) $(LDFLAGS) -Map=$(T)/target.map -o $@ $(TARGET_TEST_OBJS) $(T)/role_weak.o $(TARGET_OBJS) \
		$(B)/librole.a

-include $(TARGET_TEST_OBJS:.o=.d)

# The guests' payload, a raw binary for EL1, which framework/blob.S takes into the image.
PAYLOAD_SRCS := $(sort $(wildcard tests/target/guest/*.[cS]))
PAYLOAD_OBJS := $(patsubst tests/target/guest/%,$(T)/guest/%.o,$(basename $(PAYLOAD_SRCS)))
PAYLOAD_LDS := tests/target/guest/guest.lds
PAYLOAD_CFLAGS = $(filter-out -fpie,$(CFLAGS)) -fno-pie $(NO_LOOPS)

$(T)/guest/%.o: tests/target/guest/%.c $(BUILD_MK) mk/target.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$<) $(TARGET_CC) $(PAYLOAD_CFLAGS) -MMD -MP -c -o $@ $<
$(T)/guest/%.o: tests/target/guest/%.S $(BUILD_MK) mk/target.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,AS,$<) $(TARGET_CC) $(PAYLOAD_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(T)/guest.elf: $(PAYLOAD_OBJS) $(PAYLOAD_LDS)
	$(call say,LD,$@) $(TARGET_LD) -static -T $(PAYLOAD_LDS) $(WARN_LD) --build-id=none -o $@ $(PAYLOAD_OBJS)

$(B)/obj/tests/target/framework/blob.o: ASFLAGS += -Wa,-I$(T)
$(B)/obj/tests/target/framework/blob.o: $(T)/guest.bin

-include $(PAYLOAD_OBJS:.o=.d)

.PHONY: run check-target check-system setup-run debug
setup-run:
	$(Q)$(call SETUP,build run)

run check-target: $(T)/target.bin | setup-run
	$(Q)$(PYTHON) tools/tap --timeout $(TARGET_TIMEOUT) --fatal '^\*\*\* ' -- $(PYTHON) tools/run --image $< --smp $(TARGET_SMP) --cpu $(TARGET_CPU)
run: ## target tests at EL2 in QEMU, TAP on the console
check-target: ## the same, as `make check` runs it

check-system: trivet | setup-run ## whole boots in QEMU, driven at the console
	$(Q)$(call SETUP,test)
	$(Q)$(PYTHON) -m pytest -q -rfE $(if $(V),-v) -p no:cacheprovider tests/system

# IMAGE=target/target debugs the target tests; BUNDLE=name another guest than Linux, BUNDLE= none. QEMU waits for gdb on :$(GDB_PORT).
IMAGE ?= trivet
BUNDLE ?= linux
GDB_PORT ?= 1234
DEBUG_BUNDLE = $(if $(BUNDLE),build/bundle/$(BUNDLE).cpio)
GDB_SCRIPT = $(wildcard tools/gdb/trivet.py)
debug: $(B)/$(IMAGE).elf $(B)/$(IMAGE).bin $(DEBUG_BUNDLE) | setup-run ## QEMU stopped at EL2's first instruction, gdb on :1234
	$(Q)$(call SETUP,debug)
	@echo 'In another terminal: gdb-multiarch $(GDB_SCRIPT:%=-x % )-ex "target remote :$(GDB_PORT)" $(B)/$(IMAGE).elf'
	$(Q)$(PYTHON) tools/run --image $(B)/$(IMAGE).bin $(DEBUG_BUNDLE:%=--bundle %) --smp $(TARGET_SMP) --gdb $(GDB_PORT) $(RUN_FLAGS)
