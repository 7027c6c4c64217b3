/* lib/ksyms_file.c - a snapshot from a file: a System.map or a copy of /proc/ksyms
 *
 *	c0100000 T printk              System.map: address, type, name
 *	c0100000 printk                /proc/ksyms: address, name,
 *	c8800060 slhc_init	[slhc]     and the module that exports it
 */
#include "ksyms_priv.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "namehash.h"
#include "readfile.h"

#define TABLE_ROOM 256 /* symbols, to begin with */
#define NAMES_ROOM (16u << 10)
#define NAME_AT	   11 /* offset in a line of a System.map */
#define KEY	   5  /* bytes of a name that tell whether it is wanted */
#define WANTED_LOG 13 /* of the number of bits in a set */

_Static_assert(8 * sizeof(((struct ksyms_wanted *)0)->starts) == 1 << WANTED_LOG,
	       "a bit each");

struct entry {
	tgt_addr value;
	char type; /* of a System.map; 0: none given */
	char *name, *module;
};

/* Symbols of one provider, growing. */
struct table {
	const char *module; /* NULL: the kernel */
	struct ksyms_symbol *symbols;
	size_t n, room;
};

struct reading {
	struct ksyms *k;
	const struct ksyms_wanted *wanted; /* NULL: all */
	struct table *tables;		   /* [0] is the kernel */
	size_t ntables;
	char *names; /* room for copies of what outlives its line */
	size_t names_left;
	unsigned line; /* number */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word, NUL-terminated, or NULL. */
static char *next_word(char **line)
{
	char *p = *line, *end;

	while (is_blank(*p))
		p++;
	if (!*p)
		return NULL;
	for (end = p; *end && !is_blank(*end); end++)
		;
	*line = *end ? end + 1 : end;
	*end = '\0';
	return p;
}

/* The value of a hex digit, or -1. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A whole word of hex digits that fits an address; a 0x in front is taken. */
static bool parse_address(const char *word, tgt_addr *v)
{
	uint64_t sum = 0;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		word += 2;
	if (!*word)
		return false;
	for (; *word; word++) {
		if (digit_of(*word) < 0)
			return false;
		sum = sum << 4 | digit_of(*word);
		if (sum > UINT32_MAX)
			return false;
	}
	*v = sum;
	return true;
}

static bool parse_line(char *line, struct entry *e)
{
	char *value = next_word(&line), *a = next_word(&line), *b = next_word(&line);
	tgt_addr v;

	if (!value || !a || next_word(&line) || !parse_address(value, &v))
		return false;
	*e = (struct entry){.value = v, .name = a};
	if (!b)
		return true;
	if (b[0] == '[') {
		size_t len = strlen(b);

		if (len < 3 || b[len - 1] != ']')
			return false;
		b[len - 1] = '\0';
		e->module = b + 1;
		return true;
	}
	if (a[1])
		return false;
	e->type = a[0];
	e->name = b;
	return true;
}

/* --- wanted names ------------------------------------------------------------------------ */

/* The sets hold bits by a product's high ones. Their members are a name's first KEY bytes,
 * and the name as a whole. */
static bool has_bit(const unsigned char *set, uint64_t product)
{
	unsigned bit = product >> (64 - WANTED_LOG);

	return set[bit / 8] >> bit % 8 & 1;
}

static void set_bit(unsigned char *set, uint64_t product)
{
	unsigned bit = product >> (64 - WANTED_LOG);

	set[bit / 8] |= 1 << bit % 8;
}

/* The low KEY bytes are a name's first ones. */
static uint64_t hash_start(uint64_t bytes)
{
	return (bytes << (64 - 8 * KEY)) * NAMEHASH_ODD;
}

static bool may_have_version(const char *name, size_t len)
{
	return memchr(name, 'R', len) && memmem(name, len, "_R", 2);
}

/* What may be a version is not part of a name. One that is shorter than a key then makes
 * all starts wanted. */
void ksyms_wanted_add(struct ksyms_wanted *w, const char *name)
{
	const char *version = strstr(name, "_R");
	size_t len = version ? (size_t)(version - name) : strlen(name);
	uint64_t bytes = 0;

	set_bit(w->names, name_hash(name, len));
	if (len < KEY) {
		memset(w->starts, 0xff, sizeof(w->starts));
		return;
	}
	memcpy(&bytes, name, KEY);
	set_bit(w->starts, hash_start(le64toh(bytes)));
}

/* Does a line of a System.map begin here: "c0100000 T printk"? Doubtful ones do not, like
 * those whose name begins with a capital (GPLONLY_) or a bracket. There is no newline in
 * the first NAME_AT bytes then; *start has those of the name in its low bytes. */
static bool begins_plainly(const char *line, size_t left, uint64_t *start)
{
	const uint64_t blanks = 0x2020202020202020u; /* a bit that all digits have */
	uint64_t digits, bytes;

	if (left < sizeof(digits) + sizeof(bytes))
		return false;
	memcpy(&digits, line, sizeof(digits));
	memcpy(&bytes, line + sizeof(digits), sizeof(bytes));
	bytes = le64toh(bytes);
	*start = bytes >> 8 * (NAME_AT - sizeof(digits));
	return (digits & blanks) == blanks && (bytes & 0xff00ff) == (' ' << 16 | ' ') &&
	       (bytes >> 8 & 0xff) > ' ' && (*start & 0xff) > '[';
}

/* A name that nobody wants; not one that is short or may have a version. Most of tens of
 * thousands are told by their start, and that is what reading their lines costs. */
static bool is_unwanted(const struct ksyms_wanted *w, uint64_t start, const char *name,
			size_t len)
{
	if (len < KEY)
		return false;
	return !has_bit(w->starts, hash_start(start)) ||
	       (!has_bit(w->names, name_hash(name, len)) && !may_have_version(name, len));
}

/* --- lines ------------------------------------------------------------------------------- */

/* The form that nearly every line of a System.map has: eight digits, a letter, the name.
 * There are tens of thousands of them, and this is what reading one costs. */
static bool parse_map_line(char *line, size_t len, struct entry *e)
{
	tgt_addr v = 0;

	if (len <= NAME_AT || line[8] != ' ' || line[NAME_AT] == '[' ||
	    is_blank(line[9]) || line[10] != ' ' || strpbrk(line + NAME_AT, " \t"))
		return false;
	for (int i = 0; i < 8; i++) {
		int digit = digit_of(line[i]);

		if (digit < 0)
			return false;
		v = v << 4 | digit;
	}
	*e = (struct entry){.value = v, .type = line[9], .name = line + NAME_AT};
	return true;
}

/* Local symbols are nobody else's business; weak ones are lower case, too. */
static bool is_global(char type)
{
	return !type || (type >= 'A' && type <= 'Z' && type != 'U') || type == 'w' ||
	       type == 'v';
}

/* A copy that lives as long as the snapshot, or NULL. */
static const char *keep(struct reading *r, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy;

	if (size > r->names_left) {
		size_t room = size > NAMES_ROOM ? size : NAMES_ROOM;

		r->names = ksyms_adopt(r->k, malloc(room));
		r->names_left = r->names ? room : 0;
	}
	if (!r->names)
		return NULL;
	copy = memcpy(r->names, text, size);
	r->names += size;
	r->names_left -= size;
	return copy;
}

/* The table of a module (NULL: the kernel); made when it is met first. */
static struct table *find_table(struct reading *r, const char *module)
{
	struct table *t;

