/* modinfo/info.c - what a module says about itself: keys and values in their order */
#include "info.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "moddep.h"
#include "modelf.h"
#include "modname.h"
#include "msg.h"
#include "readfile.h"
#include "signature.h"

int info_add(struct info *info, const char *key, size_t len, const char *value)
{
	struct info_pair *v = realloc(info->v, (info->n + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	info->v = v;
	v[info->n] = (struct info_pair){strndup(key, len), strdup(value)};
	info->n++;
	return v[info->n - 1].key && v[info->n - 1].value ? 0 : -ENOMEM;
}

void info_free(struct info *info)
{
	for (size_t i = 0; i < info->n; i++) {
		free(info->v[i].key);
		free(info->v[i].value);
	}
	for (char **s = info->symbols; s && *s; s++)
		free(*s);
	free(info->symbols);
	free(info->v);
	free(info->name);
	free(info->path);
	*info = (struct info){0};
}

const char *info_get(const struct info *info, const char *key)
{
	for (size_t i = 0; i < info->n; i++)
		if (strcmp(info->v[i].key, key) == 0)
			return info->v[i].value;
	return NULL;
}

/* "KEY=VALUE"; a key alone has an empty value. */
static int add_entry(struct info *info, const char *entry)
{
	size_t len = strcspn(entry, "=");

	return info_add(info, entry, len, entry[len] ? entry + len + 1 : "");
}

static int read_modinfo(struct info *info, struct modelf *m)
{
	uint32_t secidx = modelf_find(m, ".modinfo");
	struct modelf_bytes bytes = {0};
	int err = secidx ? modelf_section(m, secidx, &bytes) : 0;

	info->absent = !secidx;
	for (size_t at = 0; !err && at < bytes.len;) {
		const char *entry = (char *)bytes.bytes + at;

		at += strlen(entry) + 1; /* modelf puts a NUL behind the last */
		if (*entry)
			err = add_entry(info, entry);
	}
	modelf_bytes_free(&bytes);
	return err;
}

/* The names a 2.4 object defines: its parameters should be among them. */
static int read_symbols(struct info *info, struct modelf *m)
{
	int err = modelf_symbols(m, 0);
	size_t n = 0;

	if (err)
		return err;
	info->symbols = calloc(m->nsymbols + 1, sizeof(*info->symbols));
	if (!info->symbols)
		return -ENOMEM;
	for (uint32_t i = 1; i < m->nsymbols; i++) {
		struct modelf_symbol sym;

		err = modelf_symbol(m, i, &sym);
		if (err)
			return err;
		if (sym.secidx == SHN_UNDEF || !sym.name[0])
			continue;
		info->symbols[n] = strdup(sym.name);
		if (!info->symbols[n++])
			return -ENOMEM;
	}
	return 0;
}

int info_read(struct info *info, const char *path, bool signature)
{
	const char *slash = strrchr(path, '/');
	struct modelf m;
	int err;

	*info = (struct info){.path = strdup(path),
			      .classic = modname_is_classic(slash ? slash + 1 : path)};
	modelf_init(&m);
	err = info->path ? modelf_open(&m, AT_FDCWD, path) : -ENOMEM;
	if (!err)
		err = read_modinfo(info, &m);
	if (!err && info->classic)
		err = read_symbols(info, &m);
	if (!err && signature)
		err = signature_read(info, &m);
	if (err)
		msg_error("%s: %s", path, modelf_why(&m, err));
	modelf_free(&m);
	return err;
}

/* Entries are "MODULE.KEY=VALUE", each with its NUL. */
static int take_builtin(struct info *info, const struct readfile *f, const char *name)
{
	const char *at = f->bytes, *end = at + f->len;
	int err = 0;

	for (size_t len; !err && at < end; at += len + 1) {
		size_t dot;

		len = strnlen(at, end - at);
		dot = len == (size_t)(end - at) ? len : strcspn(at, ".");
		if (dot < len && modname_equal_n(name, at, dot))
			err = add_entry(info, at + dot + 1);
	}
	return err;
}

int info_read_builtin(struct info *info, const char *dir, const char *name)
{
	struct readfile f = {.fd = -1};
	char *path;
	int err;

	*info = (struct info){0};
	if (asprintf(&path, "%s/modules.builtin.modinfo", dir) < 0)
		return -ENOMEM;
	err = readfile(&f, path, false);
	if (!err)
		err = take_builtin(info, &f, name);
	if (err && err != -ENOENT)
		msg_error("%s: %s", path, readfile_error(err));
	readfile_free(&f);
	free(path);
	if (err)
		return err == -ENOENT ? 0 : err;
	info->name = strdup(name);
	for (char *c = info->name; c && *c; c++)
		*c = *c == '-' ? '_' : *c;
	return info->name ? info->n > 0 : -ENOMEM;
}

/* The entry of a parameter, made if it is new. */
static struct info_parameter *parameter(struct info_parameter *list, int *n,
					const char *name, int len)
{
	for (int i = 0; i < *n; i++)
		if (list[i].len == len && memcmp(list[i].name, name, len) == 0)
			return &list[i];
	list[*n] = (struct info_parameter){.name = name, .len = len};
	return &list[(*n)++];
}

int info_parameters(const struct info *info, struct info_parameter **out)
{
	struct info_parameter *list = malloc((info->n + 1) * sizeof(*list)), swap;
	int n = 0;

	*out = list;
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < info->n; i++) {
		const char *value = info->v[i].value, *colon = strchr(value, ':');

		if (!colon)
			continue;
		if (strcmp(info->v[i].key, "parm") == 0)
			parameter(list, &n, value, colon - value)->description =
				colon + 1;
		else if (strcmp(info->v[i].key, "parmtype") == 0)
			parameter(list, &n, value, colon - value)->type = colon + 1;
	}
	for (int i = 0, k = n - 1; i < k; i++, k--) {
		swap = list[i];
		list[i] = list[k];
		list[k] = swap;
	}
	return n;
}
