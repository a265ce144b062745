/* SPDX-License-Identifier: BSD-3-Clause */
/* The world of the SPMC's suites; see world.h. State owned: all of it; a process a test. */
#include "world.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/el2_bits.h"
#include "arch/guest.h"
#include "arch/host.h"
#include "arch/upcall.h"
#include "core/frame.h"
#include "core/heap.h"
#include "core/hw.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/partition.h"
#include "core/percpu.h"
#include "core/s1.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "plat/plat.h"
#include "role/spmc/run.h"

/* The archive has role_hyp.c; this is the other one. */
#include "role/spmc/role_spmc.c"

#define RAM_BASE UINT64_C(0x0e000000)
#define RAM_SIZE (32 * MIB)
#define SP_SIZE	 UINT64_C(0x10000)
#define SP_AT(i) (RAM_BASE + (i)*SP_SIZE)
#define FREE_AT	 (RAM_BASE + MIB)
#define TIMER	 26

#define ESR(ec) ((uint64_t)(ec) << 26 | BIT(25))

/* --- cores --- */

enum act { GO_ON, CALL, HVC, IRQ, FIQ, FAULT, QUIT };

struct core {
	pthread_t thread;
	bool up;
	sem_t go, done;
	enum act act;
	uint32_t intid;
	struct vcpu *v; /* whom it is in; NULL: the normal world */
	uint64_t smc[FFA_REGS];
	uint64_t own[FFA_REGS]; /* what the normal world had in its registers at its last call */
	uint64_t deadline;
	bool vi, vf;
	bool away; /* the normal world's vector registers have been saved */
	bool was_away;
	unsigned int kicks;
};

static struct core core[CORES];
static unsigned int to_firmware;
static _Thread_local struct core *here;

/* What an SP's context had in its registers when it left the core; and whether it has a mark in EL1. */
static struct {
	uint64_t x[31];
	bool known;
} kept[SPS][CORES];

#define FAIL(...)                                                                                                      \
	do {                                                                                                           \
		fprintf(stderr, "world: core %u: ", here ? (unsigned int)(here - core) : 99);                          \
		fprintf(stderr, __VA_ARGS__);                                                                          \
		fputc('\n', stderr);                                                                                   \
		abort();                                                                                               \
	} while (0)

/* --- marks: each has values in its registers that nobody else has --- */

#define MARK_NWD   UINT64_C(0xa000)
#define MARK_SP	   UINT64_C(0xb000)
#define IS_MARK(m) ((m) >= MARK_NWD && (m) < MARK_SP + 0x1000)

static uint64_t mark(const struct vcpu *v)
{
	const struct sp_ctx *c = v ? v->role : NULL;

	return c ? MARK_SP + (uint64_t)(c->sp->manifest.id - UP) * 16 + c->index : MARK_NWD + (uint64_t)(here - core);
}

static uint64_t value(uint64_t m, unsigned int i)
{
	return m << 48 | UINT64_C(0xdead0000) | i;
}

static void check_regs(const struct vcpu *v, const uint64_t *x, const uint64_t *own)
{
	const bool is_long = ffa_call_is_long((uint32_t)x[0]);

	for (unsigned int i = 0; i < FFA_REGS; i++)
		if (IS_MARK(x[i] >> 48) && x[i] >> 48 != mark(v))
			FAIL("x%u has somebody else's value 0x%llx", i, (unsigned long long)x[i]);
	for (unsigned int i = FFA_REGS_SHORT; own && !is_long && i < FFA_REGS; i++)
		if (x[i] != own[i])
			FAIL("x%u was 0x%llx and is 0x%llx after a short answer", i, (unsigned long long)own[i],
			     (unsigned long long)x[i]);
	for (unsigned int i = FFA_REGS; own && v && i < 31; i++)
		if (x[i] != own[i])
			FAIL("x%u was 0x%llx and is 0x%llx", i, (unsigned long long)own[i], (unsigned long long)x[i]);
	if (!(x[0] & FFA_ID_IS_64))
		for (unsigned int i = 0; i < FFA_REGS_SHORT; i++)
			if (x[i] >> 32)
				FAIL("x%u is 0x%llx in a 32-bit message", i, (unsigned long long)x[i]);
}

