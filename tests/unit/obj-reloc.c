/* obj-reloc.c - each i386 relocation: values worked out by hand from the formulas of the
 * System V ABI, limits of the narrow ones, and what is said of a field that overflows
 */
#include <errno.h>
#include <stdint.h>
#include "fixture.h"
#include "make_elf.h"
#include "tap.h"

#define FIELD 4u /* offset of the field in .text, which is all of the image */

/* Link one relocation of `type` at FIELD, with this addend and symbol value. */
static int relocate(int type, tgt_addr base, tgt_addr S, uint32_t addend, uint32_t *field,
		    char *diag)
{
	struct elf_maker *e = em_new();
	uint32_t text[4] = {0x11111111, addend, 0x22222222, 0};
	struct obj_file *f;
	const void *bytes;
	size_t len;
	int err;

	em_section(e, ".text",
		   (Elf32_Shdr){
			   .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_size = 16},
		   text);
	em_symbol(e, "target", STB_GLOBAL, STT_NOTYPE, SHN_ABS, S, 0);
	em_relocation(e, 1, FIELD, 1, type);
	bytes = em_finish(e, &len);
	err = fixture_resolve(&f, bytes, len, NULL, NULL);
	if (!err)
		err = fixture_finish(f, NULL, base);
	if (!err)
		*field = fixture_word(f, base, base + FIELD);
	strcpy(diag, fixture_diags(f));
	if (!err && (fixture_word(f, base, base) != text[0] ||
		     fixture_word(f, base, base + 8) != text[2]))
		strcpy(diag, "bytes beside the field changed");
	obj_free(f);
	em_free(e);
	return err;
}

static void values(void)
{
	static const struct {
		const char *what;
		int type;
		tgt_addr base, S;
		uint32_t addend, want;
	} cases[] = {
		{"32: S + A", R_386_32, 0x10000000, 0x12345678, 0xfffffffc, 0x12345674},
		{"32 wraps", R_386_32, 0x10000000, 0xfffffff0, 0x20, 0x10},
		{"PC32: S + A - P", R_386_PC32, 0x10000000, 0x10000100, 0xfffffffc, 0xf8},
		{"PC32 backwards", R_386_PC32, 0x10000000, 0x0ffffff0, 0xfffffffc,
		 0xffffffe8},
		{"PLT32 is PC32", R_386_PLT32, 0x10000000, 0x10000100, 0xfffffffc, 0xf8},
		{"NONE leaves the field", R_386_NONE, 0x10000000, 5, 0x12345678,
		 0x12345678},
		{"16: S + A", R_386_16, 0x10000000, 0x1234, 0x5555fffc, 0x55551230},
		{"PC16: S + A - P", R_386_PC16, 0x100, 0x110, 0x5555fffe, 0x5555000a},
		{"8: S + A", R_386_8, 0x10000000, 0x12, 0x555555fc, 0x5555550e},
		{"PC8: S + A - P", R_386_PC8, 0x100, 0x110, 0x555555ff, 0x5555550b},
	};
	uint32_t got = 0;
	char diag[4096];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		relocate(cases[i].type, cases[i].base, cases[i].S, cases[i].addend, &got,
			 diag);
		is_number(got, cases[i].want, cases[i].what);
		is_string(diag, "", "and nothing else");
	}
}

