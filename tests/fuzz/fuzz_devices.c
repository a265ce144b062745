/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dev/vpl011 and dev/vpl031: accesses of any offset and width, bytes that arrive, time that passes, resets; each
 * against a model with the registers of ARM DDI 0183 and DDI 0224. Compared: what each read gives, what was sent, the
 * interrupt line, and whether input is taken.
 */
#include "dev/fake.h"

#include "dev/vpl011.h"
#include "dev/vpl031.h"
#include "fuzz.h"

#define UART	 0x09000000u
#define RTC	 0x09010000u
#define UART_IRQ 33u
#define RTC_IRQ	 34u
#define STEPS	 200u

static struct vpl011 *uart;
static struct vpl031 *rtc;
static uint8_t sent; /* the last byte, and how many */
static unsigned int nr_sent, nr_space;

/* --- PL011 --- */

static struct {
	uint16_t fifo[32];
	unsigned int n, nr_sent, nr_space;
	uint8_t sent;
	bool lost, refused;
	uint32_t rsr, ris, imsc, lcr, cr, ifls, ilpr, ibrd, fbrd, dmacr;
} u;

enum { RX = 1 << 4, TX = 1 << 5, RT = 1 << 6, OE = 1 << 10, LBE = 1 << 7, FEN = 1 << 4 };

static void uart_model_reset(void)
{
	unsigned int was_sent = u.nr_sent, was_space = u.nr_space;
	uint8_t last = u.sent;
	bool refused = u.refused;

	memset(&u, 0, sizeof(u));
	u.sent = last;
	u.nr_sent = was_sent;
	u.nr_space = was_space;
	u.refused = refused;
	u.cr = 0x300;
	u.ifls = 0x12;
}

static unsigned int depth(void)
{
	return u.lcr & FEN ? 32 : 1;
}

static unsigned int level(void)
{
	static const unsigned int eighths[] = { 1, 2, 4, 6, 7, 7, 7, 7 };

	return u.lcr & FEN ? eighths[u.ifls >> 3 & 7] * 4 : 1;
}

/* 2.8: RX at the level, RT for what is left below it. */
static void rx_changed(bool rising)
{
	if (u.n < level())
		u.ris &= ~(uint32_t)RX;
	else if (rising)
		u.ris |= RX;
	if (!u.n)
		u.ris &= ~(uint32_t)RT;
	else if ((u.lcr & FEN) && u.n < level())
		u.ris |= RT;
}

static void rx_push(uint8_t c)
{
	u.fifo[u.n++] = (uint16_t)(c | (u.lost ? 0x800 : 0));
	u.lost = false;
	rx_changed(true);
}

static bool uart_takes(uint8_t c)
{
	if ((u.cr & LBE) || u.n >= depth()) {
		u.refused = true;
		return false;
	}
	rx_push(c);
	return true;
}

static uint32_t rx_pop(void)
{
	uint32_t c = u.fifo[0];

	if (!u.n)
		return 0;
	memmove(u.fifo, u.fifo + 1, sizeof(u.fifo) - sizeof(u.fifo[0]));
	u.n--;
	u.rsr |= c >> 8;
	rx_changed(false);
	return c;
}

static void tx(uint8_t c)
{
	u.ris |= TX;
	if (!(u.cr & LBE)) {
		u.sent = c;
		u.nr_sent++;
	} else if (u.n < depth()) {
		rx_push(c);
	} else {
		u.lost = true;
		u.rsr |= 8;
		u.ris |= OE;
	}
}

static uint32_t uart_flags(void)
{
	uint32_t fr = 0x80 | (u.n ? 0 : 0x10) | (u.n >= depth() ? 0x40 : 0);

	if (u.cr & LBE) /* RTS to CTS, DTR to DSR, Out1 to DCD, Out2 to RI */
		fr |= (u.cr >> 11 & 1) | (u.cr >> 10 & 1) << 1 | (u.cr >> 12 & 1) << 2 | (u.cr >> 13 & 1) << 8;
	return fr;
}

