/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite core/vcpu: every register of a vCPU at power-on, whatever was in it before (bug class 7). */
#include "unit.h"

#include "arch/el2_bits.h"
#include "arch/host.h"
#include "core/vcpu.h"

static struct vcpu v;

static void test_reset(void **state UNUSED)
{
	struct arch_vcpu *a = &v.arch;
	static const struct arch_vgic_regs no_vgic;
	static const struct arch_fpsimd no_fp;

	memset(&v, 0xa5, sizeof(v));
	a->vmpidr = 0x80000102;
	a->cntvoff = 0x123456789;
	v.index = 18;
	v.home = 3;
	v.affinity = 8;
	v.state = VCPU_OFF;
	vcpu_reset(&v, 0x40080000, 0x48000000);

	assert_int_equal(a->pc, 0x40080000);
	assert_int_equal(a->pstate, 0x3c5); /* EL1h, D A I F */
	assert_int_equal(a->x[0], 0x48000000);
	for (unsigned int i = 1; i < 31; i++)
		assert_int_equal(a->x[i], 0);
	assert_int_equal(a->hcr, HCR_GUEST);
	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		assert_int_equal(a->el1[r], r == R_SCTLR_EL1 ? 0x30d00800 : 0);
	assert_memory_equal(&a->fp, &no_fp, sizeof(no_fp));
	assert_memory_equal(&a->vgic, &no_vgic, sizeof(no_vgic));
	/* Who it is, and its partition's clock, stay. */
	assert_int_equal(a->vmpidr, 0x80000102);
	assert_int_equal(a->cntvoff, 0x123456789);
	assert_int_equal(v.index, 18);
	assert_int_equal(v.home, 3);
	assert_int_equal(v.affinity, 8);
	/* Debug and the emulated timer. */
	for (unsigned int k = 0; k < 4; k++)
		for (unsigned int n = 0; n < 16; n++)
			assert_int_equal(v.dbg[k][n], 0);
	assert_false(v.dbg_used);
	assert_false(v.os_unlocked);
	assert_int_equal(v.cntp_ctl, 0);
	assert_int_equal(v.cntp_cval, 0);
}

/*
 * SCTLR_EL1 at reset: MMU, caches, alignment checks off, little-endian; the bits that were RES1 in
 * Armv8.0 set (D19.2.118).
 */
static void test_sctlr(void **state UNUSED)
{
	uint64_t s;

	vcpu_reset(&v, 0, 0);
	s = v.arch.el1[R_SCTLR_EL1];
	assert_int_equal(s & (BIT(0) | BIT(1) | BIT(2) | BIT(12) | BIT(19) | BIT(24) | BIT(25)), 0);
	for (unsigned int i = 0; i < 5; i++) {
		static const uint8_t res1[] = { 11, 20, 22, 23, 28 };

		assert_true(s & BIT(res1[i]));
	}
	assert_true(s & BIT(29));
}

/* vectors.S stores general registers through a pointer to struct vcpu. */
static void test_layout(void **state UNUSED)
{
	assert_int_equal(offsetof(struct vcpu, arch), 0);
	assert_int_equal(offsetof(struct arch_vcpu, x), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_sctlr),
		cmocka_unit_test(test_layout),
	};

	return UNIT_RUN(tests);
}
