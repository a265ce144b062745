/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data aborts at stage 2 (ARM DDI 0487 D19.2.40, ISS for data aborts). The syndrome describes a single general-register
 * access (ISV = 1); for all else the instruction is read and decoded (core/decode.c). What no device answers is an
 * external abort to the guest.
 */
#include "core/mmio_trap.h"

#include "arch/guest.h"
#include "core/decode.h"
#include "core/guest_mem.h"
#include "core/inject.h"
#include "core/mmio.h"
#include "core/partition.h"
#include "core/stage2_fault.h"
#include "core/vcpu.h"
#include "role/role.h"

#define ISS_ISV	     BIT(24)
#define ISS_SAS(iss) ((unsigned int)BITS(iss, 23, 22))
#define ISS_SSE	     BIT(21)
#define ISS_SRT(iss) BITS(iss, 20, 16)
#define ISS_SF	     BIT(15)
#define ISS_CM	     BIT(8)

#define PSTATE_EL(p) ((unsigned int)BITS(p, 3, 2))
#define PSTATE_SP    BIT(0)

static uint64_t sign_extend(uint64_t value, unsigned int size, bool to64)
{
	unsigned int shift = 64 - 8 * size;
	uint64_t r = (uint64_t)((int64_t)(value << shift) >> shift);

	return to64 ? r : (uint32_t)r;
}

static uint64_t zero_extend(uint64_t value, unsigned int size)
{
	unsigned int shift = 64 - 8 * size;

	return value << shift >> shift;
}

static COLD enum trap_result abort_guest(struct vcpu *v, uint64_t esr)
{
	if (!stage2_fault_is_gone(v, esr, esr & ISS_WNR ? S2_W : S2_R) && !role_stage2_abort(v))
		inject_data_abort(v, guest_far(), esr & ISS_WNR);
	return TRAP_AGAIN;
}

/*
 * The device that answers an access of size bytes, 1, 2, 4 or 8, at ipa, and ipa's offset in it; NULL: none, or the
 * access is not aligned. The vCPU's last one is likely it: only it writes mmio_last, on its own core.
 */
static inline const struct mmio_region *device_at(struct vcpu *v, ipa_t ipa, unsigned int size, uint64_t *offset)
{
	const struct mmio_region *r = v->mmio_last;

	if (unlikely(ipa.a & (size - 1)))
		return NULL;
	if (likely(r)) {
		*offset = ipa.a - r->base;
		/* An address below the base wraps to an offset above every size. */
		if (likely(*offset < r->aligned))
			return r;
	}
	r = mmio_find(&v->part->mmio, ipa, size);
	if (r) {
		v->mmio_last = r;
		*offset = ipa.a - r->base;
	}
	return r;
}

/* One access to the device at ipa. */
static enum mmio_result access_device(struct vcpu *v, ipa_t ipa, unsigned int size, struct mmio_access *a)
{
	const struct mmio_region *r = device_at(v, ipa, size, &a->offset);

	if (!r)
		return MMIO_FAULT;
	a->size = (uint8_t)size;
	return r->fn(r->dev, v, a);
}

static enum el1_reg guest_sp(void)
{
	return PSTATE_EL(guest_pstate()) && (guest_pstate() & PSTATE_SP) ? R_SP_EL1 : R_SP_EL0;
}

/* The base register of an access: 31 is the stack pointer. */
static uint64_t base_read(struct vcpu *v, unsigned int rn)
{
	return rn < 31 ? trap_reg_read(v, rn) : guest_el1_read(guest_sp());
}

static void base_write(struct vcpu *v, unsigned int rn, uint64_t value)
{
	if (rn < 31)
		trap_reg_write(v, rn, value);
	else
		guest_el1_write(guest_sp(), value);
}

/* The general registers that a decoded instruction moves, one element after the other. */
static enum trap_result run_decoded(struct vcpu *v, uint64_t esr, ipa_t ipa, const struct decode_access *d)
{
	uint64_t loaded[2] = { 0, 0 };

	for (unsigned int i = 0; i < d->nregs; i++) {
		struct mmio_access a = { .write = d->write };

		if (d->write)
			a.value = zero_extend(trap_reg_read(v, d->rt[i]), d->size);
		if (access_device(v, IPA(ipa.a + i * d->size), d->size, &a) != MMIO_OK)
			return abort_guest(v, esr);
		loaded[i] = d->sign_extend ? sign_extend(a.value, d->size, d->reg64) : zero_extend(a.value, d->size);
	}
	for (unsigned int i = 0; !d->write && i < d->nregs; i++)
		trap_reg_write(v, d->rt[i], loaded[i]);
	if (d->writeback)
		base_write(v, d->rn, base_read(v, d->rn) + (uint64_t)d->wb_offset);
	return TRAP_DONE;
}

