/* SPDX-License-Identifier: BSD-3-Clause */
/* Which partitions there are: 5 and 6. FF-A 1.2, 13.8 and 13.9. */
#include "ask.h"
#include "buffers.h"
#include "tests.h"

#define COUNT_ONLY FFA_PARTITION_COUNT_FLAG
#define REGS_MOST  5 /* descriptors in x3 to x17 */

#define RECEIVES (FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_AARCH64)
#define SENDS	 (FFA_PARTITION_DIRECT_SEND | FFA_PARTITION_DIRECT2_SEND) /* told to SPs only: none sends to us */
#define VMS	 (FFA_PARTITION_VM_CREATED | FFA_PARTITION_VM_DESTROYED)

/* What the manifests say: sp/NAME/NAME.dts. */
static const struct ffa_partition_info known[SPS] = {
	{ SP1, 4, RECEIVES | FFA_PARTITION_INDIRECT | VMS, { { 0x5a3c1e10, 0x48d72b96, 0x9ce1a0b4, 0x01007e6f } } },
	{ SP2, 1, RECEIVES | FFA_PARTITION_INDIRECT, { { 0x6b1f0d92, 0x4e0c85a7, 0xd23b719e, 0x0200c4f8 } } },
	{ SP3, 4, RECEIVES | FFA_PARTITION_INDIRECT, { { 0x7c82a4e3, 0x4b6d19f0, 0x51c8e2a6, 0x03009b3d } } },
	{ SP4, 1, RECEIVES, { { 0x8d95b5f4, 0x4a7e2c01, 0x62d9f3b7, 0x0400ac4e } } },
};
static const uint32_t no_one[4] = { 0xdead, 0xbeef, 1, 2 };

static bool same(const struct ffa_partition_info *seen, const struct ffa_partition_info *wanted, bool with_uuid,
		 uint32_t more)
{
	static const struct ffa_uuid nil;

	return EXPECT_EQ(seen->id, wanted->id) & EXPECT_EQ(seen->ec_count, wanted->ec_count) &
	       EXPECT_EQ(seen->properties, wanted->properties | more) &
	       EXPECT(memcmp(&seen->uuid, with_uuid ? &wanted->uuid : &nil, sizeof(nil)) == 0);
}

static struct regs info_get(const uint32_t w[4], uint32_t flags)
{
	struct regs r = { { FFA_PARTITION_INFO_GET, w[0], w[1], w[2], w[3], flags } };

	client_smc(&r);
	return r;
}

void test_info(void)
{
	static const uint32_t nil[4];
	struct ffa_partition_info seen[SPS];
	struct regs r;

	/* Nobody needs a buffer for a number. */
	r = info_get(nil, COUNT_ONLY);
	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], SPS);
	EXPECT_EQ(r.x[3], 0);
	if (!buffers_map())
		return;
	r = info_get(nil, 0);
	if (EXPECT_SUCCESS(r) && EXPECT_EQ(r.x[2], SPS) && EXPECT_EQ(r.x[3], sizeof(seen[0]))) {
		memcpy(seen, buffers_rx, sizeof(seen));
		for (unsigned int i = 0; i < SPS; i++)
			same(&seen[i], &known[i], true, 0);
		buffers_release();
	}
	r = info_get(nil, 2);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	buffers_unmap();
}

static struct regs info_regs(const struct ffa_uuid *u, uint32_t start, uint32_t tag)
{
	return ffa_call(FFA_PARTITION_INFO_GET_REGS, u->w[0] | (uint64_t)u->w[1] << 32,
			u->w[2] | (uint64_t)u->w[3] << 32, start | (uint64_t)tag << 16, 0);
}

/* r's descriptors are those of known from first on. */
static void check_regs(const struct regs *r, unsigned int first, unsigned int count, bool with_uuid)
{
	struct ffa_partition_info d;

	if (!EXPECT_EQ(r->x[0], FFA_SUCCESS_64))
		return;
	EXPECT_EQ(r->x[1], 0);
	EXPECT_EQ(r->x[2] & 0xffff, first + count - 1);	      /* the last one */
	EXPECT_EQ(r->x[2] >> 16 & 0xffff, first + count - 1); /* the last one here */
	EXPECT_EQ(r->x[2] >> 48, sizeof(d));
	for (unsigned int i = 0; i < count && i < REGS_MOST; i++) {
		memcpy(&d, &r->x[FFA_INFO_REGS_FIRST + i * FFA_INFO_REGS_EACH], sizeof(d));
		same(&d, &known[first + i], with_uuid, 0);
	}
	for (unsigned int i = FFA_INFO_REGS_FIRST + count * FFA_INFO_REGS_EACH; i < 18; i++)
		EXPECT_EQ(r->x[i], 0);
}

static void by_uuid(unsigned int i)
{
	struct ffa_partition_info seen;
	struct regs r = info_get(known[i].uuid.w, COUNT_ONLY);

	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], 1);
	r = info_get(known[i].uuid.w, 0);
	if (EXPECT_SUCCESS(r) && EXPECT_EQ(r.x[2], 1)) {
		memcpy(&seen, buffers_rx, sizeof(seen));
		same(&seen, &known[i], false, 0);
		buffers_release();
	}
	r = info_regs(&known[i].uuid, 0, 0);
	EXPECT_EQ(r.x[2] & 0xffff, 0);
	if (EXPECT_EQ(r.x[0], FFA_SUCCESS_64)) {
		memcpy(&seen, &r.x[FFA_INFO_REGS_FIRST], sizeof(seen));
		same(&seen, &known[i], false, 0);
	}
}

void test_info_more(void)
{
	static const struct ffa_uuid nil;
	struct regs r;

	if (!buffers_map())
		return;
	for (unsigned int i = 0; i < SPS; i++)
		by_uuid(i);
	r = info_get(no_one, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = info_get(no_one, COUNT_ONLY);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	buffers_unmap();

	r = info_regs(&nil, 0, 0);
	check_regs(&r, 0, SPS, true);
	r = info_regs(&nil, 2, 0);
	check_regs(&r, 2, SPS - 2, true);
	r = info_regs((const struct ffa_uuid *)no_one, 0, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = info_regs(&nil, SPS, 0);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = info_regs(&nil, 0, 1);
	EXPECT_ERROR(r, FFA_INVALID_PARAMETERS);
	r = info_regs(&nil, 1, 1);
	EXPECT_ERROR(r, FFA_RETRY);
	/* An SP is told who may send to it as well; it comes with x0 to x7 only, so one descriptor. */
	r = ASK_SMC(SP3, FFA_PARTITION_INFO_GET_REGS);
	if (EXPECT_EQ(r.x[0], FFA_SUCCESS_64)) {
		struct ffa_partition_info d;

		memcpy(&d, &r.x[FFA_INFO_REGS_FIRST], sizeof(d));
		same(&d, &known[0], true, SENDS);
	}
}
