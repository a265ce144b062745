/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/sysreg: every encoding of every system register that can trap, read and written: those in a list of its
 * own here (transcribed from ARM DDI 0487 D19.3, D13.3) answer, the ID space answers, the role's rows answer; all else
 * is UNDEFINED, and that is said a bounded number of times.
 */
#include "unit.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "core/idregs.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/sysreg.h"
#include "core/vcpu.h"
#include "plat/plat.h"
#include "role/role.h"

static struct partition part;
static struct vcpu v;
static uint64_t role_got;

static enum trap_result role_read(struct vcpu *w UNUSED, uint64_t arg, uint64_t *value)
{
	*value = arg + 1;
	return TRAP_DONE;
}

static enum trap_result role_write(struct vcpu *w UNUSED, uint64_t arg, uint64_t value)
{
	role_got = arg + value;
	return TRAP_DONE;
}

#define ROLE_RW SYSREG_KEY(3, 3, 14, 2, 1)
#define ROLE_WO SYSREG_KEY(3, 0, 12, 11, 5)

const struct sysreg_row role_sysregs[] = {
	{ ROLE_RW, role_read, role_write, 0x100 },
	{ ROLE_WO, NULL, role_write, 0x200 },
};
const unsigned int role_sysregs_count = ARRAY_SIZE(role_sysregs);

enum { R = 1, W = 2, RW = 3 };

static const struct {
	uint8_t op0, op1, crn, crm, op2, access;
	const char *name;
} known[] = {
	{ 3, 0, 1, 0, 1, RW, "ACTLR_EL1" },
	{ 2, 0, 0, 2, 2, RW, "MDSCR_EL1" },
	{ 2, 0, 1, 0, 4, W, "OSLAR_EL1" },
	{ 2, 0, 1, 1, 4, R, "OSLSR_EL1" },
	{ 2, 0, 1, 3, 4, RW, "OSDLR_EL1" },
	{ 2, 0, 0, 2, 0, RW, "MDCCINT_EL1" },
	{ 2, 0, 0, 0, 2, RW, "OSDTRRX_EL1" },
	{ 2, 0, 0, 3, 2, RW, "OSDTRTX_EL1" },
	{ 2, 0, 0, 6, 2, RW, "OSECCR_EL1" },
	{ 2, 0, 1, 0, 0, R, "MDRAR_EL1" },
	{ 2, 0, 1, 4, 4, RW, "DBGPRCR_EL1" },
	{ 2, 0, 7, 8, 6, RW, "DBGCLAIMSET_EL1" },
	{ 2, 0, 7, 9, 6, RW, "DBGCLAIMCLR_EL1" },
	{ 2, 0, 7, 14, 6, R, "DBGAUTHSTATUS_EL1" },
	{ 2, 3, 0, 1, 0, R, "MDCCSR_EL0" },
	{ 2, 3, 0, 4, 0, RW, "DBGDTR_EL0" },
	{ 2, 3, 0, 5, 0, RW, "DBGDTRRX_EL0 / DBGDTRTX_EL0" },
	{ 3, 3, 14, 2, 1, RW, "the role's" },
	{ 3, 0, 12, 11, 5, W, "the role's" },
};

#define BPS 6u
#define WPS 4u

static unsigned int allowed(unsigned int op0, unsigned int op1, unsigned int crn, unsigned int crm, unsigned int op2)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].op0 == op0 && known[i].op1 == op1 && known[i].crn == crn && known[i].crm == crm &&
		    known[i].op2 == op2)
			return known[i].access;
	if (op0 == 3 && op1 == 0 && crn == 0 && crm >= 1 && crm <= 7)
		return R;
	/* DBGBVR, DBGBCR, DBGWVR, DBGWCR<n>: op2 4, 5, 6, 7, CRm n. */
	if (op0 == 2 && op1 == 0 && crn == 0 && op2 >= 4)
		return crm < (op2 < 6 ? BPS : WPS) ? RW : 0;
	return 0;
}

static int setup(void **state UNUSED)
{
	host_reset();
	memset(&v, 0, sizeof(v));
	strcpy(part.name, "vm");
	part.s2.ipa_bits = 40;
	v.part = &part;
	return 0;
}

