/* obj-load.c - objects that obj_load takes or refuses, and with which words */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include "fixture.h"
#include "make_elf.h"
#include "tap.h"

#define CODE   (SHF_ALLOC | SHF_EXECINSTR)
#define BASE   0xc8800000u
#define XCOUNT 66000u /* sections of the object with extended numbering */

static int section(struct elf_maker *e, const char *name, int type, int flags, int size)
{
	return em_section(
		e, name,
		(Elf32_Shdr){.sh_type = type, .sh_flags = flags, .sh_size = size}, NULL);
}

/* --- the header ---------------------------------------------------------------------------- */

static void header(void)
{
	static const struct {
		size_t at, size;
		unsigned value;
		const char *text;
	} cases[] = {
		{0, 1, 'E', "not an ELF file"},
		{EI_CLASS, 1, ELFCLASS64,
		 "ELF file not for this architecture: not 32-bit little endian"},
		{EI_DATA, 1, ELFDATA2MSB,
		 "ELF file not for this architecture: not 32-bit little endian"},
		{offsetof(Elf32_Ehdr, e_machine), 2, EM_ARM,
		 "ELF file not for this architecture: machine 40, not 3"},
		{offsetof(Elf32_Ehdr, e_type), 2, ET_EXEC,
		 "ELF file not a relocatable object: type 2, not 1"},
		{offsetof(Elf32_Ehdr, e_shentsize), 2, 64,
		 "section header size mismatch: 64 != 40"},
		{offsetof(Elf32_Ehdr, e_shstrndx), 2, 1,
		 "section 1, which should name the sections, is not a string table"},
		{offsetof(Elf32_Ehdr, e_shstrndx), 2, 100,
		 "section 100, which should name the sections, is not a string table"},
	};
	size_t len;
	unsigned char *bytes = fixture_read("worked.o", &len), saved[64];
	struct obj_file *f;

	memcpy(saved, bytes, sizeof(saved));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(bytes, saved, sizeof(saved));
		memcpy(bytes + cases[i].at, &cases[i].value, cases[i].size);
		is_number(obj_load(&f, bytes, len), -ENOEXEC, "a bad header");
		is_string(fixture_diags(f), cases[i].text, "is refused with words");
		obj_free(f);
	}
	is_number(obj_load(&f, "", 0), -ENOEXEC, "an empty file");
	is_string(fixture_diags(f), "empty file", "is refused with words");
	obj_free(f);
	free(bytes);
}

/* --- sections, symbols, relocations: one thing wrong in each ------------------------------- */

static void rela(struct elf_maker *e)
{
	section(e, ".rela.text", SHT_RELA, 0, 12);
}

static void init_array(struct elf_maker *e)
{
	section(e, ".init_array", SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE, 4);
}

static void strange(struct elf_maker *e)
{
	section(e, ".dynamic", SHT_DYNAMIC, SHF_ALLOC, 8);
}

static void compressed(struct elf_maker *e)
{
	section(e, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_COMPRESSED, 16);
}

static void thread_local(struct elf_maker *e)
{
	section(e, ".tdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS, 16);
}

static void alignment(struct elf_maker *e)
{
	em_section(e, ".data",
		   (Elf32_Shdr){.sh_type = SHT_PROGBITS,
				.sh_flags = SHF_ALLOC,
				.sh_addralign = 12},
		   NULL);
}

static void huge(struct elf_maker *e)
{
	section(e, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x7fffffff);
}

static void modinfo(struct elf_maker *e)
{
	em_section(e, ".modinfo", (Elf32_Shdr){.sh_type = SHT_PROGBITS, .sh_size = 3},
		   "a=b");
}

static void group_index(struct elf_maker *e)
{
	static const uint32_t group[] = {GRP_COMDAT, 77};

	em_section(e, ".group",
		   (Elf32_Shdr){.sh_type = SHT_GROUP, .sh_size = 8, .sh_info = 1}, group);
	em_symbol(e, "signature", STB_GLOBAL, STT_NOTYPE, 1, 0, 0);
}

static void group_twice(struct elf_maker *e)
{
	static const uint32_t group[] = {GRP_COMDAT};

	for (int i = 0; i < 2; i++)
		em_section(e, ".group",
			   (Elf32_Shdr){.sh_type = SHT_GROUP, .sh_size = 4, .sh_info = 1},
			   group);
	em_symbol(e, "signature", STB_GLOBAL, STT_NOTYPE, 1, 0, 0);
}

static void symbol_section(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, 99, 0, 0);
}

static void symbol_reserved(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, SHN_LORESERVE + 3, 0, 0);
}

static void symbol_extended(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, SHN_XINDEX, 0, 0);
}

