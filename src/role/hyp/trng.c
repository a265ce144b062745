/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random numbers: the generator, and the TRNG firmware interface 1.0 (DEN 0098).
 *
 * State owned: the key, under LOCK_RANDOM. ChaCha20 as in RFC 8439 2.3; after each request the key
 * is replaced by output that nobody saw ("fast key erasure"), so what was given out cannot be
 * computed from what is here later.
 */
#include "role/hyp/trng.h"

#include "abi/smccc.h"
#include "arch/cpu.h"
#include "core/hw.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/vcpu.h"
#include "lib/string.h"
#include "role/role.h"

#define KEY_WORDS    8
#define BLOCK_WORDS  16
#define BLOCK_BYTES  (BLOCK_WORDS * 4)
#define SEED_FULL    32 /* bytes of a seed that is worth a key */
#define JITTER_LOOPS 1024

static struct {
	struct spinlock lock;
	uint32_t key[KEY_WORDS];
	enum trng_quality quality;
} rng = { .lock = SPINLOCK_INIT(LOCK_RANDOM) };

static uint32_t rotl(uint32_t x, unsigned int n)
{
	return x << n | x >> (32 - n);
}

static inline void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotl(*d ^ *a, 16);
	*c += *d;
	*b = rotl(*b ^ *c, 12);
	*a += *b;
	*d = rotl(*d ^ *a, 8);
	*c += *d;
	*b = rotl(*b ^ *c, 7);
}

/* One block for a counter value, nonce 0: a key serves one request only. */
static void chacha_block(const uint32_t key[KEY_WORDS], uint32_t counter, uint32_t out[BLOCK_WORDS])
{
	uint32_t in[BLOCK_WORDS] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 }, x[BLOCK_WORDS];

	memcpy(&in[4], key, KEY_WORDS * sizeof(uint32_t));
	in[12] = counter;
	memcpy(x, in, sizeof(in));
	/* All indices are constants, so that it is done in registers. */
	for (unsigned int i = 0; i < 10; i++) {
		quarter_round(&x[0], &x[4], &x[8], &x[12]);
		quarter_round(&x[1], &x[5], &x[9], &x[13]);
		quarter_round(&x[2], &x[6], &x[10], &x[14]);
		quarter_round(&x[3], &x[7], &x[11], &x[15]);
		quarter_round(&x[0], &x[5], &x[10], &x[15]);
		quarter_round(&x[1], &x[6], &x[11], &x[12]);
		quarter_round(&x[2], &x[7], &x[8], &x[13]);
		quarter_round(&x[3], &x[4], &x[9], &x[14]);
	}
	for (unsigned int i = 0; i < BLOCK_WORDS; i++)
		out[i] = x[i] + in[i];
}

static void rekey_locked(void)
{
	uint32_t block[BLOCK_WORDS];

	chacha_block(rng.key, 0, block);
	memcpy(rng.key, block, sizeof(rng.key));
}

/* Mix bytes in, a key's length at a time. */
static void absorb_locked(const void *data, size_t n)
{
	const uint8_t *p = data;

	while (n) {
		size_t part = MIN(n, sizeof(rng.key));

		for (size_t i = 0; i < part; i++)
			((uint8_t *)rng.key)[i] ^= p[i];
		rekey_locked();
		p += part;
		n -= part;
	}
}

#define HARDWARE_WORDS KEY_WORDS /* of 64 bits: twice a key's length */

/* FEAT_RNG's numbers. False when there are none, or not enough: what came counts all the same. */
static bool absorb_hardware_locked(void)
{
	uint64_t w[HARDWARE_WORDS];
	size_t n = 0;

	while (n < HARDWARE_WORDS && arch_random(&w[n]))
		n++;
	absorb_locked(w, n * sizeof(w[0]));
	return n == HARDWARE_WORDS;
}

static void absorb_jitter_locked(void)
{
	for (unsigned int i = 0; i < JITTER_LOOPS; i++) {
		uint64_t stamp = arch_counter();

		absorb_locked(&stamp, sizeof(stamp));
	}
}

