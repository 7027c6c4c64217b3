/* make_elf.h - write relocatable i386 objects as no assembler would
 *
 * Sections and symbols are numbered from 1 in the order of the calls; local symbols come
 * before the others. em_finish adds symbol table, strings and relocation sections. All of it
 * lives until em_free.
 */
#ifndef MAKE_ELF_H
#define MAKE_ELF_H

#include <elf.h>
#include <stddef.h>

struct elf_maker;

struct elf_maker *em_new(void);
void em_free(struct elf_maker *m);
/* bytes NULL: zeros. Returns the section's number. */
int em_section(struct elf_maker *m, const char *name, Elf32_Shdr header,
	       const void *bytes);
int em_symbol(struct elf_maker *m, const char *name, int bind, int type, int shndx,
	      unsigned value, unsigned size);
void em_relocation(struct elf_maker *m, int section, unsigned offset, int symbol,
		   int type);
/* The file's bytes. */
const void *em_finish(struct elf_maker *m, size_t *len);

#endif
