/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the first C function to the first guest: read the device tree, take over memory, interrupts and time, start the
 * other cores, hand over to the role.
 *
 * State owned: percpu[], nr_cpus, cpus_online. A machine that cannot be used is said in one line and the core stops:
 * there is nobody to return to.
 */
#include <libfdt.h>

#include "arch/boot.h"
#include "arch/mmu.h"
#include "arch/unwind.h"
#include "arch/upcall.h"
#include "arch/world.h"
#include "core/frame.h"
#include "core/hw.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/memory_map.h"
#include "core/panic.h"
#include "core/percpu.h"
#include "core/s1.h"
#include "core/sched.h"
#include "core/trace_exits.h"
#include "drv/gicv3.h"
#include "drv/pl011.h"
#include "drv/pl031_host.h"
#include "drv/psci_host.h"
#include "generated/version.h"
#include "lib/bitmap.h"
#include "lib/printf.h"
#include "plat/plat.h"
#include "role/role.h"

#define CPU_ON_TIMEOUT_NS 1000000000

struct percpu percpu[CONFIG_MAX_CPUS];
unsigned int nr_cpus = 1;
uint64_t cpus_online = 1;

unsigned int plat_cpu_index(void)
{
	return this_cpu()->index;
}

/* What cannot be gone on without: one line, and the end of the boot. */
static void stop_boot(const char *fmt, ...) PRINTF(1, 2) NORETURN;

static void stop_boot(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	fmt_vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_error("%s: cannot boot", text);
	world_give_up();
}

static void init_percpu(unsigned int i)
{
	struct percpu *cpu = &percpu[i];

	cpu->index = i;
	cpu->stack_top = arch_stack_top(i);
	cpu->panic_stack_top = arch_panic_stack_top(i);
	spin_init(&cpu->rq.lock, LOCK_RUNQUEUE);
	list_init(&cpu->rq.ready);
	sched_init_cpu(cpu);
	spin_init(&cpu->timer_lock, LOCK_TIMER);
	list_init(&cpu->timers);
	cpu->timer_armed = UINT64_MAX;
	trace_ring_init(cpu);
}

static void parse_tree(const void *fdt, size_t size)
{
	struct hw_error err;
	uint64_t me = arch_mpidr() & UINT64_C(0xff00ffffff);
	unsigned int i;

	if (hw_parse(fdt, size, &hw, &err))
		stop_boot("%s", err.text);
	hw.tree = fdt;
	for (i = 0; i < hw.nr_cpus && hw.mpidr[i] != me; i++)
		;
	if (i == hw.nr_cpus)
		stop_boot("%s: /cpus: no node for this core (MPIDR 0x%llx)", world_tree, (unsigned long long)me);
	hw.mpidr[i] = hw.mpidr[0];
	hw.mpidr[0] = me;
	if (hw.cpus_ignored)
		log_warn("%u cores more than CONFIG_MAX_CPUS = %u are left alone", hw.cpus_ignored, CONFIG_MAX_CPUS);
}

static void *map_device(struct hw_range r, const char *what)
{
	void *p = s1_map_window(PA(r.base), r.size, S1_DEVICE);

	if (!p)
		stop_boot("%s at 0x%llx cannot be mapped", what, (unsigned long long)r.base);
	return p;
}

static enum irq_result on_timer(uint32_t intid UNUSED, void *arg UNUSED)
{
	time_interrupt();
	return IRQ_DONE;
}

/* What there is to do stands in percpu.work: the interrupt is only for the exit. */
static enum irq_result on_kick(uint32_t intid UNUSED, void *arg UNUSED)
{
	return IRQ_DONE;
}

static enum irq_result on_panic(uint32_t intid UNUSED, void *arg UNUSED)
{
	arch_halt();
}

static enum irq_result on_uart(uint32_t intid UNUSED, void *arg UNUSED)
{
	role_console_rx();
	return IRQ_DONE;
}

static void init_interrupts(void)
{
	if (gicv3_init(map_device(hw.gicd, "GIC distributor"), world_shares_gic))
		stop_boot("%s: the interrupt controller is no GICv3", world_tree);
	for (unsigned int i = 0; i < hw.nr_gicr; i++)
		if (gicv3_add_region(map_device(hw.gicr[i], "GIC redistributor"), hw.gicr[i].size))
			stop_boot("too many GIC redistributor regions");
	if (gicv3_init_cpu(0, hw.mpidr[0]))
		stop_boot("no GIC redistributor for the boot core");
	if (!hw.timer_intid[world_timer_index])
		stop_boot("%s: the timer of %s has no interrupt", world_tree, world_name);
	if (irq_register(hw.timer_intid[world_timer_index], on_timer, NULL) ||
	    irq_register(world_sgi_base + SGI_KICK, on_kick, NULL) ||
	    irq_register(world_sgi_base + SGI_PANIC, on_panic, NULL))
		stop_boot("%s: timer interrupts are given twice", world_tree);
	host_irq_enable(hw.timer_intid[world_timer_index]);
	time_init_cpu();
}

static void init_console(void)
{
	if (!hw.uart.size)
		return;
	if (!hw.uart_intid) {
		/* Somebody else's: it is set up already, and we only write to it. */
		pl011_early(map_device(hw.uart, "UART"));
		log_set_sink(host_uart_putc);
		log_info("the UART has no interrupt: no console input");
		return;
	}
	pl011_init(map_device(hw.uart, "UART"));
	log_set_sink(host_uart_putc);
	if (irq_register(hw.uart_intid, on_uart, NULL)) {
		log_warn("the UART has no interrupt of its own: no console input");
		return;
	}
	host_irq_route_spi(hw.uart_intid, 0, false);
	host_irq_enable(hw.uart_intid);
}

