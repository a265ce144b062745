/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite ffa/indirect: the header of MSG_SEND2, and the characters of CONSOLE_LOG. */
#include "unit.h"

#include "ffa/console_log.h"
#include "ffa/indirect.h"

#define BUF 4096

static struct ffa_msg_header_1_2 h;
static struct ffa_indirect m;

static void header(uint32_t offset, uint32_t size)
{
	memset(&h, 0, sizeof(h));
	h.base.offset = offset;
	h.base.size = size;
	h.base.sender = 0x8001;
	h.base.receiver = 0x8002;
	h.uuid = (struct ffa_uuid){ { 1, 2, 3, 4 } };
}

static int decode(uint32_t version)
{
	memset(&m, 0xa5, sizeof(m));
	return ffa_indirect_decode(&h, sizeof(h), BUF, version, &m);
}

static void a_header_of_each_version(void **state)
{
	(void)state;
	header(40, BUF - 40);
	assert_int_equal(decode(FFA_VERSION_1_2), OK);
	assert_true(m.sender == 0x8001 && m.receiver == 0x8002 && m.offset == 40 && m.size == BUF - 40 &&
		    m.header == 40);
	assert_int_equal(m.uuid.w[3], 4);
	header(20, 1);
	assert_int_equal(decode(FFA_VERSION_1_1), OK); /* what stands where 1.2's UUID would is message */
	assert_int_equal(m.header, 20);
	assert_int_equal(m.uuid.w[0], 0);
	/* Linux 6.12 at 1.2. */
	assert_int_equal(decode(FFA_VERSION_1_2), OK);
	assert_true(m.header == 20 && m.offset == 20 && m.uuid.w[0] == 0 && m.uuid.w[3] == 0);
	header(39, 1);
	assert_int_equal(decode(FFA_VERSION_1_2), OK);
	assert_int_equal(m.header, 20);
	header(19, 1);
	assert_int_equal(decode(FFA_VERSION_1_2), FFA_INVALID_PARAMETERS);
}

