/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/smc, role/hyp/smccc, role/hyp/psci, role/hyp/trng: calls with any registers, by vCPUs that are on, between them
 * vCPUs that get their core, sleep, wake and stop. Against a model of PSCI 1.1 (DEN 0022) that has a state for each
 * vCPU. Of x1 to x30 only results change.
 */
#include "fuzz.h"

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
#include "role/hyp/smccc.h"
#include "role/hyp/trng.h"
#include "role/hyp/vm.h"
#include "role/role.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

#define VCPUS	 20u
#define RAM	 UINT64_C(0x40000000)
#define RAM_SIZE UINT64_C(0x20000000)
#define NO_EXEC	 UINT64_C(0x50000000) /* a page */
#define DEVICE	 UINT64_C(0x09000000) /* a page */

struct hw hw;

static struct vcpu vcpus[VCPUS], *vcpu_ptrs[VCPUS];
static struct partition part;
static struct vm vm;
static enum vm_end ended;
static unsigned int self; /* who calls */
static bool awake;	  /* something to wake for is there */

/* --- What the calls ask of others --- */

int sched_start(struct vcpu *v)
{
	if (part.state != PARTITION_RUNNING || v->state != VCPU_OFF)
		return E_STATE;
	v->state = VCPU_READY;
	return OK;
}

void sched_block(struct vcpu *v)
{
	MUST(v == &vcpus[self]);
	v->state = awake ? VCPU_RUNNING : VCPU_BLOCKED;
}

void sched_off(struct vcpu *v)
{
	MUST(v == &vcpus[self]);
	v->state = VCPU_OFF;
}

void vgic_vcpu_reset(struct vcpu *v)
{
	MUST_EQ(v->state, VCPU_OFF);
}

void vtimer_reset(struct vcpu *v)
{
	MUST_EQ(v->state, VCPU_OFF);
}

int s2_lookup(struct s2 *s2 UNUSED, ipa_t ipa, pa_t *pa UNUSED, unsigned int *perm, uint64_t *run UNUSED)
{
	if (ipa.a >= NO_EXEC && ipa.a < NO_EXEC + PAGE_SIZE)
		*perm = S2_RW;
	else if (ipa.a >= RAM && ipa.a < RAM + RAM_SIZE)
		*perm = S2_RWX;
	else if (ipa.a >= DEVICE && ipa.a < DEVICE + PAGE_SIZE)
		*perm = S2_RWX | S2_DEVICE;
	else
		return E_NOENT;
	return OK;
}

void vm_end(struct vm *which, enum vm_end why)
{
	MUST(which == &vm);
	if (!ended)
		ended = why;
}

/* --- The model --- */

enum power { OFF, PENDING, ON, ASLEEP, DOWN }; /* DOWN: in a powerdown state, it resumes at its entry */

static struct {
	enum power power;
	uint64_t entry, context;
} cpu[VCPUS];
static enum vm_end want_end;

/* vCPU of an affinity: Aff1 is i / 16, Aff0 i % 16. VCPUS: none. */
static unsigned int by_affinity(uint64_t a)
{
	for (unsigned int i = 0; i < VCPUS; i++)
		if (a == ((uint64_t)(i / 16) << 8 | i % 16))
			return i;
	return VCPUS;
}

static bool can_start_at(uint64_t entry)
{
	return entry % 4 == 0 && entry >= RAM && entry < RAM + RAM_SIZE && entry / PAGE_SIZE != NO_EXEC / PAGE_SIZE;
}

static int64_t model_on(uint64_t target, uint64_t entry, uint64_t context)
{
	unsigned int i = by_affinity(target);

	if (i == VCPUS)
		return PSCI_INVALID_PARAMETERS;
	if (!can_start_at(entry))
		return PSCI_INVALID_ADDRESS;
	if (cpu[i].power == PENDING)
		return PSCI_ON_PENDING;
	if (cpu[i].power != OFF)
		return PSCI_ALREADY_ON;
	if (part.state != PARTITION_RUNNING)
		return PSCI_DENIED;
	cpu[i].power = PENDING;
	cpu[i].entry = entry;
	cpu[i].context = context;
	return PSCI_SUCCESS;
}

