/* lib/persist_save.c - write a module's persistent parameters to its file
 *
 * What a parameter is comes from the object that was loaded, where it lies from the
 * symbols that insmod added (section starts), its value out of the module's memory.
 */
#include "persist.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "ksys.h"
#include "msg.h"
#include "readfile.h"

struct value {
	const char *name;
	char type;	     /* b h i l c */
	unsigned size;	     /* of an element, bytes */
	unsigned count;	     /* of elements */
	tgt_addr address;    /* in the kernel */
	unsigned char *data; /* a header and the value, see read_values() */
};

struct save {
	const struct ksyms *k;
	const struct ksyms_module *m;
	struct readfile file;
	struct obj_file *obj;
	struct value *values;
	size_t n;
	bool *written; /* [n]: the old file had a line for it */
};

/* --- what insmod told about the module ---------------------------------------------- */

/* What follows __insmod_NAME_ and `kind` in the name of one of its symbols, or NULL. */
static const char *tag(const struct ksyms_module *m, const char *kind, size_t *cursor,
		       tgt_addr *value)
{
	char *prefix;
	const char *found = NULL;
	size_t len;

	if (asprintf(&prefix, "__insmod_%s_%s", m->name, kind) < 0)
		return NULL;
	len = strlen(prefix);
	while (!found && *cursor < m->nsymbols) {
		const struct ksyms_symbol *s = &m->symbols[(*cursor)++];

		if (!strncmp(s->name, prefix, len)) {
			found = s->name + len;
			*value = s->value;
		}
	}
	free(prefix);
	return found;
}

/* Where section `name` of that size was put; 0 if insmod said nothing of it. */
static tgt_addr section_address(const struct ksyms_module *m, const char *name,
				unsigned size)
{
	char wanted[64];
	const char *rest;
	size_t cursor = 0;
	tgt_addr address;

	snprintf(wanted, sizeof(wanted), "%s_L%u", name, size);
	while ((rest = tag(m, "S", &cursor, &address)))
		if (!strcmp(rest, wanted))
			return address;
	return 0;
}

/* Read the object the module was made from, if it is still the same. */
static int read_object(struct save *s)
{
	size_t cursor = 0;
	tgt_addr ignored;
	const char *rest = tag(s->m, "O", &cursor, &ignored);
	const char *end = NULL;
	char *path;
	int err;

	for (const char *p = rest; p && (p = strstr(p, "_M")); p++)
		end = p;
	path = end ? strndup(rest, end - rest) : NULL;
	if (!path) {
		msg_error("%s: nothing tells which object it was made from", s->m->name);
		return -ENOENT;
	}
	err = readfile(&s->file, path, false);
	if (err)
		msg_error("%s: %s", path, readfile_error(err));
	else if ((unsigned)s->file.mtime != strtoul(end + 2, NULL, 16))
		err = -ESTALE;
	if (err == -ESTALE)
		msg_error("Object for module %s has changed since load", s->m->name);
	free(path);
	return err;
}

/* Far enough that commons have their place; what the object imports does not matter. */
static int resolve_object(struct save *s)
{
	const struct obj_symbol *wanted;
	unsigned cursor = 0;
	int err = obj_load(&s->obj, s->file.bytes, s->file.len);

	while (!err && (wanted = obj_next_wanted(s->obj, &cursor)))
		if (wanted->secidx == SHN_UNDEF &&
		    obj_add_symbol(s->obj, wanted->name, 0, 0) < 0)
			err = -ENOMEM;
	if (!err)
		err = obj_resolve(s->obj, s->m->name);
	if (!err)
		err = obj_check_params(s->obj);
	if (err)
		msg_errno(err, "%s: cannot read its object", s->m->name);
	return err;
}

/* --- the values --------------------------------------------------------------------- */

