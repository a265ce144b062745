/* SPDX-License-Identifier: BSD-3-Clause */
/* An exception that Trivet itself took: a bug of ours. ESR in words (ARM DDI 0487 D19.2.40), registers, and panic. */
#include "arch/asm.h"
#include "arch/boot.h"
#include "arch/sysreg.h"
#include "arch/unwind.h"
#include "core/panic.h"
#include "lib/printf.h"
#include "plat/plat.h"

void arch_el2_exception(const uint64_t x[32], unsigned int vector) NORETURN;

static const char *class_name(uint64_t esr)
{
	/* Not a switch: what that becomes is a place for each number between. */
	static const struct {
		uint8_t class;
		const char *name;
	} known[] = {
		{ 0x00, "unknown or undefined instruction" },
		{ 0x0e, "illegal execution state" },
		{ 0x21, "instruction abort" },
		{ 0x22, "PC alignment fault" },
		{ 0x25, "data abort" },
		{ 0x26, "SP alignment fault" },
		{ 0x2f, "SError" },
		{ 0x3c, "BRK" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].class == BITS(esr, 31, 26))
			return known[i].name;
	}
	return "exception";
}

static const char *fault_name(uint64_t esr)
{
	switch (BITS(esr, 5, 2)) {
	case 0:
		return "address size fault";
	case 1:
		return "translation fault";
	case 2:
		return "access flag fault";
	case 3:
		return "permission fault";
	case 8:
		return "alignment fault";
	default:
		return "external abort or other";
	}
}

static void put(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			host_uart_putc('\r');
		host_uart_putc(*s);
	}
}

/* frame: x0 to x30, and SP as it was. */
void arch_el2_exception(const uint64_t x[32], unsigned int vector)
{
	static const char *const kind[] = { "synchronous", "IRQ", "FIQ", "SError" };
	uint64_t esr = sysreg_read(ESR_EL2), elr = sysreg_read(ELR_EL2);
	char line[160];

	fmt_snprintf(line, sizeof(line), "\n*** EL2 %s exception: ESR 0x%llx: %s", kind[vector & 3],
		     (unsigned long long)esr, class_name(esr));
	put(line);
	if (BITS(esr, 31, 26) == 0x25 || BITS(esr, 31, 26) == 0x21) {
		fmt_snprintf(line, sizeof(line), ", %s%s, level %u", esr & BIT(6) ? "write, " : "", fault_name(esr),
			     (unsigned int)(esr & 3));
		put(line);
	}
	fmt_snprintf(line, sizeof(line), "\n    FAR 0x%llx  ELR 0x%llx (linked 0x%llx)  SPSR 0x%llx\n",
		     (unsigned long long)sysreg_read(FAR_EL2), (unsigned long long)elr,
		     (unsigned long long)arch_link_address(elr), (unsigned long long)sysreg_read(SPSR_EL2));
	put(line);
	for (unsigned int i = 0; i < 31; i++) {
		fmt_snprintf(line, sizeof(line), "    x%-2u %016llx%s", i, (unsigned long long)x[i],
			     i % 4 == 3 ? "\n" : "");
		put(line);
	}
	fmt_snprintf(line, sizeof(line), "    sp  %016llx\n", (unsigned long long)x[31]);
	put(line);
	panic_report("exception at EL2", x[29]);
}

bool arch_unwind(uint64_t *fp, uint64_t *pc)
{
	const uint64_t *frame = (const uint64_t *)*fp;

	for (unsigned int i = 0; i < CONFIG_MAX_CPUS; i++) {
		uint64_t top = arch_stack_top(i), bottom = top - CONFIG_STACK_SIZE;
		uint64_t ptop = arch_panic_stack_top(i), pbottom = ptop - PANIC_STACK;

		if (!IS_ALIGNED(*fp, 8))
			return false;
		if ((*fp >= bottom && *fp <= top - 16) || (*fp >= pbottom && *fp <= ptop - 16)) {
			*fp = frame[0];
			*pc = frame[1];
			return *pc != 0;
		}
	}
	return false;
}

uint64_t arch_link_address(uint64_t pc)
{
	return pc - arch_image_base().a + LINK_BASE;
}

void arch_halt(void)
{
	for (;;)
		__asm__ volatile("wfi");
}
