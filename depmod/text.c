/* depmod/text.c - bytes that grow at the end */
#include "text.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_room(struct text *t, size_t len)
{
	size_t room;
	char *bytes;

	if (t->room - t->len >= len && t->bytes)
		return t->bytes + t->len;
	if (t->failed)
		return NULL;
	room = t->room + t->room / 2 + len + 256;
	bytes = realloc(t->bytes, room);
	if (!bytes) {
		t->failed = true;
		return NULL;
	}
	t->bytes = bytes;
	t->room = room;
	return t->bytes + t->len;
}

void text_add(struct text *t, const void *bytes, size_t len)
{
	char *to = len ? text_room(t, len) : NULL;

	if (!to)
		return;
	memcpy(to, bytes, len);
	t->len += len;
}

void text_adds(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_addc(struct text *t, char c)
{
	text_add(t, &c, 1);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	char *to = text_room(t, 256);
	va_list ap;
	int len;

	if (!to)
		return;
	va_start(ap, fmt);
	len = vsnprintf(to, 256, fmt, ap);
	va_end(ap);
	if (len >= 256) {
		to = text_room(t, len + 1);
		if (!to)
			return;
		va_start(ap, fmt);
		vsnprintf(to, len + 1, fmt, ap);
		va_end(ap);
	}
	t->len += len;
}

void text_add_be32(struct text *t, uint32_t n)
{
	n = htobe32(n);
	text_add(t, &n, sizeof(n));
}

bool text_failed(const struct text *t)
{
	return t->failed;
}

void text_free(struct text *t)
{
	free(t->bytes);
	*t = (struct text){0};
}
