/* SPDX-License-Identifier: BSD-3-Clause */
/* The fakes of fake.h: they stand in for core's guest_mem, heap, time, lock and log in these tests. */
#include "fake.h"

#include "core/guest_mem.h"
#include "core/heap.h"
#include "core/lock.h"
#include "core/log.h"

struct fake fake;

static struct list timers = LIST_INIT(timers);

/* --- locks: one thread, so a lock that is taken twice would hang --- */

void spin_init(struct spinlock *l, enum lock_rank rank)
{
	*l = (struct spinlock)SPINLOCK_INIT(rank);
}

void spin_rank_take(const struct spinlock *l)
{
	assert_int_equal(l->rank, LOCK_DEVICE);
	assert_int_equal(l->next, l->owner);
	/* Devices never hold two of their locks. */
	assert_int_equal(fake.locks_held, 0);
	fake.locks_held++;
}

void spin_rank_drop(const struct spinlock *l)
{
	assert_int_not_equal(l->next, l->owner);
	fake.locks_held--;
}

void spin_wait(const struct spinlock *l UNUSED, uint32_t ticket UNUSED)
{
	fail_msg("a lock is taken twice");
}

bool spin_is_locked(const struct spinlock *l)
{
	return l->next != l->owner;
}

/* --- log --- */

void log_at(enum log_level level UNUSED, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake.last_log, sizeof(fake.last_log), fmt, ap);
	va_end(ap);
	fake.logged++;
}

bool log_may_say(uint32_t *said UNUSED, uint32_t limit)
{
	/* The limit counts for the life of a machine; a test is shorter. That there is one is what counts. */
	assert_true(limit > 0 && limit <= 1000);
	return true;
}

/* --- heap --- */

void *heap_alloc(size_t size)
{
	if (!fake.heap_left)
		return NULL;
	if (fake.heap_left > 0)
		fake.heap_left--;
	fake.heap_count++;
	return calloc(1, size);
}

void heap_free(void *p)
{
	if (p)
		fake.heap_count--;
	free(p);
}

/* --- time --- */

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	*t = (struct timer){ .fn = fn };
	list_init(&t->link);
}

void timer_stop(struct timer *t)
{
	list_del(&t->link);
	t->armed = false;
}

void timer_cancel(struct timer *t)
{
	timer_stop(t);
}

void timer_start(struct timer *t, uint64_t deadline)
{
	timer_stop(t);
	t->deadline = deadline;
	t->armed = true;
	list_add_tail(&timers, &t->link);
	fake.last_timer = t;
}

uint64_t time_now(void)
{
	return fake.now;
}

uint64_t time_freq(void)
{
	return FAKE_FREQ;
}

uint64_t time_wall_seconds(void)
{
	return fake.wall + fake.now / FAKE_FREQ;
}

static struct timer *first_due(uint64_t now)
{
	struct timer *first = NULL;

	list_for_each(it, &timers) {
		struct timer *t = list_entry(it, struct timer, link);

		if (t->deadline <= now && (!first || t->deadline < first->deadline))
			first = t;
	}
	return first;
}

void fake_pass(uint64_t ticks)
{
	uint64_t end = fake.now + ticks;
	unsigned int runs = 0;
	struct timer *t;

	while ((t = first_due(end))) {
		if (t->deadline > fake.now)
			fake.now = t->deadline;
		timer_stop(t);
		t->fn(t);
		assert_int_equal(fake.locks_held, 0);
		assert_true(++runs < 100000);
		if (fake.cost && fake.now > end)
			return;
	}
	fake.now = end;
}

unsigned int fake_timers(void)
{
	unsigned int n = 0;

	list_for_each(it, &timers)
		n++;
	return n;
}

/* --- guest memory --- */

static int where(uint64_t ipa, uint64_t size, bool write, uint8_t **at)
{
	uint64_t limit = write ? FAKE_RAM_SIZE : FAKE_RAM_SIZE + PAGE_SIZE, off = ipa - FAKE_RAM;

	fake.now += fake.cost;
	if (off > limit || size > limit - off)
		return E_FAULT;
	*at = fake.ram + off;
	return OK;
}

