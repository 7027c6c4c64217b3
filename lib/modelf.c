/* lib/modelf.c - a read-only view of a module's ELF file, whatever the machine */
#include "modelf.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "readfile.h"

/* More than any linker makes; bounds what a forged header can make us allocate. */
#define SECTIONS_MAX (1u << 20)
/* Symbols and their names lie together in most files: read such a gap rather than twice.
 */
#define GAP_MAX 65536
/* Linkers put the names of the sections right before their headers: read this much with them. */
#define NAMES_GUESS 1024

static int bad(struct modelf *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int bad(struct modelf *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->why, sizeof(m->why), fmt, ap);
	va_end(ap);
	return -ENOEXEC;
}

/* The one range check: do `len` bytes at `offset` lie within the file? */
static bool within(const struct modelf *m, uint64_t offset, uint64_t len)
{
	return offset <= m->len && len <= m->len - offset;
}

static int room_for(struct modelf_bytes *b, uint64_t len)
{
	unsigned char *bytes;
	size_t room;

	if (len < b->room)
		return 0;
	if (len > READFILE_MAX)
		return -EFBIG;
	room = len + len / 2 + 4096;
	bytes = realloc(b->bytes, room);
	if (!bytes)
		return -ENOMEM;
	b->bytes = bytes;
	b->room = room;
	return 0;
}

