/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * attack_entry_hook (attack.h): system registers as a vCPU finds them at its first instructions; and which those are,
 * by number (sysregs.h), for C. Only what every guest of Trivet has: there are no vectors yet.
 */
	.macro	note op0, op1, crn, crm, op2
	mrs	x1, S\op0\()_\op1\()_C\crn\()_C\crm\()_\op2
	str	x1, [x0], #8
	.pushsection .rodata.regs_at_entry, "a"
	.hword	(\op0 & 1) << 14 | \op1 << 11 | \crn << 7 | \crm << 3 | \op2
	.popsection
	.endm

	.pushsection .rodata.regs_at_entry, "a"
	.balign	2
	.global	regs_at_entry
regs_at_entry:
	.popsection

	.text
	.global	attack_entry_hook
attack_entry_hook:
	note	3, 0, 1, 0, 0		/* SCTLR */
	note	3, 0, 2, 0, 0		/* TTBR0 */
	note	3, 0, 2, 0, 1		/* TTBR1 */
	note	3, 0, 2, 0, 2		/* TCR */
	note	3, 0, 4, 0, 0		/* SPSR */
	note	3, 0, 4, 0, 1		/* ELR */
	note	3, 0, 4, 1, 0		/* SP_EL0 */
	note	3, 0, 5, 1, 0		/* AFSR0 */
	note	3, 0, 5, 1, 1		/* AFSR1 */
	note	3, 0, 5, 2, 0		/* ESR */
	note	3, 0, 6, 0, 0		/* FAR */
	note	3, 0, 7, 4, 0		/* PAR */
	note	3, 0, 10, 2, 0		/* MAIR */
	note	3, 0, 10, 3, 0		/* AMAIR */
	note	3, 0, 12, 0, 0		/* VBAR */
	note	3, 0, 13, 0, 1		/* CONTEXTIDR */
	note	3, 0, 13, 0, 4		/* TPIDR_EL1 */
	note	3, 3, 13, 0, 2		/* TPIDR_EL0 */
	note	3, 3, 13, 0, 3		/* TPIDRRO_EL0 */
	note	3, 0, 14, 1, 0		/* CNTKCTL */
	note	3, 3, 14, 3, 1		/* CNTV_CTL */
	note	3, 3, 14, 3, 2		/* CNTV_CVAL */
	note	3, 3, 14, 2, 1		/* CNTP_CTL */
	note	3, 3, 14, 2, 2		/* CNTP_CVAL */
	note	3, 2, 0, 0, 0		/* CSSELR */
	note	2, 0, 0, 2, 2		/* MDSCR */
	note	2, 0, 0, 0, 4		/* DBGBVR0 */
	note	2, 0, 0, 0, 5		/* DBGBCR0 */
	note	2, 0, 0, 0, 6		/* DBGWVR0 */
	note	2, 0, 0, 0, 7		/* DBGWCR0 */
	note	2, 0, 0, 1, 4		/* DBGBVR1 */
	note	2, 0, 0, 1, 5		/* DBGBCR1 */
	note	2, 0, 0, 1, 6		/* DBGWVR1 */
	note	2, 0, 0, 1, 7		/* DBGWCR1 */
	note	3, 0, 4, 6, 0		/* ICC_PMR */
	note	3, 0, 12, 8, 3		/* ICC_BPR0 */
	note	3, 0, 12, 8, 4		/* ICC_AP0R0 */
	note	3, 0, 12, 9, 0		/* ICC_AP1R0 */
	note	3, 0, 12, 12, 3		/* ICC_BPR1 */
	note	3, 0, 12, 12, 4		/* ICC_CTLR */
	note	3, 0, 12, 12, 6		/* ICC_IGRPEN0 */
	note	3, 0, 12, 12, 7		/* ICC_IGRPEN1 */
	ret

	.pushsection .rodata.regs_at_entry, "a"
	.hword	0xffff
	.popsection
