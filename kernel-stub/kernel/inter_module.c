/* kernel/inter_module.c - data that one module publishes under a name and others may use,
 * without needing it to be loaded. Portable.
 *
 * Where Linux 2.4 stops the kernel (a name registered twice, one unknown) this only
 * complains and does nothing.
 */
#include "kernel/inter_module.h"

#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/registry.h"
#include "kernel/text.h"

struct entry {
	struct list_head list;
	struct module *owner;
	const void *data;
	char name[];
};

static LIST_HEAD(entries);

static struct entry *find(const char *name)
{
	struct entry *e;

	list_for_each_entry (e, &entries, list)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}

static struct entry *find_or_complain(const char *function, const char *name)
{
	struct entry *e = find(name);

	if (!e)
		printk(KERN_ERR "%s: nobody has registered %s\n", function, name);
	return e;
}

static void drop(struct entry *e)
{
	list_del(&e->list);
	kfree(e);
}

void inter_module_register(const char *name, struct module *owner, const void *data)
{
	struct entry *e;

	if (find(name)) {
		printk(KERN_ERR "inter_module_register: %s is registered already\n",
		       name);
		return;
	}
	e = kmalloc(sizeof(*e) + strlen(name) + 1, GFP_KERNEL);
	if (!e) {
		printk(KERN_ERR "inter_module_register: no memory for %s\n", name);
		return;
	}
	e->owner = owner;
	e->data = data;
	strcpy(e->name, name);
	list_add(&e->list, &entries);
}

void inter_module_unregister(const char *name)
{
	struct entry *e = find_or_complain("inter_module_unregister", name);

	if (e)
		drop(e);
}

const void *inter_module_get(const char *name)
{
	struct entry *e = find(name);

	return e && try_inc_mod_count(e->owner) ? e->data : NULL;
}

const void *inter_module_get_request(const char *name, const char *module)
{
	const void *data = inter_module_get(name);

	if (data)
		return data;
	request_module("%s", module);
	return inter_module_get(name);
}

void inter_module_put(const char *name)
{
	struct entry *e = find_or_complain("inter_module_put", name);

	if (e && e->owner)
		__MOD_DEC_USE_COUNT(e->owner);
}

int inter_module_forget(const struct module *owner)
{
	struct list_head *pos, *next;
	struct entry *e;
	int n = 0;

	list_for_each_safe(pos, next, &entries)
	{
		e = list_entry(pos, struct entry, list);
		if (e->owner == owner) {
			drop(e);
			n++;
		}
	}
	return n;
}

int inter_module_show(struct text *t)
{
	struct entry *e;

	list_for_each_entry (e, &entries, list) {
		text_printf(t, "%s", e->name);
		show_owner(t, e->owner);
		text_printf(t, "\n");
	}
	return t->error;
}
