/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Four cores at once, a thread each with its own list registers, under ThreadSanitizer too (make check-tsan): SGIs and
 * device interrupts among four vCPUs, while they are enabled, disabled, routed elsewhere and read by all. In the end
 * none is lost: whatever was sent has been seen by a handler that began after it was sent.
 */
#include <pthread.h>

#include "world.h"

#include "arch/host.h"
#include "core/percpu.h"

#define THREADS 4u
#define SPIS	8u
#define SGIS	4u
#define ROUNDS	3000u

static struct percpu cpus[THREADS];
static uint32_t sent[THREADS][SGIS], seen[THREADS][SGIS];
static uint32_t device[SPIS]; /* 1: wants attention */
static pthread_mutex_t device_lock[SPIS];
static pthread_barrier_t barrier;
static uint32_t handled;

/* core/sched.h has a name that pthread.h has as well. Everybody looks all the time. */
void sched_wake(struct vcpu *v);
void sched_kick(struct vcpu *v);

void sched_wake(struct vcpu *v)
{
	(void)v;
}

void sched_kick(struct vcpu *v)
{
	(void)v;
}

static void access(struct vcpu *v, uint64_t ipa, unsigned int size, bool write, uint64_t *value)
{
	const struct mmio_region *r = mmio_find(&v->part->mmio, IPA(ipa), size);
	struct mmio_access a = { .offset = ipa - r->base, .value = *value, .size = (uint8_t)size, .write = write };

	if (r->fn(r->dev, v, &a) != MMIO_OK)
		abort();
	*value = a.value;
}

static void put(struct vcpu *v, uint64_t ipa, unsigned int size, uint64_t value)
{
	access(v, ipa, size, true, &value);
}

static uint64_t get(struct vcpu *v, uint64_t ipa)
{
	uint64_t value = 0;

	access(v, ipa, 4, false, &value);
	return value;
}

/* The device has something, or its handler has taken it. */
static void device_set(unsigned int i, uint32_t wants)
{
	pthread_mutex_lock(&device_lock[i]);
	device[i] = wants;
	vgic_set_level(&world.vm[0], SPI0 + i, wants);
	pthread_mutex_unlock(&device_lock[i]);
}

static void handle(struct vcpu *v, unsigned int intid)
{
	__atomic_add_fetch(&handled, 1, __ATOMIC_RELAXED);
	if (intid < SGIS)
		__atomic_store_n(&seen[v->index][intid], __atomic_load_n(&sent[v->index][intid], __ATOMIC_SEQ_CST),
				 __ATOMIC_RELAXED);
	else if (intid >= SPI0 && intid < SPI0 + SPIS)
		device_set(intid - SPI0, 0);
	else
		abort();
}

static bool maintenance(void)
{
	bool pending = false, eoi = false;

	for (unsigned int i = 0; i < ich_lr_count(); i++) {
		uint64_t lr = ich_lr_read(i);

		pending |= (lr & ICH_LR_STATE) == ICH_LR_PENDING;
		eoi |= !(lr & (ICH_LR_STATE | ICH_LR_HW)) && (lr & ICH_LR_EOI);
	}
	return eoi || ((ich_hcr_read() & ICH_HCR_NPIE) && !pending) || ICH_HCR_EOICOUNT(ich_hcr_read());
}

/* A round trip through the guest: take one interrupt, if there is one. */
static void enter(struct vcpu *v)
{
	if (maintenance())
		vgic_maintenance(v);
	if (vgic_needs_flush(v))
		vgic_flush(v);
	for (unsigned int i = 0; i < ich_lr_count(); i++) {
		uint64_t lr = ich_lr_read(i);

		if ((lr & ICH_LR_STATE) != ICH_LR_PENDING)
			continue;
		ich_lr_write(i, lr ^ ICH_LR_STATE);
		handle(v, (unsigned int)(lr & ICH_LR_VINTID_MASK));
		/* The handler may have exited, and its interrupt may be elsewhere by now, or marked pending again. */
		for (i = 0; i < ich_lr_count(); i++) {
			uint64_t now = ich_lr_read(i);

			if ((now & ICH_LR_ACTIVE) && (uint32_t)now == (uint32_t)lr) {
				ich_lr_write(i, now & ~ICH_LR_ACTIVE);
				return;
			}
		}
		ich_hcr_write(ich_hcr_read() + BIT(27));
		return;
	}
}

