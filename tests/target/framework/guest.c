/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guests for tests; see guest.h.
 *
 * State owned: each struct guest. Its slots, go and stopped are atomic; the rest of what the test device writes is read
 * by the test after the guest has said so through a slot, or has stopped.
 */
#include "guest.h"

#include "test.h"

#include "arch/ich.h"
#include "core/percpu.h"
#include "core/sched.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "lib/string_ext.h"
#include "vgic/vgic.h"

#define GUEST_MEMORY  (8 * MIB)
#define GUEST_TIME_MS 5000

static struct guest *find(const struct partition *p);

/* --- the test device --- */

static void snapshot(struct guest *g)
{
	struct guest_snap *s = &g->snap;

	s->stack = (uint64_t)__builtin_frame_address(0);
	s->vttbr = sysreg_read(VTTBR_EL2);
	s->vtcr = sysreg_read(VTCR_EL2);
	s->hcr = sysreg_read(HCR_EL2);
	s->nr_lrs = ich_lr_count();
	for (unsigned int i = 0; i < s->nr_lrs; i++)
		s->lr[i] = ich_lr_read(i);
	s->ich_hcr = ich_hcr_read();
	s->vmcr = sysreg_read(ICH_VMCR_EL2);
	s->cpu = this_cpu()->index;
}

static enum mmio_result access_bytes(struct guest *g, struct mmio_access *a)
{
	uint64_t off = a->offset - TESTDEV_BYTES;

	if (a->write)
		memcpy(&g->bytes[off], &a->value, a->size);
	else
		memcpy(&a->value, &g->bytes[off], a->size);
	if (g->accesses < GUEST_ACCESSES)
		g->access[g->accesses++] = (struct guest_access){ a->value, (uint16_t)off, a->size, a->write };
	return MMIO_OK;
}

static enum mmio_result access_slot(struct guest *g, struct mmio_access *a)
{
	uint64_t i = (a->offset - TESTDEV_SLOT) / 8;

	if (i >= TESTDEV_SLOTS)
		return MMIO_FAULT;
	if (a->write)
		__atomic_store_n(&g->slot[i], a->value, __ATOMIC_RELEASE);
	else
		a->value = __atomic_load_n(&g->slot[i], __ATOMIC_ACQUIRE);
	return MMIO_OK;
}

static enum mmio_result access_control(struct guest *g, struct vcpu *v, struct mmio_access *a)
{
	switch (a->offset) {
	case TESTDEV_PROGRAM:
		a->value = g->program;
		break;
	case TESTDEV_VALUE:
		g->fail_value = a->value;
		break;
	case TESTDEV_FAIL:
		if (!__atomic_fetch_add(&g->fails, 1, __ATOMIC_ACQ_REL))
			g->fail_line = a->value;
		break;
	case TESTDEV_LINE:
		vgic_set_level(v->part, (unsigned int)(a->value >> 1), a->value & 1);
		break;
	case TESTDEV_SNAP:
		snapshot(g);
		break;
	case TESTDEV_GO:
		a->value = __atomic_load_n(&g->go, __ATOMIC_ACQUIRE);
		break;
	default:
		return MMIO_FAULT;
	}
	return MMIO_OK;
}

static enum mmio_result testdev_access(void *dev, struct vcpu *v, struct mmio_access *a)
{
	struct guest *g = dev;

	if (a->offset >= TESTDEV_BYTES)
		return access_bytes(g, a);
	if (a->size != 8)
		return MMIO_FAULT;
	return a->offset >= TESTDEV_SLOT ? access_slot(g, a) : access_control(g, v, a);
}

/* --- the life of a guest --- */

#define GUESTS_MAX 8

static struct guest *guests[GUESTS_MAX];

static struct guest *find(const struct partition *p)
{
	for (unsigned int i = 0; i < GUESTS_MAX; i++)
		if (guests[i] && guests[i]->vm && guests[i]->vm->p == p)
			return guests[i];
	return NULL;
}

void guest_stopped(struct partition *p)
{
	struct guest *g = find(p);
	bool again = vm_stopped(p->role);

	if (g && !again)
		__atomic_add_fetch(&g->stopped, 1, __ATOMIC_ACQ_REL);
}

void guest_faulted(struct vcpu *v, const char *why)
{
	struct guest *g = find(v->part);

	if (g) {
		str_copy(g->why, why, sizeof(g->why));
		g->fault = true;
	}
	vm_end(v->part->role, VM_END_FAULT);
}

