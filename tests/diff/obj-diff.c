/* obj-diff.c - does libobj make the same bytes as GNU ld?
 *
 *	obj-diff [-v] [-j JOBS] [-b BASE] OBJECT... (or names, one a line, on standard input)
 *
 * Each object is linked by libobj at BASE, as a 2.4 module unless it is a modern one, every undefined symbol given an
 * address made from its name. Then ld does the final link of the same object, each section
 * pinned to the address libobj chose and each symbol to its value, and the bytes of all
 * allocated sections are compared. An object that one refuses has to be refused by the other.
 *
 * ld sees a copy of the object in which sections have unique names (a script cannot tell two
 * of one name apart) and lost the flags on which a final link merges strings. TAP output; with
 * several jobs one line for each.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "obj.h"

extern char **environ;

struct bytes {
	unsigned char *p;
	size_t len;
};

struct work {
	char object[64], script[64], out[64], log[64]; /* scratch files of this process */
	tgt_addr base;
	unsigned long compared, differences, refused;
	unsigned long long bytes;
	bool verbose;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static struct bytes read_file(const char *path)
{
	struct bytes b = {0};
	FILE *in = fopen(path, "rb");

	if (!in)
		die(path);
	fseek(in, 0, SEEK_END);
	b.len = ftell(in);
	rewind(in);
	b.p = malloc(b.len + 1);
	if (!b.p || fread(b.p, 1, b.len, in) != b.len)
		die(path);
	fclose(in);
	return b;
}

/* An address for a symbol from elsewhere: any, but always the same. */
static tgt_addr address_for(const char *name)
{
	uint32_t h = 5381;

	while (*name)
		h = h * 33 + (unsigned char)*name++;
	return 0xc0100000u + (h % 0x00f00000u);
}

/* --- our side --------------------------------------------------------------------------- */

/* The symbols whose values ld cannot know: undefined ones and commons. */
struct given {
	const struct obj_symbol **symbols;
	size_t n;
};

static void import(struct obj_file *f, struct given *g)
{
	const struct obj_symbol *s;
	unsigned cursor = 0;
	size_t n = 0;

	while (obj_next_wanted(f, &cursor))
		n++;
	g->symbols = malloc((n + 1) * sizeof(*g->symbols));
	for (cursor = 0; (s = obj_next_wanted(f, &cursor));) {
		if (s->secidx == SHN_UNDEF || s->secidx == SHN_COMMON)
			g->symbols[g->n++] = s;
		if (s->secidx == SHN_UNDEF && s->bind != STB_WEAK &&
		    strcmp(s->name, "__this_module"))
			obj_add_symbol(f, s->name, address_for(s->name), 0);
	}
}

static int link_object(struct obj_file **f, const struct bytes *in, tgt_addr base,
		       struct given *g)
{
	struct obj_module module = {.no_export_all = true};
	bool modern;
	int err = obj_load(f, in->p, in->len);

	if (err)
		return err;
	import(*f, g);
	modern = obj_modinfo(*f, "vermagic") != NULL; /* brings its own struct module */
	err = obj_resolve(*f, modern ? NULL : "module");
	if (!err && !modern)
		err = obj_build_module(*f, &module);
	if (!err)
		err = obj_layout(*f);
	return err ? err : obj_relocate(*f, base);
}

/* --- what ld gets ----------------------------------------------------------------------- */

/* The object with section i called s<i>, as ld cannot merge or confuse it. */
static void write_object(const struct bytes *in, const char *path)
{
	Elf32_Ehdr h;
	Elf32_Shdr *sh;
	char *names;
	size_t len = 1, size;
	FILE *out = fopen(path, "wb");

	memcpy(&h, in->p, sizeof(h));
	size = h.e_shnum * sizeof(*sh);
	sh = malloc(size);
	names = calloc(h.e_shnum, 12);
	if (!out || !sh || !names)
		die(path);
	memcpy(sh, in->p + h.e_shoff, size);
	for (unsigned i = 1; i < h.e_shnum; i++) {
		bool ours = !strcmp((char *)in->p + sh[h.e_shstrndx].sh_offset +
					    sh[i].sh_name,
				    ".modinfo");

		sh[i].sh_name = len;
		len += sprintf(names + len, "%c%u", ours ? 'x' : 's', i) + 1;
		sh[i].sh_flags &= ~(SHF_MERGE | SHF_STRINGS | (ours ? SHF_ALLOC : 0));
	}
	sh[h.e_shstrndx].sh_offset = in->len + size;
	sh[h.e_shstrndx].sh_size = len;
	h.e_shoff = in->len;
	fwrite(&h, sizeof(h), 1, out);
	fwrite(in->p + sizeof(h), in->len - sizeof(h), 1, out);
	fwrite(sh, size, 1, out);
	fwrite(names, len, 1, out);
	if (fclose(out))
		die(path);
	free(sh);
	free(names);
}

