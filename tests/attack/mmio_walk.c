/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attack guest A, translation: code, stage-1 tables and vectors in devices and in what is not there, and addresses that
 * stage 2 does not have.
 *
 * What is asked: an external abort (or what stage 1 itself has to say first), one, and the guest goes on.
 */
#include "insn.h"
#include "mmio.h"

#define PROBE 0x18000000000ul /* of its own entry of level 0 */

static const uint64_t bad_places[] = {
	UART, GICD, GICR(0), RTC, VIRTIO(0), VIRTIO(9), NOWHERE, 0x0, 0x3ffff000, BIT(39), BIT(40) - 0x1000,
};

static bool is_external(uint64_t esr)
{
	uint64_t fsc = esr & 0x3f;

	return fsc == FSC_EXTERNAL || (fsc >= FSC_EXTERNAL_WALK(0) && fsc <= FSC_EXTERNAL_WALK(3));
}

/* --- code --- */

static void jump(uint64_t va)
{
	A_FAULTS(do_call(va), EC_IABT_SAME);
	A_EQ(SEEN.far, va);
	A_EQ(SEEN.elr, va);
	A_EQ_AT(is_external(SEEN.esr), true, va);
}

void mmio_fetch(void)
{
	uint64_t end = attack_ram_end;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad_places); i++) {
		jump(bad_places[i]);
		jump(bad_places[i] + 0x18);
	}
	/* From the last word of RAM on. */
	io32_w(end - 4, 0xd503201f);
	dsb();
	__asm__ volatile("ic iallu\n\tdsb ish\n\tisb" ::: "memory");
	A_FAULTS(do_call(end - 4), EC_IABT_SAME);
	A_EQ(SEEN.far, end);
	attack_mmu_on();
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_places); i++) {
		attack_map(PROBE, bad_places[i] | ATTR_NORMAL | DESC_PAGE);
		jump(PROBE + 0x20);
	}
	attack_mmu_off();
}

/* --- addresses that stage 2 does not have --- */

/*
 * With the MMU off: beyond the size that the core has it is an address size fault of stage 1, before it
 * an external abort.
 */
void mmio_ipa_space(void)
{
	for (unsigned int bit = IPA_BITS; bit < 56; bit++) {
		uint64_t at = BIT(bit) | UART | 0x18;
		uint64_t fsc;

		A_FAULTS((void)io32_r(at), EC_DABT_SAME);
		fsc = SEEN.esr & 0x3f;
		A_EQ_AT(fsc == FSC_EXTERNAL || fsc == FSC_ADDRESS_SIZE(0), true, at);
		A_EQ(SEEN.far, at);
		A_FAULTS(io64_w(at, 1), EC_DABT_SAME);
		A_FAULTS(do_call(at), EC_IABT_SAME);
		A_EQ(SEEN.far, at);
	}
}

static void read_with_output(uint64_t out, uint64_t tcr, bool size_fault)
{
	uint64_t fsc;

	attack_map(PROBE, out | ATTR_DEVICE | DESC_PAGE);
	attack_mmu_write(ATTACK_MAIR, tcr, sysreg_read(TTBR0_EL1), ATTACK_SCTLR_ON);
	A_FAULTS((void)io32_r(PROBE + 0x18), EC_DABT_SAME);
	fsc = SEEN.esr & 0x3f;
	if (size_fault)
		A_EQ_AT(fsc, FSC_ADDRESS_SIZE(3), out);
	else
		A_EQ_AT(fsc == FSC_EXTERNAL || fsc == FSC_ADDRESS_SIZE(3), true, out);
	A_EQ(SEEN.far, PROBE + 0x18);
}

/*
 * Stage 1 gives addresses beyond stage 2's. With IPS as the ID register says that is stage 1's own fault; with a larger
 * one, which the core may have or not, it is an external abort or the same.
 */
