/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/mmio_trap (mmio, decode in place): data aborts at stage 2 as the syndrome describes them (ARM DDI 0487
 * D19.2.40), or as the instruction at the program counter says; what is no device's is an external abort, unless stage
 * 2 allows the access by now.
 */
#include "unit.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/decode.h"
#include "core/frame.h"
#include "core/mmio_trap.h"
#include "core/partition.h"
#include "core/s1.h"
#include "core/stage2_fault.h"
#include "core/vcpu.h"

#define BASE   UINT64_C(0x80000000)
#define SIZE   (16 * MIB)
#define DEV    UINT64_C(0x9000000)
#define DEV_SZ UINT64_C(0x1000)
#define RAM    UINT64_C(0x40000000)
#define FAR_VA UINT64_C(0xffff000012345000)
#define PC     UINT64_C(0xffff000080001000)
#define VBAR   UINT64_C(0xffff000000000800)
#define CODE   (BASE + 0x5000)

/* ISS */
#define EC	(UINT64_C(0x24) << 26 | BIT(25))
#define ISV	BIT(24)
#define SAS(n)	((uint64_t)(n) << 22)
#define SSE	BIT(21)
#define SRT(n)	((uint64_t)(n) << 16)
#define SF	BIT(15)
#define FNV	BIT(10)
#define EA	BIT(9)
#define CM	BIT(8)
#define S1PTW	BIT(7)
#define WNR	BIT(6)
#define TRANS	UINT64_C(7)
#define PERM	UINT64_C(0xf)
#define ALIGN_F UINT64_C(0x21)
#define EXT	UINT64_C(0x10)

static uint8_t records[SIZE / 256] ALIGNED(4096);
static struct partition part;
static struct vcpu v;

static struct {
	uint64_t offset, value;
	unsigned int size;
	bool write;
} log_[8];
static unsigned int nr_log, fault_at;
static uint64_t give[2];
static bool code_readable;

static enum mmio_result device(void *dev, struct vcpu *who, struct mmio_access *a)
{
	assert_ptr_equal(dev, &give);
	assert_ptr_equal(who, &v);
	if (nr_log == fault_at)
		return MMIO_FAULT;
	log_[nr_log].offset = a->offset;
	log_[nr_log].value = a->value;
	log_[nr_log].size = a->size;
	log_[nr_log].write = a->write;
	if (!a->write)
		a->value = give[nr_log & 1];
	nr_log++;
	return MMIO_OK;
}

/* The same device by values. */
static unsigned int nr_by_value;

static uint64_t device_load(void *dev, struct vcpu *who, uint64_t offset, unsigned int size)
{
	struct mmio_access a = { .offset = offset, .size = (uint8_t)size };

	assert_int_equal(device(dev, who, &a), MMIO_OK);
	nr_by_value++;
	return size == 8 ? a.value : a.value & (BIT(8 * size) - 1);
}

static void device_store(void *dev, struct vcpu *who, uint64_t offset, unsigned int size, uint64_t value)
{
	struct mmio_access a = { .offset = offset, .value = value, .size = (uint8_t)size, .write = true };

	assert_int_equal(device(dev, who, &a), MMIO_OK);
	nr_by_value++;
}

static int translate(uint64_t va, bool el0, pa_t *pa)
{
	assert_int_equal(el0, (guest_pstate() & 0xc) == 0);
	if (va != PC || !code_readable)
		return E_FAULT;
	*pa = PA(CODE);
	return OK;
}

static int setup(void **state UNUSED)
{
	host_reset();
	host_ram_init(PA(BASE), SIZE);
	frame_reset();
	assert_int_equal(frame_add_bank(PA(BASE), SIZE, records), OK);
	assert_int_equal(frame_release(PA(BASE + MIB), SIZE - MIB), OK);
	memset(&part, 0, sizeof(part));
	memset(&v, 0, sizeof(v));
	v.part = &part;
	assert_int_equal(s2_init(&part.s2, 3, 40), OK);
	assert_int_equal(mmio_register(&part, IPA(DEV), DEV_SZ, device, &give), OK);
	host_translate_set(translate);
	code_readable = true;
	return 0;
}

/* Registers as before an exit: x<n> = 0x1111111111111111 * (n % 15) + n; x2 is the base. */
static uint64_t base;

