/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's console, shared by the VMs. What is typed goes to the VM that has the focus; what
 * the focused VM (or the only one) writes goes out as it is, other VMs' output in whole lines with
 * their name in front. Ctrl-^ and a digit moves the focus; Ctrl-^ twice types one.
 *
 * Locks: LOCK_ROLE for input, LOCK_CONSOLE for output, both inside.
 */
#ifndef ROLE_HYP_CONSOLE_H
#define ROLE_HYP_CONSOLE_H

#include "dev/vpl011.h"
#include "lib/types.h"

#define CONSOLE_ESCAPE 0x1e /* Ctrl-^ */
#define CONSOLE_RING   256  /* bytes typed ahead of what the guest's FIFO takes */
#define CONSOLE_LINE   256

/* One VM's end of the console. */
struct console_port {
	const char *name;
	struct vpl011 *uart;

	uint8_t in[CONSOLE_RING]; /* under the input lock */
	unsigned int in_first, in_count;
	bool deaf; /* its guest has taken nothing for a second: what doesn't fit is dropped */

	char line[CONSOLE_LINE]; /* under the output lock: a line not yet whole */
	unsigned int line_len;
};

/*
 * A VM's UART joins the console, sending through console_putc; the first has the focus. Before its
 * VM runs. E_NOMEM when there are CONFIG_MAX_VMS. The name stays the caller's.
 */
int console_add(struct console_port *port, const char *name, struct vpl011 *uart) MUST_CHECK;
/* Its VM was not to be after all. Before any VM runs. Harmless when it never joined. */
void console_remove(struct console_port *port);

void console_focus(struct console_port *port);

/* What a VM writes: ctx is its struct console_port. For a struct chardev_sink. */
void console_putc(void *ctx, uint8_t c);

/* The VM has been reset: give its UART what is waiting for it. */
void console_restarted(struct console_port *port);

/* The machine's UART has received something: take it, as far as the focused VM's guest keeps up. */
void console_rx(void);

#endif
