/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suite role/vm: the life of VMs from the bundle to the power switch. All of the role and what is below it is the
 * product's own, but the scheduler: its vCPUs only change their states, and the test says when they leave.
 */
#include <pthread.h>

#include "unit.h"

#include "abi/virtio.h"
#include "abi/virtio_blk.h"
#include "abi/virtio_mmio.h"
#include "arch/host.h"
#include "core/guest_mem.h"
#include "core/heap.h"
#include "core/mmio.h"
#include "core/sched.h"
#include "lib/cpio.h"
#include "machine_log.h"
#include "machine_make.h"
#include "plat/plat.h"
#include "role/hyp/vmap.h"

/* For its state. */
#include "role/hyp/role_hyp.c"

#define BASE	  UINT64_C(0x80000000)
#define RAM	  (40 * MIB)
#define VM_MEMORY (8 * MIB)
#define DISK	  8192

struct hw hw;

static uint8_t records[RAM / 256] ALIGNED(4096);
static struct blob archive, kernel, ramdisk;
static bool refuse_start;

/* --- the scheduler --- */

void sched_add(struct vcpu *v, uint64_t affinity)
{
	v->affinity = affinity;
	v->home = (unsigned int)__builtin_ctzll(affinity & cpus_online);
	v->state = VCPU_OFF;
}

int sched_start(struct vcpu *v)
{
	if (refuse_start || v->state != VCPU_OFF || v->part->state != PARTITION_RUNNING)
		return E_STATE;
	v->state = VCPU_READY;
	return OK;
}

bool sched_stop(struct vcpu *v)
{
	return v->state != VCPU_OFF;
}

void sched_wake(struct vcpu *v UNUSED)
{
}

void sched_kick(struct vcpu *v UNUSED)
{
}

void sched_block(struct vcpu *v UNUSED)
{
}

void sched_off(struct vcpu *v UNUSED)
{
}

struct vcpu *sched_next(struct vcpu *cur)
{
	return cur;
}

bool sched_loaded_here(const struct vcpu *v UNUSED)
{
	return false;
}

/* A VM that was started this long ago starts again without a rest. */
#define LONG_AGO (10 * time_freq())

/* v leaves its core. */
static void leave(struct vcpu *v)
{
	spin_lock(&v->part->lock);
	v->state = VCPU_OFF;
	partition_vcpu_off_and_unlock(v->part);
}

static void all_leave(struct partition *p)
{
	unsigned int n = p->nr_vcpus;

	/* The last one may start the VM again. */
	for (unsigned int i = n; i-- > 0;)
		if (p->vcpu[i]->state != VCPU_OFF)
			leave(p->vcpu[i]);
}

int irq_register(uint32_t intid UNUSED, irq_fn fn UNUSED, void *arg UNUSED)
{
	return OK;
}

void plat_power_off(void)
{
	panic("power off");
}

int hw_bundle(const void **base, size_t *size)
{
	if (!archive.size)
		return E_NOENT;
	*base = archive.data;
	*size = archive.size;
	return OK;
}

/* --- a disk of the machine, whose transfers end when the test says so --- */

static struct host_disk_io *disk_io;

int disks_get(unsigned int n, bool *readonly, const char **why)
{
	*readonly = false;
	*why = "none";
	return n ? E_NOENT : 0;
}

static unsigned int disk_core;

void disks_enable(unsigned int disk UNUSED, unsigned int cpu)
{
	disk_core = cpu;
}

int host_disk_info(unsigned int n, struct host_disk_info *info)
{
	*info = (struct host_disk_info){ 2048, 512, false, true };
	return n ? E_NOENT : OK;
}

int host_disk_submit(unsigned int n, struct host_disk_io *io)
{
	assert_int_equal(n, 0);
	disk_io = io;
	return OK;
}

/* The disk's answer, with bytes that no VM has asked for. */
static void disk_ends(void)
{
	struct host_disk_io *io = disk_io;

	disk_io = NULL;
	memset(io->data, 0xdd, io->size);
	io->done(io, OK);
}

/* The VM's new tree has a seed: so this is called when its memory is clear and its images are not all there. */
static bool disk_ends_meanwhile;

