/* SPDX-License-Identifier: BSD-3-Clause */
/* Spin detection by looking at the code; see spin.h. */
#include "core/spin.h"

#include "arch/guest.h"
#include "core/s1.h"

#define INSN_YIELD 0xd503203f
#define INSN_WFE   0xd503205f
#define WINDOW	   4 /* instructions on each side */

bool spin_guest_waits(void)
{
	uint64_t pc = guest_pc(), page = ALIGN_DOWN(pc, PAGE_SIZE);
	uint64_t from = pc - MIN(pc - page, UINT64_C(4) * WINDOW);
	uint64_t to = MIN(pc + 4 * WINDOW, page + PAGE_SIZE - 4);
	const uint32_t *insn;
	pa_t pa;

	if (!IS_ALIGNED(pc, 4) || guest_translate(from, !(guest_pstate() & MASK(3, 2)), &pa) ||
	    !s1_is_direct(pa, to - from + 4))
		return false;
	insn = pa_to_ptr(pa);
	for (uint64_t i = 0; i <= (to - from) / 4; i++) {
		uint32_t word = __atomic_load_n(&insn[i], __ATOMIC_RELAXED);

		if (word == INSN_YIELD || word == INSN_WFE)
			return true;
	}
	return false;
}