void mmio_output_size(void)
{
	uint64_t tcr = attack_mmu_tcr();

	A_EQ(BITS(sysreg_read(ID_AA64MMFR0_EL1), 3, 0), 2);
	attack_mmu_on();
	for (unsigned int bit = IPA_BITS; bit < 48; bit++) {
		read_with_output(BIT(bit) | UART, tcr, true);
		for (uint64_t ips = 3; ips < 8; ips++)
			read_with_output(BIT(bit) | UART, (tcr & ~MASK(34, 32)) | ips << 32, false);
	}
	attack_mmu_on();
	attack_mmu_off();
}

/* --- tables --- */

/* Read, write, fetch and AT at va, whose walk meets what is not there. */
static void walk(uint64_t va, const char *what)
{
	uint64_t before = SEEN.count;

	(void)io32_r(va);
	io64_w(va, 1);
	if (SEEN.count != before + 2 || SEEN_EC != EC_DABT_SAME || SEEN.far != va || !is_external(SEEN.esr))
		attack_fail_at(__FILE_NAME__, __LINE__, what, SEEN.esr, before + 2, va);
	do_call(va);
	if (SEEN.count != before + 3 || SEEN_EC != EC_IABT_SAME || !is_external(SEEN.esr))
		attack_fail_at(__FILE_NAME__, __LINE__, what, SEEN.esr, before + 3, va);
	/* An AT whose walk faults at stage 2 is answered as its walk would be, or by PAR_EL1. */
	__asm__ volatile("at s1e1r, %0\n\tisb" : : "r"(va) : "memory");
	if (SEEN.count == before + 3)
		A_EQ_AT(sysreg_read(PAR_EL1) & 1, 1, va);
}

static void tables_at(uint64_t place)
{
	for (unsigned int level = 0; level < 3; level++) {
		volatile uint64_t *d = attack_desc(PROBE, level);
		uint64_t old = *d;

		*d = place | DESC_TABLE;
		dsb();
		__asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" ::: "memory");
		walk(PROBE + 0x40, "a table that is not there");
		*d = old;
		dsb();
		__asm__ volatile("tlbi vmalle1\n\tdsb sy\n\tisb" ::: "memory");
	}
}

#define TTBR1_VA 0xffff000000000000ul

void mmio_tables(void)
{
	/* The other half too, so that its root can be anywhere; flags updated by the walker (HA, HD). */
	uint64_t tcr1 = (attack_mmu_tcr() & ~BIT(23)) | 16ul << 16 | 1ul << 24 | 1ul << 26 | 3ul << 28 | 2ul << 30;
	uint64_t old = sysreg_read(TTBR1_EL1);

	attack_mmu_on();
	attack_map(PROBE, NOWHERE | ATTR_DEVICE | DESC_PAGE);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_places); i++)
		tables_at(bad_places[i]);
	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(bad_places); i++) {
		sysreg_write(TTBR1_EL1, bad_places[i / 2]);
		attack_mmu_write(ATTACK_MAIR, tcr1 | (i & 1 ? 3ul << 39 : 0), sysreg_read(TTBR0_EL1), ATTACK_SCTLR_ON);
		walk(TTBR1_VA + 0x40, "a root that is not there");
	}
	sysreg_write(TTBR1_EL1, old);
	attack_mmu_on();
	attack_mmu_off();
}

/* --- AT --- */

#define AT(op, va)  __asm__ volatile("at " op ", %0\n\tisb" : : "r"(va) : "memory")
#define SYS(op, va) __asm__ volatile("sys " op ", %0\n\tisb" : : "r"(va) : "memory")

#define AT_EACH(stmt)                                                                                                  \
	do {                                                                                                           \
		A_QUIET(AT("s1e1r", va));                                                                              \
		stmt;                                                                                                  \
		A_QUIET(AT("s1e1w", va));                                                                              \
		stmt;                                                                                                  \
		A_QUIET(AT("s1e0r", va));                                                                              \
		stmt;                                                                                                  \
		A_QUIET(AT("s1e0w", va));                                                                              \
		stmt;                                                                                                  \
		A_QUIET(SYS("#0, c7, c9, #0", va)); /* S1E1RP */                                                       \
		stmt;                                                                                                  \
		A_QUIET(SYS("#0, c7, c9, #1", va)); /* S1E1WP */                                                       \
		stmt;                                                                                                  \
	} while (0)

