/* SPDX-License-Identifier: BSD-3-Clause */
/* The suites, in the order in which they run: first what the others stand on. */
#include "framework/test.h"

#define SUITES(X)                                                                                                      \
	X(features)                                                                                                    \
	X(dtb)                                                                                                         \
	X(allocator)                                                                                                   \
	X(heap)                                                                                                        \
	X(log)                                                                                                         \
	X(timer)                                                                                                       \
	X(wxorx)                                                                                                       \
	X(stacks)                                                                                                      \
	X(simple_guest)                                                                                                \
	X(hypercall)                                                                                                   \
	X(guest_loader)                                                                                                \
	X(pages)                                                                                                       \
	X(mmio)                                                                                                        \
	X(decode)                                                                                                      \
	X(sysreg_traps)                                                                                                \
	X(multi_vcpu)                                                                                                  \
	X(scheduler)                                                                                                   \
	X(vm_scheduler)                                                                                                \
	X(overcommit)                                                                                                  \
	X(gicv3_interface)                                                                                             \
	X(complete_interrupt)                                                                                          \
	X(gicd)                                                                                                        \
	X(gicr)                                                                                                        \
	X(pending_state)                                                                                               \
	X(guest_irq)                                                                                                   \
	X(device_routing)                                                                                              \
	X(guest_timer)                                                                                                 \
	X(guest_interrupt)                                                                                             \
	X(isolation)                                                                                                   \
	X(vmid)                                                                                                        \
	X(vm_activate)                                                                                                 \
	X(pl031)                                                                                                       \
	X(virtio)

#define DECLARE(name) extern const struct suite suite_##name;
#define ENTRY(name)   &suite_##name,

SUITES(DECLARE)

const struct suite *const test_suites[] = { SUITES(ENTRY) };
const unsigned int test_suites_count = ARRAY_SIZE(test_suites);
