/* kernel/registry.c - lists of registered objects and their owners */
#include "kernel/registry.h"

#include <linux/errno.h>
#include <linux/slab.h>
#include "kernel/module.h"
#include "kernel/text.h"

struct registration *registry_find(struct list_head *registry, const void *object)
{
	struct registration *r;

	for_each_registration(r, registry) if (r->object == object) return r;
	return NULL;
}

int registry_add(struct list_head *registry, void *object, struct module *owner)
{
	struct registration *r;

	if (registry_find(registry, object))
		return -EBUSY;
	r = kmalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->owner = owner;
	r->object = object;
	list_add_tail(&r->list, registry);
	return 0;
}

static void drop(struct registration *r)
{
	list_del(&r->list);
	kfree(r);
}

int registry_remove(struct list_head *registry, const void *object)
{
	struct registration *r = registry_find(registry, object);

	if (!r)
		return -EINVAL;
	drop(r);
	return 0;
}

int registry_forget(struct list_head *registry, const struct module *owner)
{
	struct list_head *pos, *next;
	int n = 0;

	list_for_each_safe(pos, next, registry)
	{
		struct registration *r = list_entry(pos, struct registration, list);

		if (r->owner != owner)
			continue;
		drop(r);
		n++;
	}
	return n;
}

void show_owner(struct text *t, const struct module *owner)
{
	if (t->owners && owner)
		text_printf(t, " [%s]", mod_name(owner));
}