/* The type behind the numbers of "[min[-max]]type[p]". */
static bool parse_type(struct value *v, const char *format)
{
	static const char letters[] = "bhilc";
	static const unsigned char sizes[] = {1, 2, 4, 4, 0};
	const char *p = format + strspn(format, "0123456789-"), *letter;

	letter = *p ? strchr(letters, *p) : NULL;
	if (!letter)
		return false;
	v->type = *p;
	v->size = sizes[letter - letters];
	if (v->type == 'c')
		v->size = strtoul(p + 1, NULL, 10);
	return v->size > 0;
}

static const struct obj_section *section_of(const struct save *s, int secidx)
{
	const struct obj_section *sec;
	unsigned cursor = 0;

	while ((sec = obj_next_section(s->obj, &cursor)))
		if (sec->secidx == secidx)
			return sec;
	return NULL;
}

static int find_value(struct save *s, struct value *v)
{
	const struct obj_symbol *symbol = obj_find_symbol(s->obj, v->name);
	const struct obj_section *sec;
	const char *format;
	char key[128];

	snprintf(key, sizeof(key), "parm_%s", v->name);
	format = obj_modinfo(s->obj, key);
	sec = symbol ? section_of(s, symbol->secidx) : NULL;
	if (sec && format && parse_type(v, format))
		v->address = section_address(s->m, sec->name, sec->size);
	if (!v->address) {
		msg_error("%s: cannot tell where parameter %s is", s->m->name, v->name);
		return -ENOENT;
	}
	v->address += symbol->value;
	v->count = symbol->size / v->size;
	return 0;
}

static int find_values(struct save *s)
{
	const char *name;
	size_t cursor = 0;
	int err;

	while ((name = obj_next_persistent(s->obj, &cursor))) {
		struct value *more = reallocarray(s->values, s->n + 1, sizeof(*more));

		if (!more)
			return -ENOMEM;
		s->values = more;
		s->values[s->n] = (struct value){.name = name};
		err = find_value(s, &s->values[s->n++]);
		if (err)
			return err;
	}
	s->written = calloc(s->n + 1, sizeof(*s->written));
	return s->written ? 0 : -ENOMEM;
}

/* A read is an init_module with a header of negative size, see abi/module.h. */
static int prepare_read(const struct save *s, struct value *v, struct ksys_call *c)
{
	uint32_t len = v->size * v->count;
	struct tgt_module header = {
		.size_of_struct = -(uint32_t)sizeof(header),
		.persist_start = v->address,
		.persist_end = v->address + len,
	};

	v->data = malloc(sizeof(header) + len);
	if (!v->data)
		return -ENOMEM;
	memcpy(v->data, &header, sizeof(header));
	memset(v->data + sizeof(header), 0, len);
	*c = (struct ksys_call){
		.nr = KSYS_init_module,
		.nargs = 2,
		.arg = {ksys_str(s->m->name),
			{.kind = GW_INOUT, .buf = v->data, .len = sizeof(header) + len}},
	};
	return 0;
}

static int read_values(struct save *s)
{
	struct ksys_call *calls = calloc(s->n + 1, sizeof(*calls));
	int err = calls ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < s->n; i++)
		err = prepare_read(s, &s->values[i], &calls[i]);
	if (!err)
		err = ksys_run(calls, s->n);
	for (size_t i = 0; !err && i < s->n; i++)
		err = calls[i].result;
	free(calls);
	if (err)
		msg_error("%s: cannot read its parameters: %s", s->m->name,
			  ksys_strerror(err));
	return err;
}

/* --- the file ----------------------------------------------------------------------- */

static long element(const struct value *v, unsigned i)
{
	const unsigned char *at = v->data + sizeof(struct tgt_module) + i * v->size;
	int32_t word;
	int16_t half;

	if (v->size == 1)
		return (signed char)*at;
	if (v->size == 2) {
		memcpy(&half, at, sizeof(half));
		return half;
	}
	memcpy(&word, at, sizeof(word));
	return word;
}

static void print_text(FILE *out, const struct value *v, unsigned i)
{
	const unsigned char *p = v->data + sizeof(struct tgt_module) + i * v->size;

	fputc('"', out);
	for (unsigned j = 0; j < v->size && p[j]; j++) {
		if (p[j] == '\n')
			fputs("\\n", out);
		else
			fprintf(out, p[j] == '"' || p[j] == '\\' ? "\\%c" : "%c", p[j]);
	}
	fputc('"', out);
}