static uint64_t before(unsigned int n)
{
	if (n == 2)
		return base;
	return UINT64_C(0x1111111111111111) * (n % 15) + n;
}

static void guest(uint64_t ipa)
{
	base = FAR_VA | (ipa & 0xfff);
	for (unsigned int i = 0; i < 31; i++)
		v.arch.x[i] = before(i);
	guest_pc_set(PC);
	guest_pstate_set(0x5);
	guest_el1_write(R_VBAR_EL1, VBAR);
	guest_el1_write(R_SCTLR_EL1, BIT(23));
	guest_el1_write(R_SP_EL0, 0x7000);
	guest_el1_write(R_SP_EL1, 0x8000);
	guest_el1_write(R_ESR_EL1, 0);
	host_sysreg_write("FAR_EL2", FAR_VA | (ipa & 0xfff));
	host_sysreg_write("HPFAR_EL2", ipa >> 12 << 4);
	nr_log = 0;
	fault_at = UINT32_MAX;
}

/* All as it was but x<except>. */
static void untouched(unsigned int except)
{
	for (unsigned int i = 0; i < 31; i++)
		if (i != except)
			assert_true(v.arch.x[i] == before(i));
	assert_int_equal(guest_pc(), PC); /* core/trap.c moves it */
}

static void aborted(uint64_t esr)
{
	assert_int_equal(mmio_trap(&v, esr), TRAP_AGAIN);
	assert_int_equal(guest_pc(), VBAR + 0x200);
	assert_int_equal(guest_el1_read(R_ELR_EL1), PC);
	assert_int_equal(guest_el1_read(R_ESR_EL1), UINT64_C(0x25) << 26 | BIT(25) | EXT | (esr & WNR));
	assert_true(guest_el1_read(R_FAR_EL1) == host_sysreg_read("FAR_EL2"));
	for (unsigned int i = 0; i < 31; i++)
		assert_true(v.arch.x[i] == before(i));
}

static void retried(uint64_t esr)
{
	assert_int_equal(mmio_trap(&v, esr), TRAP_AGAIN);
	assert_int_equal(guest_el1_read(R_ESR_EL1), 0);
	assert_int_equal(nr_log, 0);
	untouched(99);
}

/* --- ISV = 1 --- */

static const uint64_t pattern[] = {
	0, 0x7f, 0x80, 0xff, 0x8000, 0x7fff, 0x80000000, 0x7fffffff, 0x8123456789abcdef, UINT64_MAX
};

static uint64_t want_load(uint64_t value, unsigned int sas, bool sign, bool sf)
{
	switch (sas) {
	case 0:
		return !sign ? (uint8_t)value : sf ? (uint64_t)(int8_t)value : (uint32_t)(int8_t)value;
	case 1:
		return !sign ? (uint16_t)value : sf ? (uint64_t)(int16_t)value : (uint32_t)(int16_t)value;
	case 2:
		return !sign ? (uint32_t)value : sf ? (uint64_t)(int32_t)value : (uint32_t)value;
	default:
		return value;
	}
}

static void test_loads(void **state UNUSED)
{
	for (unsigned int sas = 0; sas < 4; sas++) {
		for (unsigned int f = 0; f < 4; f++) {
			for (unsigned int p = 0; p < ARRAY_SIZE(pattern); p++) {
				unsigned int rt = (p * 3 + f) % 32;
				uint64_t want = want_load(pattern[p], sas, f & 1, f & 2);

				if (sas == 3 && (f & 1))
					continue; /* LDRS of 64 bits is none */
				guest(DEV + 0x28);
				give[0] = pattern[p];
				assert_int_equal(mmio_trap(&v, EC | ISV | SAS(sas) | (f & 1 ? SSE : 0) |
								       (f & 2 ? SF : 0) | SRT(rt) | TRANS),
						 TRAP_DONE);
				assert_int_equal(nr_log, 1);
				assert_int_equal(log_[0].offset, 0x28);
				assert_int_equal(log_[0].size, 1u << sas);
				assert_false(log_[0].write);
				if (rt < 31)
					assert_true(v.arch.x[rt] == want);
				untouched(rt);
			}
		}
	}
}