static void symbol_binding(struct elf_maker *e)
{
	em_symbol(e, "x", 7, STT_NOTYPE, 1, 0, 0);
}

static void symbol_order(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, 1, 0, 0);
	em_symbol(e, "y", STB_LOCAL, STT_NOTYPE, 1, 0, 0);
}

static void symbol_tls(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_TLS, 1, 0, 0);
}

static void symbol_ifunc(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_GNU_IFUNC, 1, 0, 0);
}

static void common_alignment(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_OBJECT, SHN_COMMON, 3, 4);
}

static void relocation_symbol(struct elf_maker *e)
{
	em_relocation(e, 1, 0, 5, R_386_32);
}

static void relocation_offset(struct elf_maker *e)
{
	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, 1, 0, 0);
	em_relocation(e, 1, 13, 1, R_386_32);
}

static void relocation_bss(struct elf_maker *e)
{
	int bss = section(e, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 16);

	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, 1, 0, 0);
	em_relocation(e, bss, 0, 1, R_386_32);
}

static void relocation_unloaded(struct elf_maker *e)
{
	int other = section(e, ".comment", SHT_PROGBITS, 0, 16);

	em_symbol(e, "x", STB_GLOBAL, STT_NOTYPE, other, 0, 0);
	em_relocation(e, 1, 0, 1, R_386_32);
}

