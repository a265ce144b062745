/* SPDX-License-Identifier: BSD-3-Clause */
/* What every unit test includes: cmocka and the headers that it wants first. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The body of main: runs an array of cmocka_unit_test(...). */
#define UNIT_RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* TEST=name in the environment: that one only. */
__attribute__((constructor)) static inline void unit_select(void)
{
	if (getenv("TEST"))
		cmocka_set_test_filter(getenv("TEST"));
}

#endif
