/* libobj/obj.h - relocatable i386 ELF objects in memory: load, resolve, lay out, relocate
 *
 * The line: obj_load -> obj_add_symbol for each import -> obj_set_param ... ->
 * obj_build_module -> obj_layout -> (address from the kernel) -> obj_relocate -> obj_image.
 * Each stage is entered once, in this order; nothing calls back up.
 *
 * Interface:
 *  - No printing, no exit, no global state: several objects may be linked in parallel.
 *  - Functions return 0 (or a documented positive value) or -errno; on failure the object's
 *    diagnostics say what and where, one line each (obj_diag).
 *  - Everything an object hands out lives until obj_free(); names are never copied from the
 *    file bytes, which must therefore stay in place as long as the object.
 *  - obj_load is the only place that trusts nothing: after it no index or offset is wrong.
 */
#ifndef OBJ_H
#define OBJ_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/module.h"

struct obj_file;
struct obj_section;

/* One symbol as seen from outside. */
struct obj_symbol {
	const char *name;
	tgt_addr value;  /* within its section until obj_relocate, then the address */
	tgt_ulong size;
	int secidx;      /* ELF section index, SHN_UNDEF/ABS/COMMON, or OBJ_IMPORTED + provider */
	unsigned char bind, type; /* STB_*, STT_* */
	bool referenced; /* by a relocation of an allocated section */
};
#define OBJ_IMPORTED 0x100000 /* secidx of an import: OBJ_IMPORTED + provider number */

/* How bad a diagnostic is: errors make the stage fail, warnings and notes do not. */
enum obj_severity { OBJ_NOTE, OBJ_WARNING, OBJ_ERROR };

/* Load. `bytes` (len) stay the caller's and must outlive the object; `name` is used in no
 * text, the caller prefixes messages. Never returns without *out set (NULL only for ENOMEM),
 * so that diagnostics can be read. Errors: -ENOEXEC (not such an object; diagnostics say
 * why and where), -ENOMEM. */
int obj_load(struct obj_file **out, const void *bytes, size_t len);
void obj_free(struct obj_file *f); /* NULL is fine */

/* The next diagnostic, oldest first, or NULL. Pass the cursor on, starting at 0. */
const char *obj_diag(const struct obj_file *f, unsigned *cursor, enum obj_severity *severity);

/* Symbols. Find by name (override rules of the classic loader decided who owns the name);
 * NULL if there is none. */
struct obj_symbol *obj_find_symbol(struct obj_file *f, const char *name);

/* Define `name` from outside (provider: 0 the kernel, 1.. the modules) or as an absolute
 * symbol of this object. Returns 1 if it became the definition, 0 if the object keeps its
 * own, -ENOMEM. */
int obj_add_symbol(struct obj_file *f, const char *name, tgt_addr value, int provider);

/* The names an import could satisfy (undefined, weak or common): next one or NULL.
 * Start with *cursor = 0. */
struct obj_symbol *obj_next_wanted(struct obj_file *f, unsigned *cursor);

/* Call when imports are done: every referenced undefined symbol is an error, listed one
 * diagnostic each as "unresolved symbol NAME". Weak ones become 0. -ENOENT if any. */
int obj_check_undefined(struct obj_file *f);

#endif
