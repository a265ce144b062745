/* SPDX-License-Identifier: BSD-3-Clause */
/* Indirect messages and the console: 20 and 21. FF-A 1.2, 16 and 13.14. */
#include "ask.h"
#include "buffers.h"
#include "tests.h"

#define HEADER	   sizeof(struct ffa_msg_header_1_2)
#define OLD_HEADER sizeof(struct ffa_msg_header) /* 1.1's, which senders of 1.2 use too */
#define TEXT	   0x11223344aabbccddull

static struct ffa_msg_header_1_2 header(uint32_t from, uint32_t to, uint32_t offset, uint32_t size)
{
	return (struct ffa_msg_header_1_2){
		.base = { .offset = offset, .receiver = (uint16_t)to, .sender = (uint16_t)from, .size = size }
	};
}

static struct regs send_as_is(const struct ffa_msg_header_1_2 *h, uint64_t text, uint32_t w1, uint32_t w2)
{
	memcpy(buffers_tx, h, sizeof(*h));
	memcpy(buffers_tx + HEADER, &text, sizeof(text));
	return ffa_call(FFA_MSG_SEND2, w1, w2, 0, 0);
}

static struct regs send(uint32_t to, uint64_t text)
{
	const struct ffa_msg_header_1_2 h = header(FFA_ID_HYPERVISOR, to, HEADER, sizeof(text));

	return send_as_is(&h, text, 0, 0);
}

/* Linux does it like that. */
static struct regs send_old(uint32_t to, uint64_t text)
{
	const struct ffa_msg_header_1_2 h = header(FFA_ID_HYPERVISOR, to, OLD_HEADER, sizeof(text));

	memcpy(buffers_tx, &h, OLD_HEADER);
	memcpy(buffers_tx + OLD_HEADER, &text, sizeof(text));
	return ffa_call(FFA_MSG_SEND2, 0, 0, 0, 0);
}

/* The last message that sp has had: its sender and text. */
static void expect_seen(uint32_t sp, uint32_t from, uint64_t text)
{
	struct regs r = ASK(sp, SP_CMD_MAILBOX);

	EXPECT_EQ(r.x[5], from);
	EXPECT_EQ(r.x[6], text);
}

/* By FFA_RUN an SP is told to look. */
static void to_sp(uint32_t sp, unsigned int salt)
{
	struct regs before = ASK(sp, SP_CMD_MAILBOX), r = send(sp, TEXT + salt), after;

	if (!EXPECT_SUCCESS(r))
		return;
	r = send(sp, TEXT + salt + 1);
	EXPECT_ERROR(r, FFA_BUSY);
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(sp, 0), 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
	r = send(sp, TEXT + salt + 2);
	EXPECT_SUCCESS(r);
	after = ASK(sp, SP_CMD_MAILBOX);
	EXPECT_EQ(after.x[4] - before.x[4], 2);
	expect_seen(sp, FFA_ID_HYPERVISOR, TEXT + salt + 2);
}

static void expect_mail(uint32_t from, uint64_t text)
{
	struct ffa_msg_header_1_2 h;

	memcpy(&h, buffers_rx, sizeof(h));
	EXPECT_EQ(h.base.sender, from);
	EXPECT_EQ(h.base.receiver, FFA_ID_HYPERVISOR);
	EXPECT_EQ(h.base.offset, HEADER);
	EXPECT_EQ(h.base.size, sizeof(text));
	EXPECT_EQ(h.base.flags | h.base.reserved | h.reserved, 0);
	EXPECT(memcmp(buffers_rx + HEADER, &text, sizeof(text)) == 0);
}

void test_send2(void)
{
	struct regs r;

	if (!buffers_map())
		return;
	to_sp(SP1, 0x10);
	to_sp(SP2, 0x20);
	to_sp(SP3, 0x30);
	r = send_old(SP1, TEXT + 0x40);
	EXPECT_SUCCESS(r);
	expect_seen(SP1, FFA_ID_HYPERVISOR, TEXT + 0x40);
	/* To us; twice does not go, until we have read it. */
	r = ASK(SP1, SP_CMD_SEND2, FFA_ID_HYPERVISOR, TEXT);
	EXPECT_EQ(r.x[5], FFA_SUCCESS_32);
	expect_mail(SP1, TEXT);
	r = ASK(SP2, SP_CMD_SEND2, FFA_ID_HYPERVISOR, TEXT);
	EXPECT_EQ(r.x[5], FFA_ERROR);
	EXPECT_EQ((int32_t)r.x[6], FFA_BUSY);
	buffers_release();
	r = ASK(SP2, SP_CMD_SEND2, FFA_ID_HYPERVISOR, TEXT + 1);
	EXPECT_EQ(r.x[5], FFA_SUCCESS_32);
	expect_mail(SP2, TEXT + 1);
	buffers_release();
	/* From SP to SP. */
	r = ASK(SP1, SP_CMD_SEND2, SP2, TEXT + 2);
	EXPECT_EQ(r.x[5], FFA_SUCCESS_32);
	expect_seen(SP2, SP1, TEXT + 2);
	r = ASK(SP2, SP_CMD_SEND2, SP3, TEXT + 3);
	EXPECT_EQ(r.x[5], FFA_SUCCESS_32);
	expect_seen(SP3, SP2, TEXT + 3);
	buffers_unmap();
	/* We have no mailbox any more. */
	r = ASK(SP1, SP_CMD_SEND2, FFA_ID_HYPERVISOR, TEXT);
	EXPECT_EQ(r.x[5], FFA_ERROR);
	EXPECT_EQ((int32_t)r.x[6], FFA_BUSY);
}

