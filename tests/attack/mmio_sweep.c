/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest A, sweeps: every offset of every emulated device at each width, read and written, and the
 * addresses around them.
 *
 * What is asked: an access that a device takes goes on quietly, what it does not take is an external abort with its
 * address; reserved offsets read as zero; afterwards the devices work. Which widths a device takes: PL011 and PL031 up
 * to 32 bits, virtio-mmio's registers 32 bits alone (virtio 1.2, 4.2.2.2), its configuration space all, GICD and GICR
 * all (IHI 0069 12.1.3: what is not allowed reads as zero and is not written).
 *
 * While devices are full of patterns nothing may be printed: what is wrong is noted first, and said when they are back.
 */
#include "abi/virtio_mmio.h"
#include "mmio.h"

#define UART_DR	  (UART + 0x00)
#define UART_FR	  (UART + 0x18)
#define UART_LCRH (UART + 0x2c)
#define UART_CR	  (UART + 0x30)
#define UART_IFLS (UART + 0x34)
#define UART_IMSC (UART + 0x38)
#define UART_ICR  (UART + 0x44)
#define UART_DMA  (UART + 0x48)
#define FR_RXFE	  BIT(4)
#define CR_LOOP	  0x381
#define CR_ON	  0x301

#define RTC_DR	 (RTC + 0x00)
#define RTC_MR	 (RTC + 0x04)
#define RTC_LR	 (RTC + 0x08)
#define RTC_IMSC (RTC + 0x10)
#define RTC_ICR	 (RTC + 0x1c)

#define SPIS	    64
#define REDIST_SIZE 0x20000

struct range {
	uint32_t start, len;
};

struct device {
	const char *name;
	uint64_t base, size;
	bool (*takes)(uint64_t off, unsigned int size);
	const struct range *known; /* may read as other than 0; ends with len 0 */
};

static bool takes_all(uint64_t off UNUSED, unsigned int size UNUSED)
{
	return true;
}

static bool takes_words(uint64_t off UNUSED, unsigned int size)
{
	return size <= 4;
}

static bool takes_virtio(uint64_t off, unsigned int size)
{
	return off >= VIRTIO_MMIO_CONFIG || size == 4;
}

/* IHI 0069 12.8: the distributor's registers. */
static const struct range gicd_known[] = { { 0, 0x14 }, { 0x80, 0xc80 }, { 0x6100, 0x1ee0 }, { 0xffd0, 0x30 }, { 0 } };
/* 12.10: RD_base, then SGI_base. */
static const struct range gicr_known[] = { { 0, 0x18 },	   { 0x70, 0x10 },    { 0xffd0, 0x30 },
					   { 0x10080, 4 }, { 0x10100, 4 },    { 0x10180, 4 },
					   { 0x10200, 4 }, { 0x10280, 4 },    { 0x10300, 4 },
					   { 0x10380, 4 }, { 0x10400, 0x20 }, { 0x10c00, 8 },
					   { 0x10d00, 4 }, { 0x10e00, 4 },    { 0 } };
/* DDI 0183 3.2; DDI 0224 3.2; virtio 1.2 4.2.2. */
static const struct range uart_known[] = { { 0, 8 }, { 0x18, 4 }, { 0x20, 0x2c }, { 0xfe0, 0x20 }, { 0 } };
static const struct range rtc_known[] = { { 0, 0x1c }, { 0xfe0, 0x20 }, { 0 } };
static const struct range virtio_known[] = { { 0, 0x14 },    { 0x34, 4 }, { 0x44, 4 },	    { 0x60, 4 }, { 0x70, 4 },
					     { 0xb0, 0x10 }, { 0xfc, 4 }, { 0x100, 0x100 }, { 0 } };

static struct device devices[5 + CPUS_MAX] = {
	{ "GICD", GICD, 0x10000, takes_all, gicd_known },
	{ "PL011", UART, 0x1000, takes_words, uart_known },
	{ "PL031", RTC, 0x1000, takes_words, rtc_known },
	{ "virtio-blk", VIRTIO(0), 0x1000, takes_virtio, virtio_known },
	{ "virtio-rng", VIRTIO(2), 0x1000, takes_virtio, virtio_known },
};
static unsigned int nr_devices = 5;

/* The redistributors: as many as there are vCPUs. */
static void list_devices(void)
{
	while (nr_devices < 5 + attack_cpus) {
		devices[nr_devices] =
			(struct device){ "GICR", GICR(nr_devices - 5), REDIST_SIZE, takes_all, gicr_known };
		nr_devices++;
	}
}

/* --- one access --- */

struct sweep {
	uint64_t accesses, aborts, wrong;
	uint64_t where, what; /* the first that was wrong; its width, and 0x100 a write */
};

