/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What our Secure Partitions can be told in x3 of a direct request (64-bit; arguments and results in x4 to x7), or in
 * x4 of REQ2 (x5 to x17), for them and for those who test with them. Anything else in x3 is an echo: x4 += 0x1000.
 */
#ifndef SP_COMMANDS_H
#define SP_COMMANDS_H

#define SP_ECHO_ADDED 0x1000

/* --- every SP --- */
#define SP_CMD_SPIN  0x5b1a0001 /* answer after x5 ticks of the counter */
#define SP_CMD_FAULT 0x5b1a0002 /* touch what is not there; no answer */
#define SP_CMD_LOOP  0x5b1a0003 /* no answer */
#define SP_CMD_MISREPLY                                                                                                \
	0x5b1a0004 /* first answer with w1 = x4: x5 = what the SPMC said to that (w0), x6 = w2; then answer */
#define SP_CMD_YIELD 0x5b1a0005 /* FFA_YIELD with the timeout x5 first; x6 = w0 with which it went on */
#define SP_CMD_RELAY                                                                                                   \
	0x5b1a0006 /* request to x4: its x3 = x5, x4 = x6, x5 = x7; answer: x4 = w0, x5 = w2, x6 = x4, x7 = x5 of what came */
#define SP_CMD_NS_READ	0x5b1a0007 /* 64 bits at the normal world's address x4, by its NS mapping: x5 */
#define SP_CMD_NS_WRITE 0x5b1a0008 /* x5 there */
#define SP_CMD_CALLS	0x5b1a0009 /* x4 = direct requests that this context has answered */
#define SP_CMD_TOUCH	0x5b1a000a /* x4 = enum sp_touch: x5 = 1 if it was UNDEFINED, else 0; x6 = what was read */
#define SP_CMD_SEND2	0x5b1a000b /* FFA_MSG_SEND2 of the 8 bytes x5 to x4: x5 = w0, x6 = w2 of what it returned */
#define SP_CMD_MAILBOX                                                                                                 \
	0x5b1a000c /* x4 = indirect messages seen, x5 = their sender, x6 = the first 8 bytes of the last one */
#define SP_CMD_EVENTS                                                                                                  \
	0x5b1a000d /* of this context: x4 = times it was told CPU_OFF, x5 = VM created, x6 = VM destroyed, x7 = entries by FFA_RUN */
/* In REQ2 only: x5 to x12 are x0 to x7 of a call by SMC, or of an HVC; answered with x5 to x17 = its x0 to x12. */
#define SP_CMD_SMC 0x5b1a0010
#define SP_CMD_HVC 0x5b1a0011

enum sp_touch {
	SP_TOUCH_ICC_IAR1,
	SP_TOUCH_ICC_EOIR1,
	SP_TOUCH_ICC_PMR,
	SP_TOUCH_CNTV_CTL,
	SP_TOUCH_CNTP_CTL,
	SP_TOUCH_SVE, /* rdvl */
	SP_TOUCH_SME, /* rdsvl */
	SP_TOUCH_SCR, /* an EL3 register */
	SP_TOUCHES
};

/* --- SP2 irq --- */
#define IRQ_CMD_STATUS                                                                                                 \
	0x5b1a0020 /* of INTID x4: x4 = interrupts taken since reset, x5 = the last INTID of all, x6 = managed exits, x7 = entries by FFA_INTERRUPT */
#define IRQ_CMD_PEND                                                                                                   \
	0x5b1a0021 /* INTID x4 becomes pending on this core x5 ticks from now (0: at once), x6 times, x5 apart; x7 != 0: apart at random, and its seed: test hook; x5 = its result */
#define IRQ_CMD_UART 0x5b1a0022 /* UART1's transmit interrupt, now: x4 = how often it came, x5 = the INTID */
#define IRQ_CMD_SPIN                                                                                                   \
	0x5b1a0023 /* x5 ticks with interrupts open: x4 = interrupts taken meanwhile, x5 = the last INTID */
#define IRQ_CMD_SPIN_SLOW 0x5b1a0024 /* the same with interrupts masked, and HF_INTERRUPT_GET asked at the end */
#define IRQ_CMD_MAILBOX	  0x5b1a0025 /* as SP_CMD_MAILBOX */
#define IRQ_CMD_RESET	  0x5b1a0026 /* what IRQ_CMD_STATUS tells begins at 0 again */
/* A managed exit answers the request with this in x3 (32-bit: w3), x4 = managed exits so far. */
#define IRQ_MANAGED_EXIT 0x5b1a00ee

#endif
