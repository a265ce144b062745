/* SPDX-License-Identifier: BSD-3-Clause */
/* All tests, in the order in which they run: the version first, since it is fixed after that. */
#include "client.h"
#include "tests.h"

const struct test tests[] = {
	{ "FFA_VERSION", test_version },
	{ "FFA_ID_GET", test_id_get },
	{ "FFA_SPM_ID_GET", test_spm_id_get },
	{ "FFA_FEATURES: known, and 0xDEAD refused", test_features },
	{ "every core reaches the SPMC once it is on", test_cores },
};
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
