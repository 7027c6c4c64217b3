/* kernel/printk.h - the log ring, and the console it is shown on
 *
 * The log is a stream of bytes numbered from boot; the ring holds the last LOG_SIZE.
 * printk itself is in linux/kernel.h.
 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <linux/types.h>

#define LOG_SIZE 16384u

extern int console_loglevel; /* levels below it reach the console; at least 1 */

/* Bytes of the log still in the ring are [log_start(), log_end()). */
unsigned long log_start(void);
unsigned long log_end(void);
/* Copy up to n bytes from number *pos (moved up to what is still there), advance *pos;
 * returns how many, 0 at the end. With the <level> of each line, as it is stored. */
size_t log_read(char *buf, size_t n, unsigned long *pos);
/* Forget what is in the ring (syslog action 5). */
void log_clear(void);

/* Write to the serial console, polled: works at any time, even in a panic. */
void console_write(const char *s, size_t n);

#endif
