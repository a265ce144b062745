/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/psci: PSCI 1.1 (DEN 0022) as a guest sees it, through smc_dispatch and the real table. Scheduler, vGIC and
 * stage 2 are this file's own, so that each transition can be watched and made to fail.
 */
#include "unit.h"

#include <pthread.h>
#include <unistd.h>

#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/guest.h"
#include "arch/host.h"
#include "core/hw.h"
#include "core/partition.h"
#include "core/sched.h"
#include "core/smc.h"
#include "core/vcpu.h"
#include "role/hyp/psci.h"
#include "role/hyp/trng.h"
#include "role/hyp/vm.h"
#include "role/role.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

#define NR_VCPUS 20
#define ENTRY	 0x40200000
#define DEVICE	 0x09000000
#define NO_EXEC	 0x50000000
#define CONTEXT	 0x1122334455667788

struct hw hw;

static struct vcpu vcpus[NR_VCPUS], *vcpu_ptrs[NR_VCPUS];
static struct partition part;
static struct vm vm;

/* What the product did to the outside. */
static char did[256];
static int start_result;
static enum vm_end ended;
static unsigned int blocked, off;
static bool racing;

static void note(const char *what)
{
	if (!racing)
		strncat(did, what, sizeof(did) - strlen(did) - 1);
}

int sched_start(struct vcpu *v)
{
	int none = VCPU_OFF;

	note("start ");
	if (start_result != OK)
		return start_result;
	/* As the real one: E_STATE to all but the first. */
	return __atomic_compare_exchange_n((int *)&v->state, &none, VCPU_READY, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST)
		       ? OK
		       : E_STATE;
}

/* An interrupt is pending: it does not block. */
static bool awake;

void sched_block(struct vcpu *v)
{
	blocked++;
	v->state = awake ? VCPU_RUNNING : VCPU_BLOCKED;
}

void sched_off(struct vcpu *v UNUSED)
{
	off++;
}

void vcpu_reset(struct vcpu *v, uint64_t pc, uint64_t x0)
{
	note("reset ");
	v->arch.pc = pc;
	v->arch.x[0] = x0;
	v->arch.el1[R_SCTLR_EL1] = 0x30d00800;
	if (racing) {
		uint64_t vmpidr = v->arch.vmpidr;

		/* As the real one: for a moment nothing is right in there. */
		__atomic_store_n(&v->arch.vmpidr, 0, __ATOMIC_RELAXED);
		usleep(1);
		__atomic_store_n(&v->arch.vmpidr, vmpidr, __ATOMIC_RELAXED);
	}
}

void vgic_vcpu_reset(struct vcpu *v UNUSED)
{
	note("vgic ");
}

void vtimer_reset(struct vcpu *v UNUSED)
{
	note("vtimer ");
}

int s2_lookup(struct s2 *s2 UNUSED, ipa_t ipa, pa_t *pa UNUSED, unsigned int *perm, uint64_t *run UNUSED)
{
	if (ipa.a >= NO_EXEC && ipa.a < NO_EXEC + 0x1000)
		*perm = S2_RW;
	else if (ipa.a >= 0x40000000 && ipa.a < 0x60000000)
		*perm = S2_RWX;
	else if (ipa.a >= DEVICE && ipa.a < DEVICE + 0x1000)
		*perm = S2_RWX | S2_DEVICE;
	else
		return E_NOENT;
	return OK;
}

void vm_end(struct vm *which, enum vm_end why)
{
	assert_ptr_equal(which, &vm);
	ended = why;
}

static void set_up(void)
{
	host_reset();
	memset(&vm, 0, sizeof(vm));
	memset(vcpus, 0, sizeof(vcpus));
	memset(&part, 0, sizeof(part));
	for (unsigned int i = 0; i < NR_VCPUS; i++) {
		vcpu_ptrs[i] = &vcpus[i];
		vcpus[i].part = &part;
		vcpus[i].index = (uint16_t)i;
		vcpus[i].arch.vmpidr = BIT(31) | i / 16 << 8 | i % 16;
	}
	vcpus[0].state = VCPU_RUNNING;
	part.vcpu = vcpu_ptrs;
	part.nr_vcpus = NR_VCPUS;
	part.role = &vm;
	part.state = PARTITION_RUNNING;
	did[0] = 0;
	start_result = OK;
	ended = VM_END_NONE;
	blocked = off = 0;
	racing = false;
	awake = true;
}

