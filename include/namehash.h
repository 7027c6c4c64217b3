/* namehash.h - a hash of names for tables in memory
 *
 * Eight bytes a step, the high bits the best ones. It differs between machines and is never
 * stored.
 */
#ifndef NAMEHASH_H
#define NAMEHASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NAMEHASH_ODD 0x9e3779b97f4a7c15u

static inline uint64_t name_hash(const char *name, size_t len)
{
	uint64_t h = len, part;

	for (; len >= sizeof(part); len -= sizeof(part), name += sizeof(part)) {
		memcpy(&part, name, sizeof(part));
		h = (h ^ part) * NAMEHASH_ODD;
		h ^= h >> 32;
	}
	part = 0;
	memcpy(&part, name, len);
	return (h ^ part) * NAMEHASH_ODD;
}

#endif
