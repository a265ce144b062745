# SPDX-License-Identifier: BSD-3-Clause
# `make help` lists the targets. The parts: mk/build.mk (the hypervisor), mk/unit.mk (tests on the host), mk/target.mk
# (tests at EL2 in QEMU), mk/lint.mk, mk/images.mk (guests, downloads), mk/run.mk (starting it), mk/bench.mk
# (how many instructions it takes), mk/trace.mk (where they go), mk/attack.mk (guests that attack it), mk/fuzz.mk (fuzzers),
# mk/proof.mk (proofs), mk/spmc.mk (the secure role's firmware, partitions and runs).

ROLE ?= hyp
CROSS_COMPILE ?= aarch64-linux-gnu-

# `make CC=clang` builds with clang and lld; everything else is the cross gcc.
ifeq ($(findstring clang,$(if $(filter command line environment,$(origin CC)),$(CC))),clang)
TOOLCHAIN := clang
else
TOOLCHAIN := gcc
endif

B := build/$(ROLE)-$(TOOLCHAIN)
PYTHON := /usr/bin/python3
HOSTCC ?= gcc
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/trivet

MAKEFLAGS += --no-builtin-rules --no-print-directory
# All cores, unless told otherwise; a make within make shares those of the first one.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS))$(findstring jobserver,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

# Quiet unless V=1.
ifeq ($(V),1)
Q :=
say :=
else
Q := @
say = @printf '  %-7s %s\n' '$(1)' '$(2)';
endif

.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

.PHONY: all clean distclean help FORCE
all: trivet

include mk/build.mk
include mk/unit.mk
include mk/target.mk
include mk/lint.mk
-include mk/proof.mk
-include mk/fuzz.mk
-include mk/images.mk
-include mk/run.mk
-include mk/trace.mk
-include mk/spmc.mk
-include mk/bench.mk
-include mk/attack.mk

.PHONY: check
check: ## set-up, all tests, proofs, fuzzers, benchmark; the last line is the sum
	$(Q)$(call SETUP,build unit run test)
	$(Q)$(PYTHON) tools/check $(if $(V),-v) unit tools proof fuzz target bench sel2 spmc system

.PHONY: check-all
check-all: ## what CI runs: check, and both compilers, debug, format-check, lint and coverage
	$(Q)$(call SETUP,build clang unit run test lint)
	$(Q)$(PYTHON) tools/check $(if $(V),-v) gcc clang clang-spmc debug format lint lint-spmc unit tsan tools mutants proof fuzz target bench sel2 spmc spmc-debug coverage system

clean: ## remove what was built (images, downloads and configuration stay)
	$(call say,CLEAN,build) rm -rf build/*-gcc build/*-gcc-debug build/*-clang build/unit build/unit-* build/lint build/proof build/fuzz build/hyp-trace build/trace build/attack build/mutants

distclean: ## remove build/ as a whole (the download cache stays)
	$(call say,CLEAN,build) rm -rf build

help: ## this list
	@echo 'Targets (ROLE=hyp, CC=clang, V=1, DEFCONFIG=name, SUITE=name):'
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(wildcard Makefile mk/*.mk) | sort -u | awk -F'|' '{ printf "  %-16s %s\n", $$1, $$2 }'
