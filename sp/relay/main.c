/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SP3 relay: has another Secure Partition answer (SP_CMD_RELAY: whom, and what to ask), and passes that on. It has an
 * execution context on each core, so calls go on beside each other.
 */
#include "agent.h"

static const struct sp_service service = { .request = agent_request, .message = agent_message };

void sp_main(unsigned int context, uint64_t boot_info)
{
	(void)boot_info;
	if (!context) {
		sp_log("relay: Secure Partition at S-EL1\n");
		sp_rxtx_map();
	}
	sp_serve(&service);
}