static void *another_core(void *arg UNUSED)
{
	disk_ends();
	return NULL;
}

bool arch_random(uint64_t *v)
{
	pthread_t core;

	if (disk_ends_meanwhile && disk_io) {
		assert_int_equal(pthread_create(&core, NULL, another_core, NULL), 0);
		assert_int_equal(pthread_join(core, NULL), 0);
	}
	*v = 0;
	return false;
}

/* --- a machine --- */

#define MODULES                                                                                                        \
	"module@0 { compatible = \"multiboot,kernel\", \"multiboot,module\"; trivet,file = \"Image\"; };"              \
	"module@1 { compatible = \"multiboot,ramdisk\", \"multiboot,module\"; trivet,file = \"rd\"; };"
#define VM(node, props)                                                                                                \
	node " { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; cpus = <3>; vpl011; " props     \
		MODULES "};"
#define MACHINE(vms)                                                                                                   \
	"/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; chosen { #address-cells = <2>; #size-cells = <2>;" vms \
	" }; };"
#define MEM_8M	    "memory = <0 0x2000>; "
#define A_DISK	    "disk@0 { compatible = \"trivet,disk\"; trivet,file = \"disk\"; };"
#define A_HOST_DISK "disk@0 { compatible = \"trivet,disk\"; trivet,host-disk = <0>; };"

static void free_blobs(void)
{
	machine_blob_free(&archive);
	machine_blob_free(&kernel);
	machine_blob_free(&ramdisk);
	memset(&archive, 0, sizeof(archive));
	memset(&kernel, 0, sizeof(kernel));
	memset(&ramdisk, 0, sizeof(ramdisk));
}

static void put_machine(const char *source)
{
	uint8_t data[DISK];
	struct blob dtb = machine_dtc(source);

	free_blobs();
	kernel = machine_image(3 * 4096 + 5, 0, 64 * KIB);
	memset(data, 0x77, sizeof(data));
	ramdisk = machine_blob(data, 5000);
	memset(data, 0xd1, sizeof(data));
	machine_cpio_add(&archive, "machine.dtb", dtb.data, dtb.size, 4096);
	machine_cpio_add(&archive, "Image", kernel.data, kernel.size, 4096);
	machine_cpio_add(&archive, "rd", ramdisk.data, ramdisk.size, 4096);
	machine_cpio_add(&archive, "disk", data, sizeof(data), 4096);
	machine_cpio_end(&archive);
	machine_blob_free(&dtb);
}

static void power_on_clean(void)
{
	host_reset();
	host_ram_init(PA(BASE), RAM);
	frame_reset();
	heap_reset();
	assert_int_equal(frame_add_bank(PA(BASE), RAM, records), OK);
	assert_int_equal(frame_release(PA(BASE), RAM), OK);
	memset(vms, 0, sizeof(vms));
	memset(&bundle, 0, sizeof(bundle));
	live = 0;
	refuse_start = false;
	log_forget();
}

/* RAM full of what somebody left in it. */
static void power_on(void)
{
	power_on_clean();
	memset(pa_to_ptr(PA(BASE)), 0xee, RAM);
}

static void take_down(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(vms); i++)
		vm_destroy(vms[i]);
	memset(vms, 0, sizeof(vms));
	free_blobs();
}

static uint8_t guest_byte(struct partition *p, uint64_t ipa)
{
	uint8_t b = 0xab;

	assert_int_equal(guest_mem_read(p, IPA(ipa), &b, 1), OK);
	return b;
}

static bool guest_is_zero(struct partition *p, uint64_t from, uint64_t to)
{
	static uint8_t page[16 * 4096];
	static const uint8_t zero[sizeof(page)];

	for (uint64_t at = from; at < to; at += sizeof(page)) {
		size_t n = MIN(sizeof(page), to - at);

		assert_int_equal(guest_mem_read(p, IPA(at), page, n), OK);
		if (memcmp(page, zero, n))
			return false;
	}
	return true;
}

static void guest_store(struct partition *p, uint64_t ipa, const void *data, size_t n)
{
	assert_int_equal(guest_mem_write(p, IPA(ipa), data, n), OK);
}

