/* crash.c - a module that misbehaves on request: insmod crash.o how=null where=read
 *
 * It registers and reserves a bit of everything, and then, at the place asked for, does
 * the one thing wrong it was asked to do. What the kernel makes of that is the point.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <asm/io.h>
#include <asm/system.h>

#define PORTS	   0x340
#define MEMORY	   0xd0000
#define RTC_IRQ	   8
#define RTC_INDEX  0x70
#define RTC_DATA   0x71
#define RTC_RATE   10
#define RTC_ENABLE 11
#define RTC_FLAGS  12
#define PERIODIC   0x40

static char *how = "null";
static char *where = "init";
static int target = 0xdeadbee0;
static int major;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("misbehaves on request, for the kernel to survive");
MODULE_LICENSE("GPL");
MODULE_PARM(how, "s");
MODULE_PARM_DESC(how,
		 "null write jump text data rodata divide invalid general stack loop "
		 "kloop cli kernel wait twice leak uses unstack fail scribble rearm");
MODULE_PARM(where, "s");
MODULE_PARM_DESC(where, "init open read ioctl release cleanup irq timer never");
MODULE_PARM(target, "i");
MODULE_PARM_DESC(target, "where how=jump jumps to");

int crash_calls; /* of its functions; others may look at it */
EXPORT_SYMBOL(crash_calls);

static const int constant = 1;
static volatile int armed, fired;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct timer_list timer;

/* --- what can go wrong ------------------------------------------------------------------- */

static void crash_null(void)
{
	*(volatile int *)0 = 1;
}

static void crash_write(void)
{
	*(volatile int *)0xf0000000 = 1;
}

static void crash_jump(void)
{
	((void (*)(void))target)();
}

static void crash_text(void)
{
	*(volatile char *)(unsigned long)crash_text = 0;
}

static void crash_data(void)
{
	static unsigned char ret[] = {0xc3};

	((void (*)(void))ret)();
	__asm__ __volatile__("ud2"); /* it ran: memory has no separate rights */
}

static void crash_rodata(void)
{
	*(volatile int *)&constant = 2;
	__asm__ __volatile__("ud2");
}

static void crash_divide(void)
{
	volatile int zero = 0;

	fired = 1000 / zero;
}

static void crash_invalid(void)
{
	__asm__ __volatile__("ud2");
}

static void crash_general(void)
{
	__asm__ __volatile__("movl %0, %%ds" : : "r"(0x1230));
}

static int crash_deeper(volatile int *up)
{
	volatile int here[16];

	here[0] = *up + 1;
	return here[0] ? crash_deeper(here) + here[0] : 0;
}

static void crash_stack(void)
{
	volatile int start = 0;

	crash_deeper(&start);
}

static void crash_loop(void)
{
	for (;;)
		barrier();
}

/* Nearly all the time in the kernel. */
static void crash_kloop(void)
{
	for (;;)
		mdelay(1);
}

static void crash_cli(void)
{
	cli();
	crash_loop();
}

/* In a function of the kernel. */
static void crash_kernel(void)
{
	memcpy((void *)16, "kernel", 7);
}

/* With a waiter and a timer on the stack, both in lists. */
static void crash_wait(void)
{
	wait_queue_t wait;
	struct timer_list late = {.expires = jiffies + 1000 * HZ};

	init_waitqueue_entry(&wait, current);
	add_wait_queue(&queue, &wait);
	add_timer(&late);
	current->state = TASK_UNINTERRUPTIBLE;
	crash_null();
}

/* Nobody can go on behind this. */
static void crash_unstack(void)
{
	__asm__ __volatile__("addl $1024, %esp; ud2");
}

static void crash_twice(void)
{
	void *p = kmalloc(100, GFP_KERNEL);

	kfree(p);
	kfree(p);
}

static void crash_leak(void)
{
	kmalloc(100, GFP_KERNEL);
	kmalloc(10000, GFP_KERNEL);
	vmalloc(10000);
	ioremap(MEMORY, 0x1000);
}

static void crash_uses(void)
{
	MOD_INC_USE_COUNT;
	crash_null();
}

/* While it is pending. */
static void crash_scribble(void)
{
	memset(&timer, 0xaa, sizeof(timer));
}

/* At once, and then again. */
static void crash_rearm(void)
{
	mod_timer(&timer, jiffies);
}

static void crash_not(void)
{
}

