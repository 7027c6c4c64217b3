/* lib/modversion.c - is an object made for this kernel? */
#include "modversion.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 8 /* of a checksum */

int modversion_number(const char *version)
{
	int number = 0;
	char *end;

	for (int i = 0; i < 3; i++) {
		unsigned long part = strtoul(version, &end, 10);

		if (!isdigit((unsigned char)*version) || part > 255)
			return -1;
		if (i < 2 && *end != '.')
			return -1;
		number = number << 8 | (int)part;
		version = end + 1;
	}
	return number;
}

bool modversion_equal(const char *a, const char *b, bool numeric)
{
	if (!strcmp(a, b))
		return true;
	return numeric && modversion_number(a) != -1 &&
	       modversion_number(a) == modversion_number(b);
}

bool modversion_fits(const struct modversion_side *kernel,
		     const struct modversion_side *object, bool numeric)
{
	if (kernel->checksums && object->checksums)
		return true;
	return kernel->version && object->version &&
	       modversion_equal(kernel->version, object->version, numeric);
}

bool modversion_kernel_checksums(const struct ksyms *k)
{
	for (size_t i = 0; i < k->kernel.nsymbols; i++)
		if (!strcmp(k->kernel.symbols[i].name, "Using_Versions"))
			return k->kernel.symbols[i].value != 0;
	return false;
}

/* What lies between `stem` and eight final hex digits of name; *len its length. */
static const char *prefix_in(const char *name, const char *stem, size_t *len)
{
	size_t skip = strlen(stem), n;

	if (strncmp(name, stem, skip) != 0)
		return NULL;
	n = strlen(name);
	if (n < skip + DIGITS)
		return NULL;
	for (size_t i = n - DIGITS; i < n; i++)
		if (!isxdigit((unsigned char)name[i]))
			return NULL;
	*len = n - skip - DIGITS;
	return name + skip;
}

char *modversion_prefix(const struct ksyms *k)
{
	const char *p, *blank;
	size_t len;

	for (size_t i = 0; i < k->kernel.nsymbols; i++) {
		const char *name = k->kernel.symbols[i].name;

		if (name[0] != 'g' && name[0] != 'i')
			continue; /* there are tens of thousands */
		p = prefix_in(name, "get_module_symbol_R", &len);
		if (!p)
			p = prefix_in(name, "inter_module_get_R", &len);
		if (p)
			return strndup(p, len);
	}
	blank = strchr(k->version, ' ');
	return strdup(blank && !strncmp(blank + 1, "SMP ", 4) ? "smp_" : "");
}
