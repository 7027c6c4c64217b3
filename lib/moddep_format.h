/* lib/moddep_format.h - the binary indexes of kmod (modules.dep.bin and its kin)
 *
 * A trie over 7-bit keys. All numbers are 32 bits, most significant byte first.
 *
 *	header   magic, version, root
 *	node     [prefix NUL]  [first last, then last - first + 1 children]  [count, then
 *	         count x {priority, value NUL}]
 *
 * A reference to a node (the root, a child) is its offset in the file; the top bits say which
 * of the three parts it has. 0 is no child. The key of a node is the way there: the prefixes of
 * all nodes passed, and between two of them the character that chose the child. Values are
 * sorted, smallest priority number first. kmod's depmod writes children before their parents; a
 * reader must not depend on that.
 */
#ifndef MODDEP_FORMAT_H
#define MODDEP_FORMAT_H

#define MODDEP_MAGIC   0xb007f457u
#define MODDEP_VERSION 0x00020001u /* major 2, minor 1: readers compare the major one */
#define MODDEP_HEADER  12	   /* bytes */

#define MODDEP_PREFIX	0x80000000u
#define MODDEP_VALUES	0x40000000u
#define MODDEP_CHILDREN 0x20000000u
#define MODDEP_OFFSET	0x0fffffffu

/* No key and no file name is longer. */
#define MODDEP_KEY_MAX 4096

#endif