void mmio_at(void)
{
	uint64_t va = PROBE;

	attack_mmu_on();
	/* Stage 1 alone: that a device is there is no matter of stage 1's. */
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_places); i++) {
		attack_map(PROBE, bad_places[i] | ATTR_NORMAL | DESC_PAGE | DESC_EL0 | DESC_XN);
		AT_EACH(A_EQ_AT(sysreg_read(PAR_EL1) & (MASK(47, 12) | 1), bad_places[i], i));
	}
	attack_map(PROBE, 0);
	AT_EACH(A_EQ(sysreg_read(PAR_EL1) & 0x7f, FSC_TRANSLATION(3) << 1 | 1));
	/* Both stages, and EL2's own: not EL1's to ask. */
	A_UNDEF(SYS("#4, c7, c8, #4", va)); /* S12E1R */
	A_UNDEF(SYS("#4, c7, c8, #5", va));
	A_UNDEF(SYS("#4, c7, c8, #6", va));
	A_UNDEF(SYS("#4, c7, c8, #7", va));
	A_UNDEF(SYS("#4, c7, c8, #0", va)); /* S1E2R */
	A_UNDEF(SYS("#6, c7, c8, #0", va)); /* S1E3R */
	attack_mmu_off();
}

/* --- vectors --- */

static volatile bool tripped;

static void trip(void)
{
	attack_mmu_on();
	mmio_vectors_trip(PROBE, PROBE + 0x1000);
	attack_mmu_off();
	tripped = true;
}

/*
 * A vCPU whose vectors are a device: each exception is a fetch abort, whose vector is a fetch abort. It is its own
 * loop, which vCPU 0 ends by putting code there; Trivet and the other vCPUs go on.
 */
void mmio_vectors(void)
{
	static const uint64_t places[] = { UART, NOWHERE };

	if (attack_cpus < 2)
		return;
	attack_mmu_on();
	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		tripped = false;
		attack_map(PROBE, places[i] | ATTR_NORMAL | DESC_PAGE);
		attack_map(PROBE + 0x1000, NOWHERE | ATTR_NORMAL | DESC_PAGE);
		A_EQ(attack_cpu_on(1, trip), PSCI_SUCCESS);
		for (uint64_t end = counter() + ms_ticks(200); counter() < end;)
			relax();
		A_CHECK(!tripped);
		A_EQ(hvc(PSCI_AFFINITY_INFO_64, 1, 0, 0), PSCI_AFF_ON);
		attack_map(PROBE, (uint64_t)(uintptr_t)mmio_vectors_stub | ATTR_NORMAL | DESC_PAGE);
		A_WAIT(tripped);
		attack_wait_off(1);
	}
	attack_mmu_off();
}

/* --- the end of a vCPU --- */

static volatile bool losing;

static void lose(void)
{
	attack_mmu_on();
	losing = true;
	dsb();
	mmio_lose_tables(NOWHERE);
	losing = false; /* never */
}

/* No instruction, no vector, for ever: the last vCPU is Trivet's alone from here on, until the VM is turned off. */
void mmio_no_tables(void)
{
	if (attack_cpus < 2)
		return;
	A_EQ(attack_cpu_on(attack_cpus - 1, lose), PSCI_SUCCESS);
	A_WAIT(losing);
	for (uint64_t end = counter() + ms_ticks(300); counter() < end;)
		relax();
	A_CHECK(losing);
	A_EQ(hvc(PSCI_AFFINITY_INFO_64, attack_cpus - 1, 0, 0), PSCI_AFF_ON);
}
