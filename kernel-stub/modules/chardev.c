/* chardev.c - /dev/chardev: a page of memory to write to and read from
 *
 * The kernel counts the open files through `owner`: as long as one is open the module
 * cannot be removed.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/uaccess.h>

#define SIZE 4096

static char text[SIZE] = "This is /dev/chardev. Write something else here.\n";
static size_t length;
static int major;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("/dev/chardev: memory behind a character device");
MODULE_LICENSE("GPL");
MODULE_PARM(major, "i");
MODULE_PARM_DESC(major, "major number, 0: any");
EXPORT_NO_SYMBOLS;

static ssize_t chardev_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	size_t at = *pos, n;

	if (*pos < 0 || at >= length)
		return 0;
	n = min(count, length - at);
	if (copy_to_user(buf, text + at, n))
		return -EFAULT;
	*pos += n;
	return n;
}

static ssize_t chardev_write(struct file *file, const char *buf, size_t count,
			     loff_t *pos)
{
	size_t at = *pos, n;

	if (*pos < 0 || at >= SIZE)
		return -ENOSPC;
	n = min(count, SIZE - at);
	if (copy_from_user(text + at, buf, n))
		return -EFAULT;
	*pos += n;
	length = at + n;
	return n;
}

static struct file_operations chardev_fops = {
	.owner = THIS_MODULE,
	.read = chardev_read,
	.write = chardev_write,
};

static int __init chardev_init(void)
{
	int result = register_chrdev(major, "chardev", &chardev_fops);

	if (result < 0) {
		printk(KERN_ERR "chardev: major %d is taken\n", major);
		return result;
	}
	if (!major)
		major = result;
	length = strlen(text);
	printk(KERN_INFO "chardev: major %d\n", major);
	return 0;
}

static void __exit chardev_exit(void)
{
	unregister_chrdev(major, "chardev");
}

module_init(chardev_init);
module_exit(chardev_exit);
