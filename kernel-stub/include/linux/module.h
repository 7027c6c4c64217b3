/* linux/module.h - what a module's source says about itself, and the module in memory
 *
 * The macros leave the same sections in an object as Linux 2.4 does: .modinfo (key=value,
 * each NUL-terminated), __ksymtab (address and name of each export) and .kstrtab (the
 * names). The loader supplies the header that THIS_MODULE points to.
 */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/types.h>
#include <linux/init.h>
#include <asm/atomic.h>
#include "abi/module.h"

#ifndef UTS_RELEASE
#define UTS_RELEASE "2.4.27-modstack"
#endif

struct module_symbol {
	unsigned long value;
	const char *name;
};

struct module_ref {
	struct module *dep; /* the module needed */
	struct module *ref; /* the module that needs it */
	struct module_ref *next_ref;
};

struct exception_table_entry {
	unsigned long insn, fixup;
};

struct module {
	unsigned long size_of_struct;
	struct module *next;
	const char *name;
	unsigned long size;
	union {
		atomic_t usecount;
		long pad;
	} uc;
	unsigned long flags;
	unsigned nsyms, ndeps;
	struct module_symbol *syms;
	struct module_ref *deps, *refs;
	int (*init)(void);
	void (*cleanup)(void);
	const struct exception_table_entry *ex_table_start, *ex_table_end;
	const void *persist_start, *persist_end;
	int (*can_unload)(void); /* non-zero: busy */
	int runsize;
	const char *kallsyms_start, *kallsyms_end;
	const char *archdata_start, *archdata_end;
	const char *kernel_data;
};

