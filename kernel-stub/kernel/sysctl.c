/* kernel/sysctl.c - variables as files below /proc/sys */
#include "kernel/sysctl.h"

#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysctl.h>
#include "fs/proc.h"
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/text.h"
#include "mm/mm.h"

#define VALUE_MAX  PAGE_SIZE /* bytes of text */
#define PATH_SIZE  128
#define INT_DIGITS 12 /* with sign and separator */

struct ctl_table_header {
	struct list_head list;
	struct module *owner;
	ctl_table *table;
};

static LIST_HEAD(headers);

/* --- handlers ------------------------------------------------------------------------- */

int proc_dostring(ctl_table *ctl, int write, struct file *filp, void *buffer,
		  size_t *lenp)
{
	char *data = ctl->data, *text = buffer;
	size_t n;

	if (ctl->maxlen <= 0)
		return -EINVAL;
	if (write) {
		n = min(*lenp, (size_t)ctl->maxlen - 1);
		n = strnlen(text, n);
		memcpy(data, text, n);
		data[n] = '\0';
		return 0;
	}
	n = min(strnlen(data, ctl->maxlen), *lenp - 1);
	memcpy(text, data, n);
	text[n] = '\n';
	*lenp = n + 1;
	return 0;
}

static bool in_range(const ctl_table *ctl, int i, int value)
{
	const int *low = ctl->extra1, *high = ctl->extra2;

	return (!low || value >= low[i]) && (!high || value <= high[i]);
}

/* All or nothing: numbers with blanks between them. */
static int write_ints(ctl_table *ctl, const char *text, bool ranged, bool store)
{
	int *data = ctl->data, n = ctl->maxlen / (int)sizeof(int);
	char *end;

	for (int i = 0;; i++, text = end) {
		long value;

		text += strspn(text, " \t\n");
		if (!*text)
			return i ? 0 : -EINVAL;
		value = simple_strtol(text, &end, 0);
		if (i == n || end == text || (*end && !strchr(" \t\n", *end)))
			return -EINVAL;
		if (ranged && !in_range(ctl, i, value))
			return -EINVAL;
		if (store)
			data[i] = value;
	}
}

static int do_ints(ctl_table *ctl, int write, char *text, size_t *lenp, bool ranged)
{
	const int *data = ctl->data;
	size_t len = 0;
	int err;

	if (write) {
		err = write_ints(ctl, text, ranged, false);
		return err ? err : write_ints(ctl, text, ranged, true);
	}
	for (int i = 0; i < ctl->maxlen / (int)sizeof(int); i++) {
		if (len + INT_DIGITS > *lenp)
			break;
		len += sprintf(text + len, "%s%d", i ? "\t" : "", data[i]);
	}
	if (len < *lenp)
		text[len++] = '\n';
	*lenp = len;
	return 0;
}

int proc_dointvec(ctl_table *ctl, int write, struct file *filp, void *buffer,
		  size_t *lenp)
{
	return do_ints(ctl, write, buffer, lenp, false);
}

int proc_dointvec_minmax(ctl_table *ctl, int write, struct file *filp, void *buffer,
			 size_t *lenp)
{
	return do_ints(ctl, write, buffer, lenp, true);
}

/* --- files ---------------------------------------------------------------------------- */

static int handle(ctl_table *ctl, int write, char *text, size_t *len)
{
	return CALL_MODULE(mod_at((unsigned long)ctl),
			   ctl->proc_handler(ctl, write, NULL, text, len));
}

static int show(struct text *t, void *data)
{
	size_t len = VALUE_MAX;
	char *text = kmalloc(len, GFP_KERNEL);
	int err;

	if (!text)
		return -ENOMEM;
	err = handle(data, 0, text, &len);
	if (!err)
		err = text_add(t, text, min(len, (size_t)VALUE_MAX));
	kfree(text);
	return err;
}

static ssize_t write(struct file *file, const char *user, size_t count, void *data)
{
	const ctl_table *ctl = data;
	size_t len = count;
	char *text;
	int err = -EFAULT;

	if (!(ctl->mode & 0222))
		return -EPERM; /* for root, too */
	if (count >= VALUE_MAX)
		return -EINVAL;
	text = kmalloc(count + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (!copy_from_user(text, user, count)) {
		text[count] = '\0';
		if (count && text[count - 1] == '\n')
			text[--len] = '\0';
		err = handle(data, 1, text, &len);
	}
	kfree(text);
	return err ? err : (ssize_t)count;
}

static const struct proc_file_ops ops = {.show = show, .write = write};

/* Add (or remove) the files of a table whose directory is `path`. */
static int walk(ctl_table *table, const char *path, struct module *owner, bool remove)
{
	char name[PATH_SIZE];
	int err = 0;

	for (; table->ctl_name && !err; table++) {
		if (snprintf(name, sizeof(name), "%s/%s", path, table->procname) >=
		    (int)sizeof(name))
			return -ENAMETOOLONG;
		if (table->child)
			err = walk(table->child, name, owner, remove);
		else if (remove && proc_data(name) == table)
			proc_remove(name);
		else if (remove)
			continue; /* it is another's */
		else if (!table->proc_handler)
			err = -EINVAL;
		else
			err = proc_add_file(name, table->mode & 0777, &ops, table, owner);
	}
	return err;
}

struct ctl_table_header *register_sysctl_table(ctl_table *table, int insert_at_head)
{
	struct ctl_table_header *header = kmalloc(sizeof(*header), GFP_KERNEL);

	if (!header)
		return NULL;
	header->owner = mod_caller(__builtin_return_address(0));
	header->table = table;
	list_add(&header->list, &headers);
	if (walk(table, "sys", header->owner, false) == 0)
		return header;
	unregister_sysctl_table(header);
	return NULL;
}

static void drop(struct ctl_table_header *header)
{
	list_del(&header->list);
	kfree(header);
}

void unregister_sysctl_table(struct ctl_table_header *header)
{
	walk(header->table, "sys", header->owner, true);
	drop(header);
}

int sysctl_forget(const struct module *owner)
{
	struct list_head *pos, *next;
	int n = 0;

	list_for_each_safe(pos, next, &headers)
	{
		struct ctl_table_header *h =
			list_entry(pos, struct ctl_table_header, list);

		if (h->owner != owner)
			continue;
		drop(h);
		n++;
	}
	return n;
}

EXPORT_SYMBOL(proc_dostring);
EXPORT_SYMBOL(proc_dointvec);
EXPORT_SYMBOL(proc_dointvec_minmax);
EXPORT_SYMBOL(register_sysctl_table);
EXPORT_SYMBOL(unregister_sysctl_table);
