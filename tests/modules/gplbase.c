/* gplbase - exports for GPL-compatible modules only */
#include <linux/module.h>
#include "stack.h"

int gpl_only_value;
EXPORT_SYMBOL_GPL(gpl_only_value);
MODULE_LICENSE("GPL");
