/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtio-mmio transport, version 2 (virtio 1.2, 2.1 status, 3.1 initialisation, 4.2 MMIO).
 *
 * State owned: struct virtio_dev. Lock: d->lock (LOCK_DEVICE), taken by the MMIO handler, the timer and virtio_reset().
 */
#include "dev/virtio_mmio.h"

#include "abi/virtio_mmio.h"
#include "core/log.h"
#include "lib/string.h"

#define VENDOR_ID 0x56525454u /* "TTRV" */

static void update_line(struct virtio_dev *d)
{
	bool level = d->isr != 0;

	if (level == d->line)
		return;
	d->line = level;
	partition_irq_set(d->part, d->intid, level);
}

/*
 * 2.1.2: the driver broke the rules, or the device cannot go on. Said once for each reset, since nothing runs any more.
 */
static void needs_reset(struct virtio_dev *d, unsigned int q)
{
	if (d->status & VIRTIO_STATUS_NEEDS_RESET)
		return;
	d->status |= VIRTIO_STATUS_NEEDS_RESET;
	d->again = 0;
	d->generation++;
	if (d->status & VIRTIO_STATUS_DRIVER_OK)
		d->isr |= VIRTIO_MMIO_INT_CONFIG;
	update_line(d);
	log_limited(32, LOG_WARN, "%s: %s: queue %u: %s; the device waits for a reset", d->part->name, d->kind->name, q,
		    d->vq[q].why);
}

static bool runs(const struct virtio_dev *d)
{
	return (d->status & VIRTIO_STATUS_DRIVER_OK) && !(d->status & VIRTIO_STATUS_NEEDS_RESET);
}

bool virtio_has(const struct virtio_dev *d, unsigned int feature)
{
	return (d->status & VIRTIO_STATUS_FEATURES_OK) && (d->accepted & BIT(feature));
}

bool virtio_pop(struct virtio_dev *d, unsigned int q, struct virtq_chain *c)
{
	struct virtq *vq = &d->vq[q];
	int err;

	if (!runs(d))
		return false;
	err = virtq_pop(vq, c);
	if (err == E_NOENT && virtq_rearm(vq))
		err = virtq_pop(vq, c);
	if (vq->broken)
		needs_reset(d, q);
	return err == OK;
}

void virtio_push(struct virtio_dev *d, unsigned int q, uint16_t head, uint32_t written)
{
	if (runs(d) && virtq_push(&d->vq[q], head, written))
		needs_reset(d, q);
}

void virtio_break(struct virtio_dev *d, unsigned int q, const char *why)
{
	virtq_break(&d->vq[q], why);
	needs_reset(d, q);
}

void virtio_serve(struct virtio_dev *d, unsigned int q)
{
	struct virtq *vq = &d->vq[q];
	uint64_t start, now;
	bool more;

	if (!runs(d) || !vq->ready)
		return;
	start = time_now();
	more = d->kind->ops->run(d, q);
	if (virtq_wants_irq(vq)) {
		d->isr |= VIRTIO_MMIO_INT_USED;
		update_line(d);
	}
	if (vq->broken)
		needs_reset(d, q);
	if (!more || !runs(d))
		return;
	/* Rest as long as the work took: a guest's queue gets at most half of a core's time at EL2. */
	now = time_now();
	d->again |= 1u << q;
	timer_start(&d->turn, now + (now - start));
}

/* How often we begin to count anew, in ticks: about a millisecond. */
static uint64_t window_length(void)
{
	return time_freq() / 1024;
}

void virtio_completed(struct virtio_dev *d, unsigned int q, uint64_t since)
{
	const uint32_t bit = 1u << q;

	if (since - d->window >= window_length()) {
		d->window = since;
		d->spent = 0;
	}
	/* While it rests, what is finished waits for the timer, and nothing new is begun. */
	if (!(d->again & bit))
		virtio_serve(d, q);
	d->spent += time_now() - since;
	if (d->spent > window_length() / 2 && !(d->again & bit) && runs(d)) {
		d->again |= bit;
		timer_start(&d->turn, d->window + 2 * d->spent);
	}
}

static void turn_due(struct timer *t)
{
	struct virtio_dev *d = container_of(t, struct virtio_dev, turn);
	uint32_t again;

	spin_lock(&d->lock);
	again = d->again;
	d->again = 0;
	for (unsigned int q = 0; q < d->kind->nr_queues; q++) {
		if (again & (1u << q))
			virtio_serve(d, q);
	}
	spin_unlock(&d->lock);
}

