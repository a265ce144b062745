/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI 1.1 (DEN 0022) for a VM.
 *
 * State owned: vm->on_pending, a bit for each vCPU that a CPU_ON is starting or has started and
 * that has not had a core yet. It is set atomically by the one CPU_ON that goes on, and so is the
 * lock on a vCPU that is off.
 */
#include "role/hyp/psci.h"

#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/guest.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "role/hyp/vm.h"
#include "role/hyp/vmap.h"
#include "role/role.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

/* EL1h, D A I F masked (ARM DDI 0487 D1.3.1) */
#define PSTATE_RESET 0x3c5
#define SCTLR_EE     BIT(25)
#define MPIDR_AFF    (MASK(39, 32) | MASK(23, 0))
#define PSCI_FN_MAX  0x1f

/* Argument n: 32 bits of it in an SMC32 call. */
static uint64_t arg(const struct vcpu *v, unsigned int n)
{
	return v->arch.x[0] & SMCCC_64 ? v->arch.x[n] : (uint32_t)v->arch.x[n];
}

static void result(struct vcpu *v, int64_t r)
{
	v->arch.x[0] = (uint64_t)r;
}

static enum vcpu_state state_of(const struct vcpu *v)
{
	return __atomic_load_n(&v->state, __ATOMIC_ACQUIRE);
}

static bool on_is_pending(const struct vcpu *v)
{
	const struct vm *vm = v->part->role;

	return (__atomic_load_n(&vm->on_pending, __ATOMIC_ACQUIRE) & BIT(v->index)) != 0;
}

void psci_vcpu_entered(struct vcpu *v)
{
	struct vm *vm = v->part->role;

	if (on_is_pending(v))
		__atomic_and_fetch(&vm->on_pending, ~BIT(v->index), __ATOMIC_RELEASE);
}

/*
 * The vCPU with this target_cpu argument, or NULL. Sixteen vCPUs have one Aff1 (vmap_mpidr), so the index
 * follows from it. Not asked of its registers: another core may be resetting them.
 */
static struct vcpu *find_target(const struct partition *p, uint64_t mpidr)
{
	uint64_t index = BITS(mpidr, 15, 8) * 16 + BITS(mpidr, 7, 0);

	if (index >= p->nr_vcpus || vmap_mpidr((unsigned int)index) != mpidr)
		return NULL;
	return p->vcpu[index];
}

/* Can a vCPU start there: an instruction's address, in memory that the VM can execute? */
static bool entry_is_valid(struct partition *p, uint64_t entry)
{
	unsigned int perm;

	if (entry & 3 || s2_lookup(&p->s2, IPA(entry), NULL, &perm, NULL) != OK)
		return false;
	return (perm & S2_X) && !(perm & S2_DEVICE);
}

void psci_version(struct vcpu *v)
{
	result(v, PSCI_VERSION_1_1);
}

void psci_features(struct vcpu *v)
{
	uint32_t fid = (uint32_t)v->arch.x[1], fn = fid & PSCI_FN_MAX;
	unsigned int conv = fid & SMCCC_64 ? SMC_64 : SMC_32;

	if (fid == SMCCC_VERSION)
		result(v, PSCI_SUCCESS);
	else if ((fid & ~(uint32_t)SMCCC_64) == (PSCI_VERSION | fn) && role_smc_std[fn].conv & conv)
		result(v, PSCI_SUCCESS); /* no flags: the original power_state format, no OS-initiated mode */
	else
		result(v, PSCI_NOT_SUPPORTED);
}

/*
 * Standby waits as WFI does and returns. So does powerdown when something to wake for is there already (5.4.2: it then
 * returns SUCCESS); else the vCPU goes on at its entry, once it wakes.
 */
void psci_cpu_suspend(struct vcpu *v)
{
	struct vm *vm = v->part->role;
	struct psci_vcpu *pv = &vm->psci[v->index];
	uint32_t power_state = (uint32_t)v->arch.x[1];
	bool powerdown = power_state & PSCI_STATE_POWERDOWN;
	uint64_t entry = arg(v, 2), context = arg(v, 3);

	if (power_state & ~(uint32_t)PSCI_STATE_VALID_MASK) {
		result(v, PSCI_INVALID_PARAMETERS);
		return;
	}
	if (powerdown && !entry_is_valid(v->part, entry)) {
		result(v, PSCI_INVALID_ADDRESS);
		return;
	}
	result(v, PSCI_SUCCESS);
	sched_block(v);
	/* Only this core lets a vCPU run that is loaded here: RUNNING means that it did not block. */
	if (powerdown && state_of(v) != VCPU_RUNNING)
		*pv = (struct psci_vcpu){ .resume = true, .entry = entry, .context = context };
}

/* Its timer and its interrupt controller have power of their own: what wakes it is still there. */
static bool outlives_powerdown(enum el1_reg r)
{
	return r == R_CNTV_CTL_EL0 || r == R_CNTV_CVAL_EL0 || r == R_CNTKCTL_EL1;
}