/* Exactly what a VM finds at its first instruction. */
static void check_pristine(struct vm *vm)
{
	struct partition *p = vm->p;
	static uint8_t buf[64 * 1024];
	const struct loader_plan *l = &vm->plan;
	uint64_t ram = vmap[VMAP_RAM].base;
	struct vcpu *v0 = p->vcpu[0];

	assert_int_equal(p->state, PARTITION_RUNNING);
	assert_int_equal(v0->state, VCPU_READY);
	assert_int_equal(v0->arch.pc, l->entry.a);
	assert_int_equal(v0->arch.x[0], ram);
	for (unsigned int i = 1; i < 31; i++)
		assert_int_equal(v0->arch.x[i], 0);
	for (unsigned int i = 1; i < p->nr_vcpus; i++)
		assert_int_equal(p->vcpu[i]->state, VCPU_OFF);
	for (unsigned int i = 0; i < p->nr_vcpus; i++) {
		assert_int_equal(p->vcpu[i]->arch.el1[R_SCTLR_EL1], 0x30d00800);
		assert_int_equal(p->vcpu[i]->arch.el1[R_VBAR_EL1], 0);
		assert_int_equal(p->vcpu[i]->arch.cntvoff, arch_counter());
	}
	assert_int_equal(guest_byte(p, ram), 0xd0); /* a device tree */
	assert_int_equal(guest_byte(p, ram + 1), 0x0d);
	assert_int_equal(guest_mem_read(p, l->kernel, buf, kernel.size), OK);
	assert_memory_equal(buf, kernel.data, kernel.size);
	assert_int_equal(guest_mem_read(p, l->ramdisk, buf, ramdisk.size), OK);
	assert_memory_equal(buf, ramdisk.data, ramdisk.size);
	/* All else is zero. */
	assert_true(guest_is_zero(p, ram + VMAP_DTB_MAX, l->kernel.a));
	assert_true(l->ramdisk.a > l->kernel.a);
	assert_true(guest_is_zero(p, l->kernel.a + kernel.size, l->ramdisk.a));
	assert_true(guest_is_zero(p, l->ramdisk.a + ramdisk.size, ram + vm->cfg->memory));
	assert_int_equal(vm->on_pending, 0);
	assert_false(vm->psci[1].resume);
}

static void test_boot(void **state UNUSED)
{
	struct frame_info info;
	pa_t pa;

	put_machine(MACHINE(VM("domU1", MEM_8M "trivet,name = \"first\"; trivet,rng;" A_DISK)));
	power_on();
	role_boot();
	assert_int_equal(log_lines, 0);
	assert_int_equal(live, 1);
	assert_string_equal(vms[0]->p->name, "first");
	assert_int_equal(vms[0]->p->nr_vcpus, 3);
	check_pristine(vms[0]);
	/* It owns its RAM, and nothing above it is there. */
	for (uint64_t at = 0; at < VM_MEMORY; at += PAGE_SIZE) {
		unsigned int perm;

		assert_int_equal(s2_lookup(&vms[0]->p->s2, IPA(vmap[VMAP_RAM].base + at), &pa, &perm, NULL), OK);
		assert_int_equal(perm, S2_RWX);
		assert_int_equal(frame_get(pa, &info), OK);
		assert_int_equal(info.owner, vms[0]->p->id);
	}
	assert_int_equal(s2_lookup(&vms[0]->p->s2, IPA(vmap[VMAP_RAM].base + VM_MEMORY), &pa, NULL, NULL), E_NOENT);
	assert_int_equal(s2_lookup(&vms[0]->p->s2, IPA(vmap[VMAP_RAM].base - 1), &pa, NULL, NULL), E_NOENT);
	/* Its devices answer. */
	assert_non_null(mmio_find(&vms[0]->p->mmio, IPA(vmap[VMAP_GICD].base), 4));
	assert_non_null(mmio_find(&vms[0]->p->mmio, IPA(vmap[VMAP_PL011].base), 4));
	assert_non_null(mmio_find(&vms[0]->p->mmio, IPA(vmap[VMAP_PL031].base), 4));
	assert_non_null(mmio_find(&vms[0]->p->mmio, vmap_virtio_base(0), 4));
	assert_non_null(mmio_find(&vms[0]->p->mmio, vmap_virtio_base(1), 4));
	assert_null(mmio_find(&vms[0]->p->mmio, vmap_virtio_base(2), 4));
	take_down();
}

