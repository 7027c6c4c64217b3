/* linux/msdos_fs.h - module fat, and how msdos and vfat stand on it */
#ifndef _LINUX_MSDOS_FS_H
#define _LINUX_MSDOS_FS_H

#include <linux/fs.h>

/* Read the super block of a FAT file system; its files show long names or 8.3 names
 * only. To be called from read_super and put_super. 0; -EINVAL: it is none; -ENOMEM,
 * -EIO. */
int fat_read_super(struct super_block *sb, const char *options, bool long_names);
void fat_put_super(struct super_block *sb);

#endif
