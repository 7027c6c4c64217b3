/* obj-param.c - parameters: what is stored, what is refused and with which words
 *
 * Syntax and texts are those of the classic loader's description (section 14), with its
 * faults fixed: ranges, empty numbers, size of the variable, length of a cN.
 */
#include <errno.h>
#include <stdlib.h>
#include "fixture.h"
#include "make_elf.h"
#include "tap.h"

#define BASE 0xc8800000u

/* Link params.o with up to three parameters; the first error, else the object. */
static int with(struct obj_file **f, const char *const *params, unsigned char **bytes)
{
	size_t len;
	int err;

	*bytes = fixture_read("params.o", &len);
	err = fixture_resolve(f, *bytes, len, NULL, "params");
	for (; !err && *params; params++)
		err = obj_set_param(*f, *params);
	return err ? err : fixture_finish(*f, &(struct obj_module){0}, BASE);
}

static void dump(struct obj_file *f, const char *name, unsigned n, char *text)
{
	struct obj_symbol *s = obj_find_symbol(f, name);
	const unsigned char *p = obj_image(f, 0);

	for (unsigned i = 0; s && i < n; i++)
		text += sprintf(text, "%02x", p[s->value - BASE + i]);
}

static void numbers(void)
{
	static const struct {
		const char *param, *variable, *hex;
	} cases[] = {
		{"b=255", "b", "ff"},
		{"b=-128", "b", "80"},
		{"b=0x7f", "b", "7f"},
		{"b=010", "b", "08"},
		{"h=65535", "h", "ffff"},
		{"h=-32768", "h", "0080"},
		{"i=5", "i", "05000000"},
		{"i= +7", "i", "07000000"},
		{"i=-1", "i", "ffffffff"},
		{"i=4294967295", "i", "ffffffff"},
		{"i=-2147483648", "i", "00000080"},
		{"l=1", "l", "01000000eeeeeeee"},
		{"l=1,2", "l", "0100000002000000"},
		{"l=1 ,2 ", "l", "0100000002000000"},
		{"pair=3,4", "pair", "0300000004000000"},
		{"stat=9", "stat", "09000000"},
		{"wide=1,2", "wide", "010000000200000078563412"},
		{"zero=258", "zero", "02010000"},
		{"c=abcdefg", "c", "6162636465666700"},
		{"c=ab", "c", "616200eeeeeeeeee"},
		{"c=", "c", "00eeeeeeeeeeeeee"},
		{"c=\"a,\\x\\101\"", "c", "612c784100eeeeee"},
		{"cc=ab,cde", "cc", "616200ee63646500"},
		{"new_int=-2147483648", "new_int", "00000080"},
		{"new_uint=4294967295", "new_uint", "ffffffff"},
		{"new_bool", "new_bool", "01"},
		{"new_bool=Y", "new_bool", "01"},
		{"new_bool=off", "new_bool", "00"},
		{"new_not=1", "new_not", "00"},
		{"new_text=hello", "new_text", "68656c6c6f00"},
		{"new_array=1,-2", "new_array", "0100feffeeee"},
		{"new_array=1,-2", "new_count", "02000000"},
		{"new_name=200", "new_variable", "c8"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct obj_file *f;
		unsigned char *bytes;
		char got[64] = "";

		if (with(&f, (const char *const[]){cases[i].param, NULL}, &bytes))
			printf("# %s\n", fixture_diags(f));
		else
			dump(f, cases[i].variable, strlen(cases[i].hex) / 2, got);
		is_string(got, cases[i].hex, cases[i].param);
		obj_free(f);
		free(bytes);
	}
}

static void strings(void)
{
	static const struct {
		const char *param, *variable, *first, *second;
	} cases[] = {
		{"s=word", "s", "word", NULL},
		{"s=two words", "s", "two words", NULL},
		{"s=", "s", "", NULL},
		{"s=\"a,b\"", "s", "a,b", NULL},
		{"s=\"\\a\\b\\e\\f\\n\\r\\t\\7\\101\\1234\\q\\\"\"", "s",
		 "\a\b\033\f\n\r\t\007AS4q\"", NULL},
		{"ss=one,two", "ss", "one", "two"},
		{"ss=\"one\" ,two", "ss", "one", "two"},
		{"new_charp=a,\"b", "new_charp", "a,\"b", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct obj_file *f;
		unsigned char *bytes;
		int err = with(&f, (const char *const[]){cases[i].param, NULL}, &bytes);
		tgt_addr at = fixture_address(f, cases[i].variable);
		const char *image = obj_image(f, 0);

		is_number(err, 0, cases[i].param);
		if (!err) {
			is_string(image + fixture_word(f, BASE, at) - BASE,
				  cases[i].first, "the pointer leads to the string");
			if (cases[i].second)
				is_string(image + fixture_word(f, BASE, at + 4) - BASE,
					  cases[i].second, "the second one too");
		}
		obj_free(f);
		free(bytes);
	}
}

static void refusals(void)
{
	static const struct {
		const char *param;
		int err;
		const char *text;
	} cases[] = {
		{"nosuch=1", -ENOENT, "invalid parameter parm_nosuch"},
		{"i", -EINVAL, "no value for i"},
		{"gone=1", -EINVAL, "symbol for parameter gone not found"},
		{"odd=1", -EINVAL, "unknown parameter type 'q' for odd"},
		{"new_odd=1", -EINVAL, "unknown parameter type 'complex' for new_odd"},
		{"b=256", -ERANGE, "value 256 for b does not fit 1 byte"},
		{"b=-129", -ERANGE, "value -129 for b does not fit 1 byte"},
		{"h=65536", -ERANGE, "value 65536 for h does not fit 2 bytes"},
		{"i=4294967296", -ERANGE, "value 4294967296 for i does not fit 4 bytes"},
		{"i=-2147483649", -ERANGE,
		 "value -2147483649 for i does not fit 4 bytes"},
		{"i=99999999999999999999", -ERANGE,
		 "value 99999999999999999999 for i does not fit 4 bytes"},
		{"i=", -EINVAL, "empty value for i"},
		{"l=,2", -EINVAL, "empty value for l"},
		{"l=1,", -EINVAL, "empty value for l"},
		{"i=xyz", -EINVAL, "invalid argument syntax for i: 'x'"},
		{"i=--5", -EINVAL, "invalid argument syntax for i: '-'"},
		{"i=5x", -EINVAL, "invalid argument syntax for i: 'x'"},
		{"i=1,2", -EINVAL, "too many values for i (max 1)"},
		{"pair=1", -EINVAL, "too few values for pair (min 2)"},
		{"wide=1,2,3", -ERANGE,
		 "too many values for wide (the variable has 8 bytes)"},
		{"c=abcdefgh", -ERANGE, "string too long for c (max 7)"},
		{"cc=abc,defg", -ERANGE, "string too long for cc (max 3)"},
		{"s=\"abc", -EINVAL, "improperly terminated string argument for s"},
		{"s=\"abc\\", -EINVAL, "improperly terminated string argument for s"},
		{"s=\"abc\"x", -EINVAL, "invalid argument syntax for s: 'x'"},
		{"new_int=2147483648", -ERANGE,
		 "value 2147483648 for new_int does not fit 4 bytes with a sign"},
		{"new_uint=-1", -ERANGE,
		 "value -1 for new_uint does not fit 4 bytes without a sign"},
		{"new_bool=maybe", -EINVAL, "invalid argument syntax for new_bool: 'm'"},
		{"new_text=toolong", -ERANGE, "string too long for new_text (max 5)"},
		{"new_array=1,2,3,4", -ERANGE,
		 "too many values for new_array (the variable has 6 bytes)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct obj_file *f;
		unsigned char *bytes;

		is_number(with(&f, (const char *const[]){cases[i].param, NULL}, &bytes),
			  cases[i].err, cases[i].param);
		is_string(fixture_diags(f), cases[i].text, "and says so");
		obj_free(f);
		free(bytes);
	}
}

static void repeated(void)
{
	static const char *const params[] = {"l=1,2", "l=3", "s=x", NULL};
	struct obj_file *f;
	unsigned char *bytes;
	char got[64] = "";

	with(&f, params, &bytes);
	dump(f, "l", 8, got);
	is_string(got, "0300000002000000",
		  "a parameter given twice starts again at its first");
	obj_free(f);
	free(bytes);
}

/* --- definitions --------------------------------------------------------------------------- */

static void definitions(void)
{
	static const struct {
		const char *entry, *text;
		int err;
	} cases[] = {
		{"parm_x=i", "", 0},
		{"parm_x=1-4ip", "", 0},
		{"parm_desc_x=i", "", 0},
		{"parm_y=i", "symbol for parameter y not found", 0},
		{"parm_x=3-2i", "parameter x has max < min!", 0},
		{"parm_x=c", "parameter x has no size after 'c'!", 0},
		{"parm_x=", "parameter x has no format character!", 0},
		{"parm_x=2", "parameter x has no format character!", 0},
		{"parm_x=z", "parameter x has unknown format character 'z'", 0},
		{"parm_x=ix", "parameter x has unknown format modifier 'x'", 0},
		{"parm_x=sp", "parameter x is invalid persistent string", -EINVAL},
		{"parm_x", "parameter parm_x found with no value", -EINVAL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elf_maker *e = em_new();
		struct obj_file *f;
		const void *bytes;
		const char *persistent;
		size_t len, cursor = 0;

		em_section(e, ".data",
			   (Elf32_Shdr){.sh_type = SHT_PROGBITS,
					.sh_flags = SHF_ALLOC | SHF_WRITE,
					.sh_size = 16},
			   NULL);
		em_section(e, ".modinfo",
			   (Elf32_Shdr){.sh_type = SHT_PROGBITS,
					.sh_size = strlen(cases[i].entry) + 1},
			   cases[i].entry);
		em_symbol(e, "x", STB_LOCAL, STT_OBJECT, 1, 0, 16);
		bytes = em_finish(e, &len);
		fixture_resolve(&f, bytes, len, NULL, NULL);
		is_number(obj_check_params(f), cases[i].err, cases[i].entry);
		is_string(fixture_diags(f), cases[i].text, "and says so");
		persistent = obj_next_persistent(f, &cursor);
		is_string(persistent,
			  strchr(cases[i].entry, 'p') &&
					  !strcmp(cases[i].entry, "parm_x=1-4ip")
				  ? "x"
				  : NULL,
			  "persistent or not");
		obj_free(f);
		em_free(e);
	}
}

/* An object of the 2.0 kind has no .modinfo: the value tells the type. */
static void without_modinfo(void)
{
	struct elf_maker *e = em_new();
	struct obj_file *f;
	const void *bytes;
	size_t len;

	em_section(e, ".data",
		   (Elf32_Shdr){.sh_type = SHT_PROGBITS,
				.sh_flags = SHF_ALLOC | SHF_WRITE,
				.sh_size = 16},
		   NULL);
	em_symbol(e, "number", STB_LOCAL, STT_OBJECT, 1, 0, 8);
	em_symbol(e, "string", STB_LOCAL, STT_OBJECT, 1, 8, 4);
	bytes = em_finish(e, &len);
	fixture_resolve(&f, bytes, len, NULL, NULL);
	is_number(obj_set_param(f, "number=1,2"), 0, "numbers");
	is_number(obj_set_param(f, "string=text"), 0, "a string");
	is_number(obj_set_param(f, "number=1,2,3"), -ERANGE,
		  "as many as the variable holds");
	is_number(fixture_finish(f, NULL, BASE), 0, "links");
	is_number(fixture_word(f, BASE, fixture_address(f, "number") + 4), 2,
		  "the second number");
	is_string((const char *)obj_image(f, 0) +
			  fixture_word(f, BASE, fixture_address(f, "string")) - BASE,
		  "text", "the string");
	obj_free(f);
	em_free(e);
}

static void modinfo(void)
{
	size_t len, cursor = 0, n = 0;
	unsigned char *bytes = fixture_read("params.o", &len);
	struct obj_file *f;

	obj_load(&f, bytes, len);
	is_string(obj_modinfo(f, "license"), "GPL", "license=");
	is_string(obj_modinfo(f, "lic"), NULL, "a key counts whole");
	is_string(obj_modinfo(f, "parm_desc_i"), "a number", "parm_desc_i=");
	is_string(obj_kernel_version(f), "2.4.27-modstack", "the kernel version");
	ok(obj_gpl_compatible(f) && obj_uses_checksums(f) && obj_has_modinfo(f), "flags");
	while (obj_next_modinfo(f, &cursor))
		n++;
	is_number(n, 29, "every entry is seen");
	obj_free(f);
	free(bytes);
}

int main(void)
{
	numbers();
	strings();
	refusals();
	repeated();
	definitions();
	without_modinfo();
	modinfo();
	return done();
}