/* Whatever the guest left: the next life sees none of it, but on its disk. */
static void test_reboot(void **state UNUSED)
{
	static uint8_t dirt[VM_MEMORY];
	struct cpio_entry e;
	unsigned int n;

	put_machine(MACHINE(VM("domU1", MEM_8M A_DISK)));
	power_on();
	role_boot();
	for (unsigned int round = 0; round < 3; round++) {
		struct vm *vm = vms[0];

		memset(dirt, 0x30 + (int)round, sizeof(dirt));
		guest_store(vm->p, vmap[VMAP_RAM].base, dirt, sizeof(dirt));
		for (unsigned int i = 0; i < 3; i++) {
			struct vcpu *v = vm->p->vcpu[i];

			memset(v->arch.x, 0x11, sizeof(v->arch.x));
			memset(v->arch.el1, 0x22, sizeof(v->arch.el1));
			memset(&v->arch.fp, 0x33, sizeof(v->arch.fp));
			v->state = i == 2 ? VCPU_OFF : VCPU_BLOCKED;
		}
		vm->on_pending = 2;
		vm->psci[1].resume = true;
		host_counter_advance(LONG_AGO);
		vm_end(vm, VM_END_REBOOT);
		vm_end(vm, VM_END_POWEROFF); /* too late */
		assert_int_equal(vm->p->state, PARTITION_STOPPING);
		host_log_start();
		all_leave(vm->p);
		host_log_stop();
		/* Nothing of its former life is left in a TLB. */
		n = host_log_find(HOST_S2_FLUSH_ALL, 0);
		assert_true(n < host_log_count());
		assert_int_equal(host_log_at(n)->vttbr, vm->p->s2.vttbr);
		assert_ptr_equal(vms[0], vm);
		check_pristine(vm);
		for (unsigned int i = 0; i < 3; i++)
			assert_int_equal(vm->p->vcpu[i]->arch.fp.v[31][1], 0);
		assert_int_equal(live, 1);
	}
	assert_int_equal(log_lines, 0);
	assert_int_equal(cpio_find(archive.data, archive.size, "disk", &e), OK);
	assert_int_equal(e.data[100], 0xd1);
	take_down();
}

static void disk_write(struct vm *vm, uint32_t off, uint32_t value)
{
	const struct mmio_region *r = mmio_find(&vm->p->mmio, vmap_virtio_base(0), 4);
	struct mmio_access a = { .offset = off, .size = 4, .write = true, .value = value };

	assert_int_equal(r->fn(r->dev, NULL, &a), MMIO_OK);
}

