/* SPDX-License-Identifier: BSD-3-Clause */
/* Linked to each proof: any memory, and CHECK() as a thing to prove. No state. */
#include "proof.h"

#include "core/panic.h"

void *__CPROVER_allocate(size_t size, bool zero);

void *any_bytes(size_t size)
{
	return __CPROVER_allocate(size, false);
}

/* A CHECK that fails is a bug of ours: no input may lead to one. */
void panic(const char *fmt UNUSED, ...)
{
	PROVE(false, "CHECK");
	ASSUME(false);
	for (;;)
		;
}
