/* base - exports a function and a counter; mid and other need it */
#include <linux/module.h>
#include "stack.h"

int base_count;

int base_add(int n)
{
	return base_count += n;
}
EXPORT_SYMBOL(base_count);
EXPORT_SYMBOL(base_add);
MODULE_LICENSE("GPL");
