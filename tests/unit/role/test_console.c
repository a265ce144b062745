/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/console: whose output looks how, and where what is typed goes; with UARTs that are full, slow
 * or not wanted.
 */
#include "unit.h"

/* For its state. */
#include "arch/host.h"
#include "core/percpu.h"
#include "role/hyp/console.c"

/* --- the machine's UART --- */

static char out[8192];
static size_t out_len;
static const char *typed;

void host_uart_putc(char c)
{
	assert_true(out_len < sizeof(out) - 1);
	out[out_len++] = c;
	out[out_len] = 0;
}

int host_uart_getc(void)
{
	return *typed ? (uint8_t)*typed++ : -1;
}

/* Its interrupt is a level: what is left in it comes when it is on again. */
static bool uart_irq;

void host_irq_enable(uint32_t intid UNUSED)
{
	uart_irq = true;
}

void host_irq_disable(uint32_t intid UNUSED)
{
	uart_irq = false;
}

static void type(const char *s)
{
	typed = s;
	if (uart_irq)
		console_rx();
}

/* --- the VMs' UARTs: a FIFO whose room the test sets --- */

struct vpl011 {
	unsigned int room;
	char got[2048];
	size_t got_len;
	void (*space)(void *ctx);
	void *ctx;
};

bool vpl011_rx(struct vpl011 *d, uint8_t c)
{
	if (!d->room)
		return false;
	d->room--;
	d->got[d->got_len++] = (char)c;
	d->got[d->got_len] = 0;
	return true;
}

void vpl011_on_space(struct vpl011 *d, void (*fn)(void *ctx), void *ctx)
{
	d->space = fn;
	d->ctx = ctx;
}

static void guest_reads(struct vpl011 *d, unsigned int n)
{
	d->room += n;
	d->space(d->ctx);
}

static struct vpl011 uart[3];
static struct console_port port[3];

static void set_up(unsigned int n)
{
	static const char *const name[] = { "one", "two", "three" };

	memset(&con, 0, sizeof(con));
	spin_init(&con.in_lock, LOCK_ROLE);
	spin_init(&con.out_lock, LOCK_CONSOLE);
	memset(uart, 0, sizeof(uart));
	memset(port, 0, sizeof(port));
	host_reset();
	hw.uart_intid = 33;
	uart_irq = true;
	typed = "";
	memset(percpu, 0, sizeof(percpu));
	arch_this_cpu_set(&percpu[0]);
	time_init_cpu();
	out_len = 0;
	out[0] = 0;
	for (unsigned int i = 0; i < n; i++) {
		uart[i].room = 100000;
		assert_int_equal(console_add(&port[i], name[i], &uart[i]), OK);
	}
}

static void write_vm(unsigned int i, const char *s)
{
	while (*s)
		console_putc(&port[i], (uint8_t)*s++);
}

static void test_one_is_raw(void **state UNUSED)
{
	set_up(1);
	write_vm(0, "a\r\nb\x1b[6n\tc\n\n~ # ");
	assert_string_equal(out, "a\r\nb\x1b[6n\tc\n\n~ # ");
	console_putc(&port[0], 0);
	console_putc(&port[0], 0xff);
	assert_int_equal(out[out_len - 2], 0);
	assert_int_equal((uint8_t)out[out_len - 1], 0xff);
}

static void test_several(void **state UNUSED)
{
	set_up(3);
	write_vm(0, "prompt # ");
	write_vm(1, "hel");
	assert_string_equal(out, "prompt # ");
	write_vm(2, "third\r\n");
	assert_string_equal(out, "prompt # \r\n[three] third\r\n");
	write_vm(1, "lo\nnext");
	assert_string_equal(out, "prompt # \r\n[three] third\r\n[two] hello\r\n");
	write_vm(0, "x\n");
	write_vm(1, "\n");
	assert_string_equal(out, "prompt # \r\n[three] third\r\n[two] hello\r\nx\n[two] next\r\n");
}

/* A VM that never ends a line is cut into lines. */
static void test_long_line(void **state UNUSED)
{
	static char want[2 * CONSOLE_LINE];

	set_up(2);
	for (unsigned int i = 0; i < CONSOLE_LINE; i++)
		console_putc(&port[1], 'x');
	assert_int_equal(out_len, 0);
	console_putc(&port[1], 'y');
	snprintf(want, sizeof(want), "[two] %0*d\r\n", CONSOLE_LINE, 0);
	for (char *c = strchr(want, '0'); *c == '0'; c++)
		*c = 'x';
	assert_string_equal(out, want);
	assert_int_equal(port[1].line_len, 1);
}

