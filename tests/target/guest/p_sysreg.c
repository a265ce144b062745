/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs: what ID registers show, what traps, what is UNDEFINED. */
#include "guest.h"
#include "insn.h"

#define FILE_ID 3

#define FIELD(reg, lsb) (sysreg_read(reg) >> (lsb)&0xf)

PROGRAM(g_idregs)
{
	G_EQ(FIELD(ID_AA64PFR0_EL1, 0), 1);  /* EL0: AArch64 alone */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 4), 1);  /* EL1 */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 8), 0);  /* no EL2 */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 12), 0); /* no EL3 */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 24), 1); /* GIC system registers */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 28), 0); /* RAS */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 32), 0); /* SVE */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 40), 0); /* MPAM */
	G_EQ(FIELD(ID_AA64PFR0_EL1, 44), 0); /* AMU */
	G_EQ(FIELD(ID_AA64PFR1_EL1, 8), 0);  /* MTE */
	G_EQ(FIELD(ID_AA64PFR1_EL1, 24), 0); /* SME */
	G_EQ(sysreg_read(ID_AA64ZFR0_EL1), 0);
	G_EQ(sysreg_read(ID_AA64SMFR0_EL1), 0);
	G_EQ(FIELD(ID_AA64DFR0_EL1, 8), 0);  /* PMU */
	G_EQ(FIELD(ID_AA64DFR0_EL1, 32), 0); /* SPE */
	G_CHECK(FIELD(ID_AA64DFR0_EL1, 0) >= 6);
	G_CHECK(FIELD(ID_AA64MMFR0_EL1, 0) <= 2); /* PARange: not above the 40 bits of IPA */
	G_EQ(FIELD(ID_AA64MMFR0_EL1, 28), 0);	  /* 4 KiB granule, no LPA2 */
	G_EQ(FIELD(ID_AA64ISAR0_EL1, 24), 0);	  /* TME */
	G_EQ(FIELD(ID_AA64MMFR1_EL1, 8), 0);	  /* no VHE */
	G_EQ(sysreg_read(S3_0_C0_C7_7), 0);	  /* reserved in the ID space: reads as zero */
	G_EQ(sysreg_read(ID_ISAR0_EL1), 0);	  /* no AArch32 */
	G_EQ(SEEN.count, 0);
	slot_set(0, sysreg_read(ID_AA64ISAR0_EL1));
	slot_set(1, sysreg_read(MIDR_EL1));
}

PROGRAM(g_undef)
{
	uint64_t elr;

	/* ZEN, FPEN, SMEN: nothing of these traps to EL1 itself. */
	sysreg_write(CPACR_EL1, 3 << 24 | 3 << 20 | 3 << 16);
	isb();
	G_UNDEF(do_udf());
	elr = SEEN.elr;
	G_EQ(elr, (uint64_t)(uintptr_t)do_udf);
	G_EQ(SEEN.vector, 4);
	G_EQ(SEEN.esr, BIT(25));
	G_UNDEF(do_sve());
	G_EQ(SEEN.elr, (uint64_t)(uintptr_t)do_sve);
	G_UNDEF(do_smstart());
	G_UNDEF((void)sysreg_read(S3_0_C1_C2_0)); /* ZCR_EL1 */
	G_UNDEF(sysreg_write(S3_0_C1_C2_0, 0));
	G_UNDEF((void)sysreg_read(S3_0_C1_C2_6));  /* SMCR_EL1 */
	G_UNDEF((void)sysreg_read(S3_3_C9_C12_0)); /* PMCR_EL0 */
	G_UNDEF((void)sysreg_read(S3_0_C15_C2_0)); /* implementation-defined */
	G_UNDEF((void)sysreg_read(S3_0_C1_C0_6));  /* GCR_EL1: MTE */
	G_UNDEF((void)sysreg_read(S3_0_C5_C3_0));  /* ERRIDR_EL1: RAS */
	G_UNDEF((void)sysreg_read(S3_3_C13_C0_5)); /* TPIDR2_EL0: SME */
	G_UNDEF((void)sysreg_read(S2_0_C7_C15_7)); /* nobody's */
	G_UNDEF((void)sysreg_read(HCR_EL2));
	/* These are there. */
	G_QUIET(G_EQ(sysreg_read(ACTLR_EL1), 0));
	G_QUIET(sysreg_write(ACTLR_EL1, 1));
	G_QUIET(sysreg_write(MDSCR_EL1, 0));
	G_QUIET(sysreg_write(OSLAR_EL1, 0));
	G_QUIET((void)sysreg_read(OSLSR_EL1));
	/* PSTATE at the handler's entry and what came back. */
	G_EQ(SEEN.spsr & 0xf, 5);
}

