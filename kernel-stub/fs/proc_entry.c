/* proc_entry.c - files below /proc in the shape of 2.4, for modules */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fs/proc.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/text.h"
#include "mm/mm.h"

#define CONTENT_MAX (4u << 20) /* a file whose end never comes */

/* One call of read_proc: bytes at *from, 0 at the end, or -errno. */
static int read_piece(struct proc_dir_entry *e, char *page, off_t off, char **from,
		      int *eof)
{
	char *start = NULL;
	int n = CALL_MODULE(e->owner,
			    e->read_proc(page, &start, off, PAGE_SIZE, eof, e->data));

	if (n <= 0)
		return n;
	if (!start) {
		*eof = 1; /* all of it is there */
		start = page;
	}
	if (start < page || start > page + PAGE_SIZE ||
	    n > (int)(page + PAGE_SIZE - start)) {
		printk(KERN_ERR "/proc/%s: read_proc wrote past its page\n", e->path);
		return -EIO;
	}
	*from = start;
	return n;
}

static int show(struct text *t, void *data)
{
	struct proc_dir_entry *e = data;
	char *page, *from;
	int n = 0, eof = 0;

	if (!e->read_proc)
		return 0;
	page = vmalloc(PAGE_SIZE); /* writing past its end is a fault of the module */
	if (!page)
		return -ENOMEM;
	while (!eof && t->len < CONTENT_MAX && !t->error) {
		n = read_piece(e, page, t->len, &from, &eof);
		if (n <= 0)
			break;
		text_add(t, from, n);
	}
	vfree(page);
	return min(n, 0);
}

static ssize_t write(struct file *file, const char *user, size_t count, void *data)
{
	struct proc_dir_entry *e = data;

	if (!e->write_proc)
		return -EIO;
	return CALL_MODULE(e->owner, e->write_proc(file, user, count, e->data));
}

static const struct proc_file_ops ops = {
	.show = show,
	.write = write,
	.gone = (void (*)(void *))kfree,
};

static struct proc_dir_entry *make(const char *name, mode_t mode,
				   const struct proc_dir_entry *parent,
				   struct module *owner)
{
	size_t len = strlen(name) + (parent ? strlen(parent->path) + 1 : 0) + 1;
	struct proc_dir_entry *e = kmalloc(sizeof(*e) + len, GFP_KERNEL);

	if (!e)
		return NULL;
	memset(e, 0, sizeof(*e));
	e->owner = owner;
	e->mode = mode;
	snprintf(e->path, len, "%s%s%s", parent ? parent->path : "", parent ? "/" : "",
		 name);
	if (proc_add_file(e->path, mode, &ops, e, owner) == 0)
		return e;
	kfree(e);
	return NULL;
}

struct proc_dir_entry *create_proc_entry(const char *name, mode_t mode,
					 struct proc_dir_entry *parent)
{
	if (!(mode & 07777))
		mode |= S_ISDIR(mode) ? 0555 : 0444;
	return make(name, mode, parent, mod_caller(__builtin_return_address(0)));
}

struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)
{
	return make(name, S_IFDIR | 0555, parent,
		    mod_caller(__builtin_return_address(0)));
}

void remove_proc_entry(const char *name, struct proc_dir_entry *parent)
{
	char path[256];
	int err;

	snprintf(path, sizeof(path), "%s%s%s", parent ? parent->path : "",
		 parent ? "/" : "", name);
	err = proc_remove(path);
	if (err)
		printk(KERN_WARNING "remove_proc_entry: /proc/%s: error %d\n", path,
		       -err);
}

EXPORT_SYMBOL(create_proc_entry);
EXPORT_SYMBOL(proc_mkdir);
EXPORT_SYMBOL(remove_proc_entry);