int guest_mem_read(struct partition *p, ipa_t ipa, void *dst, size_t size)
{
	uint8_t *at;

	assert_ptr_equal(p, &fake.part);
	if (fake.on_read)
		fake.on_read(ipa.a, size);
	fake.reads++;
	fake.read_bytes += size;
	if (where(ipa.a, size, false, &at))
		return E_FAULT;
	memcpy(dst, at, size);
	return OK;
}

int guest_mem_write(struct partition *p, ipa_t ipa, const void *src, size_t size)
{
	uint8_t *at;

	assert_ptr_equal(p, &fake.part);
	if (fake.on_write)
		fake.on_write(ipa.a, size);
	fake.writes++;
	if (where(ipa.a, size, true, &at))
		return E_FAULT;
	memcpy(at, src, size);
	return OK;
}

int guest_mem_load(struct partition *p, ipa_t ipa, unsigned int size, uint64_t *value)
{
	*value = 0;
	if (ipa.a % size)
		return E_INVAL;
	return guest_mem_read(p, ipa, value, size);
}

int guest_mem_store(struct partition *p, ipa_t ipa, unsigned int size, uint64_t value)
{
	if (ipa.a % size)
		return E_INVAL;
	return guest_mem_write(p, ipa, &value, size);
}

int guest_mem_load_image(struct partition *p, ipa_t ipa, const void *src, size_t size)
{
	return guest_mem_write(p, ipa, src, size);
}

void *fake_ram(uint64_t ipa)
{
	assert_true(ipa >= FAKE_RAM && ipa < FAKE_RO + PAGE_SIZE);
	return fake.ram + (ipa - FAKE_RAM);
}

void fake_poke(uint64_t ipa, unsigned int size, uint64_t value)
{
	memcpy(fake_ram(ipa), &value, size);
}

uint64_t fake_peek(uint64_t ipa, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, fake_ram(ipa), size);
	return value;
}

/* --- the partition --- */

static void set_level(struct partition *p, unsigned int intid, bool level)
{
	assert_ptr_equal(p, &fake.part);
	assert_true(intid < ARRAY_SIZE(fake.level));
	fake.irq_calls++;
	if (fake.level[intid] != level)
		fake.edges[intid]++;
	fake.level[intid] = level;
}

static const struct irqchip_ops irqchip = { .set_level = set_level };

int fake_setup(void **state UNUSED)
{
	memset(&fake, 0, sizeof(fake));
	list_init(&timers);
	fake.heap_left = -1;
	fake.wall = 1767225600; /* 2026-01-01 */
	fake.now = 5 * FAKE_FREQ;
	fake.part.irqchip = &irqchip;
	strcpy(fake.part.name, "guest");
	return 0;
}

int fake_teardown(void **state UNUSED)
{
	assert_int_equal(fake.locks_held, 0);
	assert_int_equal(fake.heap_count, 0);
	assert_int_equal(fake_timers(), 0);
	return 0;
}

enum mmio_result fake_access(uint64_t ipa, struct mmio_access *a)
{
	const struct mmio_region *r = mmio_find(&fake.part.mmio, IPA(ipa), a->size);
	enum mmio_result res;

	assert_non_null(r);
	a->offset = ipa - r->base;
	res = r->fn(r->dev, NULL, a);
	assert_int_equal(fake.locks_held, 0);
	return res;
}

uint64_t fake_read(uint64_t ipa, unsigned int size)
{
	struct mmio_access a = { .size = (uint8_t)size };

	assert_int_equal(fake_access(ipa, &a), MMIO_OK);
	return size == 8 ? a.value : a.value & (BIT(8 * size) - 1);
}

void fake_write(uint64_t ipa, unsigned int size, uint64_t value)
{
	struct mmio_access a = { .size = (uint8_t)size, .write = true, .value = value };

	assert_int_equal(fake_access(ipa, &a), MMIO_OK);
}

bool fake_faults(uint64_t ipa, unsigned int size, bool write)
{
	struct mmio_access a = { .size = (uint8_t)size, .write = write };

	return fake_access(ipa, &a) == MMIO_FAULT;
}

uint32_t fake_rand(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}