static void test_stores(void **state UNUSED)
{
	for (unsigned int sas = 0; sas < 4; sas++) {
		for (unsigned int rt = 0; rt < 32; rt++) {
			uint64_t reg = rt == 31 ? 0 : before(rt);

			guest(DEV + 0xff8);
			assert_int_equal(mmio_trap(&v, EC | ISV | SAS(sas) | SRT(rt) | SF | WNR | TRANS), TRAP_DONE);
			assert_int_equal(nr_log, 1);
			assert_int_equal(log_[0].offset, 0xff8);
			assert_int_equal(log_[0].size, 1u << sas);
			assert_true(log_[0].write);
			assert_true(log_[0].value == (sas == 3 ? reg : reg & (BIT(8u << sas) - 1)));
			untouched(99);
		}
	}
}

/* Plain loads and stores of a device that has functions for them go there, and are what they are elsewhere. */
static void test_by_values(void **state)
{
	nr_by_value = 0;
	part.mmio.region[0].load = device_load;
	part.mmio.region[0].store = device_store;
	test_loads(state);
	assert_true(nr_by_value > 100);
	nr_by_value = 0;
	test_stores(state);
	assert_int_equal(nr_by_value, 4 * 32);
}

/* All four levels of a translation fault are one. */
static void test_levels(void **state UNUSED)
{
	for (uint64_t fsc = 4; fsc < 8; fsc++) {
		guest(DEV);
		assert_int_equal(mmio_trap(&v, EC | ISV | SAS(2) | SRT(3) | fsc), TRAP_DONE);
	}
}

static void test_aborts(void **state UNUSED)
{
	static const uint64_t where[] = { DEV - 4, DEV + DEV_SZ, 0, 0xff00000000 };
	uint64_t load = EC | ISV | SAS(2) | SRT(3), store = load | WNR;

	for (unsigned int i = 0; i < ARRAY_SIZE(where); i++) {
		guest(where[i]);
		aborted(load | TRANS);
		guest(where[i]);
		aborted(store | TRANS);
		assert_int_equal(nr_log, 0);
	}
	/* Misaligned; over the end; refused by the device. */
	for (unsigned int off = 1; off < 4; off++) {
		guest(DEV + off);
		aborted(load | TRANS);
		assert_int_equal(nr_log, 0);
	}
	guest(DEV + DEV_SZ - 4);
	aborted((load & ~SAS(3)) | SAS(3) | TRANS);
	guest(DEV);
	fault_at = 0;
	aborted(load | TRANS);
	guest(DEV);
	fault_at = 0;
	aborted(store | TRANS);
}

/* Other faults than translation faults are no access to a device, whatever HPFAR_EL2 says (it is not valid then). */
static void test_other_faults(void **state UNUSED)
{
	static const uint64_t fsc[] = { PERM, 0xd, EXT, ALIGN_F, 0x0, 0x8, 0x9, 0x14, 0x30, 0x3f };

	for (unsigned int i = 0; i < ARRAY_SIZE(fsc); i++) {
		guest(DEV);
		aborted(EC | ISV | SAS(2) | SRT(3) | fsc[i]);
		assert_int_equal(nr_log, 0);
	}
	guest(DEV);
	aborted(EC | ISV | SAS(2) | SRT(3) | S1PTW | TRANS); /* stage-1 tables in a device */
	guest(DEV);
	aborted(EC | ISV | SAS(2) | FNV | EA | EXT);
	assert_int_equal(nr_log, 0);
}

/* --- ISV = 0 --- */

static enum trap_result run(uint32_t insn, uint64_t ipa, uint64_t iss)
{
	guest(ipa);
	memcpy(pa_to_ptr(PA(CODE)), &insn, 4);
	return mmio_trap(&v, EC | iss | TRANS);
}

/* The same when x2 is `above` the address that faulted. */
static enum trap_result run_with_base(uint32_t insn, uint64_t ipa, int64_t above)
{
	guest(ipa);
	base += (uint64_t)above;
	v.arch.x[2] = base;
	memcpy(pa_to_ptr(PA(CODE)), &insn, 4);
	return mmio_trap(&v, EC | TRANS);
}