static void test_every_encoding(void **state UNUSED)
{
	unsigned int answered = 0;

	for (unsigned int n = 0; n < 1 << 16; n++) {
		unsigned int op0 = n >> 14, op1 = n >> 11 & 7, crn = n >> 7 & 15, crm = n >> 3 & 15, op2 = n & 7;
		unsigned int access = allowed(op0, op1, crn, crm, op2);
		uint32_t key = SYSREG_KEY(op0, op1, crn, crm, op2);
		uint64_t value = 0;

		assert_int_equal(sysreg_trap_read(&v, key, &value), access & R ? TRAP_DONE : TRAP_UNDEF);
		assert_int_equal(sysreg_trap_write(&v, key, 0), access & W ? TRAP_DONE : TRAP_UNDEF);
		answered += access != 0;
	}
	assert_int_equal(answered, ARRAY_SIZE(known) + 7 * 8 + 2 * BPS + 2 * WPS);
}

static void test_rows_are_disjoint(void **state UNUSED)
{
	for (unsigned int i = 0; i < sysreg_rows_count; i++) {
		assert_int_equal(sysreg_rows[i].key & ~SYSREG_KEY_MASK, 0);
		assert_true(sysreg_rows[i].read || sysreg_rows[i].write);
		for (unsigned int j = 0; j < i; j++)
			assert_int_not_equal(sysreg_rows[i].key, sysreg_rows[j].key);
	}
}

/* ISS of EC 0x18 (D19.2.37): Op0 21:20, Op2 19:17, Op1 16:14, CRn 13:10, CRm 4:1. */
static void test_key(void **state UNUSED)
{
	assert_int_equal(SYSREG_KEY(3, 0, 0, 0, 0), 0x300000);
	assert_int_equal(SYSREG_KEY(0, 7, 0, 0, 0), 0x1c000);
	assert_int_equal(SYSREG_KEY(0, 0, 15, 0, 0), 0x3c00);
	assert_int_equal(SYSREG_KEY(0, 0, 0, 15, 0), 0x1e);
	assert_int_equal(SYSREG_KEY(0, 0, 0, 0, 7), 0xe0000);
	assert_int_equal(SYSREG_KEY_MASK, 0x3ffc1e); /* without Rt and direction */
}

static uint64_t get(uint32_t key)
{
	uint64_t value = 0x5555;

	assert_int_equal(sysreg_trap_read(&v, key, &value), TRAP_DONE);
	return value;
}

static void put(uint32_t key, uint64_t value)
{
	assert_int_equal(sysreg_trap_write(&v, key, value), TRAP_DONE);
}

static void test_role_rows(void **state UNUSED)
{
	assert_int_equal(get(ROLE_RW), 0x101);
	put(ROLE_RW, 5);
	assert_int_equal(role_got, 0x105);
	put(ROLE_WO, 6);
	assert_int_equal(role_got, 0x206);
}

/*
 * The hardware's values go through core/idregs.c; AArch32's registers, and what is reserved, are zero; none
 * can be written.
 */
static void test_id_space(void **state UNUSED)
{
	for (unsigned int crm = 1; crm < 8; crm++) {
		for (unsigned int op2 = 0; op2 < 8; op2++) {
			uint64_t hw = UINT64_C(0x2122232425262728) + crm * 8 + op2;

			host_idreg_set(crm, op2, hw);
			assert_true(get(SYSREG_KEY(3, 0, 0, crm, op2)) == idreg_value(crm, op2, hw, 40));
			if (crm < 4)
				assert_int_equal(get(SYSREG_KEY(3, 0, 0, crm, op2)), 0);
			assert_int_equal(sysreg_trap_write(&v, SYSREG_KEY(3, 0, 0, crm, op2), 1), TRAP_UNDEF);
		}
	}
	host_idreg_set(7, 0, 5);
	assert_int_equal(get(SYSREG_KEY(3, 0, 0, 7, 0)) & 0xf, 2); /* 40 bits */
}

static void test_constants(void **state UNUSED)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		uint32_t key = SYSREG_KEY(known[i].op0, known[i].op1, known[i].crn, known[i].crm, known[i].op2);

		if (key == ROLE_RW || key == ROLE_WO || !strncmp(known[i].name, "MDSCR", 5) ||
		    !strncmp(known[i].name, "OSL", 3))
			continue;
		if (known[i].access & W)
			put(key, UINT64_MAX);
		assert_int_equal(get(key), 0);
	}
}

