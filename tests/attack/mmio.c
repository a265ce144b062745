/* SPDX-License-Identifier: BSD-3-Clause */
/* Attack guest A: devices and memory that is not there, by every kind of access (docs/traps.md). */
#include "mmio.h"

static const struct attack_test tests[] = {
	{ "each instruction on a device, MMU off", mmio_insn_off },
	{ "each instruction on a device, from EL0", mmio_insn_el0 },
	{ "each instruction on a device, as Device", mmio_insn_device },
	{ "each instruction on a device, as Normal cacheable", mmio_insn_normal },
	{ "each instruction on a device, as Normal not cacheable", mmio_insn_nc },
	{ "each instruction on nothing, MMU off and on", mmio_insn_nowhere },
	{ "pairs from RAM into a device", mmio_insn_pairs_across },
	{ "literals in a device", mmio_insn_literals },
	{ "code that may not be read", mmio_insn_unreadable },
	{ "big-endian", mmio_insn_big_endian },
	{ "instructions that another vCPU rewrites", mmio_insn_rewritten },
	{ "code and data that another vCPU maps elsewhere", mmio_insn_remapped },
	{ "every offset of every device, read", mmio_reads },
	{ "every offset of every device, written", mmio_writes },
	{ "all vCPUs at all devices at once", mmio_all_at_once },
	{ "devices work afterwards", mmio_devices_work },
	{ "unaligned accesses", mmio_unaligned },
	{ "addresses that nothing has", mmio_holes },
	{ "code in devices and nowhere", mmio_fetch },
	{ "addresses beyond stage 2, MMU off", mmio_ipa_space },
	{ "addresses beyond stage 2, of stage 1", mmio_output_size },
	{ "tables of stage 1 in devices and nowhere", mmio_tables },
	{ "AT", mmio_at },
	{ "vectors in devices and nowhere", mmio_vectors },
	{ "devices still work", mmio_devices_work },
	{ "a vCPU without tables and vectors", mmio_no_tables }, /* it stays so: the last */
};
ATTACK_PROGRAM(mmio, tests, .mmu = false);
