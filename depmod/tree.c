/* depmod/tree.c - the modules of a tree: where they are, one a name, in which order
 *
 * Symbolic links to directories are followed. So that loops of them end, a directory is
 * entered through links at most once, and never below itself.
 */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bucket.h"
#include "moddep.h"
#include "modname.h"
#include "msg.h"
#include "readfile.h"

#define DEPTH_MAX 64

/* A directory we are in. `fd` is open; the path so far ends with '/' (or is empty). */
struct level {
	struct level *up;
	int fd;
	bool linked; /* reached through a symbolic link */
};

struct walk {
	struct tree *tree;
	struct text path;
	struct text entered; /* struct identity of directories entered through links */
	bool listing;	     /* directories that are in the tree are not entered */
};

struct identity {
	dev_t dev;
	ino_t ino;
};

void tree_stamp(struct stamp *stamp, const struct stat *st)
{
	stamp->mtime = st->st_mtim.tv_sec * 1000000000ll + st->st_mtim.tv_nsec;
	stamp->ctime = st->st_ctim.tv_sec * 1000000000ll + st->st_ctim.tv_nsec;
	stamp->size = st->st_size;
	stamp->inode = st->st_ino;
}

const char *tree_path(const struct tree *t, uint32_t module)
{
	return t->paths.bytes + t->modules[module].path;
}

const char *tree_name(const struct tree *t, uint32_t module)
{
	return names_get(&t->names, module);
}

/* Length of a path without .gz, .xz, .zst: modules.order knows nothing of them. */
static size_t unpacked_len(const char *path)
{
	static const char *const packed[] = {".gz", ".xz", ".zst"};
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		size_t n = strlen(packed[i]);

		if (len > n && strcmp(path + len - n, packed[i]) == 0)
			return len - n;
	}
	return len;
}

bool tree_is_packed(const char *path)
{
	return path[unpacked_len(path)] != '\0';
}

const char *tree_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int tree_open(struct tree *t, const char *dir, const struct config *config)
{
	*t = (struct tree){.fd = -1, .config = config};
	t->dir = strdup(dir);
	if (!t->dir)
		return -ENOMEM;
	t->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return t->fd < 0 ? -errno : 0;
}

void tree_free(struct tree *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free(t->dir);
	free(t->order);
	tree_clear(t);
	*t = (struct tree){.fd = -1};
}

void tree_clear(struct tree *t)
{
	free(t->modules);
	free(t->dir_stamps);
	text_free(&t->paths);
	names_free(&t->names);
	names_free(&t->dirs);
	t->modules = NULL;
	t->dir_stamps = NULL;
	t->room = t->dirs_room = 0;
}

static int more_modules(struct tree *t)
{
	uint32_t room = t->room * 2 + 512;
	struct module *m = realloc(t->modules, room * sizeof(*m));

	if (!m)
		return -ENOMEM;
	t->modules = m;
	t->room = room;
	return 0;
}

/* A file whose name is that of a module. */
static int add_module(struct tree *t, const char *path, const struct stamp *stamp)
{
	char name[256];
	int len = moddep_modname(path, name, sizeof(name));
	uint32_t known = t->names.n, number;
	struct module *m;

	if (len < 0)
		return 0;
	if (strchr(path, '\n')) { /* a line each in the files we write */
		msg_error("%s/%s: newline in a file name", t->dir, path);
		return 0;
	}
	number = names_add(&t->names, name, len);
	if (number == NAMES_NONE || (number == t->room && more_modules(t) < 0))
		return -ENOMEM;
	m = &t->modules[number];
	if (number < known)
		t->uncertain = true; /* were one gone, the other would be there */
	if (number < known && !config_prefers(t->config, path, tree_path(t, number)))
		return 0;
	*m = (struct module){.path = t->paths.len, .stat = stamp != NULL};
	if (stamp)
		m->stamp = *stamp;
	text_add(&t->paths, path, strlen(path) + 1);
	return text_failed(&t->paths) ? -ENOMEM : 0;
}

int tree_add(struct tree *t, const char *path, const struct stamp *stamp)
{
	if (!modname_is_file(tree_base(path)))
		return -EINVAL;
	return add_module(t, path, stamp);
}

int tree_add_directory(struct tree *t, const char *path, const struct stamp *stamp)
{
	uint32_t number = names_add(&t->dirs, path, strlen(path));

	if (number == NAMES_NONE)
		return -ENOMEM;
	if (number >= t->dirs_room) {
		uint32_t room = t->dirs_room * 2 + 256;
		struct stamp *stamps = realloc(t->dir_stamps, room * sizeof(*stamps));

		if (!stamps)
			return -ENOMEM;
		t->dir_stamps = stamps;
		t->dirs_room = room;
	}
	t->dir_stamps[number] = *stamp;
	return 0;
}

