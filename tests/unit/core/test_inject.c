/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/inject: the registers of an exception taken to EL1 (ARM DDI 0487 J1.1.2), for each place that it
 * can come from.
 */
#include "unit.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/inject.h"
#include "core/vcpu.h"

#define VBAR 0xffff800000010800
#define PC   0xffff800000123454

#define N_Z_C_V 0xf0000000
#define DIT	(UINT64_C(1) << 24)
#define UAO	(UINT64_C(1) << 23)
#define PAN	(UINT64_C(1) << 22)
#define SS	(UINT64_C(1) << 21)
#define IL	(UINT64_C(1) << 20)
#define ALLINT	(UINT64_C(1) << 13)
#define SSBS	(UINT64_C(1) << 12)
#define BTYPE	(UINT64_C(3) << 10)
#define DAIF	0x3c0
#define EL0T	0x0
#define EL1T	0x4
#define EL1H	0x5
#define A32_USR 0x10

#define SPAN  (UINT64_C(1) << 23)
#define DSSBS (UINT64_C(1) << 44)

static struct vcpu vcpu;

static void guest(uint64_t pstate, uint64_t sctlr)
{
	host_reset();
	guest_el1_write(R_VBAR_EL1, VBAR);
	guest_el1_write(R_SCTLR_EL1, sctlr);
	guest_el1_write(R_FAR_EL1, 0x1111);
	guest_pc_set(PC);
	guest_pstate_set(pstate);
}

static void test_where_from(void **state UNUSED)
{
	static const struct {
		uint64_t mode, offset, same;
	} from[] = { { EL1T, 0x000, 1 }, { EL1H, 0x200, 1 }, { EL0T, 0x400, 0 }, { A32_USR, 0x600, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		guest(from[i].mode, SPAN);
		inject_undef(&vcpu);
		assert_int_equal(guest_pc(), VBAR + from[i].offset);
		assert_int_equal(guest_el1_read(R_ELR_EL1), PC);
		assert_int_equal(guest_el1_read(R_SPSR_EL1), from[i].mode);
		assert_int_equal(guest_el1_read(R_ESR_EL1), 0x02000000);
		assert_int_equal(guest_el1_read(R_FAR_EL1), 0x1111);
		assert_int_equal(guest_pstate(), DAIF | EL1H);

		guest(from[i].mode, SPAN);
		inject_data_abort(&vcpu, 0xabcdef, false);
		assert_int_equal(guest_pc(), VBAR + from[i].offset);
		assert_int_equal(guest_el1_read(R_ESR_EL1), (from[i].same ? 0x25u : 0x24u) << 26 | 0x02000010);
		assert_int_equal(guest_el1_read(R_FAR_EL1), 0xabcdef);

		guest(from[i].mode, SPAN);
		inject_data_abort(&vcpu, 0xabcdef, true);
		assert_int_equal(guest_el1_read(R_ESR_EL1), (from[i].same ? 0x25u : 0x24u) << 26 | 0x02000050);

		guest(from[i].mode, SPAN);
		inject_fetch_abort(&vcpu, PC);
		assert_int_equal(guest_el1_read(R_ESR_EL1), (from[i].same ? 0x21u : 0x20u) << 26 | 0x02000010);
		assert_int_equal(guest_el1_read(R_FAR_EL1), PC);
		assert_int_equal(guest_el1_read(R_ELR_EL1), PC);
	}
}

/* One bit at a time: what stays, what goes. */
static void test_pstate_bits(void **state UNUSED)
{
	static const uint64_t keep[] = {
		UINT64_C(1) << 31, UINT64_C(1) << 30, UINT64_C(1) << 29, UINT64_C(1) << 28, DIT, PAN
	};
	static const uint64_t clear[] = { UAO, SS, IL, ALLINT, SSBS, UINT64_C(1) << 11, UINT64_C(1) << 10 };

	for (size_t i = 0; i < ARRAY_SIZE(keep); i++) {
		guest(keep[i] | EL0T, SPAN);
		inject_undef(&vcpu);
		assert_int_equal(guest_pstate(), keep[i] | DAIF | EL1H);
		assert_int_equal(guest_el1_read(R_SPSR_EL1), keep[i] | EL0T);
	}
	for (size_t i = 0; i < ARRAY_SIZE(clear); i++) {
		guest(clear[i] | EL1T, SPAN);
		inject_undef(&vcpu);
		assert_int_equal(guest_pstate(), DAIF | EL1H);
		assert_int_equal(guest_el1_read(R_SPSR_EL1), clear[i] | EL1T);
	}
	guest(N_Z_C_V | UAO | SS | IL | SSBS | BTYPE | EL0T, 0);
	inject_undef(&vcpu);
	assert_int_equal(guest_pstate(), N_Z_C_V | PAN | DAIF | EL1H);
}

static void test_sctlr_bits(void **state UNUSED)
{
	guest(EL0T, 0); /* SPAN 0: PAN is set */
	inject_undef(&vcpu);
	assert_int_equal(guest_pstate(), PAN | DAIF | EL1H);

	guest(EL0T, SPAN | DSSBS);
	inject_undef(&vcpu);
	assert_int_equal(guest_pstate(), SSBS | DAIF | EL1H);

	guest(SSBS | EL0T, SPAN); /* DSSBS 0 clears it */
	inject_undef(&vcpu);
	assert_int_equal(guest_pstate(), DAIF | EL1H);
}

/* A second exception while the first is handled: from EL1h, the first one's frame is overwritten as hardware does. */
static void test_nested(void **state UNUSED)
{
	guest(EL0T, SPAN);
	inject_undef(&vcpu);
	inject_data_abort(&vcpu, 0x42, true);
	assert_int_equal(guest_el1_read(R_ELR_EL1), VBAR + 0x400);
	assert_int_equal(guest_el1_read(R_SPSR_EL1), DAIF | EL1H);
	assert_int_equal(guest_pc(), VBAR + 0x200);
	assert_int_equal(guest_el1_read(R_ESR_EL1), UINT64_C(0x25) << 26 | 0x02000050);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_from),
		cmocka_unit_test(test_pstate_bits),
		cmocka_unit_test(test_sctlr_bits),
		cmocka_unit_test(test_nested),
	};

	return UNIT_RUN(tests);
}
