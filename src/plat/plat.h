/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What core asks of the machine's own hardware: implemented by the drivers in src/drv, chosen at link time. Addresses
 * come from the host device tree.
 */
#ifndef PLAT_PLAT_H
#define PLAT_PLAT_H

#include "lib/list.h"
#include "lib/types.h"

/* For the banner: "qemu_virt". */
extern const char plat_name[];

/* --- The physical interrupt controller (src/drv/gicv3.c). EOI mode 1: priority drop and deactivation are apart. --- */

#define HOST_IRQ_SPECIAL 1020 /* from here on there are no interrupts */
#define HOST_IRQ_NONE	 1023

/*
 * Acknowledge the highest pending interrupt of this core: its INTID, or HOST_IRQ_NONE or another special one (>= 1020).
 */
uint32_t host_irq_ack(void);
/* Priority drop; then deactivation, for what is not forwarded to a guest with a hardware-linked list register. */
void host_irq_drop(uint32_t intid);
void host_irq_deactivate(uint32_t intid);

/* PPIs act on this core's redistributor. */
void host_irq_enable(uint32_t intid);
void host_irq_disable(uint32_t intid);
/* Physical active state of a PPI of this core: follows a vCPU whose hardware-linked timer interrupt is in flight. */
void host_irq_set_active(uint32_t intid, bool active);
/* Route an SPI to a core and set trigger and priority. */
void host_irq_route_spi(uint32_t intid, unsigned int cpu, bool edge);

/*
 * What a partition that owns an interrupt needs. An SPI, or a PPI of core cpu: nothing happens when that core's
 * redistributor is not known yet. Any core may call them.
 */
void host_irq_enable_on(unsigned int cpu, uint32_t intid);
void host_irq_disable_on(unsigned int cpu, uint32_t intid);
/* What core cpu acknowledged and dropped. */
void host_irq_deactivate_on(unsigned int cpu, uint32_t intid);
/* Pending by software; and whether it is. PPIs: this core's. Pending here is not "active and pending". */
void host_irq_set_pending(uint32_t intid);
bool host_irq_is_pending(uint32_t intid);
/*
 * 0 is the highest. Where the normal world has the GIC too, ours is above all of its: at most 0x7f. PPIs: this core's.
 */
void host_irq_set_priority(uint32_t intid, uint8_t priority);

/*
 * While held, no interrupt of the normal world is signalled on this core; ours are, and firmware's. Released before
 * the normal world runs again. Twice is once.
 */
void host_irq_hold_foreign(bool hold);
/* Of an interrupt that is not ours and is pending on this core: it is firmware's (group 0), not the normal world's. */
bool host_irq_foreign_is_firmware(void);

/* Send SGI number sgi (0 to 15) to another core (by its index). */
void host_irq_send_sgi(unsigned int cpu, unsigned int sgi);

/* The index of this core (core/percpu.h): drivers have per-core registers too. */
unsigned int plat_cpu_index(void);

/* --- The console UART --- */
void host_uart_putc(char c);
int host_uart_getc(void); /* -1 when there is none */

/* --- The machine's disks (src/drv/virtio_blk_host.c), by the number that its driver gave them --- */

#define HOST_DISK_SECTOR 512u
#define HOST_DISK_IO_MAX (128u * 1024) /* bytes of one transfer */

enum host_disk_op { HOST_DISK_READ, HOST_DISK_WRITE, HOST_DISK_FLUSH };

/*
 * A transfer; the driver's from host_disk_submit() until it calls done(), which it does once, on any core, with no
 * lock held, and not from within host_disk_submit().
 */
struct host_disk_io {
	enum host_disk_op op;
	uint64_t sector; /* of HOST_DISK_SECTOR bytes */
	uint32_t size;	 /* bytes: whole sectors, at most HOST_DISK_IO_MAX; 0 for a flush */
	void *data;	 /* where Trivet sees the bytes; nobody else touches them meanwhile */
	pa_t pa;	 /* where the device does */
	void (*done)(struct host_disk_io *io, int status); /* OK or E_IO; after E_IO data is anything */
	int status;					   /* the driver's, as is link */
	struct list link;
};

struct host_disk_info {
	uint64_t sectors;
	uint32_t block_size; /* what transfers are multiples of, in place and size */
	bool readonly;
	bool flush; /* what is written is safe only after a flush */
};

/* E_NOENT: there is no disk n. */
int host_disk_info(unsigned int n, struct host_disk_info *info) MUST_CHECK;

/* OK: done() will be called. E_IO: the disk has failed for good, and done() is not called. Any core. */
int host_disk_submit(unsigned int n, struct host_disk_io *io) MUST_CHECK;

/* --- Firmware (PSCI by SMC) --- */
void plat_power_off(void) NORETURN;

#endif
