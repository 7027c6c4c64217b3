/* devfs.c - /dev: the kernel's own devices, and each registered one under its name
 *
 * A ramfs, but a name that is not there is looked up in the tables of devices.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "fs/devfs.h"
#include "fs/ramfs.h"
#include "kernel/blkdev.h"
#include "kernel/chrdev.h"

/* Positions and inode numbers of registered devices: these + major. */
#define CHAR_AT	 0x10000
#define BLOCK_AT 0x20000

/* Devices with names of their own; a driver of these majors has no other name. */
static const struct {
	const char *name;
	mode_t mode;
	kdev_t rdev;
} nodes[] = {
	{"null", S_IFCHR | 0666, MKDEV(MEM_MAJOR, MEM_NULL)},
	{"zero", S_IFCHR | 0666, MKDEV(MEM_MAJOR, MEM_ZERO)},
	{"full", S_IFCHR | 0666, MKDEV(MEM_MAJOR, MEM_FULL)},
	{"random", S_IFCHR | 0666, MKDEV(MEM_MAJOR, MEM_RANDOM)},
	{"urandom", S_IFCHR | 0666, MKDEV(MEM_MAJOR, MEM_URANDOM)},
	{"kmsg", S_IFCHR | 0600, MKDEV(MEM_MAJOR, MEM_KMSG)},
	{"tty", S_IFCHR | 0666, MKDEV(TTY_MAJOR, TTY_CONTROLLING)},
	{"console", S_IFCHR | 0600, MKDEV(TTY_MAJOR, TTY_CONSOLE)},
	{"ptmx", S_IFCHR | 0666, MKDEV(TTY_MAJOR, TTY_MASTER)},
	{"ttyS0", S_IFCHR | 0600, MKDEV(TTY_MAJOR, TTY_SERIAL)},
	{"ram0", S_IFBLK | 0600, MKDEV(RAMDISK_MAJOR, 0)},
	{"ram1", S_IFBLK | 0600, MKDEV(RAMDISK_MAJOR, 1)},
	{"hdc", S_IFBLK | 0600, MKDEV(IDE1_MAJOR, 0)},
	{"hdd", S_IFBLK | 0600, MKDEV(IDE1_MAJOR, 64)},
};

static bool named_by_us(mode_t type, unsigned int major)
{
	for (int i = 0; i < (int)ARRAY_SIZE(nodes); i++)
		if ((nodes[i].mode & S_IFMT) == type && MAJOR(nodes[i].rdev) == major)
			return true;
	return S_ISCHR(type) && major == PTS_MAJOR;
}

static int device_make(struct dentry *dentry, mode_t type, unsigned int major)
{
	struct inode *inode = inode_new(dentry->d_sb, type | 0600);

	if (!inode)
		return -ENOMEM;
	/* the same each time it is looked up */
	inode->i_ino = (S_ISBLK(type) ? BLOCK_AT : CHAR_AT) + major;
	inode->i_uid = inode->i_gid = 0;
	inode->i_rdev = MKDEV(major, 0);
	d_instantiate(dentry, inode);
	return 0;
}

/* Registered devices are in /dev itself, not in folders there. */
static bool is_root(const struct inode *dir)
{
	return dir == dir->i_sb->s_root->d_inode;
}

static int dev_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct driver *chr = driver_named(chrdevs, dentry->d_name);
	const struct driver *blk = driver_named(blkdevs, dentry->d_name);

	if (!is_root(dir))
		return 0;
	if (chr && !named_by_us(S_IFCHR, chr->major))
		return device_make(dentry, S_IFCHR, chr->major);
	if (blk && !named_by_us(S_IFBLK, blk->major))
		return device_make(dentry, S_IFBLK, blk->major);
	return 0;
}

/* Is the name in memory, so that it has been given out already? */
static bool is_in_memory(struct dentry *dir, const char *name)
{
	struct dentry *dentry = d_find(dir, name, strlen(name));
	bool there = dentry && dentry->d_inode;

	if (dentry)
		dput(dentry);
	return there;
}

/* Give out the registered device of that type and major; 0, or 1 if there is no room. */
static int fill_device(struct file *file, void *to, filldir_t fill, const char *name,
		       mode_t type, unsigned int major)
{
	loff_t at = (S_ISBLK(type) ? BLOCK_AT : CHAR_AT) + major;

	if (!named_by_us(type, major) && !is_in_memory(file->f_dentry, name) &&
	    fill(to, name, strlen(name), at, at, type >> 12))
		return 1;
	file->f_pos = at + 1;
	return 0;
}

/* Those in memory first: with nodes, or open; then the other registered ones. */
static int dev_readdir(struct file *file, void *to, filldir_t fill)
{
	const struct driver *chr, *blk;
	loff_t before;

	while (file->f_pos < CHAR_AT) {
		before = file->f_pos;
		dcache_readdir(file, to, fill);
		if (file->f_pos == before)
			break;
		return 0;
	}
	if (!is_root(file->f_dentry->d_inode))
		return 0;
	if (file->f_pos < CHAR_AT)
		file->f_pos = CHAR_AT;
	while (file->f_pos < BLOCK_AT &&
	       (chr = driver_next(chrdevs, file->f_pos - CHAR_AT)))
		if (fill_device(file, to, fill, chr->name, S_IFCHR, chr->major))
			return 0;
	if (file->f_pos < BLOCK_AT)
		file->f_pos = BLOCK_AT;
	while ((blk = driver_next(blkdevs, file->f_pos - BLOCK_AT)))
		if (fill_device(file, to, fill, blk->name, S_IFBLK, blk->major))
			return 0;
	return 0;
}

static struct inode_operations dir_iops;
static struct file_operations dir_fops;

static int add_node(struct dentry *dir, const char *name, mode_t mode, kdev_t rdev)
{
	struct dentry *dentry = d_alloc(dir, name, strlen(name));
	int err;

	if (!dentry)
		return -ENOMEM;
	err = S_ISDIR(mode) ? dir_iops.mkdir(dir->d_inode, dentry, mode)
			    : dir_iops.mknod(dir->d_inode, dentry, mode, rdev);
	dput(dentry);
	return err;
}

/* /dev/pts; who may open what is there the driver says. */
static int add_terminals(struct dentry *root)
{
	int err = add_node(root, "pts", S_IFDIR | 0755, 0);
	struct dentry *dir = err ? NULL : d_find(root, "pts", 3);
	char name[12];

	for (int i = 0; !err && i < PTS_COUNT; i++) {
		snprintf(name, sizeof(name), "%d", i);
		err = add_node(dir, name, S_IFCHR | 0666, MKDEV(PTS_MAJOR, i));
	}
	if (dir)
		dput(dir);
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
		err = add_node(sb->s_root, nodes[i].name, nodes[i].mode, nodes[i].rdev);
	return err ? err : add_terminals(sb->s_root);
}

struct file_system_type devfs_type = {
	.name = "devfs",
	.read_super = dev_read_super,
	.drop_names = ramfs_drop_tree,
};
