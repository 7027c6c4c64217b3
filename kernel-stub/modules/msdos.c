/* msdos.c - FAT file systems with the names of MS-DOS: eight characters and three */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/msdos_fs.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("FAT file systems with 8.3 names");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int msdos_read_super(struct super_block *sb, const char *device,
			    const char *options)
{
	return fat_read_super(sb, options, false);
}

static struct file_system_type msdos_type = {
	.name = "msdos",
	.fs_flags = FS_REQUIRES_DEV,
	.read_super = msdos_read_super,
	.put_super = fat_put_super,
	.statfs = fat_statfs,
	.owner = THIS_MODULE,
};

static int __init msdos_init(void)
{
	return register_filesystem(&msdos_type);
}

static void __exit msdos_exit(void)
{
	unregister_filesystem(&msdos_type);
}

module_init(msdos_init);
module_exit(msdos_exit);