static uint64_t read_at(uint64_t at, unsigned int size)
{
	if (size == 1)
		return io8(at);
	if (size == 2)
		return io16(at);
	return size == 4 ? io32_r(at) : io64_r(at);
}

static void write_at(uint64_t at, unsigned int size, uint64_t v)
{
	if (size == 1)
		io8(at) = (uint8_t)v;
	else if (size == 2)
		io16(at) = (uint16_t)v;
	else if (size == 4)
		io32_w(at, v);
	else
		io64_w(at, v);
}

static void wrong(struct sweep *s, uint64_t at, uint64_t what)
{
	if (s->wrong++)
		return;
	s->where = at;
	s->what = what;
}

/* Was that access of this vCPU as it should be: one external abort of its address, or none? */
static void judge(struct sweep *s, uint64_t at, uint64_t what, uint64_t before, bool taken)
{
	uint64_t n = SEEN.count - before;

	s->accesses++;
	s->aborts += n;
	if (taken && !n)
		return;
	if (taken || n != 1 || SEEN_EC != EC_DABT_SAME || (SEEN.esr & 0x3f) != FSC_EXTERNAL || SEEN.far != at ||
	    !(SEEN.esr & BIT(6)) != !(what & 0x100))
		wrong(s, at, what);
}

static void report(const struct sweep *s, const char *name)
{
	attack_note("%s: %llu accesses, %llu aborts", name, (unsigned long long)s->accesses,
		    (unsigned long long)s->aborts);
	if (s->wrong)
		attack_fail_at(__FILE_NAME__, __LINE__, name, s->what, s->wrong, s->where);
}

/* --- reads --- */

static bool is_known(const struct device *d, uint64_t off, unsigned int size)
{
	for (const struct range *r = d->known; r->len; r++)
		if (off + size > r->start && off < r->start + r->len)
			return true;
	return false;
}

static void read_device(const struct device *d, struct sweep *s)
{
	for (unsigned int size = 1; size <= 8; size *= 2)
		for (uint64_t off = 0; off < d->size; off += size) {
			uint64_t before = SEEN.count, v = read_at(d->base + off, size);

			judge(s, d->base + off, size, before, d->takes(off, size));
			if (d->takes(off, size) && v && !is_known(d, off, size))
				wrong(s, d->base + off, size);
		}
}

void mmio_reads(void)
{
	list_devices();
	for (unsigned int i = 0; i < nr_devices; i++) {
		struct sweep s = { 0 };

		read_device(&devices[i], &s);
		report(&s, devices[i].name);
	}
}

/* --- writes --- */

/* One of three patterns, or any number. */
static uint64_t pattern(uint64_t *state)
{
	static const uint64_t patterns[] = { UINT64_MAX, 0xa5a5a5a55a5a5a5a, 0 };
	uint64_t r = attack_random(state);

	return r >> 62 < ARRAY_SIZE(patterns) ? patterns[r >> 62] : attack_random(state);
}

static void write_range(const struct device *d, uint64_t from, uint64_t to, uint64_t *state, struct sweep *s)
{
	for (unsigned int size = 1; size <= 8; size *= 2)
		for (uint64_t off = from; off < to; off += size) {
			uint64_t before = SEEN.count;

			write_at(d->base + off, size, pattern(state));
			judge(s, d->base + off, size | 0x100, before, d->takes(off, size));
		}
}

static void calm_uart(void)
{
	io32_w(UART_IMSC, 0);
	io32_w(UART_ICR, 0x7ff);
	io32_w(UART_IFLS, 0x12);
	io32_w(UART_DMA, 0);
	io32_w(UART_LCRH, 0x70);
	io32_w(UART_CR, CR_ON);
}

static void calm_rtc(uint32_t now)
{
	io32_w(RTC_LR, now);
	io32_w(RTC_MR, now - 1);
	io32_w(RTC_IMSC, 0);
	io32_w(RTC_ICR, 1);
}

static void calm_virtio(void)
{
	for (unsigned int slot = 0; slot < 3; slot++)
		io32_w(VIRTIO(slot) + VIRTIO_MMIO_STATUS, 0);
}

/* All but DR and CR; then CR, while DR is left alone; then DR, in loopback, so that nothing is said. */
static void write_uart(const struct device *d, uint64_t *state, struct sweep *s)
{
	write_range(d, 0x08, 0x30, state, s);
	write_range(d, 0x38, 0x1000, state, s);
	write_range(d, 0x30, 0x38, state, s);
	io32_w(UART_CR, CR_LOOP);
	write_range(d, 0x00, 0x08, state, s);
	for (unsigned int i = 0; i < 64 && !(io32_r(UART_FR) & FR_RXFE); i++)
		(void)io32_r(UART_DR);
	calm_uart();
}

