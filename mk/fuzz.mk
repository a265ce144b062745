# SPDX-License-Identifier: BSD-3-Clause
# Fuzzers: the product's own files, compiled for this machine as for the unit tests (mk/unit.mk), but by clang, with libFuzzer's
# instrumentation, ASan, UBSan and counters of lines. tests/fuzz/fuzz_<name>.c is harness <name>; tools/fuzz runs them.

FUZZ_B := build/fuzz
FUZZ_CC ?= clang
FUZZ_SAN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_COV := -fprofile-instr-generate -fcoverage-mapping
FUZZ_ALL := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ ?= $(FUZZ_ALL)
# Seconds for all harnesses together, as a clock on the wall shows them; the build comes on top.
FUZZ_SECONDS ?= 120
FUZZ_CORPUS := $(CACHE)/fuzz

# Beside its own file and tests/fuzz/fuzz.c. A harness whose name is not here has the log of tests/fuzz/log.c alone.
FUZZ_HELPERS_virtio := tests/dev/fake tests/dev/driver
FUZZ_HELPERS_devices := tests/dev/fake
FUZZ_HELPERS_vgic := tests/vgic/world fuzz/log
FUZZ_HELPERS_sysreg := tests/vgic/world fuzz/log
FUZZ_HELPERS_config := fuzz/tree fuzz/log tests/role/machine_make
FUZZ_HELPERS_hw := fuzz/tree fuzz/log tests/role/machine_make
FUZZ_HELPERS_manifest := fuzz/tree tests/role/machine_make
FUZZ_HELPERS_tree := fuzz/tree fuzz/log tests/role/machine_make

# An optimisation that clang does not know by this name.
ifneq ($(findstring clang,$(HOSTCC)),)
UNIT_CFLAGS_string.c := $(filter-out -fno-tree-loop-distribute-patterns,$(UNIT_CFLAGS_string.c))
endif

$(U)/fuzz/%.o: tests/fuzz/%.c mk/fuzz.mk $(UNIT_MK) | $(UNIT_DEPS) setup-unit
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<) $(HOSTCC) $(UNIT_CFLAGS) -Itests/fuzz -MMD -MP -c -o $@ $<

define fuzz_prog
$(U)/fuzz/$(1): $(addprefix $(U)/,$(addsuffix .o,fuzz/fuzz_$(1) fuzz/fuzz $(or $(FUZZ_HELPERS_$(1)),fuzz/log))) $(U)/libtrivet.a
	$$(call say,HOSTLD,$$@) $(HOSTCC) $(UNIT_SAN) $(UNIT_COV) -fsanitize=fuzzer -o $$@ $$(filter %.o,$$^) $(U)/libtrivet.a -lcmocka
endef
$(foreach f,$(FUZZ_ALL),$(eval $(call fuzz_prog,$(f))))
-include $(wildcard $(U)/fuzz/*.d)

.PHONY: fuzz fuzz-merge fuzz-programs fuzz-build setup-fuzz
setup-fuzz:
	$(Q)$(call SETUP,build unit fuzz)

fuzz-programs: $(addprefix $(U)/fuzz/,$(FUZZ))
	@:

ifneq ($(filter-out $(FUZZ_ALL),$(FUZZ)),)
$(error FUZZ=$(FUZZ): there are $(FUZZ_ALL))
endif
fuzz-build: | setup-fuzz
	$(Q)$(MAKE) U=$(FUZZ_B) HOSTCC=$(FUZZ_CC) UNIT_SAN='$(FUZZ_SAN)' UNIT_COV='$(FUZZ_COV)' FUZZ='$(FUZZ)' fuzz-programs

FUZZ_RUN = $(PYTHON) tools/fuzz $(if $(V),-v) --programs $(FUZZ_B)/fuzz --seeds tests/fuzz/corpus --corpus $(FUZZ_CORPUS) --crashes $(FUZZ_B)/crashes

fuzz: fuzz-build ## fuzzers, one after the other on each core; FUZZ=vgic for one, FUZZ_SECONDS=3600 for longer
	$(Q)$(FUZZ_RUN) --seconds $(FUZZ_SECONDS) $(FUZZ)

fuzz-merge: fuzz-build ## what the fuzzers have found, minimised, becomes tests/fuzz/corpus
	$(Q)$(FUZZ_RUN) --merge $(FUZZ)