static int each_set_up(void **state UNUSED)
{
	set_up();
	return 0;
}

/* A call by vCPU 0: x0 afterwards. Of the other registers PSCI changes none. */
static int64_t call(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct vcpu *v = &vcpus[0];

	for (unsigned int i = 4; i < 31; i++)
		v->arch.x[i] = 0xbad0000000000000 + i;
	v->arch.x[0] = fid;
	v->arch.x[1] = x1;
	v->arch.x[2] = x2;
	v->arch.x[3] = x3;
	smc_dispatch(v);
	assert_int_equal(v->arch.x[1], x1);
	assert_int_equal(v->arch.x[2], x2);
	assert_int_equal(v->arch.x[3], x3);
	for (unsigned int i = 4; i < 31; i++)
		assert_int_equal(v->arch.x[i], 0xbad0000000000000 + i);
	return (int64_t)v->arch.x[0];
}

static void test_version(void **state UNUSED)
{
	assert_int_equal(call(PSCI_VERSION, 0, 0, 0), 0x10001);
	assert_int_equal(call(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), 2);
}

static void test_features(void **state UNUSED)
{
	static const uint32_t there[] = {
		PSCI_VERSION,		PSCI_CPU_SUSPEND_32,   PSCI_CPU_SUSPEND_64,   PSCI_CPU_OFF,
		PSCI_CPU_ON_32,		PSCI_CPU_ON_64,	       PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64,
		PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF,       PSCI_SYSTEM_RESET,     PSCI_FEATURES,
		PSCI_SYSTEM_RESET2_32,	PSCI_SYSTEM_RESET2_64, SMCCC_VERSION,
	};

	for (uint32_t fn = 0; fn < 0x120; fn++)
		for (uint32_t conv = 0; conv < 2; conv++) {
			uint32_t fid = 0x84000000 | conv << 30 | fn;
			bool known = false;

			for (size_t i = 0; i < ARRAY_SIZE(there); i++)
				known = known || there[i] == fid;
			assert_int_equal(call(PSCI_FEATURES, fid, 0, 0), known ? 0 : PSCI_NOT_SUPPORTED);
		}
	assert_int_equal(call(PSCI_FEATURES, SMCCC_VERSION, 0, 0), 0);
	assert_int_equal(call(PSCI_FEATURES, 0x80000001, 0, 0), PSCI_NOT_SUPPORTED);
	assert_int_equal(call(PSCI_FEATURES, 0, 0, 0), PSCI_NOT_SUPPORTED);
	assert_int_equal(call(PSCI_FEATURES, 0xdeadbeef84000000, 0, 0), 0);
}

/* Which ids exist as SMC32, as SMC64: each of the others must be refused and do nothing. */
static void test_conventions(void **state UNUSED)
{
	static const uint32_t wrong[] = {
		PSCI_VERSION | SMCCC_64,
		PSCI_CPU_OFF | SMCCC_64,
		PSCI_MIGRATE_INFO_TYPE | SMCCC_64,
		PSCI_SYSTEM_OFF | SMCCC_64,
		PSCI_SYSTEM_RESET | SMCCC_64,
		PSCI_FEATURES | SMCCC_64,
		PSCI_MIGRATE_32,
		PSCI_MIGRATE_64,
		PSCI_MIGRATE_INFO_UP_32,
		PSCI_MIGRATE_INFO_UP_64,
		PSCI_CPU_FREEZE,
		PSCI_CPU_DEFAULT_SUSP_32,
		PSCI_CPU_DEFAULT_SUSP_64,
		PSCI_NODE_HW_STATE_64,
		PSCI_SYSTEM_SUSPEND_32,
		PSCI_SYSTEM_SUSPEND_64,
		PSCI_SET_SUSPEND_MODE,
		PSCI_STAT_RESIDENCY_64,
		PSCI_STAT_COUNT_64,
		PSCI_MEM_PROTECT,
		PSCI_MEM_PROTECT_RNG_64,
		PSCI_SYSTEM_OFF & ~SMCCC_FAST,
		PSCI_CPU_OFF & ~SMCCC_FAST,
		PSCI_VERSION | 0x100,
		PSCI_VERSION | 0x20000,
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(call(wrong[i], 1, ENTRY, 0), -1);
		assert_int_equal(ended, VM_END_NONE);
		assert_int_equal(off + blocked, 0);
		assert_string_equal(did, "");
	}
}