	if (!module && r->ntables)
		return &r->tables[0];
	for (size_t i = 1; module && i < r->ntables; i++)
		if (!strcmp(r->tables[i].module, module))
			return &r->tables[i];
	if (module && !(module = keep(r, module)))
		return NULL;
	t = reallocarray(r->tables, r->ntables + 1, sizeof(*t));
	if (!t)
		return NULL;
	r->tables = t;
	t[r->ntables] = (struct table){.module = module};
	return &t[r->ntables++];
}

static int add_entry(struct reading *r, const struct entry *e)
{
	struct table *t = find_table(r, e->module);
	const char *name = keep(r, e->name);
	struct ksyms_symbol *s;

	if (!t || !name)
		return -ENOMEM;
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : TABLE_ROOM;

		s = reallocarray(t->symbols, room, sizeof(*s));
		if (!s)
			return -ENOMEM;
		t->symbols = s;
		t->room = room;
	}
	t->symbols[t->n++] = (struct ksyms_symbol){name, e->value};
	return 0;
}

static int take_line(struct reading *r, char *line, size_t len)
{
	struct entry e;

	line[len] = '\0';
	if (strlen(line) != len)
		return -EBADMSG;
	if (!parse_map_line(line, len, &e)) {
		if (!line[strspn(line, " \t")])
			return 0;
		if (!parse_line(line, &e))
			return -EBADMSG;
	}
	return is_global(e.type) ? add_entry(r, &e) : 0;
}

/* Lines of the file, as readfile_lines() has them. */
static int take_lines(void *reading, char *text, size_t size)
{
	struct reading *r = reading;
	unsigned n = 0;
	int err = 0;

	for (char *line = text, *end = text + size, *next; !err && line < end;
	     line = next) {
		uint64_t start;
		bool plain = r->wanted && begins_plainly(line, end - line, &start);
		char *from = plain ? line + NAME_AT : line;
		char *stop = memchr(from, '\n', end - from);

		next = stop + 1;
		n++;
		if (!plain || !is_unwanted(r->wanted, start, from, stop - from))
			err = take_line(r, line, stop - line);
	}
	r->line += n;
	return err;
}

/* struct module of a module is where its __insmod_NAME_O... symbol points. */
static tgt_addr module_address(const struct table *t)
{
	size_t len = strlen(t->module);

	for (size_t i = 0; i < t->n; i++) {
		const char *name = t->symbols[i].name;

		if (!strncmp(name, "__insmod_", 9) &&
		    !strncmp(name + 9, t->module, len) &&
		    !strncmp(name + 9 + len, "_O", 2))
			return t->symbols[i].value;
	}
	return 0;
}

static int publish(struct reading *r)
{
	struct ksyms *k = r->k;

	k->nmodules = r->ntables - 1;
	k->modules = ksyms_alloc(k, k->nmodules, sizeof(*k->modules));
	if (!k->modules)
		return -ENOMEM;
	for (size_t i = 0; i < r->ntables; i++) {
		struct table *t = &r->tables[i];
		struct ksyms_module *m = i ? &k->modules[i - 1] : &k->kernel;

		if (t->symbols && !ksyms_adopt(k, t->symbols)) {
			t->symbols = NULL;
			return -ENOMEM;
		}
		m->name = i ? t->module : "";
		m->symbols = t->symbols;
		m->nsymbols = t->n;
		if (i)
			m->info.addr = module_address(t);
		t->symbols = NULL;
	}
	return 0;
}

int ksyms_read_file(struct ksyms *k, const char *path, const struct ksyms_wanted *wanted,
		    unsigned *line)
{
	struct reading r = {.k = k, .wanted = wanted};
	int err = ksyms_start(k);

	*line = 0;
	if (err)
		return err;
	err = find_table(&r, NULL) ? readfile_lines(path, take_lines, &r) : -ENOMEM;
	*line = r.line;
	if (!err)
		err = publish(&r);
	for (size_t i = 0; i < r.ntables; i++)
		free(r.tables[i].symbols);
	free(r.tables);
	return err;
}