static int64_t model_affinity_info(uint64_t target, uint64_t level)
{
	static const uint64_t keep[] = { 0xff00ffffff, 0xff00ffff00, 0xff00ff0000, 0xff00000000 };
	bool off = false, pending = false;

	if (level > 3 || target & ~keep[0])
		return PSCI_INVALID_PARAMETERS;
	for (unsigned int i = 0; i < VCPUS; i++) {
		uint64_t mine = (uint64_t)(i / 16) << 8 | i % 16;

		if ((mine & keep[level]) != (target & keep[level]))
			continue;
		if (cpu[i].power > PENDING)
			return PSCI_AFF_ON;
		off = true;
		pending = pending || cpu[i].power == PENDING;
	}
	return pending ? PSCI_AFF_ON_PENDING : off ? PSCI_AFF_OFF : PSCI_INVALID_PARAMETERS;
}

static int64_t model_suspend(uint64_t state, uint64_t entry, uint64_t context)
{
	bool down = state & 0x10000;

	/* StateID, StateType and PowerLevel; the other bits are reserved. */
	if (state & ~UINT64_C(0x0301ffff))
		return PSCI_INVALID_PARAMETERS;
	if (down && !can_start_at(entry))
		return PSCI_INVALID_ADDRESS;
	if (!awake) {
		cpu[self].power = down ? DOWN : ASLEEP;
		cpu[self].entry = entry;
		cpu[self].context = context;
	}
	return PSCI_SUCCESS;
}

static int64_t model_features(uint32_t fid)
{
	static const uint32_t have[] = {
		SMCCC_VERSION,	       PSCI_VERSION,	       PSCI_CPU_SUSPEND_32,   PSCI_CPU_SUSPEND_64,
		PSCI_CPU_OFF,	       PSCI_CPU_ON_32,	       PSCI_CPU_ON_64,	      PSCI_AFFINITY_INFO_32,
		PSCI_AFFINITY_INFO_64, PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF,	      PSCI_SYSTEM_RESET,
		PSCI_FEATURES,	       PSCI_SYSTEM_RESET2_32,  PSCI_SYSTEM_RESET2_64,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(have); i++)
		if (fid == have[i])
			return 0;
	return PSCI_NOT_SUPPORTED;
}

static int64_t end_by(enum vm_end why, int64_t x0)
{
	if (!want_end)
		want_end = why;
	return x0; /* the caller does not get back: its registers stay */
}

static int64_t model_trng(uint32_t fid, const uint64_t *x, unsigned int *results)
{
	bool wide = fid & SMCCC_64;
	uint64_t bits = wide ? x[1] : (uint32_t)x[1];

	switch (fid) {
	case TRNG_VERSION:
		return TRNG_VERSION_1_0;
	case TRNG_FEATURES:
		fid = (uint32_t)x[1];
		return fid == TRNG_VERSION || fid == TRNG_FEATURES || fid == TRNG_GET_UUID || fid == TRNG_RND32 ||
				       fid == TRNG_RND64
			       ? 0
			       : TRNG_NOT_SUPPORTED;
	case TRNG_GET_UUID:
		*results = 4;
		return 0x645aaec3;
	default:
		*results = 4;
		return bits >= 1 && bits <= (wide ? TRNG_RND64_BITS_MAX : TRNG_RND32_BITS_MAX)
			       ? 0
			       : TRNG_INVALID_PARAMETERS;
	}
}

