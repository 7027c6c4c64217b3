/* kernel/registry.h - a list of what modules have registered, with the owner of each entry
 *
 * The list's links lie in kernel memory: an owner that overwrites its own memory, or leaves
 * without taking its entries along, does not damage it. Portable.
 */
#ifndef KERNEL_REGISTRY_H
#define KERNEL_REGISTRY_H

#include <linux/list.h>

struct module;
struct text;

struct registration {
	struct list_head list; /* in the order of registration */
	struct module *owner;  /* NULL: the kernel */
	void *object;	       /* borrowed */
};

#define for_each_registration(r, registry) list_for_each_entry (r, registry, list)

/* 0, -EBUSY: it is there already, -ENOMEM. */
int registry_add(struct list_head *registry, void *object, struct module *owner);
/* 0, or -EINVAL if it is not there. */
int registry_remove(struct list_head *registry, const void *object);
struct registration *registry_find(struct list_head *registry, const void *object);
/* Remove everything of an owner; returns how much that was. */
int registry_forget(struct list_head *registry, const struct module *owner);

/* Behind what is shown of a registration, of whatever kind: " [MODULE]", if the text is to
 * have that and it is not the kernel's. */
void show_owner(struct text *t, const struct module *owner);

#endif
