/* linux/time.h - the tick, and the time of day */
#ifndef _LINUX_TIME_H
#define _LINUX_TIME_H

#include <linux/types.h>

#define HZ 100

extern volatile unsigned long jiffies; /* ticks since boot, wraps */

#define time_after(a, b)     ((long)((b) - (a)) < 0)
#define time_before(a, b)    time_after(b, a)
#define time_after_eq(a, b)  ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

struct timeval {
	long tv_sec; /* since 1970-01-01 UTC */
	long tv_usec;
};

/* Time of day, from the CMOS clock at boot and the timer since, resolution about 1 us. */
void do_gettimeofday(struct timeval *tv);
void do_settimeofday(const struct timeval *tv);
#define CURRENT_TIME (time_seconds())
time_t time_seconds(void);
/* Microseconds since the timer was started; never goes backwards. */
uint64_t time_uptime_us(void);

/* Boot: start the timer interrupt, read the clock. */
void time_init(void);

#endif
