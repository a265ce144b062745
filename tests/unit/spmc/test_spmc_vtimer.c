/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite spmc/spmc_vtimer: a core that leaves the normal world's virtual timer alone (FEAT_ECV: an SP's accesses to it
 * trap). Nobody may write it then: what the SPMC has of it is old. world.c looks after each step.
 */
#include "world.h"

#include "arch/el2_bits.h"
#include "arch/guest.h"
#include "arch/switch.h"
#include "arch/sysreg.h"
#include "arch/world.h"

static bool is_vtimer(unsigned int r)
{
	return r == R_CNTV_CVAL_EL0 || r == R_CNTV_CTL_EL0;
}

/* As on the target, where these leave out the timer. */
void arch_el1_save(struct arch_vcpu *a)
{
	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		if (!is_vtimer(r))
			a->el1[r] = guest_el1_read(r);
}

void arch_el1_load(const struct arch_vcpu *a)
{
	sysreg_write(HCR_EL2, a->hcr);
	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		if (!is_vtimer(r))
			guest_el1_write(r, a->el1[r]);
}

WORLD_TEST(nobody_writes_it)
{
	world_keeps_vtimer = true;
	world_boot_all(true);
	nwd_call(0, REQ, E(0, UP));
	sp_call(0, REQ, E(UP, MP));
	sp_fiq(0);
	expect_nwd(0, FFA_INTERRUPT, E(UP, 0));
	nwd_call(0, FFA_RUN, E(UP, 0));
	sp_call(0, RESP, E(MP, UP));
	sp_call(0, RESP, E(UP, 0));
	expect_nwd(0, RESP, E(UP, 0));
	world_expect_quiet();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_writes_it),
	};

	return UNIT_RUN(tests);
}
