/* params - one parameter of each kind; its init tells whether the values are the asked
 * ones */
#include <linux/module.h>

static char byte = 1;
static short word = 2;
static int number = 3;
static long several[4] = {1, 2, 3, 4};
static char *text = (char *)"default";
static char fixed[8] = "abc";
static int sum; /* what all of it must add up to, or 0: do not look */
MODULE_PARM(byte, "b");
MODULE_PARM(word, "h");
MODULE_PARM(number, "i");
MODULE_PARM(several, "2-4l");
MODULE_PARM(text, "s");
MODULE_PARM(fixed, "c8");
MODULE_PARM(sum, "i");
MODULE_PARM_DESC(number, "a number");

static int letters(const char *s)
{
	int n = 0;

	while (*s)
		n += *s++;
	return n;
}

static int __init params_init(void)
{
	int all = byte + word + number + letters(text) + letters(fixed);

	for (int i = 0; i < 4; i++)
		all += several[i];
	return !sum || sum == all ? 0 : -33; /* EDOM */
}
module_init(params_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
