/* depmod/outdir.c - replace several files of a directory at once, or none */
#include "outdir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "msg.h"

static int fail(const struct outdir *o, const char *name)
{
	int err = -errno;

	msg_errno(err, "%s/%s", o->dir, name);
	return err;
}

static void temporary_name(char buf[NAME_MAX + 1], const char *name)
{
	snprintf(buf, NAME_MAX + 1, ".%s.new", name);
}

static int make_directories(char *dir)
{
	for (char *slash = strchr(dir + 1, '/');; slash = strchr(slash + 1, '/')) {
		if (slash)
			*slash = '\0';
		if (mkdir(dir, 0755) < 0 && errno != EEXIST)
			return -errno;
		if (!slash)
			return 0;
		*slash = '/';
	}
}

int outdir_open(struct outdir *o, const char *dir, bool create)
{
	int err = 0;

	*o = (struct outdir){.fd = -1, .dir = strdup(dir)};
	if (!o->dir)
		return -ENOMEM;
	if (create)
		err = make_directories(o->dir);
	if (!err)
		o->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (err || o->fd < 0) {
		err = err ? err : -errno;
		msg_errno(err, "%s", dir);
		return err;
	}
	flock(o->fd, LOCK_EX); /* where locks are not supported, there are none */
	return 0;
}

void outdir_close(struct outdir *o)
{
	char temporary[NAME_MAX + 1];

	for (unsigned i = 0; i < OUTDIR_FILES; i++) {
		if (!o->files[i].name)
			continue;
		temporary_name(temporary, o->files[i].name);
		if (o->files[i].fd >= 0)
			close(o->files[i].fd);
		if (o->files[i].there >= 0)
			close(o->files[i].there);
		if (!o->committed)
			unlinkat(o->fd, temporary, 0);
	}
	if (o->fd >= 0)
		close(o->fd);
	free(o->dir);
	*o = (struct outdir){.fd = -1};
}

/* Are these already the contents of the file? */
static bool is_there(const struct outdir *o, struct outdir_file *f, const void *bytes,
		     size_t len)
{
	int fd = openat(o->fd, f->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const char *at = bytes;
	char part[65536];
	bool same = fd >= 0 && fstat(fd, &f->st) == 0 && S_ISREG(f->st.st_mode) &&
		    f->st.st_size == len;

	while (same && len) {
		ssize_t n = read(fd, part, len < sizeof(part) ? len : sizeof(part));

		same = n > 0 && memcmp(at, part, n) == 0;
		at += n;
		len -= n;
	}
	/* A file that we may not touch has to be replaced. */
	if (same &&
	    futimens(fd, (struct timespec[]){f->st.st_atim, f->st.st_mtim}) == 0) {
		f->there = fd;
		return true;
	}
	if (fd >= 0)
		close(fd);
	return false;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= n;
	}
	return 0;
}

static int put(struct outdir *o, unsigned place, const char *name, const void *bytes,
	       size_t len, bool checked)
{
	char temporary[NAME_MAX + 1];
	struct outdir_file *f = &o->files[place];

	if (place >= OUTDIR_FILES)
		return -ENOSPC;
	*f = (struct outdir_file){
		.name = name, .fd = -1, .there = -1, .checked = checked};
	if (is_there(o, f, bytes, len))
		return 0;
	temporary_name(temporary, name);
	unlinkat(o->fd, temporary, 0); /* of a run that was killed */
	f->fd = openat(o->fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (f->fd < 0 || write_all(f->fd, bytes, len) < 0 || fstat(f->fd, &f->st) < 0)
		return fail(o, name);
	/* Let the disk begin: outdir_commit() will wait for it. */
	if (!checked)
		sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return 0;
}

int outdir_put(struct outdir *o, unsigned place, const char *name, const void *bytes,
	       size_t len)
{
	return put(o, place, name, bytes, len, false);
}

int outdir_put_checked(struct outdir *o, unsigned place, const char *name,
		       const void *bytes, size_t len)
{
	return put(o, place, name, bytes, len, true);
}

int outdir_touch(struct outdir *o)
{
	for (unsigned i = 0; i < OUTDIR_FILES; i++) {
		struct outdir_file *f = &o->files[i];

		if (f->name && f->there >= 0 &&
		    (futimens(f->there, NULL) < 0 || fstat(f->there, &f->st) < 0))
			return fail(o, f->name);
	}
	return 0;
}

int outdir_commit(struct outdir *o)
{
	char temporary[NAME_MAX + 1];

	for (unsigned i = 0; i < OUTDIR_FILES; i++) {
		struct outdir_file *f = &o->files[i];
		int fd = f->fd;

		if (!f->name || fd < 0)
			continue;
		if (!f->checked && fsync(fd) < 0)
			return fail(o, f->name);
		f->fd = -1;
		if (close(fd) < 0)
			return fail(o, f->name);
		f->fd = -2;
	}
	for (unsigned i = OUTDIR_FILES; i-- > 0;) {
		if (!o->files[i].name || o->files[i].fd != -2)
			continue;
		temporary_name(temporary, o->files[i].name);
		if (renameat(o->fd, temporary, o->fd, o->files[i].name) < 0)
			return fail(o, o->files[i].name);
		o->files[i].fd = -1;
	}
	o->committed = true;
	fsync(o->fd); /* the new names; a file system that cannot has said nothing wrong */
	return 0;
}
