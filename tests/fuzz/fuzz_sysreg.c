/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/trap, core/sysreg, core/debug_regs, role/hyp/sysregs and vgic/vtimer: exits of any exception class; those of
 * EC 0x18 (MSR, MRS) against a model that has a few numbers for each register there is. What is not among them is
 * UNDEFINED, changes no register but those of the exception, and the guest goes on.
 */
#include "fuzz.h"

#include "vgic/world.h"

#include "arch/guest.h"
#include "arch/host.h"
#include "arch/upcall.h"
#include "core/irq.h"
#include "core/sched.h"
#include "core/stage2_fault.h"
#include "core/trap.h"
#include "role/role.h"

#define PC   UINT64_C(0xffff000080001000)
#define VBAR UINT64_C(0xffff000000000800)
#define BPS  6u
#define WPS  4u

static struct {
	uint64_t x[32];
	uint64_t mdscr, ctl, cval;
	uint64_t dbg[4][16];
	bool unlocked;
	unsigned int waits, calls;
} m;
static unsigned int waits, calls;

/* --- What the traps ask of others --- */

void sched_block(struct vcpu *v UNUSED)
{
	waits++;
}

void sched_give_way(struct vcpu *v UNUSED)
{
	waits++;
}

void smc_dispatch(struct vcpu *v UNUSED)
{
	calls++;
}

bool role_stage2_abort(struct vcpu *v UNUSED)
{
	return false;
}

/* Nothing is mapped. */
bool stage2_fault_is_gone(struct vcpu *v UNUSED, uint64_t esr UNUSED, unsigned int need UNUSED)
{
	return false;
}

struct vcpu *role_next(struct vcpu *cur)
{
	return cur;
}

void role_vcpu_enter(struct vcpu *v)
{
	if (vgic_needs_flush(v))
		vgic_flush(v);
}

void role_foreign_irq(struct vcpu *v UNUSED)
{
	MUST(!"role_foreign_irq");
}

void role_partition_fault(struct vcpu *v UNUSED, const char *why UNUSED)
{
	MUST(!"role_partition_fault");
}

void irq_dispatch(void)
{
	MUST(!"irq_dispatch");
}

/* --- The model: S<op0>_<op1>_C<n>_C<m>_<op2> as one number --- */

#define S(op0, op1, n, mm, op2) ((op0) << 16 | (op1) << 12 | (n) << 8 | (mm) << 4 | (op2))

enum { UNDEF = 0, ANSWERS = 1, OPAQUE = 2 }; /* OPAQUE: answers, and what is the product's choice */

static unsigned int dbg_limit(unsigned int op2)
{
	return op2 < 6 ? BPS : WPS;
}

static bool cntp_fires(void)
{
	return (m.ctl & 3) == 1 && world.now >= m.cval;
}

static int model_read(unsigned int key, uint64_t *v)
{
	*v = 0;
	/* DBGBVR, DBGBCR, DBGWVR, DBGWCR<m> */
	if ((key & ~0xf3u) == S(2, 0, 0, 0, 4)) {
		*v = m.dbg[(key & 7) - 4][key >> 4 & 15];
		return (key >> 4 & 15) < dbg_limit(key & 7);
	}
	if ((key & ~0x77u) == S(3, 0, 0, 0, 0) && (key & 0x70)) /* the ID space */
		return OPAQUE;
	switch (key) {
	case S(2, 0, 0, 2, 2): /* MDSCR_EL1 */
		*v = m.mdscr;
		return ANSWERS;
	case S(2, 0, 1, 1, 4): /* OSLSR_EL1: OSLM 0b10, OSLK */
		*v = 8 | (m.unlocked ? 0 : 2);
		return ANSWERS;
	case S(3, 0, 12, 12, 5): /* ICC_SRE_EL1: RAO */
		*v = 7;
		return ANSWERS;
	case S(3, 3, 14, 2, 0): /* CNTP_TVAL_EL0 */
		*v = (uint32_t)(m.cval - world.now);
		return ANSWERS;
	case S(3, 3, 14, 2, 1): /* CNTP_CTL_EL0: ISTATUS */
		*v = m.ctl | ((m.ctl & 1) && world.now >= m.cval ? 4 : 0);
		return ANSWERS;
	case S(3, 3, 14, 2, 2):
		*v = m.cval;
		return ANSWERS;
	case S(3, 0, 1, 0, 1):	/* ACTLR_EL1 */
	case S(2, 0, 1, 3, 4):	/* OSDLR_EL1 */
	case S(2, 0, 0, 2, 0):	/* MDCCINT_EL1 */
	case S(2, 0, 0, 0, 2):	/* OSDTRRX_EL1 */
	case S(2, 0, 0, 3, 2):	/* OSDTRTX_EL1 */
	case S(2, 0, 0, 6, 2):	/* OSECCR_EL1 */
	case S(2, 0, 1, 0, 0):	/* MDRAR_EL1 */
	case S(2, 0, 1, 4, 4):	/* DBGPRCR_EL1 */
	case S(2, 0, 7, 8, 6):	/* DBGCLAIMSET_EL1 */
	case S(2, 0, 7, 9, 6):	/* DBGCLAIMCLR_EL1 */
	case S(2, 0, 7, 14, 6): /* DBGAUTHSTATUS_EL1 */
	case S(2, 3, 0, 1, 0):	/* MDCCSR_EL0 */
	case S(2, 3, 0, 4, 0):	/* DBGDTR_EL0 */
	case S(2, 3, 0, 5, 0):	/* DBGDTRRX_EL0 */
		return ANSWERS; /* zero: no external debugger */
	default:
		return UNDEF;
	}
}