/*
 * Did the first element fault? When it lies in memory and the second one is the first of a device's page, FAR is the
 * second's. Then the instruction is as much a memory's as a device's, and not emulated.
 */
static bool faulted_first(struct vcpu *v, const struct decode_access *d)
{
	if (!d->writeback && d->nregs == 1)
		return true;
	return !((base_read(v, d->rn) + (uint64_t)d->offset - guest_far()) & (PAGE_SIZE - 1));
}

/* Cache maintenance on a device: nothing is cached. On memory that is back by now it is to be done. */
static COLD enum trap_result skip_cache(struct vcpu *v, uint64_t esr)
{
	return stage2_fault_is_gone(v, esr, S2_R) ? TRAP_AGAIN : TRAP_DONE;
}

/* ISV = 0: look at the instruction itself. */
static COLD enum trap_result decode_and_run(struct vcpu *v, uint64_t esr, ipa_t ipa)
{
	struct decode_access d;
	uint32_t insn;

	/*
	 * Another vCPU may have unmapped or changed the code since: then the fault is taken again, by itself. Code that
	 * may only be executed never can be read: the second time, at the same place, is the last.
	 */
	if (guest_mem_fetch(guest_pc(), &insn, 1)) {
		bool again = v->unread_pc != guest_pc();

		v->unread_pc = again ? guest_pc() : 0;
		return again ? TRAP_AGAIN : abort_guest(v, esr);
	}
	if (decode_load_store(insn, &d))
		return abort_guest(v, esr);
	if (d.kind == DECODE_PREFETCH)
		return TRAP_DONE;
	/* A core that does not set CM for all of them. */
	if (d.kind == DECODE_CACHE)
		return skip_cache(v, esr);
	if (d.kind != DECODE_GENERAL || !faulted_first(v, &d))
		return abort_guest(v, esr);
	return run_decoded(v, esr, ipa, &d);
}

/* All that is not a plain load or store of a general register. */
static COLD enum trap_result trap_other(struct vcpu *v, uint64_t esr, ipa_t ipa)
{
	/* A permission fault is no device's, of which stage 2 has nothing; and then ipa is not valid. */
	if (!stage2_fault_is_translation(esr) || (esr & (ISS_S1PTW | ISS_FNV)))
		return abort_guest(v, esr);
	if (esr & ISS_CM)
		return skip_cache(v, esr);
	return decode_and_run(v, esr, ipa);
}

/* A plain load and a plain store, apart so that each keeps little over the device's call. */
static enum trap_result plain_load(struct vcpu *v, uint64_t esr, ipa_t ipa)
{
	unsigned int size = 1u << ISS_SAS(esr);
	const struct mmio_region *r;
	uint64_t offset, value;

	r = device_at(v, ipa, size, &offset);
	if (unlikely(!r))
		return abort_guest(v, esr);
	if (r->load) {
		value = r->load(r->dev, v, offset, size);
	} else {
		struct mmio_access a = { .offset = offset, .size = (uint8_t)size };

		if (unlikely(r->fn(r->dev, v, &a) != MMIO_OK))
			return abort_guest(v, esr);
		value = zero_extend(a.value, size);
	}
	if (unlikely(esr & ISS_SSE))
		value = sign_extend(value, size, esr & ISS_SF);
	trap_reg_write(v, ISS_SRT(esr), value);
	return TRAP_DONE;
}

static enum trap_result plain_store(struct vcpu *v, uint64_t esr, ipa_t ipa)
{
	unsigned int size = 1u << ISS_SAS(esr);
	const struct mmio_region *r;
	uint64_t offset, value;

	r = device_at(v, ipa, size, &offset);
	if (unlikely(!r))
		return abort_guest(v, esr);
	value = zero_extend(trap_reg_read(v, ISS_SRT(esr)), size);
	if (r->store) {
		r->store(r->dev, v, offset, size, value);
	} else {
		struct mmio_access a = { .offset = offset, .value = value, .size = (uint8_t)size, .write = true };

		if (unlikely(r->fn(r->dev, v, &a) != MMIO_OK))
			return abort_guest(v, esr);
	}
	return TRAP_DONE;
}

/* A translation fault, of which FAR is valid, by an instruction that the syndrome describes. */
static inline bool is_plain(uint64_t esr)
{
	return (esr & ISS_ISV) && (esr & (ISS_FNV | ISS_S1PTW | 0x3c)) == FSC_TRANSLATION;
}

enum trap_result mmio_trap(struct vcpu *v, uint64_t esr)
{
	ipa_t ipa = IPA(guest_fault_ipa_page().a | (guest_far() & (PAGE_SIZE - 1)));

	if (unlikely(!is_plain(esr)))
		return trap_other(v, esr, ipa);
	return esr & ISS_WNR ? plain_store(v, esr, ipa) : plain_load(v, esr, ipa);
}
