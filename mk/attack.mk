# SPDX-License-Identifier: BSD-3-Clause
# Attack guests (tests/attack): VMs that misbehave in every way they can find, under the shipped image (docs/traps.md).
#   ATTACK=mmio   only that program          ATTACK_ARGS=seed=3   more for its command line
#   ATTACK_B=DIR  another place to build in

ATTACK_B := build/attack
# Those that print TAP and end by themselves.
ATTACK_PROGRAMS := $(foreach p,mmio calls psci sysregs insns regs virtio flood,$(if $(wildcard tests/attack/$(p).c),$(p))) look
ATTACK ?= $(ATTACK_PROGRAMS)
ATTACK_SMP ?= 2
ATTACK_VCPUS ?= 4
# Four callers and one that they call; vCPUs that share a core.
ATTACK_VCPUS_psci := 5
ATTACK_SMP_regs := 1
ATTACK_TIMEOUT ?= 300
ATTACK_CPU ?= max,pauth-impdef=on
# Sources of others that are fit for any guest of ours: instructions, and the product's formatting and string functions.
ATTACK_SRCS := $(sort $(wildcard tests/attack/*.[cS])) tests/target/guest/insn.S src/lib/printf.c src/lib/string.c
ATTACK_OBJS := $(patsubst %,$(ATTACK_B)/obj/%.o,$(basename $(ATTACK_SRCS)))
# Always the same compiler: what attacks is not what is tested.
ATTACK_CC := $(CROSS_COMPILE)gcc
ATTACK_CFLAGS := -std=gnu11 -ffreestanding -O2 -g -mgeneral-regs-only -mstrict-align -fno-pic -fno-pie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -mno-outline-atomics -fno-builtin -fno-tree-loop-distribute-patterns -fno-strict-aliasing \
	-march=armv8-a $(WARNINGS) -Itests/attack -Itests/target/guest -Iinclude -Isrc -Isrc/arch/arm64/include \
	-ffile-prefix-map=$(CURDIR)/=

$(ATTACK_B)/obj/%.o: %.c mk/attack.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,CC,$<) $(ATTACK_CC) $(ATTACK_CFLAGS) -MMD -MP -c -o $@ $<
$(ATTACK_B)/obj/%.o: %.S mk/attack.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,AS,$<) $(ATTACK_CC) $(ATTACK_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

# The list of objects, so that an added or deleted program links anew.
$(ATTACK_B)/objs.list: FORCE
	$(Q)mkdir -p $(@D) && echo '$(ATTACK_OBJS)' >$@.tmp && (cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@)
$(ATTACK_B)/attack.elf: $(ATTACK_OBJS) tests/attack/attack.lds $(ATTACK_B)/objs.list mk/attack.mk
	$(call say,LD,$@) $(CROSS_COMPILE)ld -static --build-id=none --no-warn-rwx-segments -T tests/attack/attack.lds -o $@ $(ATTACK_OBJS)
-include $(ATTACK_OBJS:.o=.d)

# Each program in a VM alone on the machine; the system tests run them beside Linux.
define attack_run
	$(Q)$(PYTHON) tests/attack/bundle.py --program '$(1)$(if $(ATTACK_ARGS),$(comma)$(ATTACK_ARGS))' --cpus $(or $(ATTACK_VCPUS_$(1)),$(ATTACK_VCPUS)) \
		--kernel $(ATTACK_B)/attack.bin -o $(ATTACK_B)/$(1).cpio
	$(Q)$(PYTHON) tools/tap --timeout $(ATTACK_TIMEOUT) --fatal '^\*\*\* ' -- $(PYTHON) tools/run --image $(HYP) \
		--bundle $(ATTACK_B)/$(1).cpio --smp $(or $(ATTACK_SMP_$(1)),$(ATTACK_SMP)) --cpu $(ATTACK_CPU)

endef
comma := ,

.PHONY: run-attack attack
# alloff and spin end in a VM that stays: they are for the system tests.
ifneq ($(filter-out $(ATTACK_PROGRAMS),$(ATTACK)),)
$(error ATTACK=$(ATTACK): there are $(ATTACK_PROGRAMS))
endif
attack: $(ATTACK_B)/attack.bin
run-attack: $(HYP) $(ATTACK_B)/attack.bin | setup-run ## guests that attack: ATTACK=mmio for one of them
	$(foreach p,$(ATTACK),$(call attack_run,$(p)))