static void messages_outside_the_buffer(void **state)
{
	static const uint32_t bad[][2] = {
		{ 0, 16 },
		{ 19, 16 },
		{ BUF, 1 },
		{ BUF - 1, 2 },
		{ 20, BUF - 19 },
		{ 20, 0xffffffff },
		{ 0xffffffff, 1 },
		{ 0xffffffff, 0xffffffff },
		{ 0x80000000, 0x80000000 },
		{ 20, 0 },
		{ 0xfffffff0, 0x20 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		header(bad[i][0], bad[i][1]);
		assert_int_equal(decode(FFA_VERSION_1_1), FFA_INVALID_PARAMETERS);
	}
	header(BUF - 1, 1);
	assert_int_equal(decode(FFA_VERSION_1_1), OK);
}

static void reserved_fields_and_ones_own(void **state)
{
	(void)state;
	header(40, 1);
	h.base.flags = 1;
	assert_int_equal(decode(FFA_VERSION_1_1), FFA_INVALID_PARAMETERS);
	header(40, 1);
	h.base.reserved = 0x80000000;
	assert_int_equal(decode(FFA_VERSION_1_1), FFA_INVALID_PARAMETERS);
	header(40, 1);
	h.reserved = 1;
	assert_int_equal(decode(FFA_VERSION_1_1), OK);
	assert_int_equal(decode(FFA_VERSION_1_2), OK); /* left by senders as it was */
	header(40, 1);
	h.base.receiver = h.base.sender;
	assert_int_equal(decode(FFA_VERSION_1_1), FFA_INVALID_PARAMETERS);
}

/* A copy of exactly so many bytes: ASan sees one too many being read. */
static void a_buffer_or_copy_that_is_too_short(void **state)
{
	(void)state;
	header(40, 1);
	for (size_t n = 0; n <= sizeof(h); n++) {
		uint8_t *copy = malloc(n ? n : 1);

		memcpy(copy, &h, n);
		assert_int_equal(ffa_indirect_decode(copy, n, BUF, FFA_VERSION_1_2, &m),
				 n < 40 ? FFA_INVALID_PARAMETERS : OK);
		assert_int_equal(ffa_indirect_decode(copy, n, BUF, FFA_VERSION_1_1, &m),
				 n < 20 ? FFA_INVALID_PARAMETERS : OK);
		free(copy);
	}
	assert_int_equal(ffa_indirect_decode(&h, sizeof(h), 19, FFA_VERSION_1_1, &m), FFA_INVALID_PARAMETERS);
}

static void who_may_send_for_whom(void **state)
{
	(void)state;
	m = (struct ffa_indirect){ .sender = 0x8001 };
	assert_int_equal(ffa_indirect_check(&m, 0, 0, 0x8001), OK);
	assert_int_equal(ffa_indirect_check(&m, 0, 2, 0x8001), OK);
	assert_int_equal(ffa_indirect_check(&m, 0, 1, 0x8001), FFA_INVALID_PARAMETERS);
	assert_int_equal(ffa_indirect_check(&m, 1, 0, 0x8001), FFA_INVALID_PARAMETERS);
	assert_int_equal(ffa_indirect_check(&m, 0x80010000, 0, 0x8001), FFA_INVALID_PARAMETERS);
	assert_int_equal(ffa_indirect_check(&m, 0, 0, 0x8002), FFA_INVALID_PARAMETERS);
	assert_int_equal(ffa_indirect_check(&m, 0, 0, 0), FFA_INVALID_PARAMETERS); /* the normal world as an SP */
	assert_int_equal(ffa_indirect_check(&m, 0x80010000, 0, 0), FFA_INVALID_PARAMETERS);
	m.sender = 1;
	assert_int_equal(ffa_indirect_check(&m, 0x10000, 0, 0), OK);			 /* for VM 1 */
	assert_int_equal(ffa_indirect_check(&m, 0x10000, 2, 0), FFA_INVALID_PARAMETERS); /* an SP's flag */
	assert_int_equal(ffa_indirect_check(&m, 0x10000, 1, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(ffa_indirect_check(&m, 0x20000, 0, 0), FFA_INVALID_PARAMETERS);
	assert_int_equal(ffa_indirect_check(&m, 0, 0, 0), FFA_INVALID_PARAMETERS);
	m.sender = 0;
	assert_int_equal(ffa_indirect_check(&m, 0, 0, 0), OK);
}

/* --- CONSOLE_LOG --- */

static struct ffa_regs r;
static char out[FFA_CONSOLE_LOG_64_MAX];
static unsigned int len;

static int log_of(uint32_t id, uint32_t count, uint32_t version)
{
	const unsigned int each = id == FFA_CONSOLE_LOG_64 ? 8 : 4;

	memset(&r, 0, sizeof(r));
	r.x[0] = id;
	r.x[1] = UINT64_C(0xa5a5a5a500000000) | count;
	for (unsigned int i = 0; i < 16 * each; i++)
		r.x[2 + i / each] |= (uint64_t)(uint8_t)('!' + i % 90) << 8 * (i % each);
	memset(out, 0, sizeof(out));
	len = 0;
	return ffa_console_log_decode(&r, version, out, &len);
}

static void characters_out_of_registers(void **state)
{
	static const struct {
		uint32_t id, version, max;
	} forms[] = { { FFA_CONSOLE_LOG_32, FFA_VERSION_1_2, 24 },
		      { FFA_CONSOLE_LOG_32, FFA_VERSION_1_1, 24 },
		      { FFA_CONSOLE_LOG_64, FFA_VERSION_1_2, 128 },
		      { FFA_CONSOLE_LOG_64, FFA_VERSION_1_1, 48 } };

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
		for (uint32_t count = 1; count <= forms[f].max; count++) {
			assert_int_equal(log_of(forms[f].id, count, forms[f].version), OK);
			assert_int_equal(len, count);
			for (uint32_t i = 0; i < sizeof(out); i++)
				assert_int_equal(out[i], i < count ? '!' + (int)(i % 90) : 0);
		}
		assert_int_equal(log_of(forms[f].id, 0, forms[f].version), FFA_INVALID_PARAMETERS);
		assert_int_equal(log_of(forms[f].id, forms[f].max + 1, forms[f].version), FFA_INVALID_PARAMETERS);
		assert_int_equal(log_of(forms[f].id, 0xffffffff, forms[f].version), FFA_INVALID_PARAMETERS);
		assert_int_equal(len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_of_each_version),	cmocka_unit_test(messages_outside_the_buffer),
		cmocka_unit_test(reserved_fields_and_ones_own), cmocka_unit_test(a_buffer_or_copy_that_is_too_short),
		cmocka_unit_test(who_may_send_for_whom),	cmocka_unit_test(characters_out_of_registers),
	};

	return UNIT_RUN(tests);
}
