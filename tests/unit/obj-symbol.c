/* obj-symbol.c - who owns a name, what may be imported, what is exported
 *
 * The override table is that of the classic loader's description (section 5), imports
 * section 6, versions section 7, exports section 11.
 */
#include <errno.h>
#include <stdlib.h>
#include "fixture.h"
#include "make_elf.h"
#include "tap.h"

#define BASE 0xc8800000u

static int text_section(struct elf_maker *e)
{
	return em_section(e, ".text",
			  (Elf32_Shdr){.sh_type = SHT_PROGBITS,
				       .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
				       .sh_size = 16},
			  NULL);
}

/* u undefined, w weak, g global data, f global code, c common */
static void add_kind(struct elf_maker *e, const char *name, char kind, unsigned value)
{
	switch (kind) {
	case 'u':
		em_symbol(e, name, STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
		break;
	case 'w':
		em_symbol(e, name, STB_WEAK, STT_FUNC, 1, value, 0);
		break;
	case 'g':
		em_symbol(e, name, STB_GLOBAL, STT_OBJECT, 1, value, 0);
		break;
	case 'f':
		em_symbol(e, name, STB_GLOBAL, STT_FUNC, 1, value, 0);
		break;
	case 'c':
		em_symbol(e, name, STB_GLOBAL, STT_OBJECT, SHN_COMMON, value, 4);
		break;
	}
}

static void overrides(void)
{
	/* old, new, the winner: 1 or 2, 0 for an error */
	static const struct {
		char old, new, wins;
	} cases[] = {
		{'u', 'g', 2}, {'g', 'u', 1}, {'u', 'w', 2}, {'w', 'u', 1}, {'u', 'c', 2},
		{'c', 'u', 1}, {'u', 'u', 1}, {'w', 'g', 2}, {'g', 'w', 1}, {'w', 'w', 1},
		{'w', 'c', 2}, {'c', 'w', 1}, {'c', 'g', 2}, {'g', 'c', 1}, {'c', 'c', 1},
		{'g', 'g', 0}, {'f', 'g', 0}, {'c', 'f', 0}, {'f', 'c', 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elf_maker *e = em_new();
		struct obj_symbol *s;
		struct obj_file *f;
		const void *bytes;
		size_t len;
		int err;

		text_section(e);
		add_kind(e, "x", cases[i].old, 4);
		add_kind(e, "x", cases[i].new, 8);
		bytes = em_finish(e, &len);
		err = obj_load(&f, bytes, len);
		s = obj_find_symbol(f, "x");
		if (!cases[i].wins)
			is_string(fixture_diags(f), "x multiply defined",
				  "two definitions");
		else if (cases[i].old == 'u' && cases[i].new == 'u')
			ok(!err && s->secidx == SHN_UNDEF, "two references stay one");
		else
			ok(!err && s && s->value == cases[i].wins * 4,
			   "old %c, new %c: %s wins", cases[i].old, cases[i].new,
			   cases[i].wins == 1 ? "old" : "new");
		obj_free(f);
		em_free(e);
	}
}

/* Relocations against every symbol of a name end at its owner. */
static void aliases(void)
{
	struct elf_maker *e = em_new();
	struct obj_file *f;
	const void *bytes;
	size_t len;

	text_section(e);
	em_symbol(e, "x", STB_LOCAL, STT_OBJECT, 1, 2, 0);
	add_kind(e, "x", 'w', 4);
	add_kind(e, "x", 'u', 0);
	add_kind(e, "x", 'g', 8);
	for (int i = 0; i < 4; i++)
		em_relocation(e, 1, 4 * i, i + 1, R_386_32);
	bytes = em_finish(e, &len);
	is_number(fixture_resolve(&f, bytes, len, NULL, NULL), 0,
		  "many of one name resolve");
	is_number(fixture_finish(f, NULL, BASE), 0, "and link");
	is_number(fixture_word(f, BASE, BASE), BASE + 2, "the local one is itself");
	for (int i = 1; i < 4; i++)
		is_number(fixture_word(f, BASE, BASE + 4 * i), BASE + 8,
			  "the others are one");
	obj_free(f);
	em_free(e);
}

/* What an import takes over: undefined, weak and common names, and once. */
static void imports(void)
{
	static const struct {
		char kind;
		int takes;
	} cases[] = {{'u', 1}, {'w', 1}, {'c', 1}, {'g', 0}, {'f', 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elf_maker *e = em_new();
		struct obj_file *f;
		const void *bytes;
		size_t len;

		text_section(e);
		add_kind(e, "x", cases[i].kind, 4);
		em_relocation(e, 1, 0, 1, R_386_32);
		bytes = em_finish(e, &len);
		obj_load(&f, bytes, len);
		is_number(obj_add_symbol(f, "other", 1, 3), 0, "a name nobody wants");
		is_number(obj_add_symbol(f, "x", 0xd0000100, 2), cases[i].takes,
			  cases[i].takes ? "an import is taken" : "a definition stays");
		is_number(obj_add_symbol(f, "x", 0xc0000100, 0), 0,
			  "never a second time");
		ok(obj_provider_used(f, 2) == cases[i].takes &&
			   !obj_provider_used(f, 0) && !obj_provider_used(f, 3),
		   "who provided is known");
		obj_resolve(f, NULL);
		fixture_finish(f, NULL, BASE);
		is_number(fixture_word(f, BASE, BASE),
			  cases[i].takes ? 0xd0000100 : BASE + 4, "the field");
		obj_free(f);
		em_free(e);
	}
}

static void undefined(void)
{
	struct elf_maker *e = em_new();
	const struct obj_symbol *s;
	unsigned cursor = 0, missing = 0;
	struct obj_file *f;
	const void *bytes;
	size_t len;

	text_section(e);
	em_symbol(e, "", STB_LOCAL, STT_SECTION, 1, 0, 0);
	add_kind(e, "first", 'u', 0);
	add_kind(e, "unused", 'u', 0);
	add_kind(e, "second", 'u', 0);
	em_symbol(e, "maybe", STB_WEAK, STT_NOTYPE, SHN_UNDEF, 0, 0);
	em_relocation(e, 1, 0, 2, R_386_32);
	em_relocation(e, 1, 4, 4, R_386_PC32);
	em_relocation(e, 1, 8, 5, R_386_32);
	em_relocation(e, 1, 12, 3, R_386_NONE);
	bytes = em_finish(e, &len);
	obj_load(&f, bytes, len);
	is_number(obj_resolve(f, NULL), -ENOENT, "an undefined name that is needed");
	is_string(fixture_diags(f), "unresolved symbol first\nunresolved symbol second",
		  "all are listed, not the weak one nor what no field needs");
	while ((s = obj_next_wanted(f, &cursor)))
		missing += obj_is_unresolved(s);
	is_number(missing, 2, "and can be asked for");
	obj_free(f);

	obj_load(&f, bytes, len);
	obj_add_symbol(f, "first", 0xc0000001, 0);
	obj_add_symbol(f, "second", 0xc0000002, 0);
	is_number(obj_resolve(f, NULL), 0, "with both provided");
	fixture_finish(f, NULL, BASE);
	is_number(fixture_word(f, BASE, BASE + 8), 0, "the weak one is 0");
	obj_free(f);
	em_free(e);
}

/* --- versions ---------------------------------------------------------------------------- */

static void versions(void)
{
	static const struct {
		const char *name, *prefix;
		size_t len;
	} lengths[] = {
		{"printk_R12345678", "", 6},	  {"printk_Rsmp_12345678", "smp_", 6},
		{"printk_R1234567", "", 15},	  {"printk_Rsmp_12345678", "", 20},
		{"printk_R12345678", "smp_", 16}, {"_R12345678", "", 10},
	};
	struct elf_maker *e = em_new();
	struct obj_file *f;
	const void *bytes;
	size_t len;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		is_number(obj_unversioned_length(lengths[i].name, lengths[i].prefix),
			  lengths[i].len, lengths[i].name);
	text_section(e);
	add_kind(e, "plain", 'u', 0);
	add_kind(e, "with_R12345678", 'u', 0);
	add_kind(e, "both_R12345678", 'u', 0);
	bytes = em_finish(e, &len);
	obj_load(&f, bytes, len);
	is_number(obj_add_symbol(f, "plain_R12345678", 1, 0), 0, "versions count");
	is_number(obj_ignore_versions(f, ""), 0, "from now on they do not");
	is_number(obj_add_symbol(f, "plain_R12345678", 1, 0), 1, "version on their side");
	is_number(obj_add_symbol(f, "with", 1, 0), 1, "version on our side");
	is_number(obj_add_symbol(f, "both_Rabcdef01", 1, 0), 0,
		  "two versions are two names");
	is_number(obj_add_symbol(f, "both_R12345678", 1, 0), 1,
		  "the same version is one");
	obj_free(f);
	em_free(e);
}

/* --- exports ------------------------------------------------------------------------------- */

static const char *exports(const char *object, const struct obj_module *m, bool extra)
{
	static const char *const externals[] = {"printk=c0100000", NULL};
	static char list[1024];
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read(object, &len);
	tgt_addr at, n;
	int err = fixture_resolve(&f, bytes, len, externals, "m");

	list[0] = '\0';
	if (!err && extra)
		err = obj_add_export(f, "__insmod_m",
				     obj_find_section(f, ".this")->secidx, 0);
	if (!err)
		err = fixture_finish(f, m, BASE);
	if (err)
		return fixture_diags(f);
	n = fixture_word(f, BASE, BASE + 24);
	at = fixture_word(f, BASE, BASE + 32);
	for (; n; n--, at += 8) {
		const char *name = (const char *)obj_image(f, 0) +
				   (fixture_word(f, BASE, at + 4) - BASE);

		if (fixture_word(f, BASE, at) == fixture_address(f, name))
			strcat(strcat(list, name), " ");
	}
	obj_free(f);
	free(bytes);
	return list;
}

static void export_rules(void)
{
	const struct obj_module all = {0}, none = {.no_export_all = true};

	is_string(exports("worked.o", &all, false), "helper a bigc smallc ",
		  "without __ksymtab every global is exported");
	is_string(exports("worked.o", &none, false), "", "-x: nothing is");
	is_string(exports("worked.o", &none, true), "__insmod_m ",
		  "-x: but what is asked for");
	is_string(exports("exports.o", &all, false), "shown ", "__ksymtab alone decides");
	is_string(exports("exports.o", &all, true), "shown __insmod_m ",
		  "and gets what is asked for");
	is_string(exports("noexports.o", &all, false), "",
		  "EXPORT_NO_SYMBOLS: nothing is");
	is_string(exports("noexports.o", &all, true), "__insmod_m ",
		  "EXPORT_NO_SYMBOLS: but what is asked for");
}

int main(void)
{
	overrides();
	aliases();
	imports();
	undefined();
	versions();
	export_rules();
	return done();
}
