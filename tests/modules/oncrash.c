/* oncrash.c - stands on crash, so that crash cannot go */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

extern int crash_calls;

MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int __init oncrash_init(void)
{
	printk(KERN_INFO "oncrash: %d calls so far\n", crash_calls);
	return 0;
}

module_init(oncrash_init);
