/* SPDX-License-Identifier: BSD-3-Clause */
/* The tests of the SPMC, by file. */
#ifndef TESTS_H
#define TESTS_H

/* discovery.c */
void test_version(void);
void test_id_get(void);
void test_spm_id_get(void);
void test_features(void);
void test_cores(void);

/* direct.c */
void test_info_regs(void);
void test_direct_32(void);
void test_direct_64(void);
void test_direct_2(void);
void test_direct_many(void);
void test_direct_errors(void);
void test_registers(void);
void test_cost(void);

/* cores.c */
void test_all_cores_talk(void);

/* preempt.c */
void test_preempt(void);
void test_run_errors(void);
void test_loop(void);
void test_fault(void);

#endif
