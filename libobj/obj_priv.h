/* libobj/obj_priv.h - what the files of libobj share, grouped by the file that defines it
 *
 * Interface:
 *  - struct obj_file owns everything; obj_free() is the only place that frees.
 *  - Contents of sections stay in the file's bytes and are never written: the image is built
 *    once, in obj_relocate, and what changes before that is kept as a list of stores.
 *  - Numbers in the file are little endian and may lie at any address: obj_get16/32.
 */
#ifndef OBJ_PRIV_H
#define OBJ_PRIV_H

#include <elf.h>
#include <endian.h>
#include <stdint.h>
#include <string.h>
#include "obj.h"

/* Larger images are refused (-EFBIG): no i386 kernel has a module area of this size. */
#define OBJ_MAX_SIZE (256u << 20)

/* Sections that libobj adds: .this .got .bss .kstrtab .kmodtab __ksymtab __archdata
 * __kallsyms. */
#define OBJ_MAX_ADDED 8

struct section {
	struct obj_section o;	    /* first: handed out */
	const unsigned char *bytes; /* o.size bytes; NULL: zeros */
	bool loaded;		    /* has a place in the image */
	unsigned char key;	    /* load order: higher is earlier */
	uint32_t link, info, entsize;
	uint32_t offset; /* in the image, after obj_layout */
	uint32_t record; /* offset of its record in __kallsyms */
};

struct symbol {
	struct obj_symbol o; /* first: handed out */
	uint32_t owner;	     /* index of the symbol that owns the name */
	uint32_t hash;
	uint32_t next; /* index of the next in the hash chain, 0 ends */
	uint32_t slot; /* 1 + number of its word in .got, or 0 */
};

struct relocations {
	const struct section *rel, *target;
};

/* A growing run of bytes: .kstrtab, __ksymtab. */
struct buffer {
	unsigned char *bytes;
	size_t len, cap;
};

/* A store into the image: `len` bytes before relocation, or (bytes NULL) after it the
 * address of the string at `string` in .kstrtab. */
struct store {
	struct store *next;
	const struct section *section;
	uint32_t offset;
	const unsigned char *bytes;
	uint32_t len;
	uint32_t string;
};

/* A line of __ksymtab that we add. */
struct export
{
	struct export *next;
	const struct symbol *symbol;
	uint32_t string; /* its name in .kstrtab */
};

struct diag {
	enum obj_severity severity;
	const char *text;
};

/* The last one that succeeded; one that fails ends the line. */
enum stage { FAILED, LOADED, RESOLVED, BUILT, LAID_OUT, RELOCATED };

struct obj_file {
	const unsigned char *bytes;
	size_t len;
	enum stage stage;

	struct block *blocks; /* the arena */
	struct diag *diags;
	unsigned ndiags, cap_diags;

	struct section *sections; /* nsections, room for OBJ_MAX_ADDED more */
	unsigned nsections;
	unsigned nfile_sections; /* those that came from the file */
	struct section *
		*order; /* the loaded ones: nloaded, load order after obj_layout */
	unsigned nloaded;
	struct section *modinfo;
	struct section *got, *this, *kstrtab, *ksymtab, *kmodtab, *archdata, *kallsyms;

	struct symbol *symbols; /* [0, nsymbols): as in the file; 0 is the null symbol */
	unsigned nsymbols;
	unsigned first_global;
	struct symbol **added; /* index nsymbols + i */
	unsigned nadded, cap_added;
	uint32_t *buckets, *local_buckets;
	uint32_t mask, local_mask;
	bool locals_hashed;
	const char *prefix; /* of symbol versions to ignore, or NULL */
	bool *providers;    /* used ones */
	unsigned nproviders;

	struct relocations
		*rels; /* one for each relocation section of a loaded section */
	unsigned nrels;
	unsigned char *uses; /* [symbol]: what relocations want of it (obj_load.c) */
	bool separate;	     /* obj_separate() */
	tgt_ulong text_start, rodata_start; /* offsets, after obj_layout */
	bool needs_got;
	bool has_aliases; /* some symbol is not the owner of its name */
	unsigned nslots;

