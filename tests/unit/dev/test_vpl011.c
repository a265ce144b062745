/* SPDX-License-Identifier: BSD-3-Clause */
/* dev/vpl011 against ARM DDI 0183: registers, FIFOs, interrupts, every offset and width. */
#include "fake.h"

#include "dev/vpl011.h"

#define BASE  0x09000000u
#define INTID 33u

enum {
	DR = 0x00,
	RSR = 0x04,
	FR = 0x18,
	ILPR = 0x20,
	IBRD = 0x24,
	FBRD = 0x28,
	LCR_H = 0x2c,
	CR = 0x30,
	IFLS = 0x34,
	IMSC = 0x38,
	RIS = 0x3c,
	MIS = 0x40,
	ICR = 0x44,
	DMACR = 0x48,
	RX = 1 << 4,
	TX = 1 << 5,
	RT = 1 << 6,
	OE = 1 << 10,
	FEN = 1 << 4,
	LBE = 1 << 7,
};

static struct vpl011 *uart;
static uint8_t sent[4096];
static unsigned int nr_sent, spaces;

static void uart_out(void *ctx, uint8_t c)
{
	assert_ptr_equal(ctx, &nr_sent);
	assert_int_equal(fake.locks_held, 1); /* the order of two vCPUs' bytes */
	sent[nr_sent++ % sizeof(sent)] = c;
}

static int setup(void **state)
{
	const struct chardev_sink sink = { uart_out, &nr_sent };

	fake_setup(state);
	nr_sent = spaces = 0;
	assert_int_equal(vpl011_create(&fake.part, IPA(BASE), INTID, sink, &uart), OK);
	return 0;
}

static int teardown(void **state)
{
	vpl011_destroy(uart);
	return fake_teardown(state);
}

static uint32_t rd(unsigned int off)
{
	return (uint32_t)fake_read(BASE + off, 4);
}

static void wr(unsigned int off, uint32_t value)
{
	fake_write(BASE + off, 4, value);
}

/* Feed n bytes, counting up from first; all must be taken. */
static void feed(unsigned int n, uint8_t first)
{
	for (unsigned int i = 0; i < n; i++)
		assert_true(vpl011_rx(uart, (uint8_t)(first + i)));
}

static void test_reset_values(void **state UNUSED)
{
	static const struct {
		unsigned int off;
		uint32_t value;
	} row[] = {
		{ DR, 0 },	 { RSR, 0 },	  { 0x08, 0 },	   { 0x14, 0 },	    { FR, 0x90 },    { ILPR, 0 },
		{ IBRD, 0 },	 { FBRD, 0 },	  { LCR_H, 0 },	   { CR, 0x300 },   { IFLS, 0x12 },  { IMSC, 0 },
		{ RIS, 0 },	 { MIS, 0 },	  { ICR, 0 },	   { DMACR, 0 },    { 0x4c, 0 },     { 0x80, 0 },
		{ 0xfdc, 0 },	 { 0xfe0, 0x11 }, { 0xfe4, 0x10 }, { 0xfe8, 0x34 }, { 0xfec, 0x00 }, { 0xff0, 0x0d },
		{ 0xff4, 0xf0 }, { 0xff8, 0x05 }, { 0xffc, 0xb1 },
	};

	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < ARRAY_SIZE(row); i++)
			assert_int_equal(rd(row[i].off), row[i].value);
		/* Whatever was written: a reset brings it back. */
		for (unsigned int off = 0; off < 0x1000; off += 4)
			wr(off, UINT32_MAX);
		vpl011_reset(uart);
		assert_false(fake.level[INTID]);
	}
}