static void notify(struct virtio_dev *d, uint32_t q)
{
	/* A queue whose rest has not ended waits for its timer. */
	if (q < d->kind->nr_queues && !(d->again & (1u << q)))
		virtio_serve(d, q);
}

/* 4.2.3.1.1: all queues stopped, no interrupt, no features: as after power-on. */
static void reset_locked(struct virtio_dev *d)
{
	timer_stop(&d->turn);
	d->again = 0;
	d->status = 0;
	d->accepted = 0;
	d->offered_sel = d->accepted_sel = d->queue_sel = 0;
	d->isr = 0;
	update_line(d);
	for (unsigned int q = 0; q < d->kind->nr_queues; q++)
		virtq_reset(&d->vq[q]);
	d->kind->ops->reset(d);
}

void virtio_reset(struct virtio_dev *d)
{
	spin_lock(&d->lock);
	reset_locked(d);
	spin_unlock(&d->lock);
}

static bool features_fit(const struct virtio_dev *d)
{
	return !(d->accepted & ~d->offered) && (d->accepted & BIT(VIRTIO_F_VERSION_1));
}

/* 3.1.1: bits are only ever added, in order; one that is not due stays clear and the driver sees that. */
static void status_write(struct virtio_dev *d, uint32_t value)
{
	const uint32_t begun = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
	bool start;

	if (!value) {
		reset_locked(d);
		return;
	}
	d->status |= value & (begun | VIRTIO_STATUS_FAILED);
	if ((value & VIRTIO_STATUS_FEATURES_OK) && (d->status & begun) == begun && features_fit(d))
		d->status |= VIRTIO_STATUS_FEATURES_OK;
	start = (value & ~d->status & VIRTIO_STATUS_DRIVER_OK) && (d->status & VIRTIO_STATUS_FEATURES_OK);
	if (!start)
		return;
	d->status |= VIRTIO_STATUS_DRIVER_OK;
	/* Buffers may be there already. */
	for (unsigned int q = 0; q < d->kind->nr_queues; q++)
		virtio_serve(d, q);
}

static void accept_features(struct virtio_dev *d, uint32_t value)
{
	if ((d->status & VIRTIO_STATUS_FEATURES_OK) || d->accepted_sel > 1)
		return;
	if (d->accepted_sel)
		d->accepted = (d->accepted & UINT32_MAX) | (uint64_t)value << 32;
	else
		d->accepted = (d->accepted & ~(uint64_t)UINT32_MAX) | value;
}

static void set_low(uint64_t *v, uint32_t value)
{
	*v = (*v & ~(uint64_t)UINT32_MAX) | value;
}

static void set_high(uint64_t *v, uint32_t value)
{
	*v = (*v & UINT32_MAX) | (uint64_t)value << 32;
}

/* QueueReady. Stopping a queue forgets where it was: it starts again from index 0. */
static void queue_ready(struct virtio_dev *d, struct virtq *q, uint32_t value)
{
	if (!(value & 1)) {
		if (q->ready) {
			virtq_reset(q);
			d->kind->ops->reset(d);
		}
		return;
	}
	if (q->ready || !(d->status & VIRTIO_STATUS_FEATURES_OK))
		return;
	q->indirect = d->accepted & BIT(VIRTIO_F_INDIRECT_DESC);
	q->event_idx = d->accepted & BIT(VIRTIO_F_EVENT_IDX);
	/* Refused: the driver reads QueueReady as 0. */
	if (virtq_start(q))
		q->ready = false;
}

/* The registers of the queue that QueueSel names; its layout changes only while it is stopped (4.2.2.2). */
static void queue_write(struct virtio_dev *d, uint32_t off, uint32_t value)
{
	struct virtq *q;

	if (d->queue_sel >= d->kind->nr_queues)
		return;
	q = &d->vq[d->queue_sel];
	if (off == VIRTIO_MMIO_QUEUE_READY) {
		queue_ready(d, q, value);
		return;
	}
	if (q->ready)
		return;
	switch (off) {
	case VIRTIO_MMIO_QUEUE_NUM:
		q->num = value <= VIRTQ_NUM_MAX ? (uint16_t)value : 0;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
		set_low(&q->desc, value);
		break;
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		set_high(&q->desc, value);
		break;
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
		set_low(&q->avail, value);
		break;
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
		set_high(&q->avail, value);
		break;
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
		set_low(&q->used, value);
		break;
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		set_high(&q->used, value);
		break;
	default:
		break;
	}
}