void guest_init(struct guest *g, enum guest_program program, unsigned int nr_vcpus, uint64_t cores)
{
	struct vm_config *c = &g->cfg;

	memset(g, 0, sizeof(*g));
	g->program = program;
	fmt_snprintf(c->name, sizeof(c->name), "guest%u", (unsigned int)program);
	c->file = "target tests";
	str_copy(c->node, "/guest", sizeof(c->node));
	c->memory = GUEST_MEMORY;
	c->nr_vcpus = nr_vcpus;
	for (unsigned int i = 0; i < nr_cpus; i++)
		if (cores & BIT(i))
			c->pcpu[c->nr_pcpus++] = (uint8_t)i;
	c->bootargs = "";
	c->kernel.data = guest_image;
	c->kernel.size = (size_t)(guest_image_end - guest_image);
}

bool guest_build(struct guest *g)
{
	unsigned int i = 0;

	while (i < GUESTS_MAX && guests[i])
		i++;
	g->vm = i < GUESTS_MAX ? vm_create(&g->cfg, NULL) : NULL;
	if (!g->vm) {
		test_fail(__FILE__, __LINE__, "%s cannot be built", g->cfg.name);
		return false;
	}
	guests[i] = g;
	if (mmio_register(g->vm->p, IPA(TESTDEV_BASE), TESTDEV_SIZE, testdev_access, g) == OK)
		return true;
	test_fail(__FILE__, __LINE__, "%s: no place for the test device", g->cfg.name);
	guest_free(g);
	return false;
}

bool guest_start(struct guest *g)
{
	if (vm_start(g->vm) == OK)
		return true;
	test_fail(__FILE__, __LINE__, "%s cannot be started", g->cfg.name);
	return false;
}

bool guest_launch(struct guest *g, enum guest_program program, unsigned int nr_vcpus, uint64_t cores)
{
	guest_init(g, program, nr_vcpus, cores);
	if (!guest_build(g))
		return false;
	if (guest_start(g))
		return true;
	guest_free(g);
	return false;
}

static bool is_stopped(const struct guest *g)
{
	return __atomic_load_n(&g->stopped, __ATOMIC_ACQUIRE);
}

static void say_where(const struct guest *g)
{
	for (unsigned int i = 0; i < g->vm->p->nr_vcpus; i++) {
		const struct vcpu *v = g->vm->p->vcpu[i];

		test_note("vCPU %u: state %u on core %u, pc 0x%llx (when it last left its core)", i, v->state, v->home,
			  (unsigned long long)v->arch.pc);
	}
}

bool guest_finish(struct guest *g)
{
	bool good = true;

	if (!WAIT_FOR(is_stopped(g), GUEST_TIME_MS)) {
		test_fail(__FILE__, __LINE__, "%s (program %llu) does not end", g->cfg.name,
			  (unsigned long long)g->program);
		guest_kill(g);
		say_where(g);
		good = false;
	}
	if (g->fails) {
		test_fail("guest", (int)(g->fail_line & 0xffff),
			  "check %llu.%llu failed, %llu in all; last value 0x%llx",
			  (unsigned long long)(g->fail_line >> 16), (unsigned long long)(g->fail_line & 0xffff),
			  (unsigned long long)g->fails, (unsigned long long)g->fail_value);
		good = false;
	}
	if (g->fault) {
		test_fail(__FILE__, __LINE__, "%s ended by a fault: %s", g->cfg.name, g->why);
		good = false;
	}
	return good;
}

void guest_kill(struct guest *g)
{
	if (is_stopped(g) || g->vm->p->state == PARTITION_NEW)
		return;
	vm_end(g->vm, VM_END_FAULT);
	if (!WAIT_FOR(is_stopped(g), GUEST_TIME_MS))
		test_fail(__FILE__, __LINE__, "%s cannot be stopped", g->cfg.name);
}

void guest_free(struct guest *g)
{
	if (!g->vm)
		return;
	guest_kill(g);
	if (g->vm->p->state != PARTITION_NEW && !is_stopped(g))
		return; /* still on a core: it stays */
	for (unsigned int i = 0; i < GUESTS_MAX; i++)
		if (guests[i] == g)
			guests[i] = NULL;
	vm_destroy(g->vm);
	g->vm = NULL;
}

void guest_run(enum guest_program program, unsigned int nr_vcpus, uint64_t cores)
{
	static struct guest g;

	if (!guest_launch(&g, program, nr_vcpus, cores))
		return;
	(void)guest_finish(&g);
	guest_free(&g);
}

uint64_t guest_slot(const struct guest *g, unsigned int i)
{
	return __atomic_load_n(&g->slot[i], __ATOMIC_ACQUIRE);
}

void guest_slot_set(struct guest *g, unsigned int i, uint64_t value)
{
	__atomic_store_n(&g->slot[i], value, __ATOMIC_RELEASE);
}

bool guest_slot_reaches(const struct guest *g, unsigned int i, uint64_t value, unsigned int ms)
{
	return WAIT_FOR(guest_slot(g, i) >= value, ms);
}

void guest_go(struct guest *g, uint64_t value)
{
	__atomic_store_n(&g->go, value, __ATOMIC_RELEASE);
}
