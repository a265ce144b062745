# SPDX-License-Identifier: BSD-3-Clause
# Unit tests: the product's own files, compiled for this machine with ASan and UBSan, each test a program of its own that
# takes what it needs from an archive. So a test may define a symbol itself, and thereby replace the product's.
#
# tests/unit/<directory>/test_<name>.c is suite <directory>/<name>.

U ?= build/unit
UNIT_SAN ?= -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_TIMEOUT ?= 60

UNIT_INCLUDES := -I$(U)/include -Isrc/arch/host/include -Iinclude -Isrc -isystem $(LIBFDT) \
	-include $(U)/include/generated/autoconf.h
UNIT_CODEGEN := -std=gnu11 -g -O1 -fno-omit-frame-pointer -fno-common -fno-strict-aliasing -DTRIVET_HOST=1 -D_GNU_SOURCE \
	-DCONFIG_DEBUG=1
UNIT_CFLAGS := $(UNIT_CODEGEN) $(UNIT_SAN) $(UNIT_COV) -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla -Werror $(UNIT_INCLUDES) \
	-Itests/unit

# role_spmc.c gives the core the same functions as role_hyp.c: it is not for the archive.
UNIT_SRCS := $(sort $(wildcard src/lib/*.c src/core/*.c src/vgic/*.c src/dev/*.c src/ffa/*.c src/role/hyp/*.c \
	src/arch/host/*.c src/drv/virtio_blk_host.c) $(filter-out src/role/spmc/role_spmc.c,$(wildcard src/role/spmc/*.c)))
UNIT_OBJS := $(patsubst %.c,$(U)/obj/%.o,$(UNIT_SRCS)) $(patsubst %.c,$(U)/obj/libfdt/%.o,$(FDT_SRCS))
UNIT_TESTS := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_PROGS := $(patsubst tests/unit/%.c,$(U)/tests/%,$(UNIT_TESTS))
UNIT_DEPS = $(U)/include/generated/autoconf.h $(U)/include/generated/version.h $(LIBFDT)/libfdt.h
UNIT_MK := Makefile mk/build.mk mk/unit.mk
# Files that stand beside the tests and are linked into each test of their directory.
UNIT_HELPERS = $(patsubst tests/unit/%.c,$(U)/tests/%.o,$(filter-out tests/unit/$(1)/test_%,$(wildcard tests/unit/$(1)/*.c)))

# The C library's names belong to the C library here: our functions are renamed, in their file and in their test.
LIBC_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr strrchr
UNIT_CFLAGS_string.c := $(foreach f,$(LIBC_NAMES),-D$(f)=trv_$(f)) -fno-builtin -fno-tree-loop-distribute-patterns

.PHONY: check-unit setup-unit
setup-unit:
	$(Q)$(call SETUP,build unit)

# $(SUITE) is names, or directory/name.
UNIT_SELECTED = $(if $(SUITE),$(filter $(foreach s,$(SUITE),$(U)/tests/%/test_$(s) $(U)/tests/$(dir $(s))test_$(notdir $(s))),$(UNIT_PROGS)),$(UNIT_PROGS))

# What does not build counts as failed, and the rest is run all the same.
check-unit: ## unit tests on this machine; SUITE=name for one
	$(Q)$(MAKE) -k unit-build || failed=--build-failed; \
	$(PYTHON) tools/tap --timeout $(UNIT_TIMEOUT) $(if $(V),-v) --suites --base $(U)/tests $$failed $(UNIT_SELECTED)

.PHONY: unit-build
unit-build: $(UNIT_SELECTED)
	@:

$(U)/kconfig/.done: $(CONFIG) Kconfig $(CONFIG_GONE) | $(SETUP_BUILD)
	$(Q)$(call autoconf,$(U)/include/generated/autoconf.h,$(@D)) && touch $@
$(U)/include/generated/autoconf.h: $(U)/kconfig/.done ;
$(U)/include/generated/version.h: FORCE
	$(Q)mkdir -p $(@D) && echo '#define TRIVET_VERSION "unit"' >$@.tmp && \
	(cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@)

# While several people work in one tree: KEEP=1 leaves out a product file that doesn't compile, so that the tests of the
# others can be built. Its stand-in is empty and old, so that it is tried again each time.
UNIT_ELSE = $(if $(KEEP),|| { echo '  LEFT OUT $<'; $(HOSTCC) -x c -c -o $@ /dev/null && touch -d @1 $@; })

$(U)/obj/%.o: %.c $(UNIT_MK) | $(UNIT_DEPS) setup-unit
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<) $(HOSTCC) $(UNIT_CFLAGS) $(UNIT_CFLAGS_$(notdir $<)) -MMD -MP -c -o $@ $< $(UNIT_ELSE)

# Third-party: ASan only, no warnings, no counters.
$(U)/obj/libfdt/%.o: $(LIBFDT)/libfdt.h $(UNIT_MK) | $(UNIT_DEPS) setup-unit
	@mkdir -p $(@D)
	$(call say,HOSTCC,libfdt/$*.c) $(HOSTCC) $(UNIT_CODEGEN) $(subst fuzzer-no-link$(comma),,$(subst address$(comma)undefined,address,$(UNIT_SAN))) \
		-O2 -w -isystem $(LIBFDT) -MMD -MP -c -o $@ $(LIBFDT)/$*.c
comma := ,

$(U)/objs.list: FORCE
	$(Q)mkdir -p $(@D) && echo '$(UNIT_OBJS)' >$@.tmp && (cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@)

$(U)/libtrivet.a: $(UNIT_OBJS) $(U)/objs.list
	$(call say,AR,$@) rm -f $@ && ar rcs $@ $(UNIT_OBJS)

$(U)/tests/%.o: tests/unit/%.c $(UNIT_MK) | $(UNIT_DEPS) setup-unit
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<) $(HOSTCC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

define unit_prog
$(1): $(1).o $(call UNIT_HELPERS,$(notdir $(patsubst %/,%,$(dir $(1))))) $(U)/libtrivet.a
	$$(call say,HOSTLD,$$@) $(HOSTCC) $(UNIT_SAN) $(UNIT_COV) -o $$@ $$(filter %.o,$$^) $(U)/libtrivet.a -lcmocka
endef
$(foreach p,$(UNIT_PROGS),$(eval $(call unit_prog,$(p))))

-include $(UNIT_OBJS:.o=.d) $(UNIT_PROGS:=.d) $(wildcard $(U)/tests/*/*.d)
.SECONDARY:

# Line coverage of the product's files by the unit tests, with gcov; a table by directory.
.PHONY: coverage
coverage: ## unit tests under gcov: lines covered, by directory; fails below the limits
	$(Q)find build/unit-coverage -name '*.gcda' -delete 2>/dev/null || :
	$(Q)$(MAKE) U=build/unit-coverage UNIT_SAN= UNIT_COV=--coverage check-unit
	$(Q)$(PYTHON) tools/coverage $(if $(V),-v --missed) build/unit-coverage

# The tests that have threads, under ThreadSanitizer.
UNIT_THREADED = $(patsubst tests/unit/%.c,%,$(subst /test_,/,$(shell grep -l pthread_create $(UNIT_TESTS))))
.PHONY: check-tsan
check-tsan: ## unit tests that have threads under ThreadSanitizer; SUITE=name for one
	$(Q)$(MAKE) U=build/unit-tsan SUITE='$(or $(SUITE),$(UNIT_THREADED))' UNIT_SAN='-fsanitize=thread -Wno-tsan' check-unit

# Guards taken out one by one, in a copy of the tree (docs/testing.md). M=word for some.
.PHONY: mutants
mutants: ## take each guard out of a copy of the tree: the named test must fail; M=word for some
	$(Q)tools/setup build unit run && tools/mutants $(M)
