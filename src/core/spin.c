/* SPDX-License-Identifier: BSD-3-Clause */
/* Spin detection by looking at the code; see spin.h. */
#include "core/spin.h"

#include "arch/guest.h"
#include "core/guest_mem.h"

#define INSN_YIELD 0xd503203f
#define INSN_WFE   0xd503205f
#define WINDOW	   4 /* instructions on each side */

bool spin_guest_waits(void)
{
	uint64_t pc = guest_pc(), in_page = pc & (PAGE_SIZE - 1);
	uint64_t first = in_page - MIN(in_page, UINT64_C(4) * WINDOW);
	uint64_t end = MIN(in_page + 4 * (WINDOW + 1), PAGE_SIZE);
	uint32_t insn[2 * WINDOW + 1];
	unsigned int n = (unsigned int)(end - first) / 4;

	if (guest_mem_fetch(pc - in_page + first, insn, n))
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (insn[i] == INSN_YIELD || insn[i] == INSN_WFE)
			return true;
	return false;
}
