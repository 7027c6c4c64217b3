/* super.c - file system types, and what is mounted where */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/namei.h"
#include "fs/super.h"
#include "kernel/syscall.h"
#include "kernel/text.h"

#define MNT_DETACH 2

static LIST_HEAD(types);
static LIST_HEAD(supers);

static struct file_system_type *type_find(const char *name)
{
	struct file_system_type *type;

	list_for_each_entry (type, &types, list)
		if (!strcmp(type->name, name))
			return type;
	return NULL;
}

int register_filesystem(struct file_system_type *type)
{
	if (type_find(type->name))
		return -EBUSY;
	list_add_tail(&type->list, &types);
	return 0;
}

int unregister_filesystem(struct file_system_type *type)
{
	if (type_find(type->name) != type)
		return -EINVAL;
	list_del(&type->list);
	return 0;
}

int super_show_filesystems(struct text *t)
{
	struct file_system_type *type;

	list_for_each_entry (type, &types, list)
		text_printf(t, "%s\t%s\n", type->fs_flags & FS_NODEV ? "nodev" : "",
			    type->name);
	return t->error;
}

int super_show_mounts(struct text *t)
{
	struct super_block *sb;
	char buf[256], *path;

	list_for_each_entry (sb, &supers, s_list) {
		path = d_path(sb->s_root, buf, sizeof(buf));
		text_printf(t, "%s %s %s %s 0 0\n", sb->s_device,
			    IS_ERR(path) ? "?" : path, sb->s_type->name,
			    sb->s_flags & MS_RDONLY ? "ro" : "rw");
	}
	return t->error;
}

static void super_free(struct super_block *sb)
{
	struct file_system_type *type = sb->s_type;

	if (type->put_super)
		type->put_super(sb);
	if (type->owner)
		__MOD_DEC_USE_COUNT(type->owner);
	kfree(sb);
}

int super_mount(const char *name, const char *device, struct dentry *on, unsigned flags,
		const char *options, struct super_block **out)
{
	struct file_system_type *type = type_find(name);
	struct super_block *sb;
	int err;

	if (!type || !try_inc_mod_count(type->owner))
		return -ENODEV;
	sb = kmalloc(sizeof(*sb), GFP_KERNEL);
	if (!sb) {
		if (type->owner)
			__MOD_DEC_USE_COUNT(type->owner);
		return -ENOMEM;
	}
	memset(sb, 0, sizeof(*sb));
	sb->s_type = type;
	sb->s_flags = flags;
	strncpy(sb->s_device, device, sizeof(sb->s_device) - 1);
	err = type->read_super(sb, device, options);
	if (err) {
		super_free(sb);
		return err;
	}
	list_add_tail(&sb->s_list, &supers);
	if (on) {
		sb->s_covered = dget(on);
		on->d_mounted = sb->s_root;
	}
	if (out)
		*out = sb;
	return 0;
}

static int count_children(const struct dentry *dir)
{
	const struct list_head *pos;
	int n = 0;

	list_for_each (pos, &dir->d_subdirs)
		n++;
	return n;
}

/* Does anybody refer to a name of it, beyond the `kept` references of the file system
 * itself (the root's one is ours) and those of the names below? */
static bool in_use(struct super_block *sb, int kept)
{
	struct dentry *at;

	for (at = sb->s_root; at; at = d_next(sb->s_root, at))
		if (at->d_mounted ||
		    at->d_count > count_children(at) + (at == sb->s_root ? 1 : kept))
			return true;
	return false;
}

int super_umount(struct super_block *sb)
{
	if (!sb->s_covered || in_use(sb, sb->s_type->drop_names ? 1 : 0))
		return -EBUSY;
	if (sb->s_type->drop_names)
		sb->s_type->drop_names(sb);
	sb->s_covered->d_mounted = NULL;
	dput(sb->s_covered);
	list_del(&sb->s_list);
	dput(sb->s_root);
	super_free(sb);
	return 0;
}

/* A string argument that may be NULL: "" then. */
static int getname_optional(const char *user, char **out)
{
	if (user)
		return getname(user, out);
	*out = kmalloc(1, GFP_KERNEL);
	if (!*out)
		return -ENOMEM;
	**out = '\0';
	return 0;
}

long sys_mount(const char *user_device, const char *user_dir, const char *user_type,
	       unsigned long flags, const char *user_options)
{
	char *device = NULL, *type = NULL, *options = NULL;
	struct dentry *dir = NULL;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = getname_optional(user_device, &device);
	if (!err)
		err = getname_optional(user_type, &type);
	if (!err)
		err = getname_optional(user_options, &options);
	if (!err)
		err = user_lookup(AT_FDCWD, user_dir, LOOKUP_FOLLOW | LOOKUP_DIRECTORY,
				  &dir);
	if (!err && dir == dir->d_sb->s_root)
		err = -EBUSY; /* the root of a file system, so one is mounted here */
	if (!err)
		err = super_mount(type, device, dir, flags & MS_RDONLY, options, NULL);
	dput(dir);
	kfree(device);
	kfree(type);
	kfree(options);
	return err;
}

long sys_umount2(const char *user, int flags)
{
	struct super_block *sb;
	struct dentry *dir;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = user_lookup(AT_FDCWD, user, LOOKUP_FOLLOW, &dir);
	if (err)
		return err;
	sb = dir->d_sb;
	err = dir == sb->s_root ? 0 : -EINVAL;
	dput(dir);
	return err ? err : super_umount(sb);
}

long sys_umount(const char *user)
{
	return sys_umount2(user, 0);
}
