/* SPDX-License-Identifier: BSD-3-Clause */
/* All tests, in the order in which they run: the version first, since it is fixed after that. */
#include "client.h"
#include "tests.h"

const struct test tests[] = {
	{ "FFA_VERSION", test_version },
	{ "FFA_ID_GET", test_id_get },
	{ "FFA_SPM_ID_GET", test_spm_id_get },
	{ "FFA_FEATURES: known, and 0xDEAD refused", test_features },
	{ "FFA_PARTITION_INFO_GET_REGS", test_info_regs },
	{ "FFA_MSG_SEND_DIRECT_REQ, 32-bit, to SP1 hello", test_direct_32 },
	{ "FFA_MSG_SEND_DIRECT_REQ, 64-bit", test_direct_64 },
	{ "FFA_MSG_SEND_DIRECT_REQ2", test_direct_2 },
	{ "1000 direct requests", test_direct_many },
	{ "direct requests that are wrong: the exact error each", test_direct_errors },
	{ "preemption: FFA_INTERRUPT, FFA_RUN", test_preempt },
	{ "FFA_RUN of who is not there, and of who waits", test_run_errors },
	{ "EL1, V, Z, P registers of the normal world survive", test_registers },
	{ "what calls take", test_cost },
	{ "every core reaches the SPMC once it is on", test_cores },
	{ "direct requests from all cores at once", test_all_cores_talk },
	{ "an SP that loops is preempted, and others go on", test_loop },
	{ "an SP that faults is aborted: FFA_ABORTED", test_fault },
};
const unsigned int tests_count = sizeof(tests) / sizeof(tests[0]);
