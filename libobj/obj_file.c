/* obj_file.c - the object as owner: its memory and its diagnostics
 *
 * Small things come from an arena of blocks; nothing is freed before the object is.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "obj_priv.h"

#define BLOCK_SIZE (16u << 10)

struct block {
	struct block *next;
	size_t used, size;
	max_align_t bytes[];
};

/* A request of its own size goes behind the current block, which keeps its rest. */
static struct block *block_for(struct obj_file *f, size_t size)
{
	struct block *b = f->blocks;
	size_t want = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;

	if (b && size <= b->size - b->used)
		return b;
	if (size > SIZE_MAX - sizeof(*b) - BLOCK_SIZE || !(b = malloc(sizeof(*b) + want)))
		return NULL;
	b->used = 0;
	b->size = want;
	if (f->blocks && want != BLOCK_SIZE) {
		b->next = f->blocks->next;
		f->blocks->next = b;
	} else {
		b->next = f->blocks;
		f->blocks = b;
	}
	return b;
}

void *obj_alloc(struct obj_file *f, size_t size)
{
	struct block *b;
	void *p;

	size = (size + sizeof(max_align_t) - 1) & -sizeof(max_align_t);
	b = block_for(f, size);
	if (!b)
		return NULL;
	p = (char *)b->bytes + b->used;
	b->used += size;
	return memset(p, 0, size);
}

char *obj_strdup(struct obj_file *f, const char *s, size_t len)
{
	char *copy = obj_alloc(f, len + 1);

	return copy ? memcpy(copy, s, len) : NULL;
}

int obj_append(struct buffer *b, const void *bytes, size_t len)
{
	size_t cap = b->cap ? b->cap : 256;
	unsigned char *grown;

	if (len > OBJ_MAX_SIZE - b->len)
		return -ENOMEM;
	while (cap < b->len + len)
		cap *= 2;
	if (cap != b->cap) {
		grown = realloc(b->bytes, cap);
		if (!grown)
			return -ENOMEM;
		b->bytes = grown;
		b->cap = cap;
	}
	if (bytes)
		memcpy(b->bytes + b->len, bytes, len);
	else
		memset(b->bytes + b->len, 0, len);
	b->len += len;
	return 0;
}

/* Without memory the text is lost, the error code is not. */
static void record(struct obj_file *f, enum obj_severity severity, const char *fmt,
		   va_list ap)
{
	struct diag *grown;
	va_list again;
	char *text;
	int len;

	if (f->ndiags == f->cap_diags) {
		grown = realloc(f->diags, (f->cap_diags * 2 + 8) * sizeof(*grown));
		if (!grown)
			return;
		f->diags = grown;
		f->cap_diags = f->cap_diags * 2 + 8;
	}
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0 || !(text = obj_alloc(f, len + 1)))
		return;
	vsnprintf(text, len + 1, fmt, ap);
	f->diags[f->ndiags++] = (struct diag){severity, text};
}

int obj_error(struct obj_file *f, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(f, OBJ_ERROR, fmt, ap);
	va_end(ap);
	return err;
}

void obj_warn(struct obj_file *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(f, OBJ_WARNING, fmt, ap);
	va_end(ap);
}

const char *obj_diag(const struct obj_file *f, unsigned *cursor,
		     enum obj_severity *severity)
{
	if (!f || *cursor >= f->ndiags)
		return NULL;
	*severity = f->diags[*cursor].severity;
	return f->diags[(*cursor)++].text;
}

void obj_free(struct obj_file *f)
{
	struct block *b, *next;

	if (!f)
		return;
	for (b = f->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(f->diags);
	free(f->added);
	free(f->providers);
	free(f->strings.bytes);
	free(f->exports.bytes);
	free(f->image);
	free(f);
}