	struct buffer strings, exports;
	uint32_t name; /* the module's, in .kstrtab */
	struct store *stores, **last_store;
	struct export *export_list, **last_export;
	unsigned nexports; /* lines of __ksymtab that came from the file */
	bool bad_params;   /* obj_check_params found a problem */
	struct kallsyms *kallsyms_data;
	unsigned ndeps;
	const tgt_addr *deps; /* addresses of the used providers */

	unsigned char *image;
	tgt_ulong size, runsize;
	tgt_addr base;
};

static inline uint16_t obj_get16(const unsigned char *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static inline uint32_t obj_get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static inline void obj_put32(unsigned char *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

/* The one range check: do `len` bytes at `off` lie within `size`? */
static inline bool obj_in_range(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}

/* --- obj_file.c ----------------------------------------------------------------------- */

/* Zeroed memory that lives as long as the object; NULL if there is none. */
void *obj_alloc(struct obj_file *f, size_t size);
char *obj_strdup(struct obj_file *f, const char *s, size_t len);
/* Record a diagnostic. obj_error returns err. */
int obj_error(struct obj_file *f, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void obj_warn(struct obj_file *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Append (bytes NULL: zeros) without moving on failure. 0 or -ENOMEM. */
int obj_append(struct buffer *b, const void *bytes, size_t len);

/* --- obj_section.c -------------------------------------------------------------------- */

/* Any section of that name, loaded or not: the first, or NULL. */
struct section *obj_section_named(const struct obj_file *f, const char *name);
/* Add a loaded section behind those there are. Never fails: the room was allocated. */
struct section *obj_add_section(struct obj_file *f, const char *name, uint32_t flags,
				uint32_t align);
void obj_load_section(struct obj_file *f, struct section *s); /* give it a place */
/* Append a string to .kstrtab, made if it is not there; *at is its offset. 0, -ENOMEM. */
int obj_add_string(struct obj_file *f, const char *s, uint32_t *at);

/* --- obj_symbol.c --------------------------------------------------------------------- */

int obj_hash_symbols(
	struct obj_file *f); /* after the table is read. 0, -ENOEXEC, -ENOMEM */
struct symbol *obj_lookup(struct obj_file *f, const char *name);
struct symbol *obj_symbol_at(const struct obj_file *f, uint32_t index);
/* The bytes from a symbol to the end of its section (*len), or NULL if it has none. */
const unsigned char *obj_symbol_bytes(const struct obj_file *f, const struct symbol *s,
				      uint32_t *len);

/* Is it defined here: absolute, or in a section that is loaded? */
bool obj_is_own(const struct obj_file *f, const struct obj_symbol *s);

/* --- obj_module.c, obj_kallsyms.c, obj_reloc.c ------------------------------------------- */

/* The build and place functions make sections with their final sizes (0, -ENOMEM, with a
 * diagnostic -ENOEXEC); the fill functions put the contents into the image. */
int obj_place_this(struct obj_file *f, const char *module_name);
int obj_place_got(struct obj_file *f);
int obj_build_kallsyms(struct obj_file *f);
void obj_fill_module(struct obj_file *f);
void obj_fill_kallsyms(struct obj_file *f);

/* --- arch/i386.c ------------------------------------------------------------------------ */

enum arch_needs { ARCH_GOT = 1, ARCH_SLOT = 2 };

/* A relocation type: the width of its field in bytes, and what has to be there before it
 * can be applied. */
struct arch_kind {
	unsigned char width;
	unsigned char needs; /* enum arch_needs */
	bool known;
};
extern const struct arch_kind obj_arch_kinds[256]; /* by type */

struct arch_place {
	unsigned char *section; /* contents in the image */
	tgt_addr address;	/* of the section */
	tgt_addr got;		/* of .got */
};

/* Relocate the field at `offset` (its width was checked) for symbol value S; `slot` is the
 * offset of the symbol's word in .got. 0, or -ERANGE: the result does not fit. */
int obj_arch_relocate(const struct arch_place *place, unsigned type, uint32_t offset,
		      tgt_addr S, uint32_t slot);

#endif
