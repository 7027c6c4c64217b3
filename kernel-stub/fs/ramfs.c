/* ramfs.c - files in memory: pages in an array that grows, names that are the dentries
 *
 * A page that a process has mapped is not written to but replaced, so a mapping (a running
 * program) keeps the content it was made with.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "fs/ramfs.h"
#include "mm/mm.h"

/* What hangs on the inode of a regular file. */
struct content {
	struct page **pages; /* [size], NULL: a hole */
	unsigned long size;
};

#define FILE_PAGES_MAX (1ul << 18) /* 1 GiB */

static struct content *content(struct inode *inode)
{
	return inode->i_private;
}

static int grow(struct content *c, unsigned long wanted)
{
	unsigned long size = c->size ? c->size : 4;
	struct page **pages;

	if (wanted > FILE_PAGES_MAX)
		return -EFBIG;
	while (size < wanted)
		size *= 2;
	if (size == c->size)
		return 0;
	if (!mm_room(MM_FILE, PAGE_ALIGN(size * sizeof(*pages)) >> PAGE_SHIFT))
		return -ENOSPC;
	pages = kmalloc(size * sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOSPC;
	memcpy(pages, c->pages, c->size * sizeof(*pages));
	memset(pages + c->size, 0, (size - c->size) * sizeof(*pages));
	kfree(c->pages);
	c->pages = pages;
	c->size = size;
	return 0;
}

static struct page *ram_get_page(struct inode *inode, unsigned long index, int *error)
{
	struct content *c = content(inode);

	*error = 0;
	if (index >= c->size || !c->pages[index])
		return NULL;
	page_get(c->pages[index]);
	return c->pages[index];
}

/* A page that nobody else sees, to write to; a new one is all zeros. */
static int writable_page(struct content *c, unsigned long index, struct page **out)
{
	struct page *old, *page;
	int err = grow(c, index + 1);

	if (err)
		return err;
	old = c->pages[index];
	if (!old || old->count > 1) {
		page = page_alloc(MM_FILE, old ? 0 : PAGE_ZERO);
		if (!page)
			return -ENOSPC;
		if (old) {
			memcpy(page_address(page), page_address(old), PAGE_SIZE);
			page_put(old);
		}
		c->pages[index] = page;
	}
	*out = c->pages[index];
	return 0;
}

static void drop_pages(struct content *c, unsigned long from)
{
	for (unsigned long i = from; i < c->size; i++) {
		if (c->pages[i])
			page_put(c->pages[i]);
		c->pages[i] = NULL;
	}
}

static int ram_truncate(struct inode *inode, loff_t size)
{
	struct content *c = content(inode);
	unsigned long whole = size >> PAGE_SHIFT, off = size & ~PAGE_MASK;
	struct page *page;
	int err;

	if (size > (loff_t)FILE_PAGES_MAX << PAGE_SHIFT)
		return -EFBIG;
	if (size < inode->i_size) {
		drop_pages(c, whole + !!off);
		/* What a later extension shows is zeros. */
		if (off && whole < c->size && c->pages[whole]) {
			err = writable_page(c, whole, &page);
			if (err)
				return err;
			memset((char *)page_address(page) + off, 0, PAGE_SIZE - off);
		}
	}
	inode->i_size = size;
	inode->i_mtime = inode->i_ctime = CURRENT_TIME;
	return 0;
}

static void ram_release(struct inode *inode)
{
	struct content *c = content(inode);

	if (S_ISREG(inode->i_mode) && c) {
		drop_pages(c, 0);
		kfree(c->pages);
	}
	kfree(c);
}

static ssize_t ram_write(struct file *file, const char *buf, size_t count, loff_t *ppos)
{
	struct inode *inode = file->f_dentry->d_inode;
	loff_t pos = file->f_flags & O_APPEND ? inode->i_size : *ppos;
	struct page *page;
	size_t done = 0;
	int err = 0;

	while (done < count) {
		size_t off = pos & ~PAGE_MASK,
		       n = min(count - done, (size_t)PAGE_SIZE - off);

		if (pos >= (loff_t)FILE_PAGES_MAX << PAGE_SHIFT)
			err = -EFBIG;
		else
			err = writable_page(content(inode), pos >> PAGE_SHIFT, &page);
		if (!err &&
		    copy_from_user((char *)page_address(page) + off, buf + done, n))
			err = -EFAULT;
		if (err)
			break;
		done += n;
		pos += n;
		inode->i_size = max(inode->i_size, pos);
	}
	*ppos = pos;
	if (done)
		inode->i_mtime = inode->i_ctime = CURRENT_TIME;
	return done ? (ssize_t)done : err;
}

int ramfs_append(struct inode *inode, const void *from, size_t len)
{
	struct page *page;

	while (len) {
		size_t off = inode->i_size & ~PAGE_MASK,
		       n = min(len, (size_t)PAGE_SIZE - off);
		int err =
			writable_page(content(inode), inode->i_size >> PAGE_SHIFT, &page);

		if (err)
			return err;
		memcpy((char *)page_address(page) + off, from, n);
		from = (const char *)from + n;
		len -= n;
		inode->i_size += n;
	}
	return 0;
}

static const struct file_operations ram_file_fops = {
	.llseek = generic_file_llseek,
	.read = generic_file_read,
	.write = ram_write,
};

const struct file_operations ramfs_dir_fops = {
	.llseek = generic_file_llseek,
	.readdir = dcache_readdir,
};

static const struct inode_operations ram_file_iops = {
	.get_page = ram_get_page,
	.truncate = ram_truncate,
	.release = ram_release,
};

static const char *ram_readlink(struct inode *inode)
{
	return inode->i_private;
}

static const struct inode_operations ram_link_iops = {
	.readlink = ram_readlink,
	.release = ram_release,
};

static const struct inode_operations ram_node_iops = {
	.release = ram_release,
};

/* --- names -------------------------------------------------------------------------- */

/* The dentry stays in memory for as long as the name exists. */
static void keep(struct dentry *dentry, struct inode *inode)
{
	d_instantiate(dentry, inode);
	dentry->d_pinned = true;
	dget(dentry);
}

static struct inode *node_new(struct super_block *sb, int mode)
{
	struct inode *inode = mm_room(MM_FILE, 1) ? inode_new(sb, mode) : NULL;

	if (inode)
		inode->i_op = &ram_node_iops;
	return inode;
}

static int ram_create(struct inode *dir, struct dentry *dentry, int mode)
{
	struct inode *inode = node_new(dir->i_sb, mode);

	if (!inode)
		return -ENOSPC;
	inode->i_private = kmalloc(sizeof(struct content), GFP_KERNEL);
	if (!inode->i_private) {
		iput(inode);
		return -ENOSPC;
	}
	memset(inode->i_private, 0, sizeof(struct content));
	inode->i_op = &ram_file_iops;
	inode->i_fop = &ram_file_fops;
	keep(dentry, inode);
	return 0;
}

static int ram_mkdir(struct inode *dir, struct dentry *dentry, int mode)
{
	struct inode *inode = node_new(dir->i_sb, S_IFDIR | mode);

	if (!inode)
		return -ENOSPC;
	inode->i_op = dir->i_op;
	inode->i_fop = dir->i_fop;
	inode->i_nlink = 2;
	dir->i_nlink++;
	keep(dentry, inode);
	return 0;
}

static int ram_mknod(struct inode *dir, struct dentry *dentry, int mode, kdev_t rdev)
{
	struct inode *inode = node_new(dir->i_sb, mode);

	if (!inode)
		return -ENOSPC;
	inode->i_rdev = rdev;
	if (S_ISFIFO(mode))
		inode->i_fop = &fifo_fops;
	keep(dentry, inode);
	return 0;
}

static int ram_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	struct inode *inode = node_new(dir->i_sb, S_IFLNK | 0777);

	if (!inode)
		return -ENOSPC;
	inode->i_private = kmalloc(strlen(target) + 1, GFP_KERNEL);
	if (!inode->i_private) {
		iput(inode);
		return -ENOSPC;
	}
	strcpy(inode->i_private, target);
	inode->i_size = strlen(target);
	inode->i_op = &ram_link_iops;
	keep(dentry, inode);
	return 0;
}

