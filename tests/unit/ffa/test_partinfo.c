/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite ffa/partinfo: descriptors in a buffer and in registers, for each version and each caller, byte by byte. */
#include "unit.h"

#include "ffa/partinfo.h"

static const struct ffa_uuid hello = { { 0x11111111, 0x12121212, 0x13131313, 0x14141414 } };
static const struct ffa_uuid irq[2] = { { { 0x21, 0x22, 0x23, 0x24 } }, { { 0x31, 0x32, 0x33, 0x34 } } };
static const struct ffa_uuid nil, nobody = { { 1, 2, 3, 4 } };

#define ALL 0x7cf /* each property that there is */

static const struct ffa_partinfo partitions[] = {
	{ 0x8001, 1, ALL, &hello, 1 },
	{ 0x8002, 4, FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_AARCH64, irq, 2 },
};
static const struct ffa_partinfo_list list = { partitions, 2 };
static const struct ffa_partinfo_list empty = { NULL, 0 };
static struct ffa_regs r;

static struct ffa_partinfo_caller caller(uint32_t version, bool secure)
{
	return (struct ffa_partinfo_caller){ version, secure };
}

static void ask(const struct ffa_uuid *uuid, uint32_t w5)
{
	memset(&r, 0xa5, sizeof(r)); /* also the upper halves: w registers */
	for (unsigned int i = 0; i < 4; i++)
		r.x[1 + i] = 0xa5a5a5a500000000 | uuid->w[i];
	r.x[5] = 0xa5a5a5a500000000 | w5;
}

static void count_by_uuid_and_of_all(void **state)
{
	(void)state;
	assert_int_equal(ffa_partinfo_count(&list, &nil), 3); /* a descriptor for each UUID */
	assert_int_equal(ffa_partinfo_count(&list, &hello), 1);
	assert_int_equal(ffa_partinfo_count(&list, &irq[1]), 1);
	assert_int_equal(ffa_partinfo_count(&list, &nobody), 0);
	assert_int_equal(ffa_partinfo_count(&empty, &nil), 0);
}

static void the_call_is_checked(void **state)
{
	unsigned int count = 99;
	bool only = true;

	(void)state;
	ask(&nil, 0);
	assert_int_equal(ffa_partinfo_check(&list, &r, FFA_VERSION_1_1, &count, &only), OK);
	assert_int_equal(count, 3);
	assert_false(only);
	ask(&irq[0], FFA_PARTITION_COUNT_FLAG);
	assert_int_equal(ffa_partinfo_check(&list, &r, FFA_VERSION_1_1, &count, &only), OK);
	assert_int_equal(count, 1);
	assert_true(only);
	ask(&nobody, 0);
	assert_int_equal(ffa_partinfo_check(&list, &r, FFA_VERSION_1_1, &count, &only), FFA_INVALID_PARAMETERS);
	for (unsigned int bit = 1; bit < 32; bit++) {
		ask(&nil, UINT32_C(1) << bit);
		assert_int_equal(ffa_partinfo_check(&list, &r, FFA_VERSION_1_2, &count, &only), FFA_INVALID_PARAMETERS);
	}
	/* No SP at all is no error. */
	ask(&nil, 0);
	assert_int_equal(ffa_partinfo_check(&empty, &r, FFA_VERSION_1_1, &count, &only), OK);
	assert_int_equal(count, 0);
	/* In 1.0 w5 is not looked at. */
	ask(&nil, 0xffffffff);
	assert_int_equal(ffa_partinfo_check(&list, &r, FFA_VERSION_1_0, &count, &only), OK);
	assert_false(only);
}

static void descriptors_of_24_bytes(void **state)
{
	static const uint8_t want[] = {
		0x01, 0x80, 0x01, 0x00, 0xcf, 0x07, 0x00, 0x00, 0x11, 0x11, 0x11, 0x11, 0x12, 0x12, 0x12,
		0x12, 0x13, 0x13, 0x13, 0x13, 0x14, 0x14, 0x14, 0x14, 0x02, 0x80, 0x04, 0x00, 0x01, 0x01,
		0x00, 0x00, 0x21, 0x00, 0x00, 0x00, 0x22, 0x00, 0x00, 0x00, 0x23, 0x00, 0x00, 0x00, 0x24,
		0x00, 0x00, 0x00, 0x02, 0x80, 0x04, 0x00, 0x01, 0x01, 0x00, 0x00, 0x31, 0x00, 0x00, 0x00,
		0x32, 0x00, 0x00, 0x00, 0x33, 0x00, 0x00, 0x00, 0x34, 0x00, 0x00, 0x00,
	};
	const struct ffa_partinfo_caller c = caller(FFA_VERSION_1_2, true);
	uint8_t buf[100];

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	assert_int_equal(sizeof(want), 72);
	assert_int_equal(ffa_partinfo_size(FFA_VERSION_1_1), 24);
	assert_int_equal(ffa_partinfo_size(FFA_VERSION_1_2), 24);
	assert_int_equal(ffa_partinfo_write(&list, &nil, &c, buf, sizeof(buf)), 72);
	assert_memory_equal(buf, want, 72);
	for (unsigned int i = 72; i < sizeof(buf); i++)
		assert_int_equal(buf[i], 0xa5);
}

