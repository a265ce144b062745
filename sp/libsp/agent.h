/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tests' agent in our Secure Partitions: it does what commands.h lists for every SP. An SP of your own does not
 * need it, and does not link it then.
 */
#ifndef SP_AGENT_H
#define SP_AGENT_H

#include "sp.h"

/* The command in a request, and its arguments: x3, x4...; of REQ2 one register further. */
uint64_t *agent_args(struct sp_regs *r);

/* A direct request: a command is obeyed, anything else is echoed, x4 increased by SP_ECHO_ADDED. */
void agent_request(struct sp_regs *r);

/* An indirect message: for SP_CMD_MAILBOX. */
void agent_message(uint16_t sender, const void *text, size_t size);

/*
 * Spin until that many ticks of the counter have passed, or the core is wanted back: then the request is answered
 * with that: false.
 */
bool agent_spin(uint64_t *args, uint64_t ticks);
#endif
