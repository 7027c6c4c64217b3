/* obj-layout.c - order, offsets and the generated sections: the 2.4 loader's worked example
 *
 * The numbers are those that the classic insmod handed to create_module and init_module for
 * this object, except that the undefined weak symbol is not exported (nsyms 9, not 10).
 */
#include <stdlib.h>
#include "fixture.h"
#include "make_elf.h"
#include "tap.h"

#define BASE 0xd0840000u

static const char *const externals[] = {"printk=c0100000", NULL};

static void section_at(struct obj_file *f, const char *name, tgt_ulong at, tgt_ulong size)
{
	const struct obj_section *s = obj_find_section(f, name);

	ok(s && s->address == BASE + at && s->size == size, "%s lies at +%#x, %u bytes",
	   name, at, size);
	if (s && (s->address != BASE + at || s->size != size))
		printf("# got +%#x, %u\n", s->address - BASE, s->size);
}

static void add_ksymoops(struct obj_file *f)
{
	static const char *const names[] = {".text", ".rodata", ".data", ".bss"};
	char name[64];

	obj_add_export(f, "__insmod_mod_O/lib/modules/2.4.27/k/mod.o_M6B0202B6_V132123",
		       obj_find_section(f, ".this")->secidx, 0);
	for (int i = 0; i < 4; i++) {
		const struct obj_section *s = obj_find_section(f, names[i]);

		snprintf(name, sizeof(name), "__insmod_mod_S%s_L%u", names[i], s->size);
		obj_add_export(f, name, s->secidx, 0);
	}
}

static void worked_header(struct obj_file *f)
{
	static const tgt_ulong want[] = {
		0x60,	     0,		  BASE + 0x7e,
		0x249,	     0,		  0,
		9,	     0,		  BASE + 0x13c,
		0,	     0,		  BASE + 0x60,
		BASE + 0x6d, BASE + 0x76, BASE + 0x7e,
		0,	     0,		  0,
		0x244,	     0,		  0,
		0,	     0,		  0,
	};

	for (int i = 0; i < 24; i++)
		if (!ok(fixture_word(f, BASE, BASE + 4 * i) == want[i],
			"word %d of struct module is %x", i, want[i]))
			printf("# got %x\n", fixture_word(f, BASE, BASE + 4 * i));
}

static const char *string_at(struct obj_file *f, tgt_addr at)
{
	const char *image = obj_image(f, 0);

	return at >= BASE && at < BASE + obj_size(f) ? image + (at - BASE) : NULL;
}

static void worked_exports(struct obj_file *f)
{
	static const char *const want[] = {"helper", "a", "bigc", "smallc"};
	tgt_addr at = BASE + 0x13c;

	for (int i = 0; i < 9; i++, at += 8) {
		const char *name = string_at(f, fixture_word(f, BASE, at + 4));
		bool found = name && !strncmp(name, "__insmod_mod_", 13);

		for (int j = 0; j < 4 && name; j++)
			found = found || !strcmp(name, want[j]);
		ok(found && fixture_address(f, name) == fixture_word(f, BASE, at),
		   "export %d is %s, with its address", i, name);
	}
}

static void worked_parameters(struct obj_file *f)
{
	tgt_addr a = fixture_address(f, "a");

	is_number(fixture_word(f, BASE, a), 5, "a=5");
	is_string(string_at(f, fixture_word(f, BASE, a + 4)), "x,y",
		  "s[0] is the quoted string");
	is_string(string_at(f, fixture_word(f, BASE, a + 8)), "z",
		  "s[1] is the bare string");
	is_string(string_at(f, a + 12), "abcdef", "c holds its characters");
	is_number(fixture_word(f, BASE, a + 20), 1, "v[0]");
	is_number(fixture_word(f, BASE, a + 24), 2, "v[1]");
	is_number(fixture_word(f, BASE, a + 28), 3, "v[2]");
	is_number(fixture_word(f, BASE, a + 32), 0, "v[3] is left alone");
}