static const char *path_of(struct walk *w)
{
	char *end = text_room(&w->path, 1);

	if (!end)
		return "";
	*end = '\0';
	return w->path.bytes;
}

static bool same(const struct identity *a, const struct stat *st)
{
	return a->dev == st->st_dev && a->ino == st->st_ino;
}

/* May we enter this directory, that a link leads to or that lies behind one? */
static bool may_enter(struct walk *w, const struct level *level, const struct stat *st)
{
	struct identity id = {st->st_dev, st->st_ino}, known;
	struct stat up;

	for (; level; level = level->up)
		if (fstat(level->fd, &up) == 0 && same(&id, &up))
			return false;
	for (size_t at = 0; at < w->entered.len; at += sizeof(known)) {
		memcpy(&known, w->entered.bytes + at, sizeof(known));
		if (same(&known, st))
			return false;
	}
	text_add(&w->entered, &id, sizeof(id));
	return !text_failed(&w->entered);
}

static int walk_directory(struct walk *w, struct level *up, bool linked, const char *name,
			  unsigned depth);

/* One entry of a directory; w->path is its path. */
static int visit(struct walk *w, struct level *level, const struct dirent *e,
		 unsigned depth)
{
	const char *name = e->d_name;
	bool module = modname_is_file(name), link = false;
	unsigned char type = e->d_type;
	struct stamp stamp;
	struct stat st;

	if (depth == 0 && config_prunes(w->tree->config, name))
		return 0;
	if (type == DT_LNK || type == DT_UNKNOWN ||
	    (type == DT_REG && module && w->tree->want_stat)) {
		link = type == DT_LNK;
		if (fstatat(level->fd, name, &st, 0) < 0) {
			w->tree->uncertain = true;
			if (module)
				msg_errno(-errno, "%s/%s", w->tree->dir, path_of(w));
			return 0;
		}
		type = S_ISDIR(st.st_mode)   ? DT_DIR
		       : S_ISREG(st.st_mode) ? DT_REG
					     : DT_BLK;
	}
	if (w->tree->want_stat && type == DT_REG && module)
		tree_stamp(&stamp, &st);
	if (type == DT_REG && module)
		return add_module(w->tree, path_of(w),
				  w->tree->want_stat ? &stamp : NULL);
	if (link && type != DT_DIR) /* where it leads may become a module */
		w->tree->uncertain = true;
	if (type != DT_DIR || strcmp(name, "build") == 0 || strcmp(name, "source") == 0 ||
	    config_excludes(w->tree->config, name))
		return 0;
	if (w->listing &&
	    names_find(&w->tree->dirs, path_of(w), w->path.len) != NAMES_NONE)
		return 0;
	if (w->listing && link) /* only a walk finds loops */
		return -ESTALE;
	link |= level->linked;
	if (link && (fstatat(level->fd, name, &st, 0) < 0 || !may_enter(w, level, &st))) {
		w->tree->uncertain = true;
		return 0;
	}
	return walk_directory(w, level, link, name, depth + 1);
}

static int read_directory(struct walk *w, struct level *level, unsigned depth)
{
	size_t len = w->path.len;
	char entries[8192] __attribute__((aligned(8)));
	ssize_t n;
	int err = 0;

	while (!err && (n = getdents64(level->fd, entries, sizeof(entries))) != 0) {
		if (n < 0)
			return -errno;
		for (ssize_t at = 0; !err && at < n;) {
			const struct dirent *e = (const void *)(entries + at);

			at += e->d_reclen;
			if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
				continue;
			text_adds(&w->path, e->d_name);
			err = visit(w, level, e, depth);
			w->path.len = len;
		}
	}
	return err;
}

