/* binfmt_misc.c - run files by an interpreter that was named for their kind
 *
 * Write a line to /proc/sys/fs/binfmt_misc/register to say which:
 *
 *	:name:M:offset:magic:mask:interpreter:
 *	:name:E::extension::interpreter:
 *
 * The first character is the separator. M: the file's bytes at `offset` (0 if empty) are
 * `magic`, where `mask` (all if empty) has bits; \xHH stands for a byte. E: its name ends in
 * .extension. Each kind is then a file /proc/sys/fs/binfmt_misc/NAME that tells about it;
 * writing 1, 0 and -1 there switches it on, off and takes it away, to `status` all of them.
 * The interpreter is called with the path of the file as its first argument.
 */
#include <asm/uaccess.h>
#include <linux/binfmts.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("interpreters for files by their magic number or extension");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

#define LINE_MAX 1920
#define DIR	 "sys/fs/binfmt_misc"

struct kind {
	struct list_head list;
	bool enabled, by_extension;
	int offset, size;	  /* of the magic */
	char *magic, *mask;	  /* extension; mask NULL: all bits */
	char *name, *interpreter; /* all of them in `line` */
	char line[];
};

static LIST_HEAD(kinds); /* the newest first */
static bool enabled = true;
static struct proc_dir_entry *dir;

/* --- running -------------------------------------------------------------------------- */

static bool magic_fits(const struct kind *k, const char *buf)
{
	for (int i = 0; i < k->size; i++)
		if ((buf[k->offset + i] ^ k->magic[i]) & (k->mask ? k->mask[i] : 0xff))
			return false;
	return true;
}

static bool fits(const struct kind *k, const struct linux_binprm *bprm)
{
	const char *dot = strrchr(bprm->filename, '.');

	if (!k->enabled)
		return false;
	if (!k->by_extension)
		return magic_fits(k, bprm->buf);
	return dot && !strchr(dot, '/') && !strcmp(dot + 1, k->magic);
}

static struct kind *kind_of(const struct linux_binprm *bprm)
{
	struct kind *k;

	list_for_each_entry (k, &kinds, list)
		if (enabled && fits(k, bprm))
			return k;
	return NULL;
}