static void who_asks_by_uuid_gets_none_back(void **state)
{
	static const struct ffa_partition_info want = { 0x8002, 4, 0x101, { { 0 } } };
	const struct ffa_partinfo_caller c = caller(FFA_VERSION_1_1, true);
	uint8_t buf[24];

	(void)state;
	assert_int_equal(ffa_partinfo_write(&list, &irq[1], &c, buf, sizeof(buf)), 24);
	assert_memory_equal(buf, &want, 24);
}

static void eight_bytes_for_1_0(void **state)
{
	static const uint8_t want[] = { 0x01, 0x80, 0x01, 0x00, 0x07, 0x00, 0x00, 0x00, 0x02, 0x80, 0x04, 0x00,
					0x01, 0x00, 0x00, 0x00, 0x02, 0x80, 0x04, 0x00, 0x01, 0x00, 0x00, 0x00 };
	const struct ffa_partinfo_caller c = caller(FFA_VERSION_1_0, true);
	uint8_t buf[32];

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	assert_int_equal(ffa_partinfo_size(FFA_VERSION_1_0), 8);
	assert_int_equal(ffa_partinfo_write(&list, &nil, &c, buf, sizeof(buf)), 24);
	assert_memory_equal(buf, want, 24);
	assert_int_equal(buf[24], 0xa5);
}

static uint32_t properties_for(uint32_t version, bool secure)
{
	const struct ffa_partinfo_caller c = caller(version, secure);
	struct ffa_partition_info d[1];

	assert_true(ffa_partinfo_write(&list, &hello, &c, d, sizeof(d)) > 0);
	return d[0].properties;
}

static void properties_as_the_caller_may_know_them(void **state)
{
	(void)state;
	assert_int_equal(properties_for(FFA_VERSION_1_0, true), 0x7);
	assert_int_equal(properties_for(FFA_VERSION_1_1, true), 0x1cf);
	assert_int_equal(properties_for(FFA_VERSION_1_2, true), 0x7cf);
	/* No SP sends to the normal world. */
	assert_int_equal(properties_for(FFA_VERSION_1_0, false), 0x5);
	assert_int_equal(properties_for(FFA_VERSION_1_1, false), 0x1cd);
	assert_int_equal(properties_for(FFA_VERSION_1_2, false), 0x3cd);
}

static void what_does_not_fit_writes_nothing(void **state)
{
	const struct ffa_partinfo_caller c = caller(FFA_VERSION_1_1, true);
	uint8_t buf[72];

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	for (size_t size = 0; size < 72; size++)
		assert_int_equal(ffa_partinfo_write(&list, &nil, &c, buf, size), FFA_NO_MEMORY);
	for (size_t i = 0; i < 72; i++)
		assert_int_equal(buf[i], 0xa5);
	assert_int_equal(ffa_partinfo_write(&empty, &nil, &c, buf, 0), 0);
}

/* --- in registers --- */

#define TAG 0x1234

static void ask_regs(const struct ffa_uuid *uuid, uint64_t x3)
{
	memset(&r, 0xa5, sizeof(r));
	r.x[1] = (uint64_t)uuid->w[1] << 32 | uuid->w[0];
	r.x[2] = (uint64_t)uuid->w[3] << 32 | uuid->w[2];
	r.x[3] = x3;
}

static void regs(const struct ffa_partinfo_list *l)
{
	const struct ffa_partinfo_caller c = caller(FFA_VERSION_1_2, true);

	ffa_partinfo_regs(l, TAG, &c, &r);
}

static void expect_error(int code)
{
	assert_int_equal(r.x[0], FFA_ERROR);
	assert_int_equal(r.x[2], (uint32_t)code);
	for (unsigned int i = 0; i < FFA_REGS_SHORT; i++) {
		if (i != 0 && i != 2)
			assert_int_equal(r.x[i], 0);
	}
}

