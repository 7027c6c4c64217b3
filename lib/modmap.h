/* lib/modmap.h - the load map of a linked module, as text and as data */
#ifndef MODMAP_H
#define MODMAP_H

#include "ksyms.h"
#include "obj.h"

/* The classic map on stdout: sections in load order, symbols by address. 0 or -ENOMEM. */
int modmap_print(const struct obj_file *f);

/* {"name","base","size","sections":[...],"symbols":[...],"depends":[...]} on stdout. */
int modmap_print_json(const struct obj_file *f, const char *name, tgt_addr base,
		      const struct ksyms *k);

#endif
