/* libobj/obj.h - relocatable i386 ELF objects in memory: load, resolve, lay out, relocate
 *
 * The line, each stage entered once and in this order; nothing calls back up:
 *
 *	obj_load                bytes of the file, everything validated
 *	obj_next_wanted         what the object would take from outside ...
 *	obj_add_symbol          ... and what outside has
 *	obj_separate            if the kernel gives pages rights
 *	obj_resolve             unresolved symbols, commons, GOT, struct module
 *	obj_check_params        are the declarations of parameters good?
 *	obj_set_param           name=value into the data
 *	obj_build_module        .kmodtab, __ksymtab, .kstrtab, __archdata, __kallsyms
 *	obj_layout              order, offsets, size
 *	(the kernel gives an address)
 *	obj_relocate            S + A - P, then the recorded patches
 *	obj_image               one buffer, struct module first
 *
 * Who links something else than a kernel module passes no name to obj_resolve and leaves
 * obj_build_module out.
 *
 * Interface:
 *  - No printing, no exit, no global state: several objects may be linked in parallel.
 *  - Functions return 0 (or a documented positive value) or -errno; on failure the
 *    object's diagnostics say what and where, one line each (obj_diag). -EINVAL without a
 *    diagnostic is a stage called out of order, or after one that failed: a failed object
 *    can be looked at, and freed.
 *  - Everything an object hands out lives until obj_free(); names are never copied from
 *    the file's bytes, which must therefore stay in place as long as the object. Strings
 *    passed in are copied if they are needed later.
 *  - obj_load is the only place that trusts nothing: after it no index or offset is wrong.
 *
 * Formats: ELF from the System V ABI and its i386 supplement; struct module, .modinfo,
 * __ksymtab from Linux 2.4 (abi/module.h).
 */
#ifndef OBJ_H
#define OBJ_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/module.h"

