/* SPDX-License-Identifier: BSD-3-Clause */
/* A vCPU's registers at power-on; see vcpu.h. */
#include "core/vcpu.h"

#include "arch/switch.h"
#include "lib/string.h"

/* PSTATE at reset: EL1h, D A I F masked (ARM DDI 0487 D1.3.1). */
#define PSTATE_RESET 0x3c5

void vcpu_reset(struct vcpu *v, uint64_t pc, uint64_t x0)
{
	uint64_t vmpidr = v->arch.vmpidr, cntvoff = v->arch.cntvoff;

	memset(&v->arch, 0, sizeof(v->arch));
	arch_vcpu_init(&v->arch, vmpidr);
	v->arch.cntvoff = cntvoff;
	v->arch.pc = pc;
	v->arch.pstate = PSTATE_RESET;
	v->arch.x[0] = x0;
	memset(v->dbg, 0, sizeof(v->dbg));
	v->dbg_used = false;
	v->os_unlocked = false;
	v->cntp_ctl = 0;
	v->cntp_cval = 0;
}