/* EL1 is whose turn it is: with the mark that it left there, or as after reset. */
static void check_el1(const struct vcpu *v, bool known)
{
	const uint64_t was = guest_el1_read(R_TTBR0_EL1);

	if (was != (known ? value(mark(v), 99) : 0))
		FAIL("TTBR0_EL1 is 0x%llx", (unsigned long long)was);
	guest_el1_write(R_TTBR0_EL1, value(mark(v), 99));
	/* The virtual timer is the normal world's, also while an SP runs. */
	if (v && guest_el1_read(R_CNTV_CVAL_EL0) != value(mark(NULL), 97))
		FAIL("CNTV_CVAL_EL0 is 0x%llx", (unsigned long long)guest_el1_read(R_CNTV_CVAL_EL0));
	if (v && guest_el1_read(R_CNTV_CTL_EL0) != 1)
		FAIL("the virtual timer is off");
	guest_el1_write(R_CNTV_CVAL_EL0, value(mark(NULL), 97));
	guest_el1_write(R_CNTV_CTL_EL0, 1);
}

static unsigned int sp_of(const struct sp_ctx *c)
{
	return c->sp->manifest.id - UP;
}

static void check(struct vcpu *v)
{
	const struct sp_ctx *c = v ? v->role : NULL;
	const unsigned int i = this_cpu()->index;
	const bool irq = c && virq_irq(&c->virq), fiq = c && virq_fiq(&c->virq);

	if (this_cpu()->lock_ranks)
		FAIL("locks are held: 0x%x", this_cpu()->lock_ranks);
	if (run_current() != c || this_cpu()->loaded != v || this_cpu()->current != v)
		FAIL("the hardware holds somebody else");
	if (!v == here->away)
		FAIL("the vector registers are not those of who runs");
	if (!v && here->was_away && sysreg_read(HCR_EL2) != HCR_GUEST)
		FAIL("HCR_EL2 is 0x%llx while the normal world runs", (unsigned long long)sysreg_read(HCR_EL2));
	here->was_away |= v != NULL;
	if (!v && host_irq_foreign_held(i))
		FAIL("interrupts of the normal world are held back while it runs");
	here->vi = v && sysreg_read(HCR_EL2) & HCR_VI;
	here->vf = v && sysreg_read(HCR_EL2) & HCR_VF;
	if (c && c->core != i)
		FAIL("the context does not know where it runs");
	if (here->vi != irq || here->vf != fiq)
		FAIL("HCR_EL2: VI %d, VF %d, pending IRQ %d, FIQ %d", here->vi, here->vf, irq, fiq);
	if (c && sp_context_state(&c->state) != SP_RUNNING && sp_context_state(&c->state) != SP_ABORTED)
		FAIL("who runs is %s", sp_context_state_name(sp_context_state(&c->state)));
}

static void hand_over(struct vcpu *v)
{
	check(v);
	here->v = v;
	sem_post(&here->done);
	sem_wait(&here->go);
	if (here->act == QUIT)
		pthread_exit(NULL);
}

/* --- the normal world and SPMD --- */

static bool nwd_known[CORES];

void arch_smc(uint64_t x[18])
{
	const unsigned int i = this_cpu()->index;

	if (!here)
		FAIL("an SMC outside a core");
	if (x[0] == FFA_EL3_INTR_HANDLE) {
		to_firmware++;
		x[0] = FFA_SUCCESS_32;
		return;
	}
	/* As SPMD does: for FFA_NORMAL_WORLD_RESUME the normal world goes on with its own registers. */
	if (x[0] == FFA_MSG_WAIT && !nwd_known[i])
		check_regs(NULL, x, NULL);
	else if (x[0] != FFA_NORMAL_WORLD_RESUME)
		check_regs(NULL, x, here->own);
	check_el1(NULL, nwd_known[i]);
	nwd_known[i] = true;
	memcpy(here->smc, x, sizeof(here->smc));
	hand_over(NULL);
	if (here->act == IRQ) {
		host_irq_raise(here->intid);
		memset(x, 0, sizeof(here->smc));
		x[0] = FFA_INTERRUPT;
		return;
	}
	if (here->act != CALL)
		FAIL("the normal world has the core");
	memcpy(x, here->smc, sizeof(here->smc));
	memcpy(here->own, here->smc, sizeof(here->own));
}

