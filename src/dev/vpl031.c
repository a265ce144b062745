/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An emulated PL031 real-time clock (ARM DDI 0224 chapter 3).
 *
 * State owned: struct vpl031. Lock: d->lock (LOCK_DEVICE), taken by every entry. The counter is the
 * machine's wall clock plus the guest's own offset; the alarm is a timer that looks at the clock
 * again when it fires.
 */
#include "dev/vpl031.h"

#include "core/heap.h"
#include "core/time.h"
#include "lib/checked.h"

enum {
	RTC_DR = 0x000,
	RTC_MR = 0x004,
	RTC_LR = 0x008,
	RTC_CR = 0x00c,
	RTC_IMSC = 0x010,
	RTC_RIS = 0x014,
	RTC_MIS = 0x018,
	RTC_ICR = 0x01c,
	RTC_ID = 0xfe0,
};

struct vpl031 {
	struct spinlock lock;
	struct partition *part;
	unsigned int intid;
	uint32_t offset; /* the guest's clock minus the machine's, modulo 2^32 */
	uint32_t mr, lr;
	bool imsc, ris, line;
	bool waiting;	   /* an alarm is ahead, at alarm_at */
	uint64_t alarm_at; /* wall seconds of the machine */
	struct timer alarm;
};

/* PeriphID0-3, PCellID0-3: part 0x031, designer Arm, revision 0 */
static const uint8_t rtc_id[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static uint32_t counter(const struct vpl031 *d)
{
	return (uint32_t)time_wall_seconds() + d->offset;
}

static void update_line(struct vpl031 *d)
{
	bool level = d->ris && d->imsc;

	if (level == d->line)
		return;
	d->line = level;
	partition_irq_set(d->part, d->intid, level);
}

/*
 * Sleep until the second before the alarm, then look every eighth of a second: where in a second we are is not known.
 */
static void arm(struct vpl031 *d, uint64_t now_s)
{
	uint64_t left = d->alarm_at - now_s, ticks = time_freq() / 8, deadline;

	if (left > 1 && !checked_mul(left - 1, time_freq(), &ticks))
		return;
	if (checked_add(time_now(), ticks, &deadline))
		timer_start(&d->alarm, deadline);
}

/* The alarm goes off when the counter equals MR; a match in the past is 2^32 seconds away. */
static void set_alarm(struct vpl031 *d)
{
	uint64_t now_s = time_wall_seconds();
	uint32_t left = d->mr - ((uint32_t)now_s + d->offset);

	d->waiting = left != 0;
	d->alarm_at = now_s + left;
	if (d->waiting) {
		arm(d, now_s);
		return;
	}
	timer_stop(&d->alarm);
	d->ris = true;
}

static void alarm_fired(struct timer *t)
{
	struct vpl031 *d = container_of(t, struct vpl031, alarm);
	uint64_t now_s;

	spin_lock(&d->lock);
	now_s = time_wall_seconds();
	if (d->waiting && now_s >= d->alarm_at) {
		d->waiting = false;
		d->ris = true;
		update_line(d);
	} else if (d->waiting) {
		arm(d, now_s);
	}
	spin_unlock(&d->lock);
}

static uint32_t reg_read(struct vpl031 *d, uint64_t off)
{
	switch (off) {
	case RTC_DR:
		return counter(d);
	case RTC_MR:
		return d->mr;
	case RTC_LR:
		return d->lr;
	case RTC_CR:
		return 1; /* runs, always */
	case RTC_IMSC:
		return d->imsc;
	case RTC_RIS:
		return d->ris;
	case RTC_MIS:
		return d->ris && d->imsc;
	default:
		return off >= RTC_ID ? rtc_id[(off - RTC_ID) / 4] : 0;
	}
}

static void reg_write(struct vpl031 *d, uint64_t off, uint32_t value)
{
	switch (off) {
	case RTC_MR:
		d->mr = value;
		set_alarm(d);
		break;
	case RTC_LR:
		d->lr = value;
		d->offset = value - (uint32_t)time_wall_seconds();
		set_alarm(d);
		break;
	case RTC_IMSC:
		d->imsc = value & 1;
		break;
	case RTC_ICR:
		if (value & 1)
			d->ris = false;
		break;
	default: /* CR cannot stop the clock; the others are read-only, or no register starts there */
		break;
	}
	update_line(d);
}

static enum mmio_result vpl031_mmio(void *dev, struct vcpu *v UNUSED, struct mmio_access *a)
{
	struct vpl031 *d = dev;
	unsigned int shift = (unsigned int)(a->offset & 3) * 8;

	if (a->size > 4)
		return MMIO_FAULT;
	spin_lock(&d->lock);
	if (!a->write)
		a->value = reg_read(d, a->offset & ~UINT64_C(3)) >> shift;
	else
		reg_write(d, a->offset, (uint32_t)a->value);
	spin_unlock(&d->lock);
	return MMIO_OK;
}

int vpl031_create(struct partition *p, ipa_t base, unsigned int intid, struct vpl031 **dev)
{
	struct vpl031 *d = heap_alloc(sizeof(*d));
	int err;

	if (!d)
		return E_NOMEM;
	spin_init(&d->lock, LOCK_DEVICE);
	d->part = p;
	d->intid = intid;
	timer_init(&d->alarm, alarm_fired);
	err = mmio_register(p, base, VPL031_SIZE, vpl031_mmio, d);
	if (err) {
		heap_free(d);
		return err;
	}
	*dev = d;
	return OK;
}

void vpl031_destroy(struct vpl031 *d)
{
	if (!d)
		return;
	vpl031_reset(d);
	timer_cancel(&d->alarm); /* it may be running on another core */
	heap_free(d);
}

void vpl031_reset(struct vpl031 *d)
{
	spin_lock(&d->lock);
	d->waiting = false;
	timer_stop(&d->alarm);
	d->mr = 0;
	d->imsc = false;
	d->ris = false;
	update_line(d);
	spin_unlock(&d->lock);
}
