/* volume.c - a disk (major 42) and a file system of its own with one file, that give nothing
 * back
 *
 * The function that `fault` names writes where nothing is. With scribble=1 the module
 * destroys all it has handed to the kernel, as soon as that has been registered.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#define MAJOR_NR 42
#define SECTOR	 512
#define SECTORS	 64

static char *fault;
static int scribble;
static volatile int *volatile nowhere;
MODULE_PARM(fault, "s");
MODULE_PARM_DESC(fault, "the function that is to fault");
MODULE_PARM(scribble, "i");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int run(const char *function)
{
	if (fault && !strcmp(fault, function))
		*nowhere = 0;
	return 0;
}

/* --- the disk ---------------------------------------------------------------------------- */

static int disk_open(struct inode *inode, struct file *file)
{
	return run("open");
}

static int disk_release(struct inode *inode, struct file *file)
{
	return run("release");
}

static int disk_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		      unsigned long arg)
{
	return run("ioctl") ?: -ENOTTY;
}

static loff_t disk_size(kdev_t dev)
{
	run("size");
	return SECTORS * SECTOR;
}

static int disk_transfer(kdev_t dev, int write, unsigned long sector, unsigned int count,
			 void *buf)
{
	if (!write)
		memset(buf, 'd', count * SECTOR);
	return run("transfer");
}

static struct block_device_operations disk_ops = {
	.open = disk_open,
	.release = disk_release,
	.ioctl = disk_ioctl,
	.size = disk_size,
	.transfer = disk_transfer,
};

/* --- the file system --------------------------------------------------------------------- */

static int file_readpage(struct inode *inode, unsigned long index, void *to)
{
	memcpy(to, "text\n", 5);
	return run("readpage");
}

static void forget(struct inode *inode)
{
	run("forget");
}

static const char *link_target(struct inode *inode)
{
	run("readlink");
	return fault && !strcmp(fault, "target") ? (const char *)16 : "file";
}

static const struct inode_operations file_iops = {.readpage = file_readpage,
						  .release = forget};
static const struct inode_operations link_iops = {.readlink = link_target};

static int lookup(struct inode *dir, struct dentry *dentry)
{
	bool is_link = !strcmp(dentry->d_name, "link");
	struct inode *inode;

	if (!is_link && strcmp(dentry->d_name, "file"))
		return 0;
	inode = inode_new(dir->i_sb, is_link ? S_IFLNK | 0777 : S_IFREG | 0444);
	run("lookup"); /* the inode is lost */
	if (!inode)
		return -ENOMEM;
	inode->i_op = is_link ? &link_iops : &file_iops;
	inode->i_fop = is_link ? NULL : &generic_ro_fops;
	inode->i_size = is_link ? 4 : 5;
	d_instantiate(dentry, inode);
	return 0;
}

static int readdir(struct file *file, void *to, filldir_t fill)
{
	return run("readdir");
}

static const struct inode_operations dir_iops = {.lookup = lookup};
static const struct file_operations dir_fops = {.readdir = readdir};

static int read_super(struct super_block *sb, const char *device, const char *options)
{
	struct inode *root = inode_new(sb, S_IFDIR | 0755);

	run("mount");
	if (!root)
		return -ENOMEM;
	root->i_op = &dir_iops;
	root->i_fop = &dir_fops;
	return super_set_root(sb, root);
}

static void put_super(struct super_block *sb)
{
	run("umount");
}

static int statfs(struct super_block *sb, struct kstatfs *st)
{
	return run("statfs");
}

static struct file_system_type type = {
	.name = "volume",
	.read_super = read_super,
	.put_super = put_super,
	.statfs = statfs,
};

/* --- coming and going --------------------------------------------------------------------- */

static void handler(int irq, void *dev, struct pt_regs *regs)
{
}

static char irq_name[] = "volume";

static int __init volume_init(void)
{
	int err = register_blkdev(MAJOR_NR, "volume", &disk_ops);

	if (!err)
		err = register_filesystem(&type);
	if (!err)
		err = request_irq(9, handler, 0, irq_name, NULL);
	if (!err && scribble) {
		memset(&disk_ops, 0xaa, sizeof(disk_ops));
		memset(&type, 0xaa, sizeof(type));
		memset(irq_name, 'x', sizeof(irq_name));
	}
	return err;
}

static void __exit volume_exit(void)
{
}

module_init(volume_init);
module_exit(volume_exit);