/* They come by themselves, once the normal world turns them on. */
static void await_other_cores(void)
{
	nr_cpus = hw.nr_cpus;
	for (unsigned int i = 0; i < nr_cpus; i++) {
		if (i) {
			init_percpu(i);
			percpu[i].mpidr = hw.mpidr[i];
		}
		boot_cpus[i] = (struct boot_cpu){ hw.mpidr[i], &percpu[i] };
	}
	arch_dcache_clean_inval(&boot_root, sizeof(boot_root)); /* read with the MMU off */
	if (world_await_cores(arch_secondary_entry_unnamed()) == OK)
		return;
	nr_cpus = 1;
	if (hw.nr_cpus > 1)
		log_warn("one core: there is neither PSCI nor another way to the others");
}

static void start_other_cores(void)
{
	if (!hw.psci_smc) {
		await_other_cores();
		return;
	}
	nr_cpus = hw.nr_cpus;
	for (unsigned int i = 1; i < nr_cpus; i++) {
		uint64_t deadline = time_now() + time_ns_to_ticks(CPU_ON_TIMEOUT_NS);
		int32_t rc;

		init_percpu(i);
		percpu[i].mpidr = hw.mpidr[i];
		/* It reads both with its MMU off. */
		arch_dcache_clean_inval(&percpu[i], 64);
		arch_dcache_clean_inval(&boot_root, sizeof(boot_root));
		rc = psci_host_cpu_on(hw.mpidr[i], arch_secondary_entry(), (uint64_t)&percpu[i]);
		if (rc) {
			log_warn("core %u (MPIDR 0x%llx) does not start: PSCI %d", i, (unsigned long long)hw.mpidr[i],
				 rc);
			continue;
		}
		while (!__atomic_load_n(&percpu[i].online, __ATOMIC_ACQUIRE) && time_now() < deadline)
			arch_relax();
		if (!percpu[i].online) {
			log_warn("core %u (MPIDR 0x%llx) did not come up in a second", i,
				 (unsigned long long)hw.mpidr[i]);
			continue;
		}
		cpus_online |= BIT(i);
	}
}

static void init_memory(uint64_t fdt_pa, size_t fdt_size)
{
	unsigned int nr = 3;
	struct hw_range own[3 + ROLE_KEPT_MAX] = {
		{ arch_image_base().a, arch_image_size() },
		{ fdt_pa, fdt_size },
		{ hw.initrd.base, hw.initrd.size },
	};

	s1_adopt(PA(boot_root), arch_image_base(), arch_image_size());
	for (unsigned int i = 0; i < hw.nr_banks; i++)
		if (s1_map_ram(PA(hw.bank[i].base), hw.bank[i].size))
			stop_boot("RAM at 0x%llx cannot be mapped", (unsigned long long)hw.bank[i].base);
	hw_find_appended_bundle();
	if (hw.initrd.size)
		own[2] = hw.initrd;
	nr += role_kept_ranges(own + nr, ROLE_KEPT_MAX);
	if (memory_map_init(&hw, own, nr))
		stop_boot("no place in RAM for the page records");
}

static void NORETURN run(void)
{
	trace_charge(this_cpu(), NULL);
	guest_enter(role_next(NULL));
}

void main_primary(uint64_t fdt_pa)
{
	const void *fdt = (const void *)(BOOT_FDT_VA + (fdt_pa & (BLOCK_SIZE - 1)));
	size_t fdt_room = BOOT_FDT_WINDOW - (fdt_pa & (BLOCK_SIZE - 1));

	init_percpu(0);
	percpu[0].online = true;
	if (CONFIG_EARLY_UART_BASE) {
		pl011_early((void *)BOOT_UART_VA);
		log_set_sink(host_uart_putc);
	}
	arch_init_cpu();
	log_info("Trivet %s, role %s at %s, platform %s", TRIVET_VERSION, role_name, world_name, plat_name);
	parse_tree(fdt, fdt_room);
	percpu[0].mpidr = hw.mpidr[0];
	init_memory(fdt_pa, fdt_totalsize(fdt));
	trace_ring_init(&percpu[0]);
	init_interrupts();
	init_console();
	if (hw.rtc.size)
		time_set_wall(pl031_host_read(map_device(hw.rtc, "RTC")));
	start_other_cores();
	log_info("%s: %u of %u cores, %llu MiB RAM (%llu MiB free)", hw.model,
		 bitmap_count(&cpus_online, CONFIG_MAX_CPUS), hw.nr_cpus,
		 (unsigned long long)(frame_count_total() * PAGE_SIZE / MIB),
		 (unsigned long long)(frame_count_free() * PAGE_SIZE / MIB));
	role_boot();
	run();
}

void main_secondary(struct percpu *cpu)
{
	arch_init_cpu();
	if (gicv3_init_cpu(cpu->index, cpu->mpidr)) {
		log_warn("core %u has no GIC redistributor: left alone", cpu->index);
		arch_halt();
	}
	host_irq_enable(hw.timer_intid[world_timer_index]);
	time_restart_cpu();
	if (!hw.psci_smc) /* nobody waits for it */
		__atomic_or_fetch(&cpus_online, BIT(cpu->index), __ATOMIC_RELAXED);
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
	run();
}
