/* proprietary - taints the kernel */
#include <linux/module.h>

EXPORT_NO_SYMBOLS;
MODULE_LICENSE("Proprietary");