static void limits(void)
{
	static const struct {
		int type;
		int32_t value; /* what the field should hold, less the addend */
		int32_t addend;
		bool fits;
	} cases[] = {
		{R_386_16, 65535, 0, true},    {R_386_16, 65536, 0, false},
		{R_386_16, -32768, 0, true},   {R_386_16, -32769, 0, false},
		{R_386_16, 65535, 1, false},   {R_386_16, 65536, -1, false},
		{R_386_PC16, 65535, 0, true},  {R_386_PC16, 65536, 0, false},
		{R_386_PC16, -65536, 0, true}, {R_386_PC16, -65537, 0, false},
		{R_386_8, 255, 0, true},       {R_386_8, 256, 0, false},
		{R_386_8, -128, 0, true},      {R_386_8, -129, 0, false},
		{R_386_PC8, 127, 0, true},     {R_386_PC8, 128, 0, false},
		{R_386_PC8, -128, 0, true},    {R_386_PC8, -129, 0, false},
		{R_386_PC8, 127, -1, true},    {R_386_PC8, 127, 1, false},
	};
	uint32_t got;
	char diag[4096];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool pc = cases[i].type == R_386_PC16 || cases[i].type == R_386_PC8;
		tgt_addr S = cases[i].value + (pc ? 0x40000000 + FIELD : 0);
		int err = relocate(cases[i].type, 0x40000000, S, cases[i].addend, &got,
				   diag);

		is_number(err, cases[i].fits ? 0 : -ENOEXEC,
			  cases[i].fits ? "a value that just fits"
					: "a value that does not fit");
		if (err != (cases[i].fits ? 0 : -ENOEXEC))
			printf("# type %d, value %d, addend %d\n", cases[i].type,
			       cases[i].value, cases[i].addend);
	}
}

static void messages(void)
{
	uint32_t got;
	char diag[4096];

	relocate(R_386_16, 0x40000000, 0x12345, 0, &got, diag);
	is_string(diag,
		  "Relocation overflow of type 20 for target (section .rel, entry 0: "
		  "offset "
		  "00000004 in .text, symbol value 00012345)",
		  "an overflow is located");
	is_number(relocate(99, 0x40000000, 0, 0, &got, diag), -ENOEXEC,
		  "an unknown type");
	is_string(diag,
		  "section .rel, entry 0: Unhandled relocation of type 99 for target",
		  "is located");
	is_number(relocate(R_386_TLS_LE, 0x40000000, 0, 0, &got, diag), -ENOEXEC,
		  "thread-local storage is refused");
}

/* A symbol with a GOT slot: the slot holds S, the field its offset or its address. */
static void got(void)
{
	static const unsigned char text[] = {
		0x8b, 0x83, 0, 0, 0, 0, /* mov target@GOT(%ebx),%eax */
		0x8b, 0x05, 0, 0, 0, 0, /* mov target@GOT,%eax */
		0x81, 0xc3, 2, 0, 0, 0, /* add $_GLOBAL_OFFSET_TABLE_,%ebx */
		0x8d, 0x83, 0, 0, 0, 0, /* lea target@GOTOFF(%ebx),%eax */
	};
	tgt_addr base = 0x10000000, table;
	struct elf_maker *e = em_new();
	struct obj_file *f;
	const void *bytes;
	size_t len;

	em_section(e, ".text",
		   (Elf32_Shdr){
			   .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_size = 24},
		   text);
	em_symbol(e, "target", STB_GLOBAL, STT_FUNC, 1, 0, 24);
	em_symbol(e, "_GLOBAL_OFFSET_TABLE_", STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
	em_relocation(e, 1, 2, 1, R_386_GOT32);
	em_relocation(e, 1, 8, 1, R_386_GOT32X);
	em_relocation(e, 1, 14, 2, R_386_GOTPC);
	em_relocation(e, 1, 20, 1, R_386_GOTOFF);
	bytes = em_finish(e, &len);
	is_number(fixture_resolve(&f, bytes, len, NULL, NULL), 0,
		  "code with a GOT resolves");
	is_number(fixture_finish(f, NULL, base), 0, "and links");
	table = fixture_address(f, "_GLOBAL_OFFSET_TABLE_");
	is_number(table, base + 24, ".got lies behind");
	is_number(obj_size(f), 28, "one slot serves both references");
	is_number(fixture_word(f, base, table), base, "the slot holds S");
	is_number(fixture_word(f, base, base + 2), 0, "GOT32: the slot's offset");
	is_number(fixture_word(f, base, base + 8), table,
		  "no base register: its address");
	is_number(fixture_word(f, base, base + 14), 2 + table - (base + 14), "GOTPC");
	is_number(fixture_word(f, base, base + 20), base - table, "GOTOFF");
	obj_free(f);
	em_free(e);
}

int main(void)
{
	values();
	limits();
	messages();
	got();
	return done();
}
