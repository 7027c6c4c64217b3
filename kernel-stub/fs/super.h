/* fs/super.h - mounting, as other parts of the kernel ask for it */
#ifndef FS_SUPER_H
#define FS_SUPER_H

#include <linux/fs.h>

struct text;

/* Mount a file system of the named type on the directory `on` (NULL: it is the root);
 * *out, if not NULL, gets its super block. If no such type is registered its module is asked
 * for. -ENODEV: there is none; -ENOTBLK, -ENXIO: the device is none; -EBUSY: something is
 * mounted there; or why the file system could not be read. */
int super_mount(const char *type, const char *device, struct dentry *on, unsigned flags,
		const char *options, struct super_block **out);
/* -EBUSY while anything in it is in use. */
int super_umount(struct super_block *sb);

/* The module leaves: unregister its file systems. Returns how many there were. */
int super_forget(const struct module *owner);

int super_show_filesystems(struct text *t);
int super_show_mounts(struct text *t);

#endif
