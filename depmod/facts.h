/* depmod/facts.h - what one module's file says: exports, imports, .modinfo, device tables
 *
 * facts_read() fills the lists from an open modelf; the strings in them point into its
 * buffers and are good until modelf_close(). The lists are used again for the next module.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include "modelf.h"
#include "text.h"

struct fact {
	const char *name;
	uint32_t len;
	uint32_t crc; /* version of the symbol; 0 unknown */
	bool weak;    /* import: may stay unresolved */
};

struct fact_list {
	struct fact *v;
	uint32_t n, room;
};

/* What is in facts.info: one letter, the value, NUL. */
enum fact_info {
	INFO_ALIAS = 'a',
	INFO_SOFTDEP = 's',
	INFO_WEAKDEP = 'w',
	INFO_TABLE = 't',   /* a row of a classic map file: see tables.h */
	INFO_PROBLEM = 'p', /* something wrong with its tables, to tell the user */
};

struct facts {
	struct fact_list exports, imports;
	struct text info;
	struct modelf_bytes modinfo, strings, versions, table;
};

struct facts_wanted {
	char prefix; /* -P: skipped at the front of symbol names; '\0' none */
	bool classic; /* an object of Linux 2.4 (.o): its rules for exports, its device tables */
	bool crcs; /* also the versions of symbols */
};

/* Returns 0, -ENOEXEC (modelf_why() says why), -errno of a read, -ENOMEM. */
int facts_read(struct facts *f, struct modelf *m, const struct facts_wanted *wanted);
void facts_free(struct facts *f);

#endif
