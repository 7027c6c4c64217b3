/* kernel/chrdev.c - character devices */
#include "kernel/chrdev.h"

#include <linux/module.h>
#include "kernel/module.h"

struct driver chrdevs[MAJORS];

const struct file_operations *chrdev_get(unsigned int major, struct module **owner)
{
	const struct driver *d = driver_find(chrdevs, major);

	if (!d || !try_inc_mod_count(d->owner))
		return NULL;
	*owner = d->owner;
	return d->ops;
}

void chrdev_put(struct module *owner)
{
	if (owner)
		__MOD_DEC_USE_COUNT(owner);
}

static struct module *owner_of(const struct file_operations *fops, const void *caller)
{
	struct module *m = fops->owner ? fops->owner : mod_at((unsigned long)fops);

	return m ? m : mod_caller(caller);
}

int register_chrdev(unsigned int major, const char *name, struct file_operations *fops)
{
	return driver_add(chrdevs, major, name, fops,
			  owner_of(fops, __builtin_return_address(0)));
}

int unregister_chrdev(unsigned int major, const char *name)
{
	return driver_remove(chrdevs, major, name);
}
