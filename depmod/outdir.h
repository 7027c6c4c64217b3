/* depmod/outdir.h - replace several files of a directory at once, or none
 *
 * outdir_open, outdir_put for each file, outdir_touch, outdir_commit: contents go to temporary
 * files, all are brought to the disk, and only then each is renamed into place. Whatever fails,
 * the old files stay whole; outdir_close() removes what is left of the temporary ones. Runs in
 * one directory wait for each other. A file whose contents are there already is not written, its
 * time is set to now. Each file has a place of its own: several threads may put files.
 */
#ifndef OUTDIR_H
#define OUTDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define OUTDIR_FILES 32

struct outdir_file {
	const char *name; /* NULL: the place is free */
	int fd;		  /* of the temporary file, or -1 */
	int there;	  /* of a file that has these contents already, or -1 */
	bool checked; /* its reader sees whether it is whole: nobody waits for the disk */
	struct stat st; /* of the file with these contents, under either name */
};

struct outdir {
	char *dir;
	int fd;
	struct outdir_file files[OUTDIR_FILES];
	bool committed;
};

/* Open (with `create` also make, with its parents) the directory and wait for its lock.
 * Functions report their errors and return 0 or -errno. */
int outdir_open(struct outdir *o, const char *dir, bool create);
void outdir_close(struct outdir *o);

/* Into a free place below OUTDIR_FILES; `name` must live as long as o. `outdir_put_checked` is
 * for a file whose readers see whether it is whole: after a power failure it may not be, for
 * nobody waits until the disk has it. */
int outdir_put(struct outdir *o, unsigned place, const char *name, const void *bytes,
	       size_t len);
int outdir_put_checked(struct outdir *o, unsigned place, const char *name,
		       const void *bytes, size_t len);

/* Set the times of files that were there already, when all others could be written. */
int outdir_touch(struct outdir *o);

/* Files are renamed from the last place to the first. */
int outdir_commit(struct outdir *o);

#endif