void psci_vcpu_resume(struct vcpu *v)
{
	static const uint64_t reset[] = {
#define X(name, value) [R_##name] = value,
		EL1_REGS(X)
#undef X
	};
	struct vm *vm = v->part->role;
	struct psci_vcpu *pv = &vm->psci[v->index];
	uint64_t ee;

	if (!pv->resume)
		return;
	pv->resume = false;
	ee = guest_el1_read(R_SCTLR_EL1) & SCTLR_EE;
	for (unsigned int r = 0; r < ARRAY_SIZE(reset); r++)
		if (!outlives_powerdown(r))
			guest_el1_write(r, reset[r]);
	guest_el1_write(R_SCTLR_EL1, reset[R_SCTLR_EL1] | ee);
	guest_pc_set(pv->entry);
	guest_pstate_set(PSTATE_RESET);
	v->arch.x[0] = pv->context;
}

void psci_cpu_off(struct vcpu *v)
{
	trace_put(&this_cpu()->trace, trace_as(v->trace_exit, TRACE_PSCI), PSCI_CPU_OFF, v->index);
	sched_off(v);
}

/*
 * Start t, which the caller has claimed by its on_pending bit; on success the bit stays until t has a core. Only a
 * claim's holder takes a vCPU out of VCPU_OFF, so its registers are ours until sched_start().
 */
static int64_t start_claimed(struct vcpu *t, uint64_t entry, uint64_t context)
{
	if (state_of(t) != VCPU_OFF)
		return PSCI_ALREADY_ON;
	vcpu_reset(t, entry, context);
	/* 6.4: the endianness is the caller's, who is loaded here. */
	t->arch.el1[R_SCTLR_EL1] |= guest_el1_read(R_SCTLR_EL1) & SCTLR_EE;
	vgic_vcpu_reset(t);
	vtimer_reset(t);
	if (sched_start(t) != OK)
		return PSCI_DENIED; /* the VM is stopping, and with it the caller */
	return PSCI_SUCCESS;
}

static int64_t start(struct vcpu *t, uint64_t entry, uint64_t context)
{
	struct vm *vm = t->part->role;
	int64_t r;

	if (state_of(t) != VCPU_OFF && !on_is_pending(t))
		return PSCI_ALREADY_ON;
	if (__atomic_fetch_or(&vm->on_pending, BIT(t->index), __ATOMIC_ACQ_REL) & BIT(t->index))
		return PSCI_ON_PENDING;
	r = start_claimed(t, entry, context);
	if (r != PSCI_SUCCESS)
		__atomic_and_fetch(&vm->on_pending, ~BIT(t->index), __ATOMIC_RELEASE);
	return r;
}

void psci_cpu_on(struct vcpu *v)
{
	struct partition *p = v->part;
	struct vcpu *t = find_target(p, arg(v, 1));
	int64_t r;

	if (!t)
		r = PSCI_INVALID_PARAMETERS;
	else if (!entry_is_valid(p, arg(v, 2)))
		r = PSCI_INVALID_ADDRESS;
	else
		r = start(t, arg(v, 2), arg(v, 3));
	trace_put(&this_cpu()->trace, trace_as(v->trace_exit, TRACE_PSCI), PSCI_CPU_ON_32, (uint64_t)r);
	result(v, r);
}

/* 5.7: a node is ON when one of its cores is; else ON_PENDING when one is about to be; else OFF. */
void psci_affinity_info(struct vcpu *v)
{
	/* A level has 32 bits in either convention. */
	uint64_t target = arg(v, 1), level = (uint32_t)v->arch.x[2], mask;
	const struct partition *p = v->part;
	int64_t r = PSCI_INVALID_PARAMETERS;

	if (level > 3 || target & ~MPIDR_AFF) {
		result(v, r);
		return;
	}
	/* Level 3 leaves Aff3, which is not next to Aff2, but there is nothing between them. */
	mask = MPIDR_AFF & ~(BIT(8 * level) - 1);
	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		const struct vcpu *t = p->vcpu[i];
		enum vcpu_state s = state_of(t);

		if ((vmap_mpidr(i) ^ target) & mask)
			continue;
		if ((s == VCPU_OFF || s == VCPU_READY) && on_is_pending(t)) {
			r = PSCI_AFF_ON_PENDING;
		} else if (s != VCPU_OFF) {
			r = PSCI_AFF_ON;
			break;
		} else if (r == PSCI_INVALID_PARAMETERS) {
			r = PSCI_AFF_OFF;
		}
	}
	result(v, r);
}

void psci_migrate_info_type(struct vcpu *v)
{
	result(v, PSCI_MIGRATE_NOT_REQUIRED);
}

void psci_system_off(struct vcpu *v)
{
	vm_end(v->part->role, VM_END_POWEROFF);
}

void psci_system_reset(struct vcpu *v)
{
	vm_end(v->part->role, VM_END_REBOOT);
}

void psci_system_reset2(struct vcpu *v)
{
	/* Bit 31: vendor-specific types, of which there are none. */
	if ((uint32_t)v->arch.x[1] != PSCI_RESET2_WARM)
		result(v, PSCI_INVALID_PARAMETERS);
	else
		vm_end(v->part->role, VM_END_REBOOT);
}
