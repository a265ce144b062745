/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers that trap, as a table; see sysreg.h. */
#include "core/sysreg.h"

#include "arch/guest.h"
#include "arch/idreg.h"
#include "core/debug_regs.h"
#include "core/idregs.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/vcpu.h"
#include "role/role.h"

#define MDSCR_GUEST (BIT(15) | BIT(13) | BIT(12) | BIT(0)) /* MDE, KDE, TDCC, SS */
#define OSLSR_OSLM  BIT(3)				   /* the OS lock is implemented */
#define OSLSR_OSLK  BIT(1)

static enum trap_result read_const(struct vcpu *v UNUSED, uint64_t arg, uint64_t *value)
{
	*value = arg;
	return TRAP_DONE;
}

static enum trap_result ignore(struct vcpu *v UNUSED, uint64_t arg UNUSED, uint64_t value UNUSED)
{
	return TRAP_DONE;
}

static enum trap_result read_mdscr(struct vcpu *v UNUSED, uint64_t arg UNUSED, uint64_t *value)
{
	*value = guest_el1_read(R_MDSCR_EL1);
	return TRAP_DONE;
}

static enum trap_result write_mdscr(struct vcpu *v UNUSED, uint64_t arg UNUSED, uint64_t value)
{
	guest_el1_write(R_MDSCR_EL1, value & MDSCR_GUEST);
	return TRAP_DONE;
}

static enum trap_result read_oslsr(struct vcpu *v, uint64_t arg UNUSED, uint64_t *value)
{
	*value = OSLSR_OSLM | (v->os_unlocked ? 0 : OSLSR_OSLK);
	return TRAP_DONE;
}

static enum trap_result write_oslar(struct vcpu *v, uint64_t arg UNUSED, uint64_t value)
{
	v->os_unlocked = !(value & 1);
	return TRAP_DONE;
}

/* clang-format off */
/* DBGBVR<n>_EL1, DBGBCR<n>_EL1, DBGWVR<n>_EL1, DBGWCR<n>_EL1 */
#define DBG4(n)                                                                         \
	{ SYSREG_KEY(2, 0, 0, n, 4), debug_reg_read, debug_reg_write, 0 << 4 | (n) },   \
	{ SYSREG_KEY(2, 0, 0, n, 5), debug_reg_read, debug_reg_write, 1 << 4 | (n) },   \
	{ SYSREG_KEY(2, 0, 0, n, 6), debug_reg_read, debug_reg_write, 2 << 4 | (n) },   \
	{ SYSREG_KEY(2, 0, 0, n, 7), debug_reg_read, debug_reg_write, 3 << 4 | (n) }
/* clang-format on */

/* One row a register. Looked up so rarely (what is hot is among the role's rows) that a scan does. */
const struct sysreg_row sysreg_rows[] = {
	/* ACTLR_EL1 */
	{ SYSREG_KEY(3, 0, 1, 0, 1), read_const, ignore, 0 },
	/* MDSCR_EL1, OSLAR_EL1, OSLSR_EL1, OSDLR_EL1 */
	{ SYSREG_KEY(2, 0, 0, 2, 2), read_mdscr, write_mdscr, 0 },
	{ SYSREG_KEY(2, 0, 1, 0, 4), NULL, write_oslar, 0 },
	{ SYSREG_KEY(2, 0, 1, 1, 4), read_oslsr, NULL, 0 },
	{ SYSREG_KEY(2, 0, 1, 3, 4), read_const, ignore, 0 },
	DBG4(0),
	DBG4(1),
	DBG4(2),
	DBG4(3),
	DBG4(4),
	DBG4(5),
	DBG4(6),
	DBG4(7),
	DBG4(8),
	DBG4(9),
	DBG4(10),
	DBG4(11),
	DBG4(12),
	DBG4(13),
	DBG4(14),
	DBG4(15),
	/*
	 * No external debugger: MDCCINT, OSDTRRX, OSDTRTX, OSECCR, MDRAR, DBGPRCR, DBGCLAIMSET (no tags), DBGCLAIMCLR,
	 * DBGAUTHSTATUS, MDCCSR, DBGDTR, DBGDTRRX/TX.
	 */
	{ SYSREG_KEY(2, 0, 0, 2, 0), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 0, 0, 2), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 0, 3, 2), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 0, 6, 2), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 1, 0, 0), read_const, NULL, 0 },
	{ SYSREG_KEY(2, 0, 1, 4, 4), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 7, 8, 6), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 7, 9, 6), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 0, 7, 14, 6), read_const, NULL, 0 },
	{ SYSREG_KEY(2, 3, 0, 1, 0), read_const, NULL, 0 },
	{ SYSREG_KEY(2, 3, 0, 4, 0), read_const, ignore, 0 },
	{ SYSREG_KEY(2, 3, 0, 5, 0), read_const, ignore, 0 },
};
const unsigned int sysreg_rows_count = ARRAY_SIZE(sysreg_rows);

static const struct sysreg_row *find(const struct sysreg_row *rows, unsigned int n, uint32_t key)
{
	for (unsigned int i = 0; i < n; i++)
		if (rows[i].key == key)
			return &rows[i];
	return NULL;
}

/* The row found last, on any core: only a guess. Of what traps, nearly all are SGIs. */
static const struct sysreg_row *hint;

static COLD const struct sysreg_row *search(uint32_t key)
{
	const struct sysreg_row *r = find(role_sysregs, role_sysregs_count, key);

	if (!r)
		r = find(sysreg_rows, sysreg_rows_count, key);
	if (r)
		__atomic_store_n(&hint, r, __ATOMIC_RELAXED);
	return r;
}

static inline const struct sysreg_row *lookup(uint32_t key)
{
	const struct sysreg_row *r = READ_ONCE(hint);

	return likely(r && r->key == key) ? r : search(key);
}

/* op0 3, op1 0, CRn 0, CRm 1 to 7: the ID space, reserved encodings included. */
static bool is_id(uint32_t key)
{
	return (key & SYSREG_KEY(3, 7, 15, 0, 0)) == SYSREG_KEY(3, 0, 0, 0, 0) && BITS(key, 4, 1) >= 1 &&
	       BITS(key, 4, 1) <= 7;
}

static COLD enum trap_result undefined(struct vcpu *v, uint32_t key, const char *what)
{
	log_limited(32, LOG_WARN, "%s: vcpu%u: %s of system register S%u_%u_C%u_C%u_%u at 0x%llx: UNDEFINED",
		    v->part->name, v->index, what, (unsigned int)BITS(key, 21, 20), (unsigned int)BITS(key, 16, 14),
		    (unsigned int)BITS(key, 13, 10), (unsigned int)BITS(key, 4, 1), (unsigned int)BITS(key, 19, 17),
		    (unsigned long long)guest_pc());
	return TRAP_UNDEF;
}

enum trap_result sysreg_trap_read(struct vcpu *v, uint32_t key, uint64_t *value)
{
	const struct sysreg_row *r;

	if (is_id(key)) {
		unsigned int crm = (unsigned int)BITS(key, 4, 1), op2 = (unsigned int)BITS(key, 19, 17);

		*value = idreg_value(crm, op2, arch_idreg(crm, op2), v->part->s2.ipa_bits);
		return TRAP_DONE;
	}
	r = lookup(key);
	return r && r->read ? r->read(v, r->arg, value) : undefined(v, key, "read");
}

enum trap_result sysreg_trap_write(struct vcpu *v, uint32_t key, uint64_t value)
{
	const struct sysreg_row *r = lookup(key);

	return likely(r && r->write) ? r->write(v, r->arg, value) : undefined(v, key, "write");
}