static void test_cpu_on(void **state UNUSED)
{
	struct vcpu *t = &vcpus[17];

	assert_int_equal(call(PSCI_CPU_ON_64, 0x101, ENTRY, CONTEXT), PSCI_SUCCESS);
	assert_string_equal(did, "reset vgic vtimer start ");
	assert_int_equal(t->arch.pc, ENTRY);
	assert_int_equal(t->arch.x[0], CONTEXT);
	assert_int_equal(t->state, VCPU_READY);
	/* Not yet entered; then entered; then off again. */
	did[0] = 0;
	assert_int_equal(call(PSCI_CPU_ON_64, 0x101, ENTRY + 4, 0), PSCI_ON_PENDING);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x101, 0, 0), PSCI_AFF_ON_PENDING);
	t->state = VCPU_RUNNING;
	psci_vcpu_entered(t);
	assert_int_equal(call(PSCI_CPU_ON_64, 0x101, ENTRY + 4, 0), PSCI_ALREADY_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x101, 0, 0), PSCI_AFF_ON);
	t->state = VCPU_READY; /* preempted: not pending any more */
	assert_int_equal(call(PSCI_CPU_ON_64, 0x101, ENTRY + 4, 0), PSCI_ALREADY_ON);
	t->state = VCPU_BLOCKED;
	assert_int_equal(call(PSCI_CPU_ON_64, 0x101, ENTRY + 4, 0), PSCI_ALREADY_ON);
	assert_int_equal(t->arch.pc, ENTRY);
	assert_string_equal(did, "");
	t->state = VCPU_OFF;
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x101, 0, 0), PSCI_AFF_OFF);
	assert_int_equal(call(PSCI_CPU_ON_64, 0x101, ENTRY + 8, 1), PSCI_SUCCESS);
	assert_int_equal(t->arch.pc, ENTRY + 8);
	/* The caller itself is on. */
	assert_int_equal(call(PSCI_CPU_ON_64, 0, ENTRY, 0), PSCI_ALREADY_ON);
}

/* SMC32: the upper halves of the arguments are not part of them. */
static void test_cpu_on_32(void **state UNUSED)
{
	assert_int_equal(call(PSCI_CPU_ON_32, 0xffffffff00000002, 0xffffffff00000000 | ENTRY, CONTEXT), PSCI_SUCCESS);
	assert_int_equal(vcpus[2].arch.pc, ENTRY);
	assert_int_equal(vcpus[2].arch.x[0], (uint32_t)CONTEXT);
	assert_int_equal(call(PSCI_AFFINITY_INFO_32, 0xffffffff00000003, UINT64_C(7) << 32, 0), PSCI_AFF_OFF);
}

