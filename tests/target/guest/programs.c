/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of programs, by enum guest_program. */
#include "guest.h"

static void g_nothing(void)
{
}

const program_fn programs[] = {
	[G_NOTHING] = g_nothing,
	[G_HELLO] = g_hello,
	[G_DTB] = g_dtb,
	[G_HYPERCALL] = g_hypercall,
	[G_PAGES] = g_pages,
	[G_PAGES_SPIN] = g_pages_spin,
	[G_SMP] = g_smp,
	[G_COUNT] = g_count,
	[G_SMP_COUNT] = g_smp_count,
	[G_MMIO] = g_mmio,
	[G_MMIO_BAD] = g_mmio_bad,
	[G_DECODE] = g_decode,
	[G_DECODE_BAD] = g_decode_bad,
	[G_IDREGS] = g_idregs,
	[G_UNDEF] = g_undef,
	[G_TIMER_REGS] = g_timer_regs,
	[G_CPU_INTERFACE] = g_cpu_interface,
	[G_LRS] = g_lrs,
	[G_LEVEL] = g_level,
	[G_EDGE] = g_edge,
	[G_MASKED] = g_masked,
	[G_MANY] = g_many,
	[G_PRIORITY] = g_priority,
	[G_GICD] = g_gicd,
	[G_GICR] = g_gicr,
	[G_PENDING] = g_pending,
	[G_ENABLES] = g_enables,
	[G_SGI] = g_sgi,
	[G_ROUTE] = g_route,
	[G_FILL] = g_fill,
	[G_LOOK] = g_look,
	[G_SURVIVE] = g_survive,
	[G_MEMORY] = g_memory,
	[G_RESTART] = g_restart,
	[G_RTC] = g_rtc,
	[G_BLK] = g_blk,
	[G_RNG] = g_rng,
	[G_VTIMER] = g_vtimer,
	[G_PTIMER] = g_ptimer,
	[G_WFI] = g_wfi,
	[G_STORM] = g_storm,
	[G_PL011] = g_pl011,
	[G_FETCH] = g_fetch,
	[G_PSCI] = g_psci,
};
