/* lib/readfile.h - a whole file in memory, unpacked
 *
 * Compression is told by the content, not by the name: gzip, xz, zstd. The bytes are the
 * caller's to read until readfile_free().
 */
#ifndef READFILE_H
#define READFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "unpack.h"

/* Unpacked contents larger than this are refused (-EFBIG). */
#define READFILE_MAX UNPACK_MAX

struct readfile {
	void *bytes; /* len of them; NULL if empty */
	size_t len;
	time_t mtime;
	uid_t owner;
	int fd; /* stays open, so that a lock taken on it holds until readfile_free */
};

/* Read `path`. A failed call leaves *f empty; readfile_free() is harmless then. With
 * `lock` an exclusive flock is taken first. Returns 0, -errno of open, flock or read,
 * -EISDIR or -EINVAL (no regular file), -EFBIG, -EBADMSG (packed data are damaged),
 * -ENOMEM. */
int readfile(struct readfile *f, const char *path, bool lock);

/* The same for a file that is open already; `fd` stays the caller's, f->fd is -1. */
int readfile_from(struct readfile *f, int fd);
void readfile_free(struct readfile *f);

/* Read `path`, which may be a pipe, line by line without having it in memory: `take` gets some lines at a time,
 * all of them ended by a newline (one is added to the last line if there is none), `size`
 * bytes in all, which it may change and which are gone when it returns. What it returns, if
 * not 0, ends the reading. Returns that, or an error as readfile() has it. */
int readfile_lines(const char *path, int (*take)(void *context, char *lines, size_t size),
		   void *context);

/* Like strerror, with a better word for -EBADMSG. `err` is negative. */
const char *readfile_error(int err);

#endif
