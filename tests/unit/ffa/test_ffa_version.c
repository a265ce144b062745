/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite ffa/ffa_version: negotiation for each caller, and the lock after first use. */
#include "unit.h"

#include <pthread.h>

#include "ffa/version.h"

static struct ffa_version v;

static void fresh(uint32_t version)
{
	memset(&v, 0xa5, sizeof(v));
	ffa_version_init(&v, version);
}

static void the_numbers_of_the_specification(void **state)
{
	(void)state;
	assert_int_equal(FFA_VERSION_1_0, 0x10000);
	assert_int_equal(FFA_VERSION_1_1, 0x10001);
	assert_int_equal(FFA_VERSION_1_2, 0x10002);
	assert_int_equal(FFA_VERSION_OURS, 0x10002);
	assert_int_equal(FFA_VERSION_MAKE(1, 2), FFA_VERSION_1_2);
}

static void each_older_minor_is_granted_and_we_answer_ours(void **state)
{
	static const uint32_t asked[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		fresh(FFA_VERSION_1_0);
		assert_int_equal(ffa_version_negotiate(&v, asked[i]), FFA_VERSION_1_2);
		assert_int_equal(ffa_version_get(&v), asked[i]);
		assert_false(ffa_version_is_locked(&v));
	}
}

static void a_newer_minor_gets_ours(void **state)
{
	(void)state;
	fresh(FFA_VERSION_1_0);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_MAKE(1, 3)), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_MAKE(1, 0xffff)), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_2);
}

static void another_major_or_bit_31_is_refused_and_changes_nothing(void **state)
{
	static const uint32_t asked[] = {
		0,	    1,		0xffff,	   FFA_VERSION_MAKE(2, 0), FFA_VERSION_MAKE(0x7fff, 0xffff),
		0x80000000, 0x80010001, 0xffffffff
	};

	(void)state;
	fresh(FFA_VERSION_1_1);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		assert_int_equal(ffa_version_negotiate(&v, asked[i]), FFA_NOT_SUPPORTED);
		assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_1);
	}
}

static void it_may_change_until_the_first_use(void **state)
{
	(void)state;
	fresh(FFA_VERSION_1_0);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_2), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_0), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_0);
	ffa_version_lock(&v);
	assert_true(ffa_version_is_locked(&v));
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_0);
	/* The same again is no change; anything else is. */
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_0), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_1), FFA_NOT_SUPPORTED);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_2), FFA_NOT_SUPPORTED);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_MAKE(1, 9)), FFA_NOT_SUPPORTED);
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_0);
	assert_true(ffa_version_is_locked(&v));
}

static void who_never_asked_is_locked_to_its_default(void **state)
{
	(void)state;
	fresh(FFA_VERSION_1_1);
	assert_false(ffa_version_is_locked(&v));
	ffa_version_lock(&v);
	ffa_version_lock(&v);
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_1);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_2), FFA_NOT_SUPPORTED);
}

static void callers_do_not_share(void **state)
{
	struct ffa_version other;

	(void)state;
	fresh(FFA_VERSION_1_0);
	ffa_version_init(&other, FFA_VERSION_1_0);
	assert_int_equal(ffa_version_negotiate(&v, FFA_VERSION_1_1), FFA_VERSION_1_2);
	ffa_version_lock(&v);
	assert_int_equal(ffa_version_negotiate(&other, FFA_VERSION_1_2), FFA_VERSION_1_2);
	assert_int_equal(ffa_version_get(&v), FFA_VERSION_1_1);
	assert_int_equal(ffa_version_get(&other), FFA_VERSION_1_2);
}

static void what_a_manifest_may_expect(void **state)
{
	(void)state;
	assert_true(ffa_version_is_compatible(FFA_VERSION_1_0));
	assert_true(ffa_version_is_compatible(FFA_VERSION_1_1));
	assert_true(ffa_version_is_compatible(FFA_VERSION_1_2));
	assert_false(ffa_version_is_compatible(FFA_VERSION_MAKE(1, 3)));
	assert_false(ffa_version_is_compatible(FFA_VERSION_MAKE(2, 0)));
	assert_false(ffa_version_is_compatible(0));
	assert_false(ffa_version_is_compatible(0x80010001));
}

/* One core uses the version while another changes it: after the lock, what was seen stays. */
static void *changer(void *arg)
{
	for (unsigned int i = 0; i < 20000; i++)
		(void)ffa_version_negotiate(&v, FFA_VERSION_1_0 + i % 3);
	return arg;
}

static void no_change_slips_past_the_lock(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 20; round++) {
		pthread_t thread;
		uint32_t seen;

		fresh(FFA_VERSION_1_0);
		assert_int_equal(pthread_create(&thread, NULL, changer, NULL), 0);
		ffa_version_lock(&v);
		seen = ffa_version_get(&v);
		for (unsigned int i = 0; i < 1000; i++)
			assert_int_equal(ffa_version_get(&v), seen);
		pthread_join(thread, NULL);
		assert_int_equal(ffa_version_get(&v), seen);
		assert_true(ffa_version_is_locked(&v));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numbers_of_the_specification),
		cmocka_unit_test(each_older_minor_is_granted_and_we_answer_ours),
		cmocka_unit_test(a_newer_minor_gets_ours),
		cmocka_unit_test(another_major_or_bit_31_is_refused_and_changes_nothing),
		cmocka_unit_test(it_may_change_until_the_first_use),
		cmocka_unit_test(who_never_asked_is_locked_to_its_default),
		cmocka_unit_test(callers_do_not_share),
		cmocka_unit_test(what_a_manifest_may_expect),
		cmocka_unit_test(no_change_slips_past_the_lock),
	};

	return UNIT_RUN(tests);
}
