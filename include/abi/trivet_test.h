/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that exist only for tests: CONFIG_SPMC_TEST_HOOK. */
#ifndef ABI_TRIVET_TEST_H
#define ABI_TRIVET_TEST_H

/*
 * HVC of a Secure Partition, x0 this: its own INTID x1 becomes pending on this core x2 ticks of the counter from now
 * (0: at once), x3 times in all, x2 apart. An interval in which it is still pending does not count. x4 != 0: the
 * intervals are random, between x2 / 2 and x2 * 3 / 2, seeded by x4. x0 = 0, or -1: not its own, or one is going on for
 * this core already.
 */
#define HF_TEST_PEND 0xfff0

#endif
