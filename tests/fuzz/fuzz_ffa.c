/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * src/ffa's codecs: direct and indirect messages and partition information of any content, against what FF-A 1.2
 * (chapters 7, 13, 15, 16) says of them in other words. A descriptor that is accepted has its message inside the
 * buffer; a caller speaks for nobody else; an answer fits its request; no byte is written behind the room.
 */
#include "fuzz.h"

#include "ffa/direct.h"
#include "ffa/indirect.h"
#include "ffa/partinfo.h"

#define SPMC 0x8000u
#define SPMD 0xffffu

/* --- Direct messages --- */

static struct ffa_regs any_regs(struct fuzz *f)
{
	static const uint32_t ids[] = { FFA_MSG_SEND_DIRECT_REQ_32,  FFA_MSG_SEND_DIRECT_REQ_64,
					FFA_MSG_SEND_DIRECT_REQ2,    FFA_MSG_SEND_DIRECT_RESP_32,
					FFA_MSG_SEND_DIRECT_RESP_64, FFA_MSG_SEND_DIRECT_RESP2 };
	static const uint16_t ends[] = { 0, 1, 0x8001, 0x8002, SPMC, SPMD, 0x7fff };
	struct ffa_regs r = { { 0 } };
	unsigned int how = fuzz_u8(f), from = fuzz_u8(f), to = fuzz_u8(f);

	r.x[0] = ids[how % ARRAY_SIZE(ids)];
	r.x[1] = (uint64_t)ends[from % ARRAY_SIZE(ends)] << 16 | ends[to % ARRAY_SIZE(ends)];
	if (how & 0x40)
		r.x[2] = how & 0x80 ? BIT(31) | (fuzz_u8(f) & 0x1f) : fuzz_odd(f);
	r.x[3] = from & 0x80 ? fuzz_odd(f) : 0;
	if (to & 0x80)
		r.x[1] |= fuzz_u64(f) << 32; /* not w1 */
	return r;
}

static bool is_long(const struct ffa_regs *r)
{
	return r->x[0] == FFA_MSG_SEND_DIRECT_REQ2 || r->x[0] == FFA_MSG_SEND_DIRECT_RESP2;
}

/* Who may send which framework message to us (18.2). */
static bool framework_ok(uint8_t message, enum ffa_from from, uint16_t sender)
{
	if (from == FFA_FROM_SPMD)
		return message == 0 || message == 1 || message == 8;
	return from == FFA_FROM_NS && sender == 0 && (message == 4 || message == 6);
}

static void check_request(const struct ffa_regs *r, const struct ffa_caller *c)
{
	uint16_t from = (uint16_t)(r->x[1] >> 16), to = (uint16_t)r->x[1];
	bool framework = !is_long(r) && (r->x[2] >> 31 & 1), ok;
	struct ffa_direct d;
	int got = ffa_direct_decode_req(r, c, SPMC, &d);

	ok = from != to && (c->from == FFA_FROM_NS ? !(from & 0x8000) : from == c->id);
	if (!is_long(r))
		ok = ok && !((uint32_t)r->x[2] & (framework ? 0x7fffff00 : 0xffffffff));
	if (c->from == FFA_FROM_SPMD)
		ok = ok && framework && to == SPMC;
	else
		ok = ok && (to & 0x8000) && to != SPMC && to != SPMD;
	if (framework)
		ok = ok && framework_ok((uint8_t)r->x[2], c->from, from);
	MUST_EQ(got == OK, ok);
	if (got)
		return;
	MUST(d.sender == from && d.receiver == to && d.framework == framework);
	MUST_EQ(d.kind == FFA_DIRECT_REGS18, is_long(r));
	if (is_long(r))
		MUST(d.uuid.w[1] == r->x[2] >> 32 && d.uuid.w[2] == (uint32_t)r->x[3]);
}

static void direct(struct fuzz *f)
{
	static const struct ffa_caller callers[] = { { .from = FFA_FROM_NS, .id = 0 },
						     { .from = FFA_FROM_SPMD, .id = SPMD },
						     { .from = FFA_FROM_SP, .id = 0x8001 },
						     { .from = FFA_FROM_SP, .id = 0x8002 } };
	const struct ffa_caller *c = &callers[fuzz_below(f, ARRAY_SIZE(callers))];
	struct ffa_regs q = any_regs(f), a = any_regs(f);
	struct ffa_direct req, resp;

	/* Requests have ids of requests: the table of rows sees to that. */
	if (q.x[0] != FFA_MSG_SEND_DIRECT_RESP_32 && q.x[0] != FFA_MSG_SEND_DIRECT_RESP_64 &&
	    q.x[0] != FFA_MSG_SEND_DIRECT_RESP2)
		check_request(&q, c);
	else
		return;
	if (ffa_direct_decode_req(&q, c, SPMC, &req))
		return;
	c = &callers[fuzz_below(f, ARRAY_SIZE(callers))];
	if (ffa_direct_decode_resp(&a, c, &req, &resp))
		return;
	MUST(resp.sender == c->id && resp.sender == req.receiver && resp.receiver == req.sender);
	MUST(resp.kind == req.kind && resp.framework == req.framework);
	if (req.framework) /* 2 answers 0 and 1; else it is the next number up */
		MUST_EQ(resp.message, req.message <= 1 ? 2 : req.message + 1);
	ffa_direct_narrow(&a);
	MUST(!(a.x[0] >> 32) && !(a.x[1] >> 32));
}

