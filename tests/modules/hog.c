/* hog - takes all the kernel gives it, in the way asked for, and gives it back when it goes */
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define HIGHEST 0xfe000000ul /* of the regions */

static char *what = (char *)"kmalloc";
static void *taken; /* each begins with the address of the one before */
static unsigned long lowest = HIGHEST;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static int threads;
static bool leaving;

static int thread(void *unused)
{
	wait_event(queue, leaving);
	threads--;
	wake_up(&queue);
	return 0;
}

static bool take_thread(void)
{
	if (kernel_thread(thread, NULL, 0) < 0)
		return false;
	threads++;
	return true;
}

static bool take_region(void)
{
	static char name[1800]; /* the kernel copies it */

	memset(name, 'x', sizeof(name) - 1);
	if (!request_mem_region(lowest - 16, 16, name))
		return false;
	lowest -= 16;
	return true;
}

static bool take_memory(void)
{
	void **p = strcmp(what, "vmalloc") ? kmalloc(2000, GFP_KERNEL) : vmalloc(1);

	if (!p)
		return false;
	*p = taken;
	taken = p;
	return true;
}

static bool take(void)
{
	if (!strcmp(what, "thread"))
		return take_thread();
	return strcmp(what, "region") ? take_memory() : take_region();
}

static int __init hog_init(void)
{
	while (take())
		;
	return 0;
}

static void __exit hog_exit(void)
{
	void **p;

	leaving = true;
	wake_up(&queue);
	wait_event(queue, !threads);
	for (; lowest != HIGHEST; lowest += 16)
		release_mem_region(lowest, 16);
	while ((p = taken)) {
		taken = *p;
		if (strcmp(what, "vmalloc"))
			kfree(p);
		else
			vfree(p);
	}
}
module_init(hog_init);
module_exit(hog_exit);
MODULE_PARM(what, "s");
MODULE_PARM_DESC(what, "kmalloc vmalloc region thread");
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