static void malformed(void)
{
	static const struct {
		void (*make)(struct elf_maker *e);
		const char *text;
	} cases[] = {
		{rela, "RELA relocations not supported on this architecture (section "
		       ".rela.text)"},
		{init_array, "section .init_array: constructors are not run in a kernel"},
		{strange, "can't handle sections of type 6 (.dynamic)"},
		{compressed, "section .data is compressed"},
		{thread_local, "section .tdata is thread-local storage"},
		{alignment,
		 "section .data: alignment 12 is not a power of two up to 4096"},
		{huge, "section .bss: size 2147483647 is more than 268435456"},
		{modinfo, "section .modinfo: its last string is not terminated"},
		{group_index, "section group 2: entry 1 is not a member"},
		{group_twice, "section group 3: there is another group signature"},
		{symbol_section, "symbol 1 (x): there is no section 99"},
		{symbol_reserved, "symbol 1 (x): there is no section 65283"},
		{symbol_extended, "symbol 1 (x): there is no section 65535"},
		{symbol_binding, "symbol 1 (x): unknown binding 7"},
		{symbol_order, "symbol 1 (x): not local among the local symbols"},
		{symbol_tls, "symbol 1 (x): thread-local variables are not supported"},
		{symbol_ifunc, "symbol 1 (x): indirect functions are not supported"},
		{common_alignment, "common symbol x: size 4 or alignment 3 is bad"},
		{relocation_symbol,
		 "section .rel, entry 0: Bad symbol index: 00000005 >= 00000001"},
		{relocation_offset,
		 "section .rel, entry 0: offset 0000000d lies outside of .text"},
		{relocation_bss, "section .rel relocates .bss, which has no contents"},
		{relocation_unloaded,
		 "symbol 1 (x) is needed, but section .comment is not loaded"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elf_maker *e = em_new();
		struct obj_file *f;
		const void *bytes;
		size_t len;

		section(e, ".text", SHT_PROGBITS, CODE, 16);
		cases[i].make(e);
		bytes = em_finish(e, &len);
		is_number(obj_load(&f, bytes, len), -ENOEXEC, "a malformed object");
		is_string(fixture_diags(f), cases[i].text, "is refused with words");
		obj_free(f);
		em_free(e);
	}
}

/* What looks odd and is taken. */
static void accepted(void)
{
	static const uint32_t group[] = {GRP_COMDAT, 1};
	struct elf_maker *e = em_new();
	struct obj_file *f;
	const void *bytes;
	size_t len;

	em_section(e, ".text.inline",
		   (Elf32_Shdr){.sh_type = SHT_PROGBITS,
				.sh_flags = CODE | SHF_GROUP,
				.sh_size = 4},
		   NULL);
	em_section(e, ".group",
		   (Elf32_Shdr){.sh_type = SHT_GROUP, .sh_size = 8, .sh_info = 1}, group);
	section(e, ".init_array", SHT_INIT_ARRAY, SHF_ALLOC, 0);
	section(e, ".rela.text", SHT_RELA, 0, 0);
	section(e, ".llvm_addrsig", 0x6fff4c03, (int)SHF_EXCLUDE, 4);
	section(e, ".note", SHT_NOTE, SHF_ALLOC, 12);
	section(e, ".vendor", SHT_LOPROC + 5, SHF_ALLOC, 4);
	em_symbol(e, "inline", STB_WEAK, STT_FUNC, 1, 0, 4);
	bytes = em_finish(e, &len);
	is_number(obj_load(&f, bytes, len), 0, "an empty .init_array is no problem");
	is_string(fixture_diags(f), "", "nor groups, notes and sections of a vendor");
	obj_free(f);
	em_free(e);
}

/* --- extended section numbering -------------------------------------------------------------- */

/* XCOUNT sections: all but the last four are the same eight bytes. Symbol far lies in section
 * 65520 (SHN_ABS - 1), near in 65530, and section 65521, numbered like SHN_ABS, refers to
 * both. The file is the header, the section headers, then this. */
static const struct {
	Elf32_Sym symbols[3];
	uint32_t indices[3];
	Elf32_Rel rel[2];
	char data[8], strings[16];
} xtail = {
	.symbols = {{0},
		    {.st_name = 4, .st_info = 0x10, .st_shndx = SHN_XINDEX},
		    {.st_name = 8, .st_info = 0x10, .st_shndx = SHN_XINDEX}},
	.indices = {0, 65520, 65530},
	.rel = {{0, ELF32_R_INFO(1, R_386_32)}, {4, ELF32_R_INFO(2, R_386_32)}},
	.strings = "\0.s\0far\0near",
};

#define XTABLE	sizeof(Elf32_Ehdr)
#define XTAIL	(XTABLE + XCOUNT * sizeof(Elf32_Shdr))
#define XSYMTAB (XCOUNT - 4)
/* offset and size of a member of xtail, as sh_offset and sh_size */
#define XPART(member)                                                                    \
	.sh_offset = XTAIL + offsetof(__typeof__(xtail), member),                        \
	.sh_size = sizeof(xtail.member)

static const Elf32_Ehdr xheader = {
	.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
	.e_type = ET_REL,
	.e_machine = EM_386,
	.e_version = EV_CURRENT,
	.e_shoff = XTABLE,
	.e_ehsize = sizeof(Elf32_Ehdr),
	.e_shentsize = sizeof(Elf32_Shdr),
	.e_shstrndx = SHN_XINDEX,
};
static const Elf32_Shdr xfirst = {.sh_size = XCOUNT, .sh_link = XSYMTAB + 1};
static const Elf32_Shdr xdata = {
	.sh_name = 1,
	.sh_type = SHT_PROGBITS,
	.sh_flags = SHF_ALLOC,
	XPART(data),
};
static const Elf32_Shdr xtables[4] = {
	{.sh_type = SHT_SYMTAB,
	 XPART(symbols),
	 .sh_link = XSYMTAB + 1,
	 .sh_info = 1,
	 .sh_entsize = sizeof(Elf32_Sym)},
	{.sh_type = SHT_STRTAB, XPART(strings)},
	{.sh_type = SHT_SYMTAB_SHNDX, XPART(indices), .sh_link = XSYMTAB},
	{.sh_type = SHT_REL,
	 XPART(rel),
	 .sh_link = XSYMTAB,
	 .sh_info = 65521,
	 .sh_entsize = sizeof(Elf32_Rel)},
};

static unsigned char *extended(size_t *len)
{
	unsigned char *file = calloc(1, *len = XTAIL + sizeof(xtail)), *at = file;

	at = mempcpy(at, &xheader, sizeof(xheader));
	at = mempcpy(at, &xfirst, sizeof(xfirst));
	for (uint32_t i = 1; i < XSYMTAB; i++)
		at = mempcpy(at, &xdata, sizeof(xdata));
	at = mempcpy(at, xtables, sizeof(xtables));
	memcpy(at, &xtail, sizeof(xtail));
	return file;
}

static void extended_numbering(void)
{
	size_t len;
	unsigned char *bytes = extended(&len);
	struct obj_file *f;

	is_number(fixture_resolve(&f, bytes, len, NULL, NULL), 0, "66000 sections load");
	is_number(fixture_finish(f, NULL, BASE), 0, "and link");
	is_string(fixture_diags(f), "", "without a word");
	is_number(fixture_address(f, "far"), BASE + 65519 * 8,
		  "a symbol in section 65520");
	is_number(fixture_address(f, "near"), BASE + 65529 * 8,
		  "a symbol in section 65530");
	is_number(fixture_word(f, BASE, BASE + 65520 * 8), BASE + 65519 * 8,
		  "section 65521 is relocated");
	is_number(fixture_word(f, BASE, BASE + 65520 * 8 + 4), BASE + 65529 * 8,
		  "all of it");
	obj_free(f);
	free(bytes);
}

int main(void)
{
	header();
	malformed();
	accepted();
	extended_numbering();
	return done();
}
