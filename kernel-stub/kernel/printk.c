/* kernel/printk.c - the log: a ring of bytes, also shown on the console
 *
 * A line begins with its level, "<0>" (the kernel dies) to "<7>" (debugging); a message
 * that names none gets <4>. Positions count from boot and are masked on use, so that no
 * case of a full or empty ring is special.
 */
#include "kernel/printk.h"
#include "drivers/serial.h"
#include <asm/system.h>
#include <linux/kernel.h>

#define LINE_MAX      1024
#define LEVEL_DEFAULT 4

int console_loglevel = 7;

static char ring[LOG_SIZE];
static unsigned long ring_start,
	ring_end;	    /* start moves when the ring is full or cleared */
static int line_level = -1; /* of the unfinished line, -1: at a line's start */

unsigned long log_start(void)
{
	return ring_start;
}

unsigned long log_end(void)
{
	return ring_end;
}

void log_clear(void)
{
	ring_start = ring_end;
}

size_t log_read(char *buf, size_t n, unsigned long *pos)
{
	unsigned long irq = irq_save();
	size_t done = 0;

	if (*pos - ring_start > ring_end - ring_start)
		*pos = ring_start;
	while (done < n && *pos != ring_end)
		buf[done++] = ring[(*pos)++ % LOG_SIZE];
	irq_restore(irq);
	return done;
}

void console_write(const char *s, size_t n)
{
	size_t run;

	while (n) {
		for (run = 0; run < n && s[run] != '\n'; run++)
			;
		serial_write(s, run);
		if (run < n) {
			serial_write("\r\n", 2);
			run++;
		}
		s += run;
		n -= run;
	}
}

static void ring_add(const char *s, size_t n)
{
	for (; n; n--)
		ring[ring_end++ % LOG_SIZE] = *s++;
	if (ring_end - ring_start > LOG_SIZE)
		ring_start = ring_end - LOG_SIZE;
}

/* The level at the head of a line, if there is one: moves *s behind it. */
static int take_level(const char **s)
{
	const char *t = *s;

	if (t[0] != '<' || t[1] < '0' || t[1] > '7' || t[2] != '>')
		return LEVEL_DEFAULT;
	*s += 3;
	return t[1] - '0';
}

/* Log a line or a part of one; returns what comes after it. */
static const char *log_line(const char *s)
{
	const char *end;
	char level[3] = "<4>";

	if (line_level < 0) {
		line_level = take_level(&s);
		level[1] = '0' + line_level;
		ring_add(level, sizeof(level));
	}
	for (end = s; *end && *end++ != '\n';)
		;
	ring_add(s, end - s);
	if (line_level < console_loglevel)
		console_write(s, end - s);
	if (end > s && end[-1] == '\n')
		line_level = -1;
	return end;
}

int printk(const char *fmt, ...)
{
	static char text[LINE_MAX];
	unsigned long irq = irq_save();
	const char *s = text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	while (*s)
		s = log_line(s);
	irq_restore(irq);
	return n;
}