/* As a driver does: one read of 512 bytes, everything within the 4 KiB at ipa. */
static void read_disk(struct vm *vm, uint64_t ipa)
{
	const struct virtio_blk_hdr h = { VIRTIO_BLK_T_IN, 0, 0 };
	const struct virtq_desc desc[3] = { { ipa + 0x400, 16, VIRTQ_DESC_F_NEXT, 1 },
					    { ipa + 0x600, 512, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE, 2 },
					    { ipa + 0x500, 1, VIRTQ_DESC_F_WRITE, 0 } };
	const uint16_t avail[3] = { 0, 1, 0 };

	guest_store(vm->p, ipa, desc, sizeof(desc));
	guest_store(vm->p, ipa + 0x100, avail, sizeof(avail));
	guest_store(vm->p, ipa + 0x400, &h, sizeof(h));
	disk_write(vm, VIRTIO_MMIO_STATUS, 0);
	disk_write(vm, VIRTIO_MMIO_STATUS, 3);
	disk_write(vm, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	disk_write(vm, VIRTIO_MMIO_DRIVER_FEATURES, 1);
	disk_write(vm, VIRTIO_MMIO_STATUS, 0xb);
	disk_write(vm, VIRTIO_MMIO_QUEUE_NUM, 8);
	disk_write(vm, VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)ipa);
	disk_write(vm, VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)ipa + 0x100);
	disk_write(vm, VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)ipa + 0x200);
	disk_write(vm, VIRTIO_MMIO_QUEUE_READY, 1);
	disk_write(vm, VIRTIO_MMIO_STATUS, 0xf);
	disk_write(vm, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

/* A VM ends with a request at the machine's disk: its answer, at any moment, is for nobody. */
static void test_disk_answers_late(void **state UNUSED)
{
	const uint64_t page = vmap[VMAP_RAM].base + VM_MEMORY - 2 * PAGE_SIZE;

	for (unsigned int when = 0; when < 3; when++) {
		struct vm *vm;

		put_machine(MACHINE(VM("domU1", MEM_8M A_HOST_DISK)));
		power_on();
		role_boot();
		assert_int_equal(log_lines, 0);
		vm = vms[0];
		read_disk(vm, page);
		assert_non_null(disk_io);
		assert_int_equal(disk_io->size, 512);
		if (when == 0) {
			disk_ends(); /* in time: it gets there */
			assert_int_equal(guest_byte(vm->p, page + 0x600), 0xdd);
			assert_int_equal(guest_byte(vm->p, page + 0x202), 1);
		}
		host_counter_advance(LONG_AGO);
		vm_end(vm, VM_END_REBOOT);
		disk_ends_meanwhile = when == 1;
		all_leave(vm->p);
		disk_ends_meanwhile = false;
		assert_true(!disk_io == (when != 2));
		if (when == 2)
			disk_ends();
		check_pristine(vm);
		/* And its buffer is free again. */
		read_disk(vm, page);
		assert_non_null(disk_io);
		disk_ends();
		assert_int_equal(guest_byte(vm->p, page + 0x600), 0xdd);
		take_down();
	}
}

/* One that resets in a loop rests between its starts, and then is as pristine as ever. */
static void test_reset_loop(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M)));
	power_on();
	time_init_cpu();
	role_boot();
	for (unsigned int round = 0; round < 3; round++) {
		struct vm *vm = vms[0];

		vm->p->vcpu[0]->state = VCPU_RUNNING;
		vm_end(vm, VM_END_REBOOT);
		all_leave(vm->p);
		assert_int_equal(vm->p->state, PARTITION_STOPPED);
		assert_int_equal(live, 1);
		host_counter_advance(time_ns_to_ticks(99000000));
		time_interrupt();
		assert_int_equal(vm->p->state, PARTITION_STOPPED);
		host_counter_advance(time_ns_to_ticks(2000000));
		time_interrupt();
		check_pristine(vm);
		assert_int_equal(live, 1);
	}
	take_down();
}

static void test_power_off(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M) VM("domU2", MEM_8M)));
	power_on();
	role_boot();
	assert_int_equal(live, 2);
	vms[0]->p->vcpu[1]->state = VCPU_RUNNING;
	vm_end(vms[0], VM_END_POWEROFF);
	all_leave(vms[0]->p);
	assert_int_equal(vms[0]->p->state, PARTITION_STOPPED);
	assert_string_equal(log_last_note, "domU1: powered off");
	assert_int_equal(live, 1);
	check_pristine(vms[1]); /* the other goes on */
	vm_end(vms[1], VM_END_POWEROFF);
	host_counter_advance(LONG_AGO);
	assert_true(HOST_PANICS(all_leave(vms[1]->p)));
	assert_string_equal(host_panic_text(), "power off");
	take_down();
}

/* What the machine file says of the two ends. */
static void test_actions(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M "trivet,on-poweroff = \"restart\"; trivet,on-reboot = \"stop\";")));
	power_on();
	role_boot();
	vm_end(vms[0], VM_END_POWEROFF);
	host_counter_advance(LONG_AGO);
	all_leave(vms[0]->p);
	check_pristine(vms[0]);
	vm_end(vms[0], VM_END_REBOOT);
	host_counter_advance(LONG_AGO);
	assert_true(HOST_PANICS(all_leave(vms[0]->p)));
	assert_string_equal(host_panic_text(), "power off");
	take_down();
}

