/* vfat.c - FAT file systems with long names */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/msdos_fs.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("FAT file systems with long names");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int vfat_read_super(struct super_block *sb, const char *device,
			   const char *options)
{
	return fat_read_super(sb, options, true);
}

static struct file_system_type vfat_type = {
	.name = "vfat",
	.fs_flags = FS_REQUIRES_DEV,
	.read_super = vfat_read_super,
	.put_super = fat_put_super,
	.statfs = fat_statfs,
	.owner = THIS_MODULE,
};

static int __init vfat_init(void)
{
	return register_filesystem(&vfat_type);
}

static void __exit vfat_exit(void)
{
	unregister_filesystem(&vfat_type);
}

module_init(vfat_init);
module_exit(vfat_exit);
