/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small objects. A slab is one page: a header, then objects of one size. A slab that has both free
 * and used objects is on its class's list, a full one on none, an empty one goes back to the frames
 * at once. What is larger is whole pages: it is page-aligned, which no object of a slab is, and its
 * frame record knows its order.
 *
 * State owned: the slabs. Lock: heap.lock (LOCK_HEAP); LOCK_FRAME inside it.
 */
#include "core/heap.h"

#include "arch/mmu.h"

#include "core/frame.h"
#include "core/lock.h"
#include "core/panic.h"
#include "core/s1.h"
#include "lib/bitmap.h"
#include "lib/list.h"
#include "lib/string.h"

#define SLAB_MAGIC   UINT64_C(0x74726976536c6162) /* "trivSlab" */
#define SLAB_OBJECTS 252

struct slab {
	uint64_t magic; /* xor its own address */
	struct list link;
	uint16_t class, count, used;
	uint64_t map[BITMAP_WORDS(SLAB_OBJECTS)]; /* set: handed out */
};

#define SLAB_HEADER 64
_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "the header's room");
_Static_assert((PAGE_SIZE - SLAB_HEADER) / 16 == SLAB_OBJECTS, "most objects in a slab");

/* Multiples of 16 that waste little of the page behind the header. */
static const uint16_t class_size[] = { 16, 32, 64, 128, 256, 496, 672, 1008, 1344, HEAP_SMALL_MAX };

#define CLASSES ARRAY_SIZE(class_size)

static struct {
	struct spinlock lock;
	bool ready;
	size_t in_use;
	struct list partial[CLASSES];
} heap = { .lock = SPINLOCK_INIT(LOCK_HEAP) };

static void init_once(void)
{
	if (heap.ready)
		return;
	for (unsigned int i = 0; i < CLASSES; i++)
		list_init(&heap.partial[i]);
	heap.ready = true;
}

static struct slab *slab_new(unsigned int class)
{
	pa_t pa = frame_alloc(0, FRAME_TRIVET);
	struct slab *s;

	if (pa_is_none(pa))
		return NULL;
	s = pa_to_ptr(pa);
	*s = (struct slab){
		.magic = SLAB_MAGIC ^ (uintptr_t)s,
		.class = (uint16_t) class,
		.count = (uint16_t)((PAGE_SIZE - SLAB_HEADER) / class_size[class]),
	};
	list_add(&heap.partial[class], &s->link);
	return s;
}

static void *slab_alloc(unsigned int class)
{
	struct list *l = &heap.partial[class];
	struct slab *s = list_empty(l) ? slab_new(class) : list_first(l, struct slab, link);
	unsigned int i;

	if (!s)
		return NULL;
	i = bitmap_next_clear(s->map, s->count, 0);
	CHECK(i < s->count);
	bitmap_set(s->map, i);
	s->used++;
	if (s->used == s->count)
		list_del(&s->link);
	heap.in_use += class_size[class];
	return (char *)s + SLAB_HEADER + i * class_size[class];
}

static void slab_free(struct slab *s, size_t offset)
{
	size_t size;
	unsigned int i;

	CHECK(s->magic == (SLAB_MAGIC ^ (uintptr_t)s) && offset >= SLAB_HEADER);
	size = class_size[s->class];
	offset -= SLAB_HEADER;
	i = (unsigned int)(offset / size);
	CHECK(offset % size == 0 && i < s->count);
	CHECK(bitmap_test(s->map, i)); /* clear: freed twice */
	bitmap_clear(s->map, i);
	if (s->used == s->count)
		list_add(&heap.partial[s->class], &s->link);
	s->used--;
	heap.in_use -= size;
	if (s->used == 0) {
		list_del(&s->link);
		s->magic = 0;
		frame_free(ptr_to_pa(s), 0);
	}
}

static unsigned int pages_order(size_t size)
{
	size_t pages = (size - 1) >> PAGE_SHIFT;

	return pages ? 64U - (unsigned int)__builtin_clzll(pages) : 0;
}

static void *pages_alloc(size_t size)
{
	unsigned int order = pages_order(size);
	pa_t pa = frame_alloc(order, FRAME_TRIVET);

	if (pa_is_none(pa))
		return NULL;
	heap.in_use += PAGE_SIZE << order;
	return pa_to_ptr(pa);
}

static void pages_free(pa_t pa)
{
	struct frame_info f;

	CHECK(frame_get(pa, &f) == OK && f.owner == FRAME_TRIVET && f.order != FRAME_NO_ORDER);
	heap.in_use -= PAGE_SIZE << f.order;
	frame_free(pa, f.order);
}

static void zero(void *p, size_t size)
{
	if (size < PAGE_SIZE)
		memset(p, 0, size);
	else
		arch_zero_pages(p, size);
}

void *heap_alloc(size_t size)
{
	unsigned int class = 0;
	void *p;

	if (size == 0)
		return NULL;
	while (class < CLASSES && class_size[class] < size)
		class ++;
	spin_lock(&heap.lock);
	init_once();
	p = class < CLASSES ? slab_alloc(class) : pages_alloc(size);
	spin_unlock(&heap.lock);
	if (p)
		zero(p, class < CLASSES ? class_size[class] : ALIGN_UP(size, PAGE_SIZE));
	return p;
}

void heap_free(void *p)
{
	size_t offset = (uintptr_t)p & (PAGE_SIZE - 1);
	struct frame_info f;
	pa_t pa;

	if (!p)
		return;
	pa = ptr_to_pa(p);
	CHECK(frame_get(pa, &f) == OK && f.owner == FRAME_TRIVET);
	spin_lock(&heap.lock);
	if (offset)
		slab_free((struct slab *)((char *)p - offset), offset);
	else
		pages_free(pa);
	spin_unlock(&heap.lock);
}

size_t heap_in_use(void)
{
	size_t n;

	spin_lock(&heap.lock);
	n = heap.in_use;
	spin_unlock(&heap.lock);
	return n;
}

void heap_reset(void)
{
	memset(&heap, 0, sizeof(heap));
	spin_init(&heap.lock, LOCK_HEAP);
}
