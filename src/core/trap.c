/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exits by exception class (ARM DDI 0487 D1.4, ESR_ELx.EC); see trap.h. The hot path is upcall_guest_sync:
 * keep it short.
 */
#include "core/trap.h"

#include "arch/guest.h"
#include "arch/upcall.h"
#include "core/inject.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/mmio_trap.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/stage2_fault.h"
#include "core/sysreg.h"
#include "core/trace_exits.h"
#include "core/vcpu.h"
#include "role/role.h"

/* Exception classes that come from a guest here. */
enum {
	EC_WFX = 0x01,
	EC_HVC64 = 0x16,
	EC_SMC64 = 0x17,
	EC_SYSREG = 0x18,
	EC_FETCH_ABORT = 0x20,
	EC_DATA_ABORT = 0x24,
};

#define ISS_WFX_TI	   MASK(1, 0) /* 0 WFI, 1 WFE, 2 WFIT, 3 WFET */
#define ISS_HVC_IMM	   MASK(15, 0)
#define ISS_SYSREG_READ	   BIT(0)
#define ISS_SYSREG_RT(iss) ((unsigned int)BITS(iss, 9, 5))

typedef enum trap_result (*trap_fn)(struct vcpu *v, uint64_t esr);

/* WFI waits for an interrupt; WFE lets a sibling run that may be what it waits for. */
static enum trap_result on_wfx(struct vcpu *v, uint64_t esr)
{
	if (esr & BIT(0))
		sched_give_way(v);
	else
		sched_block(v);
	return TRAP_DONE;
}

/*
 * Only HVC #0 and SMC #0 are SMCCC calls (DEN 0028 2.9). HVC's preferred return address is already the next
 * instruction, SMC's is not; that of an UNDEFINED exception is the instruction itself.
 */
static enum trap_result on_hvc(struct vcpu *v, uint64_t esr)
{
	if (unlikely(esr & ISS_HVC_IMM)) {
		guest_pc_set(guest_pc() - 4);
		return TRAP_UNDEF;
	}
	smc_dispatch(v);
	return TRAP_AGAIN;
}

static enum trap_result on_smc(struct vcpu *v, uint64_t esr)
{
	if (unlikely(esr & ISS_HVC_IMM))
		return TRAP_UNDEF;
	smc_dispatch(v);
	return TRAP_DONE;
}

static enum trap_result on_sysreg(struct vcpu *v, uint64_t esr)
{
	unsigned int rt = ISS_SYSREG_RT(esr);
	uint32_t key = (uint32_t)esr & SYSREG_KEY_MASK;
	enum trap_result r;

	if (esr & ISS_SYSREG_READ) {
		uint64_t value = 0;

		r = sysreg_trap_read(v, key, &value);
		if (r == TRAP_DONE)
			trap_reg_write(v, rt, value);
		return r;
	}
	return sysreg_trap_write(v, key, trap_reg_read(v, rt));
}

static enum trap_result on_fetch_abort(struct vcpu *v, uint64_t esr)
{
	if (!stage2_fault_is_gone(v, esr, S2_X) && !role_stage2_abort(v))
		inject_fetch_abort(v, guest_far());
	return TRAP_AGAIN;
}

/* What nobody here knows is UNDEFINED to the guest, and it goes on. */
static COLD enum trap_result unknown(struct vcpu *v, uint64_t esr)
{
	log_limited(16, LOG_WARN, "%s: vcpu%u: exception class 0x%x (ESR 0x%llx) at 0x%llx: UNDEFINED", v->part->name,
		    v->index, (unsigned int)(esr >> 26), (unsigned long long)esr, (unsigned long long)guest_pc());
	return TRAP_UNDEF;
}

/* One for each exception class, so that nobody has to look whether there is one. */
static const trap_fn traps[64] = {
	[0] = unknown,
	[EC_WFX] = on_wfx,
	[EC_WFX + 1 ... EC_HVC64 - 1] = unknown,
	[EC_HVC64] = on_hvc,
	[EC_SMC64] = on_smc,
	[EC_SYSREG] = on_sysreg,
	[EC_SYSREG + 1 ... EC_FETCH_ABORT - 1] = unknown,
	[EC_FETCH_ABORT] = on_fetch_abort,
	[EC_FETCH_ABORT + 1 ... EC_DATA_ABORT - 1] = unknown,
	[EC_DATA_ABORT] = mmio_trap,
	[EC_DATA_ABORT + 1 ... 63] = unknown,
};

static COLD struct vcpu *do_work(struct percpu *cpu, struct vcpu *v)
{
	/* Taken in one step: what another core adds after it is seen below, or by the SGI that follows. */
	if (__atomic_exchange_n(&cpu->work, 0, __ATOMIC_ACQUIRE) & WORK_SCHED)
		return role_next(v);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with sched_kick */
	role_vcpu_enter(v);
	/* Rare: entering found something to do, or another core did meanwhile. */
	return unlikely(READ_ONCE(cpu->work)) ? role_next(v) : v;
}

/* The tail of each exit. */
static inline struct vcpu *leave(struct percpu *cpu, struct vcpu *v)
{
	return likely(!READ_ONCE(cpu->work)) ? v : do_work(cpu, v);
}

#define PSTATE_SS    BIT(21)
#define PSTATE_BTYPE MASK(11, 10)

/*
 * As if the instruction had run: a single step over it is complete, and it was no branch (ARM DDI 0487 D2.12, D1.3.2).
 */
static inline void skip_instruction(void)
{
	uint64_t pstate = guest_pstate();

	guest_pc_set(guest_pc() + 4);
	if (unlikely(pstate & (PSTATE_SS | PSTATE_BTYPE)))
		guest_pstate_set(pstate & ~(PSTATE_SS | PSTATE_BTYPE));
}

struct vcpu *upcall_guest_sync(struct vcpu *v, uint64_t esr)
{
	struct percpu *cpu = this_cpu();
	enum trap_result r;

	trace_exit(cpu, v, esr);
	r = traps[BITS(esr, 31, 26)](v, esr);
	if (r == TRAP_DONE)
		skip_instruction();
	else if (unlikely(r == TRAP_UNDEF))
		inject_undef(v);
	return leave(cpu, v);
}

struct vcpu *upcall_guest_irq(struct vcpu *v)
{
	trace_exit_async(this_cpu(), v, TRACE_ASYNC_IRQ);
	irq_dispatch();
	return leave(this_cpu(), v);
}

struct vcpu *upcall_guest_fiq(struct vcpu *v)
{
	trace_exit_async(this_cpu(), v, TRACE_ASYNC_FIQ);
	role_foreign_irq(v);
	return leave(this_cpu(), v);
}

/* An SError that the guest's doings raised (HCR_EL2.AMO): the memory system's answer to it cannot be undone. */
struct vcpu *upcall_guest_serror(struct vcpu *v, uint64_t esr)
{
	trace_exit_async(this_cpu(), v, TRACE_ASYNC_SERROR);
	log_error("%s: vcpu%u: SError (ESR 0x%llx) at 0x%llx", v->part->name, v->index, (unsigned long long)esr,
		  (unsigned long long)guest_pc());
	role_partition_fault(v, "SError");
	return leave(this_cpu(), v);
}
