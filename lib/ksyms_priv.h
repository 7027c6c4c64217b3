/* lib/ksyms_priv.h - how a snapshot owns its memory; for ksyms*.c only */
#ifndef KSYMS_PRIV_H
#define KSYMS_PRIV_H

#include "ksyms.h"

struct ksyms_store {
	void **owned;
	size_t nowned, room;
};

/* An empty snapshot. Returns 0 or -ENOMEM. */
int ksyms_start(struct ksyms *k);

/* Let ksyms_free() release p, which was malloced (NULL: nothing). Returns p, or NULL, p
 * being freed, if there is no memory to note it. */
void *ksyms_adopt(struct ksyms *k, void *p);

/* Zeroed memory that ksyms_free() releases; NULL: none. */
void *ksyms_alloc(struct ksyms *k, size_t n, size_t size);

/* Take the n records of a QM_LOOKUP, size bytes at buf, which the snapshot owns: the
 * kernel's symbols, and the modules that export the others. 0, -EBADMSG, -ENOMEM. */
int ksyms_take_found(struct ksyms *k, const char *buf, uint32_t size, uint32_t n);

/* Likewise QM_LIST: the modules with infos and refs. */
int ksyms_take_list(struct ksyms *k, const char *buf, uint32_t size, uint32_t n);

#endif
