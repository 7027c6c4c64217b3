/* depmod/indexes.c - the contents of modules.dep and its kin, text and binary */
#include "indexes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bucket.h"
#include "moddep.h"
#include "msg.h"
#include "tables.h"
#include "trie.h"

/* --- modules.dep --- */

/* A path as modules.dep of modutils has it: absolute. */
static void add_absolute(const struct indexes *x, struct text *out, uint32_t module)
{
	const char *path = tree_path(x->tree, module);

	if (path[0] != '/') {
		text_adds(out, x->prefix);
		text_addc(out, '/');
	}
	text_adds(out, path);
}

static void add_classic_line(const struct indexes *x, struct text *out, uint32_t module)
{
	const struct module *m = &x->tree->modules[module];

	add_absolute(x, out, module);
	text_addc(out, ':');
	for (uint32_t i = 0; i < m->ndeps; i++) {
		text_adds(out, i ? " \\\n\t" : "\t");
		add_absolute(x, out, x->deps->list[m->deps + i]);
	}
	text_adds(out, "\n\n");
}

static void add_dep_line(const struct indexes *x, struct text *out, uint32_t module,
			 uint32_t *list)
{
	uint32_t n = deps_closure(x->deps, x->tree, module, list);

	text_adds(out, tree_path(x->tree, module));
	text_addc(out, ':');
	for (uint32_t i = 0; i < n; i++) {
		text_addc(out, ' ');
		text_adds(out, tree_path(x->tree, list[i]));
	}
	text_addc(out, '\n');
}

/* The lines of modules.dep, of which modules.dep.bin is made, too. */
static int make_lines(struct indexes *x)
{
	uint32_t *list = malloc((x->tree->names.n + 1) * sizeof(*list));

	for (uint32_t i = 0; list && i < x->tree->norder; i++)
		add_dep_line(x, &x->lines, x->tree->order[i], list);
	free(list);
	return list && !text_failed(&x->lines) ? 0 : -ENOMEM;
}

static void add_classic_lines(const struct indexes *x, struct text *out)
{
	for (uint32_t i = 0; i < x->tree->norder; i++)
		add_classic_line(x, out, x->tree->order[i]);
}

static int write_dep(const struct indexes *x, struct text *out)
{
	if (x->classic)
		add_classic_lines(x, out);
	else
		text_add(out, x->lines.bytes, x->lines.len);
	return 0;
}

/* The binary indexes have room for nothing else. */
static bool is_ascii(const char *key)
{
	unsigned char all = 0;

	for (; *key; key++)
		all |= *key;
	return !(all & 0x80);
}

static int write_dep_bin(const struct indexes *x, struct text *out)
{
	struct trie_item *items = malloc((x->tree->norder + 1) * sizeof(*items));
	const char *line = x->lines.bytes, *end;
	uint32_t n = 0;
	int err;

	if (!items)
		return -ENOMEM;
	for (uint32_t i = 0; i < x->tree->norder; i++, line = end + 1) {
		const char *name = tree_name(x->tree, x->tree->order[i]);

		end = rawmemchr(line, '\n');
		if (is_ascii(name))
			items[n++] = (struct trie_item){.key = name,
							.value = line,
							.len = end - line,
							.priority = i};
		else
			msg_warn("%s: name has characters beyond ASCII, not in the index",
				 tree_path(x->tree, x->tree->order[i]));
	}
	err = trie_write(out, items, n);
	free(items);
	return err;
}

/* --- keys of the binary indexes --- */

struct items {
	struct trie_item *v;
	uint32_t n, room;
	struct text
		keys; /* has room for all from the start: pointers into it stay good */
};

