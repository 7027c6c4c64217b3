/* linux/ctype.h - kinds of characters, ASCII only */
#ifndef _LINUX_CTYPE_H
#define _LINUX_CTYPE_H

#include <linux/types.h>

#define CTYPE_RANGE(c, from, to)                                                         \
	((unsigned char)(c) - (from) <= (unsigned)((to) - (from)))

static inline int isdigit(int c)
{
	return CTYPE_RANGE(c, '0', '9');
}

static inline int isupper(int c)
{
	return CTYPE_RANGE(c, 'A', 'Z');
}

static inline int islower(int c)
{
	return CTYPE_RANGE(c, 'a', 'z');
}

static inline int isalpha(int c)
{
	return isupper(c) || islower(c);
}

static inline int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

static inline int isxdigit(int c)
{
	return isdigit(c) || CTYPE_RANGE(c | 0x20, 'a', 'f');
}

static inline int isspace(int c)
{
	return c == ' ' || CTYPE_RANGE(c, '\t', '\r');
}

static inline int isprint(int c)
{
	return CTYPE_RANGE(c, ' ', '~');
}

static inline int iscntrl(int c)
{
	return CTYPE_RANGE(c, 0, 31) || c == 127;
}

static inline int tolower(int c)
{
	return isupper(c) ? c + 'a' - 'A' : c;
}

static inline int toupper(int c)
{
	return islower(c) ? c - ('a' - 'A') : c;
}

#endif
