/* verbase - exports a function that takes a structure */
#include <linux/module.h>
#include "version.h"

int version_sum(struct version_pair *pair)
{
	return pair->a + pair->b;
}
EXPORT_SYMBOL(version_sum);
MODULE_LICENSE("GPL");
