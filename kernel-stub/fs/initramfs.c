/* initramfs.c - the first files: a cpio archive of the "new ASCII" kind (newc)
 *
 * Each member: a header of 110 characters, "070701" and 13 numbers of 8 hex digits; the
 * name, NUL-terminated; padding to four; the content; padding to four. The archive ends
 * with a member called TRAILER!!!. Format: cpio(5), "New ASCII Format".
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fs/namei.h"
#include "fs/ramfs.h"

#define HEADER_LEN 110

enum {
	INO,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	SIZE,
	MAJ,
	MIN,
	RMAJ,
	RMIN,
	NAMELEN,
	CHECK,
	FIELDS
};

struct member {
	uint32_t field[FIELDS];
	const char *name; /* NUL-terminated */
	const char *content;
};

struct archive {
	const char *at;
	size_t left;
};

static int hex8(const char *s, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 8; i++) {
		char c = s[i] | 0x20;

		if (c >= '0' && c <= '9')
			*out = *out << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			*out = *out << 4 | (c - 'a' + 10);
		else
			return -EINVAL;
	}
	return 0;
}

/* Take n bytes and what pads `from_start` + n to four. NULL: the archive is too short. */
static const char *take(struct archive *a, size_t before, size_t n)
{
	const char *at = a->at;
	size_t padded = n + (-(before + n) & 3);

	if (n > a->left)
		return NULL;
	padded = min(padded, a->left);
	a->at += padded;
	a->left -= padded;
	return at;
}

static int next_member(struct archive *a, struct member *m)
{
	const char *header;

	if (a->left < HEADER_LEN || memcmp(a->at, "070701", 6))
		return -EINVAL;
	header = a->at;
	for (int i = 0; i < FIELDS; i++)
		if (hex8(header + 6 + 8 * i, &m->field[i]))
			return -EINVAL;
	a->at += HEADER_LEN;
	a->left -= HEADER_LEN;
	m->name = take(a, HEADER_LEN, m->field[NAMELEN]);
	if (!m->name || !m->field[NAMELEN] || m->name[m->field[NAMELEN] - 1])
		return -EINVAL;
	m->content = take(a, 0, m->field[SIZE]);
	return m->content ? 0 : -EINVAL;
}

static int make_link(struct inode *dir, struct dentry *dentry, const struct member *m)
{
	char *target = kmalloc(m->field[SIZE] + 1, GFP_KERNEL);
	int err;

	if (!target)
		return -ENOMEM;
	memcpy(target, m->content, m->field[SIZE]);
	target[m->field[SIZE]] = '\0';
	err = dir->i_op->symlink(dir, dentry, target);
	kfree(target);
	return err;
}

static int make(struct inode *dir, struct dentry *dentry, const struct member *m)
{
	uint32_t mode = m->field[MODE];
	int err;

	if (S_ISDIR(mode))
		return dir->i_op->mkdir(dir, dentry, mode & 07777);
	if (S_ISLNK(mode))
		return make_link(dir, dentry, m);
	if (!S_ISREG(mode))
		return dir->i_op->mknod(dir, dentry, mode,
					MKDEV(m->field[RMAJ], m->field[RMIN]));
	err = dir->i_op->create(dir, dentry, mode);
	return err ? err : ramfs_append(dentry->d_inode, m->content, m->field[SIZE]);
}

static int unpack_member(const struct member *m)
{
	struct inode *inode;
	struct place at;
	int err = path_place(AT_FDCWD, m->name, &at);

	if (err == -EEXIST)
		return 0; /* "." */
	if (err)
		return err;
	if (!at.dentry->d_inode)
		err = make(at.dir->d_inode, at.dentry, m);
	else if (!S_ISDIR(m->field[MODE]))
		err = -EEXIST;
	inode = at.dentry->d_inode;
	if (inode) {
		inode->i_uid = m->field[UID];
		inode->i_gid = m->field[GID];
		inode->i_mode = m->field[MODE];
		inode->i_mtime = m->field[MTIME];
	}
	place_put(&at);
	return err;
}

int initramfs_unpack(const void *cpio, size_t len)
{
	struct archive a = {.at = cpio, .left = len};
	struct member m;
	int err;

	for (;;) {
		err = next_member(&a, &m);
		if (err)
			printk(KERN_ERR "initramfs: byte %lu is no cpio member\n",
			       (unsigned long)(len - a.left));
		if (err || !strcmp(m.name, "TRAILER!!!"))
			return err;
		err = unpack_member(&m);
		if (err)
			printk(KERN_ERR "initramfs: %s: error %d\n", m.name, -err);
		if (err == -ENOSPC || err == -ENOMEM)
			return err;
	}
}
