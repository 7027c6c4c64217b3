/* depmod/cache.c - the facts of all modules as the last run left them
 *
 * Hashes over all parts are in the header: what passes is what we wrote, and is still checked
 * before it is used.
 */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "crew.h"
#include "moddep.h"
#include "msg.h"

#define MAGIC "modstack depmod 2"

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

static uint64_t header_hash(struct cache_header h)
{
	h.header_hash = 0;
	return hash(0, &h, sizeof(h));
}

/* Sizes of the parts of the file. */
static uint64_t facts_size(const struct cache_header *h)
{
	return ((uint64_t)h->nexports + h->nimports) * sizeof(store_symbol) + h->symbols +
	       h->info;
}

static uint64_t lists_size(const struct cache_header *h)
{
	return h->nmodules * (uint64_t)sizeof(struct record) +
	       h->ndirs * (uint64_t)sizeof(struct stamp) +
	       h->noutputs * (uint64_t)sizeof(struct output) + h->paths;
}

/* --- reading the lists --- */

static int read_part(int fd, void *to, uint64_t len, uint64_t at)
{
	return pread(fd, to, len, at) == (ssize_t)len ? 0 : -EBADMSG;
}

static int read_header(struct cache *c)
{
	struct cache_header *h = &c->h;
	off_t len = lseek(c->fd, 0, SEEK_END);

	if (read_part(c->fd, h, sizeof(*h), 0) < 0 ||
	    memcmp(h->magic, MAGIC, sizeof(MAGIC)) != 0 ||
	    header_hash(*h) != h->header_hash)
		return -EBADMSG;
	return (uint64_t)len == sizeof(*h) + facts_size(h) + lists_size(h) ? 0 : -EBADMSG;
}

/* Do the records account for all facts? */
static int check_records(const struct cache *c)
{
	uint64_t exports = 0, imports = 0, info = 0;

	for (uint32_t i = 0; i < c->h.nmodules; i++) {
		struct record r;

		memcpy(&r, c->modules + i * sizeof(r), sizeof(r));
		exports += r.nexports;
		imports += r.nimports;
		info += r.info_len;
	}
	return exports == c->h.nexports && imports == c->h.nimports && info == c->h.info
		       ? 0
		       : -EBADMSG;
}

static int find_paths(struct cache *c, const char *at)
{
	const char *end = at + c->h.paths;
	uint32_t n = c->h.nmodules + c->h.ndirs;

	c->paths = malloc((n + 1) * sizeof(*c->paths));
	if (!c->paths)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const char *nul = memchr(at, '\0', end - at);

		if (!nul)
			return -EBADMSG;
		c->paths[i] = at;
		at = nul + 1;
	}
	return at == end ? 0 : -EBADMSG;
}

static int read_lists(struct cache *c)
{
	uint64_t len = lists_size(&c->h), at = sizeof(c->h) + facts_size(&c->h);
	int err;

	c->lists = malloc(len + 1);
	if (!c->lists)
		return -ENOMEM;
	err = read_part(c->fd, c->lists, len, at);
	if (err || hash(0, c->lists, len) != c->h.lists_hash)
		return -EBADMSG;
	c->modules = c->lists;
	c->dirs = c->modules + c->h.nmodules * sizeof(struct record);
	c->outputs = c->dirs + c->h.ndirs * sizeof(struct stamp);
	err = find_paths(c, c->outputs + c->h.noutputs * sizeof(struct output));
	return err ? err : check_records(c);
}

int cache_open(struct cache *c, const char *dir)
{
	char *path;
	int err;

	*c = (struct cache){.fd = -1};
	if (asprintf(&path, "%s/" CACHE_NAME, dir) < 0)
		return -ENOMEM;
	c->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	free(path);
	err = c->fd < 0 ? -errno : read_header(c);
	if (!err)
		err = read_lists(c);
	if (err)
		cache_close(c);
	return err;
}

void cache_close(struct cache *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->lists);
	free(c->paths);
	*c = (struct cache){.fd = -1};
}

/* --- what is as it was --- */

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->mtime == b->mtime && a->ctime == b->ctime && a->size == b->size &&
	       a->inode == b->inode;
}

/* A look at all directories and modules, some at a time by several threads. */
struct look {
	const struct cache *cache;
	const struct tree *tree;
	struct stamp *stamps; /* what is found: of modules, then directories; 0 is gone */
};
#define LOOK_AT_ONCE 256

