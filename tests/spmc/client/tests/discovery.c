/* SPDX-License-Identifier: BSD-3-Clause */
/* What is there: versions, identifiers, features. FF-A 1.2, 13.2, 13.3, 13.10, 13.11. */
#include "ask.h"
#include "tests.h"

#define HIGH(i)	  (0x1234567800000000 + (i)) /* x8 to x17 of a call that has no use for them */
#define REGS	  18
#define NOT_ONE	  0x8400dead
#define MAX_PAGES 16 /* of an RX or TX buffer */

void test_version(void)
{
	struct regs r = ffa_call(FFA_VERSION, FFA_VERSION_RESERVED | FFA_VERSION_1_1, 0, 0, 0);

	registers_begin(); /* this is the first test; 23 looks at them */
	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
	r = ffa_call(FFA_VERSION, FFA_VERSION_MAKE(2u, 0u), 0, 0, 0);
	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
	/* As often as one likes, as long as there was no other call. */
	r = ffa_call(FFA_VERSION, FFA_VERSION_1_1, 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_VERSION_1_2);
	r = ffa_call(FFA_VERSION, FFA_VERSION_1_2, 0, 0, 0);
	EXPECT_EQ(r.x[0], FFA_VERSION_1_2);
}

void test_id_get(void)
{
	struct regs r = ffa_call(FFA_ID_GET, 0, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], FFA_ID_HYPERVISOR);
	for (unsigned int sp = SP1; sp < SP1 + SPS; sp++) {
		r = ASK_SMC(sp, FFA_ID_GET);
		if (EXPECT_SUCCESS(r))
			EXPECT_EQ(r.x[2], sp);
	}
}

void test_spm_id_get(void)
{
	struct regs r = ffa_call(FFA_SPM_ID_GET, 0, 0, 0, 0);

	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], FFA_ID_SPMC);
	r = ASK_SMC(SP1, FFA_SPM_ID_GET);
	if (EXPECT_SUCCESS(r))
		EXPECT_EQ(r.x[2], FFA_ID_SPMC);
}

/* --- FEATURES --- */

struct feature {
	uint32_t id, in; /* w1, w2 */
	int32_t error;	 /* or 0: then w2 is */
	uint32_t w2;
};

static const struct feature of_normal_world[] = {
	{ FFA_VERSION, 0, 0, 0 },
	{ FFA_FEATURES, 0, 0, 0 },
	{ FFA_ID_GET, 0, 0, 0 },
	{ FFA_SPM_ID_GET, 0, 0, 0 },
	{ FFA_PARTITION_INFO_GET, 0, 0, 0 },
	{ FFA_PARTITION_INFO_GET_REGS, 0, 0, 0 },
	{ FFA_RXTX_MAP_32, 0, 0, MAX_PAGES << FFA_RXTX_MAX_PAGES_SHIFT },
	{ FFA_RXTX_MAP_64, 0, 0, MAX_PAGES << FFA_RXTX_MAX_PAGES_SHIFT },
	{ FFA_RXTX_UNMAP, 0, 0, 0 },
	{ FFA_RX_RELEASE, 0, 0, 0 },
	{ FFA_RX_ACQUIRE, 0, 0, 0 },
	{ FFA_MSG_SEND2, 0, 0, 0 },
	{ FFA_RUN, 0, 0, 0 },
	{ FFA_MSG_SEND_DIRECT_REQ_32, 0, 0, 0 },
	{ FFA_MSG_SEND_DIRECT_REQ_64, 0, 0, 0 },
	{ FFA_MSG_SEND_DIRECT_REQ2, 0, 0, 0 },
	{ FFA_FEATURE_SRI, 0, 0, HF_INTID_SRI },
	/* Not its own. */
	{ FFA_FEATURE_NPI, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_FEATURE_MEI, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_MSG_WAIT, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_MSG_SEND_DIRECT_RESP_32, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_SECONDARY_EP_REGISTER, 0, FFA_NOT_SUPPORTED, 0 },
	/* Not there yet, or never. */
	{ FFA_MEM_SHARE_32, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_NOTIFICATION_GET, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_MSG_POLL, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_FEATURES | FFA_ID_IS_64, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_MSG_SEND_DIRECT_REQ2 & ~(uint32_t)FFA_ID_IS_64, 0, FFA_NOT_SUPPORTED, 0 },
	{ NOT_ONE, 0, FFA_NOT_SUPPORTED, 0 },
	{ 0xdd, 0, FFA_NOT_SUPPORTED, 0 },
	/* A feature's identifier has 8 bits; nothing of these has properties to ask for. */
	{ 0xdead, 0, FFA_INVALID_PARAMETERS, 0 },
	{ FFA_FEATURE_SRI, 1, FFA_INVALID_PARAMETERS, 0 },
	{ FFA_RXTX_MAP_64, 1, FFA_INVALID_PARAMETERS, 0 },
};

static const struct feature of_sp[] = {
	{ FFA_MSG_WAIT, 0, 0, 0 },
	{ FFA_YIELD, 0, 0, 0 },
	{ FFA_MSG_SEND_DIRECT_RESP2, 0, 0, 0 },
	{ FFA_SECONDARY_EP_REGISTER, 0, 0, 0 },
	{ FFA_CONSOLE_LOG_32, 0, 0, 0 },
	{ FFA_CONSOLE_LOG_64, 0, 0, 0 },
	{ FFA_FEATURE_NPI, 0, 0, HF_INTID_NPI },
	{ FFA_FEATURE_MEI, 0, 0, HF_INTID_MANAGED_EXIT },
	{ FFA_FEATURE_SRI, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_RX_ACQUIRE, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_MEM_PERM_GET_32, 0, FFA_NOT_SUPPORTED, 0 },
	{ FFA_NORMAL_WORLD_RESUME, 0, FFA_NOT_SUPPORTED, 0 },
	{ 0xdead, 0, FFA_INVALID_PARAMETERS, 0 },
};

static void check_feature(const struct feature *f, const struct regs *r)
{
	bool as_it_should_be = f->error ? EXPECT_ERROR(*r, f->error) : EXPECT_SUCCESS(*r) && EXPECT_EQ(r->x[2], f->w2);

	if (!as_it_should_be)
		say("# FFA_FEATURES(0x%x, 0x%x)\n", f->id, f->in);
}

void test_features(void)
{
	struct regs r;

	for (unsigned int i = 0; i < sizeof(of_normal_world) / sizeof(of_normal_world[0]); i++) {
		const struct feature *f = &of_normal_world[i];

		r = (struct regs){ { FFA_FEATURES, f->id, f->in } };
		for (uint64_t k = 8; k < REGS; k++)
			r.x[k] = HIGH(k);
		client_smc(&r);
		check_feature(f, &r);
		for (uint64_t k = 8; k < REGS; k++)
			EXPECT_EQ(r.x[k], HIGH(k));
	}
	for (unsigned int i = 0; i < sizeof(of_sp) / sizeof(of_sp[0]); i++) {
		r = ASK_SMC(SP1, FFA_FEATURES, of_sp[i].id, of_sp[i].in);
		check_feature(&of_sp[i], &r);
	}
	/* The version is fixed by now. */
	r = ffa_call(FFA_VERSION, FFA_VERSION_1_0, 0, 0, 0);
	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
	r = ASK_SMC(SP1, FFA_VERSION, FFA_VERSION_1_0);
	EXPECT_EQ((int32_t)r.x[0], FFA_NOT_SUPPORTED);
}
