/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guests for tests: real VMs of the hyp role (vm_create, loader, vGIC, devices), whose kernel is the test payload in
 * tests/target/guest, plus one device through which a test and its guest talk (guest/abi.h).
 *
 * Guests run on the other cores; the boot core runs the test. So a test looks at a live guest from outside.
 */
#ifndef TEST_GUEST_H
#define TEST_GUEST_H

#include "../guest/abi.h"
#include "arch/ich.h"
#include "lib/types.h"
#include "role/hyp/vm.h"

/* What a core had when its guest asked for a snapshot. */
struct guest_snap {
	uint64_t stack; /* an address on the stack in use */
	uint64_t vttbr, vtcr, hcr;
	uint64_t lr[ICH_LR_MAX], ich_hcr, vmcr;
	unsigned int nr_lrs, cpu;
};

#define GUEST_ACCESSES 64

/* An access to the page of bytes. */
struct guest_access {
	uint64_t value;
	uint16_t offset;
	uint8_t size;
	bool write;
};

struct guest {
	struct vm_config cfg; /* may be changed between guest_init() and guest_build() */
	struct vm *vm;
	uint64_t program;
	uint64_t slot[TESTDEV_SLOTS]; /* atomic */
	uint64_t go;		      /* atomic */
	uint64_t stopped;	      /* atomic: how often its partition has stopped */
	uint64_t fail_line, fail_value, fails;
	struct guest_snap snap;
	uint8_t bytes[4096];
	struct guest_access access[GUEST_ACCESSES];
	unsigned int accesses;
	bool fault; /* role_partition_fault() was called for it */
	char why[64];
};

/* The payload: a raw binary. */
extern const uint8_t guest_image[], guest_image_end[];

/*
 * A guest of nr_vcpus that runs program; its vCPUs may use the cores of mask (not the boot core's). Nothing
 * is built yet.
 */
void guest_init(struct guest *g, enum guest_program program, unsigned int nr_vcpus, uint64_t cores);

/* Build its VM and the test device; then start it. False, and the test has failed, when that cannot be. */
bool guest_build(struct guest *g) MUST_CHECK;
bool guest_start(struct guest *g) MUST_CHECK;

/* init, build and start. */
bool guest_launch(struct guest *g, enum guest_program program, unsigned int nr_vcpus, uint64_t cores) MUST_CHECK;

/*
 * Wait until it has switched itself off, and report what its checks said. False when it failed or does not end in time
 * (then it is stopped).
 */
bool guest_finish(struct guest *g);

/* Launch, finish and free: for guests that do all the checking themselves. */
void guest_run(enum guest_program program, unsigned int nr_vcpus, uint64_t cores);

/* Stop it from outside and wait. */
void guest_kill(struct guest *g);
/* Undo guest_build. Stops it first if need be. */
void guest_free(struct guest *g);

uint64_t guest_slot(const struct guest *g, unsigned int i);
void guest_slot_set(struct guest *g, unsigned int i, uint64_t value);
bool guest_slot_reaches(const struct guest *g, unsigned int i, uint64_t value, unsigned int ms);
void guest_go(struct guest *g, uint64_t value);

/* For role.c: p has stopped, or v has done what it cannot go on from. */
void guest_stopped(struct partition *p);
void guest_faulted(struct vcpu *v, const char *why);

#endif
