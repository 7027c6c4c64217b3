/* kallsyms/kallsyms.c - all sections and symbols of a linked kernel, as data to link into it
 *
 * Reads an executable i386 ELF file and writes a relocatable one to stdout, whose section
 * __kallsyms holds, in little-endian 32-bit words, a header, a record for each allocated
 * section, a record for each symbol in one, by address, then their names. All offsets count
 * from the start of the data. The linker names its ends __start___kallsyms and
 * __stop___kallsyms. The module's part of the same format is libobj's obj_kallsyms.c.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "msg.h"

static const char usage_text[] = "usage: kallsyms VMLINUX > kallsyms.o\n\n"
				 "  -h, --help     this text\n"
				 "  -V, --version  the version\n";

struct header {
	uint32_t size, total_size;
	uint32_t n_sections, section_off, section_size;
	uint32_t n_symbols, symbol_off, symbol_size;
	uint32_t string_off;
	uint32_t start, end;
};

struct section_record {
	uint32_t start, size, name, flags;
};

struct symbol_record {
	uint32_t section, address, name; /* section: offset of its record */
};

_Static_assert(sizeof(struct header) == 44, "header");

struct table {
	struct header h;
	struct section_record *sections;
	struct symbol_record *symbols;
	uint32_t *record_of; /* section index -> offset of its record, 0: none */
	size_t nindexes;
	char *strings;
	size_t nstrings;
	FILE *string_stream;
};

/* Where the next name goes. */
static uint32_t put_name(struct table *t, const char *name)
{
	uint32_t at = ftell(t->string_stream);

	fwrite(name, 1, strlen(name) + 1, t->string_stream);
	return at;
}

static int read_sections(struct table *t, Elf *elf)
{
	size_t names, n;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	if (elf_getshdrnum(elf, &n) != 0 || elf_getshdrstrndx(elf, &names) != 0)
		return -EBADMSG;
	t->nindexes = n;
	t->sections = calloc(n + 1, sizeof(*t->sections));
	t->record_of = calloc(n + 1, sizeof(*t->record_of));
	if (!t->sections || !t->record_of)
		return -ENOMEM;
	t->h.start = UINT32_MAX;
	while ((scn = elf_nextscn(elf, scn))) {
		struct section_record *r = &t->sections[t->h.n_sections];
		const char *name;

		if (!gelf_getshdr(scn, &sh))
			return -EBADMSG;
		name = elf_strptr(elf, names, sh.sh_name);
		if (!name)
			return -EBADMSG;
		if (!(sh.sh_flags & SHF_ALLOC) || !sh.sh_size)
			continue;
		*r = (struct section_record){sh.sh_addr, sh.sh_size, put_name(t, name),
					     sh.sh_flags};
		t->record_of[elf_ndxscn(scn)] =
			t->h.section_off + t->h.n_sections++ * sizeof(*r);
		if (r->start < t->h.start)
			t->h.start = r->start;
		if (r->start + r->size > t->h.end)
			t->h.end = r->start + r->size;
	}
	return t->h.n_sections ? 0 : -ENOENT;
}

struct named {
	struct symbol_record r;
	const char *name;
};

static int by_address(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->r.address != y->r.address)
		return x->r.address < y->r.address ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The symbol's name if it is one to list, or NULL. */
static const char *listed(const struct table *t, Elf *elf, const GElf_Shdr *sh,
			  const GElf_Sym *sym)
{
	const char *name = elf_strptr(elf, sh->sh_link, sym->st_name);

	if (!name || !*name || sym->st_shndx >= t->nindexes ||
	    !t->record_of[sym->st_shndx] || GELF_ST_TYPE(sym->st_info) == STT_SECTION ||
	    GELF_ST_TYPE(sym->st_info) == STT_FILE)
		return NULL;
	return name;
}

static int read_symbols(struct table *t, Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;
	struct named *found = calloc(n + 1, sizeof(*found));
	size_t nfound = 0;
	GElf_Sym sym;

	t->symbols = calloc(n + 1, sizeof(*t->symbols));
	if (!found || !t->symbols || !data) {
		free(found);
		return data ? -ENOMEM : -EBADMSG;
	}
	for (size_t i = 0; i < n && gelf_getsym(data, i, &sym); i++) {
		const char *name = listed(t, elf, sh, &sym);

		if (name)
			found[nfound++] = (struct named){
				{t->record_of[sym.st_shndx], sym.st_value, 0}, name};
	}
	qsort(found, nfound, sizeof(*found), by_address);
	for (size_t i = 0; i < nfound; i++) {
		found[i].r.name = put_name(t, found[i].name);
		t->symbols[i] = found[i].r;
	}
	t->h.n_symbols = nfound;
	free(found);
	return 0;
}

static int read_kernel(struct table *t, Elf *elf)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	int err = read_sections(t, elf);

	while (!err && (scn = elf_nextscn(elf, scn)))
		if (!gelf_getshdr(scn, &sh))
			err = -EBADMSG;
		else if (sh.sh_type == SHT_SYMTAB)
			return read_symbols(t, elf, scn, &sh);
	return err ? err : -ENOENT;
}

/* Every record and the header are nothing but 32-bit words. */
static char *put_words(char *to, const void *words, size_t size)
{
	for (size_t i = 0; i < size / 4; i++) {
		uint32_t w;

		memcpy(&w, (const char *)words + 4 * i, 4);
		w = htole32(w);
		memcpy(to + 4 * i, &w, 4);
	}
	return to + size;
}