static void test_cpu_on_bad_target(void **state UNUSED)
{
	static const uint64_t bad[] = {
		4 | 1 << 8, /* vCPU 20 */
		16,	    /* Aff0 is 4 bits */
		0xff,	     0x1ff,	  0x200,      0x10000,	0x10001,      UINT64_C(1) << 32, UINT64_C(1) << 40,
		BIT(31) | 1, /* as in MPIDR, but not an affinity */
		BIT(24) | 1, BIT(63) | 1, UINT64_MAX, 0xffffff, 0xff00000000,
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(call(PSCI_CPU_ON_64, bad[i], ENTRY, 0), PSCI_INVALID_PARAMETERS);
	assert_string_equal(did, "");
	/* Every vCPU that there is can be named. */
	for (unsigned int i = 1; i < NR_VCPUS; i++)
		assert_int_equal(call(PSCI_CPU_ON_64, i / 16 << 8 | i % 16, ENTRY, 0), PSCI_SUCCESS);
}

static void test_cpu_on_bad_entry(void **state UNUSED)
{
	static const uint64_t bad[] = { 0,	ENTRY + 1, ENTRY + 2,  0x60000000,     0x3ffffffc,
					DEVICE, NO_EXEC,   UINT64_MAX, UINT64_MAX - 3, UINT64_C(1) << 40 | ENTRY };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(call(PSCI_CPU_ON_64, 1, bad[i], 0), PSCI_INVALID_ADDRESS);
	assert_string_equal(did, "");
	assert_int_equal(vm.on_pending, 0);
}

/* The VM is stopping: no success, and the claim is given back. */
static void test_cpu_on_while_stopping(void **state UNUSED)
{
	start_result = E_STATE;
	assert_int_equal(call(PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_DENIED);
	assert_int_equal(vm.on_pending, 0);
	start_result = OK;
	assert_int_equal(call(PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_SUCCESS);
}

static void test_cpu_on_endianness(void **state UNUSED)
{
	guest_el1_write(R_SCTLR_EL1, 0x30d00800 | BIT(25));
	assert_int_equal(call(PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(vcpus[1].arch.el1[R_SCTLR_EL1], 0x30d00800 | BIT(25));
	guest_el1_write(R_SCTLR_EL1, 0x30d01801);
	assert_int_equal(call(PSCI_CPU_ON_64, 2, ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(vcpus[2].arch.el1[R_SCTLR_EL1], 0x30d00800);
}

/* --- two at once --- */

static pthread_barrier_t barrier;
#define RACERS 4
#define ROUNDS 300

static void *racer(void *arg)
{
	struct vcpu *v = arg;
	uint64_t sum = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&barrier);
		v->arch.x[0] = PSCI_CPU_ON_64;
		v->arch.x[1] = 10;
		v->arch.x[2] = ENTRY;
		v->arch.x[3] = v->index;
		smc_dispatch(v);
		switch ((int64_t)v->arch.x[0]) {
		case PSCI_SUCCESS:
			sum++;
			/* The winner's registers, nobody else's. */
			if (vcpus[10].arch.x[0] != v->index)
				sum += 1000000;
			break;
		case PSCI_ON_PENDING:
		case PSCI_ALREADY_ON:
			break;
		default:
			sum += 1000000;
		}
		pthread_barrier_wait(&barrier);
		if (v->index == 0) { /* off again, for the next round */
			vcpus[10].state = VCPU_RUNNING;
			psci_vcpu_entered(&vcpus[10]);
			vcpus[10].state = VCPU_OFF;
		}
	}
	return (void *)(uintptr_t)sum;
}

static void test_cpu_on_race(void **state UNUSED)
{
	pthread_t t[RACERS];
	uint64_t sum = 0;

	racing = true;
	assert_int_equal(pthread_barrier_init(&barrier, NULL, RACERS), 0);
	for (unsigned int i = 0; i < RACERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, racer, &vcpus[i]), 0);
	for (unsigned int i = 0; i < RACERS; i++) {
		void *r;

		pthread_join(t[i], &r);
		sum += (uintptr_t)r;
	}
	pthread_barrier_destroy(&barrier);
	assert_int_equal(sum, ROUNDS); /* each round has exactly one success */
}

static void test_affinity_info(void **state UNUSED)
{
	static const uint64_t bad_level[] = { 4, 5, 0xff, UINT64_MAX, BIT(31), BIT(32) | 4 };
	static const uint64_t bad_target[] = { 16, 20, 0x104, 0x200, BIT(31), BIT(24), BIT(40), UINT64_MAX };

	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0, 0, 0), PSCI_AFF_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 1, 0, 0), PSCI_AFF_OFF);
	for (size_t i = 0; i < ARRAY_SIZE(bad_level); i++)
		assert_int_equal(call(PSCI_AFFINITY_INFO_64, 1, bad_level[i], 0), PSCI_INVALID_PARAMETERS);
	for (size_t i = 0; i < ARRAY_SIZE(bad_target); i++)
		assert_int_equal(call(PSCI_AFFINITY_INFO_64, bad_target[i], 0, 0), PSCI_INVALID_PARAMETERS);

	/* The level is a uint32_t (5.1.5): what is above it is not looked at. */
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 1, UINT64_C(1) << 32, 0), PSCI_AFF_OFF);

	/* Cluster 0 has the caller; cluster 1 has four that are off; the levels above have all. */
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0xff, 1, 0), PSCI_AFF_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 1, 0), PSCI_AFF_OFF);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 2, 0), PSCI_AFF_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0, 3, 0), PSCI_AFF_ON);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x200, 1, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, UINT64_C(1) << 32, 3, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(PSCI_CPU_ON_64, 0x103, ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 1, 0), PSCI_AFF_ON_PENDING);
	vcpus[16].state = VCPU_BLOCKED;
	assert_int_equal(call(PSCI_AFFINITY_INFO_64, 0x100, 1, 0), PSCI_AFF_ON);
}