PROGRAM(g_timer_regs)
{
	uint64_t v, p;

	sysreg_write(CNTP_CVAL_EL0, 0x123456789abcul);
	G_EQ(sysreg_read(CNTP_CVAL_EL0), 0x123456789abcul);
	sysreg_write(CNTP_CTL_EL0, 2);
	G_EQ(sysreg_read(CNTP_CTL_EL0), 2);
	sysreg_write(CNTP_TVAL_EL0, 0x1000000);
	G_CHECK((sysreg_read(CNTP_TVAL_EL0) & 0xffffffff) <= 0x1000000);
	sysreg_write(CNTP_CVAL_EL0, 0);
	sysreg_write(CNTP_CTL_EL0, 3); /* on and masked: due */
	G_EQ(sysreg_read(CNTP_CTL_EL0), 7);
	sysreg_write(CNTP_CTL_EL0, 0);
	sysreg_write(CNTV_CVAL_EL0, 99);
	G_EQ(sysreg_read(CNTV_CVAL_EL0), 99);
	/* The virtual counter began with the VM, the physical one with the machine. */
	v = counter();
	p = sysreg_read(CNTPCT_EL0);
	G_CHECK(p > v);
	G_CHECK(v < ms_ticks(5000));
	G_CHECK(sysreg_read(CNTFRQ_EL0) > 1000000);
	G_EQ(SEEN.count, 0);
}

PROGRAM(g_cpu_interface)
{
	gic_init();
	G_EQ(sysreg_read(ICC_SRE_EL1) & 1, 1);
	G_EQ(sysreg_read(ICC_IGRPEN1_EL1), 1);
	sysreg_write(ICC_PMR_EL1, 0x80);
	G_EQ(sysreg_read(ICC_PMR_EL1), 0x80);
	G_EQ(sysreg_read(ICC_IAR1_EL1) & 0xffffff, INTID_SPURIOUS);
	G_EQ(sysreg_read(S3_0_C12_C12_2) & 0xffffff, INTID_SPURIOUS); /* HPPIR1 */
	G_EQ(sysreg_read(S3_0_C12_C11_3), 0xff);		      /* RPR: idle */
	snap();
	/* An SGI to oneself: pending, acknowledged, active, over. */
	sysreg_write(ICC_PMR_EL1, 0xff);
	gic_enable(3);
	gic_sgi(3, 1);
	G_WAIT((sysreg_read(S3_0_C12_C12_2) & 0xffffff) == 3);
	G_EQ(sysreg_read(ICC_IAR1_EL1), 3);
	G_CHECK(sysreg_read(S3_0_C12_C11_3) != 0xff);
	G_EQ(sysreg_read(ICC_IAR1_EL1) & 0xffffff, INTID_SPURIOUS);
	G_CHECK(gic_is_active(3));
	sysreg_write(ICC_EOIR1_EL1, 3);
	isb();
	G_EQ(sysreg_read(S3_0_C12_C11_3), 0xff);
	G_CHECK(!gic_is_active(3));
	G_EQ(SEEN.count, 0);
}
