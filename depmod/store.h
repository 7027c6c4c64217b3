/* depmod/store.h - the facts of all modules, symbol names as numbers
 *
 * Numbers of a module's exports and imports are ranges of two arrays, its info strings a
 * range of one text (see enum fact_info). What is in the store is what the cache keeps.
 */
#ifndef STORE_H
#define STORE_H

#include <stdint.h>
#include "facts.h"
#include "names.h"
#include "tree.h"

/* A symbol that a module exports or imports: its number in store->symbols. Of an import the
 * top bit says that it is weak. */
typedef uint32_t store_symbol;
#define STORE_WEAK 0x80000000u

struct store_list {
	store_symbol *v;
	uint32_t n, room;
};

struct store {
	struct names symbols;
	struct store_list exports, imports;
	bool crcs; /* keep versions: the lists beside them */
	struct store_list export_crcs, import_crcs;
	struct text info;
};

/* Where the facts of another store begin. */
struct store_offsets {
	uint32_t exports, imports, info;
};

/* Put one module's facts into the store and their place into *m. Returns 0 or -ENOMEM. */
int store_add(struct store *s, struct module *m, const struct facts *f);
void store_free(struct store *s);

/* Put all of `from` behind what is in *s. The modules that were stored in `from` have to be
 * told: store_move() with the same `at`. Returns 0 or -ENOMEM. */
int store_append(struct store *s, const struct store *from, struct store_offsets *at);
void store_move(struct module *m, const struct store_offsets *at);

/* Make room for n more entries at the end. Returns 0 or -ENOMEM. */
int store_list_room(struct store_list *list, uint32_t n);

/* Next info string of a module of the wanted kind, or NULL. *at starts at 0. */
const char *store_info(const struct store *s, const struct module *m, enum fact_info kind,
		       uint32_t *at);

#endif