static int model_write(unsigned int key, uint64_t v)
{
	uint64_t none;

	if ((key & ~0xf3u) == S(2, 0, 0, 0, 4)) {
		if ((key >> 4 & 15) >= dbg_limit(key & 7))
			return UNDEF;
		/*
		 * A control register that names EL2 (HMC, SSC) would stop Trivet: 13, 15:14 are kept out;
		 * 31:29 are RES0.
		 */
		m.dbg[(key & 7) - 4][key >> 4 & 15] = key & 1 ? v & 0x1fff1fff : v;
		return ANSWERS;
	}
	switch (key) {
	case S(2, 0, 0, 2, 2): /* MDE, KDE, TDCC, SS */
		m.mdscr = v & 0xb001;
		return ANSWERS;
	case S(2, 0, 1, 0, 4): /* OSLAR_EL1 */
		m.unlocked = !(v & 1);
		return ANSWERS;
	case S(3, 3, 14, 2, 0):
		m.cval = world.now + (uint64_t)(int64_t)(int32_t)(uint32_t)v;
		return ANSWERS;
	case S(3, 3, 14, 2, 1):
		m.ctl = v & 3;
		return ANSWERS;
	case S(3, 3, 14, 2, 2):
		m.cval = v;
		return ANSWERS;
	case S(3, 0, 12, 11, 5): /* ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1: fuzz_vgic.c looks at their effect */
	case S(3, 0, 12, 11, 6):
	case S(3, 0, 12, 11, 7):
		return ANSWERS;
	case S(2, 0, 1, 1, 4): /* read-only: OSLSR, MDRAR, DBGAUTHSTATUS, MDCCSR, the ID space */
	case S(2, 0, 1, 0, 0):
	case S(2, 0, 7, 14, 6):
	case S(2, 3, 0, 1, 0):
		return UNDEF;
	default:
		return model_read(key, &none) == ANSWERS;
	}
}

/* --- The input --- */

static const unsigned int some_key[] = {
	S(3, 3, 14, 2, 0),  S(3, 3, 14, 2, 1), S(3, 3, 14, 2, 2), S(3, 0, 12, 11, 5), S(3, 0, 12, 11, 7),
	S(3, 0, 12, 12, 5), S(2, 0, 0, 2, 2),  S(2, 0, 1, 0, 4),  S(2, 0, 1, 1, 4),   S(2, 0, 0, 1, 4),
	S(2, 0, 0, 1, 5),   S(2, 0, 0, 3, 6),  S(2, 0, 0, 3, 7),  S(2, 0, 0, 4, 6),   S(3, 0, 0, 4, 0),
	S(3, 0, 1, 0, 1),   S(2, 0, 7, 8, 6),  S(2, 3, 0, 4, 0),  S(3, 0, 12, 11, 6), S(2, 0, 0, 15, 4),
};

static unsigned int any_key(struct fuzz *f)
{
	unsigned int kind = fuzz_u8(f), n = fuzz_u16(f);

	if (kind < 128)
		return some_key[kind % ARRAY_SIZE(some_key)];
	return S(n >> 14, n >> 11 & 7, n >> 7 & 15, n >> 3 & 15, n & 7);
}

/* ISS of EC 0x18 (D19.2.37): Op0 21:20, Op2 19:17, Op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1, direction 0. */
static uint64_t syndrome(unsigned int key, unsigned int rt, bool read)
{
	return UINT64_C(0x18) << 26 | BIT(25) | (uint64_t)(key >> 16) << 20 | (key & 7) << 17 | (key >> 12 & 7) << 14 |
	       (key >> 8 & 15) << 10 | rt << 5 | (key >> 4 & 15) << 1 | read;
}