static void test_os_lock(void **state UNUSED)
{
	uint32_t oslar = SYSREG_KEY(2, 0, 1, 0, 4), oslsr = SYSREG_KEY(2, 0, 1, 1, 4);

	/* OSLM 3 and 0 (0b10): implemented; OSLK 1: locked at reset. */
	assert_int_equal(get(oslsr), 0xa);
	put(oslar, 0);
	assert_int_equal(get(oslsr), 0x8);
	put(oslar, UINT64_MAX);
	assert_int_equal(get(oslsr), 0xa);
	put(oslar, 2); /* bit 0 alone counts */
	assert_int_equal(get(oslsr), 0x8);
}

/*
 * MDSCR_EL1: the live register, without the bits that belong to the external debugger. SS 0, TDCC 12, KDE 13, MDE 15.
 */
static void test_mdscr(void **state UNUSED)
{
	uint32_t key = SYSREG_KEY(2, 0, 0, 2, 2);

	put(key, UINT64_MAX);
	assert_int_equal(get(key), 0xb001);
	assert_int_equal(guest_el1_read(R_MDSCR_EL1), 0xb001);
	put(key, 0);
	assert_int_equal(get(key), 0);
}

static void test_debug_registers(void **state UNUSED)
{
	for (unsigned int n = 0; n < 16; n++)
		for (unsigned int kind = 0; kind < 4; kind++)
			if (n < (kind < 2 ? BPS : WPS))
				put(SYSREG_KEY(2, 0, 0, n, 4 + kind), (kind * 16 + n + 1) << 4);
	for (unsigned int n = 0; n < 16; n++)
		for (unsigned int kind = 0; kind < 4; kind++)
			if (n < (kind < 2 ? BPS : WPS)) {
				assert_int_equal(v.dbg[kind][n], (kind * 16 + n + 1) << 4);
				assert_int_equal(get(SYSREG_KEY(2, 0, 0, n, 4 + kind)), v.dbg[kind][n]);
			}
}

static unsigned int lines(void)
{
	unsigned int n = 0;

	for (const char *s = host_uart_text(); (s = strstr(s, "\r\n")); s++)
		n++;
	return n;
}

/* Last: it uses up the lines. Both directions have been refused thousands of times by then. */
static void test_said_a_few_times(void **state UNUSED)
{
	uint64_t value;

	log_set_sink(host_uart_putc);
	for (unsigned int i = 0; i < 10000; i++)
		assert_int_equal(sysreg_trap_read(&v, SYSREG_KEY(3, 3, 9, 13, 0), &value), TRAP_UNDEF);
	log_set_sink(NULL);
	assert_int_equal(lines(), 0);
}

/* First: how it is said. */
static void test_message(void **state UNUSED)
{
	uint64_t value = 77;

	guest_pc_set(0xffff800080123450);
	log_set_sink(host_uart_putc);
	assert_int_equal(sysreg_trap_read(&v, SYSREG_KEY(3, 3, 9, 13, 2), &value), TRAP_UNDEF);
	assert_int_equal(value, 77);
	assert_non_null(strstr(host_uart_text(),
			       "vm: vcpu0: read of system register S3_3_C9_C13_2 at 0xffff800080123450: UNDEFINED"));
	assert_int_equal(sysreg_trap_write(&v, SYSREG_KEY(3, 3, 9, 13, 2), 1), TRAP_UNDEF);
	assert_non_null(strstr(host_uart_text(), "write of system register S3_3_C9_C13_2"));
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(sysreg_trap_write(&v, SYSREG_KEY(3, 3, 9, 13, 2), 1), TRAP_UNDEF);
	log_set_sink(NULL);
	assert_int_equal(lines(), 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_message, setup),
		cmocka_unit_test_setup(test_every_encoding, setup),
		cmocka_unit_test_setup(test_rows_are_disjoint, setup),
		cmocka_unit_test_setup(test_key, setup),
		cmocka_unit_test_setup(test_role_rows, setup),
		cmocka_unit_test_setup(test_id_space, setup),
		cmocka_unit_test_setup(test_constants, setup),
		cmocka_unit_test_setup(test_os_lock, setup),
		cmocka_unit_test_setup(test_mdscr, setup),
		cmocka_unit_test_setup(test_debug_registers, setup),
		cmocka_unit_test_setup(test_said_a_few_times, setup),
	};

	return UNIT_RUN(tests);
}