static uint32_t uart_read(uint32_t off)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	switch (off) {
	case 0x00:
		return rx_pop();
	case 0x04:
		return u.rsr;
	case 0x18:
		return uart_flags();
	case 0x20:
		return u.ilpr;
	case 0x24:
		return u.ibrd;
	case 0x28:
		return u.fbrd;
	case 0x2c:
		return u.lcr;
	case 0x30:
		return u.cr;
	case 0x34:
		return u.ifls;
	case 0x38:
		return u.imsc;
	case 0x3c:
		return u.ris;
	case 0x40:
		return u.ris & u.imsc;
	case 0x48:
		return u.dmacr;
	default:
		return off >= 0xfe0 ? id[(off - 0xfe0) / 4] : 0;
	}
}

static void uart_write(uint32_t off, uint32_t v)
{
	switch (off) {
	case 0x00:
		tx((uint8_t)v);
		break;
	case 0x04:
		u.rsr = 0;
		break;
	case 0x20:
		u.ilpr = v & 0xff;
		break;
	case 0x24:
		u.ibrd = v & 0xffff;
		break;
	case 0x28:
		u.fbrd = v & 0x3f;
		break;
	case 0x2c:
		u.lcr = v & 0xff;
		rx_changed(true);
		break;
	case 0x30:
		u.cr = v & 0xff87; /* 6:3 are reserved */
		break;
	case 0x34:
		u.ifls = v & 0x3f;
		rx_changed(true);
		break;
	case 0x38:
		u.imsc = v & 0x7ff;
		break;
	case 0x44:
		u.ris &= ~v;
		break;
	case 0x48:
		u.dmacr = v & 7;
		break;
	default:
		break;
	}
}

/* Who kept a byte hears of the space at the guest's next access; reading FR alone makes none. */
static void uart_space(void)
{
	if (u.refused && !(u.cr & LBE) && u.n < depth()) {
		u.refused = false;
		u.nr_space++;
	}
}

/* --- PL031 --- */

static struct {
	uint32_t shift, mr, lr;
	bool imsc, ris, waiting;
	uint64_t due; /* seconds of the wall */
} r;

static uint64_t wall(void)
{
	return fake.wall + fake.now / FAKE_FREQ;
}

static void rtc_match(void)
{
	uint32_t left = r.mr - ((uint32_t)wall() + r.shift);

	r.waiting = left;
	r.due = wall() + left;
	r.ris = r.ris || !left;
}

static uint32_t rtc_read(uint32_t off)
{
	static const uint8_t id[] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	switch (off) {
	case 0x00:
		return (uint32_t)wall() + r.shift;
	case 0x04:
		return r.mr;
	case 0x08:
		return r.lr;
	case 0x0c:
		return 1;
	case 0x10:
		return r.imsc;
	case 0x14:
		return r.ris;
	case 0x18:
		return r.ris && r.imsc;
	default:
		return off >= 0xfe0 ? id[(off - 0xfe0) / 4] : 0;
	}
}

static void rtc_write(uint32_t off, uint32_t v)
{
	if (off == 0x04) {
		r.mr = v;
		rtc_match();
	} else if (off == 0x08) {
		r.lr = v;
		r.shift = v - (uint32_t)wall();
		rtc_match();
	} else if (off == 0x10) {
		r.imsc = v & 1;
	} else if (off == 0x1c && (v & 1)) {
		r.ris = false;
	}
}

/* Within the second of the match it may have gone off or not. */
static void rtc_passed(void)
{
	bool ris = fake_read(RTC + 0x14, 4);

	if (r.waiting && wall() >= r.due) {
		if (wall() > r.due)
			MUST(ris);
		r.ris = r.ris || ris;
		r.waiting = !ris;
	}
	MUST_EQ(ris, r.ris);
}

/* --- Steps --- */

