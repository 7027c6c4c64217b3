/* unlicensed - taints the kernel, too */
#include <linux/module.h>

EXPORT_NO_SYMBOLS;