static void test_fault(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M "trivet,on-poweroff = \"restart\";") VM("domU2", MEM_8M)));
	power_on();
	role_boot();
	role_partition_fault(vms[0]->p->vcpu[0], "SError");
	assert_logged("domU1: vCPU 0: SError: the VM ends");
	host_counter_advance(LONG_AGO);
	all_leave(vms[0]->p);
	assert_int_equal(vms[0]->p->state, PARTITION_STOPPED);
	assert_int_equal(live, 1);
	take_down();
}

/* All vCPUs off by themselves: said, and no end. */
static void test_all_off(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M)));
	power_on();
	role_boot();
	leave(vms[0]->p->vcpu[0]);
	assert_logged("domU1: all vCPUs are off, and nobody is left to turn one on");
	assert_int_equal(live, 1);
	/* Only from outside can it end; then at once. */
	assert_true(HOST_PANICS(vm_end(vms[0], VM_END_POWEROFF)));
	take_down();
}

/* What the machine file says of that. */
static void test_all_off_and_then(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M "trivet,on-hang = \"restart\";")
				    VM("domU2", MEM_8M "trivet,on-hang = \"stop\";")));
	power_on();
	role_boot();
	vms[0]->watch.vcpu[0].deaf = vms[0]->watch.told = 1;
	host_counter_advance(LONG_AGO);
	leave(vms[0]->p->vcpu[0]);
	check_pristine(vms[0]);
	assert_int_equal(vms[0]->watch.vcpu[0].deaf, 0);
	assert_false(vms[0]->watch.told);
	assert_string_equal(log_last_note, "domU1: ended; starts again");
	leave(vms[1]->p->vcpu[0]);
	assert_int_equal(vms[1]->p->state, PARTITION_STOPPED);
	assert_string_equal(log_last_note, "domU2: ended");
	assert_int_equal(live, 1);
	take_down();
}

/* A restart that cannot be: it stays stopped, and the machine ends with its last VM. */
static void test_no_restart(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M)));
	power_on();
	role_boot();
	vm_end(vms[0], VM_END_REBOOT);
	refuse_start = true;
	host_counter_advance(LONG_AGO);
	assert_true(HOST_PANICS(all_leave(vms[0]->p)));
	assert_string_equal(host_panic_text(), "power off");
	assert_logged("domU1: cannot start again; stays stopped");
	take_down();
}

/* --- what cannot be built --- */

static void test_too_much_memory(void **state UNUSED)
{
	uint64_t free_before, heap_before;

	put_machine(MACHINE(VM("domU1", "memory = <0 0x800000>; ") VM("domU2", MEM_8M)));
	power_on();
	role_boot();
	assert_int_equal(log_lines, 1);
	assert_memory_equal(log_text[0], "machine.dtb: /chosen/domU1: memory: 8192 MiB wanted, 3", 54);
	assert_null(vms[0]);
	check_pristine(vms[1]);
	free_before = frame_count_free();
	heap_before = heap_in_use();
	log_forget();
	assert_null(vm_create(&config.vm[0], NULL));
	assert_int_equal(frame_count_free(), free_before);
	assert_int_equal(heap_in_use(), heap_before);
	take_down();
}

static void test_nothing_to_run(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", "memory = <0 0x800000>; ")));
	power_on();
	assert_true(HOST_PANICS(role_boot()));
	assert_string_equal(host_panic_text(), "power off");
	assert_int_equal(log_lines, 2);
	assert_string_equal(log_text[1], "no VM to run: power off");
	take_down();
	power_on(); /* no bundle */
	assert_true(HOST_PANICS(role_boot()));
	assert_int_equal(log_lines, 2);
	take_down();
}

/* The bundle cut at any byte: a VM that cannot be is refused, nothing else happens. */
static void test_cut_bundle(void **state UNUSED)
{
	put_machine(MACHINE(VM("domU1", MEM_8M A_DISK)));
	for (size_t whole = archive.size, size = 0; size < whole; size += 397) {
		power_on_clean();
		archive.size = size;
		if (!HOST_PANICS(role_boot()))
			check_pristine(vms[0]);
		else
			assert_string_equal(host_panic_text(), "power off");
		archive.size = whole;
		for (unsigned int i = 0; i < ARRAY_SIZE(vms); i++)
			vm_destroy(vms[i]);
	}
	memset(vms, 0, sizeof(vms));
	take_down();
}