static int look_at_some(void *arg, unsigned job)
{
	struct look *l = arg;
	uint32_t n = l->cache->h.nmodules + l->cache->h.ndirs, i = job * LOOK_AT_ONCE;

	for (uint32_t end = i + LOOK_AT_ONCE; i < end && i < n; i++) {
		const char *path = l->cache->paths[i];
		struct stat st;

		if (fstatat(l->tree->fd, path[0] ? path : ".", &st, 0) == 0)
			tree_stamp(&l->stamps[i], &st);
	}
	return 0;
}

static bool gone(const struct stamp *s)
{
	return !s->inode && !s->ctime;
}

/* The directories that are still there, those that changed with a stamp of 0. */
static int add_directories(const struct cache *c, const struct stamp *now, struct tree *t)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < c->h.ndirs; i++) {
		struct stamp was;

		memcpy(&was, c->dirs + i * sizeof(was), sizeof(was));
		if (!gone(&now[i]))
			err = tree_add_directory(t, c->paths[c->h.nmodules + i],
						 same_stamp(&now[i], &was)
							 ? &was
							 : &(struct stamp){0});
	}
	return err;
}

/* The modules in directories that are as they were. */
static int add_modules(const struct cache *c, const struct stamp *now, struct tree *t)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < c->h.nmodules; i++) {
		const char *slash = strrchr(c->paths[i], '/');
		size_t len = slash ? slash - c->paths[i] : 0;
		uint32_t dir = names_find(&t->dirs, c->paths[i], len);

		if (dir == NAMES_NONE || gone(&t->dir_stamps[dir]))
			continue;
		err = gone(&now[i]) ? -ESTALE : tree_add(t, c->paths[i], &now[i]);
	}
	return err;
}

/* The directories that changed. The module directory itself always did: outputs lie there. */
static int list_directories(const struct cache *c, const struct stamp *now,
			    struct tree *t)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < c->h.ndirs; i++) {
		const char *path = c->paths[c->h.nmodules + i];
		uint32_t dir = names_find(&t->dirs, path, strlen(path));

		if (dir == NAMES_NONE || !gone(&t->dir_stamps[dir]))
			continue;
		t->dir_stamps[dir] = now[i];
		err = tree_list(t, path);
	}
	return err;
}

bool cache_walk(const struct cache *c, const struct cache_print *print, struct tree *t)
{
	uint32_t n = c->h.nmodules + c->h.ndirs;
	struct look look = {c, t, calloc(n + 1, sizeof(struct stamp))};
	int err = -ENOMEM;

	if (look.stamps && c->h.ndirs && c->h.print == print->hash)
		err = crew_run((n + LOOK_AT_ONCE - 1) / LOOK_AT_ONCE, look_at_some,
			       &look);
	if (!err)
		err = add_directories(c, look.stamps + c->h.nmodules, t);
	if (!err)
		err = add_modules(c, look.stamps, t);
	if (!err)
		err = list_directories(c, look.stamps + c->h.nmodules, t);
	free(look.stamps);
	if (err)
		tree_clear(t);
	return !err;
}

/* The module of the tree that lies where the cached one did. */
static uint32_t find_module(const struct cache *c, const struct tree *t, uint32_t cached)
{
	const char *path = c->paths[cached];
	uint32_t i = cached; /* after cache_walk() */
	char name[256];
	int len;

	if (i < t->names.n && strcmp(tree_path(t, i), path) == 0)
		return i;
	len = moddep_modname(path, name, sizeof(name));
	i = len < 0 ? NAMES_NONE : names_find(&t->names, name, len);
	return i != NAMES_NONE && strcmp(tree_path(t, i), path) == 0 ? i : NAMES_NONE;
}

/* Where in the store the facts of each cached module begin follows from those before it. */
uint32_t cache_apply(const struct cache *c, struct tree *t, bool *wanted)
{
	uint32_t exports = 0, imports = 0, info = 0, missing = t->names.n;

	memset(wanted, true, t->names.n);
	for (uint32_t i = 0; i < c->h.nmodules; i++) {
		uint32_t number = find_module(c, t, i);
		struct module *m = number == NAMES_NONE ? NULL : &t->modules[number];
		struct record r;

		memcpy(&r, c->modules + i * sizeof(r), sizeof(r));
		if (m && m->stat && same_stamp(&m->stamp, &r.stamp)) {
			m->exports = exports;
			m->nexports = r.nexports;
			m->imports = imports;
			m->nimports = r.nimports;
			m->info = info;
			m->info_len = r.info_len;
			wanted[number] = false;
			missing--;
		}
		exports += r.nexports;
		imports += r.nimports;
		info += r.info_len;
	}
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

	if (c->h.nmodules != t->names.n || c->h.print != print->hash || !c->h.noutputs)
		return false;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	same = fd >= 0;
	for (uint32_t i = 0; same && i < c->h.noutputs; i++) {
		struct output was;

		memcpy(&was, c->outputs + i * sizeof(was), sizeof(was));
		was.name[sizeof(was.name) - 1] = '\0';
		same = same_output(fd, &was);
	}
	if (fd >= 0)
		close(fd);
	return same;
}

