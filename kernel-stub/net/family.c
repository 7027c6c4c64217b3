/* net/family.c - protocol families, and the making and ending of their sockets */
#include "net/family.h"

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fs/namei.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/text.h"

/* By number; free where create is NULL. */
static struct net_proto_family families[NPROTO];

/* --- the table ----------------------------------------------------------------------- */

int sock_register(struct net_proto_family *family)
{
	unsigned int n = family->family;

	if (n >= NPROTO || !family->create)
		return -ENOBUFS;
	if (families[n].create)
		return -EEXIST;
	families[n] = *family;
	if (!families[n].owner)
		families[n].owner = mod_caller(__builtin_return_address(0));
	return 0;
}

int sock_unregister(int family)
{
	if ((unsigned int)family >= NPROTO)
		return -EINVAL;
	families[family] = (struct net_proto_family){0};
	return 0;
}

int sock_forget(const struct module *owner)
{
	int n = 0;

	for (int i = 0; i < NPROTO; i++)
		if (families[i].create && families[i].owner == owner) {
			sock_unregister(i);
			n++;
		}
	return n;
}

int sock_show_families(struct text *t)
{
	for (int i = 0; i < NPROTO; i++)
		if (families[i].create)
			text_printf(t, "%3d %s\n", i, mod_name(families[i].owner));
	return t->error;
}

/* --- sockets ------------------------------------------------------------------------- */

static struct socket *sock_new(int type, struct module *owner)
{
	struct socket *sock = kmalloc(sizeof(*sock), GFP_KERNEL);

	if (!sock)
		return NULL;
	memset(sock, 0, sizeof(*sock));
	sock->type = type;
	sock->owner = owner;
	init_waitqueue_head(&sock->wait);
	return sock;
}

void sock_free(struct socket *sock)
{
	if (sock->ops && sock->ops->release)
		CALL_MODULE(sock->owner, sock->ops->release(sock));
	if (sock->name)
		iput(sock->name);
	if (sock->owner)
		__MOD_DEC_USE_COUNT(sock->owner);
	kfree(sock);
}

int sock_create(int number, int type, int protocol, struct socket **out)
{
	const struct net_proto_family *family = &families[(unsigned)number % NPROTO];
	int err;

	if ((unsigned)number >= NPROTO)
		return -EAFNOSUPPORT;
	if (type < 0 || type >= SOCK_MAX)
		return -EINVAL;
	if (!family->create)
		request_module("net-pf-%d", number);
	if (!family->create || !try_inc_mod_count(family->owner))
		return -EAFNOSUPPORT;
	*out = sock_new(type, family->owner);
	if (!*out) {
		if (family->owner)
			__MOD_DEC_USE_COUNT(family->owner);
		return -ENOMEM;
	}
	err = CALL_MODULE(family->owner, family->create(*out, protocol));
	if (err)
		sock_free(*out);
	return err;
}

struct socket *sock_like(const struct socket *sock)
{
	struct socket *fresh = sock_new(sock->type, sock->owner);

	if (!fresh)
		return NULL;
	fresh->ops = sock->ops;
	if (fresh->owner)
		__MOD_INC_USE_COUNT(fresh->owner);
	return fresh;
}

/* --- names --------------------------------------------------------------------------- */

int sock_bind_path(struct socket *sock, const char *path)
{
	int mode = S_IFSOCK | (0777 & ~current->umask), err;
	struct place at;
	struct inode *dir;

	err = path_place(AT_FDCWD, path, &at);
	if (err)
		return err == -EEXIST ? -EADDRINUSE : err;
	dir = at.dir->d_inode;
	if (at.dentry->d_inode)
		err = -EADDRINUSE;
	else if (at.slash)
		err = -ENOENT;
	else
		err = permission(dir, MAY_WRITE | MAY_EXEC);
	if (!err)
		err = dir->i_op->mknod ? dir->i_op->mknod(dir, at.dentry, mode, 0)
				       : -EPERM;
	if (!err)
		sock->name = igrab(at.dentry->d_inode);
	place_put(&at);
	return err;
}

int sock_find_path(const char *path, const struct inode **inode)
{
	struct dentry *dentry;
	int err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &dentry);

	if (err)
		return err;
	*inode = dentry->d_inode;
	err = permission(dentry->d_inode, MAY_WRITE);
	if (!err && (dentry->d_inode->i_mode & S_IFMT) != S_IFSOCK)
		err = -ECONNREFUSED;
	dput(dentry);
	return err;
}
