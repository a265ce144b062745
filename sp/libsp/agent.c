/* SPDX-License-Identifier: BSD-3-Clause */
/* See agent.h. State: the last indirect message, and the normal world's pages that have been looked at. */
#include "agent.h"

#include "commands.h"

#define NOWHERE	    0x0ef00000 /* secure RAM that is nobody's */
#define NS_PAGES    32
#define REQ2_CALL   8  /* registers of a call that REQ2 carries, */
#define REQ2_RESULT 13 /* and of its result */

void *memcpy(void *to, const void *from, size_t n);

uint64_t *agent_args(struct sp_regs *r)
{
	return &r->x[(uint32_t)r->x[0] == FFA_MSG_SEND_DIRECT_REQ2 ? 4 : 3];
}

/* --- time --- */

bool agent_spin(uint64_t *args, uint64_t ticks)
{
	uint64_t start = sp_counter();

	while (sp_counter() - start < ticks) {
		if (sp_must_leave()) {
			args[0] = IRQ_MANAGED_EXIT;
			args[1] = sp_counts()->managed_exits;
			return false;
		}
	}
	return true;
}

static void cmd_spin(uint64_t *a)
{
	if (agent_spin(a, a[2]))
		a[1] += SP_ECHO_ADDED;
}

static void cmd_loop(uint64_t *a)
{
	(void)a;
	for (;;)
		;
}

static void cmd_fault(uint64_t *a)
{
	(void)a;
	*(volatile uint32_t *)sp_map(NOWHERE, FFA_PAGE_SIZE, 0) = 0;
}

/* --- messages --- */

static struct {
	sp_lock_t lock;
	uint64_t seen, sender, text;
} mailbox;

void agent_message(uint16_t sender, const void *text, size_t size)
{
	uint64_t first = 0;

	memcpy(&first, text, size < sizeof(first) ? size : sizeof(first));
	sp_lock(&mailbox.lock);
	mailbox.seen++;
	mailbox.sender = sender;
	mailbox.text = first;
	sp_unlock(&mailbox.lock);
}

static void cmd_mailbox(uint64_t *a)
{
	/* One that has come while this request was on its way counts. */
	sp_receive(agent_message);
	sp_lock(&mailbox.lock);
	a[1] = mailbox.seen;
	a[2] = mailbox.sender;
	a[3] = mailbox.text;
	sp_unlock(&mailbox.lock);
}

static void cmd_send2(uint64_t *a)
{
	struct sp_sent sent = sp_send2((uint16_t)a[1], &a[2], sizeof(a[2]));

	a[2] = sent.w0;
	a[3] = sent.w2;
}

static void cmd_relay(uint64_t *a)
{
	struct sp_regs r = { { 0, 0, 0, a[2], a[3], a[4] } };

	sp_request((uint16_t)a[1], &r);
	a[1] = r.x[0];
	a[2] = r.x[2];
	a[3] = r.x[4];
	a[4] = r.x[5];
}

static void cmd_yield(uint64_t *a)
{
	struct sp_regs r = { { FFA_YIELD, 0, (uint32_t)a[2], a[2] >> 32 } };

	sp_call(&r);
	a[3] = (uint32_t)r.x[0];
}

/* --- memory --- */

/* NULL: too many pages. */
static uint64_t *ns_pointer(uint64_t at)
{
	static sp_lock_t lock;
	static struct {
		uint64_t page;
		char *va;
	} known[NS_PAGES];
	uint64_t page = at / FFA_PAGE_SIZE * FFA_PAGE_SIZE;
	char *va = NULL;

	sp_lock(&lock);
	for (unsigned int i = 0; !va && i < NS_PAGES; i++) {
		if (!known[i].va) {
			known[i].page = page;
			known[i].va = sp_map(page, FFA_PAGE_SIZE, SP_MAP_NS);
		}
		va = known[i].page == page ? known[i].va : NULL;
	}
	sp_unlock(&lock);
	return va ? (uint64_t *)(va + at % FFA_PAGE_SIZE / sizeof(uint64_t) * sizeof(uint64_t)) : NULL;
}

static void cmd_ns_read(uint64_t *a)
{
	volatile uint64_t *p = ns_pointer(a[1]);

	a[2] = p ? *p : 0;
}

static void cmd_ns_write(uint64_t *a)
{
	volatile uint64_t *p = ns_pointer(a[1]);

	if (p)
		*p = a[2];
}

static void cmd_touch(uint64_t *a)
{
	uint64_t value = 0;

	a[2] = a[1] < SP_TOUCHES && !sp_probe((unsigned int)a[1], &value);
	a[3] = value;
}

/* --- counts --- */

static void cmd_calls(uint64_t *a)
{
	a[1] = sp_counts()->requests;
}

static void cmd_events(uint64_t *a)
{
	const struct sp_counts *c = sp_counts();

	a[1] = c->cpu_off;
	a[2] = c->vm_created;
	a[3] = c->vm_destroyed;
	a[4] = c->runs;
}

/* --- commands that need the whole request --- */

static void misreply(struct sp_regs *r)
{
	struct sp_regs wrong = *r;
	uint64_t *a = agent_args(r);

	sp_make_response(&wrong);
	wrong.x[1] = a[1];
	sp_call(&wrong);
	a[2] = (uint32_t)wrong.x[0];
	a[3] = (uint32_t)wrong.x[2];
}

static void any_call(struct sp_regs *r, void (*call)(struct sp_regs *r))
{
	struct sp_regs c = { { 0 } };

	if ((uint32_t)r->x[0] != FFA_MSG_SEND_DIRECT_REQ2)
		return;
	memcpy(c.x, &r->x[5], REQ2_CALL * sizeof(uint64_t));
	call(&c);
	memcpy(&r->x[5], c.x, REQ2_RESULT * sizeof(uint64_t));
}

static const struct {
	uint32_t command;
	void (*obey)(uint64_t *args);
} commands[] = {
	{ SP_CMD_SPIN, cmd_spin },	   { SP_CMD_FAULT, cmd_fault },	    { SP_CMD_LOOP, cmd_loop },
	{ SP_CMD_YIELD, cmd_yield },	   { SP_CMD_RELAY, cmd_relay },	    { SP_CMD_NS_READ, cmd_ns_read },
	{ SP_CMD_NS_WRITE, cmd_ns_write }, { SP_CMD_CALLS, cmd_calls },	    { SP_CMD_TOUCH, cmd_touch },
	{ SP_CMD_SEND2, cmd_send2 },	   { SP_CMD_MAILBOX, cmd_mailbox }, { IRQ_CMD_MAILBOX, cmd_mailbox },
	{ SP_CMD_EVENTS, cmd_events },
};

static void obey(struct sp_regs *r, uint64_t *a)
{
	switch (a[0]) {
	case SP_CMD_MISREPLY:
		misreply(r);
		return;
	case SP_CMD_SMC:
		any_call(r, sp_call);
		return;
	case SP_CMD_HVC:
		any_call(r, sp_call_hvc);
		return;
	}
	for (unsigned int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].command == a[0]) {
			commands[i].obey(a);
			return;
		}
	}
	r->x[4] += SP_ECHO_ADDED;
}

void agent_request(struct sp_regs *r)
{
	uint64_t *a = agent_args(r);

	/* Most requests are echoes. */
	if (a[0] >> 8 == SP_CMD_SPIN >> 8)
		obey(r, a);
	else
		r->x[4] += SP_ECHO_ADDED;
}
