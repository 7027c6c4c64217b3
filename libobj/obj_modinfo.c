/* obj_modinfo.c - what an object says about itself: .modinfo, kernel version, licence
 *
 * .modinfo is a run of NUL-terminated "key=value" strings, padded with NULs; obj_load saw
 * that the last one ends.
 */
#include "obj_priv.h"

bool obj_has_modinfo(const struct obj_file *f)
{
	return f->modinfo != NULL;
}

const char *obj_next_modinfo(const struct obj_file *f, size_t *cursor)
{
	const struct section *s = f->modinfo;
	const char *entry;

	if (!s || !s->bytes)
		return NULL;
	while (*cursor < s->o.size && !s->bytes[*cursor])
		++*cursor;
	if (*cursor >= s->o.size)
		return NULL;
	entry = (const char *)s->bytes + *cursor;
	*cursor += strlen(entry) + 1;
	return entry;
}

const char *obj_modinfo(const struct obj_file *f, const char *key)
{
	size_t cursor = 0, len = strlen(key);
	const char *entry;

	while ((entry = obj_next_modinfo(f, &cursor)))
		if (!strncmp(entry, key, len) && entry[len] == '=')
			return entry + len + 1;
	return NULL;
}

/* The string at a symbol, or NULL if it has none that ends inside its section. */
static const char *string_symbol(struct obj_file *f, const char *name)
{
	const struct symbol *s = obj_lookup(f, name);
	const unsigned char *p;
	uint32_t len;

	p = s ? obj_symbol_bytes(f, s, &len) : NULL;
	return p && memchr(p, 0, len) ? (const char *)p : NULL;
}

/* __module_kernel_version may be declared inside .modinfo, with the key in front. */
static const char *skip_key(const char *s)
{
	static const char key[] = "kernel_version=";

	return s && !strncmp(s, key, sizeof(key) - 1) ? s + sizeof(key) - 1 : s;
}

static const char *first_word(struct obj_file *f, const char *s)
{
	return s ? obj_strdup(f, s, strcspn(s, " ")) : NULL;
}

const char *obj_kernel_version(struct obj_file *f)
{
	const char *v = obj_modinfo(f, "kernel_version");

	if (!v)
		v = string_symbol(f, "kernel_version");
	if (!v)
		v = skip_key(string_symbol(f, "__module_kernel_version"));
	if (!v)
		v = first_word(f, obj_modinfo(f, "vermagic"));
	return v;
}

bool obj_uses_checksums(struct obj_file *f)
{
	const char *v = obj_modinfo(f, "using_checksums");
	const struct symbol *s;

	if (f->modinfo)
		return v && v[0] >= '1' && v[0] <= '9';
	s = obj_lookup(f, "Using_Versions");
	return s && s->o.referenced;
}

const char *obj_licence(const struct obj_file *f)
{
	return obj_modinfo(f, "license");
}

bool obj_gpl_compatible(const struct obj_file *f)
{
	static const char *const compatible[] = {
		"GPL",		"GPL v2",	"GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
	};
	const char *licence = obj_licence(f);

	for (size_t i = 0; licence && i < sizeof(compatible) / sizeof(compatible[0]); i++)
		if (!strcmp(licence, compatible[i]))
			return true;
	return false;
}