static int misc_load(struct linux_binprm *bprm, struct pt_regs *regs)
{
	const struct kind *k = kind_of(bprm);
	const char *argv[2];
	char *path;
	int err;

	if (!k)
		return -ENOEXEC;
	/* The kind may be taken away while we sleep. */
	path = kmalloc(strlen(k->interpreter) + 1, GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	strcpy(path, k->interpreter);
	argv[0] = path;
	argv[1] = bprm->filename;
	remove_arg_zero(bprm);
	err = copy_strings_kernel(2, argv, bprm);
	if (!err)
		err = exec_interpreter(bprm, path, regs);
	kfree(path);
	return err;
}

static struct linux_binfmt misc_format = {
	.module = THIS_MODULE,
	.load_binary = misc_load,
};

/* --- kinds ---------------------------------------------------------------------------- */

static struct kind *find(const char *name)
{
	struct kind *k;

	list_for_each_entry (k, &kinds, list)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

static void drop(struct kind *k)
{
	list_del(&k->list);
	remove_proc_entry(k->name, dir);
	kfree(k);
}

static void drop_all(void)
{
	while (!list_empty(&kinds))
		drop(list_entry(kinds.next, struct kind, list));
}

/* The next field of the line, which the separator ends; NULL if there is none. */
static char *field(char **at, char separator)
{
	char *start = *at, *end = strchr(start, separator);

	if (!end)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return start;
}

static int hex_digit(char c)
{
	if (!isxdigit(c))
		return -1;
	return isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Replace \xHH in place; the number of bytes, or -1. */
static int unescape(char *s)
{
	char *from = s, *to = s;

	while (*from) {
		int high, low;

		if (from[0] != '\\' || from[1] != 'x') {
			*to++ = *from++;
			continue;
		}
		high = hex_digit(from[2]);
		low = high < 0 ? -1 : hex_digit(from[3]);
		if (low < 0)
			return -1;
		*to++ = high << 4 | low;
		from += 4;
	}
	return to - s;
}

static bool parse_magic(struct kind *k, const char *offset)
{
	char *end;

	k->offset = simple_strtoul(offset, &end, 10);
	k->size = unescape(k->magic);
	if (*end || k->size <= 0 || k->offset < 0 ||
	    k->offset > BINPRM_BUF_SIZE - k->size)
		return false;
	if (!*k->mask)
		k->mask = NULL;
	return !k->mask || unescape(k->mask) == k->size;
}

static bool name_ok(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..") &&
	       strcmp(name, "register") && strcmp(name, "status");
}

/* Take the line apart, in place. */
static bool parse(struct kind *k)
{
	char separator = k->line[0], *at = k->line + 1, *type, *offset;

	if (!separator || !(k->name = field(&at, separator)) ||
	    !(type = field(&at, separator)) || !(offset = field(&at, separator)) ||
	    !(k->magic = field(&at, separator)) || !(k->mask = field(&at, separator)) ||
	    !(k->interpreter = field(&at, separator)))
		return false;
	if (!name_ok(k->name) || *at || k->interpreter[0] != '/')
		return false;
	if (!strcmp(type, "M"))
		return parse_magic(k, offset);
	k->by_extension = true;
	return !strcmp(type, "E") && *k->magic && !strchr(k->magic, '/');
}

/* --- files ---------------------------------------------------------------------------- */

static int put_hex(char *to, const char *name, const char *bytes, int size)
{
	int n = sprintf(to, "%s ", name);

	for (int i = 0; i < size; i++)
		n += sprintf(to + n, "%02x", bytes[i] & 0xff);
	return n + sprintf(to + n, "\n");
}

static int kind_read(char *page, char **start, off_t off, int count, int *eof, void *data)
{
	const struct kind *k = data;
	int n = sprintf(page, "%s\ninterpreter %s\n", k->enabled ? "enabled" : "disabled",
			k->interpreter);

	if (k->by_extension)
		return n + sprintf(page + n, "extension .%s\n", k->magic);
	n += sprintf(page + n, "offset %d\n", k->offset);
	n += put_hex(page + n, "magic", k->magic, k->size);
	if (k->mask)
		n += put_hex(page + n, "mask", k->mask, k->size);
	return n;
}

/* What was written: 1, 0 or -1. */
static int command(const char *buffer, unsigned long count, int *what)
{
	char text[4] = {0};

	if (!count || count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, count))
		return -EFAULT;
	if (text[count - 1] == '\n')
		text[count - 1] = '\0';
	for (*what = -1; *what <= 1; ++*what)
		if (!strcmp(text, *what < 0 ? "-1" : *what ? "1" : "0"))
			return 0;
	return -EINVAL;
}

static int kind_write(struct file *file, const char *buffer, unsigned long count,
		      void *data)
{
	struct kind *k = data;
	int what, err = command(buffer, count, &what);

	if (err)
		return err;
	if (what < 0)
		drop(k);
	else
		k->enabled = what;
	return count;
}

static int status_read(char *page, char **start, off_t off, int count, int *eof,
		       void *data)
{
	return sprintf(page, "%s\n", enabled ? "enabled" : "disabled");
}

static int status_write(struct file *file, const char *buffer, unsigned long count,
			void *data)
{
	int what, err = command(buffer, count, &what);

	if (err)
		return err;
	if (what < 0)
		drop_all();
	else
		enabled = what;
	return count;
}

static int add(struct kind *k)
{
	struct proc_dir_entry *entry;

	if (!parse(k))
		return -EINVAL;
	if (find(k->name))
		return -EEXIST;
	entry = create_proc_entry(k->name, 0644, dir);
	if (!entry)
		return -ENOMEM;
	entry->read_proc = kind_read;
	entry->write_proc = kind_write;
	entry->data = k;
	k->enabled = true;
	list_add(&k->list, &kinds);
	return 0;
}

static int register_write(struct file *file, const char *buffer, unsigned long count,
			  void *data)
{
	struct kind *k;
	int err = -EFAULT;

	if (!count || count > LINE_MAX)
		return -EINVAL;
	k = kmalloc(sizeof(*k) + count + 1, GFP_KERNEL);
	if (!k)
		return -ENOMEM;
	memset(k, 0, sizeof(*k) + count + 1);
	if (!copy_from_user(k->line, buffer, count)) {
		if (k->line[count - 1] == '\n')
			k->line[count - 1] = '\0';
		err = add(k);
	}
	if (err)
		kfree(k);
	return err ? err : (int)count;
}

static int __init misc_init(void)
{
	struct proc_dir_entry *entry, *status;
	int err = -ENOMEM;

	dir = proc_mkdir(DIR, NULL);
	if (!dir)
		return err;
	entry = create_proc_entry("register", 0200, dir);
	status = create_proc_entry("status", 0644, dir);
	if (entry && status) {
		entry->write_proc = register_write;
		status->read_proc = status_read;
		status->write_proc = status_write;
		err = register_binfmt(&misc_format);
	}
	if (!err)
		return 0;
	if (entry)
		remove_proc_entry("register", dir);
	if (status)
		remove_proc_entry("status", dir);
	remove_proc_entry(DIR, NULL);
	return err;
}

static void __exit misc_exit(void)
{
	unregister_binfmt(&misc_format);
	drop_all();
	remove_proc_entry("register", dir);
	remove_proc_entry("status", dir);
	remove_proc_entry(DIR, NULL);
}

module_init(misc_init);
module_exit(misc_exit);
