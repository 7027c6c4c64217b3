/* depmod/cache.c - the facts of all modules as the last run left them
 *
 * The file: a header, then in this order the records of the modules, those of the outputs,
 * exports, imports, paths, symbol names, info strings. Numbers are the machine's
 * own. A hash over all behind it is in the header: what passes is what we wrote, and is still
 * checked before it is used.
 */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "modstack depmod 1"

struct header {
	char magic[24];
	uint64_t hash, print;
	uint32_t nmodules, noutputs, nexports, nimports, nsymbols, unused;
	uint64_t paths, symbols, info; /* bytes of text */
};

struct record {
	struct stamp stamp;
	uint32_t nexports, nimports, info_len, unused;
};

struct output {
	char name[64];
	struct stamp stamp;
};

static uint64_t hash(uint64_t h, const void *bytes, size_t len)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	const char *p = bytes;
	uint64_t part;

	h ^= len * odd;
	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&part, p, 8);
		h = (h ^ part) * odd;
		h ^= h >> 29;
	}
	part = 0;
	if (len)
		memcpy(&part, p, len);
	h = (h ^ part) * odd;
	return h ^ h >> 32;
}

void cache_print_add(struct cache_print *p, const void *bytes, size_t len)
{
	p->hash = hash(p->hash, bytes, len);
}

/* --- reading --- */

/* The parts of the file in their order; takes n bytes off and says where they are. */
static const char *take(const char **at, const char *end, uint64_t n)
{
	const char *part = *at;

	if (!part || n > (uint64_t)(end - part))
		return *at = NULL;
	*at += n;
	return part;
}

