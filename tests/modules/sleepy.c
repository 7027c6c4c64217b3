/* sleepy - init_module sleeps until a signal comes, or for a minute */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/time.h>

static int __init sleepy_init(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(60 * HZ) ? -EINTR : 0;
}
module_init(sleepy_init);
EXPORT_NO_SYMBOLS;
MODULE_LICENSE("GPL");
