/* lib/modelf.h - a read-only view of a module's ELF file, whatever the machine
 *
 * ELF32 and ELF64, either byte order, plain or compressed. For programs that look at
 * thousands of modules: of a plain file only the header, the tables and the sections
 * asked for are read (pread into buffers that are used again for the next file).
 *
 * Interface:
 *  - modelf_init() once; then modelf_open() ... modelf_close() for each file;
 *    modelf_free() at the end. A failed open needs no close.
 *  - Everything is checked here: sections lie within the file, string tables end with
 * NUL, names lie within them. Afterwards no index or offset is wrong.
 *  - Functions return 0 or -errno; for -ENOEXEC, modelf_why() says what is wrong.
 *  - Strings and bytes handed out live until modelf_close().
 */
#ifndef MODELF_H
#define MODELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include "unpack.h"

struct modelf_section {
	const char *name;
	uint64_t offset, size, entsize, flags;
	uint32_t type, link, info; /* SHT_* */
};

struct modelf_symbol {
	const char *name;
	uint64_t value, size;
	uint32_t secidx; /* SHN_XINDEX for what does not fit in 16 bits */
	uint8_t bind, type;
};

/* Bytes of one section, or of neighbours read at once. */
struct modelf_bytes {
	unsigned char *bytes; /* len of them, then a NUL */
	size_t len, room;
};

struct modelf {
	struct stat st;	  /* of the file */
	bool wide, big;	  /* ELF64; most significant byte first */
	uint16_t machine; /* EM_* */
	struct modelf_section *sections;
	uint32_t nsections;
	uint32_t nsymbols, first_global; /* 0 without a symbol table */

	/* private */
	int fd;
	uint64_t len;		    /* of the unpacked object */
	struct modelf_bytes packed; /* all of a compressed file */
	struct unpacker unpacker;
	const unsigned char *whole; /* what it holds; NULL: the file is read */
	uint32_t sections_room;
	uint32_t symtab_idx;   /* section of the symbol table */
	uint32_t symbols_from; /* first symbol that modelf_symbols() read */
	const unsigned char *symtab;
	const char *strtab;
	uint64_t strtab_len;
	const char *names; /* of sections */
	uint64_t names_len;
	struct modelf_bytes headers, name_bytes, symbols, strings;
	char why[128];
};

void modelf_init(struct modelf *m);
void modelf_free(struct modelf *m);

/* Open `path` relative to dirfd (AT_FDCWD). Returns 0, -errno of open or read, -EINVAL
 * (no regular file), -ENOEXEC (not a relocatable ELF file, damaged), -EBADMSG (damaged
 * compression), -ENOMEM. */
int modelf_open(struct modelf *m, int dirfd, const char *path);
void modelf_close(struct modelf *m);

/* Why the last call failed, for the user: a phrase, for every error. */
const char *modelf_why(const struct modelf *m, int err);

/* Index of the first section of that name that has bytes, or 0. */
uint32_t modelf_find(const struct modelf *m, const char *name);

/* The bytes of a section, in a buffer of the caller that starts zeroed, is used again,
 * and is released with modelf_bytes_free(). Returns 0 or -errno. */
int modelf_section(struct modelf *m, uint32_t secidx, struct modelf_bytes *out);
void modelf_bytes_free(struct modelf_bytes *b);

/* The last `len` bytes of the file, or all if there are fewer, into a buffer as above. */
int modelf_tail(struct modelf *m, uint64_t len, struct modelf_bytes *out);

/* Read the symbol table from number `first` on (m->first_global skips the local symbols).
 * Without a table there are none. Returns 0 or -errno. */
int modelf_symbols(struct modelf *m, uint32_t first);

/* Symbol `i` of those read (first <= i < nsymbols). Returns 0, or -ENOEXEC if its name
 * lies outside the string table. */
int modelf_symbol(struct modelf *m, uint32_t i, struct modelf_symbol *sym);

/* A number of the file's byte order: 2, 4 or 8 bytes at p. */
uint64_t modelf_number(const struct modelf *m, const unsigned char *p, unsigned size);

#endif
