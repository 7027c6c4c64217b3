/* globals - says nothing about exports, so that all its globals are */
#include <linux/module.h>

int globals_number = 7;
static int hidden = 8;
MODULE_PARM(hidden, "i");

int globals_function(void);
int globals_function(void)
{
	return globals_number + hidden;
}
MODULE_LICENSE("GPL");
