/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/sysregs: the role's rows: their order, which direction exists, and what each leads to. vGIC and timer are
 * this file's own.
 */
#include "unit.h"

#include "core/vcpu.h"
#include "role/role.h"
#include "vgic/vgic.h"
#include "vgic/vtimer.h"

static struct vcpu vcpu;
static uint64_t sgir, cntp[3];
static unsigned int sgis, sgi_group;

void vgic_sgi(struct vcpu *v, uint64_t value, unsigned int group)
{
	assert_ptr_equal(v, &vcpu);
	sgir = value;
	sgi_group = group;
	sgis++;
}

uint64_t vtimer_cntp_read(struct vcpu *v, enum vtimer_reg r)
{
	assert_ptr_equal(v, &vcpu);
	return cntp[r];
}

void vtimer_cntp_write(struct vcpu *v, enum vtimer_reg r, uint64_t value)
{
	assert_ptr_equal(v, &vcpu);
	cntp[r] = value;
}

static const struct sysreg_row *find(uint32_t key)
{
	for (unsigned int i = 0; i < role_sysregs_count; i++)
		if (role_sysregs[i].key == key)
			return &role_sysregs[i];
	fail_msg("no row for key %x", key);
	return NULL;
}

static void test_order(void **state UNUSED)
{
	for (unsigned int i = 1; i < role_sysregs_count; i++)
		assert_true(role_sysregs[i - 1].key < role_sysregs[i].key);
	for (unsigned int i = 0; i < role_sysregs_count; i++) {
		assert_true(role_sysregs[i].read || role_sysregs[i].write);
		assert_int_equal(role_sysregs[i].key & ~SYSREG_KEY_MASK, 0);
	}
}

/* The architecture's encodings, written out: S3_0_C12_C11_5 and so on. */
static void test_sgi(void **state UNUSED)
{
	static const struct {
		unsigned int op2, group;
	} r[] = { { 5, 1 }, { 6, 0 }, { 7, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(r); i++) {
		const struct sysreg_row *row = find(SYSREG_KEY(3, 0, 12, 11, r[i].op2));

		assert_null(row->read);
		sgis = 0;
		assert_int_equal(row->write(&vcpu, row->arg, 0x1234567890 + i), TRAP_DONE);
		assert_int_equal(sgis, 1);
		assert_int_equal(sgir, 0x1234567890 + i);
		assert_int_equal(sgi_group, r[i].group);
	}
}

static void test_cntp(void **state UNUSED)
{
	static const enum vtimer_reg by_op2[3] = { VTIMER_CNTP_TVAL, VTIMER_CNTP_CTL, VTIMER_CNTP_CVAL };

	for (unsigned int op2 = 0; op2 < 3; op2++) {
		const struct sysreg_row *row = find(SYSREG_KEY(3, 3, 14, 2, op2));
		uint64_t value = 0;

		memset(cntp, 0, sizeof(cntp));
		assert_int_equal(row->write(&vcpu, row->arg, 77 + op2), TRAP_DONE);
		assert_int_equal(cntp[by_op2[op2]], 77 + op2);
		assert_int_equal(row->read(&vcpu, row->arg, &value), TRAP_DONE);
		assert_int_equal(value, 77 + op2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_sgi),
		cmocka_unit_test(test_cntp),
	};

	return UNIT_RUN(tests);
}
