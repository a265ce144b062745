/* SPDX-License-Identifier: BSD-3-Clause */
/* The tests of the SPMC, by file. */
#ifndef TESTS_H
#define TESTS_H

/* discovery.c */
void test_version(void);
void test_id_get(void);
void test_spm_id_get(void);
void test_features(void);

/* partitions.c */
void test_info(void);
void test_info_more(void);

/* buffers.c */
void test_rxtx(void);
void test_rxtx_errors(void);
void test_rxtx_vm(void);

/* direct.c */
void test_direct_sp1(void);
void test_direct_sp2(void);
void test_direct_64(void);
void test_direct_2(void);
void test_direct_many(void);
void test_vm_messages(void);
void test_cost(void);

/* preempt.c */
void test_preempt(void);
void test_managed_exit(void);
void test_managed_exit_late(void);
void test_queued(void);
void test_yield(void);
void test_run(void);

/* secure_irq.c */
void test_secure_irq(void);
void test_cross_sp(void);
void test_cross_sp_queued(void);
void test_owner_runs(void);
void test_owner_waits(void);
void test_uart(void);
void test_other_core(void);

/* chain.c */
void test_relay(void);
void test_chain_preempt(void);
void test_chain_queued(void);
void test_chain_yield(void);
void test_cycle(void);
void test_busy(void);

/* messages.c */
void test_send2(void);
void test_send2_errors(void);
void test_console(void);

/* cores.c */
void test_all_at_once(void);
void test_registers(void);
void test_cores(void);
void test_sme(void);

/* errors.c */
void test_errors(void);
void test_errors_sp(void);
void test_foreign_calls(void);

/* power.c */
void test_cpu_off(void);
void test_cpu_off_refused(void);

/* guard.c */
void test_touch(void);
void test_ns_memory(void);

/* fuzz.c */
void test_fuzz(void);
void test_fuzz_sp(void);

/* storm.c */
void test_storm(void);

/* rogue.c */
void test_misreply(void);
void test_fault(void);
void test_loop(void);
void test_the_rest_lives(void);

/* EL1's, FP's and SVE's registers of this core: filled, to be looked at later. All as they were? */
void registers_begin(void);
bool registers_hold(void);

#endif