void trng_init(void)
{
	static const char *const says[] = {
		[TRNG_WEAK] = "counter jitter only: weak, guests get no TRNG",
		[TRNG_SEEDED] = "the boot loader's rng-seed",
		[TRNG_HARDWARE] = "FEAT_RNG",
	};

	const uint64_t stamp = arch_counter();

	spin_lock(&rng.lock);
	rng.quality = TRNG_WEAK;
	/* The same seed at each boot, as from a tree that nobody changes, is not to give the same numbers. */
	absorb_locked(&stamp, sizeof(stamp));
	absorb_locked(hw.seed, hw.seed_size);
	if (hw.seed_size >= SEED_FULL)
		rng.quality = TRNG_SEEDED;
	if (absorb_hardware_locked())
		rng.quality = TRNG_HARDWARE;
	/* It costs much and is worth little: where there is nothing else. */
	if (rng.quality == TRNG_WEAK)
		absorb_jitter_locked();
	spin_unlock(&rng.lock);
	log_info("random numbers: %s", says[rng.quality]);
}

enum trng_quality trng_quality(void)
{
	return rng.quality;
}

void trng_fill(void *buf, size_t n)
{
	uint8_t *p = buf;
	uint32_t block[BLOCK_WORDS], counter = 0;

	spin_lock(&rng.lock);
	/* Where there is hardware, every request has fresh entropy; where it has run dry for now, the key must do. */
	(void)absorb_hardware_locked();
	while (n) {
		size_t part = MIN(n, (size_t)BLOCK_BYTES);

		chacha_block(rng.key, ++counter, block);
		memcpy(p, block, part);
		p += part;
		n -= part;
	}
	rekey_locked();
	spin_unlock(&rng.lock);
	memset(block, 0, sizeof(block));
}

/* --- TRNG calls --- */

static void result(struct vcpu *v, int64_t r)
{
	v->arch.x[0] = (uint64_t)r;
}

void trng_version(struct vcpu *v)
{
	result(v, rng.quality == TRNG_WEAK ? TRNG_NOT_SUPPORTED : TRNG_VERSION_1_0);
}

void trng_features(struct vcpu *v)
{
	switch ((uint32_t)v->arch.x[1]) {
	case TRNG_VERSION:
	case TRNG_FEATURES:
	case TRNG_GET_UUID:
	case TRNG_RND32:
	case TRNG_RND64:
		result(v, rng.quality == TRNG_WEAK ? TRNG_NOT_SUPPORTED : TRNG_SUCCESS);
		break;
	default:
		result(v, TRNG_NOT_SUPPORTED);
	}
}

/* Of this back end: c3ae5a64-0f6e-4d26-9e0e-0d7c1b5f8a42. w0 may not look like NOT_SUPPORTED. */
void trng_get_uuid(struct vcpu *v)
{
	if (rng.quality == TRNG_WEAK) {
		result(v, TRNG_NOT_SUPPORTED);
		return;
	}
	v->arch.x[0] = 0x645aaec3;
	v->arch.x[1] = 0x264d6e0f;
	v->arch.x[2] = 0x7c0d0e9e;
	v->arch.x[3] = 0x428a5f1b;
}

/*
 * Zeroes in x1 to x3 stand for "no entropy": in every error, and above the bits that were asked for. The lowest bits
 * are in x3.
 */
void trng_rnd(struct vcpu *v)
{
	bool wide = v->arch.x[0] & SMCCC_64;
	uint64_t bits = wide ? v->arch.x[1] : (uint32_t)v->arch.x[1];
	unsigned int width = wide ? 64 : 32;
	uint64_t word[3];
	int64_t r = TRNG_SUCCESS;

	if (rng.quality == TRNG_WEAK)
		r = TRNG_NOT_SUPPORTED;
	else if (bits == 0 || bits > 3 * width)
		r = TRNG_INVALID_PARAMETERS;
	if (r != TRNG_SUCCESS)
		bits = 0;
	else
		trng_fill(word, sizeof(word));
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t have = MIN(bits, (uint64_t)width);

		v->arch.x[3 - i] = have ? word[i] & MASK(have - 1, 0) : 0;
		bits -= have;
	}
	result(v, r);
}
