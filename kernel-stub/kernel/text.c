/* kernel/text.c - growing text */
#include "kernel/text.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Make room for n more bytes and a terminator for vsnprintf. */
static int reserve(struct text *t, size_t n)
{
	size_t size = t->size ? t->size : 256;
	char *buf;

	if (t->error)
		return t->error;
	if (n >= SIZE_MAX / 2 - t->len)
		return t->error = -ENOMEM;
	while (size < t->len + n + 1)
		size *= 2;
	if (size == t->size)
		return 0;
	buf = kmalloc(size, GFP_KERNEL);
	if (!buf)
		return t->error = -ENOMEM;
	if (t->len)
		memcpy(buf, t->buf, t->len);
	kfree(t->buf);
	t->buf = buf;
	t->size = size;
	return 0;
}

char *text_room(struct text *t, size_t n)
{
	if (reserve(t, n) < 0)
		return NULL;
	t->len += n;
	return t->buf + t->len - n;
}

int text_add(struct text *t, const char *s, size_t len)
{
	if (reserve(t, len) < 0)
		return t->error;
	memcpy(t->buf + t->len, s, len);
	t->len += len;
	return 0;
}

int text_align(struct text *t, size_t to)
{
	static const char zeros[16];

	return text_add(t, zeros, -t->len & (to - 1));
}

int text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || reserve(t, n) < 0)
		return t->error = -ENOMEM;
	va_start(ap, fmt);
	vsnprintf(t->buf + t->len, n + 1, fmt, ap);
	va_end(ap);
	t->len += n;
	return 0;
}

void text_free(struct text *t)
{
	kfree(t->buf);
	*t = (struct text){0};
}
