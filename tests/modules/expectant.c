/* expectant.c - reads where nothing is, and says by __ex_table how to go on
 *
 * Its functions are called at init, from open and from read of /dev/expectant; each returns
 * what came of it.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int major;

/* Behind an instruction at label 1: where it faults, err becomes the failure. */
#define FIXUP                                                                            \
	"2:\n"                                                                           \
	"	.section .fixup, \"ax\"\n"                                                     \
	"3:	movl %[failure], %[err]\n"                                                   \
	"	jmp 2b\n"                                                                      \
	"	.previous\n"                                                                   \
	"	.section __ex_table, \"a\"\n"                                                  \
	"	.align 4\n"                                                                    \
	"	.long 1b, 3b\n"                                                                \
	"	.previous\n"

/* 0 and the value, or -EFAULT. */
static int peek(unsigned long at, int *value)
{
	int err = 0;

	__asm__ __volatile__("1:	movl (%2), %1\n" FIXUP
			     : [err] "+r"(err), "=&r"(*value)
			     : "r"(at), [failure] "i"(-EFAULT)
			     : "memory");
	return err;
}

/* The same for a division. */
static int ratio(int a, int b, int *value)
{
	int err = 0, rest;

	__asm__ __volatile__("1:	idivl %4\n" FIXUP
			     : [err] "+r"(err), "=a"(*value), "=d"(rest)
			     : "1"(a), "r"(b), [failure] "i"(-EDOM), "2"(0));
	return err;
}

/* For writing: where nothing is. */
static int expectant_open(struct inode *inode, struct file *file)
{
	int value;

	return file->f_flags & 3 ? peek(0xf0000000, &value) : 0;
}

static ssize_t expectant_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	int value;

	return ratio(7, *pos, &value) ?: value;
}

static struct file_operations fops = {.open = expectant_open, .read = expectant_read};

static int __init expectant_init(void)
{
	static const int seven = 7;
	int value = 0;

	if (peek((unsigned long)&seven, &value) || value != 7)
		return -EINVAL;
	if (peek(0, &value) != -EFAULT || ratio(21, 3, &value) || value != 7)
		return -EINVAL;
	major = register_chrdev(0, "expectant", &fops);
	return major < 0 ? major : 0;
}

static void __exit expectant_exit(void)
{
	unregister_chrdev(major, "expectant");
}

module_init(expectant_init);
module_exit(expectant_exit);
