/* SPDX-License-Identifier: BSD-3-Clause */
/* What EL2 is set to, and what the machine's device tree said. */
#include "framework/test.h"

#include <libfdt.h>

#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "core/hw.h"
#include "core/log.h"
#include "core/percpu.h"
#include "core/time.h"
#include "lib/bitmap.h"
#include "lib/string.h"

#define SCTLR_M	  BIT(0)
#define SCTLR_C	  BIT(2)
#define SCTLR_I	  BIT(12)
#define SCTLR_WXN BIT(19)

static void el2_is_set_up(void)
{
	uint64_t sctlr = sysreg_read(SCTLR_EL2), hcr = sysreg_read(HCR_EL2);

	EXPECT_EQ(sysreg_read(CurrentEL) >> 2, 2);
	EXPECT_EQ(sysreg_read(SPSel), 1);
	EXPECT_EQ(sysreg_read(DAIF) >> 6 & 0xf, 0xf);
	EXPECT((sctlr & (SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN)) == (SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN));
	EXPECT(hcr & BIT(31));	      /* EL1 is AArch64 */
	EXPECT((hcr & 0x38) == 0x38); /* interrupts come to EL2 */
	EXPECT(!(hcr & BIT(34)));     /* no VHE */
}

/* CPTR_EL2, MDCR_EL2, CNTHCTL_EL2: what is not switched between guests traps. */
static void features_are_closed(void)
{
	uint64_t cptr = sysreg_read(CPTR_EL2), mdcr = sysreg_read(MDCR_EL2);

	EXPECT(cptr & BIT(8));					    /* SVE */
	EXPECT(cptr & BIT(12));					    /* SME */
	EXPECT(!(cptr & BIT(10)));				    /* FP and SIMD do not */
	EXPECT(cptr & BIT(30));					    /* activity monitors */
	EXPECT((mdcr & 0xe60) == 0xe60 || (mdcr & 0x860) == 0x860); /* debug, performance monitors */
	EXPECT_EQ(sysreg_read(CNTHCTL_EL2) & 3, 1);
	EXPECT_EQ(sysreg_read(VPIDR_EL2), sysreg_read(MIDR_EL1));
	EXPECT_EQ(sysreg_read(HSTR_EL2), 0);
}

static void machine_can_what_we_use(void)
{
	EXPECT(arch_pa_bits() >= 40 && arch_pa_bits() <= 48);
	EXPECT(arch_counter_freq() >= 1000000);
	EXPECT(BITS(sysreg_read(ID_AA64PFR0_EL1), 27, 24) != 0); /* GIC system registers */
	EXPECT(BITS(sysreg_read(ICH_VTR_EL2), 4, 0) + 1 >= 4);
	EXPECT_EQ(sysreg_read(ICC_SRE_EL2) & 9, 9);
}

static void all_cores_are_up(void)
{
	EXPECT_EQ(nr_cpus, 4);
	EXPECT_EQ(cpus_online, 0xf);
	for (unsigned int i = 0; i < nr_cpus; i++) {
		EXPECT(percpu[i].online);
		EXPECT_EQ(percpu[i].index, i);
		EXPECT_EQ(percpu[i].mpidr, hw.mpidr[i]);
	}
	EXPECT(this_cpu() == &percpu[0]);
	/* With nothing to do they sleep. */
	EXPECT(WAIT_FOR(percpu[1].idle && percpu[2].idle && percpu[3].idle, 1000));
}

SUITE(features, { "EL2 is set up", el2_is_set_up }, { "what is not switched traps", features_are_closed },
      { "the machine can what we use", machine_can_what_we_use }, { "all cores are up", all_cores_are_up });

/* --- dtb --- */

/* The tree where the boot code has mapped it. */
static const void *host_tree(void)
{
	for (uint64_t off = 0; off < BOOT_FDT_WINDOW; off += 8) {
		const void *p = (const void *)(BOOT_FDT_VA + off);

		if (!fdt_check_header(p) && fdt_totalsize(p) <= BOOT_FDT_WINDOW - off)
			return p;
	}
	return NULL;
}

static void tree_describes_virt(void)
{
	EXPECT_EQ(hw.nr_banks, 1);
	EXPECT_EQ(hw.bank[0].base, 0x40000000);
	EXPECT_EQ(hw.bank[0].size, 2 * GIB);
	EXPECT_EQ(hw.nr_cpus, 4);
	EXPECT_EQ(hw.gicd.base, 0x08000000);
	EXPECT_EQ(hw.gicr[0].base, 0x080a0000);
	EXPECT_EQ(hw.uart.base, 0x09000000);
	EXPECT_EQ(hw.uart_intid, 33);
	EXPECT_EQ(hw.rtc.base, 0x09010000);
	EXPECT_EQ(hw.maintenance_intid, 25);
	EXPECT_EQ(hw.timer_intid[2], 27);
	EXPECT_EQ(hw.timer_intid[3], 26);
	EXPECT(hw.psci_smc);
	EXPECT(hw.seed_size >= 16);
}

