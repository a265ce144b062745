# SPDX-License-Identifier: BSD-3-Clause
# Static checks: clang-tidy (by file, again only when the file or a header of it changed), cppcheck, the include rules, sizes;
# and the layout, which clang-format decides.

.PHONY: lint lint-tidy lint-cppcheck lint-layers lint-size format format-check setup-lint
lint: lint-tidy lint-cppcheck lint-layers lint-size ## clang-tidy, cppcheck, include rules, size report

setup-lint:
	$(Q)$(call SETUP,build lint)

LINT := build/lint/$(ROLE)
LINT_SRCS := $(filter %.c,$(SRCS))
TIDY_INCLUDE = $(call once,TIDY_INCLUDE,clang -print-resource-dir)/include
# The compilers' own warnings are the build's affair.
TIDY_FLAGS = --target=aarch64-linux-gnu $(filter-out -mno-outline-atomics $(WARNINGS),$(CODEGEN)) -w \
	$(subst -isystem $(CC_INCLUDE),-isystem $(TIDY_INCLUDE),$(INCLUDES))

$(LINT)/%.tidy: %.c $(B)/obj/%.o .clang-tidy mk/lint.mk | setup-lint
	@mkdir -p $(@D)
	$(call say,TIDY,$<) clang-tidy --quiet $< -- $(TIDY_FLAGS) 2>$@.err >$@.out && mv $@.out $@ || \
		{ cat $@.out; grep -v 'warnings generated\|Suppressed' $@.err; false; }

lint-tidy: $(LINT_SRCS:%.c=$(LINT)/%.tidy)

lint-cppcheck: $(GENERATED) | setup-lint
	@mkdir -p $(LINT)/cppcheck
	$(call say,CPPCHK,src) cppcheck -q -j2 --cppcheck-build-dir=$(LINT)/cppcheck --std=c11 --platform=unix64 --error-exitcode=1 \
		--enable=warning,performance,portability --inline-suppr --suppressions-list=tools/lint-cppcheck.txt \
		--include=$(GENERATED) -D__aarch64__ -D__ASSEMBLER__=0 -U__ASSEMBLY__ -I include -I src -I src/arch/arm64/include -I $(B)/include \
		--template='{file}:{line}: {severity}: {message} [{id}]' $(LINT_SRCS)

lint-layers: | setup-lint
	$(call say,LAYERS,src include) $(PYTHON) tools/layers

lint-size: | setup-lint
	$(call say,SIZE,src) $(PYTHON) tools/size

FORMATTED = $(sort $(wildcard $(foreach d,include src tests sp guest,$(foreach l,*/ */*/ */*/*/ */*/*/*/,$(d)/$(l)*.[ch]) $(d)/*.[ch])))
format: | setup-lint ## lay the C files out as .clang-format says
	$(call say,FORMAT,$(words $(FORMATTED)) files) $(PYTHON) tools/format $(FORMATTED) && clang-format -i $(FORMATTED)
format-check: | setup-lint ## fail when `make format` would change a file
	$(call say,FORMAT,$(words $(FORMATTED)) files) clang-format --dry-run -Werror --ferror-limit=1 $(FORMATTED)