/* x0 afterwards; *results: how many registers from x0 on are results. */
static int64_t model(uint32_t fid, const uint64_t *x, unsigned int *results)
{
	bool wide = fid & SMCCC_64;
	uint64_t a[4];

	*results = 1;
	for (unsigned int i = 0; i < 4; i++)
		a[i] = wide ? x[i] : (uint32_t)x[i];
	if (fid & SMCCC_FAST)
		fid &= ~(uint32_t)SMCCC_SVE_HINT;
	switch (fid) {
	case SMCCC_VERSION:
		return SMCCC_VERSION_1_2;
	case SMCCC_ARCH_FEATURES:
		return (uint32_t)x[1] == SMCCC_VERSION || (uint32_t)x[1] == SMCCC_ARCH_FEATURES ? 0 : -1;
	case SMCCC_VENDOR_HYP_COUNT:
		return 0;
	case SMCCC_VENDOR_HYP_UID:
		*results = 4;
		return TRIVET_UID_0;
	case SMCCC_VENDOR_HYP_REV:
		*results = 2;
		return TRIVET_REV_MAJOR;
	case PSCI_VERSION:
		return PSCI_VERSION_1_1;
	case PSCI_FEATURES:
		return model_features((uint32_t)x[1]);
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
		return model_on(a[1], a[2], a[3]);
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
		return model_affinity_info(a[1], (uint32_t)x[2]); /* a level is of 32 bits in both */
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		return model_suspend((uint32_t)x[1], a[2], a[3]);
	case PSCI_CPU_OFF:
		cpu[self].power = OFF;
		return (int64_t)x[0];
	case PSCI_MIGRATE_INFO_TYPE:
		return PSCI_MIGRATE_NOT_REQUIRED;
	case PSCI_SYSTEM_OFF:
		return end_by(VM_END_POWEROFF, (int64_t)x[0]);
	case PSCI_SYSTEM_RESET:
		return end_by(VM_END_REBOOT, (int64_t)x[0]);
	case PSCI_SYSTEM_RESET2_32:
	case PSCI_SYSTEM_RESET2_64:
		return (uint32_t)x[1] ? PSCI_INVALID_PARAMETERS : end_by(VM_END_REBOOT, (int64_t)x[0]);
	case TRNG_VERSION:
	case TRNG_FEATURES:
	case TRNG_GET_UUID:
	case TRNG_RND32:
	case TRNG_RND64:
		return model_trng(fid, x, results);
	default:
		return SMCCC_NOT_SUPPORTED;
	}
}

/* --- Steps --- */

static uint32_t any_fid(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f);

	if (kind < 160)
		return PSCI_VERSION + kind % 0x15 + (kind & 0x80 ? SMCCC_64 : 0);
	if (kind < 200)
		return TRNG_VERSION + kind % 4 + (kind & 4 ? SMCCC_64 : 0);
	if (kind < 210)
		return SMCCC_VERSION + kind % 3;
	if (kind < 220)
		return SMCCC_VENDOR_HYP_COUNT + kind % 4;
	return fuzz_u32(f);
}

static uint64_t any_argument(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f);

	if (kind < 64)
		return (kind & 0x10) << 4 | (kind & 0xf);
	if (kind < 96)
		return RAM + (kind & 31) * 4;
	if (kind < 128)
		return (kind & 1 ? NO_EXEC : DEVICE) + (kind & 30) * 2;
	if (kind < 140)
		return UINT64_C(0x10000) * (kind & 3);
	if (kind < 160)
		return PSCI_VERSION + (kind & 31);
	return fuzz_odd(f);
}

static void check_results(const uint64_t *before, int64_t want, unsigned int results)
{
	const uint64_t *x = vcpus[self].arch.x;

	MUST_EQ(x[0], want);
	for (unsigned int i = results; i < 31; i++)
		MUST_EQ(x[i], before[i]);
	MUST_EQ(ended, want_end);
}

/* Random numbers: nothing above what was asked for, the lowest in x3; in an error nothing. */
static void check_random(uint32_t fid, const uint64_t *before)
{
	unsigned int width = fid & SMCCC_64 ? 64 : 32;
	uint64_t bits = vcpus[self].arch.x[0] ? 0 : width == 64 ? before[1] : (uint32_t)before[1];

	for (unsigned int i = 3; i; i--) {
		uint64_t here = MIN(bits, (uint64_t)width);

		if (here < 64)
			MUST_EQ(vcpus[self].arch.x[i] >> here, 0);
		bits -= here;
	}
}

