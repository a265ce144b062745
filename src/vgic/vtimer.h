/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The timers of a vCPU (ARM DDI 0487 D12): the virtual one is the hardware's, its PPI 27 hardware-linked; the EL1
 * physical one is trapped and emulated on Trivet's own timer, its PPI 30. While a vCPU is not loaded, a software timer
 * wakes it for either.
 */
#ifndef VGIC_VTIMER_H
#define VGIC_VTIMER_H

#include "core/vcpu.h"
#include "lib/types.h"

void vtimer_init(struct vcpu *v);  /* once */
void vtimer_reset(struct vcpu *v); /* as after power-on; v not loaded */

/* The physical PPI 27 fired on this core; v is loaded here (running or blocked). Injects and wakes. */
void vtimer_host_irq(struct vcpu *v);

/*
 * v, whose registers the hardware still holds, leaves this core: while it is away a software timer wakes it when its
 * virtual timer is due. And it is loaded again. (A blocked vCPU that stays loaded needs neither: the hardware's timer
 * fires on its core.)
 */
void vtimer_save(struct vcpu *v);
void vtimer_load(struct vcpu *v);

/* CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0, trapped from v, which is loaded here. */
enum vtimer_reg { VTIMER_CNTP_CTL, VTIMER_CNTP_CVAL, VTIMER_CNTP_TVAL };
uint64_t vtimer_cntp_read(struct vcpu *v, enum vtimer_reg r);
void vtimer_cntp_write(struct vcpu *v, enum vtimer_reg r, uint64_t value);

#endif
