/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The attack guests' runtime (attack.h): vCPUs, exceptions, interrupts, calls. State owned: what exceptions and
 * interrupts left, a row a vCPU, written by that vCPU alone.
 */
#include "attack.h"
#include "private.h"

volatile struct attack_seen attack_seen[CPUS_MAX];
bool (*volatile attack_on_exception)(struct attack_frame *f, uint64_t vector);
void (*volatile attack_on_irq)(unsigned int intid);
volatile uint32_t attack_irqs[CPUS_MAX][128];

_Static_assert(sizeof(struct attack_frame) == FRAME_SIZE, "start.S");
_Static_assert(sizeof(struct attack_entry) == ENTRY_SIZE, "start.S");
_Static_assert(offsetof(struct attack_entry, cpacr) == ENTRY_CPACR, "start.S");
_Static_assert(offsetof(struct attack_entry, fpcr) == ENTRY_FP, "start.S");
_Static_assert(offsetof(struct attack_entry, sys) == ENTRY_SYS, "start.S");

/* --- calls --- */

int64_t hvc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c)
{
	struct attack_call k = { .x = { fid, a, b, c } };

	attack_hvc(&k);
	return (int64_t)k.x[0];
}

void attack_off(void)
{
	irq_off();
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void attack_cpu_off(void)
{
	irq_off();
	hvc(PSCI_CPU_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

uint64_t attack_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545f4914f6cdd1d;
}

uint64_t attack_seed(uint64_t stream)
{
	uint64_t s = (attack_arg("seed", 1) + 1) * 0x9e3779b97f4a7c15 ^ (stream + 1) * 0xbf58476d1ce4e5b9;

	return s ? s : 1;
}

/* --- vCPUs --- */

static void (*volatile secondary_fn[CPUS_MAX])(void);
static bool secondary_mmu;

void attack_secondary_main(void)
{
	if (secondary_mmu)
		attack_mmu_on();
	secondary_fn[cpu_id()]();
	if (secondary_mmu)
		attack_mmu_off();
}

void runtime_set_mmu(bool on)
{
	secondary_mmu = on;
	if (on)
		attack_mmu_on();
	else
		attack_mmu_off();
}

int64_t attack_cpu_on(unsigned int cpu, void (*fn)(void))
{
	secondary_fn[cpu] = fn;
	dsb();
	return hvc(PSCI_CPU_ON_64, cpu, (uint64_t)(uintptr_t)attack_secondary, 0);
}

bool attack_wait_off(unsigned int cpu)
{
	uint64_t end = counter() + ms_ticks(10000);

	while (counter() < end) {
		if (hvc(PSCI_AFFINITY_INFO_64, cpu, 0, 0) == PSCI_AFF_OFF)
			return true;
		relax();
	}
	attack_fail(__FILE_NAME__, __LINE__, "a vCPU does not turn off", cpu, cpu);
	return false;
}

void attack_everywhere(void (*fn)(void))
{
	for (unsigned int i = 1; i < attack_cpus; i++)
		A_EQ(attack_cpu_on(i, fn), PSCI_SUCCESS);
	fn();
	for (unsigned int i = 1; i < attack_cpus; i++)
		attack_wait_off(i);
}

/* --- exceptions --- */

static void take_irq(void)
{
	unsigned int intid = (unsigned int)sysreg_read(ICC_IAR1_EL1) & 0xffffff;

	if (intid >= 1020)
		return;
	if (intid < 128)
		attack_irqs[cpu_id()][intid]++;
	if (attack_on_irq)
		attack_on_irq(intid);
	sysreg_write(ICC_EOIR1_EL1, intid);
	isb();
}

/* The end of attack_el0(): its SVC. */
static bool comes_back(struct attack_frame *f, uint64_t vector, uint64_t esr)
{
	if (vector != 8 || esr >> 26 != EC_SVC || (esr & 0xffff) != EL0_RETURN)
		return false;
	f->elr = (uint64_t)(uintptr_t)attack_el0_back;
	f->spsr = 0x3c5; /* EL1h, all masked */
	return true;
}

void attack_exception(struct attack_frame *f, uint64_t vector)
{
	volatile struct attack_seen *s = &SEEN;
	uint64_t esr = sysreg_read(ESR_EL1);

	if ((vector & 3) == 1) {
		take_irq();
		return;
	}
	if (comes_back(f, vector, esr))
		return;
	if (attack_on_exception && attack_on_exception(f, vector))
		return;
	s->count++;
	s->esr = esr;
	s->far = sysreg_read(FAR_EL1);
	s->elr = f->elr;
	s->spsr = f->spsr;
	s->vector = vector;
	/* A fetch abort has no next instruction: back to who called. An SError is not about this instruction. */
	if (esr >> 26 == EC_IABT_SAME || esr >> 26 == EC_IABT_LOW)
		f->elr = f->x[30];
	else if (esr >> 26 != EC_SVC && (vector & 3) != 3)
		f->elr += 4;
}

/* --- the interrupt controller --- */

void gic_cpu_init(void)
{
	uint64_t waker = GICR(cpu_id()) + 0x14;

	io32_w(waker, 0);
	while (io32_r(waker) & 4)
		relax();
	io32_w(GICR_SGI(cpu_id()) + 0x80, 0xffffffff);
	sysreg_write(ICC_SRE_EL1, 7);
	isb();
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();
}

void gic_init(void)
{
	io32_w(GICD, 0x12); /* ARE, group 1 */
	for (unsigned int n = 1; n < 3; n++)
		io32_w(GICD + 0x80 + n * 4, 0xffffffff);
	gic_cpu_init();
}

static uint64_t bank(unsigned int intid, uint64_t off)
{
	if (intid < 32)
		return GICR_SGI(cpu_id()) + off;
	return GICD + off + intid / 32 * 4;
}

void gic_enable(unsigned int intid)
{
	io32_w(bank(intid, 0x100), BIT(intid % 32));
}

void gic_disable(unsigned int intid)
{
	io32_w(bank(intid, 0x180), BIT(intid % 32));
}

void gic_set_pending(unsigned int intid)
{
	io32_w(bank(intid, 0x200), BIT(intid % 32));
}

void gic_clear_pending(unsigned int intid)
{
	io32_w(bank(intid, 0x280), BIT(intid % 32));
}

void gic_priority(unsigned int intid, uint8_t prio)
{
	io8((intid < 32 ? GICR_SGI(cpu_id()) : GICD) + 0x400 + intid) = prio;
}

void gic_edge(unsigned int intid, bool edge)
{
	uint64_t at = (intid < 32 ? GICR_SGI(cpu_id()) : GICD) + 0xc00 + intid / 16 * 4;
	uint32_t bit = (uint32_t)(2u << intid % 16 * 2), v = io32_r(at);

	io32_w(at, edge ? v | bit : v & ~bit);
}

void gic_route(unsigned int intid, uint64_t router)
{
	io64_w(GICD + 0x6000 + intid * 8ul, router);
}

void gic_sgi(unsigned int intid, uint64_t targets)
{
	dsb();
	sysreg_write(ICC_SGI1R_EL1, (uint64_t)intid << 24 | targets);
	isb();
}
