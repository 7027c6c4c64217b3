/* depmod/bucket.c - the order in which kmod's depmod lists what has no order of its own */
#include "bucket.h"

#include <string.h>

static uint32_t pair(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

/* The one to three bytes left over; the last of an odd number counts as signed. */
static uint32_t hash_rest(uint32_t h, const unsigned char *p, unsigned rest)
{
	switch (rest) {
	case 3:
		h += pair(p);
		h ^= h << 16;
		h ^= (uint32_t)(signed char)p[2] << 18;
		return h + (h >> 11);
	case 2:
		h += pair(p);
		h ^= h << 11;
		return h + (h >> 17);
	case 1:
		h += (uint32_t)(signed char)p[0];
		h ^= h << 10;
		return h + (h >> 1);
	default:
		return h;
	}
}

uint32_t bucket_of(const char *name, uint32_t n)
{
	const unsigned char *p = (const unsigned char *)name;
	uint32_t len = strlen(name), h = len;

	for (uint32_t i = len / 4; i > 0; i--, p += 4) {
		h += pair(p);
		h = h << 16 ^ (pair(p + 2) << 11 ^ h);
		h += h >> 11;
	}
	h = hash_rest(h, p, len % 4);
	h ^= h << 3;
	h += h >> 5;
	h ^= h << 4;
	h += h >> 17;
	h ^= h << 25;
	h += h >> 6;
	return h & (n - 1);
}
