/* SPDX-License-Identifier: BSD-3-Clause */
/* Which RAM is free at boot; see memory_map.h. */
#include "core/memory_map.h"

#include "core/frame.h"
#include "core/s1.h"
#include "lib/checked.h"
#include "lib/string.h"

static void remove_hole(struct memory_map *m, unsigned int i)
{
	memmove(&m->hole[i], &m->hole[i + 1], (m->count - i - 1) * sizeof(m->hole[0]));
	m->count--;
}

int memory_map_add(struct memory_map *m, struct hw_range r)
{
	uint64_t base = ALIGN_DOWN(r.base, PAGE_SIZE), end;
	unsigned int i = 0;

	/* What reaches beyond the last page but one ends there: no RAM is so high. */
	if (!checked_add(r.base, r.size, &end) || !checked_align_up(end, PAGE_SIZE, &end))
		end = ~(PAGE_SIZE - 1);

	if (!r.size || base >= end)
		return OK;
	/* Swallow every hole that touches the new one. */
	while (i < m->count) {
		uint64_t hb = m->hole[i].base, he = hb + m->hole[i].size;

		if (he < base || hb > end) {
			i++;
			continue;
		}
		base = MIN(base, hb);
		end = MAX(end, he);
		remove_hole(m, i);
	}
	if (m->count == MEMORY_MAP_HOLES_MAX)
		return E_NOMEM;
	for (i = 0; i < m->count && m->hole[i].base < base; i++)
		;
	memmove(&m->hole[i + 1], &m->hole[i], (m->count - i) * sizeof(m->hole[0]));
	m->hole[i] = (struct hw_range){ base, end - base };
	m->count++;
	return OK;
}

bool memory_map_next_free(const struct memory_map *m, uint64_t *at, uint64_t end, uint64_t *size)
{
	uint64_t a;

	if (!checked_align_up(*at, PAGE_SIZE, &a))
		return false;
	end = ALIGN_DOWN(end, PAGE_SIZE);
	for (unsigned int i = 0; i < m->count; i++) {
		uint64_t hb = m->hole[i].base, he = hb + m->hole[i].size;

		if (he <= a)
			continue;
		if (hb > a) {
			end = MIN(end, hb);
			break;
		}
		a = he;
	}
	if (a >= end)
		return false;
	*at = a;
	*size = end - a;
	return true;
}

/* A free place of size bytes in any bank; taken from then on. */
static int take(struct memory_map *m, const struct hw *h, uint64_t size, uint64_t *where)
{
	for (unsigned int b = 0; b < h->nr_banks; b++) {
		uint64_t at = h->bank[b].base, end = at + h->bank[b].size, run;

		while (memory_map_next_free(m, &at, end, &run)) {
			if (run >= size) {
				*where = at;
				return memory_map_add(m, (struct hw_range){ at, size });
			}
			at += run;
		}
	}
	return E_NOMEM;
}

int memory_map_init(const struct hw *h, const struct hw_range *own, unsigned int nr_own)
{
	static struct memory_map m;
	uint64_t records[HW_BANKS_MAX];
	int rc = OK;

	m.count = 0;
	for (unsigned int i = 0; rc == OK && i < h->nr_reserved; i++)
		rc = memory_map_add(&m, h->reserved[i]);
	for (unsigned int i = 0; rc == OK && i < nr_own; i++)
		rc = memory_map_add(&m, own[i]);
	for (unsigned int b = 0; rc == OK && b < h->nr_banks; b++)
		rc = take(&m, h, frame_records_size(h->bank[b].size), &records[b]);
	for (unsigned int b = 0; rc == OK && b < h->nr_banks; b++)
		rc = frame_add_bank(PA(h->bank[b].base), h->bank[b].size, pa_to_ptr(PA(records[b])));
	for (unsigned int b = 0; rc == OK && b < h->nr_banks; b++) {
		uint64_t at = h->bank[b].base, end = at + h->bank[b].size, run;

		while (rc == OK && memory_map_next_free(&m, &at, end, &run)) {
			rc = frame_release(PA(at), run);
			at += run;
		}
	}
	return rc;
}
