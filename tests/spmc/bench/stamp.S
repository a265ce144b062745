/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counter, as near to what is measured as it gets. tools/bench_spmc.py finds the windows of a trace by bench_stamp + 4:
 * the instructions from one such read, inclusive, to the next, exclusive, are the difference of what the two returned.
 */
	.text
	.global	bench_stamp
bench_stamp:
	isb
	mrs	x0, cntpct_el0
	ret