static void three_registers_a_descriptor(void **state)
{
	(void)state;
	ask_regs(&nil, 0);
	regs(&list);
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	assert_int_equal(r.x[1], 0);
	assert_int_equal(r.x[2], UINT64_C(24) << 48 | (uint64_t)TAG << 32 | 2 << 16 | 2); /* size, tag, here, last */
	assert_int_equal(r.x[3], UINT64_C(0x7cf) << 32 | 1 << 16 | 0x8001);
	assert_int_equal(r.x[4], UINT64_C(0x1212121211111111));
	assert_int_equal(r.x[5], UINT64_C(0x1414141413131313));
	assert_int_equal(r.x[6], UINT64_C(0x101) << 32 | 4 << 16 | 0x8002);
	assert_int_equal(r.x[7], UINT64_C(0x0000002200000021));
	assert_int_equal(r.x[9], UINT64_C(0x101) << 32 | 4 << 16 | 0x8002);
	assert_int_equal(r.x[11], UINT64_C(0x0000003400000033));
	for (unsigned int i = 12; i < FFA_REGS; i++)
		assert_int_equal(r.x[i], 0); /* nothing of the caller's or ours is left (bug class 7) */
}

static void by_uuid_in_registers(void **state)
{
	(void)state;
	ask_regs(&irq[1], 0);
	regs(&list);
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	assert_int_equal(r.x[2], UINT64_C(24) << 48 | (uint64_t)TAG << 32);
	assert_int_equal(r.x[3] & 0xffff, 0x8002);
	assert_int_equal(r.x[4], 0);
	assert_int_equal(r.x[5], 0);
}

/* Seven SPs: two calls. */
static void more_than_five_take_several_calls(void **state)
{
	struct ffa_uuid uuid[7];
	struct ffa_partinfo p[7];
	const struct ffa_partinfo_list seven = { p, 7 };

	(void)state;
	for (unsigned int i = 0; i < 7; i++) {
		uuid[i] = (struct ffa_uuid){ { i + 1, 0, 0, 0 } };
		p[i] = (struct ffa_partinfo){ (uint16_t)(0x8001 + i), 1, 1, &uuid[i], 1 };
	}
	ask_regs(&nil, 0);
	regs(&seven);
	assert_int_equal(r.x[2], UINT64_C(24) << 48 | (uint64_t)TAG << 32 | 4 << 16 | 6);
	assert_int_equal(r.x[15] & 0xffff, 0x8005);
	ask_regs(&nil, TAG << 16 | 5);
	regs(&seven);
	assert_int_equal(r.x[2], UINT64_C(24) << 48 | (uint64_t)TAG << 32 | 6 << 16 | 6);
	assert_int_equal(r.x[3] & 0xffff, 0x8006);
	assert_int_equal(r.x[6] & 0xffff, 0x8007);
	assert_int_equal(r.x[9], 0);
	ask_regs(&nil, TAG << 16 | 7);
	regs(&seven);
	expect_error(FFA_INVALID_PARAMETERS);
}

static void wrong_starts_and_tags(void **state)
{
	(void)state;
	ask_regs(&nobody, 0);
	regs(&list);
	expect_error(FFA_INVALID_PARAMETERS);
	ask_regs(&nil, 3);
	regs(&list);
	expect_error(FFA_INVALID_PARAMETERS);
	ask_regs(&nil, TAG << 16); /* the first call has no tag */
	regs(&list);
	expect_error(FFA_INVALID_PARAMETERS);
	ask_regs(&nil, UINT64_C(1) << 32);
	regs(&list);
	expect_error(FFA_INVALID_PARAMETERS);
	ask_regs(&nil, (TAG + 1) << 16 | 1); /* the list has changed */
	regs(&list);
	expect_error(FFA_RETRY);
	ask_regs(&nil, TAG << 16 | 1);
	regs(&list);
	assert_int_equal(r.x[0], FFA_SUCCESS_64);
	ask_regs(&nil, 0);
	regs(&empty);
	expect_error(FFA_INVALID_PARAMETERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(count_by_uuid_and_of_all),
		cmocka_unit_test(the_call_is_checked),
		cmocka_unit_test(descriptors_of_24_bytes),
		cmocka_unit_test(who_asks_by_uuid_gets_none_back),
		cmocka_unit_test(eight_bytes_for_1_0),
		cmocka_unit_test(properties_as_the_caller_may_know_them),
		cmocka_unit_test(what_does_not_fit_writes_nothing),
		cmocka_unit_test(three_registers_a_descriptor),
		cmocka_unit_test(by_uuid_in_registers),
		cmocka_unit_test(more_than_five_take_several_calls),
		cmocka_unit_test(wrong_starts_and_tags),
	};

	return UNIT_RUN(tests);
}