/* --- an SP --- */

static struct vcpu *in_guest(struct vcpu *v)
{
	const struct sp_ctx *c = v->role;
	const unsigned int sp = sp_of(c), k = c->index;

	check_regs(v, v->arch.x, kept[sp][k].known ? kept[sp][k].x : NULL);
	check_el1(v, kept[sp][k].known);
	kept[sp][k].known = true;
	hand_over(v);
	memcpy(kept[sp][k].x, v->arch.x, sizeof(kept[sp][k].x));
	switch (here->act) {
	case CALL:
		return upcall_guest_sync(v, ESR(0x17));
	case HVC:
		return upcall_guest_sync(v, ESR(0x16));
	case IRQ:
		host_irq_raise(here->intid);
		return upcall_guest_irq(v);
	case FIQ:
		return upcall_guest_fiq(v);
	case FAULT:
		return upcall_guest_serror(v, 0);
	case GO_ON:
	case QUIT:
		break;
	}
	FAIL("nothing happens");
}

static void *core_main(void *arg)
{
	struct core *c = arg;
	struct vcpu *v;

	here = c;
	arch_this_cpu_set(&percpu[c - core]);
	guest_el1_write(R_CNTV_CVAL_EL0, value(mark(NULL), 97));
	guest_el1_write(R_CNTV_CTL_EL0, 1);
	v = role_next(NULL);
	while (v)
		v = in_guest(v);
	return NULL;
}

static void step(unsigned int i, enum act act)
{
	core[i].act = act;
	sem_post(&core[i].go);
	sem_wait(&core[i].done);
}

/* --- hardware that concerns more than one core --- */

void world_vectors_save(struct arch_sve *s, struct arch_fpsimd *fp UNUSED)
{
	s->z[3][5] = (uint8_t)(0x80 + (here - core));
	here->away = true;
}

void world_vectors_load(const struct arch_sve *s, const struct arch_fpsimd *fp UNUSED)
{
	if (s->z[3][5] != 0x80 + (here - core))
		FAIL("the vector registers are not the normal world's");
	here->away = false;
}

/* Nobody may take a context whose registers are still here. */
void arch_vcpu_save(struct arch_vcpu *a)
{
	const struct vcpu *v = container_of(a, struct vcpu, arch);
	const enum sp_state s = sp_context_state(&((struct sp_ctx *)v->role)->state);

	if (s != SP_RUNNING && s != SP_BLOCKED && s != SP_ABORTED)
		FAIL("registers of one that is %s are saved", sp_context_state_name(s));
	a->pc = sysreg_read(ELR_EL2);
	a->pstate = sysreg_read(SPSR_EL2);
	for (unsigned int r = 0; r < EL1_REG_COUNT; r++)
		a->el1[r] = guest_el1_read(r);
}

static unsigned int route[1024];

void host_irq_route_spi(uint32_t intid, unsigned int cpu, bool edge UNUSED)
{
	route[intid] = cpu;
}

unsigned int world_route(uint32_t intid)
{
	return route[intid];
}

void arch_timer_arm(uint64_t deadline)
{
	core[this_cpu()->index].deadline = deadline;
}

void host_irq_send_sgi(unsigned int cpu, unsigned int sgi UNUSED)
{
	__atomic_add_fetch(&core[cpu].kicks, 1, __ATOMIC_RELAXED);
}

static enum irq_result on_timer(uint32_t intid UNUSED, void *arg UNUSED)
{
	time_interrupt();
	return IRQ_DONE;
}

static enum irq_result on_kick(uint32_t intid UNUSED, void *arg UNUSED)
{
	return IRQ_DONE;
}

/* --- manifests and packages --- */

static struct sp_manifest manifest[SPS];
static uint32_t tree[10] = { 0xedfe0dd0, 0x28000000 }; /* of which only the size is looked at */

