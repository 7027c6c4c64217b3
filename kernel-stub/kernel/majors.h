/* kernel/majors.h - drivers by major number: the tables of character and of block devices.
 * Portable. */
#ifndef KERNEL_MAJORS_H
#define KERNEL_MAJORS_H

struct module;
struct text;

#define MAJORS 255 /* 1 ... 254 */

/* A table is MAJORS of these, by number. */
struct driver {
	unsigned int major;
	const char *name;     /* the table's copy */
	const void *ops;      /* what the driver does; NULL: the major is free */
	struct module *owner; /* NULL: the kernel */
};

/* The driver of a major, of that name, or with the lowest major >= `from`, or NULL; valid
 * until the next change of the table. */
const struct driver *driver_find(const struct driver *table, unsigned int major);
const struct driver *driver_named(const struct driver *table, const char *name);
const struct driver *driver_next(const struct driver *table, unsigned int from);

/* As register_chrdev(): major 0 is the highest free one, which is returned, else 0; the same
 * ops again get the new name. -EBUSY, -EINVAL, -ENOMEM. */
int driver_add(struct driver *table, unsigned int major, const char *name,
	       const void *ops, struct module *owner);
/* -EINVAL: no driver of that major has that name. */
int driver_remove(struct driver *table, unsigned int major, const char *name);
/* The module leaves: remove its drivers. Returns how many there were. */
int driver_forget(struct driver *table, const struct module *owner);

/* Lines of /proc/devices. */
int driver_show(const struct driver *table, struct text *t);

#endif
