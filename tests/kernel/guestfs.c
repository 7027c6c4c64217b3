/* guestfs - move files between the host and a running kernel, by its system calls
 *
 *	guestfs get PATH DIR	copy the tree at PATH of the kernel to the new directory
 *				DIR: files, directories, links; modes
 *	guestfs put FILE PATH	write FILE to the existing PATH (a device)
 *	guestfs walk PATH	read everything below PATH and keep nothing; errors of
 *				files are counted, trees and files without end are left
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ksys.h"

#define CHUNK	   (256u << 10)
#define DEPTH_MAX  64
#define S_IFMT_	   0170000u
#define WALK_FILES 2000
#define WALK_READS 16 /* of CHUNK bytes, of a file */

static unsigned long files, errors;
static bool keep;
static unsigned char buf[CHUNK];

static void die(const char *what, const char *path, long err)
{
	fprintf(stderr, "guestfs: %s %s: %s\n", what, path, ksys_strerror(err));
	exit(1);
}

/* An error within the tree: fatal if it is to be kept. */
static void trouble(const char *what, const char *path, long err)
{
	if (keep || ksys_is_down(err))
		die(what, path, err);
	errors++;
}

static long call(uint32_t nr, uint32_t n, const struct ksys_arg *arg)
{
	struct ksys_call c = {.nr = nr, .nargs = n};
	int err;

	memcpy(c.arg, arg, n * sizeof(*arg));
	err = ksys_run(&c, 1);
	return err ? err : c.result;
}

static void copy_file(const char *path, const char *to, unsigned int mode)
{
	int fd = ksys_file_open(path, O_RDONLY);
	FILE *f = NULL;
	int reads = 0;
	long n;

	if (fd < 0) {
		trouble("open", path, fd);
		return;
	}
	if (keep && !(f = fopen(to, "wx")))
		die("create", to, -errno);
	while ((n = ksys_file_read(fd, buf, sizeof(buf))) > 0) {
		if (f && fwrite(buf, 1, n, f) != (size_t)n)
			die("write", to, -errno);
		if (!keep && ++reads == WALK_READS)
			break;
	}
	if (n < 0)
		trouble("read", path, n);
	if (f && (fclose(f) || chmod(to, mode & 07777)))
		die("write", to, -errno);
	ksys_file_close(fd);
}

static void copy_link(const char *path, const char *to)
{
	char target[PATH_MAX] = "";
	long n = call(KSYS_readlink, 3,
		      (struct ksys_arg[]){ksys_str(path), ksys_out(target, PATH_MAX - 1),
					  ksys_val(PATH_MAX - 1)});

	if (n < 0)
		trouble("readlink", path, n);
	else if (keep && symlink(target, to))
		die("symlink", to, -errno);
}

static void copy(const char *path, const char *to, int depth);

static void copy_names(const char *path, const char *to, const unsigned char *names,
		       long n, int depth)
{
	char from[PATH_MAX], dest[PATH_MAX];
	const char *name;
	uint16_t reclen;

	for (long at = 0; at < n; at += reclen) {
		memcpy(&reclen, names + at + 16, 2);
		name = (const char *)names + at + 19;
		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (snprintf(from, sizeof(from), "%s/%s", path, name) >=
			    (int)sizeof(from) ||
		    snprintf(dest, sizeof(dest), "%s/%s", to, name) >= (int)sizeof(dest))
			trouble("name", path, -ENAMETOOLONG);
		else
			copy(from, dest, depth + 1);
	}
}

static void copy_dir(const char *path, const char *to, unsigned int mode, int depth)
{
	int fd = ksys_file_open(path, O_RDONLY);
	unsigned char *names;
	long n;

	if (fd < 0) {
		trouble("open", path, fd);
		return;
	}
	if (keep && mkdir(to, 0700))
		die("mkdir", to, -errno);
	names = malloc(65536);
	while ((n = call(KSYS_getdents64, 3,
			 (struct ksys_arg[]){ksys_val(fd), ksys_out(names, 65536),
					     ksys_val(65536)})) > 0)
		copy_names(path, to, names, n, depth);
	if (n < 0)
		trouble("read", path, n);
	free(names);
	ksys_file_close(fd);
	if (keep && chmod(to, mode & 07777))
		die("chmod", to, -errno);
}

static void copy(const char *path, const char *to, int depth)
{
	unsigned char st[96];
	uint32_t mode;
	long err = call(KSYS_lstat64, 2,
			(struct ksys_arg[]){ksys_str(path), ksys_out(st, sizeof(st))});

	if (!keep && files >= WALK_FILES)
		return;
	files++;
	if (err < 0 || depth > DEPTH_MAX) {
		trouble("stat", path, err < 0 ? err : -ELOOP);
		return;
	}
	memcpy(&mode, st + 16, 4);
	switch (mode & S_IFMT_) {
	case S_IFDIR:
		copy_dir(path, to, mode, depth);
		return;
	case S_IFREG:
		copy_file(path, to, mode);
		return;
	case S_IFLNK:
		copy_link(path, to);
		return;
	}
}

static void put(const char *file, const char *path)
{
	FILE *f = fopen(file, "r");
	int fd = ksys_file_open(path, O_WRONLY);
	size_t n;
	long done;

	if (!f)
		die("open", file, -errno);
	if (fd < 0)
		die("open", path, fd);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		done = ksys_file_write(fd, buf, n);
		if (done != (long)n)
			die("write", path, done < 0 ? done : -ENOSPC);
	}
	fclose(f);
	ksys_file_close(fd);
}

int main(int argc, char **argv)
{
	if (ksys_open() < 0)
		die("kernel", "", -ENOTCONN);
	if (argc == 4 && !strcmp(argv[1], "get")) {
		keep = true;
		copy(argv[2], argv[3], 0);
	} else if (argc == 4 && !strcmp(argv[1], "put")) {
		put(argv[2], argv[3]);
	} else if (argc == 3 && !strcmp(argv[1], "walk")) {
		copy(argv[2], "", 0);
		printf("%lu files, %lu errors\n", files, errors);
	} else {
		fputs("usage: guestfs get PATH DIR | put FILE PATH | walk PATH\n",
		      stderr);
		return 2;
	}
	ksys_close();
	return 0;
}