static int items_add(struct items *items, const char *key, const char *value,
		     uint32_t priority)
{
	if (!is_ascii(key)) {
		msg_warn("%s: alias has characters beyond ASCII, not in the index: %s",
			 value, key);
		return 0;
	}
	if (items->n == items->room) {
		uint32_t room = items->room * 2 + 1024;
		struct trie_item *v = realloc(items->v, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		items->v = v;
		items->room = room;
	}
	items->v[items->n++] = (struct trie_item){
		.key = key, .value = value, .len = strlen(value), .priority = priority};
	return 0;
}

/* The key of an alias: itself, or a normal form of it put into items->keys. */
static int items_add_alias(struct items *items, const char *alias, const char *value,
			   uint32_t priority)
{
	char normal[MODDEP_KEY_MAX];
	const char *key = alias;
	int len;

	if (!alias[strcspn(alias, "-[]")] &&
	    strlen(alias) < MODDEP_KEY_MAX) /* most of them */
		return items_add(items, alias, value, priority);
	len = moddep_normalize(alias, normal);
	if (len == -EINVAL)
		msg_warn("%s: unmatched bracket in alias %s", value, alias);
	else if (len < 0)
		msg_warn("%s: alias is too long: %.60s...", value, alias);
	if (len < 0)
		return 0;
	if (strcmp(normal, alias) != 0) {
		key = items->keys.bytes + items->keys.len;
		text_add(&items->keys, normal, len + 1);
	}
	return items_add(items, key, value, priority);
}

static int by_key(const void *a, const void *b)
{
	const struct trie_item *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	return c ? c : x->priority < y->priority ? -1 : x->priority > y->priority;
}

static void report_duplicates(struct items *items, const char *what)
{
	struct trie_item *v = malloc((items->n + 1) * sizeof(*v));

	if (!v)
		return;
	memcpy(v, items->v, items->n * sizeof(*v));
	qsort(v, items->n, sizeof(*v), by_key);
	for (uint32_t i = 1; i < items->n; i++)
		if (strcmp(v[i - 1].key, v[i].key) == 0)
			msg_warn("duplicate %s %s: %s, %s", what, v[i].key,
				 v[i - 1].value, v[i].value);
	free(v);
}

static int items_finish(const struct indexes *x, struct items *items, struct text *out,
			int err, const char *what)
{
	if (!err && x->warn_duplicates)
		report_duplicates(items, what);
	if (!err)
		err = trie_write(out, items->v, items->n);
	free(items->v);
	text_free(&items->keys);
	return err;
}

/* --- what .modinfo says --- */

/* "DIRECTIVE VALUE MODULE" or "DIRECTIVE MODULE VALUE" for all values of a kind. */
static void info_lines(const struct indexes *x, struct text *out, enum fact_info kind,
		       const char *directive, bool module_first)
{
	for (uint32_t i = 0; i < x->tree->norder; i++) {
		const struct module *m = &x->tree->modules[x->tree->order[i]];
		const char *name = tree_name(x->tree, x->tree->order[i]), *value;
		uint32_t at = 0;

		while ((value = store_info(x->store, m, kind, &at)) != NULL) {
			text_adds(out, directive);
			text_addc(out, ' ');
			text_adds(out, module_first ? name : value);
			text_addc(out, ' ');
			text_adds(out, module_first ? value : name);
			text_addc(out, '\n');
		}
	}
}

static int write_alias(const struct indexes *x, struct text *out)
{
	text_adds(out, "# Aliases extracted from modules themselves.\n");
	info_lines(x, out, INFO_ALIAS, "alias", false);
	return 0;
}

static int write_alias_bin(const struct indexes *x, struct text *out)
{
	struct items items = {0};
	int err = text_room(&items.keys, x->store->info.len + 1) ? 0 : -ENOMEM;

	for (uint32_t i = 0; !err && i < x->tree->norder; i++) {
		const struct module *m = &x->tree->modules[x->tree->order[i]];
		const char *name = tree_name(x->tree, x->tree->order[i]), *alias;
		uint32_t at = 0;

		while (!err && (alias = store_info(x->store, m, INFO_ALIAS, &at)) != NULL)
			err = items_add_alias(&items, alias, name, i);
	}
	return items_finish(x, &items, out, err, "alias");
}

static int write_softdep(const struct indexes *x, struct text *out)
{
	text_adds(out, "# Soft dependencies extracted from modules themselves.\n");
	info_lines(x, out, INFO_SOFTDEP, "softdep", true);
	return 0;
}

static int write_weakdep(const struct indexes *x, struct text *out)
{
	text_adds(out, "# Weak dependencies extracted from modules themselves.\n");
	info_lines(x, out, INFO_WEAKDEP, "weakdep", true);
	return 0;
}

/* The device node of one module, from two aliases: its name and its numbers. */
static void add_devname(const struct indexes *x, struct text *out, uint32_t module)
{
	const struct module *m = &x->tree->modules[module];
	const char *alias, *name = NULL;
	unsigned major = 0, minor = 0;
	char type = '\0';
	uint32_t at = 0;

	while ((!name || !type) &&
	       (alias = store_info(x->store, m, INFO_ALIAS, &at)) != NULL) {
		unsigned a, b;

		if (strncmp(alias, "devname:", 8) == 0)
			name = alias + 8;
		else if (alias[0] != 'b' && alias[0] != 'c')
			continue; /* sscanf is slow */
		else if (sscanf(alias, "char-major-%u-%u", &a, &b) == 2)
			type = 'c', major = a, minor = b;
		else if (sscanf(alias, "block-major-%u-%u", &a, &b) == 2)
			type = 'b', major = a, minor = b;
	}
	if (!name)
		return;
	if (!type) {
		msg_warn("%s has a device name (%s) but no numbers for it, ignored",
			 tree_name(x->tree, module), name);
		return;
	}
	if (!out->len)
		text_adds(out, "# Device nodes to trigger on-demand module loading.\n");
	text_printf(out, "%s %s %c%u:%u\n", tree_name(x->tree, module), name, type, major,
		    minor);
}

static int write_devname(const struct indexes *x, struct text *out)
{
	for (uint32_t i = 0; i < x->tree->norder; i++)
		add_devname(x, out, x->tree->order[i]);
	return 0;
}

/* --- symbols --- */

struct exported {
	uint32_t bucket, symbol;
	const char *name;
};

static int by_bucket(const void *a, const void *b)
{
	const struct exported *x = a, *y = b;

	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int write_symbols(const struct indexes *x, struct text *out)
{
	const struct names *symbols = &x->store->symbols;
	struct exported *v = malloc((symbols->n + 1) * sizeof(*v));
	uint32_t n = 0;

	if (!v)
		return -ENOMEM;
	for (uint32_t i = 0; i < symbols->n; i++) {
		const char *name = names_get(symbols, i);

		if (x->deps->owner[i] < DEPS_KERNEL)
			v[n++] = (struct exported){bucket_of(name, BUCKETS_SYMBOLS), i,
						   name};
	}
	qsort(v, n, sizeof(*v), by_bucket);
	text_adds(out, "# Aliases for symbols, used by symbol_request().\n");
	for (uint32_t i = 0; i < n; i++) {
		text_adds(out, "alias symbol:");
		text_adds(out, v[i].name);
		text_addc(out, ' ');
		text_adds(out, tree_name(x->tree, x->deps->owner[v[i].symbol]));
		text_addc(out, '\n');
	}
	free(v);
	return 0;
}

static int write_symbols_bin(const struct indexes *x, struct text *out)
{
	const struct names *symbols = &x->store->symbols;
	struct items items = {0};
	size_t room = symbols->text.len + symbols->n * strlen("symbol:") + 1;
	int err = text_room(&items.keys, room) ? 0 : -ENOMEM;

	for (uint32_t i = 0; !err && i < symbols->n; i++) {
		const char *key = items.keys.bytes + items.keys.len;
		uint32_t owner = x->deps->owner[i];

		if (owner >= DEPS_KERNEL)
			continue;
		text_adds(&items.keys, "symbol:");
		text_add(&items.keys, names_get(symbols, i),
			 strlen(names_get(symbols, i)) + 1);
		err = items_add(&items, key, tree_name(x->tree, owner),
				x->tree->modules[owner].order);
	}
	return items_finish(x, &items, out, err, "symbol");
}

/* --- what is built into the kernel --- */

static int add_builtin_lines(const struct indexes *x, struct items *items, char *text)
{
	char *line, *rest = text;
	int err = 0;

	for (unsigned n = 1; !err && (line = strsep(&rest, "\n")) != NULL; n++) {
		char name[256];
		char *key = items->keys.bytes + items->keys.len;

		if (!line[0])
			continue;
		if (!strstr(line, ".ko") && !strstr(line, ".o")) {
			msg_error("%s/modules.builtin:%u: not a module: %s", x->tree->dir,
				  n, line);
			continue;
		}
		if (moddep_modname(line, name, sizeof(name)) < 0)
			continue;
		text_add(&items->keys, name, strlen(name) + 1);
		err = items_add(items, key, "", 0);
	}
	return err;
}

static int write_builtin_bin(const struct indexes *x, struct text *out)
{
	struct items items = {0};
	struct text text = {0};
	int err = tree_read(x->tree, "modules.builtin", &text);

	if (err)
		msg_errno(err, "%s/modules.builtin", x->tree->dir);
	if (!err && text.len && !text_room(&items.keys, text.len * 2))
		err = -ENOMEM;
	if (!err && text.len)
		err = add_builtin_lines(x, &items, text.bytes);
	/* Without the list kmod leaves the index empty, not even a header in it. */
	if (err || text.len)
		err = items_finish(x, &items, out, err, "builtin module");
	text_free(&text);
	return err;
}

/* Entries "MODULE.KEY=VALUE", each with its NUL. */
static int add_builtin_aliases(const struct indexes *x, struct items *items,
			       struct text *text)
{
	int err = 0;

	for (size_t at = 0; !err && at < text->len;) {
		char *entry = text->bytes + at, *dot = strchr(entry, '.');
		char name[256];

		at += strlen(entry) + 1;
		if (entry[0] && !dot) {
			msg_error("%s/modules.builtin.modinfo: no module name: %s",
				  x->tree->dir, entry);
			return 0;
		}
		if (!dot || strncmp(dot, ".alias=", 7) != 0)
			continue;
		*dot = '\0';
		if (moddep_modname(entry, name, sizeof(name)) < 0)
			continue;
		strcpy(entry, name); /* it is not longer */
		err = items_add_alias(items, dot + 7, entry, 0);
	}
	return err;
}

static int write_builtin_alias_bin(const struct indexes *x, struct text *out)
{
	struct items items = {0};
	struct text text = {0};
	int err = tree_read(x->tree, "modules.builtin.modinfo", &text);

	if (err)
		msg_errno(err, "%s/modules.builtin.modinfo", x->tree->dir);
	if (!err && text.len && !text_room(&items.keys, text.len))
		err = -ENOMEM;
	if (!err && text.len)
		err = add_builtin_aliases(x, &items, &text);
	if (err || text.len)
		err = items_finish(x, &items, out, err, "builtin alias");
	text_free(&text);
	return err;
}

/* --- all of them --- */

/* In the order of printing. */
static const struct index {
	const char *name;
	int (*write)(const struct indexes *x, struct text *out);
	bool binary;
} indexes[] = {
	{"modules.dep", write_dep, false},
	{"modules.alias", write_alias, false},
	{"modules.softdep", write_softdep, false},
	{"modules.weakdep", write_weakdep, false},
	{"modules.symbols", write_symbols, false},
	{"modules.devname", write_devname, false},
	{"modules.alias.bin", write_alias_bin, true},
	{"modules.symbols.bin", write_symbols_bin, true},
	{"modules.builtin.bin", write_builtin_bin, true},
	{"modules.builtin.alias.bin", write_builtin_alias_bin, true},
	{"modules.dep.bin", write_dep_bin, true},
};
#define NINDEXES (sizeof(indexes) / sizeof(indexes[0]))

static const char *name_of(unsigned i)
{
	return i < NINDEXES ? indexes[i].name : tables_name(i - NINDEXES);
}

static int write_index(const struct indexes *x, unsigned i, struct text *out)
{
	int err = i < NINDEXES ? indexes[i].write(x, out)
			       : tables_write(i - NINDEXES, x->tree, x->store, out);

	return text_failed(out) ? -ENOMEM : err;
}

int indexes_prepare(struct indexes *x)
{
	x->n = NINDEXES;
	while (x->tables && tables_name(x->n - NINDEXES))
		x->n++;
	return make_lines(x);
}

void indexes_free(struct indexes *x)
{
	text_free(&x->lines);
}

void indexes_report(const struct indexes *x)
{
	for (uint32_t i = 0; i < x->tree->norder; i++) {
		const struct module *m = &x->tree->modules[x->tree->order[i]];
		const char *problem;
		uint32_t at = 0;

		while ((problem = store_info(x->store, m, INFO_PROBLEM, &at)) != NULL)
			msg_warn("%s: %s", tree_path(x->tree, x->tree->order[i]),
				 problem);
	}
}

static bool has_weakdeps(const struct indexes *x)
{
	for (uint32_t i = 0; i < x->tree->norder; i++) {
		uint32_t at = 0;

		if (store_info(x->store, &x->tree->modules[x->tree->order[i]],
			       INFO_WEAKDEP, &at))
			return true;
	}
	return false;
}

int indexes_print(const struct indexes *x, bool all)
{
	struct text out = {0};
	int err = 0;

	for (unsigned i = 0; !err && i < (all ? x->n : 1); i++) {
		if (i < NINDEXES && indexes[i].binary)
			continue;
		/* What is printed is what kmod 30 prints, too. */
		if (i < NINDEXES && indexes[i].write == write_weakdep && !has_weakdeps(x))
			continue;
		out.len = 0;
		err = write_index(x, i, &out);
		if (!err)
			fwrite(out.bytes, 1, out.len, stdout);
	}
	text_free(&out);
	return err;
}

int indexes_copy(const struct indexes *x, const char *name, struct text *out)
{
	unsigned i = 0;
	int err = 0;

	if (strcmp(name, indexes[0].name) == 0) {
		add_classic_lines(x, out);
	} else {
		while (tables_name(i) && strcmp(name, tables_name(i)) != 0)
			i++;
		err = tables_name(i) ? tables_write(i, x->tree, x->store, out) : -ENOENT;
	}
	return text_failed(out) ? -ENOMEM : err;
}

int indexes_put(const struct indexes *x, unsigned i, struct outdir *dir)
{
	struct text out = {0};
	int err = write_index(x, i, &out);

	if (err)
		msg_errno(err, "%s/%s", dir->dir, name_of(i));
	else
		err = outdir_put(dir, i, name_of(i), out.bytes, out.len);
	text_free(&out);
	return err;
}
