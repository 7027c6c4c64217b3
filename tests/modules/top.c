/* top - needs mid, exports nothing */
#include <linux/module.h>
#include "stack.h"

static int __init top_init(void)
{
	return mid_twice(2) == 0;
}
module_init(top_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