static void test_pairs(void **state UNUSED)
{
	give[0] = 0x8123456789abcdef;
	give[1] = 0xfedcba9876543210;
	assert_int_equal(run(0xa9400440 /* ldp x0, x1, [x2] */, DEV + 0x10, 0), TRAP_DONE);
	assert_int_equal(nr_log, 2);
	assert_true(log_[0].size == 8 && log_[0].offset == 0x10 && log_[1].offset == 0x18);
	assert_true(v.arch.x[0] == give[0] && v.arch.x[1] == give[1] && v.arch.x[2] == before(2));
	assert_int_equal(run(0x29400440 /* ldp w0, w1, [x2] */, DEV + 0x10, 0), TRAP_DONE);
	assert_true(log_[0].size == 4 && log_[1].offset == 0x14);
	assert_true(v.arch.x[0] == 0x89abcdef && v.arch.x[1] == 0x76543210);
	assert_int_equal(run(0x69400440 /* ldpsw x0, x1, [x2] */, DEV, 0), TRAP_DONE);
	assert_true(v.arch.x[0] == 0xffffffff89abcdef && v.arch.x[1] == 0x76543210);
	assert_int_equal(run(0xa9007c40 /* stp x0, xzr, [x2] */, DEV, WNR), TRAP_DONE);
	assert_true(log_[0].write && log_[0].value == before(0) && log_[1].value == 0);
	assert_int_equal(run(0x29000440 /* stp w0, w1, [x2] */, DEV, WNR), TRAP_DONE);
	assert_true(log_[1].value == (uint32_t)before(1) && log_[1].size == 4);
	untouched(99);
}

static void test_writeback(void **state UNUSED)
{
	give[0] = 0xffffffff80;
	assert_int_equal(run(0xb8404443 /* ldr w3, [x2], #4 */, DEV, 0), TRAP_DONE);
	assert_true(v.arch.x[3] == 0xffffff80 && v.arch.x[2] == before(2) + 4);
	assert_int_equal(run_with_base(0x385fcc43 /* ldrb w3, [x2, #-4]! */, DEV, 4), TRAP_DONE);
	assert_true(v.arch.x[3] == 0x80 && v.arch.x[2] == before(2) - 4);
	assert_int_equal(run(0x38804443 /* ldrsb x3, [x2], #4 */, DEV, 0), TRAP_DONE);
	assert_true(v.arch.x[3] == (uint64_t)-128);
	assert_int_equal(run(0x38c04443 /* ldrsb w3, [x2], #4 */, DEV, 0), TRAP_DONE);
	assert_true(v.arch.x[3] == 0xffffff80);
	assert_int_equal(run(0xb8004443 /* str w3, [x2], #4 */, DEV, WNR), TRAP_DONE);
	assert_true(log_[0].write && log_[0].value == (uint32_t)before(3) && v.arch.x[2] == before(2) + 4);
	untouched(2);
}

/* Rn = 31 is the stack pointer that PSTATE.SP and EL select. */
static void test_writeback_to_sp(void **state UNUSED)
{
	static const struct {
		uint64_t pstate;
		bool sp1;
	} mode[] = { { 0x5, true }, { 0x4, false }, { 0x0, false } };

	for (unsigned int i = 0; i < 3; i++) {
		uint32_t insn = 0xf84107e3; /* ldr x3, [sp], #16 */

		guest(DEV);
		memcpy(pa_to_ptr(PA(CODE)), &insn, 4);
		guest_pstate_set(mode[i].pstate);
		assert_int_equal(mmio_trap(&v, EC | TRANS), TRAP_DONE);
		assert_int_equal(guest_el1_read(R_SP_EL1), 0x8000 + (mode[i].sp1 ? 16 : 0));
		assert_int_equal(guest_el1_read(R_SP_EL0), 0x7000 + (mode[i].sp1 ? 0 : 16));
		untouched(3);
	}
}

/* A load that is refused half-way changes no register at all. */
static void test_half_done(void **state UNUSED)
{
	const uint32_t insns[] = { 0xa9400440, 0xa8c10440 /* ldp x0, x1, [x2], #16 */ };

	for (unsigned int i = 0; i < 2; i++) {
		guest(DEV);
		memcpy(pa_to_ptr(PA(CODE)), &insns[i], 4);
		fault_at = 1;
		aborted(EC | TRANS);
		assert_int_equal(nr_log, 1);
	}
	/* The second half beyond the device. */
	guest(DEV + DEV_SZ - 8);
	memcpy(pa_to_ptr(PA(CODE)), &insns[0], 4);
	aborted(EC | TRANS);
}

