/* super.c - file system types, and what is mounted where */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/namei.h"
#include "fs/super.h"
#include "kernel/blkdev.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/registry.h"
#include "kernel/syscall.h"
#include "kernel/text.h"

#define MS_SHOWN (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* What decides lies here; struct file_system_type is the module's. */
struct type {
	struct list_head list;
	const struct file_system_type *type;
	struct module *owner;
	bool requires_dev;
	char name[FS_NAME_MAX];
};

static LIST_HEAD(types);
static LIST_HEAD(supers);

/* --- types --------------------------------------------------------------------------- */

static struct type *type_find(const char *name)
{
	struct type *t;

	list_for_each_entry (t, &types, list)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

int register_filesystem(struct file_system_type *type)
{
	struct module *caller = mod_caller(__builtin_return_address(0));
	struct type *t;

	if (strlen(type->name) >= sizeof(t->name))
		return -EINVAL;
	if (type_find(type->name))
		return -EBUSY;
	t = kmalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	*t = (struct type){
		.type = type,
		.owner = type->owner ? type->owner : caller,
		.requires_dev = type->fs_flags & FS_REQUIRES_DEV,
	};
	strcpy(t->name, type->name);
	list_add_tail(&t->list, &types);
	return 0;
}

static void drop(struct type *t)
{
	list_del(&t->list);
	kfree(t);
}

int unregister_filesystem(struct file_system_type *type)
{
	struct type *t;

	list_for_each_entry (t, &types, list)
		if (t->type == type) {
			drop(t);
			return 0;
		}
	return -EINVAL;
}

int super_forget(const struct module *owner)
{
	struct list_head *pos, *tmp;
	int n = 0;

	list_for_each_safe(pos, tmp, &types)
	{
		struct type *t = list_entry(pos, struct type, list);

		if (t->owner != owner)
			continue;
		drop(t);
		n++;
	}
	return n;
}

int super_show_filesystems(struct text *t)
{
	struct type *type;

	list_for_each_entry (type, &types, list) {
		text_printf(t, "%s\t%s", type->requires_dev ? "" : "nodev", type->name);
		show_owner(t, type->owner);
		text_printf(t, "\n");
	}
	return t->error;
}

/* --- what is mounted ------------------------------------------------------------------ */

/* A field: what would end it is written in octal. */
static void show_name(struct text *t, const char *name)
{
	for (; *name; name++)
		if (strchr(" \t\n\\", *name))
			text_printf(t, "\\%03o", (unsigned char)*name);
		else
			text_add(t, name, 1);
	text_add(t, " ", 1);
}

int super_show_mounts(struct text *t)
{
	struct super_block *sb;
	char buf[256], *path;

	list_for_each_entry (sb, &supers, s_list) {
		path = d_path(sb->s_root, buf, sizeof(buf));
		show_name(t, sb->s_device);
		show_name(t, IS_ERR(path) ? "?" : path);
		text_printf(t, "%s %s%s%s%s 0 0\n", sb->s_type_name,
			    sb->s_flags & MS_RDONLY ? "ro" : "rw",
			    sb->s_flags & MS_NOSUID ? ",nosuid" : "",
			    sb->s_flags & MS_NODEV ? ",nodev" : "",
			    sb->s_flags & MS_NOEXEC ? ",noexec" : "");
	}
	return t->error;
}

static void owner_put(struct module *owner)
{
	if (owner)
		__MOD_DEC_USE_COUNT(owner);
}

static int super_free(struct super_block *sb)
{
	int err = 0;

	if (sb->s_type->put_super)
		err = CALL_MODULE_LAST(sb->s_owner, sb->s_type->put_super(sb));
	if (sb->s_bdev)
		blkdev_put(sb->s_bdev, FMODE_READ);
	owner_put(sb->s_owner);
	kfree(sb);
	return err;
}

/* A super block of the type of that name, whose module is in use from here on. */
static int super_new(const char *name, bool *requires_dev, struct super_block **out)
{
	struct type *type = type_find(name);
	struct super_block *sb;

	if (!type && *name) {
		request_module("%s", name);
		type = type_find(name);
	}
	if (!type || !try_inc_mod_count(type->owner))
		return -ENODEV;
	sb = kmalloc(sizeof(*sb), GFP_KERNEL);
	if (!sb) {
		owner_put(type->owner);
		return -ENOMEM;
	}
	memset(sb, 0, sizeof(*sb));
	sb->s_type = type->type;
	sb->s_owner = type->owner;
	strcpy(sb->s_type_name, type->name);
	*requires_dev = type->requires_dev;
	*out = sb;
	return 0;
}

/* File systems of devices are read-only, so the device is opened for reading. */
static int device_get(const char *path, unsigned flags, struct block_device **out)
{
	struct dentry *dentry;
	int err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &dentry);

