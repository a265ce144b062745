# SPDX-License-Identifier: BSD-3-Clause
# Proofs: CBMC on the product's own files, with tests/proof as the rest of the world (docs/testing.md). Preprocessed by the product's
# compiler with its headers, except that src/arch/host stands in for src/arch/arm64, whose inline assembly says nothing to CBMC.

PROOF := build/proof
PROOF_CPP = $(CROSS_COMPILE)gcc -std=gnu11 -ffreestanding -nostdinc -DTRIVET_HOST=1 -isystem src/lib/libc \
	-isystem $(call once,PROOF_INCLUDE,$(CROSS_COMPILE)gcc -print-file-name=include) -I$(PROOF)/include -Isrc/arch/host/include -Iinclude -Isrc \
	-Itests/proof -isystem $(LIBFDT) -include $(PROOF)/include/generated/autoconf.h

.PHONY: proof setup-proof
setup-proof:
	$(Q)$(call SETUP,build proof)
$(PROOF)/kconfig/.done: $(CONFIG) Kconfig $(CONFIG_GONE) | setup-proof
	$(Q)$(call autoconf,$(PROOF)/include/generated/autoconf.h,$(@D)) && touch $@
$(PROOF)/include/generated/autoconf.h: $(PROOF)/kconfig/.done ;

# NAME=lib_cpio: one file of them, or one proof.
proof: $(PROOF)/include/generated/autoconf.h $(LIBFDT)/libfdt.h | setup-proof ## CBMC: what is shown for all inputs; NAME=lib_cpio for some
	$(Q)$(PYTHON) tools/proof $(if $(V),-v) $(if $(PROOF_JOBS),-j $(PROOF_JOBS)) --out $(PROOF) --compiler '$(PROOF_CPP)' $(NAME)