/* What begins in memory and ends in a device: FAR is the device's part. Not emulated, and nothing is changed. */
static void test_second_faulted(void **state UNUSED)
{
	static const struct {
		uint32_t insn;
		int64_t above; /* that the first element faults */
		unsigned int size;
	} row[] = {
		{ 0xa9400440, 0, 8 } /* ldp x0, x1, [x2] */,	    { 0x29400440, 0, 4 } /* ldp w0, w1, [x2] */,
		{ 0xa8c10440, 0, 8 } /* ldp x0, x1, [x2], #16 */,   { 0xa9c10440, -16, 8 } /* ldp x0, x1, [x2, #16]! */,
		{ 0xa97f0440, 16, 8 } /* ldp x0, x1, [x2, #-16] */, { 0xf8408443, 0, 4 } /* ldr x3, [x2], #8 */,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		assert_int_equal(run_with_base(row[i].insn, DEV, row[i].above), TRAP_DONE);
		assert_true(nr_log > 0);
		assert_int_equal(run_with_base(row[i].insn, DEV, row[i].above - (int64_t)row[i].size), TRAP_AGAIN);
		assert_int_equal(guest_el1_read(R_ESR_EL1) & 0x3f, EXT);
		assert_int_equal(nr_log, 0);
		for (unsigned int n = 0; n < 31; n++)
			assert_true(v.arch.x[n] == before(n));
	}
}

/* DC by address, where the syndrome does not say so; DC ZVA is a store. */
static void test_cache(void **state UNUSED)
{
	static const uint32_t dc[] = { 0xd5087622 /* ivac */, 0xd50b7a22 /* cvac */,  0xd50b7b22 /* cvau */,
				       0xd50b7c22 /* cvap */, 0xd50b7d22 /* cvadp */, 0xd50b7e22 /* civac */ };

	for (unsigned int i = 0; i < ARRAY_SIZE(dc); i++) {
		assert_int_equal(run(dc[i], DEV, WNR), TRAP_DONE);
		assert_int_equal(nr_log, 0);
		untouched(99);
	}
	assert_int_equal(run(0xd50b7422 /* dc zva, x2 */, DEV, WNR), TRAP_AGAIN);
	assert_int_equal(guest_el1_read(R_ESR_EL1) & 0x3f, EXT);
	assert_int_equal(s2_map(&part.s2, IPA(RAM), PA(BASE + 2 * MIB), BLOCK_SIZE, S2_RWX), OK);
	guest(RAM);
	memcpy(pa_to_ptr(PA(CODE)), &dc[3], 4);
	retried(EC | WNR | TRANS);
}

static void test_not_emulated(void **state UNUSED)
{
	static const uint32_t insns[] = {
		0xfd400040, /* ldr d0, [x2] */ 0xad400440,	/* ldp q0, q1, [x2] */
		0x0c407040, /* ld1 {v0.8b}, [x2] */ 0xc85f7c40, /* ldxr x0, [x2] */
		0xc8007c41, /* stxr w0, x1, [x2] */ 0xf8200041, /* ldadd x0, x1, [x2] */
		0xc8a07c41, /* cas x0, x1, [x2] */ 0xd503201f,	/* nop: the code has changed since */
		0x00000000, 0xffffffff,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(insns); i++) {
		guest(DEV);
		memcpy(pa_to_ptr(PA(CODE)), &insns[i], 4);
		aborted(EC | TRANS);
		assert_int_equal(nr_log, 0);
	}
	assert_int_equal(run(0xf9800040 /* prfm pldl1keep, [x2] */, DEV, 0), TRAP_DONE);
	untouched(99);
	assert_int_equal(run(0, DEV, CM | WNR), TRAP_DONE); /* dc ivac: nothing is cached */
	untouched(99);
	assert_int_equal(nr_log, 0);
}

static int in_a_device(uint64_t va UNUSED, bool el0 UNUSED, pa_t *pa)
{
	*pa = PA(0x9000000);
	return OK;
}

static void test_code(void **state UNUSED)
{
	/* Unmapped since: the guest takes that fault itself. */
	code_readable = false;
	guest(DEV);
	retried(EC | TRANS);
	/* Fetched from where EL2 has no memory. */
	host_translate_set(in_a_device);
	guest(DEV);
	aborted(EC | TRANS);
}

/* --- stage 2 allows it by now --- */

