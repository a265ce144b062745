/* SPDX-License-Identifier: BSD-3-Clause */
/* Suite role/mail_threads: a thread a core, also under make check-tsan: messages that meet in one mailbox. */
#include "mail_world.h"

#include <pthread.h>

#define ROUNDS 3000u

static struct percpu cpus[4];
static uint32_t wrong, sent[3], got[3], mailed;

static int thread_call(int who, void (*fn)(struct ffa_caller *, struct ffa_regs *), uint64_t id)
{
	struct ffa_caller c = { FFA_FROM_NS, FFA_ID_HYPERVISOR, &ns_version, NULL };
	struct ffa_regs regs = { .x = { id } };

	if (who >= 0)
		c = (struct ffa_caller){ FFA_FROM_SP, sp[who].manifest.id, &sp[who].version, &ctx[who] };
	fn(&c, &regs);
	return (uint32_t)regs.x[0] == FFA_SUCCESS_32 ? OK : (int32_t)regs.x[2];
}

/* SP 0, SP 1 and the normal world send to SP 2, each a message full of its round's number. */
static void *sender(void *arg)
{
	struct percpu *cpu = arg;
	const int who = cpu->index == 2 ? NWD : (int)cpu->index;
	uint8_t *tx = at(who, tx_of(who));
	uint32_t *n = &sent[cpu->index];

	arch_this_cpu_set(cpu);
	while (*n < ROUNDS && !__atomic_load_n(&wrong, __ATOMIC_RELAXED)) {
		const uint32_t size = 100 + *n % 3000;
		int rc;

		write_header(tx, who < 0 ? 0 : sp[who].manifest.id, 0x8003, 40, size);
		memset(tx + 40, (int)(*n & 0xff), size);
		do {
			rc = thread_call(who, mail_send2, FFA_MSG_SEND2);
			arch_relax();
		} while (rc == FFA_BUSY && !__atomic_load_n(&wrong, __ATOMIC_RELAXED));
		if (rc != OK || __atomic_exchange_n(&mailed, 1, __ATOMIC_RELEASE))
			__atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
		++*n;
	}
	return NULL;
}

/* True: what the receiver has is the next message of its sender. */
static bool take_message(const uint8_t *rx)
{
	struct ffa_msg_header h;
	unsigned int who;

	memcpy(&h, rx, sizeof(h));
	who = h.sender ? h.sender - 0x8001u : 2;
	if (who > 2 || h.receiver != 0x8003 || h.offset != 40 || h.size != 100 + got[who] % 3000)
		return false;
	for (uint32_t i = 0; i < h.size; i++)
		if (rx[40 + i] != (got[who] & 0xff))
			return false;
	got[who]++;
	return true;
}

static void three_senders_and_a_receiver(void **state)
{
	const uint8_t *rx;
	pthread_t t[3];

	(void)state;
	map_all(1);
	rx = at(2, SP_RX(2));
	wrong = mailed = 0;
	for (unsigned int i = 0; i < 3; i++) {
		sent[i] = got[i] = 0;
		cpus[i] = (struct percpu){ .index = i };
		assert_int_equal(pthread_create(&t[i], NULL, sender, &cpus[i]), 0);
	}
	cpus[3] = (struct percpu){ .index = 3 };
	arch_this_cpu_set(&cpus[3]);
	while (got[0] + got[1] + got[2] < 3 * ROUNDS && !__atomic_load_n(&wrong, __ATOMIC_RELAXED)) {
		if (!__atomic_load_n(&mailed, __ATOMIC_ACQUIRE)) {
			arch_relax();
			continue;
		}
		__atomic_store_n(&mailed, 0, __ATOMIC_RELAXED);
		if (!take_message(rx) || thread_call(2, mail_rx_release, FFA_RX_RELEASE) != OK)
			__atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
	}
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	arch_this_cpu_set(NULL);
	assert_int_equal(wrong, 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(got[i], ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(three_senders_and_a_receiver, setup),
	};

	return UNIT_RUN(tests);
}