static void worked_example(void)
{
	static const char *const params[] = {"a=5", "s=\"x,y\",z", "c=abcdef", "v=1,2,3"};
	struct obj_module m = {0};
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read("worked.o", &len);

	is_number(fixture_resolve(&f, bytes, len, externals, "mod"), 0,
		  "worked.o resolves");
	for (int i = 0; i < 4; i++)
		is_number(obj_set_param(f, params[i]), 0, params[i]);
	add_ksymoops(f);
	is_number(fixture_finish(f, &m, BASE), 0, "worked.o links");
	is_string(fixture_diags(f), "", "without a word");
	section_at(f, ".this", 0, 96);
	section_at(f, ".text", 0x60, 16);
	section_at(f, ".rodata", 0x70, 6);
	section_at(f, "__ex_table", 0x76, 8);
	section_at(f, "__ksymtab", 0x13c, 72);
	section_at(f, "__archdata", 0x190, 0);
	section_at(f, ".data", 0x190, 48);
	section_at(f, ".bss", 0x1c0, 0x84);
	section_at(f, ".text.init", 0x244, 1);
	section_at(f, ".data.init", 0x245, 4);
	is_number(obj_size(f), 0x249, "the image has 585 bytes");
	is_number(obj_runsize(f), 0x244, "of which 0x244 stay after init");
	is_number(fixture_address(f, "smallc"), BASE + 0x1c4,
		  "the small common comes first");
	is_number(fixture_address(f, "bigc"), BASE + 0x1e0,
		  "the big common is aligned to 32");
	worked_header(f);
	worked_exports(f);
	worked_parameters(f);
	obj_free(f);
	free(bytes);
}

static void dependency(void)
{
	static const tgt_addr providers[] = {0xd0800000, 0xd0810000, 0xd0820000};
	struct obj_module m = {.providers = providers, .nproviders = 3};
	const struct obj_section *s;
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read("worked.o", &len);

	is_number(obj_load(&f, bytes, len), 0, "worked.o loads");
	is_number(obj_add_symbol(f, "printk", 0xd0810100, 2), 1,
		  "a module exports printk");
	is_number(obj_add_symbol(f, "printk", 0xc0100000, 0), 0,
		  "the first provider wins");
	is_number(obj_resolve(f, "mod"), 0, "worked.o resolves");
	is_number(fixture_finish(f, &m, BASE), 0, "worked.o links");
	s = obj_find_section(f, ".kmodtab");
	ok(s && s->size == 12, "one dependency is one line of .kmodtab");
	if (s) {
		is_number(fixture_word(f, BASE, s->address), 0xd0810000,
			  "dep: the provider");
		is_number(fixture_word(f, BASE, s->address + 4), BASE,
			  "ref: this module");
		is_number(fixture_word(f, BASE, s->address + 8), 0,
			  "next_ref is the kernel's");
		is_number(fixture_word(f, BASE, BASE + 36), s->address,
			  "deps points there");
		ok(s->address > obj_find_section(f, ".kstrtab")->address &&
			   s->address < obj_find_section(f, "__ksymtab")->address,
		   ".kmodtab lies between .kstrtab and __ksymtab");
	}
	is_number(fixture_word(f, BASE, BASE + 28), 1, "ndeps");
	obj_free(f);
	free(bytes);
}

