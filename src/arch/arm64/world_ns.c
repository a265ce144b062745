/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal world: stage 2 by VTTBR_EL2, time by CNTHP. */
#include "arch/mmu.h"
#include "arch/sysreg.h"
#include "arch/unwind.h"
#include "arch/world.h"

const char world_name[] = "NS-EL2";
const char world_tree[] = "host device tree";
const bool world_shares_gic = false;
const unsigned int world_sgi_base = 0;
const unsigned int world_timer_index = 3; /* secure physical, physical, virtual, hypervisor */
const bool world_has_debug = true;
const uint32_t world_ich_hcr = 0;
bool world_keeps_vtimer;

void world_give_up(void)
{
	arch_halt();
}

int world_await_cores(uint64_t entry UNUSED)
{
	return E_NOTSUP;
}

void world_init_cpu(void)
{
	sysreg_write(CNTHP_CTL_EL2, 0);
	world_stage2_load(0, BIT(31)); /* VTCR_EL2.RES1 */
}

bool arch_s2_is_coherent(void)
{
	return BITS(sysreg_read(ID_AA64MMFR2_EL1), 43, 40);
}

void world_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	sysreg_write(VTCR_EL2, vtcr);
	sysreg_write(VTTBR_EL2, vttbr);
}

void world_stage2_ns_load(uint64_t vttbr UNUSED, uint64_t vtcr UNUSED)
{
}

bool world_ipa_is_own(uint64_t va UNUSED)
{
	return true;
}

uint64_t world_vmid_only(uint64_t vttbr)
{
	return vttbr;
}

void world_timer_write(uint64_t cval, uint64_t ctl)
{
	sysreg_write(CNTHP_CVAL_EL2, cval);
	sysreg_write(CNTHP_CTL_EL2, ctl);
}