/* Every section and every symbol where libobj put it. */
static void write_script(struct obj_file *f, const struct given *g, const char *path)
{
	const struct obj_section *sec;
	unsigned cursor = 0;
	FILE *out = fopen(path, "w");

	if (!out)
		die(path);
	fprintf(out, "PHDRS { p PT_LOAD; }\n");
	for (size_t i = 0; i < g->n; i++)
		if (g->symbols[i]->secidx != SHN_UNDEF)
			fprintf(out, "\"%s\" = 0x%x;\n", g->symbols[i]->name,
				g->symbols[i]->value);
	fprintf(out, "SECTIONS {\n");
	while ((sec = obj_next_section(f, &cursor)))
		fprintf(out, "s%d 0x%x : { *(s%d) } :p\n", sec->secidx, sec->address,
			sec->secidx);
	fprintf(out, "}\n");
	if (fclose(out))
		die(path);
}

/* 0 or ld's exit status. */
static int run_ld(const struct work *w)
{
	const char *const argv[] = {
		"ld",
		"-m",
		"elf_i386",
		"--no-relax",
		"-T",
		w->script,
		"-e",
		"0",
		"-z",
		"noexecstack",
		"--no-warn-rwx-segments",
		"--no-check-sections",
		"-o",
		w->out,
		w->object,
		NULL,
	};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, w->log,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawnp(&pid, "ld", &actions, NULL, (char *const *)argv, environ))
		die("ld");
	posix_spawn_file_actions_destroy(&actions);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		die("ld");
	return WEXITSTATUS(status);
}

/* --- comparison ------------------------------------------------------------------------- */

/* Section s<secidx> of what ld made, or NULL. */
static const Elf32_Shdr *find_output(const struct bytes *out, const Elf32_Ehdr *h,
				     const Elf32_Shdr *sh, int secidx)
{
	char name[16];

	snprintf(name, sizeof(name), "s%d", secidx);
	for (unsigned i = 1; i < h->e_shnum; i++)
		if (!strcmp((char *)out->p + sh[h->e_shstrndx].sh_offset + sh[i].sh_name,
			    name))
			return &sh[i];
	return NULL;
}

static bool same_bytes(const struct bytes *out, const Elf32_Shdr *sh,
		       const unsigned char *ours)
{
	if (sh->sh_type != SHT_NOBITS)
		return !memcmp(out->p + sh->sh_offset, ours, sh->sh_size);
	for (size_t i = 0; i < sh->sh_size; i++)
		if (ours[i])
			return false;
	return true;
}

static void show_difference(const struct bytes *out, const Elf32_Shdr *sh,
			    const struct obj_section *sec, const unsigned char *ours)
{
	for (size_t i = 0; sh->sh_type != SHT_NOBITS && i < sh->sh_size; i++)
		if (out->p[sh->sh_offset + i] != ours[i]) {
			printf("# section %s (%d) at offset %#zx: ld %02x, libobj %02x\n",
			       sec->name, sec->secidx, i, out->p[sh->sh_offset + i],
			       ours[i]);
			return;
		}
}

/* Size of section `i` of the object, 0 if it has no such section. */
static size_t input_size(const struct bytes *in, int i)
{
	Elf32_Ehdr h;
	Elf32_Shdr sh;

	memcpy(&h, in->p, sizeof(h));
	if (i >= h.e_shnum)
		return 0;
	memcpy(&sh, in->p + h.e_shoff + i * sizeof(sh), sizeof(sh));
	return sh.sh_size;
}

