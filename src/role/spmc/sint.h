/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secure interrupts: which SP owns which of the machine's, by the device regions of its manifest, and what its calls
 * about them do to the interrupt controller. Ownership is role/spmc/manifest_check.c's to decide; here it is carried
 * out. FF-A 1.2, 9.3; the calls are Hafnium's (HF_INTERRUPT_*).
 *
 * An interrupt that comes is dropped at once and stays active, so that it does not come again before the SP has
 * deactivated it: it is pending in the owning context's struct virq meanwhile. An SP with one context gets a PPI
 * from every core. Of an SP with several, each context has its core's PPIs, and an SPI is the context's to whose
 * core it goes.
 *
 * Physically an interrupt is enabled where the context that would get it has enabled it. State owned: all that is
 * owned, filled at boot. Lock: LOCK_VGIC, for what is enabled and where SPIs go; virq's own is taken in it.
 */
#ifndef ROLE_SPMC_SINT_H
#define ROLE_SPMC_SINT_H

#include "arch/el2_bits.h"
#include "arch/switch.h"
#include "core/vcpu.h"
#include "lib/types.h"
#include "role/spmc/sp.h"

/*
 * The interrupts of sp's manifest become its, and every context gets its lines; none is enabled but the virtual
 * ones. E_* with one line in the log, and nothing is left of it. Boot core, while SPs are built, as the last step
 * that can fail.
 */
int sint_add(struct sp *sp) MUST_CHECK;

/* On a core that has come up, once its redistributor is known. */
void sint_init_cpu(void);
/* On a core that is about to be turned off: SPIs that would come here go to another one. */
void sint_exit_cpu(void);

/*
 * An HVC of a running context: HF_INTERRUPT_*, done, result in x0. False: something else. Registers but x0 stay.
 */
bool sint_hvc(struct vcpu *v);

/* INTID 4 is pending for c, which runs here; true also when it was already. False: it has no managed exit enabled. */
bool sint_managed_exit(struct sp_ctx *c);
/* c has answered: if it did so without looking at INTID 4, it is not pending any more. */
void sint_managed_exit_end(struct sp_ctx *c);

/* All its interrupts are disabled, and those in flight are deactivated, for ever. Any core. */
void sint_abort(struct sp *sp);

/* HCR_EL2.VI and VF for c, which is loaded on this core: at each entry. */
static inline void sint_set_lines(struct sp_ctx *c)
{
	struct arch_vcpu *a = &c->v->arch;
	const bool irq = virq_irq(&c->virq), fiq = virq_fiq(&c->virq);

	if (unlikely((a->hcr & (HCR_VI | HCR_VF)) != ((irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0))))
		arch_guest_set_lines(a, irq, fiq);
}

#endif
