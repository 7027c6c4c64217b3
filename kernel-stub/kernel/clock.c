/* clock.c - system calls about time: clocks, sleeping, alarms
 *
 * Sleeping and alarms are counted in ticks of 10 ms, rounded up; reading a clock is exact
 * to about a microsecond.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "kernel/syscall.h"
#include "kernel/task.h"

#define NSEC_PER_SEC 1000000000ll
#define TICK_NSEC    (NSEC_PER_SEC / HZ)

#define CLOCK_REALTIME	       0
#define CLOCK_MONOTONIC	       1
#define CLOCK_PROCESS	       2
#define CLOCK_THREAD	       3
#define CLOCK_MONOTONIC_RAW    4
#define CLOCK_REALTIME_COARSE  5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME	       7
#define TIMER_ABSTIME	       1

long ticks_of(int64_t sec, int64_t nsec)
{
	if (sec < 0 || nsec < 0 || nsec >= NSEC_PER_SEC)
		return -EINVAL;
	if (sec >= MAX_SCHEDULE_TIMEOUT / HZ - 1)
		return MAX_SCHEDULE_TIMEOUT - 2;
	return (long)sec * HZ + ((long)nsec + (long)TICK_NSEC - 1) / (long)TICK_NSEC;
}

long timeout_of(int64_t sec, int64_t nsec)
{
	long ticks = ticks_of(sec, nsec);

	return ticks > 0 ? ticks + 1 : ticks;
}

/* 64-bit division is not there without a library: by parts, the divisor is small. */
static uint32_t divide(uint64_t *n, uint32_t by)
{
	uint32_t high = *n >> 32, low = *n, rem = high % by, quot;

	__asm__("divl %4" : "=a"(quot), "=d"(rem) : "0"(low), "1"(rem), "rm"(by));
	*n = (uint64_t)(high / by) << 32 | quot;
	return rem;
}

static int clock_read(int clock, int64_t *sec, int32_t *nsec)
{
	struct timeval tv;
	uint64_t us;

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		do_gettimeofday(&tv);
		*sec = tv.tv_sec;
		*nsec = tv.tv_usec * 1000;
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		us = time_uptime_us();
		*nsec = divide(&us, 1000000) * 1000;
		*sec = us;
		return 0;
	case CLOCK_PROCESS:
	case CLOCK_THREAD:
		us = current->ticks_user + current->ticks_kernel;
		*nsec = divide(&us, HZ) * TICK_NSEC;
		*sec = us;
		return 0;
	}
	return -EINVAL;
}

long sys_clock_gettime(int clock, int32_t *user)
{
	int32_t ts[2];
	int64_t sec;
	int err = clock_read(clock, &sec, &ts[1]);

	if (err)
		return err;
	ts[0] = sec;
	return copy_to_user(user, ts, sizeof(ts)) ? -EFAULT : 0;
}

long sys_clock_gettime64(int clock, int64_t *user)
{
	int64_t ts[2];
	int32_t nsec;
	int err = clock_read(clock, &ts[0], &nsec);

	if (err)
		return err;
	ts[1] = nsec;
	return copy_to_user(user, ts, sizeof(ts)) ? -EFAULT : 0;
}

static int32_t resolution(int clock)
{
	return clock == CLOCK_PROCESS || clock == CLOCK_THREAD ? TICK_NSEC : 1000;
}

long sys_clock_getres(int clock, int32_t *user)
{
	int32_t ts[2] = {0, resolution(clock)};

	if (clock < 0 || clock > CLOCK_BOOTTIME)
		return -EINVAL;
	return user && copy_to_user(user, ts, sizeof(ts)) ? -EFAULT : 0;
}

long sys_clock_getres_time64(int clock, int64_t *user)
{
	int64_t ts[2] = {0, resolution(clock)};

	if (clock < 0 || clock > CLOCK_BOOTTIME)
		return -EINVAL;
	return user && copy_to_user(user, ts, sizeof(ts)) ? -EFAULT : 0;
}

long sys_time(int32_t *user)
{
	int32_t now = time_seconds();

	if (user && put_user(now, user))
		return -EFAULT;
	return now;
}

long sys_gettimeofday(int32_t *user, int32_t *zone)
{
	struct timeval tv;
	int32_t none[2] = {0, 0};

	do_gettimeofday(&tv);
	if (user && copy_to_user(user, &tv, 8))
		return -EFAULT;
	return zone && copy_to_user(zone, none, sizeof(none)) ? -EFAULT : 0;
}

long sys_settimeofday(const int32_t *user, const int32_t *zone)
{
	struct timeval tv;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!user)
		return 0;
	if (copy_from_user(&tv, user, 8))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EINVAL;
	do_settimeofday(&tv);
	return 0;
}

/* --- sleeping ----------------------------------------------------------------------- */

/* Sleep; what is left of it, in ticks, if a signal ended it. */
static long sleep_ticks(long ticks)
{
	current->state = TASK_INTERRUPTIBLE;
	return schedule_timeout(ticks);
}