static void print_value(FILE *out, const struct value *v)
{
	fprintf(out, "%s=", v->name);
	for (unsigned i = 0; i < v->count; i++) {
		if (i)
			fputc(',', out);
		if (v->type == 'c')
			print_text(out, v, i);
		else
			fprintf(out, "%ld", element(v, i));
	}
	fputc('\n', out);
}

static void print_head(FILE *out, const struct save *s)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[64];

	gmtime_r(&now, &tm);
	asctime_r(&tm, stamp);
	fprintf(out, "#%% Kernel %s %s\n#%% Data saved %.*s GMT\n", s->k->release,
		s->k->version, (int)strcspn(stamp, "\n"), stamp);
}

/* One line of the old file: comments stay, values are replaced where they stand. */
static void carry_over(FILE *out, struct save *s, const char *line)
{
	size_t len = strcspn(line, "=\n");

	if (!strncmp(line, "#%", 2))
		return;
	if (*line == '#' || *line == '\n' || line[len] != '=') {
		fputs(line, out);
		return;
	}
	for (size_t i = 0; i < s->n; i++) {
		if (strlen(s->values[i].name) != len ||
		    memcmp(s->values[i].name, line, len) != 0)
			continue;
		if (!s->written[i])
			print_value(out, &s->values[i]);
		s->written[i] = true;
		return;
	}
	fprintf(out, "#%% Warning: parameter %.*s is not supported in this kernel\n%s",
		(int)len, line, line);
}

static void print_file(FILE *out, struct save *s, const char *path)
{
	FILE *old = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	print_head(out, s);
	while (old && getline(&line, &room, old) > 0)
		carry_over(out, s, line);
	free(line);
	if (old)
		fclose(old);
	for (size_t i = 0; i < s->n; i++)
		if (!s->written[i])
			print_value(out, &s->values[i]);
}

static int make_directories(const char *path)
{
	char *copy = strdup(path);
	int err = copy ? 0 : -ENOMEM;

	for (char *p = copy; !err && (p = strchr(p + 1, '/'));) {
		*p = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			err = -errno;
		*p = '/';
	}
	free(copy);
	return err;
}

/* Write under a temporary name, then rename: no reader meets half a file. */
static int write_file(struct save *s, const char *path)
{
	char *temporary;
	FILE *out = NULL;
	int fd, err = make_directories(path);

	if (err || asprintf(&temporary, "%s.%d", path, (int)getpid()) < 0)
		return err ? err : -ENOMEM;
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0)
		out = fdopen(fd, "w");
	if (!out) {
		err = -errno;
	} else {
		print_file(out, s, path);
		if (fflush(out) || fsync(fd))
			err = -errno;
		if (fclose(out) && !err)
			err = -errno;
	}
	if (!err && rename(temporary, path) < 0)
		err = -errno;
	if (err)
		unlink(temporary);
	free(temporary);
	return err;
}

bool persist_is_saved(const struct ksyms_module *m)
{
	size_t cursor = 0;
	tgt_addr ignored;

	return tag(m, "P", &cursor, &ignored) != NULL;
}

int persist_save(const struct ksyms *k, const struct ksyms_module *m)
{
	struct save s = {.k = k, .m = m, .file.fd = -1};
	size_t cursor = 0;
	tgt_addr ignored;
	const char *path = tag(m, "P", &cursor, &ignored);
	int err;

	if (!path)
		return 0;
	err = read_object(&s);
	if (!err)
		err = resolve_object(&s);
	if (!err)
		err = find_values(&s);
	if (!err)
		err = read_values(&s);
	if (!err) {
		err = write_file(&s, path);
		if (err)
			msg_errno(err, "%s", path);
	}
	for (size_t i = 0; i < s.n; i++)
		free(s.values[i].data);
	free(s.values);
	free(s.written);
	obj_free(s.obj);
	readfile_free(&s.file);
	return err;
}
