/* abi/module.h - the binary contract of the module system calls, Linux 2.2/2.4 on i386
 *
 * Every member is four bytes, little endian, without padding. The first word of struct
 * tgt_module is the size the writer knew, so members may be added at the end: a reader
 * asks TGT_MODULE_HAS() before it looks at one.
 */
#ifndef ABI_MODULE_H
#define ABI_MODULE_H

#include "abi/types.h"

struct tgt_module {
	tgt_ulong size_of_struct; /* header size as its writer knew it */
	tgt_addr next;		  /* kernel's list; ignored in an image */
	tgt_addr name;		  /* NUL-terminated, inside the image, after the header */
	tgt_ulong size;		  /* bytes, header + image */
	tgt_long usecount;
	tgt_ulong flags; /* TGT_MOD_*; an image may carry AUTOCLEAN only */
	tgt_ulong nsyms;
	tgt_ulong ndeps;
	tgt_addr syms; /* -> tgt_module_symbol[nsyms] */
	tgt_addr deps; /* -> tgt_module_ref[ndeps] */
	tgt_addr refs; /* kernel's: head of the list of modules that need this one */
	tgt_addr init; /* 0 or int (*)(void) */
	tgt_addr cleanup;
	tgt_addr ex_table_start; /* inclusive */
	tgt_addr ex_table_end;	 /* exclusive */
	/* optional members, present if size_of_struct covers them */
	tgt_addr persist_start;
	tgt_addr persist_end;
	tgt_addr can_unload; /* int (*)(void): non-zero means busy */
	tgt_ulong runsize;   /* bytes up to the first init section */
	tgt_addr kallsyms_start;
	tgt_addr kallsyms_end;
	tgt_addr archdata_start;
	tgt_addr archdata_end;
	tgt_addr kernel_data; /* must be 0 */
};

/* Not in Linux: behind struct tgt_module, which is then as large as size_of_struct says. The
 * image is three runs of pages: from its start, with the header, data that are written;
 * code; and data that are only read. Both starts 0: it is not so laid out. A kernel that
 * gives these pages their rights exports a symbol TGT_RIGHTS_SYMBOL. */
struct tgt_module_rights {
	tgt_addr text_start;   /* of a page */
	tgt_addr rodata_start; /* likewise, not lower */
};
#define TGT_RIGHTS_SYMBOL "module_rights"

/* init_module with a negative size_of_struct reads: the header's real size is its negative,
 * and the running module's bytes from persist_start to persist_end (exclusive) are copied to
 * the caller's memory right behind the header. rmmod saves persistent data so. */

#define TGT_MODULE_MIN_SIZE    60u /* through ex_table_end */
#define TGT_MODULE_SIZE	       96u /* the 2.4 header */
#define TGT_MODULE_RIGHTS_SIZE (TGT_MODULE_SIZE + sizeof(struct tgt_module_rights))
#define TGT_MODULE_MAX_SIZE    160u
#define TGT_MODULE_HAS(size_of_struct, member)                                           \
	(offsetof(struct tgt_module, member) + 4 <= (size_of_struct))

/* tgt_module.flags */
#define TGT_MOD_RUNNING	     1u
#define TGT_MOD_DELETED	     2u
#define TGT_MOD_AUTOCLEAN    4u
#define TGT_MOD_VISITED	     8u
#define TGT_MOD_USED_ONCE    16u
#define TGT_MOD_JUST_FREED   32u
#define TGT_MOD_INITIALIZING 64u
/* Not in Linux: it has faulted, and stays only until its last user has left. */
#define TGT_MOD_QUARANTINED 128u

struct tgt_module_symbol {
	tgt_ulong value;
	tgt_addr name; /* in a query_module(QM_SYMBOLS) buffer: offset from its start */
};

struct tgt_module_ref {
	tgt_addr dep;	   /* the module needed */
	tgt_addr ref;	   /* the module that needs it */
	tgt_addr next_ref; /* next in dep's list */
};

struct tgt_module_info {
	tgt_addr addr; /* of struct module */
	tgt_ulong size;
	tgt_ulong flags;
	tgt_long usecount;
};

struct tgt_kernel_sym {
	tgt_ulong value;
	char name[60]; /* always terminated */
};

struct tgt_exception_entry {
	tgt_addr insn;
	tgt_addr fixup;
};

/* query_module(name, which, buf, bufsize, ret) */
#define TGT_QM_MODULES 1
#define TGT_QM_DEPS    2
#define TGT_QM_REFS    3
#define TGT_QM_SYMBOLS 4
#define TGT_QM_INFO    5

/* Not in Linux, which answers -EINVAL or -ENOENT: questions whose answers do not grow with
 * what is loaded, or take one call where the classic ones take one for each module. Answers
 * are records, one behind the other; in each a string follows the next, and zeros make its
 * size a multiple of four. -ENOSPC as above.
 *
 * QM_LOOKUP: which exported symbols look like these? `name` points to names, the last one
 * empty; two names look alike if they are equal up to the first "_R" (a version), or their
 * end, GPLONLY_ not counted. Records: struct tgt_found, the symbol's name, its module's name
 * ("" for the kernel). For each of the names: newest module first, kernel last. *ret: number
 * of records. -E2BIG: more than TGT_LOOKUP_MAX names.
 *
 * QM_LIST: all modules, newest first. `name` is NULL. Records: struct tgt_listed, the
 * module's name, the names of those that need it. *ret: number of records. */
#define TGT_QM_LOOKUP  64
#define TGT_QM_LIST    65
#define TGT_LOOKUP_MAX 65536u

struct tgt_found {
	tgt_ulong size; /* of the record, bytes */
	tgt_ulong value;
	tgt_addr module; /* of struct module, 0: the kernel */
	tgt_ulong born;	 /* higher for modules that were created later, 0: the kernel */
};

struct tgt_listed {
	tgt_ulong size;
	tgt_ulong nrefs;
	struct tgt_module_info info;
};

/* Longest module name the calls accept, with its NUL: a page. */
#define TGT_MODULE_NAME_MAX TGT_PAGE_SIZE

#ifdef __cplusplus
#define TGT_ASSERT static_assert
#else
#define TGT_ASSERT _Static_assert
#endif
#define TGT_ASSERT_AT(member, off)                                                       \
	TGT_ASSERT(offsetof(struct tgt_module, member) == (off), #member)
TGT_ASSERT_AT(size_of_struct, 0);
TGT_ASSERT_AT(name, 8);
TGT_ASSERT_AT(size, 12);
TGT_ASSERT_AT(flags, 20);
TGT_ASSERT_AT(nsyms, 24);
TGT_ASSERT_AT(syms, 32);
TGT_ASSERT_AT(init, 44);
TGT_ASSERT_AT(ex_table_end, 56);
TGT_ASSERT_AT(can_unload, 68);
TGT_ASSERT_AT(kernel_data, 92);
#undef TGT_ASSERT_AT
TGT_ASSERT(sizeof(struct tgt_module) == TGT_MODULE_SIZE, "struct module");
TGT_ASSERT(sizeof(struct tgt_module_symbol) == 8, "module_symbol");
TGT_ASSERT(sizeof(struct tgt_module_ref) == 12, "module_ref");
TGT_ASSERT(sizeof(struct tgt_module_info) == 16, "module_info");
TGT_ASSERT(sizeof(struct tgt_kernel_sym) == 64, "kernel_sym");
TGT_ASSERT(sizeof(struct tgt_found) == 16, "found");
TGT_ASSERT(sizeof(struct tgt_listed) == 24, "listed");
#undef TGT_ASSERT

#endif
