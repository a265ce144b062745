/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an SP can reach: no register of the normal world's, or of the SPMC's, and of the normal world's memory what
 * its manifest says.
 */
#include "ask.h"
#include "buffers.h"
#include "tests.h"

#define PAGE   0x50000000ul /* SP2's manifest has it */
#define MARK   0x0123456789abcdefull
#define BEHIND (PAGE + FFA_PAGE_SIZE)

static const char *const touches[SP_TOUCHES] = {
	[SP_TOUCH_ICC_IAR1] = "ICC_IAR1_EL1",
	[SP_TOUCH_ICC_EOIR1] = "ICC_EOIR1_EL1",
	[SP_TOUCH_ICC_PMR] = "ICC_PMR_EL1",
	[SP_TOUCH_CNTV_CTL] = "CNTV_CTL_EL0",
	[SP_TOUCH_CNTP_CTL] = "CNTP_CTL_EL0",
	[SP_TOUCH_SVE] = "SVE",
	[SP_TOUCH_SME] = "SME",
	[SP_TOUCH_SCR] = "SCR_EL3",
};

static bool has_ecv(void)
{
	uint64_t mmfr0;

	__asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(mmfr0));
	return mmfr0 >> 60;
}

/*
 * Without FEAT_ECV nothing traps the virtual timer: the SPMC puts the normal world's back when the SP leaves. And QEMU
 * 10 has neither the traps of ICH_HCR_EL2 nor a virtual interface in secure state: what should be UNDEFINED is not.
 */
static bool may_be_missing(unsigned int what)
{
	if (what == SP_TOUCH_CNTV_CTL)
		return !has_ecv();
	return what == SP_TOUCH_ICC_IAR1 || what == SP_TOUCH_ICC_EOIR1 || what == SP_TOUCH_ICC_PMR;
}

void test_touch(void)
{
	unsigned int missing = 0;

	for (unsigned int sp = SP1; sp < SP1 + SPS; sp++) {
		for (unsigned int what = 0; what < SP_TOUCHES; what++) {
			struct regs r = ASK(sp, SP_CMD_TOUCH, what);

			if (may_be_missing(what) && r.x[5] == 0)
				missing++;
			else if (!EXPECT_EQ(r.x[5], 1))
				say("# SP 0x%x, %s: it is 0x%llx\n", sp, touches[what], (unsigned long long)r.x[6]);
		}
	}
	if (missing)
		say("# %u times this machine did not trap an SP's access to ICC_*_EL1, or CNTV_* without FEAT_ECV\n",
		    missing);
	/* They all live. */
	for (unsigned int sp = SP1; sp < SP1 + SPS; sp++)
		EXPECT(ask_echo(sp, sp));
}

void test_ns_memory(void)
{
	volatile uint64_t *page = (volatile uint64_t *)PAGE;
	struct regs r;

	for (uint64_t i = 0; i < FFA_PAGE_SIZE / 8; i += 64) {
		page[i] = MARK + i;
		r = ASK(SP2, SP_CMD_NS_READ, PAGE + 8 * i);
		EXPECT_EQ(r.x[5], MARK + i);
		r = ASK(SP2, SP_CMD_NS_WRITE, PAGE + 8 * i, ~i);
		EXPECT_EQ(page[i], ~i);
	}
	/* SP1 has no such page; that is for the end: it would be aborted. */
}