static void uart_out(void *ctx UNUSED, uint8_t c)
{
	sent = c;
	nr_sent++;
}

static void on_space(void *ctx UNUSED)
{
	nr_space++;
}

static uint32_t any_offset(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f);

	return kind < 200 ? kind % 20 * 4 : kind < 210 ? 0xfe0 + kind % 8 * 4 : fuzz_u16(f) % 0x1000;
}

static void step_access(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f);
	bool is_rtc = how & 1, ok;
	struct mmio_access a = { .size = (uint8_t)(how & 2 ? 1 << (how >> 2 & 3) : 4), .write = how & 0x10 };
	uint32_t off = any_offset(f) & ~(a.size - 1u), want = 0, shift = (off & 3) * 8;

	if (a.write)
		a.value = fuzz_int(f, how & 0x20 ? a.size : 1);
	if (a.write && is_rtc && (how & 0x40)) /* soon, or just now */
		a.value = (uint32_t)(rtc_read(0) + (uint32_t)(int32_t)(int8_t)a.value);
	ok = a.size <= 4;
	if (ok && a.write && is_rtc)
		rtc_write(off, (uint32_t)a.value);
	else if (ok && a.write && !shift)
		uart_write(off, (uint32_t)a.value);
	else if (ok && !a.write)
		want = (is_rtc ? rtc_read(off & ~3u) : uart_read(off & ~3u)) >> shift;
	if (ok && !is_rtc && (a.write || off != 0x18))
		uart_space();
	MUST_EQ(fake_access((is_rtc ? RTC : UART) + off, &a), ok ? MMIO_OK : MMIO_FAULT);
	if (ok && !a.write)
		MUST_EQ(a.value & (BIT(8 * a.size) - 1), want & (BIT(8 * a.size) - 1));
}

static void step_input(struct fuzz *f)
{
	uint8_t n = fuzz_u8(f), c = fuzz_u8(f);

	for (unsigned int i = 0; i < n % 40u; i++)
		MUST_EQ(vpl011_rx(uart, (uint8_t)(c + i)), uart_takes((uint8_t)(c + i)));
}

static void step_other(struct fuzz *f)
{
	unsigned int how = fuzz_u8(f);

	if (how < 200) {
		fake_pass(how < 150 ? fuzz_u16(f) : fuzz_int(f, 5));
		rtc_passed();
	} else if (how < 228) {
		vpl011_reset(uart);
		uart_model_reset();
	} else {
		vpl031_reset(rtc);
		r.waiting = r.imsc = r.ris = false;
		r.mr = 0;
	}
}

static void check(void)
{
	MUST_EQ(fake.level[UART_IRQ], (u.ris & u.imsc) != 0);
	MUST_EQ(fake.level[RTC_IRQ], r.ris && r.imsc);
	MUST_EQ(nr_sent, u.nr_sent);
	MUST_EQ(nr_space, u.nr_space);
	if (nr_sent)
		MUST_EQ(sent, u.sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const step[])(struct fuzz * f) = { step_access, step_access, step_access, step_input,
							 step_other };
	const struct chardev_sink sink = { uart_out, NULL };
	struct fuzz f = fuzz_open(data, size);

	fake_setup(NULL);
	nr_sent = nr_space = 0;
	memset(&u, 0, sizeof(u));
	memset(&r, 0, sizeof(r));
	uart_model_reset();
	MUST_EQ(vpl011_create(&fake.part, IPA(UART), UART_IRQ, sink, &uart), OK);
	MUST_EQ(vpl031_create(&fake.part, IPA(RTC), RTC_IRQ, &rtc), OK);
	vpl011_on_space(uart, on_space, NULL);
	for (unsigned int n = 0; n < STEPS && fuzz_more(&f); n++) {
		step[fuzz_below(&f, ARRAY_SIZE(step))](&f);
		check();
	}
	vpl011_destroy(uart);
	vpl031_destroy(rtc);
	fake_teardown(NULL);
	return 0;
}
