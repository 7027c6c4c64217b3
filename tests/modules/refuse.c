/* refuse - init_module returns what the parameter says */
#include <linux/module.h>

static int result = -19;
MODULE_PARM(result, "i");

static int __init refuse_init(void)
{
	return result;
}
module_init(refuse_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
