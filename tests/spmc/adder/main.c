/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest Secure Partition: answers each direct request with its two numbers added
 * (docs/write-your-own-sp.md shows it).
 */
#include "sp.h"

static void add(struct sp_regs *r)
{
	r->x[3] += r->x[4];
}

void sp_main(unsigned int context, uint64_t boot_info)
{
	static const struct sp_service service = { .request = add };

	(void)context;
	(void)boot_info;
	sp_log("I add\n");
	sp_serve(&service);
}
