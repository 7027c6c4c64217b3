/* make_elf.c - see make_elf.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "make_elf.h"

#define MAX 64

struct elf_maker {
	Elf32_Shdr sections[MAX];
	const void *contents[MAX];
	char *names[MAX];
	int nsections;
	Elf32_Sym symbols[MAX];
	int nsymbols, nlocals;
	Elf32_Rel rels[MAX][MAX];
	int nrels[MAX];
	char strings[4096];
	size_t strings_len;
	char *file;
	size_t file_len;
};

struct elf_maker *em_new(void)
{
	struct elf_maker *m = calloc(1, sizeof(*m));

	m->nsections = m->nsymbols = m->nlocals = 1;
	m->strings_len = 1;
	return m;
}

void em_free(struct elf_maker *m)
{
	free(m->file);
	free(m);
}

static unsigned add_string(struct elf_maker *m, const char *s)
{
	unsigned at = m->strings_len;

	if (!*s)
		return 0;
	if (at + strlen(s) + 1 > sizeof(m->strings))
		abort();
	strcpy(m->strings + at, s);
	m->strings_len += strlen(s) + 1;
	return at;
}

int em_section(struct elf_maker *m, const char *name, Elf32_Shdr header,
	       const void *bytes)
{
	if (m->nsections == MAX)
		abort();
	header.sh_name = add_string(m, name);
	m->sections[m->nsections] = header;
	m->contents[m->nsections] = bytes;
	return m->nsections++;
}

int em_symbol(struct elf_maker *m, const char *name, int bind, int type, int shndx,
	      unsigned value, unsigned size)
{
	if (m->nsymbols == MAX)
		abort();
	m->symbols[m->nsymbols] = (Elf32_Sym){
		.st_name = add_string(m, name),
		.st_value = value,
		.st_size = size,
		.st_info = ELF32_ST_INFO(bind, type),
		.st_shndx = shndx,
	};
	m->nlocals += bind == STB_LOCAL;
	return m->nsymbols++;
}

void em_relocation(struct elf_maker *m, int section, unsigned offset, int symbol,
		   int type)
{
	if (m->nrels[section] == MAX)
		abort();
	m->rels[section][m->nrels[section]++] =
		(Elf32_Rel){offset, ELF32_R_INFO(symbol, type)};
}

static void add_tables(struct elf_maker *m, int symtab)
{
	int n = symtab, sections = m->nsections;

	if (em_section(m, ".symtab",
		       (Elf32_Shdr){.sh_type = SHT_SYMTAB,
				    .sh_size = m->nsymbols * sizeof(Elf32_Sym),
				    .sh_link = symtab + 1,
				    .sh_info = m->nlocals,
				    .sh_entsize = sizeof(Elf32_Sym)},
		       m->symbols) != n)
		abort();
	em_section(m, ".strtab", (Elf32_Shdr){.sh_type = SHT_STRTAB}, m->strings);
	for (int i = 1; i < sections; i++)
		if (m->nrels[i])
			em_section(m, ".rel",
				   (Elf32_Shdr){.sh_type = SHT_REL,
						.sh_size =
							m->nrels[i] * sizeof(Elf32_Rel),
						.sh_link = symtab,
						.sh_info = i,
						.sh_entsize = sizeof(Elf32_Rel)},
				   m->rels[i]);
	m->sections[symtab + 1].sh_size = m->strings_len;
}

const void *em_finish(struct elf_maker *m, size_t *len)
{
	int symtab = m->nsections;
	Elf32_Ehdr h = {
		.e_ident = ELFMAG,
		.e_type = ET_REL,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(h),
		.e_shentsize = sizeof(Elf32_Shdr),
		.e_shstrndx = symtab + 1,
	};
	FILE *out = open_memstream(&m->file, &m->file_len);
	Elf32_Shdr *s;

	add_tables(m, symtab);
	h.e_ident[EI_CLASS] = ELFCLASS32;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	h.e_ident[EI_VERSION] = EV_CURRENT;
	h.e_shnum = m->nsections;
	h.e_shoff = sizeof(h);
	fwrite(&h, sizeof(h), 1, out);
	for (int i = 1, at = sizeof(h) + m->nsections * sizeof(*s); i < m->nsections;
	     i++) {
		s = &m->sections[i];
		s->sh_offset = at;
		at += s->sh_type == SHT_NOBITS ? 0 : s->sh_size;
	}
	fwrite(m->sections, sizeof(*s), m->nsections, out);
	for (int i = 1; i < m->nsections; i++) {
		s = &m->sections[i];
		if (s->sh_type == SHT_NOBITS)
			continue;
		for (unsigned j = 0; !m->contents[i] && j < s->sh_size; j++)
			fputc(0, out);
		if (m->contents[i])
			fwrite(m->contents[i], 1, s->sh_size, out);
	}
	fclose(out);
	*len = m->file_len;
	return m->file;
}