static void parsing_again_says_the_same(void)
{
	static struct hw again;
	struct hw_error err;
	const void *fdt = host_tree();

	ASSERT(fdt);
	ASSERT(hw_parse(fdt, fdt_totalsize(fdt), &again, &err) == OK);
	EXPECT_EQ(again.nr_cpus, hw.nr_cpus);
	EXPECT_EQ(again.bank[0].size, hw.bank[0].size);
	EXPECT_EQ(again.gicd.base, hw.gicd.base);
	EXPECT_EQ(again.uart_intid, hw.uart_intid);
}

static void cut_or_wrong_trees_are_refused(void)
{
	static struct hw again;
	static uint8_t copy[64 * KIB] ALIGNED(8);
	struct hw_error err = { "" };
	const void *fdt = host_tree();
	size_t size;

	ASSERT(fdt);
	size = fdt_totalsize(fdt);
	EXPECT_EQ(hw_parse(fdt, size / 2, &again, &err), E_FORMAT);
	EXPECT(err.text[0]);
	EXPECT_EQ(hw_parse(fdt, 16, &again, &err), E_FORMAT);
	/* QEMU's tree is 1 MiB, most of it empty: packed it is small. */
	ASSERT(fdt_open_into(fdt, copy, sizeof(copy)) == 0 || fdt_totalsize(fdt) > sizeof(copy));
	memcpy(copy, fdt, MIN(size, sizeof(copy)));
	copy[0] ^= 1;
	EXPECT_EQ(hw_parse(copy, sizeof(copy), &again, &err), E_FORMAT);
}

SUITE(dtb, { "the host tree describes the machine", tree_describes_virt },
      { "parsing is repeatable", parsing_again_says_the_same },
      { "cut or wrong trees are refused", cut_or_wrong_trees_are_refused });

/* --- log --- */

static void lines_have_time_and_text(void)
{
	log_info("number %d", 42);
	log_warn("odd");
	EXPECT(strchr(test_log(), '[') == test_log());
	EXPECT(strchr(test_log(), '4') && strchr(test_log(), '\n'));
	EXPECT(!strncmp(strchr(test_log(), ']') + 1, " trivet: number 42\n", 19));
	test_log_clear();
	log_error("bad");
	EXPECT(!strncmp(strchr(test_log(), ']') + 1, " trivet: error: bad\n", 20));
}

static void levels_filter(void)
{
	log_debug("for those who want it");
	EXPECT_EQ(strlen(test_log()) > 0, CONFIG_LOG_LEVEL >= LOG_DEBUG);
	log_error("for everybody");
	EXPECT(strlen(test_log()) > 0);
}

static void floods_are_limited(void)
{
	unsigned int lines = 0;

	for (unsigned int i = 0; i < 1000; i++)
		log_limited(3, LOG_WARN, "flood %u", i);
	for (const char *s = test_log(); *s; s++)
		lines += *s == '\n';
	EXPECT_EQ(lines, 4); /* three, and that there will be no more */
}

SUITE(log, { "lines have time, level and text", lines_have_time_and_text }, { "levels filter", levels_filter },
      { "floods are limited", floods_are_limited });

/* --- EL2 timers --- */

static unsigned int fired[4], order[8], orders;
static struct timer timers[4];

static void note_fired(struct timer *t)
{
	unsigned int i = (unsigned int)(t - timers);

	fired[i]++;
	if (orders < ARRAY_SIZE(order))
		order[orders++] = i;
}

static void reset_timers(void)
{
	orders = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(timers); i++) {
		fired[i] = 0;
		timer_init(&timers[i], note_fired);
	}
}

static void timers_fire_in_order(void)
{
	uint64_t now = time_now(), ms = time_ns_to_ticks(1000000);

	reset_timers();
	timer_start(&timers[0], now + 30 * ms);
	timer_start(&timers[1], now + 10 * ms);
	timer_start(&timers[2], now + 20 * ms);
	timer_start(&timers[3], now);
	EXPECT(WAIT_FOR(orders == 4, 2000));
	EXPECT(time_now() >= now + 30 * ms);
	EXPECT(order[0] == 3 && order[1] == 1 && order[2] == 2 && order[3] == 0);
}

static void timers_stop_and_restart(void)
{
	uint64_t ms = time_ns_to_ticks(1000000), now = time_now();

	reset_timers();
	timer_start(&timers[0], now + 5 * ms);
	timer_start(&timers[1], now + 5 * ms);
	timer_stop(&timers[0]);
	timer_start(&timers[1], now + 20 * ms);
	EXPECT(WAIT_FOR(fired[1], 2000));
	EXPECT(time_now() >= now + 20 * ms);
	EXPECT_EQ(fired[0], 0);
	EXPECT_EQ(fired[1], 1);
	timer_stop(&timers[1]);
}

static void clocks_agree(void)
{
	uint64_t a = time_now(), b = time_now();

	EXPECT(b >= a);
	EXPECT_EQ(time_ns_to_ticks(1000000000), time_freq());
	EXPECT_EQ(time_ticks_to_ns(time_freq()), 1000000000);
	EXPECT(time_wall_seconds() > 1700000000); /* from the machine's RTC */
}

SUITE(timer, { "timers fire in order", timers_fire_in_order }, { "timers stop and restart", timers_stop_and_restart },
      { "the clocks agree", clocks_agree });
