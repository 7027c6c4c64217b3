/* persistent - parameters that outlive the module in a file */
#include <linux/module.h>

int counter = 1;
short pair[2] = {2, 3};
char label[12] = "first";
int later; /* in .bss */
static int plain = 5;
MODULE_PARM(counter, "ip");
MODULE_PARM(pair, "2hp");
MODULE_PARM(label, "c12p");
MODULE_PARM(later, "ip");
MODULE_PARM(plain, "i");

static int __init persistent_init(void)
{
	counter++; /* what is saved is not what was set */
	later -= plain;
	return 0;
}
module_init(persistent_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