static void test_focus(void **state UNUSED)
{
	set_up(2);
	write_vm(1, "log in: ");
	type("ab\x1e"
	     "2cd");
	assert_string_equal(uart[0].got, "ab");
	assert_string_equal(uart[1].got, "cd");
	assert_string_equal(out, "[two] has the console\r\nlog in: ");
	write_vm(1, "!\n");
	write_vm(0, "from one\n");
	assert_string_equal(out, "[two] has the console\r\nlog in: !\n[one] from one\r\n");
	type("\x1e"
	     "1");
	type("e\x1e");
	type("\x1e"
	     "f");
	assert_string_equal(uart[0].got, "abe\x1e"
					 "f");
	/* Keys that mean nothing: nothing happens, and nobody is typed at. */
	type("\x1e"
	     "3\x1e"
	     "0\x1e"
	     "x\x1e\n");
	assert_ptr_equal(con.focus, &port[0]);
	assert_string_equal(uart[0].got, "abe\x1e"
					 "f");
	console_focus(&port[1]);
	type("z");
	assert_string_equal(uart[1].got, "cdz");
}

/* A paste of any length: not a byte is lost or doubled, and the guest's pace decides. */
static void test_paste(void **state UNUSED)
{
	static char text[CONSOLE_RING * 6];

	set_up(1);
	uart[0].room = 32;
	for (unsigned int i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('a' + i % 23);
	type(text);
	assert_int_equal(uart[0].got_len, 32);
	assert_int_equal(port[0].in_count, CONSOLE_RING);
	assert_false(uart_irq);
	assert_ptr_equal(typed, text + 32 + CONSOLE_RING);
	/* The machine's UART is not asked for each byte: only when the ring is half empty. */
	guest_reads(&uart[0], CONSOLE_RING / 2 - 1);
	assert_int_equal(port[0].in_count, CONSOLE_RING / 2 + 1);
	assert_false(uart_irq);
	guest_reads(&uart[0], 1);
	assert_int_equal(port[0].in_count, CONSOLE_RING);
	for (unsigned int i = 0; i < sizeof(text); i++)
		guest_reads(&uart[0], 1);
	assert_true(uart_irq);
	assert_string_equal(uart[0].got, text);
	assert_int_equal(port[0].in_count, 0);
	uart[0].got_len = 0;
	type("ok");
	assert_string_equal(uart[0].got, "ok");
}

/* A guest that takes nothing doesn't keep the escape key waiting for longer than a second. */
static void test_deaf_guest(void **state UNUSED)
{
	char text[CONSOLE_RING + 5];

	set_up(2);
	uart[0].room = 0;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	type(text);
	assert_int_equal(*typed, 'x');
	host_counter_advance(time_freq() - 1);
	time_interrupt();
	assert_false(uart_irq);
	host_counter_advance(1);
	time_interrupt();
	assert_true(uart_irq);
	assert_int_equal(*typed, 0); /* taken, and dropped */
	type("lost too\x1e"
	     "2heard");
	assert_string_equal(uart[1].got, "heard");
	/* It takes a byte: it is asked for its pace again. */
	type("\x1e"
	     "1");
	guest_reads(&uart[0], 1);
	type("yz");
	assert_int_equal(port[0].in_count, CONSOLE_RING);
	assert_int_equal(*typed, 'z');
	assert_false(uart_irq);
	guest_reads(&uart[0], 2 * CONSOLE_RING);
	assert_true(uart_irq);
	assert_int_equal(uart[0].got_len, CONSOLE_RING + 2);
	assert_string_equal(uart[0].got + CONSOLE_RING, "yz");
}

/* What waits for one VM does not hold up another; a restart goes on with it. */
static void test_waiting(void **state UNUSED)
{
	set_up(2);
	uart[0].room = 0;
	type("for one\x1e"
	     "2for two");
	assert_string_equal(uart[1].got, "for two");
	assert_int_equal(uart[0].got_len, 0);
	uart[0].room = 100;
	console_restarted(&port[0]);
	assert_string_equal(uart[0].got, "for one");
}

static void test_join_and_leave(void **state UNUSED)
{
	static struct console_port many[CONFIG_MAX_VMS + 1];

	set_up(0);
	type("nobody\x1e"
	     "1there");
	assert_int_equal(out_len, 0);
	for (unsigned int i = 0; i < CONFIG_MAX_VMS; i++)
		assert_int_equal(console_add(&many[i], "x", &uart[0]), OK);
	assert_int_equal(console_add(&many[CONFIG_MAX_VMS], "x", &uart[0]), E_NOMEM);
	console_remove(&many[CONFIG_MAX_VMS]); /* never joined */
	assert_int_equal(con.nr_ports, CONFIG_MAX_VMS);
	console_remove(&many[0]);
	assert_ptr_equal(con.focus, &many[1]);
	for (unsigned int i = 1; i < CONFIG_MAX_VMS; i++)
		console_remove(&many[i]);
	assert_null(con.focus);
	assert_int_equal(con.nr_ports, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_is_raw), cmocka_unit_test(test_several),
		cmocka_unit_test(test_long_line),  cmocka_unit_test(test_focus),
		cmocka_unit_test(test_paste),	   cmocka_unit_test(test_deaf_guest),
		cmocka_unit_test(test_waiting),	   cmocka_unit_test(test_join_and_leave),
	};

	return UNIT_RUN(tests);
}
