/* mid - needs base, exports something itself */
#include <linux/module.h>
#include "stack.h"

int mid_twice(int n)
{
	return base_add(n) + base_add(n);
}
EXPORT_SYMBOL(mid_twice);

static int __init mid_init(void)
{
	mid_twice(1);
	return 0;
}
module_init(mid_init);
MODULE_LICENSE("GPL");
