/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI calls to the firmware; see psci_host.h. */
#include "drv/psci_host.h"

#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/unwind.h"
#include "core/hw.h"
#include "plat/plat.h"

static int32_t call(uint64_t fid, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x[18] = { fid, a, b, c };

	arch_smc(x);
	return (int32_t)x[0];
}

int32_t psci_host_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
	return call(PSCI_CPU_ON_64, mpidr, entry, context);
}

void plat_power_off(void)
{
	if (hw.psci_smc) /* else there may be no EL3, and SMC is UNDEFINED */
		call(PSCI_SYSTEM_OFF, 0, 0, 0);
	arch_halt();
}
