/* fs/proc.h - files below /proc
 *
 * A file is a function that appends its content to a growing text; it is called once an
 * open, so a reader sees one moment and nothing is cut off.
 */
#ifndef FS_PROC_H
#define FS_PROC_H

#include <linux/types.h>

struct file;
struct module;
struct text;

/* Add /proc/PATH (directories on the way are made, and go with the last name in them).
 * `show` appends to the text: 0 or -errno. If it lies in a module, that is the owner.
 * -EEXIST, -ENOMEM. */
int proc_add(const char *path, int (*show)(struct text *));
/* The same, writable by root: `store` gets what one write(2) brought, NUL-terminated,
 * without its newline. */
int proc_add_rw(const char *path, int (*show)(struct text *), int (*store)(const char *));

/* Functions of the kernel that get `data`; each may be NULL. */
struct proc_file_ops {
	int (*show)(struct text *t, void *data);
	/* From ring 3; returns how much was taken, or -errno. */
	ssize_t (*write)(struct file *file, const char *user, size_t count, void *data);
	void (*gone)(void *data); /* the name is taken away: free it */
};
/* mode: permissions, or S_IFDIR with them for a directory (ops may be NULL). While a file
 * is open its owner is in use. */
int proc_add_file(const char *path, int mode, const struct proc_file_ops *ops, void *data,
		  struct module *owner);

/* The data of a file, NULL if there is none. */
void *proc_data(const char *path);

/* Take it away again. -ENOENT, -ENOTEMPTY. */
int proc_remove(const char *path);
/* Take away what a module has left; returns how much that was. */
int proc_forget(const struct module *owner);
/* The files of modules. */
int proc_show_owners(struct text *t);

void proc_init(void);

#endif