int (*world_on_spmc)(struct spmc_manifest *out);
int (*world_on_sp)(const struct manifest_source *src, const struct manifest_sp *sp);
int (*world_on_check)(const struct sp_manifest *const *accepted, unsigned int count, const struct sp_manifest *sp);

int manifest_parse_spmc(const struct manifest_source *src UNUSED, struct spmc_manifest *out)
{
	*out = (struct spmc_manifest){ .spmc_id = SPMC, .nr_sps = SPS };
	for (unsigned int i = 0; i < SPS; i++) {
		out->sp[i] = (struct manifest_sp){ .id = (uint16_t)(UP + i),
						   .load_address = SP_AT(i),
						   .mem_size = SP_SIZE,
						   .vcpu_count = manifest[i].ctx_count };
		snprintf(out->sp[i].name, sizeof(out->sp[i].name), "sp%u", i + 1);
	}
	return world_on_spmc ? world_on_spmc(out) : OK;
}

int manifest_parse_sp(const struct manifest_source *src, const struct manifest_sp *sp, struct sp_manifest *out)
{
	*out = manifest[sp->id - UP];
	return world_on_sp ? world_on_sp(src, sp) : OK;
}

int manifest_check_sp(const struct spmc_manifest *spmc UNUSED, const struct sp_manifest *const *accepted,
		      unsigned int count, const struct sp_manifest *sp)
{
	return world_on_check ? world_on_check(accepted, count, sp) : OK;
}

static void give_irq(struct sp_manifest *m, uint32_t intid)
{
	struct sp_device *d = &m->device[0];

	m->nr_devices = 1;
	d->at.base = UINT64_C(0x09000000) + (m->id - UP) * PAGE_SIZE;
	d->at.pages = 1;
	d->at.attributes = SP_ATTR_READ | SP_ATTR_WRITE;
	d->irq[d->nr_irqs++] = (struct sp_irq){ .intid = intid, .attributes = SP_IRQ_SECURE };
}

static void make_manifest(unsigned int i)
{
	struct sp_manifest *m = &manifest[i];

	*m = (struct sp_manifest){ .file = "tree",
				   .id = (uint16_t)(UP + i),
				   .load_address = SP_AT(i),
				   .mem_size = SP_SIZE,
				   .ffa_version = FFA_VERSION_1_2,
				   .nr_uuids = 1,
				   .ctx_count = 1,
				   .exception_level = SP_EL_S_EL1,
				   .entrypoint_offset = 0x1000,
				   .boot_order = (uint16_t)i,
				   .gp_register = SP_NO_ID,
				   .messaging = FFA_PARTITION_DIRECT_RECV | FFA_PARTITION_DIRECT_SEND |
						FFA_PARTITION_DIRECT2_RECV | FFA_PARTITION_DIRECT2_SEND,
				   .ns_action = SP_NS_SIGNALED,
				   .other_s_action = SP_S_SIGNALED,
				   .rx = -1,
				   .tx = -1 };
	m->uuid[0].w[0] = i + 1;
}

static void make_manifests(void)
{
	for (unsigned int i = 0; i < SPS; i++)
		make_manifest(i);
	give_irq(world_manifest(UP), SPI_UP);
	world_manifest(MP)->ctx_count = CORES;
	world_manifest(MP)->power_messages = SP_POWER_CPU_OFF;
	give_irq(world_manifest(MP), PPI_MP);
	world_manifest(ME)->ns_action = SP_NS_MANAGED_EXIT;
	world_manifest(ME)->managed_exit = true;
	give_irq(world_manifest(ME), SPI_ME);
	give_irq(world_manifest(ME), PPI_ME);
	world_manifest(QU)->ns_action = SP_NS_QUEUED;
	world_manifest(QU)->other_s_action = SP_S_QUEUED;
	give_irq(world_manifest(QU), SPI_QU);
}

static void make_packages(void)
{
	for (unsigned int i = 0; i < SPS; i++) {
		const struct spkg_header h = { SPKG_MAGIC, SPKG_VERSION_1, 64, 8, PAGE_SIZE, 4 };

		memcpy(pa_to_ptr(PA(SP_AT(i))), &h, sizeof(h));
	}
}

struct sp_manifest *world_manifest(uint16_t id)
{
	return &manifest[id - UP];
}

