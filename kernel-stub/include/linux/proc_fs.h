/* linux/proc_fs.h - files below /proc that a module makes, in the shape of 2.4 */
#ifndef _LINUX_PROC_FS_H
#define _LINUX_PROC_FS_H

#include <linux/fs.h>
#include <linux/types.h>

struct module;

/* Write what the file holds from `off` on to `page`, at most `count` bytes, and return how
 * many. Either the whole content is written each time, from the start of the page; or *start
 * is set to where in the page the bytes from `off` on lie. *eof = 1: there is no more. */
typedef int(read_proc_t)(char *page, char **start, off_t off, int count, int *eof,
			 void *data);
/* `buffer` lies in ring 3. Returns how many bytes were taken or -errno. */
typedef int(write_proc_t)(struct file *file, const char *buffer, unsigned long count,
			  void *data);

struct proc_dir_entry {
	struct module *owner; /* whoever made it */
	void *data;
	read_proc_t *read_proc;
	write_proc_t *write_proc;
	mode_t mode;
	char path[]; /* below /proc */
};

/* name may be a path; parent NULL: /proc. mode 0: readable by all. NULL: the name is taken,
 * or there is no memory. */
struct proc_dir_entry *create_proc_entry(const char *name, mode_t mode,
					 struct proc_dir_entry *parent);
struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent);
void remove_proc_entry(const char *name, struct proc_dir_entry *parent);

static inline struct proc_dir_entry *create_proc_read_entry(const char *name, mode_t mode,
							    struct proc_dir_entry *base,
							    read_proc_t *read_proc,
							    void *data)
{
	struct proc_dir_entry *entry = create_proc_entry(name, mode, base);

	if (entry) {
		entry->read_proc = read_proc;
		entry->data = data;
	}
	return entry;
}

#endif