/* --- reading the facts --- */

/* The next part of the facts: len bytes into `to`. */
struct facts_at {
	const struct cache *cache;
	uint64_t at, hash;
};

static int take(struct facts_at *f, void *to, uint64_t len)
{
	int err = len ? read_part(f->cache->fd, to, len, f->at) : 0;

	f->at += len;
	f->hash = err ? 0 : hash(f->hash, to, len);
	return err;
}

static int take_list(struct facts_at *f, struct store_list *list, uint32_t n)
{
	int err = store_list_room(list, n);

	if (!err)
		err = take(f, list->v, n * (uint64_t)sizeof(*list->v));
	list->n = err ? 0 : n;
	for (uint32_t i = 0; i < list->n; i++)
		if ((list->v[i] & ~STORE_WEAK) >= f->cache->h.nsymbols)
			return -EBADMSG;
	return err;
}

static int take_text(struct facts_at *f, struct text *text, uint64_t len)
{
	char *to = text_room(text, len + 1);
	int err = to ? take(f, to, len) : -ENOMEM;

	text->len = err ? 0 : len;
	return err;
}

/* Info strings of a module end with it. */
static int check_info(const struct cache *c, const struct text *info)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < c->h.nmodules; i++) {
		struct record r;

		memcpy(&r, c->modules + i * sizeof(r), sizeof(r));
		end += r.info_len;
		if (r.info_len && info->bytes[end - 1] != '\0')
			return -EBADMSG;
	}
	return 0;
}

int cache_load(const struct cache *c, struct store *s)
{
	struct facts_at at = {c, sizeof(c->h), 0};
	int err = take_list(&at, &s->exports, c->h.nexports);

	if (!err)
		err = take_list(&at, &s->imports, c->h.nimports);
	if (!err)
		err = take_text(&at, &s->symbols.text, c->h.symbols);
	if (!err)
		err = take_text(&at, &s->info, c->h.info);
	if (!err && at.hash != c->h.facts_hash)
		err = -EBADMSG;
	if (!err)
		err = names_index(&s->symbols, c->h.nsymbols);
	if (!err)
		err = check_info(c, &s->info);
	if (err)
		store_free(s);
	return err;
}

/* --- writing --- */

/* Symbols of modules that are gone are left out: new numbers for those in use. */
struct writer {
	struct cache_image *image;
	const struct store *store;
	struct text symbols;
	uint32_t *renumbered; /* old number -> new number + 1 */
};

static void add_symbols(struct writer *w, const struct store_list *list, uint32_t first,
			uint32_t n)
{
	for (uint32_t i = first; i < first + n; i++) {
		uint32_t number = list->v[i] & ~STORE_WEAK, new;

		if (!w->renumbered[number]) {
			const char *name = names_get(&w->store->symbols, number);

			text_add(&w->symbols, name, strlen(name) + 1);
			w->renumbered[number] = ++w->image->h.nsymbols;
		}
		new = (w->renumbered[number] - 1) | (list->v[i] & STORE_WEAK);
		text_add(&w->image->bytes, &new, sizeof(new));
	}
}

/* All facts, of each kind for all modules in the order of their numbers. */
static void add_facts(struct writer *w, const struct tree *t)
{
	struct cache_header *h = &w->image->h;
	struct text *out = &w->image->bytes;

	for (uint32_t i = 0; i < t->names.n; i++) {
		const struct module *m = &t->modules[i];

		add_symbols(w, &w->store->exports, m->exports, m->nexports);
		h->nexports += m->nexports;
	}
	for (uint32_t i = 0; i < t->names.n; i++) {
		const struct module *m = &t->modules[i];

		add_symbols(w, &w->store->imports, m->imports, m->nimports);
		h->nimports += m->nimports;
	}
	text_add(out, w->symbols.bytes, w->symbols.len);
	h->symbols = w->symbols.len;
	for (uint32_t i = 0; i < t->names.n; i++) {
		const struct module *m = &t->modules[i];

		text_add(out, w->store->info.bytes + m->info, m->info_len);
		h->info += m->info_len;
	}
}

