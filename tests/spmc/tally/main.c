/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Secure Partition that uses a little of everything: requests, a device and its interrupt, another SP, indirect
 * messages, a fault. docs/write-your-own-sp.md shows it piece by piece; tests/tools/test_docs.py keeps them the same.
 */
#include "sp.h"
#include "tally.h"

#define HELLO	  0x8001
#define RTC	  0x09010000 /* a PL031, Arm DDI 0224 */
#define RTC_INTID 34
enum { RTC_DR = 0, RTC_MR = 0x4 / 4, RTC_IMSC = 0x10 / 4, RTC_ICR = 0x1c / 4 };

static volatile uint32_t *rtc;
static uint64_t asked, rings, letters;

static void interrupt(uint32_t intid)
{
	(void)intid;
	rtc[RTC_ICR] = 1;
	rings++;
	sp_log("it rings\n");
}

static void message(uint16_t sender, const void *text, size_t size)
{
	(void)sender;
	(void)text;
	letters += size;
}

static void ask_hello(struct sp_regs *r)
{
	struct sp_regs to_hello = { { 0, 0, 0, 1, r->x[4] } };

	sp_request(HELLO, &to_hello);
	r->x[4] = (uint32_t)to_hello.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 ? to_hello.x[4] : 0;
}

static void request(struct sp_regs *r)
{
	asked++;
	switch (r->x[3]) {
	case TALLY_COUNT:
		r->x[4] = asked;
		break;
	case TALLY_ADD:
		r->x[4] += r->x[5];
		break;
	case TALLY_ALARM:
		rtc[RTC_MR] = rtc[RTC_DR] + 1;
		break;
	case TALLY_RINGS:
		r->x[4] = rings;
		break;
	case TALLY_ASK_HELLO:
		ask_hello(r);
		break;
	case TALLY_LETTERS:
		r->x[4] = letters;
		break;
	case TALLY_WRITE:
		*(volatile uint64_t *)r->x[4] = 0;
		break;
	}
}

void sp_main(unsigned int context, uint64_t boot_info)
{
	static const struct sp_service service = { .request = request, .message = message, .interrupt = interrupt };

	(void)context;
	(void)boot_info;
	rtc = sp_map(RTC, FFA_PAGE_SIZE, SP_MAP_NS | SP_MAP_DEVICE);
	if (!rtc || !sp_irq_enable(RTC_INTID, SP_PIN_IRQ))
		sp_panic("no RTC\n");
	rtc[RTC_IMSC] = 1;
	if (!sp_rxtx_map())
		sp_panic("no buffers\n");
	sp_log("ready\n");
	sp_serve(&service);
}