static void write_rtc(const struct device *d, uint64_t *state, struct sweep *s)
{
	uint32_t now = io32_r(RTC_DR);

	write_range(d, 0, d->size, state, s);
	calm_rtc(now);
}

static void calm_redistributor(unsigned int cpu)
{
	uint64_t sgi = GICR_SGI(cpu);

	io32_w(sgi + 0x180, 0xffffffff);
	io32_w(sgi + 0x280, 0xffffffff);
	io32_w(sgi + 0x380, 0xffffffff);
	io32_w(sgi + 0x80, 0xffffffff);
	io64_w(sgi + 0xc00, 0);
	for (unsigned int i = 0; i < 32; i += 4)
		io32_w(sgi + 0x400 + i, 0x80808080);
	io32_w(GICR(cpu) + 0x14, 0);
}

static void calm_gic(void)
{
	io32_w(GICD, 0);
	for (unsigned int n = 1; n <= SPIS / 32; n++) {
		io32_w(GICD + 0x180 + n * 4, 0xffffffff);
		io32_w(GICD + 0x280 + n * 4, 0xffffffff);
		io32_w(GICD + 0x380 + n * 4, 0xffffffff);
	}
	for (unsigned int i = 32; i < 32 + SPIS; i++) {
		io32_w(GICD + 0xc00 + i / 16 * 4, 0);
		io32_w(GICD + 0x48, i); /* CLRSPI_NSR */
		io8(GICD + 0x400 + i) = 0x80;
		io64_w(GICD + 0x6000 + i * 8ul, 0);
	}
	for (unsigned int i = 0; i < attack_cpus; i++)
		calm_redistributor(i);
}

void mmio_writes(void)
{
	uint64_t state = attack_seed(0);

	list_devices();
	for (unsigned int i = 0; i < nr_devices; i++) {
		const struct device *d = &devices[i];
		struct sweep s = { 0 };

		if (d->base == UART)
			write_uart(d, &state, &s);
		else if (d->base == RTC)
			write_rtc(d, &state, &s);
		else
			write_range(d, 0, d->size, &state, &s);
		report(&s, d->name);
	}
	calm_virtio();
	calm_gic();
}

/* The timer's interrupt is a level: quiet it, or it comes for ever. */
static void quiet_timer(unsigned int intid)
{
	if (intid == INTID_VTIMER)
		sysreg_write(CNTV_CTL_EL0, 0);
}

/* --- all at once --- */

/* Where a random access is kept from: what the UART says, and whether it says it. */
static bool is_spared(uint64_t at)
{
	return at - UART < 8 || (at & ~7ul) == UART_CR;
}

static void random_walk(void)
{
	uint64_t state = attack_seed(cpu_id() + 2), n = attack_arg("walk", 50000);

	for (uint64_t i = 0; i < n; i++) {
		uint64_t r = attack_random(&state), before = SEEN.count;
		const struct device *d = &devices[r % nr_devices];
		unsigned int size = 1u << (r >> 8 & 3);
		uint64_t off = (r >> 16) % d->size & ~(uint64_t)(size - 1);

		if (is_spared(d->base + off))
			continue;
		if (r >> 63)
			write_at(d->base + off, size, attack_random(&state));
		else
			(void)read_at(d->base + off, size);
		A_EQ_AT(SEEN.count - before, !d->takes(off, size), d->base + off);
	}
}

void mmio_all_at_once(void)
{
	uint32_t now = io32_r(RTC_DR);

	list_devices();
	attack_everywhere(random_walk);
	calm_uart();
	calm_rtc(now);
	calm_virtio();
	calm_gic();
}