#ifdef __cplusplus
extern "C" {
#endif

struct obj_file;

/* One symbol as seen from outside. */
struct obj_symbol {
	const char *name;
	tgt_addr value; /* within its section until obj_relocate, then the address */
	tgt_ulong size;
	int secidx; /* ELF section index, SHN_UNDEF/ABS/COMMON, or OBJ_IMPORTED +
		     * provider; see obj_is_import */
	unsigned char bind, type; /* STB_*, STT_* */
	bool referenced;	  /* by a relocation of an allocated section */
};
#define OBJ_IMPORTED	 0x10000000 /* secidx of an import: OBJ_IMPORTED + provider number */
#define obj_is_import(s) ((s)->secidx >= OBJ_IMPORTED)

/* One allocated section. */
struct obj_section {
	const char *name;
	tgt_addr address; /* after obj_layout offset in the image, then the address */
	tgt_ulong size;	  /* bytes */
	tgt_ulong align;  /* a power of two, at least 1 */
	tgt_ulong flags;  /* SHF_* */
	tgt_ulong type;	  /* SHT_*; after obj_resolve zero-filled is SHT_PROGBITS too */
	int secidx;	  /* what obj_symbol.secidx refers to */
};

/* How bad a diagnostic is: errors make the stage fail, warnings and notes do not. */
enum obj_severity { OBJ_NOTE, OBJ_WARNING, OBJ_ERROR };

/* --- load --------------------------------------------------------------------------- */

/* Read and validate. `bytes` (len) stay the caller's and must outlive the object. Sets
 * *out in every case (NULL only for -ENOMEM), so that the diagnostics of a refused object
 * can be read; obj_free it. Errors: -ENOEXEC (not such an object; the diagnostics say why
 * and where), -ENOMEM. */
int obj_load(struct obj_file **out, const void *bytes, size_t len);
void obj_free(struct obj_file *f); /* NULL is fine */

/* The next diagnostic, oldest first, or NULL; f may be NULL. Start with *cursor = 0. The text
 * names the place inside the object and has no newline; the caller puts the file's name in
 * front. */
const char *obj_diag(const struct obj_file *f, unsigned *cursor,
		     enum obj_severity *severity);

/* --- symbols ------------------------------------------------------------------------ */

/* The owner of a name (the override rules of the classic loader decided who that is, a
 * local only if no other symbol has the name); NULL if there is none. */
struct obj_symbol *obj_find_symbol(struct obj_file *f, const char *name);

/* The names an import could satisfy or replace (undefined, weak or common): next one or
 * NULL. Start with *cursor = 0. After obj_resolve failed, the unresolved ones are those
 * with obj_is_unresolved(). */
const struct obj_symbol *obj_next_wanted(const struct obj_file *f, unsigned *cursor);
bool obj_is_unresolved(const struct obj_symbol *s);

/* Define `name` from outside (provider: 0 the kernel, 1.. the modules in the order of
 * obj_module.providers). The first provider wins. Returns 1 if it became the definition,
 * 0 if the object keeps its own or has no use for it, -EINVAL (no such provider), -ENOMEM.
 *
 * Kernels of Linux 2.4 export what is for GPL-compatible modules only with GPLONLY_ before
 * its name: look NAME up as it is, then, if obj_gpl_compatible(), GPLONLY_NAME, and pass
 * NAME here. */
int obj_add_symbol(struct obj_file *f, const char *name, tgt_addr value, int provider);

/* Did this provider satisfy a symbol? */
bool obj_provider_used(const struct obj_file *f, int provider);

/* Define a GLOBAL symbol at the start of section `secidx` (see obj_find_section) or, with
 * SHN_ABS, of absolute value; it is exported whatever the rules of obj_build_module say.
 * For the __insmod_ symbols of ksymoops. `name` is copied. Call before obj_build_module.
 * Returns 0, -EEXIST (the object has a symbol of that name), -EINVAL (no such section),
 * -ENOMEM. */
int obj_add_export(struct obj_file *f, const char *name, int secidx, tgt_addr value);

/* Symbol versions: the length of `name` without a final _R + prefix + 8 characters. */
size_t obj_unversioned_length(const char *name, const char *prefix);

/* From now on two names that differ only in such a suffix are equal: obj_find_symbol and
 * obj_add_symbol see them so. Call before the first obj_add_symbol. Returns 0, -ENOMEM.
 */
int obj_ignore_versions(struct obj_file *f, const char *prefix);

/* Lay code, constants and data out on pages of their own, so that the kernel can give each
 * its rights, and say so in struct module. Call before obj_resolve. Not done if a section
 * is both written and executed (a warning). Returns 0, -EINVAL. */
int obj_separate(struct obj_file *f);

/* Call when imports are done: adds .this (struct module, symbol __this_module, its name in
 * .kstrtab) and a GOT if one is referred to, lists each undefined symbol that a relocation
 * needs ("unresolved symbol NAME"), makes weak undefined ones 0 and places commons.
 * module_name NULL: not a kernel module, no .this. Errors: -ENOENT (unresolved), -ENOEXEC
 * (commons cannot be placed), -ENOMEM. */
int obj_resolve(struct obj_file *f, const char *module_name);

/* --- .modinfo ----------------------------------------------------------------------- */

/* The next entry "key=value", or NULL. Start with *cursor = 0. */
const char *obj_next_modinfo(const struct obj_file *f, size_t *cursor);
/* The value of the first entry with exactly this key, or NULL. */
const char *obj_modinfo(const struct obj_file *f, const char *key);
bool obj_has_modinfo(const struct obj_file *f); /* false: an object of the 2.0 kind */

/* The version of the kernel it was compiled for, or NULL: kernel_version=, else the
 * string at the symbol kernel_version or __module_kernel_version, else the first word of
 * vermagic=. */
const char *obj_kernel_version(struct obj_file *f);

/* Does it refer to symbols with version checksums (using_checksums=, or a reference to
 * Using_Versions in an object without .modinfo)? */
bool obj_uses_checksums(struct obj_file *f);

/* license=, or NULL; and whether GPLONLY_ symbols may be used under it. */
const char *obj_licence(const struct obj_file *f);
bool obj_gpl_compatible(const struct obj_file *f);

/* --- parameters --------------------------------------------------------------------- */

/* Check every parm_ declaration; problems become diagnostics, most of them warnings, the
 * scan stops at the first. Returns 0, -EINVAL if one was an error. */
int obj_check_params(struct obj_file *f);

/* Store a parameter, "name=value" (section 14 of the 2.4 insmod's rules, or parmtype=
 * declarations of 2.6). Errors: -ENOENT (no such parameter), -EINVAL (syntax, number of
 * values), -ERANGE (a value does not fit its element, or the elements the variable),
 * -ENOMEM. */
int obj_set_param(struct obj_file *f, const char *assignment);

/* The names of the parameters declared persistent (a `p` after the type): the next one or
 * NULL. Start with *cursor = 0. NULL from the start if obj_check_params found a problem.
 */
const char *obj_next_persistent(struct obj_file *f, size_t *cursor);

/* --- what makes it a module --------------------------------------------------------- */

struct obj_module {
	bool no_export_all;	   /* -x: an object without __ksymtab exports nothing */
	bool kallsyms;		   /* add __kallsyms */
	const tgt_addr *providers; /* [provider - 1]: address of its struct module; read
				    * by this call only */
	unsigned nproviders;
};

/* Make .kmodtab (used providers, in order), __ksymtab with the strings it needs,
 * __archdata and, if asked for, __kallsyms. Returns 0, -ENOEXEC (bad __ksymtab), -EINVAL (a
 * provider was used that is not in m), -ENOMEM. */
int obj_build_module(struct obj_file *f, const struct obj_module *m);

/* --- layout, relocation, image ------------------------------------------------------ */

/* Order the allocated sections and give each its offset. Returns 0, -EFBIG (over 2 GB). */
int obj_layout(struct obj_file *f);
tgt_ulong obj_size(const struct obj_file *f); /* bytes, after obj_layout */
/* Up to the init sections, 0 if there are none. */
tgt_ulong obj_runsize(const struct obj_file *f);

/* Put the image at `base`: symbols and sections get addresses, contents are relocated.
 * `base` is a multiple of the largest alignment of a section, and of a page after
 * obj_separate; nobody checks. Every field that cannot be relocated is a diagnostic with
 * section, entry and symbol. Errors: -ENOEXEC, -EFBIG (ends above 4 GB), -ENOMEM. */
int obj_relocate(struct obj_file *f, tgt_addr base);

/* The image, obj_size() bytes, the object's own. Fills in struct module (flags: 0 or
 * TGT_MOD_AUTOCLEAN) if obj_resolve made one. NULL before obj_relocate. */
const void *obj_image(struct obj_file *f, tgt_ulong flags);

/* --- looking around ----------------------------------------------------------------- */

/* An allocated section by name, the first of several, or NULL. */
const struct obj_section *obj_find_section(const struct obj_file *f, const char *name);
/* The allocated sections, in load order after obj_layout: next one or NULL. */
const struct obj_section *obj_next_section(const struct obj_file *f, unsigned *cursor);

/* The symbols that the load map shows: absolute ones and those in allocated sections, not
 * imports; next one or NULL. */
const struct obj_symbol *obj_next_symbol(const struct obj_file *f, unsigned *cursor);
/* The map's letter: T code, D data, R read-only, B zero-filled, A absolute, U undefined,
 * lower case if local, ? otherwise. */
char obj_symbol_letter(const struct obj_file *f, const struct obj_symbol *s);

#ifdef __cplusplus
}
#endif
#endif