static void test_kept_bits(void **state UNUSED)
{
	static const struct {
		unsigned int off;
		uint32_t mask;
	} row[] = {
		{ ILPR, 0xff }, { IBRD, 0xffff }, { FBRD, 0x3f },  { LCR_H, 0xff },
		{ CR, 0xff87 }, { IFLS, 0x3f },	  { IMSC, 0x7ff }, { DMACR, 0x7 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		wr(row[i].off, UINT32_MAX);
		assert_int_equal(rd(row[i].off), row[i].mask);
		wr(row[i].off, 0xaaaaaaaa);
		assert_int_equal(rd(row[i].off), row[i].mask & 0xaaaaaaaa);
		wr(row[i].off, 0);
		assert_int_equal(rd(row[i].off), 0);
	}
	/* Read-only ones. */
	wr(FR, UINT32_MAX);
	wr(RIS, UINT32_MAX);
	wr(MIS, UINT32_MAX);
	wr(0xfe0, UINT32_MAX);
	assert_int_equal(rd(FR), 0x90);
	assert_int_equal(rd(RIS), 0);
	assert_int_equal(rd(MIS), 0);
	assert_int_equal(rd(0xfe0), 0x11);
}

static void test_widths(void **state UNUSED)
{
	wr(IBRD, 0x1234);
	assert_int_equal(fake_read(BASE + IBRD, 1), 0x34);
	assert_int_equal(fake_read(BASE + IBRD + 1, 1), 0x12);
	assert_int_equal(fake_read(BASE + IBRD, 2), 0x1234);
	assert_int_equal(fake_read(BASE + IBRD + 2, 2), 0);
	fake_write(BASE + DR, 1, 'a');
	fake_write(BASE + DR, 2, 'b');
	fake_write(BASE + DR, 4, 0xffffff00u | 'c');
	assert_int_equal(nr_sent, 3);
	assert_memory_equal(sent, "abc", 3);
	fake_write(BASE + DR + 1, 1, 'x'); /* no register there */
	fake_write(BASE + DR + 2, 2, 'x');
	assert_int_equal(nr_sent, 3);
	assert_int_equal(fake_read(BASE + FR, 1), 0x90);
	assert_int_equal(fake_read(BASE + FR, 2), 0x90);
	assert_true(fake_faults(BASE + DR, 8, false));
	assert_true(fake_faults(BASE + DR, 8, true));
	assert_true(fake_faults(BASE + FR, 8, false));
	assert_int_equal(nr_sent, 3);
}

static void test_every_offset(void **state UNUSED)
{
	uint64_t seed = 11;

	for (unsigned int size = 1; size <= 8; size *= 2) {
		for (unsigned int off = 0; off < VPL011_SIZE; off += size) {
			struct mmio_access a = { .size = (uint8_t)size, .value = fake_rand(&seed), .write = true };

			assert_int_equal(fake_access(BASE + off, &a), size == 8 ? MMIO_FAULT : MMIO_OK);
			a.write = false;
			assert_int_equal(fake_access(BASE + off, &a), size == 8 ? MMIO_FAULT : MMIO_OK);
		}
	}
	assert_null(mmio_find(&fake.part.mmio, IPA(BASE + VPL011_SIZE), 1));
}

static void test_tx_interrupt(void **state UNUSED)
{
	/* Raised by the passage of a byte, not by the level: an empty transmitter alone raises nothing. */
	wr(IMSC, TX);
	assert_int_equal(rd(RIS), 0);
	assert_false(fake.level[INTID]);
	wr(DR, 'x');
	assert_int_equal(rd(RIS), TX);
	assert_int_equal(rd(MIS), TX);
	assert_true(fake.level[INTID]);
	wr(ICR, TX);
	assert_int_equal(rd(RIS), 0);
	assert_false(fake.level[INTID]);
	wr(IMSC, 0);
	wr(DR, 'y');
	assert_int_equal(rd(RIS), TX);
	assert_int_equal(rd(MIS), 0);
	assert_false(fake.level[INTID]);
	wr(IMSC, TX);
	assert_true(fake.level[INTID]);
	assert_int_equal(fake.edges[INTID], 3);
	/* A bit that is not set in ICR clears nothing. */
	wr(ICR, 0x7ff & ~(uint32_t)TX);
	assert_int_equal(rd(RIS), TX);
	/* A thousand bytes with the line high: the interrupt controller is not asked again. */
	for (int i = 0; i < 1000; i++)
		wr(DR, 'z');
	assert_int_equal(fake.irq_calls, 3);
	assert_int_equal(nr_sent, 1002);
	assert_int_equal(rd(FR), 0x90);
}

static void test_rx_without_fifo(void **state UNUSED)
{
	wr(IMSC, RX | RT);
	feed(1, 'q');
	assert_false(vpl011_rx(uart, 'r'));
	assert_int_equal(rd(FR), 0x80 | 0x40); /* TXFE, RXFF */
	assert_int_equal(rd(RIS), RX);	       /* no timeout without a FIFO */
	assert_true(fake.level[INTID]);
	assert_int_equal(rd(DR), 'q');
	assert_int_equal(rd(FR), 0x90);
	assert_int_equal(rd(RIS), 0);
	assert_false(fake.level[INTID]);
	assert_int_equal(rd(DR), 0);
}

static void test_rx_thresholds(void **state UNUSED)
{
	static const unsigned int level[8] = { 4, 8, 16, 24, 28, 28, 28, 28 };

	for (unsigned int sel = 0; sel < 8; sel++) {
		vpl011_reset(uart);
		wr(LCR_H, FEN);
		wr(IFLS, sel << 3);
		wr(IMSC, RX);
		for (unsigned int n = 1; n <= 32; n++) {
			feed(1, (uint8_t)n);
			assert_int_equal(rd(RIS) & RX, n >= level[sel] ? RX : 0);
			assert_int_equal(fake.level[INTID], n >= level[sel]);
			assert_int_equal(rd(FR), n == 32 ? 0xc0 : 0x80);
		}
		for (unsigned int n = 31; n + 1 > 0; n--) {
			assert_int_equal(rd(DR), 32 - n);
			assert_int_equal(rd(RIS) & RX, n >= level[sel] ? RX : 0);
		}
		assert_int_equal(rd(FR), 0x90);
	}
}

static void test_rx_timeout(void **state UNUSED)
{
	wr(LCR_H, FEN);
	wr(IMSC, RT);
	feed(1, 'a');
	assert_int_equal(rd(RIS), RT);
	assert_true(fake.level[INTID]);
	wr(ICR, RT);
	assert_false(fake.level[INTID]);
	feed(1, 'b'); /* new data: again */
	assert_true(fake.level[INTID]);
	assert_int_equal(rd(DR), 'a');
	assert_int_equal(rd(RIS), RT);
	assert_int_equal(rd(DR), 'b');
	assert_int_equal(rd(RIS), 0); /* empty: gone */
	assert_false(fake.level[INTID]);
	/* From above the level down to below it: what is left must be heard of. */
	feed(20, 0);
	wr(ICR, RT | RX);
	assert_int_equal(rd(RIS), 0);
	for (int i = 0; i < 4; i++)
		rd(DR);
	assert_int_equal(rd(RIS), 0); /* 16 left: the level is reached, and its interrupt was cleared */
	rd(DR);
	assert_int_equal(rd(RIS), RT);
}

static void test_fifo_wraps(void **state UNUSED)
{
	uint8_t in = 0, out = 0;

	wr(LCR_H, FEN);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 7; i++)
			feed(1, in++);
		for (int i = 0; i < 7; i++)
			assert_int_equal(rd(DR), out++);
	}
	assert_int_equal(rd(FR), 0x90); /* TXFE, RXFE */
}