/* Sections of every priority, in an order that has to be turned round. */
static void load_order(void)
{
	static const struct {
		const char *name;
		int type, flags;
	} in[] = {
		{".data.init", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE},
		{".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE},
		{".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE},
		{".text.init", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR},
		{".comment", SHT_PROGBITS, 0},
		{".rodata", SHT_PROGBITS, SHF_ALLOC},
		{".note", SHT_NOTE, SHF_ALLOC},
		{".rodata", SHT_PROGBITS, SHF_ALLOC},
		{".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR},
		{".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR},
	};
	static const char want[] =
		".this .text .init.text .rodata .note .rodata .kstrtab "
		"__archdata .data .bss .text.init .data.init ";
	struct elf_maker *e = em_new();
	struct obj_module m = {.no_export_all = true};
	const struct obj_section *s;
	char got[256] = "";
	unsigned cursor = 0;
	struct obj_file *f;
	const void *bytes;
	size_t len;

	for (size_t i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		em_section(e, in[i].name,
			   (Elf32_Shdr){.sh_type = in[i].type,
					.sh_flags = in[i].flags,
					.sh_size = 3,
					.sh_addralign = 2},
			   NULL);
	bytes = em_finish(e, &len);
	is_number(fixture_resolve(&f, bytes, len, NULL, "m"), 0,
		  "every kind of section loads");
	is_number(fixture_finish(f, &m, BASE), 0, "and links");
	while ((s = obj_next_section(f, &cursor))) {
		strcat(got, s->name);
		strcat(got, " ");
	}
	is_string(got, want, "the load order");
	obj_free(f);
	em_free(e);
}

/* The classic loader laid such variables over struct module. */
static void commons_without_bss(void)
{
	struct elf_maker *e = em_new();
	struct obj_module m = {.no_export_all = true};
	const struct obj_section *bss;
	struct obj_file *f;
	const void *bytes;
	size_t len;

	em_section(e, ".text",
		   (Elf32_Shdr){
			   .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_size = 4},
		   NULL);
	em_symbol(e, "big", STB_GLOBAL, STT_OBJECT, SHN_COMMON, 16, 100);
	em_symbol(e, "later", STB_GLOBAL, STT_OBJECT, SHN_COMMON, 1, 5);
	em_symbol(e, "latest", STB_GLOBAL, STT_OBJECT, SHN_COMMON, 4, 5);
	bytes = em_finish(e, &len);
	is_number(fixture_resolve(&f, bytes, len, NULL, "m"), 0,
		  "commons without a .bss load");
	is_number(fixture_finish(f, &m, BASE), 0, "and link");
	bss = obj_find_section(f, ".bss");
	ok(bss && bss->align == 16, ".bss was made, with the largest alignment");
	if (bss) {
		is_number(fixture_address(f, "latest"), bss->address,
			  "the latest comes first");
		is_number(fixture_address(f, "later"), bss->address + 5,
			  "then the later");
		is_number(fixture_address(f, "big"), bss->address + 16,
			  "then the big one");
		is_number(bss->address + bss->size, BASE + obj_size(f),
			  "all inside the image");
	}
	obj_free(f);
	em_free(e);
}

static void stages_in_order(void)
{
	struct obj_module m = {0};
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read("worked.o", &len);

	obj_load(&f, bytes, len);
	is_number(obj_set_param(f, "a=1"), -22, "no parameters before obj_resolve");
	is_number(obj_build_module(f, &m), -22, "no tables before obj_resolve");
	is_number(obj_layout(f), -22, "no layout before obj_resolve");
	is_number(obj_relocate(f, BASE), -22, "no relocation before obj_layout");
	ok(!obj_image(f, 0), "no image before obj_relocate");
	obj_free(f);
	free(bytes);
}

/* What a refused object, or one that failed a stage, still answers. */
static void nothing_works(struct obj_file *f, const char *what)
{
	struct obj_module m = {0};

	is_number(obj_ignore_versions(f, ""), -22, what);
	is_number(obj_add_symbol(f, "printk", 1, 0), -22, what);
	is_number(obj_add_export(f, "new", SHN_ABS, 0), -22, what);
	is_number(obj_separate(f), -22, what);
	is_number(obj_resolve(f, "m"), -22, what);
	is_number(obj_check_params(f), -22, what);
	is_number(obj_set_param(f, "a=1"), -22, what);
	is_number(obj_build_module(f, &m), -22, what);
	is_number(obj_layout(f), -22, what);
	is_number(obj_relocate(f, BASE), -22, what);
	ok(!obj_image(f, 0), "%s", what);
}

static void failed_stages_end_the_line(void)
{
	struct obj_module m = {0};
	struct obj_file *f;
	size_t len;
	unsigned cursor = 0;
	unsigned char *bytes = fixture_read("worked.o", &len);

	obj_load(&f, bytes, 40);
	nothing_works(f, "nothing is done with a refused object");
	obj_free(f);
	is_number(fixture_resolve(&f, bytes, len, NULL, "m"), -2, "unresolved");
	nothing_works(f, "nothing is done after obj_resolve failed");
	is_string(fixture_diags(f), "unresolved symbol printk", "and nothing said");
	ok(obj_is_unresolved(obj_next_wanted(f, &cursor)), "it can be looked at");
	obj_free(f);
	obj_load(&f, bytes, len);
	obj_add_symbol(f, "printk", BASE, 0);
	obj_resolve(f, "m");
	obj_build_module(f, &m);
	is_number(obj_add_export(f, "new", SHN_ABS, 0), -22,
		  "no exports after obj_build_module");
	obj_free(f);
	free(bytes);
}

static void what_cannot_be_placed(void)
{
	const char *const externals[] = {"printk=c0100000", NULL};
	struct obj_module m = {0};
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read("worked.o", &len);

	fixture_resolve(&f, bytes, len, externals, "m");
	is_number(fixture_finish(f, &m, 0u - TGT_PAGE_SIZE / 16), -27,
		  "no image beyond the end of memory");
	ok(strstr(fixture_diags(f), "bytes do not fit behind address 0xffffff00"),
	   "and it is said");
	obj_free(f);
	obj_load(&f, bytes, len);
	obj_add_symbol(f, "printk", BASE, 2);
	obj_resolve(f, "m");
	is_number(obj_build_module(f, &m), -22, "a used provider must have an address");
	obj_free(f);
	free(bytes);
}

int main(void)
{
	worked_example();
	dependency();
	load_order();
	commons_without_bss();
	stages_in_order();
	failed_stages_end_the_line();
	what_cannot_be_placed();
	return done();
}
