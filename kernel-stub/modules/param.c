/* param.c - every kind of module parameter; the log shows what arrived
 *
 * insmod param count=3 name=eth0 ports=0x300,0x320 levels=1,2,3 ...
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

#define LEVELS	4
#define TAG_LEN 8

static signed char byte = 1;
static short half = 2;
static int count = 3;
static long size = 4;
static char *name = "none";
static char tag[TAG_LEN] = "tag";
static char labels[2][TAG_LEN] = {"left", "right"};
static int ports[2] = {0x300, 0x310};
static int levels[LEVELS]; /* one to four of them */
static char *users[3] = {"a", "b", "c"};
static unsigned char mac[6];
static int fail;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("shows module parameters");
MODULE_LICENSE("GPL");
MODULE_SUPPORTED_DEVICE("none");

MODULE_PARM(byte, "b");
MODULE_PARM_DESC(byte, "a byte, -128 to 255");
MODULE_PARM(half, "h");
MODULE_PARM_DESC(half, "a short");
MODULE_PARM(count, "i");
MODULE_PARM_DESC(count, "an int");
MODULE_PARM(size, "l");
MODULE_PARM_DESC(size, "a long");
MODULE_PARM(name, "s");
MODULE_PARM_DESC(name, "a string, by pointer");
MODULE_PARM(tag, "c8");
MODULE_PARM_DESC(tag, "up to 7 characters, in place");
MODULE_PARM(labels, "2c8");
MODULE_PARM_DESC(labels, "two texts in place");
MODULE_PARM(ports, "2i");
MODULE_PARM_DESC(ports, "exactly two ints");
MODULE_PARM(levels, "1-4i");
MODULE_PARM_DESC(levels, "one to four ints");
MODULE_PARM(users, "1-3s");
MODULE_PARM_DESC(users, "one to three strings");
MODULE_PARM(mac, "6b");
MODULE_PARM_DESC(mac, "six bytes");
MODULE_PARM(fail, "i");
MODULE_PARM_DESC(fail, "what init returns");
EXPORT_NO_SYMBOLS;

static int __init param_init(void)
{
	printk(KERN_INFO "param: byte=%d half=%d count=%d size=%ld\n", byte, half, count,
	       size);
	printk(KERN_INFO "param: name=%s tag=%s labels=%s,%s\n", name, tag, labels[0],
	       labels[1]);
	printk(KERN_INFO "param: ports=%#x,%#x levels=%d,%d,%d,%d\n", ports[0], ports[1],
	       levels[0], levels[1], levels[2], levels[3]);
	printk(KERN_INFO "param: users=%s,%s,%s mac=%02x:%02x:%02x:%02x:%02x:%02x\n",
	       users[0], users[1], users[2], mac[0], mac[1], mac[2], mac[3], mac[4],
	       mac[5]);
	return fail;
}

static void __exit param_exit(void)
{
}

module_init(param_init);
module_exit(param_exit);
