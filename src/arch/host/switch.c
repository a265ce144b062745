/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vCPU state in and out of the cells, by the same list of registers as on the target (arch/vcpu_regs.h).
 */
#include "arch/switch.h"

#include "arch/boot.h"
#include "arch/debug.h"
#include "arch/el2_bits.h"
#include "arch/guest.h"
#include "arch/host.h"
#include "arch/ich.h"
#include "arch/world.h"
#include "core/panic.h"
#include "host_internal.h"

static const char *const el1_name[EL1_REG_COUNT] = {
#define X(name, reset) [R_##name] = #name,
	EL1_REGS(X)
#undef X
#define X(name) [R_##name] = #name,
		PAUTH_REGS(X) RAS_REGS(X)
#undef X
};

static const char *const ap_name[2][4] = {
	{ "ICH_AP0R0_EL2", "ICH_AP0R1_EL2", "ICH_AP0R2_EL2", "ICH_AP0R3_EL2" },
	{ "ICH_AP1R0_EL2", "ICH_AP1R1_EL2", "ICH_AP1R2_EL2", "ICH_AP1R3_EL2" },
};

const char world_name[] = "host";
const char world_tree[] = "host device tree";
const bool world_shares_gic = false;
const unsigned int world_sgi_base = 0;
const unsigned int world_timer_index = 3;
const bool world_has_debug = true;
const uint32_t world_ich_hcr = 0;
bool world_keeps_vtimer;

uint64_t guest_el1_read(enum el1_reg r)
{
	CHECK(r < EL1_REG_COUNT);
	return *host_cell(el1_name[r]);
}

void guest_el1_write(enum el1_reg r, uint64_t value)
{
	CHECK(r < EL1_REG_COUNT);
	*host_cell(el1_name[r]) = value;
}

HOST_FAKE void arch_vcpu_init(struct arch_vcpu *a, uint64_t vmpidr)
{
	a->hcr = HCR_GUEST;
	a->vmpidr = vmpidr;
#define X(name, reset) a->el1[R_##name] = (reset);
	EL1_REGS(X)
#undef X
#define X(name) a->el1[R_##name] = 0;
	PAUTH_REGS(X)
	RAS_REGS(X)
#undef X
}

HOST_FAKE void arch_el1_save(struct arch_vcpu *a)
{
	a->pc = sysreg_read(ELR_EL2);
	a->pstate = sysreg_read(SPSR_EL2);
	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		a->el1[r] = *host_cell(el1_name[r]);
	sysreg_write(CNTV_CTL_EL0, 0);
}

HOST_FAKE void arch_vcpu_save(struct arch_vcpu *a)
{
	arch_el1_save(a);
	arch_fpsimd_save(&a->fp);
}

HOST_FAKE void arch_el1_load(const struct arch_vcpu *a)
{
	sysreg_write(ELR_EL2, a->pc);
	sysreg_write(SPSR_EL2, a->pstate);
	sysreg_write(VMPIDR_EL2, a->vmpidr);
	sysreg_write(CNTVOFF_EL2, a->cntvoff);
	sysreg_write(HCR_EL2, a->hcr);
	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		*host_cell(el1_name[r]) = a->el1[r];
}

HOST_FAKE void arch_vcpu_load(const struct arch_vcpu *a)
{
	arch_el1_load(a);
	arch_fpsimd_load(&a->fp);
}

HOST_FAKE void arch_tlb_flush_vmid_local(void)
{
}

HOST_FAKE void arch_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	sysreg_write(VTTBR_EL2, vttbr);
	sysreg_write(VTCR_EL2, vtcr);
	host_log_add(HOST_STAGE2_LOAD, vtcr, 0, vttbr);
}

void arch_guest_trap_waits(struct arch_vcpu *a, bool trap)
{
	a->hcr = trap ? a->hcr | HCR_TWI | HCR_TWE : a->hcr & ~(HCR_TWI | HCR_TWE);
	sysreg_write(HCR_EL2, a->hcr);
}

void arch_guest_set_lines(struct arch_vcpu *a, bool irq, bool fiq)
{
	a->hcr = (a->hcr & ~(HCR_VI | HCR_VF)) | (irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0);
	sysreg_write(HCR_EL2, a->hcr);
}

static _Thread_local struct arch_fpsimd fpsimd;

void arch_fpsimd_save(struct arch_fpsimd *f)
{
	*f = fpsimd;
}

void arch_fpsimd_load(const struct arch_fpsimd *f)
{
	fpsimd = *f;
}

uint64_t ich_lr_read_any(unsigned int i)
{
	return *host_lr(i);
}

void ich_lr_write_any(unsigned int i, uint64_t lr)
{
	*host_lr(i) = lr;
}

void ich_save(struct arch_vgic_regs *r)
{
	r->vmcr = sysreg_read(ICH_VMCR_EL2);
	r->hcr = (uint32_t)sysreg_read(ICH_HCR_EL2);
	for (unsigned int i = 0; i < 4; i++) {
		r->ap0r[i] = (uint32_t)*host_cell(ap_name[0][i]);
		r->ap1r[i] = (uint32_t)*host_cell(ap_name[1][i]);
	}
}

void ich_load(const struct arch_vgic_regs *r)
{
	sysreg_write(ICH_VMCR_EL2, r->vmcr);
	sysreg_write(ICH_HCR_EL2, r->hcr);
	for (unsigned int i = 0; i < 4; i++) {
		*host_cell(ap_name[0][i]) = r->ap0r[i];
		*host_cell(ap_name[1][i]) = r->ap1r[i];
	}
}

void ich_init_cpu(void)
{
	for (unsigned int i = 0; i < ich_lr_count(); i++)
		ich_lr_write(i, 0);
	ich_load(&(struct arch_vgic_regs){ 0 });
}

void world_give_up(void)
{
	panic("give up");
}

int world_await_cores(uint64_t entry UNUSED)
{
	return E_NOTSUP;
}

void world_init_cpu(void)
{
}

void world_stage2_load(uint64_t vttbr, uint64_t vtcr)
{
	sysreg_write(VTTBR_EL2, vttbr);
	sysreg_write(VTCR_EL2, vtcr);
}

/* Kept beside the other one, so that a test sees both. */
void world_stage2_ns_load(uint64_t vttbr, uint64_t vtcr)
{
	*host_cell("VTTBR_EL2 of the NS space") = vttbr;
	*host_cell("VTCR_EL2 of the NS space") = vtcr;
}

HOST_FAKE bool world_ipa_is_own(uint64_t va UNUSED)
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

HOST_FAKE unsigned int arch_debug_breakpoints(void)
{
	return 6;
}

HOST_FAKE unsigned int arch_debug_watchpoints(void)
{
	return 4;
}

HOST_FAKE void arch_debug_reg_write(unsigned int kind, unsigned int n, uint64_t value)
{
	host_log_add(HOST_OTHER, kind << 8 | n, value, 0);
}