static void on_space(void *ctx)
{
	assert_ptr_equal(ctx, &spaces);
	assert_int_equal(fake.locks_held, 0);
	spaces++;
	vpl011_rx(uart, 'n'); /* allowed: no lock is held */
}

static void test_space_callback(void **state UNUSED)
{
	vpl011_on_space(uart, on_space, &spaces);
	wr(LCR_H, FEN);
	feed(32, 0);
	rd(DR);
	assert_int_equal(spaces, 0); /* nobody has been refused */
	feed(1, 32);
	assert_false(vpl011_rx(uart, 'x'));
	assert_int_equal(spaces, 0);
	rd(FR);
	assert_int_equal(spaces, 0);
	assert_int_equal(rd(DR), 1);
	assert_int_equal(spaces, 1); /* and the FIFO is full again by it */
	assert_int_equal(rd(FR) & 0x40, 0x40);
	assert_int_equal(rd(DR), 2);
	assert_int_equal(spaces, 1); /* told once a refusal */
	assert_false(!vpl011_rx(uart, 'y'));
	assert_false(vpl011_rx(uart, 'z'));
	/* A refusal outlives a reset: the byte is still in its owner's hand. */
	vpl011_reset(uart);
	rd(RIS);
	assert_int_equal(spaces, 2);
	assert_int_equal(rd(DR), 'n');
}

static void test_fen_change_keeps_input(void **state UNUSED)
{
	wr(LCR_H, FEN);
	feed(5, 'a');
	wr(LCR_H, 0);
	assert_int_equal(rd(FR), 0xc0);
	assert_false(vpl011_rx(uart, 'x'));
	for (int i = 0; i < 5; i++)
		assert_int_equal(rd(DR), 'a' + i);
	assert_int_equal(rd(FR), 0x90);
}

