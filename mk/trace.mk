# SPDX-License-Identifier: BSD-3-Clause
# A scenario's boot, seen from EL2: how often each vCPU exits, why, how long that takes, and how interrupts reach it (docs/debugging.md).
#   SCENARIO=linux|linux-smp|cloud|minimal|minimal-smp     TRACE_FLAGS='--command "dmesg | tail"'   more options for tools/trace-boot

TRACE_B := build/hyp-trace
TRACE_OUT := build/trace
SCENARIO ?= minimal
TRACE_SCENARIOS := linux linux-smp cloud minimal minimal-smp

.PHONY: trace trace-image
# A make of its own, since everything of a configuration depends on B. Always gcc, so that figures compare.
trace-image: | $(SETUP_BUILD)
	$(Q)$(MAKE) ROLE=hyp CC= DEFCONFIG=qemu_virt_hyp_trace_defconfig CONFIG_DIR=build/config/hyp-trace B=$(TRACE_B) trivet

# Instructions are the clock in all of them, so that a boot repeats: on one core that is no slower than real time.
ifneq ($(filter trace,$(MAKECMDGOALS)),)
ifeq ($(filter $(SCENARIO),$(TRACE_SCENARIOS)),)
$(error SCENARIO=$(SCENARIO): there are $(TRACE_SCENARIOS))
endif
endif
trace: trace-image $(BUNDLES)/$(SCENARIO).cpio ## what EL2 did while a scenario booted, as a page and a timeline: SCENARIO=linux
	$(Q)tools/setup run && tools/trace-boot $(SCENARIO) --image $(TRACE_B)/trivet.bin --bundle $(BUNDLES)/$(SCENARIO).cpio \
		--smp $(if $(filter %-smp,$(SCENARIO)),4,1) --out $(TRACE_OUT) \
		$(if $(filter minimal%,$(SCENARIO)),--system-map $(IMAGES)/minimal/System.map) $(TRACE_FLAGS)
