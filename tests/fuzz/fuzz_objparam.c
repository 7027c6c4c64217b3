/* fuzz_objparam.c - "FORMAT\0ASSIGNMENT": a declaration of parameter x and a value for it
 *
 * FORMAT is the whole .modinfo entry; the variable x has 16 bytes at the end of its section.
 */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "obj.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MODINFO_SIZE 256

/* .data, .modinfo, symbols, their strings, names of sections */
static struct {
	Elf32_Ehdr h;
	Elf32_Shdr sh[6];
	Elf32_Sym symbols[2];
	char data[20], modinfo[MODINFO_SIZE], strings[4], names[16];
} file;

#define AT(member) offsetof(__typeof__(file), member)

static void make_file(void)
{
	memset(&file, 0, sizeof(file));
	file.h =
		(Elf32_Ehdr){.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1},
			     .e_type = ET_REL,
			     .e_machine = EM_386,
			     .e_version = 1,
			     .e_shoff = AT(sh),
			     .e_ehsize = sizeof(file.h),
			     .e_shentsize = sizeof(file.sh[0]),
			     .e_shnum = 6,
			     .e_shstrndx = 5};
	file.sh[1] =
		(Elf32_Shdr){1, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0, AT(data), 20};
	file.sh[2] = (Elf32_Shdr){3, SHT_PROGBITS, 0, 0, AT(modinfo), MODINFO_SIZE};
	file.sh[3] = (Elf32_Shdr){1, SHT_SYMTAB, 0, 0, AT(symbols), 32, 4, 1, 0, 16};
	file.sh[4] = (Elf32_Shdr){1, SHT_STRTAB, 0, 0, AT(strings), 4};
	file.sh[5] = (Elf32_Shdr){1, SHT_STRTAB, 0, 0, AT(names), 16};
	file.symbols[1] =
		(Elf32_Sym){1, 4, 16, ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 1};
	strcpy(file.strings + 1, "x");
	strcpy(file.names + 1, "d");
	strcpy(file.names + 3, ".modinfo");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *nul = memchr(bytes, 0, len);
	size_t format = nul ? nul - bytes : len, rest;
	struct obj_file *f;
	const char *image;
	char *assignment;

	if (!nul || format >= MODINFO_SIZE)
		return 0;
	make_file();
	memcpy(file.modinfo, bytes, format);
	rest = len - format - 1;
	assignment = malloc(rest + 1);
	memcpy(assignment, nul + 1, rest);
	assignment[rest] = '\0';
	if (obj_load(&f, &file, sizeof(file)) || obj_resolve(f, "m"))
		abort(); /* the object is good */
	obj_check_params(f);
	obj_set_param(f, assignment);
	if (obj_build_module(f, &(struct obj_module){0}) || obj_layout(f) ||
	    obj_relocate(f, 0))
		abort(); /* whatever the parameter was */
	image = obj_image(f, 0);
	if (memcmp(image + obj_find_section(f, "d")->address, "\0\0\0\0", 4))
		abort(); /* the four bytes in front of x */
	obj_free(f);
	free(assignment);
	return 0;
}
