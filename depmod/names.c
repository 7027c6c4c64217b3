/* depmod/names.c - a set of strings, numbered in the order they were added */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "namehash.h"

static void place(struct names *names, uint32_t h, uint32_t number)
{
	uint32_t mask = names->nslots - 1, at = h & mask;

	while (names->slots[at])
		at = (at + 1) & mask;
	names->slots[at] = (uint64_t)h << 32 | (number + 1);
}

static int rehash(struct names *names, uint32_t nslots)
{
	uint64_t *old = names->slots;
	uint32_t nold = names->nslots;

	/* calloc() would give pages that are shared until they are written: twice the faults. */
	names->slots = malloc(nslots * sizeof(*names->slots));
	if (!names->slots) {
		names->slots = old;
		return -ENOMEM;
	}
	memset(names->slots, 0, nslots * sizeof(*names->slots));
	names->nslots = nslots;
	for (uint32_t i = 0; i < nold; i++)
		if (old[i])
			place(names, old[i] >> 32, (uint32_t)old[i] - 1);
	free(old);
	return 0;
}

static int more_numbers(struct names *names, uint32_t n)
{
	uint32_t *offsets = realloc(names->offsets, n * sizeof(*offsets));

	if (!offsets)
		return -ENOMEM;
	names->offsets = offsets;
	names->room = n;
	return 0;
}

static size_t length(const struct names *names, uint32_t number)
{
	size_t end = number + 1 < names->n ? names->offsets[number + 1] : names->text.len;

	return end - names->offsets[number] - 1;
}

static uint32_t find(const struct names *names, uint32_t h, const char *s, size_t len)
{
	uint32_t mask = names->nslots - 1;
	uint64_t slot;

	if (!names->nslots)
		return NAMES_NONE;
	for (uint32_t at = h & mask; (slot = names->slots[at]) != 0;
	     at = (at + 1) & mask) {
		uint32_t number = (uint32_t)slot - 1;

		if (slot >> 32 == h && length(names, number) == len &&
		    memcmp(names_get(names, number), s, len) == 0)
			return number;
	}
	return NAMES_NONE;
}

uint32_t names_find(const struct names *names, const char *s, size_t len)
{
	return find(names, name_hash(s, len) >> 32, s, len);
}

uint32_t names_add(struct names *names, const char *s, size_t len)
{
	uint32_t h = name_hash(s, len) >> 32, number = find(names, h, s, len);
	char *to;

	if (number != NAMES_NONE)
		return number;
	if (names->n >= names->nslots / 2 &&
	    rehash(names, names->nslots ? names->nslots * 2 : 1024) < 0)
		return NAMES_NONE;
	if (names->n == names->room && more_numbers(names, names->room * 2 + 512) < 0)
		return NAMES_NONE;
	to = text_room(&names->text, len + 1);
	if (!to || names->text.len + len >= UINT32_MAX)
		return NAMES_NONE;
	memcpy(to, s, len);
	to[len] = '\0';
	number = names->n++;
	names->offsets[number] = names->text.len;
	names->text.len += len + 1;
	place(names, h, number);
	return number;
}

const char *names_get(const struct names *names, uint32_t number)
{
	return names->text.bytes + names->offsets[number];
}

int names_index(struct names *names, uint32_t n)
{
	uint32_t nslots = 1024;
	size_t at = 0, len = names->text.len;

	while (nslots / 2 <= n)
		nslots *= 2;
	if (rehash(names, nslots) < 0 || more_numbers(names, n + 1) < 0)
		return -ENOMEM;
	for (names->n = 0; names->n < n; names->n++) {
		const char *s = names->text.bytes + at;
		const char *end = at < len ? memchr(s, '\0', len - at) : NULL;

		if (!end)
			return -EBADMSG;
		names->offsets[names->n] = at;
		place(names, name_hash(s, end - s) >> 32, names->n);
		at += end - s + 1;
	}
	return at == len ? 0 : -EBADMSG;
}

void names_free(struct names *names)
{
	text_free(&names->text);
	free(names->offsets);
	free(names->slots);
	*names = (struct names){0};
}
