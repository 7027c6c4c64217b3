/* kernel/majors.c - drivers by major number */
#include "kernel/majors.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/registry.h"
#include "kernel/text.h"

const struct driver *driver_next(const struct driver *table, unsigned int from)
{
	for (; from < MAJORS; from++)
		if (table[from].ops)
			return &table[from];
	return NULL;
}

const struct driver *driver_find(const struct driver *table, unsigned int major)
{
	return major < MAJORS && table[major].ops ? &table[major] : NULL;
}

const struct driver *driver_named(const struct driver *table, const char *name)
{
	const struct driver *d;

	for (unsigned int i = 1; (d = driver_next(table, i)); i = d->major + 1)
		if (strcmp(d->name, name) == 0)
			return d;
	return NULL;
}

static unsigned int highest_free(const struct driver *table)
{
	unsigned int major = MAJORS - 1;

	while (major && table[major].ops)
		major--;
	return major;
}

static void clear(struct driver *d)
{
	kfree(d->name);
	*d = (struct driver){0};
}

int driver_add(struct driver *table, unsigned int major, const char *name,
	       const void *ops, struct module *owner)
{
	unsigned int dynamic = major ? 0 : highest_free(table);
	char *copy;

	if (major >= MAJORS)
		return -EINVAL;
	major += dynamic;
	if (!major || (table[major].ops && table[major].ops != ops))
		return -EBUSY;
	copy = kmalloc(strlen(name) + 1, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	strcpy(copy, name);
	clear(&table[major]);
	table[major] = (struct driver){major, copy, ops, owner};
	return dynamic;
}

int driver_remove(struct driver *table, unsigned int major, const char *name)
{
	const struct driver *d = driver_find(table, major);

	if (!d || strcmp(d->name, name) != 0)
		return -EINVAL;
	clear(&table[major]);
	return 0;
}

int driver_forget(struct driver *table, const struct module *owner)
{
	int n = 0;

	for (unsigned int i = 1; i < MAJORS; i++)
		if (table[i].ops && table[i].owner == owner) {
			clear(&table[i]);
			n++;
		}
	return n;
}

int driver_show(const struct driver *table, struct text *t)
{
	const struct driver *d;

	for (unsigned int i = 1; (d = driver_next(table, i)); i = d->major + 1) {
		text_printf(t, "%3d %s", d->major, d->name);
		show_owner(t, d->owner);
		text_printf(t, "\n");
	}
	return t->error;
}