/* --- Indirect messages --- */

static void indirect(struct fuzz *f)
{
	static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };
	uint32_t version = versions[fuzz_below(f, 3)];
	struct ffa_msg_header_1_2 h = { .reserved = 0 };
	unsigned int how = fuzz_u8(f);
	uint64_t room = how & 1 ? PAGE_SIZE : fuzz_odd(f), need;
	size_t copied = how & 2 ? sizeof(h) : fuzz_below(f, sizeof(h) + 1);
	struct ffa_indirect m;
	uint8_t *copy;
	int got;

	h.base.offset = (uint32_t)fuzz_odd(f);
	h.base.size = (uint32_t)fuzz_odd(f);
	h.base.sender = fuzz_u8(f);
	h.base.receiver = fuzz_u8(f);
	h.base.flags = how & 4 ? fuzz_u8(f) : 0;
	h.base.reserved = how & 8 ? fuzz_u8(f) : 0;
	copy = fuzz_copy((const uint8_t *)&h, copied);
	got = ffa_indirect_decode(copy, copied, room, version, &m);
	need = version == FFA_VERSION_1_2 && h.base.offset >= sizeof(h) ? sizeof(h) : sizeof(h.base);
	MUST_EQ(got == OK, copied >= need && room >= need && !h.base.flags && !h.base.reserved &&
				   h.base.sender != h.base.receiver && h.base.size && h.base.offset >= need &&
				   (uint64_t)h.base.offset + h.base.size <= room);
	if (got == OK)
		MUST(m.offset >= m.header && (uint64_t)m.offset + m.size <= room && m.header == need);
	free(copy);
}

/* --- Partition information --- */

static void partinfo(struct fuzz *f)
{
	static const struct ffa_uuid uuid[] = { { { 1, 2, 3, 4 } }, { { 5, 6, 7, 8 } }, { { 1, 2, 3, 5 } }, { { 0 } } };
	static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };
	struct ffa_partinfo p[4];
	struct ffa_partinfo_list list = { p, fuzz_below(f, 5) };
	struct ffa_partinfo_caller caller = { versions[fuzz_below(f, 3)], fuzz_u8(f) & 1 };
	const struct ffa_uuid *asked = &uuid[fuzz_below(f, 4)];
	size_t room = fuzz_u8(f), each = caller.version == FFA_VERSION_1_0 ? 8 : 24, n = 0;
	struct ffa_regs r = { { 0 } };
	uint8_t *buf;
	int got;

	for (unsigned int i = 0; i < list.count; i++) {
		p[i] = (struct ffa_partinfo){ (uint16_t)(0x8001 + i), 1, fuzz_u32(f), uuid + fuzz_below(f, 2),
					      1 + (i & 1) };
		for (unsigned int k = 0; k < p[i].nr_uuids; k++)
			n += asked == &uuid[3] || memcmp(&p[i].uuid[k], asked, sizeof(*asked)) == 0;
	}
	MUST_EQ(ffa_partinfo_count(&list, asked), n);
	buf = calloc(1, room ? room : 1);
	got = ffa_partinfo_write(&list, asked, &caller, buf, room);
	MUST_EQ(got, n * each > room ? FFA_NO_MEMORY : (int)(n * each));
	free(buf);
	r.x[1] = (uint64_t)asked->w[1] << 32 | asked->w[0];
	r.x[2] = (uint64_t)asked->w[3] << 32 | asked->w[2];
	r.x[3] = fuzz_u8(f) & 1 ? fuzz_below(f, 8) | 7u << 16 : fuzz_odd(f);
	ffa_partinfo_regs(&list, 7, &caller, &r);
	if ((uint32_t)r.x[0] == FFA_ERROR)
		return;
	MUST_EQ(r.x[0], FFA_SUCCESS_64);
	MUST_EQ(r.x[2] & 0xffff, n - 1);
	MUST((r.x[2] >> 16 & 0xffff) < n && (r.x[2] >> 32 & 0xffff) == 7 && r.x[2] >> 48 == 24);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);

	while (fuzz_more(&f)) {
		unsigned int what = fuzz_below(&f, 3);

		if (what == 0)
			direct(&f);
		else if (what == 1)
			indirect(&f);
		else
			partinfo(&f);
	}
	return 0;
}
