/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite core/trap: each exception class (ARM DDI 0487 table D1-9), who handles it, and where the guest goes on. What
 * the exits are handed to is this file's own.
 */
#include "unit.h"

#include <pthread.h>

#include "arch/guest.h"
#include "arch/host.h"
#include "arch/upcall.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/mmio_trap.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "core/smc.h"
#include "core/stage2_fault.h"
#include "core/sysreg.h"
#include "core/vcpu.h"
#include "plat/plat.h"
#include "role/role.h"

#define PC    UINT64_C(0xffff000080001000)
#define VBAR  UINT64_C(0xffff000000000800)
#define IL    BIT(25)
#define EC(n) ((uint64_t)(n) << 26 | IL)

static struct percpu cpu;
static struct partition part;
static struct vcpu v, other;

static enum { NOBODY, SMC, WFI, WFE, MMIO, REG_READ, REG_WRITE, IRQ, FAULT } who;
static unsigned int calls, nexts, enters;
static uint32_t key;
static uint64_t written, esr_seen;
static enum trap_result answer;
static bool gone, watch; /* watch: see test_kicks_are_not_lost */
static uint32_t add_on_enter, asked, seen, stop;

static void called(int by)
{
	who = by;
	calls++;
}

void smc_dispatch(struct vcpu *w)
{
	assert_ptr_equal(w, &v);
	w->arch.x[0] = 0x1234;
	called(SMC);
}

void sched_block(struct vcpu *w)
{
	assert_ptr_equal(w, &v);
	called(WFI);
}

void sched_give_way(struct vcpu *w)
{
	assert_ptr_equal(w, &v);
	called(WFE);
}

bool role_stage2_abort(struct vcpu *w UNUSED)
{
	return false;
}

void role_foreign_irq(struct vcpu *w)
{
	assert_ptr_equal(w, &v);
}