static void send_sgi(struct vcpu *v, uint32_t r)
{
	unsigned int to = r % THREADS, intid = r / 8 % SGIS;

	__atomic_add_fetch(&sent[to][intid], 1, __ATOMIC_SEQ_CST);
	vgic_sgi(v, (uint64_t)intid << 24 | BIT(to), 1);
}

static void disturb(struct vcpu *v, uint32_t r)
{
	uint64_t sgi = GICR + (r >> 8) % THREADS * 0x20000u + 0x10000u;
	uint32_t spi = SPI0 + (r >> 8) % SPIS;

	switch (r % 8) {
	case 0:
		put(v, GICD + IROUTER + spi * 8, 8, (r >> 16) % THREADS);
		break;
	case 1:
		put(v, GICD + ICENABLER + 4, 4, BIT(spi % 32));
		put(v, GICD + ISENABLER + 4, 4, BIT(spi % 32));
		break;
	case 2:
		put(v, sgi + ICENABLER, 4, BIT((r >> 16) % SGIS));
		put(v, sgi + ISENABLER, 4, BIT((r >> 16) % SGIS));
		break;
	case 3:
		get(v, GICD + ISPENDR + 4);
		get(v, sgi + ISPENDR);
		break;
	case 4:
		get(v, GICD + ISACTIVER + 4);
		get(v, sgi + ISACTIVER);
		break;
	case 5:
		put(v, GICD + IPRIORITYR + spi, 1, r >> 16 & 0xff);
		break;
	case 6:
		get(v, GICD + CTLR);
		break;
	default:
		vgic_save(v);
		vgic_load(v);
	}
}

static void *core_main(void *arg)
{
	struct vcpu *v = arg;
	uint64_t seed = v->index + 1;

	arch_this_cpu_set(&cpus[v->index]);
	vgic_load(v);
	pthread_barrier_wait(&barrier);
	for (unsigned int n = 0; n < ROUNDS; n++) {
		uint32_t r;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		r = (uint32_t)(seed >> 32);
		if (r % 4 == 0)
			send_sgi(v, r >> 2);
		else if (r % 4 == 1)
			device_set(r / 4 % SPIS, 1);
		else if (r % 4 == 2)
			disturb(v, r >> 2);
		enter(v);
	}
	/* Nobody sends any more; a few rounds for what is on its way, which each may still pass on. */
	for (unsigned int n = 0; n < 50; n++) {
		pthread_barrier_wait(&barrier);
		for (unsigned int i = 0; i < 20; i++)
			enter(v);
	}
	pthread_barrier_wait(&barrier);
	vgic_save(v);
	return NULL;
}

static void test_none_lost(void **state)
{
	pthread_t thread[THREADS];

	(void)state;
	world_make(THREADS, 4);
	for (unsigned int i = 0; i < THREADS; i++) {
		unload(vcpu(i));
		sgi_write(vcpu(i), ISENABLER, (1u << SGIS) - 1);
		vcpu(i)->state = VCPU_RUNNING;
	}
	gicd_write(vcpu(0), ISENABLER + 4, (1u << SPIS) - 1);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (unsigned int i = 0; i < SPIS; i++)
		pthread_mutex_init(&device_lock[i], NULL);
	for (unsigned int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, core_main, vcpu(i)), 0);
	for (unsigned int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (unsigned int i = 0; i < THREADS; i++) {
		for (unsigned int k = 0; k < SGIS; k++)
			assert_int_equal(seen[i][k], sent[i][k]);
	}
	for (unsigned int i = 0; i < SPIS; i++)
		assert_int_equal(device[i], 0);
	assert_true(handled > ROUNDS / 10);
	world_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_lost),
	};

	return cmocka_run_group_tests_name("vgic/threads", tests, NULL, NULL);
}
