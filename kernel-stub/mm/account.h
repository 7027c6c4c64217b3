/* mm/account.h - how mm/ keeps the account that mm_counters() shows; not for others */
#ifndef MM_ACCOUNT_H
#define MM_ACCOUNT_H

#include "mm/mm.h"

extern struct mm_counters mm_account;

/* Interrupts off. */
static inline void account_move(enum mm_kind from, enum mm_kind to, unsigned long pages)
{
	mm_account.pages[from] -= pages;
	mm_account.pages[to] += pages;
}

static inline unsigned long mm_free_pages(void)
{
	return mm_account.pages[MM_FREE];
}

/* mm/page.c, for mm/init.c; arguments are page numbers. */
void pages_init(struct page *map, unsigned long pages);
void pages_reserve(unsigned long start, unsigned long end);
void pages_release(unsigned long start, unsigned long end);

#endif