/* --- boot --- */

static uint8_t records[RAM_SIZE / 256] ALIGNED(4096);

static void build(void)
{
	host_reset();
	host_counter_freq_set(1000000000);
	host_counter_set(MS);
	host_ram_init(PA(RAM_BASE), RAM_SIZE);
	assert_int_equal(frame_add_bank(PA(RAM_BASE), RAM_SIZE, records), OK);
	assert_int_equal(frame_release(PA(FREE_AT), RAM_SIZE - MIB), OK);
	nr_cpus = CORES;
	cpus_online = 1;
	for (unsigned int i = 0; i < CORES; i++) {
		percpu[i].index = i;
		percpu[i].mpidr = BIT(31) | i;
		arch_this_cpu_set(&percpu[i]);
		sched_init_cpu(&percpu[i]);
		time_init_cpu();
		core[i].deadline = UINT64_MAX;
		sem_init(&core[i].go, 0, 0);
		sem_init(&core[i].done, 0, 0);
	}
	arch_this_cpu_set(&percpu[0]);
	assert_int_equal(irq_register(TIMER, on_timer, NULL), OK);
	assert_int_equal(irq_register(SGI_KICK, on_kick, NULL), OK);
	log_set_sink(host_uart_putc);
	hw.tree = tree;
	make_packages();
	make_manifests();
}

