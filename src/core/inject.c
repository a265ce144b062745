/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions given to the loaded vCPU: what AArch64.TakeException does for a target of EL1 (ARM DDI 0487 J1.1.2, D1.3).
 *
 * No state, no lock: the registers of the vCPU v, which is loaded on this core.
 */
#include "core/inject.h"

#include "arch/guest.h"
#include "core/percpu.h"
#include "core/vcpu.h"

/* PSTATE as in SPSR_EL2 (C5.2.19) */
#define PSTATE_NZCV  MASK(31, 28)
#define PSTATE_TCO   BIT(25)
#define PSTATE_DIT   BIT(24)
#define PSTATE_PAN   BIT(22)
#define PSTATE_SSBS  BIT(12)
#define PSTATE_DAIF  MASK(9, 6)
#define PSTATE_NRW   BIT(4)
#define PSTATE_EL    MASK(3, 2)
#define PSTATE_EL1   (UINT64_C(1) << 2)
#define PSTATE_SPSEL BIT(0)

#define SCTLR_SPAN  BIT(23) /* 0: an exception to EL1 sets PAN */
#define SCTLR_DSSBS BIT(44) /* becomes SSBS */

#define VECTOR_SP0     0x000
#define VECTOR_SPX     0x200
#define VECTOR_EL0_A64 0x400
#define VECTOR_EL0_A32 0x600

#define ESR_EC(ec)    ((uint64_t)(ec) << 26)
#define ESR_IL	      BIT(25)
#define ESR_WNR	      BIT(6)
#define EC_UNKNOWN    0x00
#define EC_IABT_LOWER 0x20
#define EC_IABT_SAME  0x21
#define EC_DABT_LOWER 0x24
#define EC_DABT_SAME  0x25
#define FSC_EXTERNAL  0x10 /* synchronous external abort, not on a table walk */

static bool from_el0(uint64_t pstate)
{
	return (pstate & (PSTATE_NRW | PSTATE_EL)) != PSTATE_EL1;
}

static uint64_t vector_offset(uint64_t pstate)
{
	if (pstate & PSTATE_NRW)
		return VECTOR_EL0_A32;
	if (from_el0(pstate))
		return VECTOR_EL0_A64;
	return pstate & PSTATE_SPSEL ? VECTOR_SPX : VECTOR_SP0;
}

/*
 * The new PSTATE. The flags, DIT and TCO stay (memory tagging is hidden from guests, so TCO is never looked at). SS,
 * IL, BTYPE, UAO and ALLINT become 0 by not being copied. Without FEAT_PAN or FEAT_SSBS the control bits in SCTLR_EL1
 * are RES1 and RES0 and the PSTATE bits ignore what is written.
 */
static uint64_t new_pstate(uint64_t old, uint64_t sctlr)
{
	uint64_t new = old &(PSTATE_NZCV | PSTATE_TCO | PSTATE_DIT | PSTATE_PAN);

	if (!(sctlr & SCTLR_SPAN))
		new |= PSTATE_PAN;
	if (sctlr & SCTLR_DSSBS)
		new |= PSTATE_SSBS;
	return new | PSTATE_DAIF | PSTATE_EL1 | PSTATE_SPSEL;
}

static void take_exception(struct vcpu *v, uint64_t esr)
{
	uint64_t old = guest_pstate();

	trace_put(&this_cpu()->trace, trace_as(v->trace_exit, TRACE_INJECT), esr, guest_pc());
	guest_el1_write(R_ESR_EL1, esr);
	guest_el1_write(R_ELR_EL1, guest_pc());
	guest_el1_write(R_SPSR_EL1, old);
	guest_pc_set(guest_el1_read(R_VBAR_EL1) + vector_offset(old));
	guest_pstate_set(new_pstate(old, guest_el1_read(R_SCTLR_EL1)));
}

void inject_undef(struct vcpu *v)
{
	/* IL is 1 for EC 0, whatever the trapped syndrome said (D24.2.37: RES1 for an unknown reason). */
	take_exception(v, ESR_EC(EC_UNKNOWN) | ESR_IL);
}

void inject_data_abort(struct vcpu *v, uint64_t far, bool write)
{
	uint64_t ec = from_el0(guest_pstate()) ? EC_DABT_LOWER : EC_DABT_SAME;

	guest_el1_write(R_FAR_EL1, far);
	take_exception(v, ESR_EC(ec) | ESR_IL | (write ? ESR_WNR : 0) | FSC_EXTERNAL);
}

void inject_fetch_abort(struct vcpu *v, uint64_t far)
{
	uint64_t ec = from_el0(guest_pstate()) ? EC_IABT_LOWER : EC_IABT_SAME;

	guest_el1_write(R_FAR_EL1, far);
	take_exception(v, ESR_EC(ec) | ESR_IL | FSC_EXTERNAL);
}
