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

#endif