void test_send2_errors(void)
{
	const uint32_t room = FFA_PAGE_SIZE - HEADER;
	const struct {
		struct ffa_msg_header_1_2 h;
		uint32_t w1, w2;
		int32_t error;
	} wrong[] = {
		{ header(0, NOBODY, HEADER, 8), 0, 0, FFA_INVALID_PARAMETERS },
		{ header(0, FFA_ID_SPMC, HEADER, 8), 0, 0, FFA_INVALID_PARAMETERS },
		{ header(0, 0, HEADER, 8), 0, 0, FFA_INVALID_PARAMETERS },     /* to itself */
		{ header(0, 5, HEADER, 8), 0, 0, FFA_INVALID_PARAMETERS },     /* not by us */
		{ header(SP2, SP1, HEADER, 8), 0, 0, FFA_INVALID_PARAMETERS }, /* pretending */
		{ header(SP2, SP1, HEADER, 8), SP2 << 16, 0, FFA_INVALID_PARAMETERS },
		{ header(5, SP1, HEADER, 8), 0, 0, FFA_INVALID_PARAMETERS }, /* w1 says another one */
		{ header(5, SP1, HEADER, 8), 5 << 16, 0, FFA_DENIED },	     /* a VM without buffers */
		{ header(0, SP1, HEADER, 8), 1, 0, FFA_INVALID_PARAMETERS }, /* reserved */
		{ header(0, SP1, HEADER, 8), 0, 1, FFA_INVALID_PARAMETERS },
		{ header(0, SP1, HEADER, 0), 0, 0, FFA_INVALID_PARAMETERS },	     /* nothing */
		{ header(0, SP1, OLD_HEADER - 4, 8), 0, 0, FFA_INVALID_PARAMETERS }, /* in the header */
		{ header(0, SP1, HEADER, room + 1), 0, 0, FFA_INVALID_PARAMETERS },
		{ header(0, SP1, FFA_PAGE_SIZE, 8), 0, 0, FFA_INVALID_PARAMETERS },
		{ header(0, SP1, 0xfffffff8, 16), 0, 0, FFA_INVALID_PARAMETERS },
		{ header(0, SP4, HEADER, 8), 0, 0, FFA_DENIED }, /* it takes none */
	};
	struct regs r;

	if (!buffers_map())
		return;
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r = send_as_is(&wrong[i].h, TEXT, wrong[i].w1, wrong[i].w2);
		if (!EXPECT_ERROR(r, wrong[i].error))
			say("# row %u\n", i);
	}
	r = ASK(SP4, SP_CMD_SEND2, SP1, TEXT);
	EXPECT_EQ(r.x[5], FFA_ERROR);
	/* None of them got there. */
	r = ffa_call(FFA_RUN, FFA_ENDPOINTS(SP1, 0), 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_MSG_WAIT);
	r = ASK(SP1, SP_CMD_MAILBOX);
	EXPECT(r.x[6] != TEXT || r.x[5] != FFA_ID_HYPERVISOR);
	r = send(SP1, TEXT + 9);
	EXPECT_SUCCESS(r);
	expect_seen(SP1, FFA_ID_HYPERVISOR, TEXT + 9);
	buffers_unmap();
}

/* "console\n" and what must not reach a terminal; SPMD does not let the normal world have it. */
void test_console(void)
{
	static const char line[] = "console log of 32\n";
	struct regs r = { { FFA_CONSOLE_LOG_32, sizeof(line) - 1 } }, q;

	for (unsigned int i = 0; i < sizeof(line) - 1; i++)
		r.x[2 + i / 4] |= (uint64_t)(uint8_t)line[i] << i % 4 * 8;
	q = ask_call_with(SP1, SP_CMD_SMC, r.x);
	EXPECT_SUCCESS(q);
	q = ASK_SMC(SP1, FFA_CONSOLE_LOG_64, 16, 0x20656c6f736e6f63, 0x0a34362066070b1b);
	EXPECT_SUCCESS(q);
	q = ASK_SMC(SP1, FFA_CONSOLE_LOG_32, 0, 0);
	EXPECT_ERROR(q, FFA_INVALID_PARAMETERS);
	q = ASK_SMC(SP1, FFA_CONSOLE_LOG_32, FFA_CONSOLE_LOG_32_MAX + 1, 0x0a);
	EXPECT_ERROR(q, FFA_INVALID_PARAMETERS);
	q = ASK_SMC(SP1, FFA_CONSOLE_LOG_64, FFA_CONSOLE_LOG_64_MAX + 1, 0x0a);
	EXPECT_ERROR(q, FFA_INVALID_PARAMETERS);
	q = ffa_call(FFA_CONSOLE_LOG_32, 1, 'x', 0, 0);
	EXPECT_ERROR(q, FFA_NOT_SUPPORTED);
	q = ffa_call(FFA_CONSOLE_LOG_64, 1, 'x', 0, 0);
	EXPECT_ERROR(q, FFA_NOT_SUPPORTED);
}
