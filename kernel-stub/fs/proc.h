/* fs/proc.h - files below /proc
 *
 * A file is a function that appends its content to a growing text; it is called once an
 * open, so a reader sees one moment and nothing is cut off.
 */
#ifndef FS_PROC_H
#define FS_PROC_H

struct text;

/* Add /proc/PATH (directories on the way are made). `show` appends to the text: 0 or
 * -errno. -EEXIST, -ENOMEM. */
int proc_add(const char *path, int (*show)(struct text *));
/* The same, writable by root: `store` gets what one write(2) brought, NUL-terminated,
 * without its newline. */
int proc_add_rw(const char *path, int (*show)(struct text *), int (*store)(const char *));
/* Take it away again (a module's file). */
void proc_remove(const char *path);

void proc_init(void);

#endif
