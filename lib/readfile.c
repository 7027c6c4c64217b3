/* lib/readfile.c - a whole file in memory, unpacked
 *
 * Read, not mapped: a file that somebody truncates while it is mapped kills its reader.
 */
#include "readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "large.h"
#include "unpack.h"

#define PIECE (32u << 10) /* bytes read at a time */

/* Lines that have been read and not been handed over. */
struct growing {
	unsigned char *bytes;
	size_t len, room;
};

static int grow(struct growing *g)
{
	size_t room = g->room ? g->room * 2 : 64 * 1024;
	unsigned char *bytes;

	if (g->len >= READFILE_MAX)
		return -EFBIG;
	bytes = realloc(g->bytes, room);
	if (!bytes)
		return -ENOMEM;
	g->bytes = bytes;
	g->room = room;
	return 0;
}

/* Replace packed bytes by what they hold. */
static int unpack_bytes(struct readfile *f)
{
	struct unpacker u = {0};
	int err;

	if (!unpack_knows(f->bytes, f->len))
		return 0;
	err = unpack(&u, f->bytes, f->len);
	if (!err) {
		free(f->bytes);
		f->bytes = u.bytes;
		f->len = u.len;
		u.bytes = NULL;
	}
	unpack_free(&u);
	return err;
}

static ssize_t read_at(int fd, void *to, size_t size, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, to, size, at);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Fill the buffer; a file that shrinks meanwhile simply is shorter. */
static int read_all(struct readfile *f, size_t size)
{
	ssize_t n;

	if (!size)
		return 0;
	f->bytes = large_alloc(size);
	if (!f->bytes)
		return -ENOMEM;
	do {
		n = read_at(f->fd, (char *)f->bytes + f->len, size - f->len, f->len);
		if (n < 0)
			return n;
		f->len += n;
	} while (n && f->len < size);
	return 0;
}

/* Is it a file of a size that can be read? */
static int check(int fd, struct stat *st)
{
	if (fstat(fd, st) < 0)
		return -errno;
	if (!S_ISREG(st->st_mode))
		return S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
	return (uint64_t)st->st_size > READFILE_MAX ? -EFBIG : 0;
}

static int fill(struct readfile *f, bool lock)
{
	struct stat st;
	int err;

	if (lock && flock(f->fd, LOCK_EX) < 0 && errno != ENOLCK && errno != EOPNOTSUPP)
		return -errno;
	err = check(f->fd, &st);
	if (err)
		return err;
	f->mtime = st.st_mtime;
	f->owner = st.st_uid;
	err = read_all(f, st.st_size);
	return err ? err : unpack_bytes(f);
}

int readfile(struct readfile *f, const char *path, bool lock)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err;

	*f = (struct readfile){.fd = fd};
	if (fd < 0)
		return -errno;
	err = fill(f, lock);
	if (err)
		readfile_free(f);
	return err;
}

int readfile_from(struct readfile *f, int fd)
{
	int err;

	*f = (struct readfile){.fd = fd};
	err = fill(f, false);
	f->fd = -1;
	if (err)
		readfile_free(f);
	return err;
}

/* --- line by line ------------------------------------------------------------------------ */

struct taker {
	int (*take)(void *context, char *lines, size_t size);
	void *context;
};

/* Hand over the whole lines, of whose bytes the last n are new, and keep the rest. */
static int take_whole(struct growing *g, size_t n, const struct taker *t)
{
	unsigned char *end = n ? memrchr(g->bytes + g->len - n, '\n', n) : NULL;
	size_t whole = end ? end + 1 - g->bytes : 0;
	int err = whole ? t->take(t->context, (char *)g->bytes, whole) : 0;

	g->len -= whole;
	memmove(g->bytes, g->bytes + whole, g->len);
	return err;
}

/* The last line. There is room: less is read than fits. */
static int take_last(struct growing *g, const struct taker *t)
{
	if (g->len)
		g->bytes[g->len++] = '\n';
	return take_whole(g, g->len, t);
}

static int take_unpacked(struct growing *g, int fd, const struct taker *t)
{
	struct readfile f;
	int err = readfile_from(&f, fd);

	if (err)
		return err;
	free(g->bytes);
	*g = (struct growing){realloc(f.bytes, f.len + 1), f.len, f.len + 1};
	if (!g->bytes) {
		readfile_free(&f);
		return -ENOMEM;
	}
	err = take_whole(g, g->len, t);
	return err ? err : take_last(g, t);
}

static int take_pieces(struct growing *g, int fd, const struct taker *t)
{
	bool first = true;
	ssize_t n;
	int err;

	do {
		err = g->room - g->len < PIECE ? grow(g) : 0;
		if (err)
			return err;
		n = TEMP_FAILURE_RETRY(read(fd, g->bytes + g->len, PIECE - 1));
		if (n < 0)
			return -errno;
		g->len += n;
		if (first && unpack_knows(g->bytes, g->len))
			return take_unpacked(g, fd, t);
		first = false;
		err = take_whole(g, n, t);
	} while (!err && n);
	return err ? err : take_last(g, t);
}

int readfile_lines(const char *path, int (*take)(void *context, char *lines, size_t size),
		   void *context)
{
	struct taker t = {take, context};
	struct growing g = {0};
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = check(fd, &st);
	if (!err || S_ISFIFO(st.st_mode))
		err = take_pieces(&g, fd, &t);
	free(g.bytes);
	close(fd);
	return err;
}

void readfile_free(struct readfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->bytes);
	*f = (struct readfile){.fd = -1};
}

const char *readfile_error(int err)
{
	if (err == -EBADMSG)
		return "the compressed contents are damaged";
	if (err == -ENOTSUP)
		return "compressed with xz or zstd, whose library this was built without";
	if (err == -EINVAL)
		return "not a regular file";
	return strerror(-err);
}
