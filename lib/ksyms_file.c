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
#include "readfile.h"

#define TYPICAL_LINE 28 /* bytes */
#define GPLONLY	     "GPLONLY_"
#define KEY	     8 /* bytes of a name that tell whether it is wanted */

_Static_assert(KEY == sizeof(uint64_t), "see wanted_bit");
_Static_assert(8 * sizeof(struct ksyms_wanted) == 1 << (64 - 51), "see wanted_bit");

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
	size_t lines;			   /* a guess */
	size_t ntables;
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

#define ONES  0x0101010101010101u
#define HIGHS (0x80 * ONES)

/* The high bits of the bytes of w that are c, and of those that are not above a blank. */
static uint64_t equal_bytes(uint64_t w, unsigned char c)
{
	uint64_t x = w ^ c * ONES;

	return ~(((x & ~HIGHS) + ~HIGHS) | x) & HIGHS;
}

static uint64_t ending_bytes(uint64_t w)
{
	return ~(((w & ~HIGHS) + (0x7f - ' ') * ONES) | w) & HIGHS;
}

/* The bit of a name: by its first bytes, up to what may be a version. KEY + 1 bytes are
 * read. This is most of what a line costs that nobody wants. */
static unsigned wanted_bit(const char *name)
{
	uint64_t key, behind, stop;

	memcpy(&key, name, sizeof(key));
	memcpy(&behind, name + 1, sizeof(behind));
	key = le64toh(key);
	stop = ending_bytes(key);
	stop |= equal_bytes(key, '_') & equal_bytes(le64toh(behind), 'R');
	if (stop) /* keep the bytes below the lowest */
		key &= ((stop & -stop) >> 7) - 1;
	return key * 0x9e3779b97f4a7c15u >> 51;
}

static const char *without_gplonly(const char *name)
{
	bool gpl = name[0] == GPLONLY[0] && !strncmp(name, GPLONLY, strlen(GPLONLY));

	return gpl ? name + strlen(GPLONLY) : name;
}

/* The same of a name that may end before that. */
static unsigned short_wanted_bit(const char *name)
{
	char bytes[KEY + 1] = "";
	size_t len = strnlen(name, sizeof(bytes));

	memcpy(bytes, name, len);
	return wanted_bit(bytes);
}

void ksyms_wanted_add(struct ksyms_wanted *w, const char *name)
{
	unsigned bit = short_wanted_bit(without_gplonly(name));

	w->bits[bit / 8] |= 1 << bit % 8;
}

/* `name` ends at `end`. */
static bool is_wanted(const struct ksyms_wanted *w, const char *name, const char *end)
{
	unsigned bit;

	name = without_gplonly(name);
	bit = end - name > KEY ? wanted_bit(name) : short_wanted_bit(name);
	return w->bits[bit / 8] >> bit % 8 & 1;
}

/* --- lines ------------------------------------------------------------------------------- */

/* A line of a System.map, by its blanks, whose name nobody wants. */
static bool is_unwanted(const struct ksyms_wanted *w, const char *line, size_t len)
{
	return len >= 12 && line[8] == ' ' && line[10] == ' ' && line[9] > ' ' &&
	       line[11] > ' ' && line[11] != '[' && !is_wanted(w, line + 11, line + len);
}

/* The form that nearly every line of a System.map has: eight digits, a letter, the name.
 * There are tens of thousands of them, and this is what reading one costs. */
static bool parse_map_line(char *line, size_t len, struct entry *e)
{
	tgt_addr v = 0;

	if (len < 12 || line[8] != ' ' || line[11] == '[' || is_blank(line[9]) ||
	    line[10] != ' ' || memchr(line + 11, ' ', len - 11) ||
	    memchr(line + 11, '\t', len - 11))
		return false;
	for (int i = 0; i < 8; i++) {
		int digit = digit_of(line[i]);

		if (digit < 0)
			return false;
		v = v << 4 | digit;
	}
	*e = (struct entry){.value = v, .type = line[9], .name = line + 11};
	return true;
}

/* Local symbols are nobody else's business; weak ones are lower case, too. */
static bool is_global(char type)
{
	return !type || (type >= 'A' && type <= 'Z' && type != 'U') || type == 'w' ||
	       type == 'v';
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
	t = reallocarray(r->tables, r->ntables + 1, sizeof(*t));
	if (!t)
		return NULL;
	r->tables = t;
	t[r->ntables] = (struct table){.module = module};
	return &t[r->ntables++];
}

static int add_entry(struct reading *r, const struct entry *e)
{
	struct table *t = e->module ? find_table(r, e->module) : &r->tables[0];
	struct ksyms_symbol *s;

	if (!t)
		return -ENOMEM;
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : r->lines;

		s = reallocarray(t->symbols, room, sizeof(*s));
		if (!s)
			return -ENOMEM;
		t->symbols = s;
		t->room = room;
	}
	t->symbols[t->n++] = (struct ksyms_symbol){e->name, e->value};
	return 0;
}

static int parse(struct reading *r, char *text, unsigned *lineno)
{
	int err = find_table(r, NULL) ? 0 : -ENOMEM;

	for (char *line = text, *next; !err && *line; line = next) {
		struct entry e;
		size_t len;

		next = strchrnul(line, '\n');
		len = next - line;
		if (*next)
			*next++ = '\0';
		++*lineno;
		if (r->wanted && is_unwanted(r->wanted, line, len))
			continue;
		if (!parse_map_line(line, len, &e)) {
			if (!line[strspn(line, " \t")])
				continue;
			if (!parse_line(line, &e))
				return -EBADMSG;
		}
		if (is_global(e.type))
			err = add_entry(r, &e);
	}
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

/* The file's bytes, NUL-terminated and the snapshot's own. */
static char *take_text(struct ksyms *k, struct readfile *f)
{
	char *text = realloc(f->bytes, f->len + 1);

	if (!text)
		return NULL;
	f->bytes = NULL;
	text[f->len] = '\0';
	return ksyms_adopt(k, text);
}

int ksyms_read_file(struct ksyms *k, const char *path, const struct ksyms_wanted *wanted,
		    unsigned *line)
{
	struct reading r = {.k = k, .wanted = wanted};
	struct readfile f;
	char *text;
	int err;

	*line = 0;
	err = ksyms_start(k);
	if (err)
		return err;
	err = readfile(&f, path, false);
	if (err)
		return err;
	text = take_text(k, &f);
	r.lines = wanted ? 256 : f.len / TYPICAL_LINE + 64;
	readfile_free(&f);
	err = text ? parse(&r, text, line) : -ENOMEM;
	if (!err)
		err = publish(&r);
	for (size_t i = 0; i < r.ntables; i++)
		free(r.tables[i].symbols);
	free(r.tables);
	return err;
}
