/* lib-names.c - names of modules, versions of kernels */
#include <stdlib.h>
#include <string.h>
#include "modname.h"
#include "modversion.h"
#include "../unit/tap.h"

static void test_stems(void)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{"hello.o", "hello"},
		{"/lib/modules/x/hello.ko", "hello"},
		{"./hello.o.gz", "hello"},
		{"hello.ko.xz", "hello"},
		{"hello.ko.zst", "hello"},
		{"hello.mod", "hello"},
		{"hello", "hello"},
		{".o", ".o"},
		{"a.o.o", "a.o"},
		{"hello.gz", "hello.gz"},
		{"x.y/hello", "hello"},
		{"ide-cd.o", "ide-cd"},
		{"hello.o.bz2", "hello.o.bz2"},
		{"/", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *name = modname_of_path(cases[i].path);

		is_string(name, cases[i].name, cases[i].path);
		free(name);
	}
}

static void test_equal(void)
{
	ok(modname_equal("a-b_c", "a_b-c"), "- and _ are equal");
	ok(modname_hash("a-b_c") == modname_hash("a_b-c"), "and hash alike");
	ok(!modname_equal("ab", "abc") && !modname_equal("abc", "ab"),
	   "a part is not equal");
	ok(modname_equal_n("ab", "abc", 2) && !modname_equal_n("abc", "abc", 2),
	   "the length counts");
}

static void test_numbers(void)
{
	is_number(modversion_number("2.4.27"), 132123, "2.4.27");
	is_number(modversion_number("2.4.27-modstack"), 132123, "2.4.27-modstack");
	is_number(modversion_number("2.4"), -1, "2.4");
	is_number(modversion_number("2.4.x"), -1, "2.4.x");
	is_number(modversion_number("2.4.256"), -1, "2.4.256");
	is_number(modversion_number(""), -1, "nothing");
}

/* The classic table: checksums of kernel and object, equal releases or not, fits or
 * not. */
static void test_fits(void)
{
	static const struct {
		bool kernel, object, same, fits;
	} table[] = {
		{true, true, true, true},   {true, true, false, true},
		{true, false, true, true},  {true, false, false, false},
		{false, true, true, true},  {false, true, false, false},
		{false, false, true, true}, {false, false, false, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct modversion_side kernel = {"2.4.27", table[i].kernel};
		struct modversion_side object = {table[i].same ? "2.4.27" : "2.4.20",
						 table[i].object};

		ok(modversion_fits(&kernel, &object, false) == table[i].fits,
		   "checksums of kernel %d, object %d, same release %d: fits %d",
		   table[i].kernel, table[i].object, table[i].same, table[i].fits);
	}
	ok(!modversion_equal("2.4.27", "2.4.27-x", false) &&
		   modversion_equal("2.4.27", "2.4.27-x", true),
	   "-N compares the numbers only");
	ok(!modversion_equal("x", "y", true), "versions without numbers are not equal");
	ok(!modversion_equal("2.4.27-a-very-long-name-of-a-kernel-1",
			     "2.4.27-a-very-long-name-of-a-kernel-2", false),
	   "the whole version counts");
}

static void prefix_is(const char *name, const char *version, const char *prefix)
{
	struct ksyms_symbol symbol = {name, 0};
	struct ksyms k = {.kernel = {.symbols = &symbol, .nsymbols = 1}};
	char *found;

	strcpy(k.version, version);
	found = modversion_prefix(&k);
	is_string(found, prefix, name);
	free(found);
}

static void test_prefix(void)
{
	prefix_is("inter_module_get_R12ab34cd", "#1 x", "");
	prefix_is("inter_module_get_Rsmp_12ab34cd", "#1 x", "smp_");
	prefix_is("get_module_symbol_R2gig_12ab34cd", "#1 SMP x", "2gig_");
	prefix_is("get_module_symbol_R12ab34cx", "#1 SMP x", "smp_");
	prefix_is("printk", "#1 SMP x", "smp_");
	prefix_is("printk", "#1 x", "");
}

int main(void)
{
	test_stems();
	test_equal();
	test_numbers();
	test_fits();
	test_prefix();
	return done();
}
