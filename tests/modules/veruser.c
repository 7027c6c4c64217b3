/* veruser - calls verbase, with the structure as version.h has it */
#include <linux/module.h>
#include "version.h"

static int __init veruser_init(void)
{
	struct version_pair pair = {.a = 1, .b = 2};

	return version_sum(&pair) == 3 ? 0 : -1;
}
module_init(veruser_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
