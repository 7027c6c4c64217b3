/* asker.c - wants what another module has registered, and has that module loaded for it */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>

static char name[32] = "crash", module[32] = "crash";
MODULE_PARM(name, "c32");
MODULE_PARM_DESC(name, "what is wanted");
MODULE_PARM(module, "c32");
MODULE_PARM_DESC(module, "who is said to have it");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int __init asker_init(void)
{
	return inter_module_get_request(name, module) ? 0 : -ENODEV;
}

static void __exit asker_exit(void)
{
	inter_module_put(name);
}

module_init(asker_init);
module_exit(asker_exit);