	if (err)
		return err;
	if (!S_ISBLK(dentry->d_inode->i_mode))
		err = -ENOTBLK;
	else if (dentry->d_sb->s_flags & MS_NODEV)
		err = -EACCES;
	else
		err = blkdev_get(dentry->d_inode->i_rdev, FMODE_READ, out);
	dput(dentry);
	return err;
}

/* A number for what has no device: the lowest that is free. */
static kdev_t free_dev(void)
{
	struct super_block *sb;
	bool taken = true;
	kdev_t dev = 0;

	while (taken) {
		dev++;
		taken = false;
		list_for_each_entry (sb, &supers, s_list)
			taken |= sb->s_dev == dev;
	}
	return dev;
}

/* Fill in a super block; what it has got when this fails is freed by super_free(). */
static int super_read(struct super_block *sb, bool requires_dev, const char *options)
{
	int err = 0;

	if (requires_dev)
		err = device_get(sb->s_device, sb->s_flags, &sb->s_bdev);
	if (err)
		return err;
	sb->s_dev = sb->s_bdev ? sb->s_bdev->bd_dev : free_dev();
	err = CALL_MODULE(sb->s_owner, sb->s_type->read_super(sb, sb->s_device, options));
	if (err) {
		dput(sb->s_root);
		sb->s_root = NULL;
	}
	return err;
}

/* Reading may have slept: is the place still free? */
static int super_attach(struct super_block *sb, struct dentry *on)
{
	if (on && on->d_mounted)
		return -EBUSY;
	list_add_tail(&sb->s_list, &supers);
	if (on) {
		sb->s_covered = dget(on);
		on->d_mounted = sb->s_root;
	}
	return 0;
}

int super_mount(const char *name, const char *device, struct dentry *on, unsigned flags,
		const char *options, struct super_block **out)
{
	struct super_block *sb;
	bool requires_dev;
	int err = super_new(name, &requires_dev, &sb);

	if (err)
		return err;
	sb->s_flags = flags;
	strncpy(sb->s_device, device, sizeof(sb->s_device) - 1);
	err = super_read(sb, requires_dev, options);
	if (!err) {
		err = super_attach(sb, on);
		if (err)
			dput(sb->s_root);
	}
	if (err)
		super_free(sb);
	else if (out)
		*out = sb;
	return err;
}

/* Is the option, of n bytes, this one? */
static bool take_option(const char *text, size_t n, const struct mount_option *o)
{
	size_t name = strlen(o->name);
	char *end;

	if (n < name || strncmp(text, o->name, name))
		return false;
	if (o->name[name - 1] != '=') {
		*o->value = 1;
		return n == name;
	}
	*o->value = simple_strtoul(text + name, &end, o->base);
	return n > name && end == text + n;
}

int mount_options(const char *text, const struct mount_option *table)
{
	const struct mount_option *o;
	size_t n;

	for (; *text; text += n + (text[n] == ',')) {
		n = strcspn(text, ",");
		for (o = table; o->name && !take_option(text, n, o);)
			o++;
		if (n && !o->name)
			return -EINVAL;
	}
	return 0;
}

int super_set_root(struct super_block *sb, struct inode *inode)
{
	sb->s_root = inode ? d_alloc_root(sb, inode) : NULL;
	if (sb->s_root)
		return 0;
	iput(inode);
	return -ENOMEM;
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
 * itself (the root's one is ours) and those of the names below? Or to an inode, beyond that
 * of each name: a mapping does. */
static bool in_use(struct super_block *sb, int kept)
{
	struct dentry *at;
	int inodes = 0;

	for (at = sb->s_root; at; at = d_next(sb->s_root, at)) {
		if (at->d_mounted ||
		    at->d_count > count_children(at) + (at == sb->s_root ? 1 : kept))
			return true;
		inodes += at->d_inode != NULL;
	}
	return sb->s_inode_refs > inodes;
}

int super_umount(struct super_block *sb)
{
	if (!sb->s_covered || in_use(sb, sb->s_type->drop_names ? 1 : 0))
		return -EBUSY;
	if (sb->s_type->drop_names)
		CALL_MODULE_VOID(sb->s_owner, sb->s_type->drop_names(sb));
	sb->s_covered->d_mounted = NULL;
	dput(sb->s_covered);
	list_del(&sb->s_list);
	dput(sb->s_root);
	return super_free(sb);
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
		err = super_mount(type, device, dir, flags & MS_SHOWN, options, NULL);
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
