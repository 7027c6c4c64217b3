/* fs/ramfs.h - parts of ramfs that other file systems in memory are made of */
#ifndef FS_RAMFS_H
#define FS_RAMFS_H

#include <linux/fs.h>

extern struct file_system_type ramfs_type;
extern const struct inode_operations ramfs_dir_iops;
extern const struct file_operations ramfs_dir_fops;
extern const struct file_operations fifo_fops; /* pipe.c: a named pipe */

/* Give a new super block its root directory. 0 or -ENOMEM. */
int ramfs_root(struct super_block *sb, const struct inode_operations *iops,
	       const struct file_operations *fops);
/* Forget all names: the file system is unmounted. */
void ramfs_drop_tree(struct super_block *sb);
/* Add bytes from kernel memory to the end of a regular file. 0, -ENOSPC, -EFBIG. */
int ramfs_append(struct inode *inode, const void *from, size_t len);

#endif
