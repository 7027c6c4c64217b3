/* dcache.c - inodes and the names in memory; mounted file systems
 *
 * A dentry is in memory while somebody refers to it, and no longer: a file system whose
 * names exist in memory only (ramfs) keeps a reference of its own to each.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include "fs/file.h"
#include "kernel/contain.h"
#include "mm/mm.h"

/* --- inodes ------------------------------------------------------------------------- */

struct inode *inode_init(struct inode *inode, struct super_block *sb, mode_t mode)
{
	if (!inode)
		return NULL;
	memset(inode, 0, sizeof(*inode));
	inode->i_count = 1;
	inode->i_nlink = 1;
	inode->i_mode = mode;
	inode->i_uid = current->euid;
	inode->i_gid = current->egid;
	inode->i_atime = inode->i_mtime = inode->i_ctime = CURRENT_TIME;
	inode->i_sb = sb;
	if (sb)
		inode->i_ino = ++sb->s_last_ino;
	return inode;
}

/* Its file system is in use by these many more references, if it has a name: one that is
 * still being made may be lost in a call that is cut short. */
static void count_use(const struct inode *inode, int n)
{
	if (inode->i_named && inode->i_sb)
		inode->i_sb->s_inode_refs += n;
}

struct inode *igrab(struct inode *inode)
{
	inode->i_count++;
	count_use(inode, 1);
	return inode;
}

void iput(struct inode *inode)
{
	count_use(inode, -1);
	if (--inode->i_count == 0) {
		if (inode->i_op && inode->i_op->release)
			CALL_MODULE_VOID(inode_module(inode),
					 inode->i_op->release(inode));
		kfree(inode);
	}
}

bool inode_has_pages(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) && (inode->i_op->get_page || inode->i_op->readpage);
}

/* A page of its own, copied from the disk. */
static struct page *page_read(struct inode *inode, unsigned long index, int *error)
{
	loff_t pos = (loff_t)index << PAGE_SHIFT;
	struct page *page;

	*error = 0;
	if (pos >= inode->i_size)
		return NULL;
	page = page_alloc(MM_PROCESS, PAGE_ZERO);
	if (!page) {
		*error = -ENOMEM;
		return NULL;
	}
	*error = CALL_MODULE(inode_module(inode),
			     inode->i_op->readpage(inode, index, page_address(page)));
	if (*error) {
		page_put(page);
		return NULL;
	}
	if (inode->i_size - pos < (loff_t)PAGE_SIZE)
		memset((char *)page_address(page) + (inode->i_size - pos), 0,
		       PAGE_SIZE - (inode->i_size - pos));
	return page;
}

struct page *inode_page(struct inode *inode, unsigned long index, int *error)
{
	if (inode->i_op->readpage)
		return page_read(inode, index, error);
	return inode->i_op->get_page(inode, index, error);
}

/* --- names -------------------------------------------------------------------------- */

static struct dentry *dentry_new(const char *name, int len)
{
	struct dentry *dentry = kmalloc(sizeof(*dentry), GFP_KERNEL);

	if (!dentry)
		return NULL;
	memset(dentry, 0, sizeof(*dentry));
	dentry->d_count = 1;
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_child);
	dentry->d_name = kmalloc(len + 1, GFP_KERNEL);
	if (!dentry->d_name) {
		kfree(dentry);
		return NULL;
	}
	memcpy(dentry->d_name, name, len);
	dentry->d_name[len] = '\0';
	return dentry;
}

struct dentry *d_alloc(struct dentry *parent, const char *name, int len)
{
	struct dentry *dentry = dentry_new(name, len);

	if (!dentry)
		return NULL;
	dentry->d_parent = dget(parent);
	dentry->d_sb = parent->d_sb;
	list_add_tail(&dentry->d_child, &parent->d_subdirs);
	return dentry;
}

struct dentry *d_alloc_root(struct super_block *sb, struct inode *inode)
{
	struct dentry *dentry = dentry_new("/", 1);

	if (!dentry)
		return NULL;
	dentry->d_parent = dentry;
	dentry->d_sb = sb;
	d_instantiate(dentry, inode);
	return dentry;
}

struct dentry *dget(struct dentry *dentry)
{
	dentry->d_count++;
	return dentry;
}

void dput(struct dentry *dentry)
{
	struct dentry *parent;

	while (dentry && --dentry->d_count == 0) {
		parent = dentry->d_parent;
		list_del(&dentry->d_child);
		if (dentry->d_inode)
			iput(dentry->d_inode);
		kfree(dentry->d_name);
		kfree(dentry);
		dentry = parent == dentry ? NULL : parent;
	}
}

void d_drop(struct dentry *dentry)
{
	list_del_init(&dentry->d_child);
}

void d_move(struct dentry *dentry, struct dentry *target)
{
	struct dentry *old_parent = dentry->d_parent;
	char *name = dentry->d_name;

	dentry->d_name = target->d_name;
	target->d_name = name;
	dentry->d_parent = dget(target->d_parent);
	list_del_init(&target->d_child);
	list_del(&dentry->d_child);
	list_add_tail(&dentry->d_child, &dentry->d_parent->d_subdirs);
	dput(old_parent);
}

void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	dentry->d_inode = inode;
	if (inode->i_named)
		return;
	inode->i_named = true;
	count_use(inode, inode->i_count);
}

struct dentry *d_find(struct dentry *parent, const char *name, int len)
{
	struct dentry *child;

	list_for_each_entry (child, &parent->d_subdirs, d_child)
		if (!strncmp(child->d_name, name, len) && !child->d_name[len])
			return dget(child);
	return NULL;
}

struct dentry *d_next(struct dentry *top, struct dentry *at)
{
	if (!list_empty(&at->d_subdirs))
		return list_entry(at->d_subdirs.next, struct dentry, d_child);
	for (; at != top; at = at->d_parent)
		if (at->d_child.next != &at->d_parent->d_subdirs)
			return list_entry(at->d_child.next, struct dentry, d_child);
	return NULL;
}

static unsigned int dirent_type(const struct inode *inode)
{
	return (inode->i_mode & S_IFMT) >> 12;
}

/* Positions: 0 ".", 1 "..", then the children in order. */
int dcache_readdir(struct file *file, void *to, filldir_t fill)
{
	struct dentry *dir = file->f_dentry, *child;
	loff_t at = 2;

	if (file->f_pos == 0) {
		if (fill(to, ".", 1, 0, dir->d_inode->i_ino, DT_DIR))
			return 0;
		file->f_pos = 1;
	}
	if (file->f_pos == 1) {
		if (fill(to, "..", 2, 1, dir->d_parent->d_inode->i_ino, DT_DIR))
			return 0;
		file->f_pos = 2;
	}
	list_for_each_entry (child, &dir->d_subdirs, d_child) {
		if (!child->d_inode)
			continue;
		if (at++ < file->f_pos)
			continue;
		if (fill(to, child->d_name, strlen(child->d_name), file->f_pos,
			 child->d_inode->i_ino, dirent_type(child->d_inode)))
			return 0;
		file->f_pos++;
	}
	return 0;
}
