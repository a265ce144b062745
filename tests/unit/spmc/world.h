/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the SPMC's suites stand on: the whole SPMC (role_spmc.c and all below it), four Secure Partitions, four cores.
 *
 * A core is a thread that takes turns with the test: it runs the product from one hand-over to the next, which is where
 * the normal world, or an SP, has the core. The test plays those: nwd_call() makes the call and returns when somebody
 * has the core again, sp_call() the same for the SP that has it. So a test reads as a script. Each test has a process
 * of its own (WORLD_TEST), since much of the product is built once and for all.
 *
 * At each hand-over the world looks whether what must always be true is: registers are nobody else's, the hardware
 * holds who runs, nobody holds a lock. world.c, check().
 */
#ifndef TESTS_UNIT_SPMC_WORLD_H
#define TESTS_UNIT_SPMC_WORLD_H

#include "unit.h"

#include "abi/ffa.h"
#include "abi/psci.h"
#include "ffa/call.h"
#include "role/spmc/sp.h"

#define CORES 4u

/* The SPs, in boot order. */
#define UP	0x8001 /* one context; signalled, SPI 40 */
#define MP	0x8002 /* a context a core; signalled, PPI 20, is told of CPU_OFF */
#define ME	0x8003 /* one context; managed exit, SPI 41, PPI 21 */
#define QU	0x8004 /* one context; queued, other secure interrupts too, SPI 42 */
#define SPS	4u
#define SPMC	0x8000
#define SPI_UP	40
#define PPI_MP	20
#define SPI_ME	41
#define PPI_ME	21
#define SPI_QU	42
#define SPI_QU2 43 /* nobody's but what a test gives it to */

#define MS UINT64_C(1000000) /* the counter counts nanoseconds */

#define E(s, r)	 ((uint64_t)FFA_ENDPOINTS((uint32_t)(s), (uint32_t)(r)))
#define REQ	 FFA_MSG_SEND_DIRECT_REQ_32
#define RESP	 FFA_MSG_SEND_DIRECT_RESP_32
#define ERR(e)	 FFA_ERROR, 0, (uint32_t)(e), 0
#define SUCCESS4 FFA_SUCCESS_32, 0, 0, 0

/* A test in a process of its own. */
#define WORLD_TEST(name)                                                                                               \
	static void name##_body(void);                                                                                 \
	static void name(void **state UNUSED)                                                                          \
	{                                                                                                              \
		world_run(name##_body);                                                                                \
	}                                                                                                              \
	static void name##_body(void)

void world_run(void (*body)(void));

/* An SP's manifest, to be changed before world_boot(). */
struct sp_manifest *world_manifest(uint16_t id);

/* What else the readers of manifests do, and say: NULL, or E_*. Set before world_load(). */
extern int (*world_on_spmc)(struct spmc_manifest *out);
extern int (*world_on_sp)(const struct manifest_source *src, const struct manifest_sp *sp);
extern int (*world_on_check)(const struct sp_manifest *const *accepted, unsigned int count,
			     const struct sp_manifest *sp);

/* All SPs are loaded, or refused. No core runs yet. */
void world_load(void);
/* The boot core boots, up to the first SP, or the normal world. */
void world_boot(void);
/* And all SPs are initialized; the normal world has core 0. all: it has turned on the other cores, too. */
void world_boot_all(bool all);
/* The core comes up: its first SP, or the normal world, has it. */
void world_core_up(unsigned int core);

struct sp_ctx *world_ctx(uint16_t id, unsigned int vcpu);

/* --- what happens on a core until somebody has it again --- */

#define REGS(...) ((const uint64_t[FFA_REGS]){ __VA_ARGS__ })

/* The normal world, which has the core, makes a call: x8 to x17 are its own unless the call needs them. */
#define nwd_call(core, ...) world_nwd(core, REGS(__VA_ARGS__))
void world_nwd(unsigned int core, const uint64_t x[FFA_REGS]);
/* A secure interrupt while the normal world runs. */
void nwd_irq(unsigned int core, uint32_t intid);

/* The SP that has the core makes a call by SMC. */
#define sp_call(core, ...) world_sp(core, REGS(__VA_ARGS__))
void world_sp(unsigned int core, const uint64_t x[FFA_REGS]);
/* By HVC, with x0 to x4; it has the core again at once: x0. */
#define sp_hvc(core, ...) world_hvc(core, REGS(__VA_ARGS__))
uint64_t world_hvc(unsigned int core, const uint64_t x[FFA_REGS]);
/* A secure interrupt, one of the normal world's, or an SError of its own, while an SP runs. */
void sp_irq(unsigned int core, uint32_t intid);
void sp_fiq(unsigned int core);
void sp_fault(unsigned int core);

/* A secure interrupt, whoever has the core. */
void any_irq(unsigned int core, uint32_t intid);
/* Time passes; cores whose EL2 timer is due get its interrupt. */
void world_pass(uint64_t ns);
/* Has somebody sent that core SGI_KICK? Then it has got it now. */
bool world_take_kick(unsigned int core);

/* --- who has the core --- */

/* The SP's context, or NULL: the normal world (or the core is off). */
struct sp_ctx *world_on(unsigned int core);
/* x0 to x17 of who has it. */
const uint64_t *world_x(unsigned int core);
enum sp_state world_state(uint16_t id, unsigned int vcpu);
bool world_held(unsigned int core);
unsigned int world_to_firmware(void);	  /* FFA_EL3_INTR_HANDLE so far */
unsigned int world_route(uint32_t intid); /* the core that an SPI goes to */
/* Is an interrupt of the SP's signalled to it by these pins? */
bool world_vi(unsigned int core);
bool world_vf(unsigned int core);

/* The normal world has the core, with these x0 to x3. */
#define expect_nwd(core, ...) world_expect(core, NULL, REGS(__VA_ARGS__), __FILE__, __LINE__)
/* That SP's context has. */
#define expect_sp(core, id, vcpu, ...) world_expect(core, world_ctx(id, vcpu), REGS(__VA_ARGS__), __FILE__, __LINE__)
void world_expect(unsigned int core, const struct sp_ctx *who, const uint64_t x[FFA_REGS], const char *file, int line);
#define expect_state(id, vcpu, s)                                                                                      \
	assert_string_equal(sp_context_state_name(world_state(id, vcpu)), sp_context_state_name(s))

/* All contexts that were initialized are idle, and the normal world has all cores. At the end of a test. */
void world_expect_quiet(void);

#endif
