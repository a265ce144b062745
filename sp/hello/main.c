/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SP1 hello: says so, and answers every direct request with what it was sent, x4 increased by 0x1000. It has an
 * execution context on each core. (What else it does at the tests' command: sp/libsp/commands.h.)
 */
#include "agent.h"

static const struct sp_service service = { .request = agent_request, .message = agent_message };

void sp_main(unsigned int context, uint64_t boot_info)
{
	(void)boot_info;
	if (!context) {
		sp_log("hello: Secure Partition at S-EL1\n");
		sp_rxtx_map();
	}
	sp_serve(&service);
}
