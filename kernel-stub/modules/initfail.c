/* initfail.c - init registers a device and ports, then finds no hardware and gives up
 *
 * It is careless and gives nothing back; the kernel does. `result` is what init returns:
 * a negative error number, or a positive value, which a loader is to see as EBUSY.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>

static int result = -ENODEV;
static struct file_operations fops;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("a module whose initialisation fails");
MODULE_LICENSE("GPL");
MODULE_PARM(result, "i");
MODULE_PARM_DESC(result, "what init returns");
EXPORT_NO_SYMBOLS;

static int __init initfail_init(void)
{
	int major = register_chrdev(0, "initfail", &fops);
	void *memory = kmalloc(100, GFP_KERNEL);

	if (!request_region(0x330, 2, "initfail"))
		printk(KERN_INFO "initfail: ports 0330-0331 are taken\n");
	printk(KERN_INFO "initfail: major %d, memory at %p, returning %d\n", major,
	       memory, result);
	return result;
}

static void __exit initfail_exit(void)
{
	printk(KERN_ERR "initfail: cleanup must not be called\n");
}

module_init(initfail_init);
module_exit(initfail_exit);
