/* vfs.c - boot of the file systems: the root, /dev and /proc are there before any file */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include "fs/devfs.h"
#include "fs/namei.h"
#include "fs/ramfs.h"
#include "fs/super.h"

extern struct file_system_type proc_type;

static void make_dir(struct super_block *root, const char *name)
{
	struct inode *dir = root->s_root->d_inode;
	struct place at;

	if (path_place(AT_FDCWD, name, &at) || dir->i_op->mkdir(dir, at.dentry, 0755))
		panic("cannot make %s", name);
	place_put(&at);
}

void vfs_init(void)
{
	struct super_block *root;
	struct dentry *dev;

	register_filesystem(&ramfs_type);
	register_filesystem(&devfs_type);
	register_filesystem(&proc_type);
	if (super_mount("ramfs", "none", NULL, 0, "", &root))
		panic("no root file system");
	current->root = dget(root->s_root);
	current->pwd = dget(root->s_root);
	make_dir(root, "/dev");
	make_dir(root, "/proc");
	if (path_lookup(AT_FDCWD, "/dev", 0, &dev) ||
	    super_mount("devfs", "none", dev, 0, "", NULL))
		panic("no /dev");
	dput(dev);
	mem_init();
}
