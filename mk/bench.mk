# SPDX-License-Identifier: BSD-3-Clause
# The benchmark: an EL1 payload of ours counts the instructions that Trivet takes for it, and a client at NS-EL2 what the secure role
# does (docs/benchmarks.md).

BENCH := build/bench
BENCH_SRCS := $(sort $(wildcard guest/bench/*.[cS]))
BENCH_OBJS := $(patsubst guest/bench/%,$(BENCH)/obj/%.o,$(basename $(BENCH_SRCS)))
# Always the same compiler: a row is to change only with Trivet.
BENCH_CC := $(CROSS_COMPILE)gcc
BENCH_CFLAGS := -std=gnu11 -ffreestanding -O2 -g -mgeneral-regs-only -mstrict-align -ffixed-x18 -fno-pic -fno-pie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -mno-outline-atomics -march=armv8-a $(WARNINGS) -Iinclude -Iguest/bench \
	-ffile-prefix-map=$(CURDIR)/=

$(BENCH)/obj/%.o: guest/bench/%.c mk/bench.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,CC,$<) $(BENCH_CC) $(BENCH_CFLAGS) -MMD -MP -c -o $@ $<
$(BENCH)/obj/%.o: guest/bench/%.S mk/bench.mk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	$(call say,AS,$<) $(BENCH_CC) $(BENCH_CFLAGS) -MMD -MP -c -o $@ $<
$(BENCH)/payload.elf: $(BENCH_OBJS) guest/bench/bench.lds mk/bench.mk
	$(call say,LD,$@) $(CROSS_COMPILE)ld -static --build-id=none --no-warn-rwx-segments -T guest/bench/bench.lds -o $@ $(BENCH_OBJS)
-include $(BENCH_OBJS:.o=.d)

# The secure role: always TF-A's release build. Made by a make of its own, after $(SPMC).bin (mk/spmc.mk).
BENCH_FW := $(SP_B)/bench-tfa.fw
$(eval $(call flat,bench-client,sp/common tests/spmc/client tests/spmc/bench,tests/spmc/client/client.lds))
ifeq ($(TFA),tfa)
$(eval $(call firmware,bench-tfa,$(SPMC).bin,$(SP_B)/bench-client.bin,machines/spmc/tos_fw_config.dts,machines/spmc/sp_layout.json))
endif

BENCH_LINUX := $(IMAGES)/cloud
BENCH_FILES = $(B)/trivet.bin $(B)/trivet.elf $(BENCH)/payload.bin $(BENCH)/payload.elf bench-firmware trace-image \
	$(BENCH_LINUX)/Image $(BENCH_LINUX)/initramfs.cpio.gz
BENCH_RUN = $(PYTHON) tools/bench --image $(B)/trivet.bin --payload $(BENCH)/payload.bin --out $(BENCH) \
	--trace-image $(TRACE_B)/trivet.bin --linux $(BENCH_LINUX) --firmware $(BENCH_FW) --spmc $(SPMC).bin --client $(SP_B)/bench-client.elf \
	$(if $(filter gcc,$(TOOLCHAIN)),,--no-baseline)

.PHONY: bench bench-firmware bench-baseline bench-twice bench-trace
bench-firmware: $(SPMC).bin
	$(Q)$(MAKE) TFA=tfa $(BENCH_FW)
bench: $(BENCH_FILES) | setup-run ## instructions that traps, interrupts and calls take, against aims and baseline
	$(Q)$(BENCH_RUN)
bench-baseline: $(BENCH_FILES) | setup-run ## take what is measured now as the new baseline
	$(Q)$(BENCH_RUN) --write-baseline
bench-twice: $(BENCH_FILES) | setup-run ## measure twice: both must agree to the instruction
	$(Q)$(BENCH_RUN) --twice
# ROW=hvc
bench-trace: $(BENCH_FILES) | setup-run ## the instructions of one row, by function: ROW=hvc
	$(Q)$(PYTHON) tools/bench-trace --hyp $(B) --payload $(BENCH) $(ROW)
