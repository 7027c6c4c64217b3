/* fs/namei.h - from path to dentry */
#ifndef FS_NAMEI_H
#define FS_NAMEI_H

#include <linux/fs.h>

#define AT_FDCWD	    (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR	    0x200
#define AT_EACCESS	    0x200
#define AT_SYMLINK_FOLLOW   0x400
#define AT_EMPTY_PATH	    0x1000

#define LOOKUP_FOLLOW	 1 /* a symbolic link at the end is followed */
#define LOOKUP_DIRECTORY 2 /* -ENOTDIR if it is none */
#define LOOKUP_EMPTY	 4 /* "" is dfd itself */

/* A path from ring 3 in kernel memory, which the caller kfree()s. -EFAULT, -ENOENT (it is
 * empty), -ENAMETOOLONG, -ENOMEM. */
int getname(const char *user, char **path);

/* What `path` names, seen from the directory open as dfd; it exists. */
int path_lookup(int dfd, const char *path, int flags, struct dentry **out);
/* The same for a path in ring 3. */
int user_lookup(int dfd, const char *user, int flags, struct dentry **out);

/* The place for a name: its directory, and the dentry, negative if the name is free.
 * Search and write permission of the directory are not checked. Both are the caller's to
 * put. -EEXIST if the path ends in . or .. or is the root. */
struct place {
	struct dentry *dir, *dentry;
	bool slash; /* a slash follows the name: it can only be a directory */
};
int path_place(int dfd, const char *path, struct place *place);
/* While the name is a symbolic link: the place that leads to. -ELOOP and all errors of
 * path_place(), after which the place is put. */
int place_follow(struct place *place);
void place_put(struct place *place);

#define MAY_EXEC  1
#define MAY_WRITE 2
#define MAY_READ  4
/* May the current process (its effective ids) use the file so? 0, -EACCES, -EROFS. */
int permission(struct inode *inode, int mask);

/* The path of a dentry, built from the end of buf; -ENAMETOOLONG as a pointer. */
char *d_path(struct dentry *dentry, char *buf, size_t size);

/* fs/open.c: the file a path leads to, created if asked. */
struct file *file_open(int dfd, const char *path, int flags, int mode);

/* errors travel in pointers where a function returns one */
#define ERR_PTR(err) ((void *)(long)(err))
#define PTR_ERR(ptr) ((long)(ptr))
#define IS_ERR(ptr)  ((unsigned long)(ptr) > -4096ul)

#endif