void world_run(void (*body)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (!child) {
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		build();
		body();
		for (unsigned int i = 0; i < CORES; i++) {
			if (!core[i].up)
				continue;
			core[i].act = QUIT;
			sem_post(&core[i].go);
			pthread_join(core[i].thread, NULL);
		}
		exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("its process: %s %d", WIFEXITED(status) ? "exit status" : "signal",
			 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

void world_core_up(unsigned int i)
{
	struct core *c = &core[i];

	if (c->up) { /* it was off: its thread has gone */
		c->act = QUIT;
		sem_post(&c->go);
		pthread_join(c->thread, NULL);
		nwd_known[i] = c->was_away = false;
	}
	c->up = true;
	cpus_online |= BIT(i);
	c->v = NULL;
	assert_int_equal(pthread_create(&c->thread, NULL, core_main, c), 0);
	sem_wait(&c->done);
}

void world_load(void)
{
	struct hw_range range[ROLE_KEPT_MAX];

	assert_int_equal(role_kept_ranges(range, ROLE_KEPT_MAX), SPS);
	assert_int_equal(range[0].base, SP_AT(0));
	role_boot();
}

void world_boot(void)
{
	world_load();
	if (sp_count() != SPS)
		print_error("%s", host_uart_text());
	assert_int_equal(sp_count(), SPS);
	world_core_up(0);
}

void world_boot_all(bool all)
{
	world_boot();
	for (unsigned int i = 0; i < SPS; i++) {
		assert_ptr_equal(world_on(0), world_ctx((uint16_t)(UP + i), 0));
		sp_call(0, FFA_MSG_WAIT);
	}
	expect_nwd(0, FFA_MSG_WAIT);
	for (unsigned int i = 1; all && i < CORES; i++) {
		world_core_up(i);
		assert_ptr_equal(world_on(i), world_ctx(MP, i));
		sp_call(i, FFA_MSG_WAIT);
		expect_nwd(i, FFA_MSG_WAIT);
	}
}

/* --- what happens --- */

static void fill(unsigned int i, uint64_t *to, const uint64_t *from)
{
	const bool is_long = ffa_call_is_long((uint32_t)from[0]);
	const struct core *was = here;

	here = &core[i];
	for (unsigned int k = 0; k < FFA_REGS; k++)
		to[k] = k < FFA_REGS_SHORT || is_long ? from[k] : value(mark(core[i].v), k);
	here = (struct core *)(uintptr_t)was;
}

void world_nwd(unsigned int i, const uint64_t x[FFA_REGS])
{
	assert_null(core[i].v);
	fill(i, core[i].smc, x);
	step(i, CALL);
}

void world_sp(unsigned int i, const uint64_t x[FFA_REGS])
{
	assert_non_null(core[i].v);
	fill(i, core[i].v->arch.x, x);
	step(i, CALL);
}

uint64_t world_hvc(unsigned int i, const uint64_t x[FFA_REGS])
{
	struct vcpu *v = core[i].v;

	assert_non_null(v);
	memcpy(v->arch.x, x, 5 * sizeof(*x));
	step(i, HVC);
	assert_ptr_equal(core[i].v, v);
	for (unsigned int k = 1; k < 5; k++)
		assert_int_equal(v->arch.x[k], x[k]);
	return v->arch.x[0];
}

void nwd_irq(unsigned int i, uint32_t intid)
{
	assert_null(core[i].v);
	core[i].intid = intid;
	step(i, IRQ);
}

void sp_irq(unsigned int i, uint32_t intid)
{
	assert_non_null(core[i].v);
	core[i].intid = intid;
	step(i, IRQ);
}

void sp_fiq(unsigned int i)
{
	assert_non_null(core[i].v);
	step(i, FIQ);
}

void sp_fault(unsigned int i)
{
	assert_non_null(core[i].v);
	step(i, FAULT);
}

void any_irq(unsigned int i, uint32_t intid)
{
	core[i].intid = intid;
	step(i, IRQ);
}

void world_pass(uint64_t ns)
{
	host_counter_advance(ns);
	for (unsigned int i = 0; i < CORES; i++)
		if (core[i].up && core[i].deadline <= time_now())
			any_irq(i, TIMER);
}

bool world_take_kick(unsigned int i)
{
	if (!core[i].kicks)
		return false;
	core[i].kicks = 0;
	any_irq(i, SGI_KICK);
	return true;
}

/* --- who has the core --- */

struct sp_ctx *world_ctx(uint16_t id, unsigned int vcpu)
{
	return &sp_find(id)->ctx[vcpu];
}

struct sp_ctx *world_on(unsigned int i)
{
	return core[i].v ? core[i].v->role : NULL;
}

const uint64_t *world_x(unsigned int i)
{
	return core[i].v ? core[i].v->arch.x : core[i].smc;
}

enum sp_state world_state(uint16_t id, unsigned int vcpu)
{
	return sp_context_state(&world_ctx(id, vcpu)->state);
}

bool world_held(unsigned int i)
{
	return host_irq_foreign_held(i);
}

unsigned int world_to_firmware(void)
{
	return to_firmware;
}

bool world_vi(unsigned int i)
{
	return core[i].vi;
}

bool world_vf(unsigned int i)
{
	return core[i].vf;
}

static const char *name(const struct sp_ctx *c)
{
	static char text[2][40];
	static unsigned int n;

	n ^= 1;
	snprintf(text[n], sizeof(text[n]), c ? "0x%x, vCPU %u" : "the normal world", c ? c->sp->manifest.id : 0u,
		 c ? c->index : 0u);
	return text[n];
}

void world_expect(unsigned int i, const struct sp_ctx *who, const uint64_t x[FFA_REGS], const char *file, int line)
{
	const uint64_t *is = world_x(i);

	if (world_on(i) != who) {
		print_error("%s:%d: core %u has %s (x0 0x%llx x1 0x%llx x2 0x%llx), not %s\n", file, line, i,
			    name(world_on(i)), (unsigned long long)is[0], (unsigned long long)is[1],
			    (unsigned long long)is[2], name(who));
		fail();
	}
	for (unsigned int k = 0; k < (ffa_call_is_long((uint32_t)x[0]) ? FFA_REGS : FFA_REGS_SHORT); k++) {
		if (is[k] == x[k])
			continue;
		print_error("%s:%d: core %u, %s: x%u is 0x%llx, not 0x%llx\n", file, line, i, name(who), k,
			    (unsigned long long)is[k], (unsigned long long)x[k]);
		fail();
	}
}

void world_expect_quiet(void)
{
	for (unsigned int s = 0; s < SPS; s++)
		for (unsigned int k = 0; k < manifest[s].ctx_count; k++)
			if (world_state((uint16_t)(UP + s), k) != SP_RESET)
				expect_state((uint16_t)(UP + s), k, SP_IDLE);
	for (unsigned int i = 0; i < CORES; i++)
		if (core[i].up)
			assert_null(core[i].v);
}