#if __SIZEOF_POINTER__ == 4
#define MODULE_ASSERT(member)                                                            \
	_Static_assert(offsetof(struct module, member) ==                                \
			       offsetof(struct tgt_module, member),                      \
		       #member)
_Static_assert(sizeof(struct module) == sizeof(struct tgt_module), "struct module");
MODULE_ASSERT(name);
MODULE_ASSERT(size);
MODULE_ASSERT(flags);
MODULE_ASSERT(nsyms);
MODULE_ASSERT(ndeps);
MODULE_ASSERT(syms);
MODULE_ASSERT(refs);
MODULE_ASSERT(init);
MODULE_ASSERT(ex_table_end);
MODULE_ASSERT(can_unload);
MODULE_ASSERT(runsize);
MODULE_ASSERT(kernel_data);
#undef MODULE_ASSERT
#endif

#define MOD_UNINITIALIZED 0
#define MOD_RUNNING	  TGT_MOD_RUNNING
#define MOD_DELETED	  TGT_MOD_DELETED
#define MOD_AUTOCLEAN	  TGT_MOD_AUTOCLEAN
#define MOD_VISITED	  TGT_MOD_VISITED
#define MOD_USED_ONCE	  TGT_MOD_USED_ONCE
#define MOD_JUST_FREED	  TGT_MOD_JUST_FREED
#define MOD_INITIALIZING  TGT_MOD_INITIALIZING
#define MOD_QUARANTINED	  TGT_MOD_QUARANTINED

/* --- use counts --------------------------------------------------------------------- */

#define GET_USE_COUNT(mod) (atomic_read(&(mod)->uc.usecount))

#ifdef MODULE
#define __MOD_INC_USE_COUNT(mod)                                                         \
	(atomic_inc(&(mod)->uc.usecount), (mod)->flags |= MOD_VISITED | MOD_USED_ONCE)
#define __MOD_DEC_USE_COUNT(mod)                                                         \
	(atomic_dec(&(mod)->uc.usecount), (mod)->flags |= MOD_VISITED)
#else
/* The kernel keeps account of its own uses: the count in the header is not to be relied on
 * any more when the module has faulted. */
#define try_inc_mod_count(mod)	 mod_hold(mod)
#define __MOD_INC_USE_COUNT(mod) ((void)mod_hold(mod))
#define __MOD_DEC_USE_COUNT(mod) mod_release(mod)
#endif
#define __MOD_IN_USE(mod) (mod_in_use(mod))

/* Is anybody using it? Asks the module itself if it has can_unload. */
int mod_in_use(struct module *mod);

/* Take a reference from outside of the module. 1, or 0 if it is being deleted; a NULL
 * module (built into the kernel) always succeeds. */
#ifdef MODULE
int try_inc_mod_count(struct module *mod);
#else
int(try_inc_mod_count)(struct module *mod);
int mod_hold(struct module *mod);
void mod_release(struct module *mod);
#endif

#ifdef MODULE
extern struct module __this_module;
#define THIS_MODULE	  (&__this_module)
#define MOD_INC_USE_COUNT __MOD_INC_USE_COUNT(THIS_MODULE)
#define MOD_DEC_USE_COUNT __MOD_DEC_USE_COUNT(THIS_MODULE)
#define MOD_IN_USE	  __MOD_IN_USE(THIS_MODULE)
#else
#define THIS_MODULE	  ((struct module *)0)
#define MOD_INC_USE_COUNT ((void)0)
#define MOD_DEC_USE_COUNT ((void)0)
#define MOD_IN_USE	  1
#endif
#define SET_MODULE_OWNER(some) ((some)->owner = THIS_MODULE)

/* Data published under a name, so that the user need not link against the owner. get: NULL
 * if nobody published it or its module leaves; else the owner is in use until put. */
void inter_module_register(const char *name, struct module *owner, const void *data);
void inter_module_unregister(const char *name);
const void *inter_module_get(const char *name);
void inter_module_put(const char *name);
/* get; if nobody has published it, ask for `module` first. May sleep. */
const void *inter_module_get_request(const char *name, const char *module);

/* --- .modinfo ----------------------------------------------------------------------- */

#define MODULE_PASTE_(a, b) a##b
#define MODULE_PASTE(a, b)  MODULE_PASTE_(a, b)
#define MODULE_STRING_(x)   #x
#define MODULE_STRING(x)    MODULE_STRING_(x)
#define __MODULE_STRING(x)  MODULE_STRING_(x)

#ifdef MODULE
#define MODULE_TEXT(unique, text)                                                        \
	static const char MODULE_PASTE(__module_##unique, __LINE__)[]                    \
		__attribute__((section(".modinfo"), used, aligned(1))) = text
#else
#define MODULE_TEXT(unique, text) struct module
#endif

#define MODULE_AUTHOR(name)	      MODULE_TEXT(author, "author=" name)
#define MODULE_DESCRIPTION(text)      MODULE_TEXT(description, "description=" text)
#define MODULE_SUPPORTED_DEVICE(name) MODULE_TEXT(device, "device=" name)
#define MODULE_LICENSE(name)	      MODULE_TEXT(license, "license=" name)
#define MODULE_ALIAS(name)	      MODULE_TEXT(alias, "alias=" name)
#define MODULE_VERSION(text)	      MODULE_TEXT(version, "version=" text)
#define MODULE_INFO(key, text)	      MODULE_TEXT(key, #key "=" text)

/* type: [MIN[-MAX]] then b byte, h short, i int, l long, s string, cN char[N]. */
#ifdef MODULE
/* A static variable that nobody seems to write is a constant to gcc and loses its symbol,
 * unless its address is taken; .modstring is not loaded. */
#define MODULE_PARM(var, type)                                                           \
	static const void *const __module_parm_at_##var                                  \
		__attribute__((section(".modstring"), used)) = &var;                     \
	MODULE_TEXT(parm_##var, "parm_" #var "=" type)
#else
#define MODULE_PARM(var, type) MODULE_TEXT(parm_##var, "parm_" #var "=" type)
#endif
#define MODULE_PARM_DESC(var, text)                                                      \
	MODULE_TEXT(parm_desc_##var, "parm_desc_" #var "=" text)

/* The 2.6 forms. perm is for sysfs, which there is not. A string is a char pointer, a
 * bool an int, as in the parm_ entry that goes with it. */
#define module_param(var, type, perm) module_param_named(var, var, type, perm)
#define module_param_named(name, var, type, perm)                                        \
	MODULE_KEEP(var);                                                                \
	MODULE_TEXT(parmtype_##name, "parmtype=" #name ":" #type);                       \
	MODULE_TEXT(parmsym_##name, "parmsym=" #name ":" #var);                          \
	MODULE_TEXT(parm_##name, "parm_" #var "=" MODULE_PARM_##type)
#define module_param_array(var, type, num, perm)                                         \
	MODULE_KEEP(var);                                                                \
	MODULE_TEXT(parmtype_##var, "parmtype=" #var ":array of " #type);                \
	MODULE_TEXT(parmcount_##var, "parmcount=" #var ":" #num)
#define MODULE_PARM_byte   "b"
#define MODULE_PARM_short  "h"
#define MODULE_PARM_ushort "h"
#define MODULE_PARM_int	   "i"
#define MODULE_PARM_uint   "i"
#define MODULE_PARM_bool   "i"
#define MODULE_PARM_long   "l"
#define MODULE_PARM_ulong  "l"
#define MODULE_PARM_charp  "s"

/* The loader's map files are made from these two words. */
#define MODULE_DEVICE_TABLE(type, table)                                                 \
	static const unsigned long __module_##type##_device_size __attribute__((used)) = \
		sizeof(struct type##_device_id);                                         \
	static const struct type##_device_id *const __module_##type##_device_table       \
		__attribute__((used)) = table

#ifdef MODULE
static const char __module_kernel_version[]
	__attribute__((section(".modinfo"), used, aligned(1))) =
		"kernel_version=" UTS_RELEASE;
#endif

/* --- exports ------------------------------------------------------------------------ */

#define MODULE_EXPORT(symbol, text)                                                      \
	static const char __kstrtab_##symbol[]                                           \
		__attribute__((section(".kstrtab"), used, aligned(1))) = text;           \
	extern const struct module_symbol __ksymtab_##symbol;                            \
	const struct module_symbol __ksymtab_##symbol                                    \
		__attribute__((section("__ksymtab"), used, aligned(4))) = {              \
			(unsigned long)&symbol, __kstrtab_##symbol}

/* With MODVERSIONS a symbol is exported as NAME_R<checksum of its declaration>, and a module's
 * code uses it under that name (modversions.h, from genksyms). The kernel's own code keeps the
 * plain names: there the version is only in the table. genksyms wants to see the macros. */
#ifndef __GENKSYMS__
#define MODULE_TEXT_OF(x)  #x
#define MODULE_EXPANDED(x) MODULE_TEXT_OF(x)
#if !defined(MODVERSIONS)
#define MODULE_EXPORT_NAME(symbol) #symbol
#elif defined(MODULE)
#define MODULE_EXPORT_NAME(symbol) MODULE_TEXT_OF(symbol)
#else
#define MODULE_EXPORT_NAME(symbol) #symbol "_R" MODULE_EXPANDED(__ver_##symbol)
#endif
#define EXPORT_SYMBOL(symbol)	     MODULE_EXPORT(symbol, MODULE_EXPORT_NAME(symbol))
#define EXPORT_SYMBOL_NOVERS(symbol) MODULE_EXPORT(symbol, #symbol)
#define EXPORT_SYMBOL_GPL(symbol)                                                        \
	MODULE_EXPORT(symbol, "GPLONLY_" MODULE_EXPORT_NAME(symbol))
#endif

#if defined(MODULE) && defined(MODVERSIONS)
static const char __module_using_checksums[]
	__attribute__((section(".modinfo"), used, aligned(1))) = "using_checksums=1";
#endif

/* An empty section that is not loaded: its presence alone says "export nothing". */
#define EXPORT_NO_SYMBOLS __asm__(".section __ksymtab\n.previous")

#endif