static void reg_write(struct virtio_dev *d, uint32_t off, uint32_t value)
{
	switch (off) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		d->offered_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		d->accepted_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		accept_features(d, value);
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		d->queue_sel = value;
		break;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		notify(d, value);
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		d->isr &= ~value;
		update_line(d);
		break;
	case VIRTIO_MMIO_STATUS:
		status_write(d, value);
		break;
	default: /* read-only and absent registers ignore it in there */
		queue_write(d, off, value);
		break;
	}
}

static uint32_t offered_word(const struct virtio_dev *d)
{
	if (d->offered_sel > 1)
		return 0;
	return (uint32_t)(d->offered >> (32 * d->offered_sel));
}

static uint32_t reg_read(const struct virtio_dev *d, uint32_t off)
{
	bool queue = d->queue_sel < d->kind->nr_queues;

	switch (off) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return VIRTIO_MMIO_MAGIC;
	case VIRTIO_MMIO_VERSION:
		return VIRTIO_MMIO_VERSION_MODERN;
	case VIRTIO_MMIO_DEVICE_ID:
		return d->kind->device_id;
	case VIRTIO_MMIO_VENDOR_ID:
		return VENDOR_ID;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return offered_word(d);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return queue ? VIRTQ_NUM_MAX : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return queue ? d->vq[d->queue_sel].ready : 0;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return d->isr;
	case VIRTIO_MMIO_STATUS:
		return d->status;
	case VIRTIO_MMIO_CONFIG_GENERATION:
		return d->generation;
	case VIRTIO_MMIO_SHM_LEN_LOW: /* 4.2.2: a region that does not exist has the length -1 */
	case VIRTIO_MMIO_SHM_LEN_HIGH:
	case VIRTIO_MMIO_SHM_BASE_LOW:
	case VIRTIO_MMIO_SHM_BASE_HIGH:
		return UINT32_MAX;
	default: /* write-only and absent registers */
		return 0;
	}
}

static void config_access(struct virtio_dev *d, struct mmio_access *a)
{
	uint32_t off = (uint32_t)a->offset - VIRTIO_MMIO_CONFIG;

	if (!a->write)
		a->value = 0;
	if (off >= d->config_size || a->size > d->config_size - off)
		return;
	if (!a->write)
		memcpy(&a->value, (const uint8_t *)d->config + off, a->size);
	else if (d->kind->ops->config_write)
		d->kind->ops->config_write(d, off, a->value, a->size);
}

static enum mmio_result virtio_mmio(void *dev, struct vcpu *v UNUSED, struct mmio_access *a)
{
	struct virtio_dev *d = dev;
	uint32_t off = (uint32_t)a->offset;

	/* 4.2.2.2: the registers are 32 bits wide and know no other access. */
	if (off < VIRTIO_MMIO_CONFIG && a->size != 4)
		return MMIO_FAULT;
	spin_lock(&d->lock);
	if (off >= VIRTIO_MMIO_CONFIG)
		config_access(d, a);
	else if (a->write)
		reg_write(d, off, (uint32_t)a->value);
	else
		a->value = reg_read(d, off);
	spin_unlock(&d->lock);
	return MMIO_OK;
}

int virtio_init(struct virtio_dev *d, struct partition *p, ipa_t base, unsigned int intid,
		const struct virtio_kind *kind)
{
	spin_init(&d->lock, LOCK_DEVICE);
	d->part = p;
	d->kind = kind;
	d->intid = intid;
	d->offered |= kind->features | BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_INDIRECT_DESC) | BIT(VIRTIO_F_EVENT_IDX);
	timer_init(&d->turn, turn_due);
	for (unsigned int q = 0; q < VIRTIO_QUEUES_MAX; q++)
		d->vq[q].part = p;
	return mmio_register(p, base, VIRTIO_MMIO_SIZE, virtio_mmio, d);
}

void virtio_fini(struct virtio_dev *d)
{
	/* Under the lock a turn that is due on another core finds nothing left to do; then wait for its end. */
	virtio_reset(d);
	timer_cancel(&d->turn);
}
