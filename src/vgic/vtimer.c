/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The timers of a vCPU; see vtimer.h and ARM DDI 0487 D12.2.
 *
 * State owned: vcpu.cntp_ctl, cntp_cval, vtimer_soft, ptimer_soft. Lock: the vCPU's timer_lock for the emulated timer,
 * so that its registers and its line change together; the software timer's function may run on another core.
 */
#include "vgic/vtimer.h"

#include "arch/guest.h"
#include "core/irq.h"
#include "core/sched.h"
#include "vgic/internal.h"

/* CNT*_CTL_EL0 */
#define CTL_ENABLE  BIT(0)
#define CTL_IMASK   BIT(1)
#define CTL_ISTATUS BIT(2)

static bool ctl_fires(uint64_t ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/* --- The emulated EL1 physical timer --- */

static bool cntp_due(const struct vcpu *v, uint64_t now)
{
	return now >= v->cntp_cval;
}

/* Line and software timer follow the registers. timer_lock is held. */
static void cntp_update(struct vcpu *v, uint64_t now)
{
	bool fires = ctl_fires(v->cntp_ctl), due = cntp_due(v, now);

	vgic_set_ppi(v, PPI_PHYS_TIMER, fires && due);
	if (fires && !due)
		timer_start(&v->ptimer_soft, v->cntp_cval);
	else
		timer_stop(&v->ptimer_soft);
}

static void cntp_soft_fn(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, ptimer_soft);

	spin_lock(&v->vgic->timer_lock);
	/* Stopped or moved meanwhile? Then this finds nothing due, and starts it anew if need be. */
	cntp_update(v, time_now());
	spin_unlock(&v->vgic->timer_lock);
}

uint64_t vtimer_cntp_read(struct vcpu *v, enum vtimer_reg r)
{
	uint64_t now = time_now();

	switch (r) {
	case VTIMER_CNTP_CTL:
		/* ISTATUS is UNKNOWN while the timer is off: zero. */
		if ((v->cntp_ctl & CTL_ENABLE) && cntp_due(v, now))
			return v->cntp_ctl | CTL_ISTATUS;
		return v->cntp_ctl;
	case VTIMER_CNTP_CVAL:
		return v->cntp_cval;
	case VTIMER_CNTP_TVAL:
		return (uint32_t)(v->cntp_cval - now);
	}
	return 0;
}

void vtimer_cntp_write(struct vcpu *v, enum vtimer_reg r, uint64_t value)
{
	uint64_t now = time_now();

	spin_lock(&v->vgic->timer_lock);
	switch (r) {
	case VTIMER_CNTP_CTL:
		v->cntp_ctl = value & (CTL_ENABLE | CTL_IMASK);
		break;
	case VTIMER_CNTP_CVAL:
		v->cntp_cval = value;
		break;
	case VTIMER_CNTP_TVAL:
		v->cntp_cval = now + (uint64_t)(int64_t)(int32_t)(uint32_t)value;
		break;
	}
	cntp_update(v, now);
	spin_unlock(&v->vgic->timer_lock);
}

/* --- The virtual timer: the hardware's, but for a vCPU that is not loaded --- */

static void cntv_soft_fn(struct timer *t)
{
	sched_wake(container_of(t, struct vcpu, vtimer_soft));
}

void vtimer_host_irq(struct vcpu *v)
{
	trace_pend(v, PPI_VIRT_TIMER, guest_el1_read(R_CNTV_CVAL_EL0) + v->arch.cntvoff);
	vgic_set_hw_ppi(v, PPI_VIRT_TIMER);
}

void vtimer_save(struct vcpu *v)
{
	uint64_t ctl = guest_el1_read(R_CNTV_CTL_EL0);
	uint64_t cval = guest_el1_read(R_CNTV_CVAL_EL0);
	uint64_t now = time_now(), virt = now - v->arch.cntvoff, deadline;

	if (!ctl_fires(ctl))
		return;
	/* It has fired, and the guest has that interrupt before it: nothing new can come until it deactivates it. */
	if (vgic_hw_ppi_busy(v))
		return;
	if (virt >= cval) {
		sched_wake(v);
		return;
	}
	/* One beyond the counter's own end never comes. */
	if (!__builtin_add_overflow(now, cval - virt, &deadline))
		timer_start(&v->vtimer_soft, deadline);
}

void vtimer_load(struct vcpu *v)
{
	timer_stop(&v->vtimer_soft);
}

void vtimer_init(struct vcpu *v)
{
	timer_init(&v->vtimer_soft, cntv_soft_fn);
	timer_init(&v->ptimer_soft, cntp_soft_fn);
	v->cntp_ctl = 0;
	v->cntp_cval = 0;
}

void vtimer_reset(struct vcpu *v)
{
	timer_stop(&v->vtimer_soft);
	spin_lock(&v->vgic->timer_lock);
	v->cntp_ctl = 0;
	v->cntp_cval = 0;
	cntp_update(v, time_now());
	spin_unlock(&v->vgic->timer_lock);
}
