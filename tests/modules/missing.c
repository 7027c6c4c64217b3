/* missing - needs three symbols that nobody has, one of them only nearly */
#include <linux/module.h>

int nobody_has_this(void);
int nobody_has_that(void);
int prinkt(const char *text);

static int __init missing_init(void)
{
	return nobody_has_this() + nobody_has_that() + prinkt("never");
}
module_init(missing_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
