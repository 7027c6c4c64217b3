/* linux/kernel.h - printk, number parsing and formatting, and small macros */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <stdarg.h>
#include <linux/types.h>

#define KERN_EMERG   "<0>"
#define KERN_ALERT   "<1>"
#define KERN_CRIT    "<2>"
#define KERN_ERR     "<3>"
#define KERN_WARNING "<4>"
#define KERN_NOTICE  "<5>"
#define KERN_INFO    "<6>"
#define KERN_DEBUG   "<7>"

int printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void panic(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vsprintf(char *buf, const char *fmt, va_list ap);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

unsigned long simple_strtoul(const char *s, char **end, unsigned int base);
long simple_strtol(const char *s, char **end, unsigned int base);

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define barrier()     __asm__ __volatile__("" ::: "memory")
#define ALIGN(x, a)   (((x) + ((a)-1)) & ~((a)-1))

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define min(x, y)                                                                        \
	({                                                                               \
		__typeof__(x) min_x_ = (x);                                              \
		__typeof__(y) min_y_ = (y);                                              \
		(void)(&min_x_ == &min_y_);                                              \
		min_x_ < min_y_ ? min_x_ : min_y_;                                       \
	})
#define max(x, y)                                                                        \
	({                                                                               \
		__typeof__(x) max_x_ = (x);                                              \
		__typeof__(y) max_y_ = (y);                                              \
		(void)(&max_x_ == &max_y_);                                              \
		max_x_ > max_y_ ? max_x_ : max_y_;                                       \
	})

#endif