static int read_bytes(struct cache *c, const char *dir)
{
	char *path;
	int fd;
	off_t len;

	if (asprintf(&path, "%s/" CACHE_NAME, dir) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	free(path);
	if (fd < 0)
		return -errno;
	len = lseek(fd, 0, SEEK_END);
	c->bytes = len > 0 ? malloc(len) : NULL;
	if (c->bytes && pread(fd, c->bytes, len, 0) == len)
		c->len = len;
	close(fd);
	return c->len ? 0 : -EBADMSG;
}

static int load_list(struct store_list *list, const char *from, uint32_t n,
		     uint32_t nsymbols)
{
	if (store_list_room(list, n) < 0)
		return -ENOMEM;
	if (n)
		memcpy(list->v, from, n * sizeof(*list->v));
	list->n = n;
	for (uint32_t i = 0; i < n; i++)
		if ((list->v[i] & ~STORE_WEAK) >= nsymbols)
			return -EBADMSG;
	return 0;
}

static int load_zeros(struct store_list *list, uint32_t n)
{
	if (store_list_room(list, n) < 0)
		return -ENOMEM;
	if (n)
		memset(list->v, 0, n * sizeof(*list->v));
	list->n = n;
	return 0;
}

/* Do the records account for all there is? And do info strings end where modules do? */
static int check_records(const struct cache *c, const struct header *h, const char *info)
{
	uint64_t exports = 0, imports = 0, infos = 0;

	for (uint32_t i = 0; i < c->nmodules; i++) {
		struct record r;

		memcpy(&r, c->modules + i * sizeof(r), sizeof(r));
		exports += r.nexports;
		imports += r.nimports;
		infos += r.info_len;
		if (infos > h->info || (r.info_len && info[infos - 1] != '\0'))
			return -EBADMSG;
	}
	return exports == h->nexports && imports == h->nimports && infos == h->info
		       ? 0
		       : -EBADMSG;
}

static int load(struct cache *c, struct store *s)
{
	const char *at = c->bytes, *end = at + c->len, *exports, *imports, *paths,
		   *symbols, *info;
	struct header h;
	int err;

	if (c->len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, take(&at, end, sizeof(h)), sizeof(h));
	if (memcmp(h.magic, MAGIC, sizeof(MAGIC)) != 0 || hash(0, at, end - at) != h.hash)
		return -EBADMSG;
	c->print = h.print;
	c->nmodules = h.nmodules;
	c->noutputs = h.noutputs;
	c->modules = take(&at, end, h.nmodules * (uint64_t)sizeof(struct record));
	c->outputs = take(&at, end, h.noutputs * (uint64_t)sizeof(struct output));
	exports = take(&at, end, h.nexports * (uint64_t)sizeof(store_symbol));
	imports = take(&at, end, h.nimports * (uint64_t)sizeof(store_symbol));
	paths = take(&at, end, h.paths);
	symbols = take(&at, end, h.symbols);
	info = take(&at, end, h.info);
	if (!info || at != end)
		return -EBADMSG;
	err = check_records(c, &h, info);
	if (!err)
		err = names_load(&c->paths, paths, h.paths, h.nmodules);
	if (!err)
		err = names_load(&s->symbols, symbols, h.symbols, h.nsymbols);
	if (!err)
		err = load_list(&s->exports, exports, h.nexports, h.nsymbols);
	if (!err)
		err = load_list(&s->imports, imports, h.nimports, h.nsymbols);
	if (!err)
		err = load_zeros(&s->export_crcs, h.nexports);
	if (!err)
		err = load_zeros(&s->import_crcs, h.nimports);
	text_add(&s->info, info, h.info);
	return text_failed(&s->info) ? -ENOMEM : err;
}

int cache_read(struct cache *c, const char *dir, struct store *s)
{
	int err;

	*c = (struct cache){0};
	err = read_bytes(c, dir);
	if (!err)
		err = load(c, s);
	if (err) {
		store_free(s);
		cache_free(c);
	}
	return err;
}

void cache_free(struct cache *c)
{
	free(c->bytes);
	names_free(&c->paths);
	*c = (struct cache){0};
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->mtime == b->mtime && a->ctime == b->ctime && a->size == b->size &&
	       a->inode == b->inode;
}

/* Where in the store the facts of each cached module begin follows from those before it. */
uint32_t cache_apply(const struct cache *c, struct tree *t, bool *wanted)
{
	uint32_t *number = malloc((c->nmodules + 1) * sizeof(*number));
	uint32_t exports = 0, imports = 0, info = 0, missing = t->names.n;

	memset(wanted, true, t->names.n);
	if (!number)
		return missing;
	memset(number, 0xff, (c->nmodules + 1) * sizeof(*number));
	for (uint32_t i = 0; i < t->names.n; i++) {
		const char *path = tree_path(t, i);
		uint32_t cached = names_find(&c->paths, path, strlen(path));

		if (cached != NAMES_NONE)
			number[cached] = i;
	}
	for (uint32_t i = 0; i < c->nmodules; i++) {
		struct module *m =
			number[i] == UINT32_MAX ? NULL : &t->modules[number[i]];
		struct record r;

		memcpy(&r, c->modules + i * sizeof(r), sizeof(r));
		if (m && m->stat && same_stamp(&m->stamp, &r.stamp)) {
			m->exports = exports;
			m->nexports = r.nexports;
			m->imports = imports;
			m->nimports = r.nimports;
			m->info = info;
			m->info_len = r.info_len;
			wanted[number[i]] = false;
			missing--;
		}
		exports += r.nexports;
		imports += r.nimports;
		info += r.info_len;
	}
	free(number);
	return missing;
}

/* The time of the last change of a name is not the file's. */
static bool same_output(int dirfd, const struct output *was)
{
	struct stamp is;
	struct stat st;

	if (fstatat(dirfd, was->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	tree_stamp(&is, &st);
	is.ctime = was->stamp.ctime;
	return same_stamp(&was->stamp, &is);
}

bool cache_is_current(const struct cache *c, const struct tree *t, const char *dir,
		      const struct cache_print *print)
{
	int fd;
	bool same;

	if (c->nmodules != t->names.n || c->print != print->hash || !c->noutputs)
		return false;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	same = fd >= 0;
	for (uint32_t i = 0; same && i < c->noutputs; i++) {
		struct output was;

		memcpy(&was, c->outputs + i * sizeof(was), sizeof(was));
		was.name[sizeof(was.name) - 1] = '\0';
		same = same_output(fd, &was);
	}
	if (fd >= 0)
		close(fd);
	return same;
}

/* --- writing --- */

/* Symbols of modules that are gone are left out: new numbers for those in use. */
struct writer {
	const struct tree *tree;
	const struct store *store;
	struct text out, symbols;
	uint32_t *renumbered; /* old number -> new number + 1 */
	struct header h;
	int64_t start;
};

/* Could the file have changed once more without another time? Clocks tick every few ms, on
 * some file systems every second or two. */
static bool is_recent(const struct stamp *s, int64_t start)
{
	int64_t last = s->mtime > s->ctime ? s->mtime : s->ctime;
	int64_t grain =
		s->mtime % 1000000000 && s->ctime % 1000000000 ? 50000000 : 2000000000;

	return last > start - grain;
}

static void write_record(struct writer *w, const struct module *m)
{
	struct record r = {.stamp = m->stamp,
			   .nexports = m->nexports,
			   .nimports = m->nimports,
			   .info_len = m->info_len};

	if (is_recent(&r.stamp, w->start))
		r.stamp = (struct stamp){0};
	text_add(&w->out, &r, sizeof(r));
	w->h.nmodules++;
}

static void write_outputs(struct writer *w, const struct outdir *out)
{
	for (unsigned i = 0; i < out->n; i++) {
		struct output o = {0};

		strncpy(o.name, out->files[i].name, sizeof(o.name) - 1);
		tree_stamp(&o.stamp, &out->files[i].st);
		text_add(&w->out, &o, sizeof(o));
	}
	w->h.noutputs = out->n;
}

static void write_symbols(struct writer *w, const struct store_list *list, uint32_t first,
			  uint32_t n)
{
	for (uint32_t i = first; i < first + n; i++) {
		uint32_t number = list->v[i] & ~STORE_WEAK, new;

		if (!w->renumbered[number]) {
			const char *name = names_get(&w->store->symbols, number);

			text_add(&w->symbols, name, strlen(name) + 1);
			w->renumbered[number] = ++w->h.nsymbols;
		}
		new = (w->renumbered[number] - 1) | (list->v[i] & STORE_WEAK);
		text_add(&w->out, &new, sizeof(new));
	}
}

/* All parts behind the header, each for all modules in the order of their numbers. */
static void write_parts(struct writer *w, const struct outdir *out)
{
	const struct tree *t = w->tree;
	size_t mark;

	for (uint32_t i = 0; i < t->names.n; i++)
		if (!t->modules[i].broken)
			write_record(w, &t->modules[i]);
	write_outputs(w, out);
	mark = w->out.len;
	for (uint32_t i = 0; i < t->names.n; i++)
		write_symbols(w, &w->store->exports, t->modules[i].exports,
			      t->modules[i].nexports);
	w->h.nexports = (w->out.len - mark) / sizeof(store_symbol);
	mark = w->out.len;
	for (uint32_t i = 0; i < t->names.n; i++)
		write_symbols(w, &w->store->imports, t->modules[i].imports,
			      t->modules[i].nimports);
	w->h.nimports = (w->out.len - mark) / sizeof(store_symbol);
	mark = w->out.len;
	for (uint32_t i = 0; i < t->names.n; i++)
		if (!t->modules[i].broken)
			text_add(&w->out, tree_path(t, i), strlen(tree_path(t, i)) + 1);
	w->h.paths = w->out.len - mark;
	w->h.symbols = w->symbols.len;
	text_add(&w->out, w->symbols.bytes, w->symbols.len);
	mark = w->out.len;
	for (uint32_t i = 0; i < t->names.n; i++)
		text_add(&w->out, w->store->info.bytes + t->modules[i].info,
			 t->modules[i].info_len);
	w->h.info = w->out.len - mark;
}

int cache_write(const struct tree *t, const struct store *s, struct outdir *out,
		const struct cache_print *print, int64_t start)
{
	struct writer w = {.tree = t, .store = s, .start = start};
	int err = -ENOMEM;

	w.renumbered = calloc(s->symbols.n + 1, sizeof(*w.renumbered));
	text_add(&w.out, &w.h, sizeof(w.h));
	if (w.renumbered)
		write_parts(&w, out);
	if (w.renumbered && !text_failed(&w.out) && !text_failed(&w.symbols)) {
		memcpy(w.h.magic, MAGIC, sizeof(MAGIC));
		w.h.print = print->hash;
		w.h.hash = hash(0, w.out.bytes + sizeof(w.h), w.out.len - sizeof(w.h));
		memcpy(w.out.bytes, &w.h, sizeof(w.h));
		err = outdir_put(out, CACHE_NAME, w.out.bytes, w.out.len);
	}
	free(w.renumbered);
	text_free(&w.out);
	text_free(&w.symbols);
	return err;
}