static void settle_here(void)
{
	if (vgic_needs_flush(vcpu(0)))
		vgic_flush(vcpu(0));
	settle();
}

/* --- One exit --- */

static void check_registers(void)
{
	for (unsigned int i = 0; i < 31; i++) {
		if (vcpu(0)->arch.x[i] != m.x[i])
			fuzz_fail(__FILE__, __LINE__, "x%u is 0x%llx, not 0x%llx", i,
				  (unsigned long long)vcpu(0)->arch.x[i], (unsigned long long)m.x[i]);
	}
	MUST_EQ(guest_el1_read(R_MDSCR_EL1), m.mdscr);
	MUST_EQ(waits, m.waits);
	MUST_EQ(calls, m.calls);
}

static void check_undefined(uint64_t pc)
{
	MUST_EQ(guest_el1_read(R_ESR_EL1), BIT(25)); /* EC 0, IL */
	MUST_EQ(guest_el1_read(R_ELR_EL1), pc);
	MUST_EQ(guest_pc(), VBAR + 0x200);
}

static void exit_with(uint64_t esr)
{
	guest_pc_set(PC);
	guest_pstate_set(5);
	guest_el1_write(R_ESR_EL1, 0);
	on_core(0);
	MUST(upcall_guest_sync(vcpu(0), esr) == vcpu(0));
}

static void do_sysreg(struct fuzz *f)
{
	unsigned int key = any_key(f), how = fuzz_u8(f), rt = how % 32;
	bool read = how & 0x80;
	uint64_t value = 0;
	int r;

	if (!read) {
		value = fuzz_odd(f);
		if (rt < 31)
			m.x[rt] = vcpu(0)->arch.x[rt] = value;
		r = model_write(key, rt < 31 ? value : 0);
	} else {
		r = model_read(key, &value);
	}
	exit_with(syndrome(key, rt, read));
	if (r == OPAQUE && rt < 31)
		m.x[rt] = vcpu(0)->arch.x[rt];
	else if (read && r == ANSWERS && rt < 31)
		m.x[rt] = value;
	if (r == UNDEF)
		check_undefined(PC);
	else
		MUST_EQ(guest_pc(), PC + 4);
}

/* Any other class: each goes on somewhere, and general registers stay. */
static void do_class(struct fuzz *f)
{
	uint64_t esr = fuzz_u32(f);
	unsigned int ec = (unsigned int)(esr >> 26);

	if (ec == 0x18)
		return;
	/* HVC and SMC #0 are calls; an instruction abort or a data abort is injected, as nothing is mapped. */
	m.calls += (ec == 0x16 || ec == 0x17) && !(esr & 0xffff);
	m.waits += ec == 1;
	host_sysreg_write("FAR_EL2", fuzz_u64(f));
	host_sysreg_write("HPFAR_EL2", UINT64_C(0xffffff0) & fuzz_u32(f));
	if (ec == 0x24)
		esr |= 0x400; /* no device: fuzz_decode.c has them */
	exit_with(esr);
	if (ec == 0x16 && !(esr & 0xffff))
		MUST_EQ(guest_pc(), PC);
	else if (ec == 1 || (ec == 0x17 && !(esr & 0xffff)))
		MUST_EQ(guest_pc(), PC + 4);
	else if (ec == 0x20 || ec == 0x24)
		MUST_EQ(guest_el1_read(R_ESR_EL1) >> 26, ec + 1); /* the same exception level */
	else
		check_undefined(ec == 0x16 ? PC - 4 : PC);
}

static void check_timer(void)
{
	MUST_EQ(irq_read(vcpu(0), ISPENDR, 30), cntp_fires());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = fuzz_open(data, size);

	world_make(2, 4);
	strcpy(world.vm[0].name, "vm");
	world.vm[0].s2.ipa_bits = 40;
	memset(&m, 0, sizeof(m));
	waits = calls = 0;
	guest_el1_write(R_VBAR_EL1, VBAR);
	guest_el1_write(R_SCTLR_EL1, BIT(23));
	for (unsigned int n = 0; n < 64 && fuzz_more(&f); n++) {
		unsigned int what = fuzz_u8(&f);

		if (what < 200)
			do_sysreg(&f);
		else if (what < 228)
			do_class(&f);
		else
			world_pass(fuzz_odd(&f) >> 8);
		check_registers();
		settle_here();
		check_timer();
		on_core(0);
	}
	world_pass(0);
	vtimer_reset(vcpu(0));
	settle_here();
	world_end();
	MUST_EQ(world.timers, 0);
	return 0;
}
