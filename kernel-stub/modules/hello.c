/* hello.c - the smallest module: says that it came, says that it goes */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("the smallest module");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int __init hello_init(void)
{
	printk(KERN_INFO "hello: loaded\n");
	return 0;
}

static void __exit hello_exit(void)
{
	printk(KERN_INFO "hello: unloaded\n");
}

module_init(hello_init);
module_exit(hello_exit);
