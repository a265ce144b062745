/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ticks and nanoseconds.
 *
 * Sources: (the file itself is included, for its static functions)
 */
#include "core/time.c" // NOLINT(bugprone-suspicious-include)
#include "proof.h"

#define NS_A_SECOND  UINT64_C(1000000000)
#define NS_500_YEARS (UINT64_C(500) * 365 * 86400 * NS_A_SECOND)

static uint64_t freq;

uint64_t arch_counter_freq(void)
{
	return freq;
}

/*
 * Property: ticks become nanoseconds, and nanoseconds ticks, without an overflow on the way
 * Bound: 500 years; counters of 19.2, 24, 25, 54, 62.5 (QEMU), 100, 200 MHz and 1 GHz (FEAT_ECV)
 * Options: --unwind 9
 */
void prove_time_conversions(void)
{
	static const uint64_t freqs[] = { 19200000, 24000000,  25000000,  54000000,
					  62500000, 100000000, 200000000, NS_A_SECOND };
	uint64_t ns, ticks;

	for (unsigned int i = 0; i < ARRAY_SIZE(freqs); i++) {
		freq = freqs[i];
		ticks = nondet_u64();
		ASSUME(ticks <= NS_500_YEARS / NS_A_SECOND * freq);
		ns = time_ticks_to_ns(ticks);
		ns = nondet_u64();
		ASSUME(ns <= NS_500_YEARS);
		ticks = time_ns_to_ticks(ns);
		POSSIBLE(ns == NS_500_YEARS);
	}
}