/* From a time of that clock to ticks from now, 0 if it has passed. */
static long ticks_until(int clock, int64_t sec, int32_t nsec)
{
	int64_t now;
	int32_t now_nsec;
	int err = clock_read(clock, &now, &now_nsec);

	if (err)
		return err;
	if (nsec < 0 || nsec >= NSEC_PER_SEC || sec < 0)
		return -EINVAL;
	sec -= now;
	nsec -= now_nsec;
	if (nsec < 0) {
		nsec += NSEC_PER_SEC;
		sec--;
	}
	return sec < 0 ? 0 : timeout_of(sec, nsec);
}

/* Ticks left, 0, or -errno. */
static long clock_sleep(int clock, int flags, int64_t sec, int64_t nsec)
{
	bool absolute = flags & TIMER_ABSTIME;
	long ticks = absolute ? ticks_until(clock, sec, nsec) : timeout_of(sec, nsec);

	if (ticks < 0 || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC &&
			  clock != CLOCK_BOOTTIME))
		return ticks < 0 ? ticks : -EINVAL;
	return ticks ? sleep_ticks(ticks) : 0;
}

static long left_narrow(long left, int32_t *rem, int flags)
{
	int32_t ts[2] = {left / HZ, left % HZ * TICK_NSEC};

	if (left <= 0)
		return left;
	if (rem && !(flags & TIMER_ABSTIME) && copy_to_user(rem, ts, sizeof(ts)))
		return -EFAULT;
	return -EINTR;
}

static long left_wide(long left, int64_t *rem, int flags)
{
	int64_t ts[2] = {left / HZ, left % HZ * TICK_NSEC};

	if (left <= 0)
		return left;
	if (rem && !(flags & TIMER_ABSTIME) && copy_to_user(rem, ts, sizeof(ts)))
		return -EFAULT;
	return -EINTR;
}

long sys_clock_nanosleep(int clock, int flags, const int32_t *user, int32_t *rem)
{
	int32_t ts[2];

	if (copy_from_user(ts, user, sizeof(ts)))
		return -EFAULT;
	return left_narrow(clock_sleep(clock, flags, ts[0], ts[1]), rem, flags);
}

long sys_clock_nanosleep_time64(int clock, int flags, const int64_t *user, int64_t *rem)
{
	int64_t ts[2];

	if (copy_from_user(ts, user, sizeof(ts)))
		return -EFAULT;
	return left_wide(clock_sleep(clock, flags, ts[0], ts[1]), rem, flags);
}

long sys_nanosleep(const int32_t *user, int32_t *rem)
{
	return sys_clock_nanosleep(CLOCK_REALTIME, 0, user, rem);
}

/* --- alarms ------------------------------------------------------------------------- */

static void alarm_over(unsigned long data)
{
	struct task_struct *task = (struct task_struct *)data;

	send_sig(SIGALRM, task);
	if (task->alarm_interval)
		mod_timer(&task->alarm_timer, jiffies + task->alarm_interval);
}

/* Ticks until the alarm, 0: none is set. */
static unsigned long alarm_left(void)
{
	long left = current->alarm_timer.expires - jiffies;

	if (!timer_pending(&current->alarm_timer))
		return 0;
	return left > 0 ? left : 1;
}

static void alarm_set(unsigned long ticks, unsigned long interval)
{
	struct timer_list *timer = &current->alarm_timer;

	del_timer(timer);
	current->alarm_interval = interval;
	if (!ticks)
		return;
	timer->function = alarm_over;
	timer->data = (unsigned long)current;
	timer->expires = jiffies + ticks;
	add_timer(timer);
}

long sys_alarm(unsigned int seconds)
{
	unsigned long left = alarm_left();

	alarm_set(min(seconds, 0x7fffffffu / HZ) * HZ, 0);
	return (left + HZ - 1) / HZ;
}

/* struct itimerval: interval, then value, each seconds and microseconds. */
static long itimer_get(int32_t *user)
{
	unsigned long left = alarm_left(), every = current->alarm_interval;
	int32_t it[4] = {every / HZ, every % HZ * (1000000 / HZ), left / HZ,
			 left % HZ * (1000000 / HZ)};

	return copy_to_user(user, it, sizeof(it)) ? -EFAULT : 0;
}

long sys_getitimer(int which, int32_t *user)
{
	return which ? -EINVAL : itimer_get(user);
}

long sys_setitimer(int which, const int32_t *new, int32_t *old)
{
	int32_t it[4] = {0};
	long value, interval, err;

	if (which)
		return -EINVAL; /* only ITIMER_REAL */
	if (new &&copy_from_user(it, new, sizeof(it)))
		return -EFAULT;
	interval = ticks_of(it[0], it[1] * 1000ll);
	value = ticks_of(it[2], it[3] * 1000ll);
	if (interval < 0 || value < 0)
		return -EINVAL;
	err = old ? itimer_get(old) : 0;
	if (!err)
		alarm_set(value, interval);
	return err;
}
