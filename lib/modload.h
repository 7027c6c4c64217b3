/* lib/modload.h - load one module: from a file's bytes to a live module
 *
 * modload() is the whole line: read, obj_load, versions, imports, parameters, tables,
 * layout, create_module, relocate, image, init_module. insmod calls it once, modprobe in
 * a loop.
 *
 * Interface:
 *  - The door must be open (ksys_open), unless opt.symbols names a file.
 *  - Speaks through msg.h only, with the object's path as the object; never exits; keeps
 *    no state between calls.
 *  - Once create_module has succeeded every failure, SIGINT, SIGTERM and SIGHUP included,
 *    ends in delete_module. The signals' own dispositions are back when modload returns.
 *  - The object's file is locked while it is being loaded.
 */
#ifndef MODLOAD_H
#define MODLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/types.h"

struct modload_options {
	const char *path;	   /* the object file; any suffix, .gz by content */
	const char *name;	   /* -o: the module's name; NULL: from the path */
	const char *const *params; /* "symbol=value" each */
	size_t nparams;
	const char *prefix;  /* -P: prefix of symbol versions; NULL: as the kernel's */
	const char *blob;    /* -O: write the final image to this file, or NULL */
	const char *symbols; /* --symbols: resolve against this System.map or copy of
	                      * /proc/ksyms instead of a kernel; implies noload */
	const char
		*persist; /* -e: file of persistent data, "" for the default, or NULL */
	const char *persist_dir; /* configuration persistdir=, or NULL */
	const char *
		module_dir; /* for hints; NULL: the tree the file lies in, the kernel's */
	tgt_addr base;	    /* --base: pretended address with noload; 0: 0x12340000 */
	bool force;	    /* -f: load despite another version; taints */
	bool autoclean;	    /* -k */
	bool noload;	    /* -n: everything except create_module and init_module */
	bool probe;	    /* -p: stop after the link check */
	bool quiet;	    /* -q: no unresolved symbols, hints, version mismatch text */
	bool verbose;	    /* -v */
	bool no_export; /* -x: do not export all globals of an object without __ksymtab */
	bool no_ksymoops;     /* -y: do not add __insmod_ symbols */
	bool kallsyms;	      /* -S: add __kallsyms even if the kernel has none */
	bool numeric_version; /* -N: compare only a.b.c of the versions */
	bool map;	      /* -m: load map on stdout */
	bool json;	      /* --json: the map as data on stdout */
	bool exist_ok; /* say nothing if the module is there: the caller takes -EEXIST */
};

/* Returns 0; -EEXIST (a module of that name is loaded), -ENOENT (symbols unresolved or no
 * such file), -ENOEXEC (not a module for this machine, or made for another kernel),
 * -EINVAL (bad parameter), -EINTR (a signal came), a transport error of ksys.h, or the
 * kernel's own error. Every failure but -EEXIST with exist_ok has been reported through
 * msg.h. */
int modload(const struct modload_options *opt);

#endif