/* Its interrupts go to a core that runs, whichever the machine file names first. */
static void test_disk_interrupts_a_core_that_runs(void **state UNUSED)
{
	for (unsigned int i = 0; i < 2; i++) {
		put_machine(MACHINE(VM("domU1", MEM_8M "trivet,pcpus = <0 1>;" A_HOST_DISK)));
		power_on();
		nr_cpus = 2;
		cpus_online = BIT(i);
		role_boot();
		assert_int_equal(disk_core, i);
		assert_int_equal(vms[0]->p->vcpu[0]->home, i);
		take_down();
	}
	nr_cpus = 1;
	cpus_online = 1;
}

/* With k pages in the machine, for every k that is too few: one line, and every page and byte comes back. */
static void test_out_of_memory(void **state UNUSED)
{
	static struct config cfg;
	uint64_t need = VM_MEMORY / PAGE_SIZE;
	bool built = false;

	put_machine(MACHINE(VM("domU1", MEM_8M "trivet,rng;" A_HOST_DISK)));
	power_on();
	role_boot();
	cfg = config;
	vm_destroy(vms[0]);
	vms[0] = NULL;
	for (uint64_t k = 1; !built && k < need + 300; k += k < need - 4 ? 61 : 1) {
		uint64_t heap_before;
		struct vm *vm;

		host_reset();
		host_ram_init(PA(BASE), RAM);
		frame_reset();
		heap_reset();
		assert_int_equal(frame_add_bank(PA(BASE), RAM, records), OK);
		assert_int_equal(frame_release(PA(BASE), k * PAGE_SIZE), OK);
		heap_before = heap_in_use();
		log_forget();
		vm = vm_create(&cfg.vm[0], NULL);
		if (vm) {
			assert_int_equal(log_lines, 0);
			assert_int_equal(vm_start(vm), OK);
			check_pristine(vm);
			built = true;
			vm_destroy(vm);
		} else {
			assert_int_equal(log_lines, 1);
			assert_memory_equal(log_text[0], "machine.dtb: /chosen/domU1: ", 28);
		}
		assert_int_equal(frame_count_free(), k);
		assert_int_equal(heap_in_use(), heap_before);
	}
	assert_true(built);
	take_down();
}

/* RAM in crumbs: no block larger than 64 KiB is free, and each second one is somebody's. */
static void test_scattered(void **state UNUSED)
{
	pa_t pa, last = PA(0);
	unsigned int jumps = 0;

	put_machine(MACHINE(VM("domU1", MEM_8M)));
	host_reset();
	host_ram_init(PA(BASE), RAM);
	frame_reset();
	heap_reset();
	log_forget();
	memset(vms, 0, sizeof(vms));
	live = 0;
	assert_int_equal(frame_add_bank(PA(BASE), RAM, records), OK);
	for (uint64_t at = 0; at < RAM; at += 128 * KIB)
		assert_int_equal(frame_release(PA(BASE + at), 64 * KIB), OK);
	role_boot();
	assert_int_equal(log_lines, 0);
	check_pristine(vms[0]);
	for (uint64_t at = 0; at < VM_MEMORY; at += PAGE_SIZE) {
		assert_int_equal(s2_lookup(&vms[0]->p->s2, IPA(vmap[VMAP_RAM].base + at), &pa, NULL, NULL), OK);
		assert_int_equal((pa.a - BASE) / (64 * KIB) % 2, 0);
		jumps += pa.a != last.a + PAGE_SIZE;
		last = pa;
	}
	assert_int_equal(jumps, VM_MEMORY / (64 * KIB));
	take_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_reboot),
		cmocka_unit_test(test_disk_answers_late),
		cmocka_unit_test(test_disk_interrupts_a_core_that_runs),
		cmocka_unit_test(test_reset_loop),
		cmocka_unit_test(test_power_off),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_all_off),
		cmocka_unit_test(test_all_off_and_then),
		cmocka_unit_test(test_no_restart),
		cmocka_unit_test(test_too_much_memory),
		cmocka_unit_test(test_nothing_to_run),
		cmocka_unit_test(test_cut_bundle),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_scattered),
	};

	return UNIT_RUN(tests);
}