static void step_call(struct fuzz *f)
{
	uint64_t before[31];
	unsigned int results, how = fuzz_u8(f);
	uint32_t fid = any_fid(f);
	int64_t want;

	self = how % VCPUS;
	if (cpu[self].power != ON)
		self = 0;
	if (cpu[self].power != ON)
		return;
	awake = how & 0x80;
	for (unsigned int i = 0; i < 31; i++)
		before[i] = i >= 1 && i <= 3 ? any_argument(f) : i * UINT64_C(0x0101010101010101);
	before[0] = fid | (uint64_t)how << 40;
	memcpy(vcpus[self].arch.x, before, sizeof(before));
	guest_el1_write(R_SCTLR_EL1, how & 0x40 ? 0x32d00800 : 0x30d00800);
	want = model(fid, before, &results);
	smc_dispatch(&vcpus[self]);
	check_results(before, want, results);
	if ((fid & ~(uint32_t)(SMCCC_64 | SMCCC_SVE_HINT)) == TRNG_RND32)
		check_random(fid, before);
}

/* A vCPU gets a core, or wakes. */
static void step_enter(struct fuzz *f)
{
	unsigned int i = fuzz_below(f, VCPUS);
	struct vcpu *v = &vcpus[i];

	if (cpu[i].power == OFF || cpu[i].power == ON)
		return;
	v->state = VCPU_RUNNING;
	if (cpu[i].power == PENDING) {
		psci_vcpu_entered(v);
		MUST_EQ(v->arch.pc, cpu[i].entry);
		MUST_EQ(v->arch.x[0], cpu[i].context);
		MUST_EQ(v->arch.pstate & 0x3df, 0x3c5);
	} else {
		guest_pc_set(0x1234);
		psci_vcpu_resume(v);
		if (cpu[i].power == DOWN) {
			MUST_EQ(guest_pc(), cpu[i].entry);
			MUST_EQ(v->arch.x[0], cpu[i].context);
		} else {
			MUST_EQ(guest_pc(), 0x1234);
		}
	}
	cpu[i].power = ON;
}

/* The VM is being stopped: from then on nothing starts. */
static void step_stop(struct fuzz *f)
{
	if (fuzz_u8(f) == 0x55)
		part.state = PARTITION_STOPPING;
}

static void check_states(void)
{
	static const enum vcpu_state state[] = { [OFF] = VCPU_OFF,
						 [PENDING] = VCPU_READY,
						 [ON] = VCPU_RUNNING,
						 [ASLEEP] = VCPU_BLOCKED,
						 [DOWN] = VCPU_BLOCKED };

	for (unsigned int i = 0; i < VCPUS; i++) {
		MUST_EQ(vcpus[i].state, state[cpu[i].power]);
		MUST_EQ(vm.on_pending >> i & 1, cpu[i].power == PENDING);
		MUST_EQ(vm.psci[i].resume, cpu[i].power == DOWN);
	}
}

static void begin(void)
{
	memset(&vm, 0, sizeof(vm));
	memset(vcpus, 0, sizeof(vcpus));
	memset(&part, 0, sizeof(part));
	memset(cpu, 0, sizeof(cpu));
	for (unsigned int i = 0; i < VCPUS; i++) {
		vcpu_ptrs[i] = &vcpus[i];
		vcpus[i].part = &part;
		vcpus[i].index = (uint16_t)i;
		vcpus[i].arch.vmpidr = BIT(31) | i / 16 << 8 | i % 16;
	}
	part.vcpu = vcpu_ptrs;
	part.nr_vcpus = VCPUS;
	part.role = &vm;
	part.state = PARTITION_RUNNING;
	vcpus[0].state = VCPU_RUNNING;
	cpu[0].power = ON;
	ended = want_end = VM_END_NONE;
}

void fuzz_setup(void)
{
	host_reset();
	host_random_set(UINT64_C(0x123456789abcdef0), UINT32_MAX);
	trng_init();
	MUST_EQ(trng_quality(), TRNG_HARDWARE);
	smccc_init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);

	begin();
	for (unsigned int n = 0; n < 128 && fuzz_more(&f); n++) {
		unsigned int what = fuzz_u8(&f);

		if (what < 170)
			step_call(&f);
		else if (what < 250)
			step_enter(&f);
		else
			step_stop(&f);
		check_states();
	}
	return 0;
}
