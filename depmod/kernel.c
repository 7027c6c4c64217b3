/* depmod/kernel.c - the symbols of a kernel that is not asked but described by a file */
#include "kernel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"

/* Take one line apart into at most `max` words; the line is cut up. */
static int split(char *line, char **words, int max)
{
	int n = 0;
	char *rest = NULL;

	for (char *w = strtok_r(line, " \t\r\n", &rest); w && n < max;
	     w = strtok_r(NULL, " \t\r\n", &rest))
		words[n++] = w;
	return n;
}

static int add(struct kernel *k, const char *name, char prefix, uint32_t crc)
{
	uint32_t number, room = k->room;
	uint32_t *crcs = k->crcs;

	if (prefix && name[0] == prefix)
		name++;
	number = names_add(&k->symbols, name, strlen(name));
	if (number == NAMES_NONE)
		return -ENOMEM;
	if (number >= room) {
		room = room * 2 + 1024;
		crcs = realloc(crcs, room * sizeof(*crcs));
		if (!crcs)
			return -ENOMEM;
		k->crcs = crcs;
		k->room = room;
	}
	k->crcs[number] = crc;
	return 0;
}

/* How much of the name goes: names that mark an export start like this. */
static size_t export_mark(const char *name)
{
	static const char *const marks[] = {"__ksymtab_", "__kstrtab_"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(name, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

static const char *without_gpl(const char *name)
{
	return strncmp(name, "GPLONLY_", 8) == 0 ? name + 8 : name;
}

/* "ADDRESS NAME" of /proc/ksyms with "[module]" behind what is no kernel symbol, or
 * "ADDRESS TYPE NAME" of System.map. `marked`: only names that mark an export count. */
static int take_map_line(struct kernel *k, char *line, char prefix, bool marked)
{
	char *w[4];
	bool placed = !isspace((unsigned char)line[0]);
	int n = split(line, w, 4);
	size_t mark;

	if (n == 0 || !placed) /* no address: not in this kernel */
		return 0;
	if (n < 2)
		return -EBADMSG;
	if (!isxdigit((unsigned char)w[0][0]))
		return -EBADMSG;
	if (strlen(w[1]) != 1) /* ksyms */
		return n > 2 ? 0 : add(k, without_gpl(w[1]), prefix, 0);
	if (n < 3)
		return -EBADMSG;
	mark = export_mark(w[2]);
	if (marked ? mark == 0 : !isupper((unsigned char)w[1][0]))
		return 0;
	return add(k, without_gpl(w[2] + mark), prefix, 0);
}

/* modutils puts these two into every kernel; modules of 2.4 refer to them. */
static int add_builtin(struct kernel *k)
{
	int err = add(k, "__this_module", '\0', 0);

	return err ? err : add(k, "mod_use_count_", '\0', 0);
}

struct lines {
	FILE *file;
	const char *path;
	unsigned number;
	char *line;
	size_t room;
	int failed; /* -errno of the last read */
};

static bool next(struct lines *l)
{
	l->number++;
	if (getline(&l->line, &l->room, l->file) >= 0)
		return true;
	l->failed = -errno;
	return false;
}

static int finish(struct lines *l, int err)
{
	if (!err && ferror(l->file))
		err = l->failed;
	if (err == -EBADMSG)
		msg_error("%s:%u: invalid line", l->path, l->number);
	else if (err)
		msg_errno(err, "%s", l->path);
	free(l->line);
	if (l->file)
		fclose(l->file);
	return err;
}

static bool has_marks(struct lines *l)
{
	bool found = false;
	char *w[3];

	while (!found && next(l))
		found = split(l->line, w, 3) == 3 && export_mark(w[2]);
	rewind(l->file);
	l->number = 0;
	return found;
}

int kernel_read_map(struct kernel *k, const char *path, char prefix)
{
	struct lines l = {.file = fopen(path, "re"), .path = path};
	bool marked;
	int err = 0;

	*k = (struct kernel){0};
	if (!l.file)
		return finish(&(struct lines){.path = path}, -errno);
	marked = has_marks(&l);
	while (!err && next(&l))
		err = take_map_line(k, l.line, prefix, marked);
	err = finish(&l, err);
	if (!err && !k->symbols.n) {
		msg_error("%s: no exported symbols in it", path);
		err = -EBADMSG;
	}
	return err ? err : add_builtin(k);
}

/* "CRC NAME MODULE EXPORT [NAMESPACE]", separated by TABs. */
static int take_symvers_line(struct kernel *k, char *line, char prefix)
{
	char *w[3], *end;
	int n = split(line, w, 3);
	unsigned long crc;

	if (n == 0)
		return 0;
	if (n < 3)
		return -EBADMSG;
	errno = 0;
	crc = strtoul(w[0], &end, 16);
	if (*end || errno || crc > UINT32_MAX)
		return -EBADMSG;
	/* Exports of modules are known from the modules. */
	return strcmp(w[2], "vmlinux") == 0 ? add(k, w[1], prefix, crc) : 0;
}

int kernel_read_symvers(struct kernel *k, const char *path, char prefix)
{
	struct lines l = {.file = fopen(path, "re"), .path = path};
	int err = 0;

	*k = (struct kernel){0};
	if (!l.file)
		return finish(&(struct lines){.path = path}, -errno);
	while (!err && next(&l))
		err = take_symvers_line(k, l.line, prefix);
	return finish(&l, err);
}

void kernel_free(struct kernel *k)
{
	names_free(&k->symbols);
	free(k->crcs);
	*k = (struct kernel){0};
}
