/* depmod/tables.h - device tables of Linux 2.4 modules and the map files made of them
 *
 * A module of 2.4 says in tables of binary structures which devices it drives
 * (__module_pci_device_table and others). tables_read() turns each entry into a row of a map
 * file, kept as an info string: the number of the map file as a letter, then the row without
 * the module's name. Layouts and rows: depmod(8) of modutils 2.4.
 */
#ifndef TABLES_H
#define TABLES_H

#include "modelf.h"
#include "store.h"
#include "text.h"
#include "tree.h"

/* Append the rows of an i386 object to `info` (enum fact_info). What is wrong with a table
 * becomes an INFO_PROBLEM, and the table is left out. Returns 0, -ENOMEM, -errno of a read. */
int tables_read(struct modelf *m, struct text *info);

/* Name of map file `i` from 0, NULL at the end; and its contents. */
const char *tables_name(unsigned i);
int tables_write(unsigned i, const struct tree *t, const struct store *s,
		 struct text *out);

#endif