static int read_at(struct modelf *m, unsigned char *to, uint64_t len, uint64_t offset)
{
	size_t done = 0;

	if (m->whole) {
		memcpy(to, m->whole + offset, len);
		return 0;
	}
	while (done < len) {
		ssize_t n = pread(m->fd, to + done, len - done, offset + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return bad(m, "file became shorter while it was read");
		done += n;
	}
	return 0;
}

static int fetch(struct modelf *m, struct modelf_bytes *b, uint64_t offset, uint64_t len)
{
	int err;

	if (!within(m, offset, len))
		return bad(m, "truncated: bytes %llu to %llu of %llu are missing",
			   (unsigned long long)offset, (unsigned long long)(offset + len),
			   (unsigned long long)m->len);
	err = room_for(b, len);
	if (err)
		return err;
	b->len = 0;
	err = read_at(m, b->bytes, len, offset);
	if (err)
		return err;
	b->len = len;
	b->bytes[len] = '\0';
	return 0;
}

/* Inline, so that it is a load and perhaps a swap where the size is known. */
static inline uint64_t number(const struct modelf *m, const unsigned char *p,
			      unsigned size)
{
	uint16_t n2;
	uint32_t n4;
	uint64_t n8;

	switch (size) {
	case 1:
		return *p;
	case 2:
		memcpy(&n2, p, 2);
		return m->big ? be16toh(n2) : le16toh(n2);
	case 4:
		memcpy(&n4, p, 4);
		return m->big ? be32toh(n4) : le32toh(n4);
	default:
		memcpy(&n8, p, 8);
		return m->big ? be64toh(n8) : le64toh(n8);
	}
}

uint64_t modelf_number(const struct modelf *m, const unsigned char *p, unsigned size)
{
	return number(m, p, size);
}

/* A member of a structure of the file at p, which ELF32 and ELF64 have in different places. */
#define MEMBER(m, p, type, name)                                                         \
	((m)->wide ? number(m, (p) + offsetof(Elf64_##type, name),                       \
			    sizeof(((Elf64_##type *)0)->name))                           \
		   : number(m, (p) + offsetof(Elf32_##type, name),                       \
			    sizeof(((Elf32_##type *)0)->name)))

static size_t symbol_size(const struct modelf *m)
{
	return m->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

void modelf_init(struct modelf *m)
{
	*m = (struct modelf){.fd = -1};
}

void modelf_bytes_free(struct modelf_bytes *b)
{
	free(b->bytes);
	*b = (struct modelf_bytes){0};
}

void modelf_free(struct modelf *m)
{
	modelf_close(m);
	free(m->sections);
	modelf_bytes_free(&m->headers);
	modelf_bytes_free(&m->name_bytes);
	modelf_bytes_free(&m->symbols);
	modelf_bytes_free(&m->strings);
	modelf_bytes_free(&m->packed);
	unpack_free(&m->unpacker);
	modelf_init(m);
}

void modelf_close(struct modelf *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	m->whole = NULL;
	m->nsections = m->nsymbols = m->first_global = 0;
	m->symtab = NULL;
	m->strtab = NULL;
}

static int check_ident(struct modelf *m, const unsigned char *ident)
{
	if (memcmp(ident, ELFMAG, SELFMAG) != 0)
		return bad(m, "not an ELF file");
	m->wide = ident[EI_CLASS] == ELFCLASS64;
	m->big = ident[EI_DATA] == ELFDATA2MSB;
	if (!m->wide && ident[EI_CLASS] != ELFCLASS32)
		return bad(m, "unknown ELF class %u", ident[EI_CLASS]);
	if (!m->big && ident[EI_DATA] != ELFDATA2LSB)
		return bad(m, "unknown ELF byte order %u", ident[EI_DATA]);
	return 0;
}

/* The first bytes tell whether the file is packed; if so, all of it is unpacked. */
static int read_header(struct modelf *m, unsigned char *header)
{
	int err;

	if (m->len == 0)
		return bad(m, "empty file");
	memset(header, 0, sizeof(Elf64_Ehdr));
	err = read_at(m, header,
		      m->len < sizeof(Elf64_Ehdr) ? m->len : sizeof(Elf64_Ehdr), 0);
	if (err)
		return err;
	if (unpack_knows(header, sizeof(Elf64_Ehdr))) {
		err = fetch(m, &m->packed, 0, m->len);
		if (!err)
			err = unpack(&m->unpacker, m->packed.bytes, m->len);
		if (err)
			return err;
		m->whole = m->unpacker.bytes;
		m->len = m->unpacker.len;
		memset(header, 0, sizeof(Elf64_Ehdr));
		if (m->len)
			memcpy(header, m->whole,
			       m->len < sizeof(Elf64_Ehdr) ? m->len : sizeof(Elf64_Ehdr));
	}
	err = check_ident(m, header);
	if (err)
		return err;
	if (m->len < (m->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return bad(m, "truncated: shorter than an ELF header");
	return 0;
}

static void take_section(struct modelf *m, struct modelf_section *s,
			 const unsigned char *from)
{
	s->name = NULL;
	s->type = MEMBER(m, from, Shdr, sh_type);
	s->flags = MEMBER(m, from, Shdr, sh_flags);
	s->offset = MEMBER(m, from, Shdr, sh_offset);
	s->size = MEMBER(m, from, Shdr, sh_size);
	s->link = MEMBER(m, from, Shdr, sh_link);
	s->info = MEMBER(m, from, Shdr, sh_info);
	s->entsize = MEMBER(m, from, Shdr, sh_entsize);
}

static int check_section(struct modelf *m, uint32_t i, uint32_t name)
{
	struct modelf_section *s = &m->sections[i];

	if (name >= m->names_len)
		return bad(m, "section %u: name outside the string table", i);
	s->name = m->names + name;
	if (s->type != SHT_NULL && s->type != SHT_NOBITS &&
	    !within(m, s->offset, s->size))
		return bad(m, "section %u (%s) lies outside the file", i, s->name);
	return 0;
}

/* The names of the sections: among the bytes before the table, or fetched. */
static int find_names(struct modelf *m, const struct modelf_section *s, uint64_t from,
		      uint64_t table)
{
	int err = 0;

	if (s->type != SHT_STRTAB || s->size == 0)
		return bad(m, "no table of section names");
	if (s->offset >= from && s->offset < table && s->size <= table - s->offset) {
		m->names = (char *)m->headers.bytes + (s->offset - from);
	} else {
		err = fetch(m, &m->name_bytes, s->offset, s->size);
		m->names = (char *)m->name_bytes.bytes;
	}
	m->names_len = s->size;
	if (!err && m->names[s->size - 1] != '\0')
		return bad(m, "the table of section names does not end with NUL");
	return err;
}

static int read_section_table(struct modelf *m, uint64_t offset, uint32_t n, size_t each,
			      uint32_t names)
{
	uint64_t from = offset > NAMES_GUESS ? offset - NAMES_GUESS : 0;
	const unsigned char *table;
	struct modelf_section *s;
	int err;

	if (!within(m, offset, (uint64_t)n * each))
		return bad(m, "truncated: the section headers are missing");
	err = fetch(m, &m->headers, from, offset - from + (uint64_t)n * each);
	if (err)
		return err;
	table = m->headers.bytes + (offset - from);
	if (n > m->sections_room) {
		s = realloc(m->sections, n * sizeof(*s));
		if (!s)
			return -ENOMEM;
		m->sections = s;
		m->sections_room = n;
	}
	for (uint32_t i = 0; i < n; i++)
		take_section(m, &m->sections[i], table + i * each);
	if (names >= n)
		return bad(m, "no table of section names");
	err = find_names(m, &m->sections[names], from, offset);
	for (uint32_t i = 0; !err && i < n; i++)
		err = check_section(m, i, MEMBER(m, table + i * each, Shdr, sh_name));
	m->nsections = err ? 0 : n;
	return err;
}

static int read_sections(struct modelf *m, const unsigned char *header)
{
	size_t each = m->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t offset = MEMBER(m, header, Ehdr, e_shoff),
		 n = MEMBER(m, header, Ehdr, e_shnum);
	uint32_t names = MEMBER(m, header, Ehdr, e_shstrndx);
	struct modelf_section first;
	int err;

	if (MEMBER(m, header, Ehdr, e_type) != ET_REL)
		return bad(m, "not a relocatable file");
	if (!offset)
		return bad(m, "no sections");
	if (MEMBER(m, header, Ehdr, e_shentsize) != each)
		return bad(m, "section headers of unknown size");
	if (n == 0 || names == SHN_XINDEX) { /* numbers that do not fit: in section 0 */
		err = fetch(m, &m->headers, offset, each);
		if (err)
			return err;
		take_section(m, &first, m->headers.bytes);
		n = n ? n : first.size;
		names = names == SHN_XINDEX ? first.link : names;
	}
	if (n == 0 || n > SECTIONS_MAX)
		return bad(m, "%llu sections", (unsigned long long)n);
	return read_section_table(m, offset, n, each, names);
}

static int find_symbols(struct modelf *m)
{
	for (uint32_t i = 1; i < m->nsections; i++) {
		const struct modelf_section *s = &m->sections[i];

		if (s->type != SHT_SYMTAB)
			continue;
		if (s->entsize != symbol_size(m))
			return bad(m, "symbols of unknown size");
		if (s->link >= m->nsections || m->sections[s->link].type != SHT_STRTAB)
			return bad(m, "no string table for the symbols");
		if (s->size / s->entsize > UINT32_MAX)
			return bad(m, "too many symbols");
		m->symtab_idx = i;
		m->nsymbols = s->size / s->entsize;
		m->first_global = s->info < m->nsymbols ? s->info : m->nsymbols;
		return 0;
	}
	return 0;
}

static int open_file(struct modelf *m, int dirfd, const char *path)
{
	unsigned char header[sizeof(Elf64_Ehdr)];
	int err;

	m->fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (m->fd < 0 || fstat(m->fd, &m->st) < 0)
		return -errno;
	if (!S_ISREG(m->st.st_mode))
		return -EINVAL;
	m->len = m->st.st_size;
	err = read_header(m, header);
	if (err)
		return err;
	m->machine = MEMBER(m, header, Ehdr, e_machine);
	err = read_sections(m, header);
	return err ? err : find_symbols(m);
}

int modelf_open(struct modelf *m, int dirfd, const char *path)
{
	int err;

	m->why[0] = '\0';
	err = open_file(m, dirfd, path);
	if (err)
		modelf_close(m);
	return err;
}

const char *modelf_why(const struct modelf *m, int err)
{
	return err == -ENOEXEC && m->why[0] ? m->why : readfile_error(err);
}

uint32_t modelf_find(const struct modelf *m, const char *name)
{
	for (uint32_t i = 1; i < m->nsections; i++)
		if (m->sections[i].type != SHT_NOBITS &&
		    strcmp(m->sections[i].name, name) == 0)
			return i;
	return 0;
}

int modelf_section(struct modelf *m, uint32_t secidx, struct modelf_bytes *out)
{
	return fetch(m, out, m->sections[secidx].offset, m->sections[secidx].size);
}

int modelf_tail(struct modelf *m, uint64_t len, struct modelf_bytes *out)
{
	len = len < m->len ? len : m->len;
	return fetch(m, out, m->len - len, len);
}

int modelf_symbols(struct modelf *m, uint32_t first)
{
	const struct modelf_section *sym = &m->sections[m->symtab_idx], *str;
	uint64_t from, to;
	int err;

	if (first >= m->nsymbols)
		return 0;
	str = &m->sections[sym->link];
	from = sym->offset + first * symbol_size(m);
	to = str->offset + str->size;
	m->symbols_from = first;
	if (str->offset >= sym->offset + sym->size &&
	    str->offset - sym->offset - sym->size < GAP_MAX) {
		err = fetch(m, &m->symbols, from, to - from);
		m->strtab = (char *)m->symbols.bytes + (str->offset - from);
	} else {
		err = fetch(m, &m->symbols, from, sym->offset + sym->size - from);
		if (!err)
			err = fetch(m, &m->strings, str->offset, str->size);
		m->strtab = (char *)m->strings.bytes;
	}
	if (err)
		return err;
	m->symtab = m->symbols.bytes;
	m->strtab_len = str->size;
	if (str->size && m->strtab[str->size - 1] != '\0')
		return bad(m, "string table of the symbols does not end with NUL");
	return 0;
}

int modelf_symbol(struct modelf *m, uint32_t i, struct modelf_symbol *sym)
{
	const unsigned char *p =
		m->symtab + (size_t)(i - m->symbols_from) * symbol_size(m);
	uint64_t name = MEMBER(m, p, Sym, st_name);
	unsigned info = MEMBER(m, p, Sym, st_info);

	if (name >= m->strtab_len)
		return bad(m, "symbol %u: name outside the string table", i);
	sym->name = m->strtab + name;
	sym->value = MEMBER(m, p, Sym, st_value);
	sym->size = MEMBER(m, p, Sym, st_size);
	sym->secidx = MEMBER(m, p, Sym, st_shndx);
	sym->bind = ELF32_ST_BIND(info);
	sym->type = ELF32_ST_TYPE(info);
	return 0;
}
