/* gpluser - uses what gplbase exports; LICENCE says under which licence */
#include <linux/module.h>
#include "stack.h"

#ifndef LICENCE
#define LICENCE "GPL"
#endif

static int __init gpluser_init(void)
{
	return gpl_only_value;
}
module_init(gpluser_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE(LICENCE);