static int ram_link(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	if (!mm_room(MM_FILE, 1))
		return -ENOSPC;
	inode->i_nlink++;
	inode->i_ctime = CURRENT_TIME;
	keep(dentry, igrab(inode));
	return 0;
}

/* A name that is not kept (a registered device's in /dev) is not ours to remove. */
static int ram_unlink(struct inode *dir, struct dentry *dentry)
{
	if (!dentry->d_pinned)
		return -EPERM;
	dentry->d_pinned = false;
	dentry->d_inode->i_nlink--;
	dentry->d_inode->i_ctime = CURRENT_TIME;
	d_drop(dentry);
	dput(dentry);
	return 0;
}

static bool is_empty(struct dentry *dir)
{
	struct dentry *child;

	list_for_each_entry (child, &dir->d_subdirs, d_child)
		if (child->d_inode)
			return false;
	return true;
}

static int ram_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!is_empty(dentry))
		return -ENOTEMPTY;
	dentry->d_inode->i_nlink--; /* its "." */
	dir->i_nlink--;
	return ram_unlink(dir, dentry);
}

static int ram_rename(struct dentry *from, struct dentry *to)
{
	if (!from->d_pinned)
		return -EPERM;
	if (S_ISDIR(from->d_inode->i_mode)) {
		from->d_parent->d_inode->i_nlink--;
		to->d_parent->d_inode->i_nlink++;
	}
	d_move(from, to);
	return 0;
}

const struct inode_operations ramfs_dir_iops = {
	.create = ram_create,
	.mkdir = ram_mkdir,
	.mknod = ram_mknod,
	.symlink = ram_symlink,
	.link = ram_link,
	.unlink = ram_unlink,
	.rmdir = ram_rmdir,
	.rename = ram_rename,
	.release = ram_release,
};

int ramfs_root(struct super_block *sb, const struct inode_operations *iops,
	       const struct file_operations *fops)
{
	struct inode *inode = inode_new(sb, S_IFDIR | 0755);

	if (!inode)
		return -ENOMEM;
	inode->i_op = iops;
	inode->i_fop = fops;
	inode->i_nlink = 2;
	return super_set_root(sb, inode);
}

static int ram_read_super(struct super_block *sb, const char *device, const char *options)
{
	return ramfs_root(sb, &ramfs_dir_iops, &ramfs_dir_fops);
}

/* The first name without names below, again and again. */
void ramfs_drop_tree(struct super_block *sb)
{
	struct dentry *at = sb->s_root, *parent;

	while (at) {
		if (!list_empty(&at->d_subdirs)) {
			at = list_entry(at->d_subdirs.next, struct dentry, d_child);
			continue;
		}
		if (at == sb->s_root)
			return;
		parent = at->d_parent;
		d_drop(at);
		dput(at);
		at = parent;
	}
}

struct file_system_type ramfs_type = {
	.name = "ramfs",
	.read_super = ram_read_super,
	.drop_names = ramfs_drop_tree,
};