static const struct {
	const char *how;
	void (*act)(void);
} kinds[] = {
	{"null", crash_null},	      {"write", crash_write},
	{"jump", crash_jump},	      {"text", crash_text},
	{"data", crash_data},	      {"rodata", crash_rodata},
	{"divide", crash_divide},     {"invalid", crash_invalid},
	{"general", crash_general},   {"stack", crash_stack},
	{"loop", crash_loop},	      {"kloop", crash_kloop},
	{"cli", crash_cli},	      {"kernel", crash_kernel},
	{"wait", crash_wait},	      {"twice", crash_twice},
	{"leak", crash_leak},	      {"uses", crash_uses},
	{"unstack", crash_unstack},   {"fail", crash_not},
	{"scribble", crash_scribble}, {"rearm", crash_rearm},
};

static const char *const places[] = {"init",	"open", "read",	 "ioctl", "release",
				     "cleanup", "irq",	"timer", "never"};

static int check_parameters(void)
{
	unsigned int kind = 0, place = 0;

	while (kind < ARRAY_SIZE(kinds) && strcmp(kinds[kind].how, how) != 0)
		kind++;
	while (place < ARRAY_SIZE(places) && strcmp(places[place], where) != 0)
		place++;
	if (kind < ARRAY_SIZE(kinds) && place < ARRAY_SIZE(places))
		return 0;
	printk(KERN_ERR "crash: how=%s where=%s: see modinfo -p\n", how, where);
	return -EINVAL;
}

static void crash_at(const char *place)
{
	crash_calls++;
	if (strcmp(place, where) != 0)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].how, how) == 0)
			kinds[i].act();
}

/* --- where ------------------------------------------------------------------------------- */

static int crash_open(struct inode *inode, struct file *file)
{
	crash_at("open");
	return 0;
}

static int crash_release(struct inode *inode, struct file *file)
{
	crash_at("release");
	return 0;
}

static ssize_t crash_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	crash_at("read");
	return 0;
}

static void crash_irq(int irq, void *dev_id, struct pt_regs *regs)
{
	outb(RTC_FLAGS, RTC_INDEX);
	inb(RTC_DATA);
	if (!armed)
		return; /* left over from the last time */
	fired = 1;
	crash_at("irq");
}

static void crash_timer(unsigned long data)
{
	fired = 1;
	crash_at("timer");
}

static void rtc_set(int reg, int value)
{
	outb(reg, RTC_INDEX);
	outb(value, RTC_DATA);
}

static int rtc_get(int reg)
{
	outb(reg, RTC_INDEX);
	return inb(RTC_DATA);
}

/* Wait for an interrupt, with command 1 for one of the clock, 2 of the timer; 0: crash
 * here. */
static int crash_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		       unsigned long arg)
{
	crash_at("ioctl");
	fired = 0;
	armed = cmd == 1;
	if (cmd == 1)
		rtc_set(RTC_ENABLE, rtc_get(RTC_ENABLE) | PERIODIC);
	else if (cmd == 2)
		mod_timer(&timer, jiffies + 1);
	else
		return 0;
	for (int ms = 0; ms < 1000 && !fired; ms++)
		mdelay(1);
	return fired ? 0 : -EIO;
}

static struct file_operations crash_fops = {
	.owner = THIS_MODULE,
	.open = crash_open,
	.release = crash_release,
	.read = crash_read,
	.ioctl = crash_ioctl,
};

/* --- coming and going ---------------------------------------------------------------------- */

static void rtc_quiet(void)
{
	rtc_set(RTC_ENABLE, rtc_get(RTC_ENABLE) & ~PERIODIC);
	rtc_get(RTC_FLAGS);
}

static int __init crash_init(void)
{
	int err = check_parameters();

	if (err)
		return err;
	rtc_quiet();
	if (!request_region(PORTS, 16, "crash"))
		return -EBUSY;
	request_mem_region(MEMORY, 0x1000, "crash");
	request_irq(RTC_IRQ, crash_irq, 0, "crash", NULL);
	init_timer(&timer);
	timer.function = crash_timer;
	timer.expires = jiffies + 1000 * HZ;
	add_timer(&timer);
	inter_module_register("crash", THIS_MODULE, &major);
	major = register_chrdev(0, "crash", &crash_fops);
	crash_at("init");
	return strcmp(how, "fail") == 0 ? -ENXIO : 0;
}

/* With how=leak it forgets it all. */
static void __exit crash_exit(void)
{
	crash_at("cleanup");
	if (strcmp(how, "leak") == 0)
		return;
	rtc_quiet();
	del_timer(&timer);
	inter_module_unregister("crash");
	unregister_chrdev(major, "crash");
	free_irq(RTC_IRQ, NULL);
	release_mem_region(MEMORY, 0x1000);
	release_region(PORTS, 16);
}

module_init(crash_init);
module_exit(crash_exit);
