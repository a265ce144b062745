/* SPDX-License-Identifier: BSD-3-Clause */
/* Doubly linked ring lists with the link inside the element. The owner of the list has the lock. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/types.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(l)                                                                                                   \
	{                                                                                                              \
		&(l), &(l)                                                                                             \
	}

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* Insert n before l: at the tail, when l is the head of the list. */
static inline void list_add_tail(struct list *l, struct list *n)
{
	n->prev = l->prev;
	n->next = l;
	l->prev->next = n;
	l->prev = n;
}

static inline void list_add(struct list *l, struct list *n)
{
	list_add_tail(l->next, n);
}

/* Remove n and leave it as an empty list, so that a second removal is harmless and list_empty(n) says "not queued". */
static inline void list_del(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

#define list_entry(l, type, member)    container_of(l, type, member)
#define list_first(head, type, member) list_entry((head)->next, type, member)

#define list_for_each(it, head) for (struct list *it = (head)->next; it != (head); it = it->next)

/* As list_for_each, and the body may remove it. */
#define list_for_each_safe(it, nxt, head)                                                                              \
	for (struct list *it = (head)->next, *nxt = it->next; it != (head); it = nxt, nxt = it->next)

#endif
