/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's console, shared by the VMs; see console.h.
 *
 * State owned: who takes part and who has the focus; the input ring and the line buffer of each
 * port. The input lock has the lowest rank because vpl011_rx() is called under it; output comes
 * from under a device's lock. The ports are registered before any VM runs and only read afterwards.
 * The focus changes under the input lock and is read without one.
 *
 * Flow control: when a guest takes its input slower than it comes, the machine's UART is left alone, with its interrupt
 * off, until the guest's ring is half empty: a paste or a pipe of any length arrives. Where there are other VMs to turn
 * to, a guest that takes nothing for a second is given up and its input dropped until it takes some again, so that the
 * escape key always works.
 */
#include "role/hyp/console.h"

#include "core/hw.h"
#include "core/lock.h"
#include "core/time.h"
#include "lib/printf.h"
#include "plat/plat.h"

static struct {
	struct spinlock in_lock, out_lock;
	struct console_port *port[CONFIG_MAX_VMS];
	unsigned int nr_ports;
	struct console_port *focus;
	struct timer patience; /* runs while held */
	bool held;	       /* under in_lock: input is left in the machine's UART, its interrupt is off */
	bool escaped;	       /* under in_lock: the last byte was CONSOLE_ESCAPE */
	bool mid_line;	       /* under out_lock: the focused VM has written a part of a line */
} con = {
	.in_lock = SPINLOCK_INIT(LOCK_ROLE),
	.out_lock = SPINLOCK_INIT(LOCK_CONSOLE),
};

static struct console_port *focus(void)
{
	return __atomic_load_n(&con.focus, __ATOMIC_RELAXED);
}

/* --- output --- */

static void put_locked(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		host_uart_putc(s[i]);
}

/* A line of our own or of a VM that does not have the focus: never in the middle of another. */
static void put_line_locked(const char *name, const char *text, size_t n)
{
	char prefix[PARTITION_NAME_MAX + 8];
	int len = fmt_snprintf(prefix, sizeof(prefix), "[%s] ", name);

	if (con.mid_line)
		put_locked("\r\n", 2);
	con.mid_line = false;
	put_locked(prefix, MIN((size_t)len, sizeof(prefix) - 1));
	put_locked(text, n);
	put_locked("\r\n", 2);
}

static void flush_line_locked(struct console_port *port)
{
	put_line_locked(port->name, port->line, port->line_len);
	port->line_len = 0;
}

static void collect_locked(struct console_port *port, char c)
{
	if (c == '\n') {
		flush_line_locked(port);
		return;
	}
	if (c == '\r')
		return;
	if (port->line_len == sizeof(port->line))
		flush_line_locked(port);
	port->line[port->line_len++] = c;
}

void console_putc(void *ctx, uint8_t c)
{
	struct console_port *port = ctx;

	spin_lock(&con.out_lock);
	if (likely(port == focus())) {
		con.mid_line = c != '\n';
		host_uart_putc((char)c);
	} else {
		collect_locked(port, (char)c);
	}
	spin_unlock(&con.out_lock);
}

/* --- input --- */

/* Give the UART what it takes. When it is full, its space callback comes here again. */
static void pump_locked(struct console_port *port)
{
	while (port->in_count && vpl011_rx(port->uart, port->in[port->in_first])) {
		port->in_first = (port->in_first + 1) % CONSOLE_RING;
		port->in_count--;
		port->deaf = false;
	}
}

/* A full ring drops what comes: it is full only when its guest takes nothing any more. */
static void type_locked(uint8_t c)
{
	struct console_port *port = focus();

	if (!port || port->in_count == CONSOLE_RING)
		return;
	port->in[(port->in_first + port->in_count++) % CONSOLE_RING] = c;
	pump_locked(port);
}

/* May as many as `room` bytes more be typed at the focused VM, now? */
static bool listens(unsigned int room)
{
	const struct console_port *port = focus();

	return !port || port->deaf || port->in_count + room <= CONSOLE_RING;
}

static void focus_locked(struct console_port *port)
{
	static const char says[] = "has the console";

	spin_lock(&con.out_lock);
	if (port != focus()) {
		put_line_locked(port->name, says, sizeof(says) - 1);
		__atomic_store_n(&con.focus, port, __ATOMIC_RELAXED);
		/* What it has of a line goes out as it is: the rest will, too. */
		put_locked(port->line, port->line_len);
		con.mid_line = port->line_len != 0;
		port->line_len = 0;
	}
	spin_unlock(&con.out_lock);
}

static void key_locked(uint8_t c)
{
	if (!con.escaped && c == CONSOLE_ESCAPE) {
		con.escaped = true;
	} else if (!con.escaped || c == CONSOLE_ESCAPE) {
		con.escaped = false;
		type_locked(c);
	} else {
		unsigned int n = (unsigned int)c - '1';

		con.escaped = false;
		if (n < con.nr_ports)
			focus_locked(con.port[n]);
	}
}

static void hold_locked(void)
{
	if (!con.held && hw.uart_intid)
		host_irq_disable(hw.uart_intid);
	con.held = true;
	if (con.nr_ports > 1)
		timer_start(&con.patience, time_now() + time_freq());
}

/* Take what the machine's UART has, as long as there is a place for it. */
static void receive_locked(void)
{
	int c;

	while (listens(1)) {
		c = host_uart_getc();
		if (c < 0)
			return;
		key_locked((uint8_t)c);
	}
	hold_locked();
}

/* There may be room again. */
static void release_locked(void)
{
	if (likely(!con.held) || !listens(CONSOLE_RING / 2))
		return;
	con.held = false;
	timer_stop(&con.patience);
	receive_locked();
	if (!con.held && hw.uart_intid)
		host_irq_enable(hw.uart_intid);
}

/* A second has passed and nobody has made room: drop what doesn't fit, rather than keep the escape key waiting. */
static void out_of_patience(struct timer *t UNUSED)
{
	spin_lock(&con.in_lock);
	if (con.held && focus())
		focus()->deaf = true;
	release_locked();
	spin_unlock(&con.in_lock);
}

static void pump(void *ctx)
{
	spin_lock(&con.in_lock);
	pump_locked(ctx);
	release_locked();
	spin_unlock(&con.in_lock);
}

void console_focus(struct console_port *port)
{
	spin_lock(&con.in_lock);
	focus_locked(port);
	release_locked();
	spin_unlock(&con.in_lock);
}

void console_rx(void)
{
	spin_lock(&con.in_lock);
	if (!con.held)
		receive_locked();
	spin_unlock(&con.in_lock);
}

/* --- who takes part --- */

int console_add(struct console_port *port, const char *name, struct vpl011 *uart)
{
	if (con.nr_ports == ARRAY_SIZE(con.port))
		return E_NOMEM;
	if (!con.nr_ports)
		timer_init(&con.patience, out_of_patience);
	port->name = name;
	port->uart = uart;
	con.port[con.nr_ports++] = port;
	if (!con.focus)
		con.focus = port;
	vpl011_on_space(uart, pump, port);
	return OK;
}

void console_remove(struct console_port *port)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < con.nr_ports; i++)
		if (con.port[i] != port)
			con.port[kept++] = con.port[i];
	con.nr_ports = kept;
	if (con.focus == port)
		con.focus = kept ? con.port[0] : NULL;
}

void console_restarted(struct console_port *port)
{
	pump(port);
}
