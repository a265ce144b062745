/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/trng: the generator against RFC 8439's vectors, what it says of its quality, and the TRNG
 * calls (DEN 0098).
 */
#include "unit.h"

#include "arch/host.h"

/* For its static functions. */
#include "role/hyp/trng.c"

struct hw hw;

static struct vcpu vcpu;

/* RFC 8439 A.1, test vectors 1, 2 (key 0, counter 0 and 1) and 3 (key 0..01, counter 1): the first sixteen bytes. */
static void test_chacha(void **state UNUSED)
{
	static const struct {
		uint8_t last_key_byte;
		uint32_t counter;
		uint8_t out[16];
	} vec[] = {
		{ 0,
		  0,
		  { 0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28 } },
		{ 0,
		  1,
		  { 0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a, 0x98, 0xba, 0x97, 0x7c, 0x73, 0x2d, 0x08, 0x0d } },
		{ 1,
		  1,
		  { 0x3a, 0xeb, 0x52, 0x24, 0xec, 0xf8, 0x49, 0x92, 0x9b, 0x9d, 0x82, 0x8d, 0xb1, 0xce, 0xd4, 0xdd } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(vec); i++) {
		uint32_t key[KEY_WORDS] = { 0 }, out[BLOCK_WORDS];

		((uint8_t *)key)[31] = vec[i].last_key_byte;
		chacha_block(key, vec[i].counter, out);
		assert_memory_equal(out, vec[i].out, 16);
	}
}

static void boot(unsigned int hardware, unsigned int seed)
{
	host_reset();
	memset(&rng.key, 0, sizeof(rng.key));
	memset(&hw, 0, sizeof(hw));
	host_random_set(0x123456789, hardware);
	hw.seed_size = seed;
	memset(hw.seed, 0x5a, seed);
	trng_init();
}

static void test_quality(void **state UNUSED)
{
	boot(0, 0);
	assert_int_equal(trng_quality(), TRNG_WEAK);
	boot(0, 31);
	assert_int_equal(trng_quality(), TRNG_WEAK);
	boot(0, 32);
	assert_int_equal(trng_quality(), TRNG_SEEDED);
	boot(8, 0);
	assert_int_equal(trng_quality(), TRNG_HARDWARE);
	boot(7, 0); /* it ran dry while the key was made */
	assert_int_equal(trng_quality(), TRNG_WEAK);
}

static void test_fill(void **state UNUSED)
{
	static uint8_t a[1000], b[1000];
	unsigned int ones = 0;
	uint32_t key[KEY_WORDS];

	for (size_t n = 0; n < 200; n++) {
		memset(a, 0, sizeof(a));
		trng_fill(a, n);
		for (size_t i = n; i < sizeof(a); i++)
			assert_int_equal(a[i], 0);
	}
	boot(0, 32);
	trng_fill(a, sizeof(a));
	memcpy(key, rng.key, sizeof(key));
	trng_fill(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(key, rng.key, sizeof(key)); /* erased */
	for (size_t i = 0; i < sizeof(a); i++)
		ones += (unsigned int)__builtin_popcount(a[i]);
	assert_in_range(ones, 3800, 4200);
	/* The same start gives the same; another seed another. */
	boot(0, 32);
	trng_fill(b, sizeof(b));
	assert_memory_equal(a, b, sizeof(a));
	boot(0, 33);
	trng_fill(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	/* Hardware enters into every request. */
	boot(8, 32);
	trng_fill(a, 100);
	boot(12, 32);
	trng_fill(b, 100);
	assert_memory_not_equal(a, b, 100);
}

static int64_t call(uint64_t fid, uint64_t x1, void (*fn)(struct vcpu *v))
{
	for (unsigned int i = 0; i < 31; i++)
		vcpu.arch.x[i] = 0xbad0000000000000 + i;
	vcpu.arch.x[0] = fid;
	vcpu.arch.x[1] = x1;
	fn(&vcpu);
	for (unsigned int i = 4; i < 31; i++)
		assert_int_equal(vcpu.arch.x[i], 0xbad0000000000000 + i);
	return (int64_t)vcpu.arch.x[0];
}

/* x3 has the lowest bits; what was not asked for is zero, in errors all of it. */
static void check_rnd(uint32_t fid, unsigned int width)
{
	uint64_t seen[3] = { 0 };

	for (unsigned int round = 0; round < 20; round++)
		for (uint64_t bits = 0; bits < 300; bits++) {
			bool good = bits >= 1 && bits <= 3 * width;

			assert_int_equal(call(fid, bits, trng_rnd), good ? TRNG_SUCCESS : TRNG_INVALID_PARAMETERS);
			for (unsigned int i = 0; i < 3; i++) {
				uint64_t word = vcpu.arch.x[3 - i];
				uint64_t have = !good || bits <= i * width ? 0 : MIN(bits - i * width, (uint64_t)width);

				assert_int_equal(have == 64 ? 0 : word >> have, 0);
				seen[i] |= word;
			}
		}
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(seen[i], width == 64 ? UINT64_MAX : UINT32_MAX);
	assert_int_equal(call(fid, UINT64_MAX, trng_rnd), TRNG_INVALID_PARAMETERS);
	assert_int_equal(call(fid, UINT64_C(1) << 63, trng_rnd), TRNG_INVALID_PARAMETERS);
}

static void test_rnd(void **state UNUSED)
{
	boot(1000000, 0);
	check_rnd(TRNG_RND32, 32);
	check_rnd(TRNG_RND64, 64);
	assert_int_equal(call(TRNG_RND32, 0xffffffff00000020, trng_rnd), TRNG_SUCCESS);
	assert_int_equal(call(TRNG_RND64, 0x100000020, trng_rnd), TRNG_INVALID_PARAMETERS);
}

static void test_offer(void **state UNUSED)
{
	static const uint32_t ids[] = { TRNG_VERSION, TRNG_FEATURES, TRNG_GET_UUID, TRNG_RND32, TRNG_RND64 };

	boot(8, 0);
	assert_int_equal(call(TRNG_VERSION, 0, trng_version), 0x10000);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		assert_int_equal(call(TRNG_FEATURES, ids[i], trng_features), 0);
	assert_int_equal(call(TRNG_FEATURES, 0xc4000050, trng_features), -1);
	assert_int_equal(call(TRNG_FEATURES, 0x84000054, trng_features), -1);
	assert_true((uint32_t)call(TRNG_GET_UUID, 0, trng_get_uuid) != 0xffffffff);
	/* Not worth the name: not offered. */
	boot(0, 0);
	assert_int_equal(call(TRNG_VERSION, 0, trng_version), -1);
	assert_int_equal(call(TRNG_FEATURES, TRNG_RND64, trng_features), -1);
	assert_int_equal(call(TRNG_GET_UUID, 0, trng_get_uuid), -1);
	assert_int_equal(call(TRNG_RND64, 64, trng_rnd), -1);
	assert_int_equal(vcpu.arch.x[1] | vcpu.arch.x[2] | vcpu.arch.x[3], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chacha), cmocka_unit_test(test_quality), cmocka_unit_test(test_fill),
		cmocka_unit_test(test_rnd),    cmocka_unit_test(test_offer),
	};

	return UNIT_RUN(tests);
}