/* The hash is made in the steps in which the parts are read. */
static uint64_t facts_hash(const struct cache_image *image)
{
	const struct cache_header *h = &image->h;
	const uint64_t parts[] = {h->nexports * sizeof(store_symbol),
				  h->nimports * sizeof(store_symbol), h->symbols,
				  h->info};
	const char *at = image->bytes.bytes + sizeof(*h);
	uint64_t all = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		all = hash(all, at, parts[i]);
		at += parts[i];
	}
	return all;
}

int cache_prepare(struct cache_image *image, const struct tree *t, const struct store *s)
{
	struct writer w = {.image = image, .store = s};
	bool failed = true;

	*image = (struct cache_image){0};
	w.renumbered = calloc(s->symbols.n + 1, sizeof(*w.renumbered));
	text_add(&image->bytes, &image->h, sizeof(image->h));
	if (w.renumbered) {
		add_facts(&w, t);
		failed = text_failed(&image->bytes) || text_failed(&w.symbols);
	}
	if (!failed)
		image->h.facts_hash = facts_hash(image);
	free(w.renumbered);
	text_free(&w.symbols);
	return failed ? -ENOMEM : 0;
}

/* Could the file have changed once more without another time? Clocks tick every few ms, on
 * some file systems every second or two. */
static bool is_recent(const struct stamp *s, int64_t start)
{
	int64_t last = s->mtime > s->ctime ? s->mtime : s->ctime;
	int64_t grain =
		s->mtime % 1000000000 && s->ctime % 1000000000 ? 50000000 : 2000000000;

	return last > start - grain;
}

/* A stamp that nothing has: look again. */
static struct stamp sure_stamp(const struct stamp *s, int64_t start)
{
	return is_recent(s, start) ? (struct stamp){0} : *s;
}

static void add_records(struct cache_image *image, const struct tree *t, int64_t start)
{
	for (uint32_t i = 0; i < t->names.n; i++) {
		const struct module *m = &t->modules[i];
		struct record r = {.stamp = sure_stamp(&m->stamp, start),
				   .nexports = m->nexports,
				   .nimports = m->nimports,
				   .info_len = m->info_len};

		if (m->broken)
			continue;
		text_add(&image->bytes, &r, sizeof(r));
		image->h.nmodules++;
	}
	/* What was reported has to be by the next run. */
	image->h.ndirs = t->uncertain || msg_status() != MSG_OK ? 0 : t->dirs.n;
	for (uint32_t i = 0; i < image->h.ndirs; i++) {
		struct stamp stamp = sure_stamp(&t->dir_stamps[i], start);

		text_add(&image->bytes, &stamp, sizeof(stamp));
	}
}

static void add_outputs(struct cache_image *image, const struct outdir *out)
{
	for (unsigned i = 0; i < OUTDIR_FILES; i++) {
		struct output o = {0};

		if (!out->files[i].name)
			continue;
		strncpy(o.name, out->files[i].name, sizeof(o.name) - 1);
		tree_stamp(&o.stamp, &out->files[i].st);
		text_add(&image->bytes, &o, sizeof(o));
		image->h.noutputs++;
	}
}

static void add_paths(struct cache_image *image, const struct tree *t)
{
	size_t mark = image->bytes.len;

	for (uint32_t i = 0; i < t->names.n; i++)
		if (!t->modules[i].broken)
			text_add(&image->bytes, tree_path(t, i),
				 strlen(tree_path(t, i)) + 1);
	for (uint32_t i = 0; i < image->h.ndirs; i++) {
		const char *path = names_get(&t->dirs, i);

		text_add(&image->bytes, path, strlen(path) + 1);
	}
	image->h.paths = image->bytes.len - mark;
}

int cache_put(struct cache_image *image, const struct tree *t, struct outdir *out,
	      unsigned place, const struct cache_print *print, int64_t start)
{
	struct cache_header *h = &image->h;
	size_t lists = image->bytes.len;
	int err = -ENOMEM;

	add_records(image, t, start);
	add_outputs(image, out);
	add_paths(image, t);
	if (!text_failed(&image->bytes)) {
		memcpy(h->magic, MAGIC, sizeof(MAGIC));
		h->print = print->hash;
		h->lists_hash =
			hash(0, image->bytes.bytes + lists, image->bytes.len - lists);
		h->header_hash = header_hash(*h);
		memcpy(image->bytes.bytes, h, sizeof(*h));
		err = outdir_put_checked(out, place, CACHE_NAME, image->bytes.bytes,
					 image->bytes.len);
	}
	text_free(&image->bytes);
	return err;
}
