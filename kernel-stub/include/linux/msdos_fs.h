/* linux/msdos_fs.h - module fat, and how msdos and vfat stand on it */
#ifndef _LINUX_MSDOS_FS_H
#define _LINUX_MSDOS_FS_H

#include <linux/fs.h>

/* Read the super block of a FAT file system; its files show long names or 8.3 names
 * only. To be called from read_super, put_super and statfs. 0; -EINVAL: it is none; -ENOMEM,
 * -EIO. */
int fat_read_super(struct super_block *sb, const char *options, bool long_names);
void fat_put_super(struct super_block *sb);
int fat_statfs(struct super_block *sb, struct kstatfs *st);

#endif
