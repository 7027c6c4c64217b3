/* initpositive.c - init returns a positive number, as a careless author might */
#include <linux/init.h>
#include <linux/module.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("a module whose initialisation returns 1");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int __init initpositive_init(void)
{
	return 1;
}

module_init(initpositive_init);
