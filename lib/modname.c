/* lib/modname.c - names of modules and of their files */
#include "modname.h"

#include <string.h>

static bool cut_suffix(const char *base, size_t *len, const char *suffix)
{
	size_t n = strlen(suffix);

	if (*len <= n || memcmp(base + *len - n, suffix, n) != 0)
		return false;
	*len -= n;
	return true;
}

size_t modname_stem(const char *base)
{
	static const char *const packed[] = {".gz", ".xz", ".zst"};
	static const char *const object[] = {".o", ".ko", ".mod"};
	size_t len = strlen(base), whole = len;

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (cut_suffix(base, &len, packed[i]))
			break;
	for (size_t i = 0; i < sizeof(object) / sizeof(object[0]); i++)
		if (cut_suffix(base, &len, object[i]))
			return len;
	return whole;
}

char *modname_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	return strndup(base, modname_stem(base));
}

bool modname_is_file(const char *base)
{
	return base[modname_stem(base)] != '\0';
}

bool modname_is_classic(const char *base)
{
	const char *suffix = base + modname_stem(base);

	return strncmp(suffix, ".o", 2) == 0 || strncmp(suffix, ".mod", 4) == 0;
}

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

bool modname_equal_n(const char *a, const char *b, size_t blen)
{
	size_t i;

	for (i = 0; i < blen; i++)
		if (!a[i] || fold(a[i]) != fold(b[i]))
			return false;
	return !a[i];
}

bool modname_equal(const char *a, const char *b)
{
	return modname_equal_n(a, b, strlen(b));
}

size_t modname_unversioned(const char *symbol)
{
	size_t len = strlen(symbol);
	const char *r = NULL;

	for (const char *p = symbol; (p = strstr(p, "_R")) != NULL; p += 2)
		r = p;
	if (!r || r == symbol || len - (r - symbol) < 10)
		return len;
	if (strspn(symbol + len - 8, "0123456789abcdefABCDEF") != 8)
		return len;
	return r - symbol;
}

unsigned modname_hash(const char *name)
{
	unsigned h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)fold(*name)) * 16777619u;
	return h;
}