/* After all that each device does what it is for. */
void mmio_devices_work(void)
{
	uint32_t sgis = IRQS(3), ticks = IRQS(INTID_VTIMER), now = io32_r(RTC_DR);

	gic_init();
	gic_enable(3);
	gic_enable(INTID_VTIMER);
	attack_on_irq = quiet_timer;
	irq_on();
	gic_sgi(3, 1);
	A_WAIT(IRQS(3) == sgis + 1);
	sysreg_write(CNTV_CVAL_EL0, counter() + ms_ticks(5));
	sysreg_write(CNTV_CTL_EL0, 1);
	A_WAIT(IRQS(INTID_VTIMER) == ticks + 1);
	irq_off();
	attack_on_irq = NULL;
	A_CHECK(io32_r(RTC_DR) - now < 60);
	for (unsigned int slot = 0; slot < 3; slot++) {
		A_EQ(io32_r(VIRTIO(slot) + VIRTIO_MMIO_MAGIC_VALUE), VIRTIO_MMIO_MAGIC);
		A_EQ(io32_r(VIRTIO(slot) + VIRTIO_MMIO_STATUS), 0);
		A_EQ(io32_r(VIRTIO(slot) + VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	}
	gic_disable(3);
	gic_disable(INTID_VTIMER);
}

/* --- unaligned --- */

#define WINDOW 0x8010000000ul

/* Two pages from page on at WINDOW: each access that is not aligned, also over the end of the first page. */
static void unaligned_page(uint64_t page, uint64_t attr, struct sweep *s)
{
	attack_map(WINDOW, page | attr | DESC_PAGE | DESC_XN);
	attack_map(WINDOW + 0x1000, (page + 0x1000) | attr | DESC_PAGE | DESC_XN);
	for (unsigned int size = 2; size <= 8; size *= 2)
		for (uint64_t off = 0; off < 0x1000; off++) {
			uint64_t before = SEEN.count;

			if (!(off & (size - 1)))
				continue;
			(void)read_at(WINDOW + off, size);
			write_at(WINDOW + off, size, 0);
			s->accesses += 2;
			s->aborts += SEEN.count - before;
			if (SEEN.count != before + 2 || SEEN_EC != EC_DABT_SAME ||
			    (SEEN.far != WINDOW + off && SEEN.far != WINDOW + 0x1000))
				wrong(s, page + off, size);
			if ((SEEN.esr & 0x3f) != FSC_EXTERNAL && (SEEN.esr & 0x3f) != FSC_ALIGNMENT)
				wrong(s, page + off, SEEN.esr);
		}
}

void mmio_unaligned(void)
{
	static const uint64_t pages[] = {
		GICD, GICD + 0x6000, GICD + 0xf000, UART, RTC, VIRTIO(0), VIRTIO(2), NOWHERE
	};
	struct sweep normal = { 0 }, device = { 0 };

	attack_mmu_on();
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		unaligned_page(pages[i], ATTR_NORMAL, &normal);
		unaligned_page(pages[i], ATTR_DEVICE, &device);
	}
	for (unsigned int i = 0; i < attack_cpus; i++) {
		unaligned_page(GICR(i), ATTR_NORMAL, &normal);
		unaligned_page(GICR_SGI(i), ATTR_NORMAL, &normal);
	}
	attack_mmu_off();
	report(&normal, "as Normal");
	report(&device, "as Device");
}

/* --- what is not there --- */

static bool is_backed(uint64_t at)
{
	if (at >= RAM && at < attack_ram_end)
		return true;
	if (at >= VIRTIO(0) && at < VIRTIO(3))
		return true;
	for (unsigned int i = 0; i < nr_devices; i++)
		if (at - devices[i].base < devices[i].size)
			return true;
	return false;
}

static void probe(uint64_t at, struct sweep *s)
{
	for (unsigned int size = 1; size <= 8; size *= 2) {
		uint64_t before = SEEN.count;

		if (is_backed(at) || (at & (size - 1)))
			continue;
		(void)read_at(at, size);
		judge(s, at, size, before, false);
		before = SEEN.count;
		write_at(at, size, UINT64_MAX);
		judge(s, at, size | 0x100, before, false);
	}
}

static void probe_around(uint64_t at, struct sweep *s)
{
	static const int64_t around[] = { -0x10000, -0x1000, -8, -1, 0, 1, 8, 0xff8, 0x1000, 0xfff8 };

	for (unsigned int i = 0; i < ARRAY_SIZE(around); i++)
		if (around[i] >= 0 || at >= 0x10000)
			probe(at + (uint64_t)around[i], s);
}

void mmio_holes(void)
{
	struct sweep s = { 0 };

	list_devices();
	for (unsigned int i = 0; i < nr_devices; i++) {
		probe_around(devices[i].base, &s);
		probe_around(devices[i].base + devices[i].size, &s);
	}
	for (unsigned int i = 0; i <= VIRTIO_SLOTS; i++)
		probe_around(VIRTIO(i), &s);
	probe_around(RAM, &s);
	probe_around(attack_ram_end, &s);
	/* Each 2 MiB of the lower GiB, each power of two above it, the last bytes of what stage 2 translates. */
	for (uint64_t at = 0; at < RAM; at += BLOCK_SIZE)
		probe(at, &s);
	for (unsigned int bit = 31; bit < IPA_BITS; bit++)
		probe_around(BIT(bit), &s);
	probe(BIT(IPA_BITS) - 8, &s);
	probe(BIT(IPA_BITS) - 1, &s);
	report(&s, "holes");
}