static void test_loopback(void **state UNUSED)
{
	wr(LCR_H, FEN);
	wr(CR, 0x301 | LBE);
	assert_false(vpl011_rx(uart, 'x')); /* the line is cut */
	for (int i = 0; i < 32; i++)
		wr(DR, (uint32_t)('A' + i));
	assert_int_equal(nr_sent, 0);
	assert_int_equal(rd(FR) & 0xf0, 0xc0);
	assert_int_equal(rd(RIS) & OE, 0);
	wr(IMSC, OE);
	wr(DR, '!'); /* overrun: lost */
	assert_int_equal(rd(RIS) & OE, OE);
	assert_true(fake.level[INTID]);
	assert_int_equal(rd(RSR), 8);
	wr(RSR, 0);
	assert_int_equal(rd(RSR), 0);
	wr(ICR, OE);
	assert_false(fake.level[INTID]);
	assert_int_equal(rd(DR), 'A');
	wr(DR, '?'); /* the next that is stored carries the mark */
	for (int i = 1; i < 32; i++)
		assert_int_equal(rd(DR), 'A' + i);
	assert_int_equal(rd(DR), 0x800 | '?');
	assert_int_equal(rd(RSR), 8);
	/* Modem outputs come back as inputs: RTS-CTS, DTR-DSR, OUT1-DCD, OUT2-RI. */
	wr(CR, LBE | 1 << 11);
	assert_int_equal(rd(FR), 0x90 | 1 << 0);
	wr(CR, LBE | 1 << 10);
	assert_int_equal(rd(FR), 0x90 | 1 << 1);
	wr(CR, LBE | 1 << 12);
	assert_int_equal(rd(FR), 0x90 | 1 << 2);
	wr(CR, LBE | 1 << 13);
	assert_int_equal(rd(FR), 0x90 | 1 << 8);
	wr(CR, 0xf << 10);
	assert_int_equal(rd(FR), 0x90);
}

static void test_enable_bits_gate_nothing(void **state UNUSED)
{
	wr(CR, 0);
	wr(DR, 'p');
	assert_int_equal(nr_sent, 1);
	feed(1, 's');
	assert_int_equal(rd(DR), 's');
}

static void test_reset_drops_input(void **state UNUSED)
{
	wr(LCR_H, FEN);
	wr(IMSC, RT | TX);
	feed(3, 'a');
	assert_true(fake.level[INTID]);
	vpl011_reset(uart);
	assert_false(fake.level[INTID]);
	assert_int_equal(rd(FR), 0x90);
	assert_int_equal(rd(DR), 0);
}

static void test_create_fails(void **state UNUSED)
{
	const struct chardev_sink sink = { uart_out, NULL };
	struct vpl011 *other = NULL;

	assert_int_equal(vpl011_create(&fake.part, IPA(BASE + 0x800), INTID, sink, &other), E_EXIST);
	assert_null(other);
	assert_int_equal(fake.heap_count, 1);
	fake.heap_left = 0;
	assert_int_equal(vpl011_create(&fake.part, IPA(BASE + 0x1000), INTID, sink, &other), E_NOMEM);
	assert_int_equal(fake.part.mmio.count, 1);
	vpl011_destroy(NULL);
}

/* A model with a plain queue, against a seeded random guest. */
static void test_random_against_model(void **state UNUSED)
{
	unsigned int count = 0, head = 0, tail = 0;
	static uint8_t model[100000];
	uint64_t seed = 2026;

	wr(LCR_H, FEN);
	for (int i = 0; i < 50000; i++) {
		if (fake_rand(&seed) % 2) {
			uint8_t c = (uint8_t)fake_rand(&seed);

			assert_int_equal(vpl011_rx(uart, c), count < 32);
			if (count < 32) {
				model[tail++] = c;
				count++;
			}
		} else {
			assert_int_equal(rd(DR), count ? model[head] : 0);
			head += count != 0;
			count -= count != 0;
		}
		assert_int_equal(rd(FR), 0x80 | (count ? 0 : 0x10) | (count == 32 ? 0x40 : 0));
		assert_int_equal((rd(RIS) & (RX | RT)) != 0, count != 0);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_reset_values),
		T(test_kept_bits),
		T(test_widths),
		T(test_every_offset),
		T(test_tx_interrupt),
		T(test_rx_without_fifo),
		T(test_rx_thresholds),
		T(test_rx_timeout),
		T(test_fifo_wraps),
		T(test_space_callback),
		T(test_fen_change_keeps_input),
		T(test_loopback),
		T(test_enable_bits_gate_nothing),
		T(test_reset_drops_input),
		T(test_create_fails),
		T(test_random_against_model),
	};

	return cmocka_run_group_tests_name("dev/vpl011", tests, NULL, NULL);
}
