/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SP4 rogue: for tests only. It does at command what an SP must not: looks at what is not its own, loops, faults,
 * answers who has not asked. Its manifest has interrupts of the normal world wait for it.
 */
#include "agent.h"

static const struct sp_service service = { .request = agent_request, .message = agent_message };

void sp_main(unsigned int context, uint64_t boot_info)
{
	(void)context;
	(void)boot_info;
	sp_log("rogue: Secure Partition at S-EL1\n");
	sp_serve(&service);
}