static void test_suspend(void **state UNUSED)
{
	static const uint32_t bad[] = { BIT(17), BIT(23), BIT(26), 0x80000000, 0xffffffff };

	assert_int_equal(call(PSCI_CPU_SUSPEND_64, 0, 0, 0), PSCI_SUCCESS); /* standby: no entry */
	assert_int_equal(call(PSCI_CPU_SUSPEND_32, 0x0300ffff, 1, 0), PSCI_SUCCESS);
	assert_int_equal(call(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(blocked, 3);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(call(PSCI_CPU_SUSPEND_64, bad[i], ENTRY, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, 0x1000, 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(call(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, UINT64_C(1) << 32 | ENTRY, 0),
			 PSCI_INVALID_ADDRESS);
	assert_int_equal(call(PSCI_CPU_SUSPEND_32, PSCI_STATE_POWERDOWN, UINT64_C(1) << 32 | ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(blocked, 4);
}

/* A powerdown state that is entered: the call does not return, the vCPU goes on at its entry. */
static void test_suspend_powerdown(void **state UNUSED)
{
	struct vcpu *v = &vcpus[0];

	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		guest_el1_write(r, 0x1000 + r);
	guest_el1_write(R_SCTLR_EL1, 0x30d01805);
	guest_pc_set(0x40201000);
	guest_pstate_set(0x60000005);
	/* Something is pending: it returns, and nothing comes later. */
	assert_int_equal(call(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN, ENTRY, CONTEXT), PSCI_SUCCESS);
	psci_vcpu_resume(v);
	assert_int_equal(guest_pc(), 0x40201000);
	assert_int_equal(v->arch.x[0], PSCI_SUCCESS);
	/* Standby that blocks: the same. */
	awake = false;
	assert_int_equal(call(PSCI_CPU_SUSPEND_64, 0, ENTRY, CONTEXT), PSCI_SUCCESS);
	psci_vcpu_resume(v);
	assert_int_equal(guest_pc(), 0x40201000);

	(void)call(PSCI_CPU_SUSPEND_64, PSCI_STATE_POWERDOWN | 0x01000003, ENTRY, CONTEXT);
	assert_int_equal(v->state, VCPU_BLOCKED);
	assert_int_equal(guest_pc(), 0x40201000); /* not before it wakes */
	v->state = VCPU_RUNNING;
	psci_vcpu_resume(v);
	assert_int_equal(guest_pc(), ENTRY);
	assert_int_equal(guest_pstate(), 0x3c5);
	assert_int_equal(v->arch.x[0], CONTEXT);
	assert_int_equal(guest_el1_read(R_SCTLR_EL1), 0x30d00800);
	assert_int_equal(guest_el1_read(R_VBAR_EL1), 0);
	assert_int_equal(guest_el1_read(R_MDSCR_EL1), 0);
	assert_int_equal(guest_el1_read(R_CNTV_CVAL_EL0), 0x1000 + R_CNTV_CVAL_EL0);
	assert_int_equal(guest_el1_read(R_CNTV_CTL_EL0), 0x1000 + R_CNTV_CTL_EL0);
	guest_pc_set(0x40201000);
	psci_vcpu_resume(v); /* once */
	assert_int_equal(guest_pc(), 0x40201000);

	guest_el1_write(R_SCTLR_EL1, 0x30d01805 | BIT(25));
	(void)call(PSCI_CPU_SUSPEND_32, PSCI_STATE_POWERDOWN, UINT64_C(5) << 32 | ENTRY, CONTEXT);
	psci_vcpu_resume(v);
	assert_int_equal(guest_pc(), ENTRY);
	assert_int_equal(v->arch.x[0], (uint32_t)CONTEXT);
	assert_int_equal(guest_el1_read(R_SCTLR_EL1), 0x30d00800 | BIT(25));
}

static void test_ends(void **state UNUSED)
{
	(void)call(PSCI_CPU_OFF, 0, 0, 0);
	assert_int_equal(off, 1);
	assert_int_equal(ended, VM_END_NONE);
	(void)call(PSCI_SYSTEM_OFF, 0, 0, 0);
	assert_int_equal(ended, VM_END_POWEROFF);
	(void)call(PSCI_SYSTEM_RESET, 0, 0, 0);
	assert_int_equal(ended, VM_END_REBOOT);
	ended = VM_END_NONE;
	assert_int_equal(call(PSCI_SYSTEM_RESET2_64, 1, 0, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(PSCI_SYSTEM_RESET2_32, 0x80000000, 0, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(ended, VM_END_NONE);
	(void)call(PSCI_SYSTEM_RESET2_64, 0, 0x77, 0);
	assert_int_equal(ended, VM_END_REBOOT);
}

/* Every id of the standard services with random arguments: nothing but its results changes, nothing breaks. */
static void test_any_call(void **state UNUSED)
{
	uint64_t r = 42;

	host_random_set(1, 1000000);
	trng_init();
	for (unsigned int i = 0; i < 100000; i++) {
		struct vcpu *v = &vcpus[0];
		uint32_t fid = (i & 1 ? 0x84000000 : 0xc4000000) | (i >> 1 & 0xff);
		bool trng = (fid & 0xff) >= 0x50 && (fid & 0xff) <= 0x53;
		uint64_t before[31];

		for (unsigned int n = 0; n < 31; n++) {
			r = r * 6364136223846793005u + 1442695040888963407u;
			before[n] = r >> (r >> 60) * 4;
		}
		/* Some of them near what means something. */
		if (r & 2)
			before[1] &= 0x1ff;
		if (r & 4)
			before[2] = ENTRY + (before[2] & 0xfff);
		before[0] = fid;
		memcpy(v->arch.x, before, sizeof(before));
		smc_dispatch(v);
		for (unsigned int n = trng ? 4 : 1; n < 31; n++)
			assert_int_equal(v->arch.x[n], before[n]);
		for (unsigned int n = 1; n < NR_VCPUS; n++)
			if (i % 1000 == 0 || vcpus[n].state == VCPU_READY) {
				psci_vcpu_entered(&vcpus[n]);
				vcpus[n].state = i % 1000 ? VCPU_RUNNING : VCPU_OFF;
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_version, each_set_up),
		cmocka_unit_test_setup(test_features, each_set_up),
		cmocka_unit_test_setup(test_conventions, each_set_up),
		cmocka_unit_test_setup(test_cpu_on, each_set_up),
		cmocka_unit_test_setup(test_cpu_on_32, each_set_up),
		cmocka_unit_test_setup(test_cpu_on_bad_target, each_set_up),
		cmocka_unit_test_setup(test_cpu_on_bad_entry, each_set_up),
		cmocka_unit_test_setup(test_cpu_on_while_stopping, each_set_up),
		cmocka_unit_test_setup(test_cpu_on_endianness, each_set_up),
		cmocka_unit_test_setup(test_cpu_on_race, each_set_up),
		cmocka_unit_test_setup(test_affinity_info, each_set_up),
		cmocka_unit_test_setup(test_suspend, each_set_up),
		cmocka_unit_test_setup(test_suspend_powerdown, each_set_up),
		cmocka_unit_test_setup(test_ends, each_set_up),
		cmocka_unit_test_setup(test_any_call, each_set_up),
	};

	return UNIT_RUN(tests);
}