/* The section's contents; names count from its start. malloced. */
static char *layout(struct table *t)
{
	struct header *h = &t->h;
	char *bytes, *to;

	h->size = sizeof(*h);
	h->section_size = sizeof(*t->sections);
	h->symbol_size = sizeof(*t->symbols);
	h->symbol_off = h->section_off + h->n_sections * h->section_size;
	h->string_off = h->symbol_off + h->n_symbols * h->symbol_size;
	h->total_size = h->string_off + t->nstrings;
	for (uint32_t i = 0; i < h->n_sections; i++)
		t->sections[i].name += h->string_off;
	for (uint32_t i = 0; i < h->n_symbols; i++)
		t->symbols[i].name += h->string_off;
	bytes = malloc(h->total_size);
	if (!bytes)
		return NULL;
	to = put_words(bytes, h, sizeof(*h));
	to = put_words(to, t->sections, h->n_sections * h->section_size);
	to = put_words(to, t->symbols, h->n_symbols * h->symbol_size);
	memcpy(to, t->strings, t->nstrings);
	return bytes;
}

static bool add_section(Elf *elf, const Elf32_Shdr *like, void *bytes, size_t size)
{
	Elf_Scn *scn = elf_newscn(elf);
	Elf_Data *data = scn ? elf_newdata(scn) : NULL;
	Elf32_Shdr *sh = data ? elf32_getshdr(scn) : NULL;

	if (!sh)
		return false;
	data->d_buf = bytes;
	data->d_size = size;
	data->d_align = like->sh_addralign;
	sh->sh_name = like->sh_name;
	sh->sh_type = like->sh_type;
	sh->sh_flags = like->sh_flags;
	sh->sh_addralign = like->sh_addralign;
	return true;
}

/* Section 1 holds the sections' names, section 2 is __kallsyms. */
static bool build(int fd, char *bytes, size_t size)
{
	static char names[] = "\0.shstrtab\0__kallsyms";
	const Elf32_Shdr shstrtab = {.sh_name = 1,
				     .sh_type = SHT_STRTAB,
				     .sh_addralign = 1};
	const Elf32_Shdr kallsyms = {.sh_name = 11,
				     .sh_type = SHT_PROGBITS,
				     .sh_flags = SHF_ALLOC,
				     .sh_addralign = 4};
	Elf *elf = elf_begin(fd, ELF_C_WRITE, NULL);
	Elf32_Ehdr *eh = elf ? elf32_newehdr(elf) : NULL;
	bool ok = false;

	if (eh) {
		eh->e_ident[EI_DATA] = ELFDATA2LSB;
		eh->e_type = ET_REL;
		eh->e_machine = EM_386;
		eh->e_version = EV_CURRENT;
		eh->e_shstrndx = 1;
		ok = add_section(elf, &shstrtab, names, sizeof(names)) &&
		     add_section(elf, &kallsyms, bytes, size) &&
		     elf_update(elf, ELF_C_WRITE) >= 0;
	}
	if (!ok)
		msg_error("cannot write: %s", elf_errmsg(-1));
	elf_end(elf);
	return ok;
}

/* libelf wants to seek, stdout may be a pipe. */
static int write_object(char *bytes, size_t size)
{
	FILE *object = tmpfile();
	char buf[8192];
	size_t n;

	if (!object) {
		msg_errno(-errno, "temporary file");
		return -1;
	}
	if (!build(fileno(object), bytes, size)) {
		fclose(object);
		return -1;
	}
	rewind(object);
	while ((n = fread(buf, 1, sizeof(buf), object)) > 0)
		fwrite(buf, 1, n, stdout);
	fclose(object);
	return 0;
}

static const char *what_it_is_not(Elf *elf)
{
	GElf_Ehdr eh;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &eh))
		return "not an ELF file";
	if (eh.e_type != ET_EXEC)
		return "not an executable: a linked kernel is wanted";
	if (eh.e_machine != EM_386 || eh.e_ident[EI_CLASS] != ELFCLASS32 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB)
		return "not for i386";
	return NULL;
}

static int convert(Elf *elf)
{
	struct table t = {.h.section_off = sizeof(struct header)};
	const char *wrong = what_it_is_not(elf);
	char *bytes = NULL;
	int err = -EBADMSG;

	if (wrong) {
		msg_error("%s", wrong);
		return -1;
	}
	t.string_stream = open_memstream(&t.strings, &t.nstrings);
	if (t.string_stream) {
		err = read_kernel(&t, elf);
		if (fclose(t.string_stream) != 0)
			err = -ENOMEM;
	}
	if (!err && !(bytes = layout(&t)))
		err = -ENOMEM;
	if (err == -ENOENT)
		msg_error("it has no %s",
			  t.h.n_sections ? "symbols" : "sections to load");
	else if (err == -EBADMSG)
		msg_error("damaged: %s", elf_errmsg(-1));
	else if (err)
		msg_errno(err, "cannot read it");
	else
		err = write_object(bytes, t.h.total_size);
	free(bytes);
	free(t.strings);
	free(t.sections);
	free(t.symbols);
	free(t.record_of);
	return err;
}

static int run(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = -1;
	Elf *elf;

	msg_object(path);
	if (fd < 0) {
		msg_errno(-errno, "cannot open");
		return -1;
	}
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf)
		err = convert(elf);
	else
		msg_error("%s", elf_errmsg(-1));
	elf_end(elf);
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	int c;

	msg_init(argv[0]);
	while ((c = getopt_long(argc, argv, "hV", longs, NULL)) != -1) {
		if (c == '?')
			return msg_usage(NULL);
		fputs(c == 'h' ? usage_text
			       : "kallsyms (modstack) " MODSTACK_VERSION "\n",
		      stdout);
		return msg_status();
	}
	if (argc - optind != 1) {
		return msg_usage("which one file?");
	}
	run(argv[optind]);
	return msg_status();
}
