/* kernel/chrdev.c - the table of character devices */
#include "kernel/chrdev.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/module.h"
#include "kernel/text.h"

static struct chrdev table[CHRDEV_MAJORS]; /* by major; free where fops is NULL */

const struct chrdev *chrdev_next(unsigned int from)
{
	for (; from < CHRDEV_MAJORS; from++)
		if (table[from].fops)
			return &table[from];
	return NULL;
}

const struct chrdev *chrdev_find(unsigned int major)
{
	return major < CHRDEV_MAJORS && table[major].fops ? &table[major] : NULL;
}

const struct chrdev *chrdev_find_name(const char *name, size_t len)
{
	const struct chrdev *dev;

	for (unsigned int i = 1; (dev = chrdev_next(i)); i = dev->major + 1)
		if (strlen(dev->name) == len && memcmp(dev->name, name, len) == 0)
			return dev;
	return NULL;
}

const struct file_operations *chrdev_get(unsigned int major, struct module **owner)
{
	const struct chrdev *dev = chrdev_find(major);

	if (!dev || !try_inc_mod_count(dev->owner))
		return NULL;
	*owner = dev->owner;
	return dev->fops;
}

void chrdev_put(struct module *owner)
{
	if (owner)
		__MOD_DEC_USE_COUNT(owner);
}

static unsigned int highest_free(void)
{
	unsigned int major = CHRDEV_MAJORS - 1;

	while (major && table[major].fops)
		major--;
	return major;
}

static struct module *owner_of(const struct file_operations *fops, const void *caller)
{
	struct module *m = fops->owner ? fops->owner : mod_at((unsigned long)fops);

	return m ? m : mod_caller(caller);
}

static void clear(struct chrdev *dev)
{
	kfree(dev->name);
	*dev = (struct chrdev){0};
}

int register_chrdev(unsigned int major, const char *name, struct file_operations *fops)
{
	struct module *owner = owner_of(fops, __builtin_return_address(0));
	unsigned int dynamic = major ? 0 : highest_free();
	char *copy;

	if (major >= CHRDEV_MAJORS)
		return -EINVAL;
	if (!major && !dynamic)
		return -EBUSY;
	if (table[major].fops && table[major].fops != fops)
		return -EBUSY;
	copy = kmalloc(strlen(name) + 1, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	strcpy(copy, name);
	major += dynamic;
	clear(&table[major]);
	table[major] = (struct chrdev){major, copy, fops, owner};
	return dynamic;
}

int unregister_chrdev(unsigned int major, const char *name)
{
	const struct chrdev *dev = chrdev_find(major);

	if (!dev || strcmp(dev->name, name) != 0)
		return -EINVAL;
	clear(&table[major]);
	return 0;
}

int chrdev_forget(const struct module *owner)
{
	int n = 0;

	for (unsigned int i = 1; i < CHRDEV_MAJORS; i++)
		if (table[i].fops && table[i].owner == owner) {
			clear(&table[i]);
			n++;
		}
	return n;
}

int chrdev_show(struct text *t)
{
	const struct chrdev *dev;

	text_printf(t, "Character devices:\n");
	for (unsigned int i = 1; (dev = chrdev_next(i)); i = dev->major + 1)
		text_printf(t, "%3d %s\n", dev->major, dev->name);
	return t->error;
}
