/* devfs.c - /dev: the kernel's own devices, and each registered one under its name
 *
 * A ramfs, but a name that is not there is looked up in the table of character devices.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "fs/devfs.h"
#include "fs/ramfs.h"
#include "kernel/chrdev.h"

/* Devices with names of their own; a driver of these majors has no other name. */
static const struct {
	const char *name;
	mode_t mode;
	kdev_t rdev;
} nodes[] = {
	{"null", 0666, MKDEV(MEM_MAJOR, MEM_NULL)},
	{"zero", 0666, MKDEV(MEM_MAJOR, MEM_ZERO)},
	{"full", 0666, MKDEV(MEM_MAJOR, MEM_FULL)},
	{"random", 0666, MKDEV(MEM_MAJOR, MEM_RANDOM)},
	{"urandom", 0666, MKDEV(MEM_MAJOR, MEM_URANDOM)},
	{"kmsg", 0600, MKDEV(MEM_MAJOR, MEM_KMSG)},
	{"tty", 0666, MKDEV(TTY_MAJOR, TTY_CONTROLLING)},
	{"console", 0600, MKDEV(TTY_MAJOR, TTY_CONSOLE)},
	{"ttyS0", 0600, MKDEV(TTY_MAJOR, TTY_SERIAL)},
};

static bool named_by_us(unsigned int major)
{
	return major == MEM_MAJOR || major == TTY_MAJOR;
}

static int dev_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct chrdev *dev =
		chrdev_find_name(dentry->d_name, strlen(dentry->d_name));
	struct inode *inode;

	if (!dev || named_by_us(dev->major))
		return 0;
	inode = inode_new(dir->i_sb, S_IFCHR | 0600);
	if (!inode)
		return -ENOMEM;
	inode->i_ino = 0x10000 + dev->major; /* the same each time it is looked up */
	inode->i_uid = inode->i_gid = 0;
	inode->i_rdev = MKDEV(dev->major, 0);
	d_instantiate(dentry, inode);
	return 0;
}

#define REGISTERED_AT 0x10000 /* positions from here on are REGISTERED_AT + major */

/* Those with nodes first (only they are kept in memory), then the registered ones. */
static int dev_readdir(struct file *file, void *to, filldir_t fill)
{
	const struct chrdev *dev;
	loff_t before;

	while (file->f_pos < REGISTERED_AT) {
		before = file->f_pos;
		dcache_readdir(file, to, fill);
		if (file->f_pos == before)
			break;
		return 0;
	}
	if (file->f_pos < REGISTERED_AT)
		file->f_pos = REGISTERED_AT;
	while ((dev = chrdev_next(file->f_pos - REGISTERED_AT))) {
		if (!named_by_us(dev->major) &&
		    fill(to, dev->name, strlen(dev->name), REGISTERED_AT + dev->major,
			 0x10000 + dev->major, DT_CHR))
			return 0;
		file->f_pos = REGISTERED_AT + dev->major + 1;
	}
	return 0;
}

static struct inode_operations dir_iops;
static struct file_operations dir_fops;

static int add_node(struct super_block *sb, int i)
{
	struct dentry *dentry = d_alloc(sb->s_root, nodes[i].name, strlen(nodes[i].name));
	int err;

	if (!dentry)
		return -ENOMEM;
	err = dir_iops.mknod(sb->s_root->d_inode, dentry, S_IFCHR | nodes[i].mode,
			     nodes[i].rdev);
	dput(dentry);
	return err;
}

static int dev_read_super(struct super_block *sb, const char *device, const char *options)
{
	int err;

	dir_iops = ramfs_dir_iops;
	dir_iops.lookup = dev_lookup;
	dir_fops = ramfs_dir_fops;
	dir_fops.readdir = dev_readdir;
	err = ramfs_root(sb, &dir_iops, &dir_fops);
	for (int i = 0; !err && i < (int)ARRAY_SIZE(nodes); i++)
		err = add_node(sb, i);
	return err;
}

struct file_system_type devfs_type = {
	.name = "devfs",
	.fs_flags = FS_NODEV,
	.read_super = dev_read_super,
	.drop_names = ramfs_drop_tree,
};