static void test_gone(void **state UNUSED)
{
	uint64_t load = EC | ISV | SAS(2) | SRT(3) | TRANS, store = load | WNR;
	uint32_t stxr = 0xc8007c41;

	assert_int_equal(s2_map(&part.s2, IPA(RAM), PA(BASE + 2 * MIB), BLOCK_SIZE, S2_RWX), OK);
	assert_int_equal(s2_map(&part.s2, IPA(RAM + BLOCK_SIZE), PA(BASE + 4 * MIB), PAGE_SIZE, S2_R), OK);
	guest(RAM + 0x1234);
	retried(load);
	guest(RAM + 0x1234);
	retried(store);
	guest(RAM + 0x1000);
	retried(load | S1PTW);
	/* Without a syndrome: no matter what the instruction is. */
	memcpy(pa_to_ptr(PA(CODE)), &stxr, 4);
	guest(RAM);
	retried(EC | WNR | TRANS);
	/* Read only. */
	guest(RAM + BLOCK_SIZE);
	retried(load);
	guest(RAM + BLOCK_SIZE);
	aborted(store);
	guest(RAM + BLOCK_SIZE);
	retried(store | S1PTW);
	/* Nothing there, and faults that are not about what is there. */
	guest(RAM + BLOCK_SIZE + PAGE_SIZE);
	aborted(load);
	guest(RAM);
	aborted((load & ~UINT64_C(0x3f)) | ALIGN_F);
	guest(RAM);
	aborted((load & ~UINT64_C(0x3f)) | PERM);
	/* Fetches. */
	guest(RAM + 0x1000);
	assert_true(stage2_fault_is_gone(&v, TRANS, S2_X));
	assert_false(stage2_fault_is_gone(&v, PERM, S2_X));
	guest(RAM + BLOCK_SIZE);
	assert_false(stage2_fault_is_gone(&v, TRANS, S2_X));
	assert_true(stage2_fault_is_gone(&v, TRANS | S1PTW, S2_X));
	assert_false(spin_is_locked(&part.s2.lock));
}

/* Any syndrome, any instruction, any address: an answer, and the device sees only what lies inside it. */
static void test_any(void **state UNUSED)
{
	uint64_t seed = 3;

	for (unsigned int i = 0; i < 400000; i++) {
		uint64_t r, esr;
		uint32_t insn;
		struct decode_access d;
		enum trap_result res;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		r = seed >> 20;
		esr = EC | (r & 0x1ffffff);
		if (i & 1)
			esr = (esr & ~(UINT64_C(0x3f) | S1PTW | FNV)) | TRANS;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		insn = (uint32_t)(seed >> 32);
		if (i & 2)
			insn = (insn & ~0x0a000000u) | 0x08000000; /* loads and stores */
		guest(i & 4 ? DEV + (seed >> 8 & 0xfff) : seed >> 8 & (BIT(40) - 1));
		memcpy(pa_to_ptr(PA(CODE)), &insn, 4);
		/* As if the first element had faulted. */
		if ((i & 16) && decode_load_store(insn, &d) == OK && d.rn < 31)
			v.arch.x[d.rn] = guest_far() - (uint64_t)d.offset;
		guest_pstate_set(i & 8 ? 0x5 : 0x0);
		res = mmio_trap(&v, esr);
		assert_true(res == TRAP_DONE || res == TRAP_AGAIN);
		assert_true(nr_log <= 2);
		for (unsigned int n = 0; n < nr_log; n++)
			assert_true(log_[n].offset + log_[n].size <= DEV_SZ &&
				    IS_ALIGNED(log_[n].offset, log_[n].size));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_loads, setup),
		cmocka_unit_test_setup(test_stores, setup),
		cmocka_unit_test_setup(test_by_values, setup),
		cmocka_unit_test_setup(test_levels, setup),
		cmocka_unit_test_setup(test_aborts, setup),
		cmocka_unit_test_setup(test_other_faults, setup),
		cmocka_unit_test_setup(test_pairs, setup),
		cmocka_unit_test_setup(test_writeback, setup),
		cmocka_unit_test_setup(test_writeback_to_sp, setup),
		cmocka_unit_test_setup(test_half_done, setup),
		cmocka_unit_test_setup(test_not_emulated, setup),
		cmocka_unit_test_setup(test_code, setup),
		cmocka_unit_test_setup(test_gone, setup),
		cmocka_unit_test_setup(test_second_faulted, setup),
		cmocka_unit_test_setup(test_cache, setup),
		cmocka_unit_test_setup(test_any, setup),
	};

	return UNIT_RUN(tests);
}