struct vcpu *role_next(struct vcpu *cur)
{
	assert_ptr_equal(cur, &v);
	if (watch) {
		(void)__atomic_exchange_n(&cpu.work, 0, __ATOMIC_ACQUIRE);
		__atomic_store_n(&seen, __atomic_load_n(&asked, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
		return &v;
	}
	nexts++;
	return &other;
}

enum trap_result mmio_trap(struct vcpu *w, uint64_t esr)
{
	assert_ptr_equal(w, &v);
	esr_seen = esr;
	called(MMIO);
	return answer;
}

bool stage2_fault_is_gone(struct vcpu *w, uint64_t esr, unsigned int need)
{
	assert_ptr_equal(w, &v);
	assert_int_equal(need, S2_X);
	esr_seen = esr;
	return gone;
}

enum trap_result sysreg_trap_read(struct vcpu *w, uint32_t k, uint64_t *value)
{
	assert_ptr_equal(w, &v);
	key = k;
	*value = 0xfeedfacecafebeef;
	called(REG_READ);
	return answer;
}

enum trap_result sysreg_trap_write(struct vcpu *w, uint32_t k, uint64_t value)
{
	assert_ptr_equal(w, &v);
	key = k;
	written = value;
	called(REG_WRITE);
	return answer;
}

void irq_dispatch(void)
{
	called(IRQ);
}

void role_vcpu_enter(struct vcpu *w)
{
	assert_ptr_equal(w, &v);
	enters++;
	if (add_on_enter)
		percpu_add_work(&cpu, add_on_enter);
}

void role_partition_fault(struct vcpu *w, const char *why)
{
	assert_ptr_equal(w, &v);
	assert_non_null(why);
	called(FAULT);
}

static int setup(void **state UNUSED)
{
	host_reset();
	memset(&cpu, 0, sizeof(cpu));
	arch_this_cpu_set(&cpu);
	memset(&v, 0, sizeof(v));
	strcpy(part.name, "vm");
	v.part = &part;
	for (unsigned int i = 0; i < 31; i++)
		v.arch.x[i] = 0x100 + i;
	guest_pc_set(PC);
	guest_pstate_set(0x5);
	guest_el1_write(R_VBAR_EL1, VBAR);
	guest_el1_write(R_SCTLR_EL1, BIT(23));
	host_sysreg_write("FAR_EL2", 0xabc123);
	who = NOBODY;
	calls = nexts = enters = add_on_enter = 0;
	answer = TRAP_DONE;
	gone = false;
	return 0;
}

static void exit_(uint64_t esr)
{
	setup(NULL);
	assert_ptr_equal(upcall_guest_sync(&v, esr), &v);
}

/* EC 0 to EL1h at the vector of the same EL; ELR_EL1 is the instruction that was trapped. */
static void is_undefined(uint64_t elr)
{
	assert_int_equal(guest_pc(), VBAR + 0x200);
	assert_int_equal(guest_el1_read(R_ELR_EL1), elr);
	assert_int_equal(guest_el1_read(R_ESR_EL1), IL);
}

static void test_smccc(void **state UNUSED)
{
	/* The preferred return address of HVC is behind it, of a trapped SMC the instruction itself (D1.3.6). */
	exit_(EC(0x16));
	assert_int_equal(who, SMC);
	assert_int_equal(guest_pc(), PC);
	assert_int_equal(v.arch.x[0], 0x1234);
	exit_(EC(0x17));
	assert_int_equal(who, SMC);
	assert_int_equal(guest_pc(), PC + 4);
	for (uint64_t imm = 1; imm < 0x10000; imm <<= 1) {
		exit_(EC(0x16) | imm);
		assert_int_equal(calls, 0);
		is_undefined(PC - 4);
		exit_(EC(0x17) | imm);
		assert_int_equal(calls, 0);
		is_undefined(PC);
		assert_int_equal(v.arch.x[0], 0x100);
	}
}

static void test_wfx(void **state UNUSED)
{
	static const int want[] = { WFI, WFE, WFI, WFE }; /* WFI, WFE, WFIT, WFET */

	for (unsigned int ti = 0; ti < 4; ti++) {
		exit_(EC(0x01) | ti);
		assert_int_equal(who, want[ti]);
		assert_int_equal(calls, 1);
		assert_int_equal(guest_pc(), PC + 4);
	}
}

static uint64_t reg_iss(unsigned int op0, unsigned int op1, unsigned int crn, unsigned int crm, unsigned int op2,
			unsigned int rt, bool read)
{
	/* ISS of EC 0x18 (D19.2.37). */
	return EC(0x18) | (uint64_t)op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | read;
}

static void test_sysreg(void **state UNUSED)
{
	for (unsigned int rt = 0; rt < 32; rt++) {
		exit_(reg_iss(3, 5, 9, 13, 6, rt, true));
		assert_int_equal(who, REG_READ);
		assert_int_equal(key, SYSREG_KEY(3, 5, 9, 13, 6));
		for (unsigned int i = 0; i < 31; i++)
			assert_true(v.arch.x[i] == (i == rt ? 0xfeedfacecafebeef : 0x100 + i));
		assert_int_equal(guest_pc(), PC + 4);

		exit_(reg_iss(2, 3, 7, 1, 2, rt, false));
		assert_int_equal(who, REG_WRITE);
		assert_int_equal(key, SYSREG_KEY(2, 3, 7, 1, 2));
		assert_int_equal(written, rt == 31 ? 0 : 0x100 + rt);
		assert_int_equal(guest_pc(), PC + 4);
	}
}

/* A read that is refused leaves the register alone. */
static void test_sysreg_undefined(void **state UNUSED)
{
	for (unsigned int read = 0; read < 2; read++) {
		setup(NULL);
		answer = TRAP_UNDEF;
		assert_ptr_equal(upcall_guest_sync(&v, reg_iss(3, 0, 1, 0, 0, 7, read)), &v);
		is_undefined(PC);
		assert_int_equal(v.arch.x[7], 0x107);
	}
}

static void test_aborts(void **state UNUSED)
{
	static const enum trap_result results[] = { TRAP_DONE, TRAP_AGAIN };

	for (unsigned int i = 0; i < 2; i++) {
		setup(NULL);
		answer = results[i];
		upcall_guest_sync(&v, EC(0x24) | 0x1234567);
		assert_int_equal(who, MMIO);
		assert_int_equal(esr_seen, EC(0x24) | 0x1234567);
		assert_int_equal(guest_pc(), PC + (i ? 0 : 4));
	}
	exit_(EC(0x20) | 7);
	assert_int_equal(guest_pc(), VBAR + 0x200);
	assert_int_equal(guest_el1_read(R_FAR_EL1), 0xabc123);
	assert_int_equal(guest_el1_read(R_ESR_EL1), UINT64_C(0x21) << 26 | IL | 0x10);
	assert_int_equal(guest_el1_read(R_ELR_EL1), PC);
	/* Executable by now: again. */
	setup(NULL);
	gone = true;
	upcall_guest_sync(&v, EC(0x20) | 7);
	assert_int_equal(esr_seen, EC(0x20) | 7);
	assert_int_equal(guest_pc(), PC);
	assert_int_equal(guest_el1_read(R_ESR_EL1), 0);
}

/* All other classes, each one's ISS at random: UNDEFINED, and said a bounded number of times. */
static void test_unknown(void **state UNUSED)
{
	static const uint8_t known[] = { 0x01, 0x16, 0x17, 0x18, 0x20, 0x24 };
	unsigned int lines = 0, exits = 0;
	static char said[16384];

	log_set_sink(host_uart_putc);
	for (unsigned int round = 0; round < 10; round++) {
		for (unsigned int ec = 0; ec < 64; ec++) {
			if (memchr(known, (int)ec, sizeof(known)))
				continue;
			exit_(EC(ec) | (ec * 0x12345 + round) % 0x1ffffff);
			strncat(said, host_uart_text(), sizeof(said) - strlen(said) - 1);
			assert_int_equal(calls, 0);
			is_undefined(PC);
			exits++;
		}
	}
	log_set_sink(NULL);
	assert_int_equal(exits, 580);
	for (const char *s = said; (s = strstr(s, "\r\n")); s++)
		lines++;
	assert_int_equal(lines, 17);
	assert_non_null(strstr(said, "vm: vcpu0: exception class 0x0 "));
}

static void test_tail(void **state UNUSED)
{
	static const uint32_t work[] = { WORK_SCHED, WORK_ENTER, WORK_SCHED | WORK_ENTER };

	for (unsigned int i = 0; i < 3; i++) {
		setup(NULL);
		cpu.work = work[i];
		assert_ptr_equal(upcall_guest_sync(&v, EC(0x16)), work[i] & WORK_SCHED ? &other : &v);
		assert_int_equal(nexts, work[i] & WORK_SCHED ? 1 : 0);
		assert_int_equal(enters, work[i] & WORK_SCHED ? 0 : 1); /* sched_next() does that */
	}
	exit_(EC(0x16));
	assert_int_equal(nexts + enters, 0);
	/* Entering finds more to do: a kick for the scheduler that comes right then is not lost. */
	setup(NULL);
	cpu.work = WORK_ENTER;
	add_on_enter = WORK_SCHED;
	assert_ptr_equal(upcall_guest_sync(&v, EC(0x16)), &other);
	assert_int_equal(enters, 1);
	assert_int_equal(nexts, 1);
}

/*
 * Another core kicks all the time. Whatever it asked of the scheduler is seen: by sched_next(), or it still stands in
 * cpu.work when the guest would be entered.
 */
static void *kicker(void *arg UNUSED)
{
	for (uint32_t n = 1; !__atomic_load_n(&stop, __ATOMIC_ACQUIRE); n++) {
		percpu_add_work(&cpu, WORK_ENTER);
		for (volatile uint32_t wait = n % 128; wait; wait--)
			; /* the second comes at any place in the exit that the first caused */
		__atomic_store_n(&asked, n, __ATOMIC_RELEASE);
		percpu_add_work(&cpu, WORK_SCHED);
		while (__atomic_load_n(&seen, __ATOMIC_ACQUIRE) != n && !__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
			arch_relax();
	}
	return NULL;
}

static void test_kicks_are_not_lost(void **state UNUSED)
{
	unsigned int idle = 0, last = 0;
	pthread_t t;

	asked = seen = stop = 0;
	watch = true;
	pthread_create(&t, NULL, kicker, NULL);
	while (seen < 5000 && idle < 20000000) {
		upcall_guest_sync(&v, EC(0x16));
		guest_pc_set(PC);
		idle = last == seen ? idle + 1 : 0;
		if (idle % 256 == 255)
			arch_relax();
		last = seen;
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	watch = false;
	assert_true(seen >= 5000);
}

/*
 * An instruction that Trivet does for the guest has run: PSTATE.SS (21) and BTYPE (11:10) are as after it; one that is
 * to run again has not.
 */
static void test_pstate_after(void **state UNUSED)
{
	static const struct {
		uint64_t esr;
		bool done;
	} c[] = { { EC(0x17), true }, { EC(0x01), true }, { EC(0x24), true }, { EC(0x20), false } };

	for (unsigned int i = 0; i < ARRAY_SIZE(c); i++) {
		setup(NULL);
		gone = true;
		guest_pstate_set(0x5 | BIT(21) | BIT(11) | BIT(10) | BIT(31) | BIT(12));
		upcall_guest_sync(&v, c[i].esr);
		assert_int_equal(guest_pstate(),
				 0x5 | BIT(31) | BIT(12) | (c[i].done ? 0 : BIT(21) | BIT(11) | BIT(10)));
	}
}

static void test_irq_and_serror(void **state UNUSED)
{
	assert_ptr_equal(upcall_guest_irq(&v), &v);
	assert_int_equal(who, IRQ);
	assert_int_equal(guest_pc(), PC);
	setup(NULL);
	cpu.work = WORK_SCHED;
	assert_ptr_equal(upcall_guest_irq(&v), &other);
	setup(NULL);
	cpu.work = WORK_SCHED;
	assert_ptr_equal(upcall_guest_serror(&v, EC(0x2f) | 0x11), &other);
	assert_int_equal(who, FAULT);
	assert_int_equal(guest_pc(), PC);
}

static void test_reg_31(void **state UNUSED)
{
	assert_int_equal(trap_reg_read(&v, 30), 0x11e);
	assert_int_equal(trap_reg_read(&v, 31), 0);
	trap_reg_write(&v, 31, 5);
	trap_reg_write(&v, 30, 6);
	assert_int_equal(v.arch.x[30], 6);
	assert_int_equal(v.arch.pc, 0); /* what would be x[31] */
	/* x19 to x30 are loaded anew only when they have changed. */
	for (unsigned int r = 0; r < 31; r++) {
		v.arch.reload = 0;
		trap_reg_write(&v, r, r);
		assert_int_equal(v.arch.reload != 0, r >= 19);
		assert_int_equal(trap_reg_read(&v, r), r);
	}
}

static void test_trace(void **state UNUSED)
{
	v.trace_exit = trace_who(TRACE_EXIT, 3, 1, 2);
	upcall_guest_sync(&v, EC(0x16));
	assert_int_equal(trace_count(&cpu.trace), 1);
	assert_int_equal(trace_at(&cpu.trace, 0)->who, trace_who(TRACE_EXIT, 3, 1, 2));
	assert_int_equal(trace_at(&cpu.trace, 0)->a, EC(0x16));
	assert_int_equal(trace_at(&cpu.trace, 0)->b, PC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_smccc, setup),
		cmocka_unit_test_setup(test_wfx, setup),
		cmocka_unit_test_setup(test_sysreg, setup),
		cmocka_unit_test_setup(test_sysreg_undefined, setup),
		cmocka_unit_test_setup(test_aborts, setup),
		cmocka_unit_test_setup(test_unknown, setup),
		cmocka_unit_test_setup(test_pstate_after, setup),
		cmocka_unit_test_setup(test_tail, setup),
		cmocka_unit_test_setup(test_kicks_are_not_lost, setup),
		cmocka_unit_test_setup(test_irq_and_serror, setup),
		cmocka_unit_test_setup(test_reg_31, setup),
		cmocka_unit_test_setup(test_trace, setup),
	};

	return UNIT_RUN(tests);
}