/* Number of sections that differ, of those that the object has. */
static unsigned compare(struct work *w, struct obj_file *f, const struct bytes *in)
{
	struct bytes out = read_file(w->out);
	const unsigned char *image = obj_image(f, 0), *ours;
	const struct obj_section *sec;
	unsigned cursor = 0, bad = 0;
	Elf32_Ehdr h;
	Elf32_Shdr *table;
	const Elf32_Shdr *sh;

	memcpy(&h, out.p, sizeof(h));
	table = malloc(h.e_shnum * sizeof(*table));
	memcpy(table, out.p + h.e_shoff, h.e_shnum * sizeof(*table));
	while ((sec = obj_next_section(f, &cursor))) {
		if (!input_size(in, sec->secidx)) /* ours, or nothing but commons */
			continue;
		ours = image + (sec->address - w->base);
		sh = find_output(&out, &h, table, sec->secidx);
		if (sh && sh->sh_addr == sec->address && same_bytes(&out, sh, ours)) {
			w->bytes += sec->size;
			continue;
		}
		bad++;
		if (!sh)
			printf("# section %s (%d) is not in ld's output\n", sec->name,
			       sec->secidx);
		else
			show_difference(&out, sh, sec, ours);
	}
	free(table);
	free(out.p);
	return bad;
}

static void show_diagnostics(struct obj_file *f)
{
	enum obj_severity severity;
	unsigned cursor = 0;
	const char *text;

	while ((text = obj_diag(f, &cursor, &severity)))
		printf("# libobj: %s\n", text);
}

static void show_log(const struct work *w)
{
	struct bytes log = read_file(w->log);

	printf("# ld: %.*s", (int)log.len, log.p);
	free(log.p);
}

/* Did both do, or refuse, the same? */
static bool diff_object(struct work *w, const char *path)
{
	struct bytes in = read_file(path);
	struct given given = {0};
	struct obj_file *f;
	int err = link_object(&f, &in, w->base, &given), status;
	unsigned bad = 0;

	if (in.len < sizeof(Elf32_Ehdr))
		die(path);
	write_object(&in, w->object);
	write_script(f, &given, w->script);
	status = run_ld(w);
	if (!err && !status)
		bad = compare(w, f, &in);
	else if (!err != !status)
		bad = 1;
	else
		w->refused++;
	if (bad || w->verbose)
		show_diagnostics(f);
	if (bad && status)
		show_log(w);
	obj_free(f);
	free(given.symbols);
	free(in.p);
	w->compared++;
	w->differences += bad != 0;
	return !bad;
}

/* --- jobs --------------------------------------------------------------------------------- */

static void run_job(struct work *w, char **paths, size_t n, unsigned job, unsigned jobs)
{
	const char *dir = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	char *const files[] = {w->object, w->script, w->out, w->log};
	static const char *const suffix[] = {"o", "ld", "out", "log"};

	for (int i = 0; i < 4; i++)
		snprintf(files[i], sizeof(w->object), "%s/obj-diff-%d.%s", dir, getpid(),
			 suffix[i]);
	for (size_t i = job; i < n; i += jobs)
		if (!diff_object(w, paths[i]))
			printf("# %s differs\n", paths[i]);
	for (int i = 0; i < 4; i++)
		unlink(files[i]);
	printf("%sok %u - %lu objects, %lu of them refused by both, %llu bytes: %lu "
	       "differences\n",
	       w->differences || !w->compared ? "not " : "", job + 1, w->compared,
	       w->refused, w->bytes, w->differences);
}

static size_t read_paths(char ***paths)
{
	size_t n = 0, cap = 0, size = 0;
	char *line = NULL;
	ssize_t len;

	for (*paths = NULL; (len = getline(&line, &size, stdin)) > 0;) {
		line[len - 1] = line[len - 1] == '\n' ? '\0' : line[len - 1];
		if (n == cap)
			*paths = realloc(*paths, (cap = cap * 2 + 64) * sizeof(**paths));
		(*paths)[n++] = strdup(line);
	}
	free(line);
	return n;
}

int main(int argc, char **argv)
{
	struct work w = {.base = 0xc8801000};
	unsigned jobs = 1;
	int opt, status, failed = 0;
	char **paths;
	size_t n;

	while ((opt = getopt(argc, argv, "vj:b:")) > 0) {
		if (opt == 'v')
			w.verbose = true;
		else if (opt == 'j')
			jobs = atoi(optarg);
		else if (opt == 'b')
			w.base = strtoul(optarg, NULL, 16);
		else
			return 2;
	}
	paths = argv + optind;
	n = argc - optind;
	if (!n)
		n = read_paths(&paths);
	printf("1..%u\n", jobs);
	fflush(stdout);
	for (unsigned i = 0; i < jobs; i++)
		if (fork() == 0) {
			run_job(&w, paths, n, i, jobs);
			exit(w.differences || !w.compared);
		}
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
