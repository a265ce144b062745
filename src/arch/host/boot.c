/* SPDX-License-Identifier: BSD-3-Clause */
/* What the boot code is asked for, on the host: an image that does not exist, entries that nobody enters. */
#include "arch/boot.h"

#include "arch/host.h"
#include "core/panic.h"

static pa_t image = { 0x40080000 };
static uint64_t image_size = 2 * MIB;

uint64_t boot_root;
struct boot_cpu boot_cpus[CONFIG_MAX_CPUS + 1];

void host_image_set(pa_t base, uint64_t size)
{
	image = base;
	image_size = size;
}

pa_t arch_image_base(void)
{
	return image;
}

uint64_t arch_image_size(void)
{
	return image_size;
}

uint64_t arch_secondary_entry(void)
{
	return image.a + 0x1000;
}

uint64_t arch_secondary_entry_unnamed(void)
{
	return image.a + 0x1100;
}

void arch_init_cpu(void)
{
}

uint64_t arch_stack_top(unsigned int i)
{
	return image.a + 0x100000 + i * 0x10000;
}

uint64_t arch_panic_stack_top(unsigned int i)
{
	return image.a + 0x180000 + i * 0x1000;
}

HOST_FAKE void guest_enter(struct vcpu *v)
{
	panic("guest_enter(%p) on the host", (void *)v);
}