/* w->path is the directory's, without '/' at the end. */
static int walk_directory(struct walk *w, struct level *up, bool linked, const char *name,
			  unsigned depth)
{
	struct level level = {.up = up, .linked = linked};
	size_t len = w->path.len;
	struct stamp stamp = {0};
	struct stat st;
	int err;

	if (depth > DEPTH_MAX) {
		msg_error("%s/%s: nested too deeply", w->tree->dir, path_of(w));
		return 0;
	}
	level.fd = openat(up ? up->fd : w->tree->fd, name,
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (level.fd < 0) {
		msg_errno(-errno, "%s/%s", w->tree->dir, path_of(w));
		return 0;
	}
	if (fstat(level.fd, &st) == 0)
		tree_stamp(&stamp, &st);
	err = tree_add_directory(w->tree, path_of(w), &stamp);
	if (len)
		text_addc(&w->path, '/');
	if (!err)
		err = read_directory(w, &level, depth);
	if (err && err != -ENOMEM && err != -ESTALE) {
		msg_errno(err, "%s/%s", w->tree->dir, path_of(w));
		err = 0;
	}
	w->path.len = len;
	close(level.fd);
	return err;
}

int tree_walk(struct tree *t)
{
	const struct config *c = t->config;
	struct walk w = {.tree = t};
	int err = c->has_paths ? 0 : walk_directory(&w, NULL, false, ".", 0);

	t->uncertain |= c->has_paths; /* they may lie one in another */
	for (size_t i = 0; !err && i < c->paths.n; i++) {
		const char *dir = c->paths.v[i];

		w.path.len = 0;
		text_adds(&w.path, dir);
		err = walk_directory(&w, NULL, false, dir[0] ? dir : ".", 0);
	}
	for (size_t i = 0; !err && i < c->external.n; i++) {
		const char *dir = c->external.v[i];

		if (access(dir, F_OK) < 0) {
			t->uncertain = true; /* it may come */
			continue;
		}
		w.path.len = 0;
		text_adds(&w.path, dir);
		while (w.path.len > 1 && w.path.bytes[w.path.len - 1] == '/')
			w.path.len--;
		err = walk_directory(&w, NULL, false, dir, 0);
	}
	if (text_failed(&w.path))
		err = -ENOMEM;
	text_free(&w.path);
	text_free(&w.entered);
	return err;
}

int tree_list(struct tree *t, const char *path)
{
	struct walk w = {.tree = t, .listing = true};
	struct level level = {0};
	int err = 0;

	text_adds(&w.path, path);
	if (path[0])
		text_addc(&w.path, '/');
	level.fd =
		openat(t->fd, path[0] ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (level.fd < 0 || text_failed(&w.path))
		err = -ESTALE;
	if (!err)
		err = read_directory(&w, &level, path[0] ? 1 : 0);
	if (level.fd >= 0)
		close(level.fd);
	text_free(&w.path);
	return t->uncertain && !err ? -ESTALE : err;
}

int tree_read(const struct tree *t, const char *name, struct text *to)
{
	struct readfile f;
	int fd, err;

	if (t->fd < 0) /* files outside of any tree */
		return 0;
	fd = openat(t->fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	err = readfile_from(&f, fd);
	close(fd);
	if (err)
		return err;
	text_add(to, f.bytes, f.len);
	text_addc(to, '\0');
	readfile_free(&f);
	return text_failed(to) ? -ENOMEM : 0;
}

/* --- order --- */

/* What a module is sorted by: its line in modules.order, else its bucket and name. */
struct position {
	uint32_t line, bucket, module;
	const char *name;
};

static int by_position(const void *a, const void *b)
{
	const struct position *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Find each line of modules.order among the modules by its name, and compare the path. As in
 * kmod, external modules (absolute paths) cannot be listed there. */
static void apply_order(const struct tree *t, struct position *pos, char *text)
{
	char *line, *rest = text;

	for (uint32_t n = 0; (line = strsep(&rest, "\n")) != NULL; n++) {
		char name[256];
		int len = moddep_modname(line, name, sizeof(name));
		uint32_t module = len < 0 ? NAMES_NONE : names_find(&t->names, name, len);
		const char *path;

		if (module == NAMES_NONE || line[0] == '/')
			continue;
		path = tree_path(t, module);
		if (strlen(line) == unpacked_len(path) &&
		    strncmp(line, path, strlen(line)) == 0)
			pos[module].line = n;
	}
}

int tree_order(struct tree *t)
{
	struct position *pos = calloc(t->names.n + 1, sizeof(*pos));
	struct text text = {0};
	int err;

	t->order = calloc(t->names.n + 1, sizeof(*t->order));
	if (!pos || !t->order) {
		free(pos);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < t->names.n; i++)
		pos[i] = (struct position){.line = UINT32_MAX,
					   .module = i,
					   .name = tree_name(t, i),
					   .bucket = bucket_of(tree_name(t, i),
							       BUCKETS_MODULES)};
	err = tree_read(t, "modules.order", &text);
	if (err)
		msg_errno(err, "%s/modules.order", t->dir);
	else if (text.len)
		apply_order(t, pos, text.bytes);
	text_free(&text);
	qsort(pos, t->names.n, sizeof(*pos), by_position);
	t->norder = 0;
	for (uint32_t i = 0; i < t->names.n; i++) {
		struct module *m = &t->modules[pos[i].module];

		if (m->broken)
			continue;
		m->order = t->norder;
		t->order[t->norder++] = pos[i].module;
	}
	free(pos);
	return 0;
}
