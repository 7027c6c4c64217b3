/* kernel/module.h - loadable modules: the system calls' bodies, and what the kernel asks
 *
 * A module is an area of memory that starts with a struct module, the header that module
 * code and classic tools know. The kernel trusts nothing in that area: all it decides by
 * lies in struct mod, and of the header it reads back only the use count and the two flags
 * that module code itself sets (VISITED, USED_ONCE). Everything is checked once, when the
 * image comes in (module_check.c).
 */
#ifndef KERNEL_MODULE_H
#define KERNEL_MODULE_H

#include <linux/list.h>
#include <linux/module.h>

struct text;
struct mod_export;

/* "user needs dep": one record of user's deps array. */
struct mod_link {
	struct mod *dep, *user;
	struct list_head refs;	   /* place in dep->refs */
	struct module_ref *record; /* in user's image; written for others, never read */
};

struct mod {
	struct list_head list;		 /* in mod_list */
	struct list_head same_name_hash; /* in a bucket of the two hashes */
	struct list_head same_addr_hash;
	struct module *header; /* the area; its first bytes are the header */
	tgt_ulong area;	       /* its size as created */
	tgt_ulong size;	       /* of the image in it */
	tgt_ulong state;       /* TGT_MOD_*, except VISITED and USED_ONCE */
	bool busy;	       /* an init_module is under way */
	bool withdrawn;	       /* in quarantine, and no longer registered anywhere */
	unsigned holds;	       /* uses the kernel itself has taken */
	unsigned inside;       /* calls into it that have not come back */
	unsigned long owner;   /* who created it, until it is initialised */
	unsigned long spared;  /* by this sweep */
	unsigned long born;    /* the how-manieth that was created */
	int (*init)(void);
	void (*cleanup)(void);
	int (*can_unload)(void);
	const struct module_symbol *syms; /* in the image, perhaps not aligned */
	unsigned nsyms, ndeps, nexports;
	struct mod_export *exports; /* [nexports], see module_export.c */
	const struct exception_table_entry *ex_start, *ex_end;
	const char *kallsyms, *kallsyms_end;
	tgt_addr text, rodata;	/* where these pages begin, 0: rights are not separate */
	struct mod_link *links; /* [ndeps] */
	struct list_head refs;	/* mod_links of those that need this one, newest first */
	unsigned name_size;	/* with its NUL */
	char name[];
};

/* All modules, newest first, the kernel's own entry (name "") last. */
extern struct list_head mod_list;
extern struct mod mod_kernel;

/* Boot: the kernel's own exports and exception table. */
void mod_boot(const struct module_symbol *syms, unsigned nsyms,
	      const struct exception_table_entry *ex_start,
	      const struct exception_table_entry *ex_end);

/* --- the system calls: user addresses in, a result or -errno out ------------------------
 * Semantics are those of Linux 2.4 on i386. */

/* Returns the address of the new area. */
long mod_create(tgt_addr name, tgt_ulong size);
/* Besides the classic errors: -EBUSY if it is initialised already, -EFAULT or -ETIME if
 * init() was stopped. */
int mod_start(tgt_addr name, tgt_addr image);
/* NULL name: sweep out the idle autoclean modules. */
int mod_delete(tgt_addr name);
int mod_query(tgt_addr name, tgt_long which, tgt_addr buf, tgt_ulong size, tgt_addr ret);
/* -EFAULT on any fault (the original returns the entries written before it). */
int mod_kernel_syms(tgt_addr table);

/* --- quarantine -----------------------------------------------------------------------
 *
 * A module that faulted runs no more: no call goes in, no new use is taken, its symbols
 * are not offered. What it has registered is withdrawn, and when nobody is left who uses it,
 * its memory is taken back and it is gone. rmmod takes such a module like any other. */

/* A gate into the module is being opened: false if there is no way in. A call that came
 * back, or was cut short, leaves. */
bool mod_enter(struct module *m);
void mod_leave(struct module *m);
/* It faulted. From interrupt handlers too. */
void mod_fault(struct module *m);
/* There may be something to do for mod_settle(), to be called when the kernel is in the
 * middle of nothing: before a process returns to ring 3, and when idle. */
extern bool mod_unsettled;
void mod_settle(void);

/* --- for the rest of the kernel ----------------------------------------------------- */

/* The process is gone: delete what it created and did not initialise. */
void mod_owner_gone(unsigned long owner);

/* The module whose area holds `addr`, or NULL. */
struct module *mod_at(unsigned long addr);
const char *mod_name(const struct module *m); /* "" for NULL */

/* The module that called a function of the kernel, which passes its return address; found
 * also if the call was the last thing a module's init did (a jump). NULL: the kernel. */
struct module *mod_caller(const void *return_address);

/* Where a fault at eip continues by the exception tables, or 0. */
unsigned long mod_search_extable(unsigned long eip);

/* Print "symbol+0x1c/0x40 [module]" for an address in a module. False if it is in none. */
bool mod_symname(unsigned long addr, char *buf, size_t size);

/* /proc/modules and /proc/ksyms. Return 0 or -ENOMEM. */
int mod_show_modules(struct text *t);
int mod_show_ksyms(struct text *t);
/* /proc/modmem: for each module its pages, their rights, and what lies there. */
int mod_show_memory(struct text *t);

/* --- within the core ---------------------------------------------------------------- */

/* A header as it came from user space, up to its own size_of_struct, zeros after. */
union mod_header {
	struct tgt_module h;
	struct {
		struct tgt_module classic;
		struct tgt_module_rights rights;
	};
	unsigned char bytes[TGT_MODULE_MAX_SIZE];
};

/* Does it describe an image that will lie at `base`, in an area of `area` bytes? NULL, or
 * what is wrong with it. */
const char *mod_check_header(const union mod_header *header, tgt_addr base,
			     tgt_ulong area, size_t name_len);
/* With the image in place: every symbol's name lies in it. */
bool mod_check_symbols(const struct mod *mod);

/* Read a module's name from user space and find it; NULL: the kernel's entry. 0, -ENOENT,
 * -EINVAL (empty), -ENAMETOOLONG, -EFAULT, -ENOMEM. */
int mod_find_user(tgt_addr name, struct mod **mod);

/* Make the module's symbols findable by name: 0 or -ENOMEM. And no longer; again is fine. */
int mod_export(struct mod *mod);
void mod_unexport(struct mod *mod);
/* QM_LOOKUP, records into t: how many, -EFAULT, -ENOMEM, -ENAMETOOLONG, -E2BIG. */
long mod_lookup(struct text *t, tgt_addr names);

/* The module whose area holds `addr`, or NULL. */
struct mod *mod_within(unsigned long addr);

/* init_module with a header of -`size` bytes: copy a range of the module's memory out, see
 * abi/module.h. 0, -EINVAL, -EFAULT. */
int mod_read_back(const struct mod *mod, tgt_addr image, tgt_ulong size);

/* If symbol i is the loader's marker of a section: its name (not terminated, *len bytes),
 * where it starts and its size; else NULL. */
const char *mod_section(const struct mod *mod, unsigned i, size_t *len,
			unsigned long *start, unsigned long *size);

bool mod_queryable(const struct mod *mod);
tgt_ulong mod_flags(const struct mod *mod);
/* Use count as shown: -1 if the module decides by can_unload. */
long mod_usecount(const struct mod *mod);
/* Name (not terminated, *len bytes) and value of symbol i; "" if it lies outside. */
const char *mod_symbol(const struct mod *mod, unsigned i, unsigned long *value,
		       size_t *len);

#endif
