/* asm/unaligned.h - numbers at any address, in either byte order: what formats on disks
 * and in packets consist of */
#ifndef _ASM_UNALIGNED_H
#define _ASM_UNALIGNED_H

#include <linux/types.h>

static inline uint16_t get_le16(const void *p)
{
	const uint8_t *b = p;

	return b[0] | b[1] << 8;
}

static inline uint32_t get_le32(const void *p)
{
	return get_le16(p) | (uint32_t)get_le16((const uint8_t *)p + 2) << 16;
}

static inline uint16_t get_be16(const void *p)
{
	const uint8_t *b = p;

	return b[0] << 8 | b[1];
}

static inline uint32_t get_be32(const void *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16((const uint8_t *)p + 2);
}

#endif
