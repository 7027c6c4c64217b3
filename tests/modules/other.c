/* other - the second module that needs base */
#include <linux/module.h>
#include "stack.h"

static int __init other_init(void)
{
	base_add(10);
	return 0;
}
module_init(other_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
