/* lib/string.c - strings and memory (linux/string.h), as the C standard has them
 *
 * The compiler also calls memcpy, memset, memmove and memcmp by itself.
 */
#include <linux/string.h>
#include <linux/types.h>
#include <linux/kernel.h>

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

char *strcpy(char *to, const char *from)
{
	return memcpy(to, from, strlen(from) + 1);
}

char *strncpy(char *to, const char *from, size_t n)
{
	size_t len = strnlen(from, n);

	memset(to + len, 0, n - len);
	return memcpy(to, from, len);
}

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *to, const char *from, size_t n)
{
	size_t at = strlen(to), len = strnlen(from, n);

	memcpy(to + at, from, len);
	to[at + len] = '\0';
	return to;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strstr(const char *s, const char *find)
{
	size_t len = strlen(find);

	for (; strncmp(s, find, len); s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

size_t strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

/* Blocks of words first. Not the string instructions: an emulator takes about twice as long for
 * one of their steps as for a load and a store. */
typedef uint32_t __attribute__((may_alias)) word;
#define BLOCK (8 * sizeof(word))

void *memset(void *to, int c, size_t n)
{
	word filled = (unsigned char)c * 0x01010101u, *at = to;
	char *rest;

	for (; n >= BLOCK; n -= BLOCK, at += 8) {
		at[0] = at[1] = at[2] = at[3] = filled;
		at[4] = at[5] = at[6] = at[7] = filled;
	}
	for (rest = (char *)at; n; n--)
		*rest++ = c;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	const word *s = from;
	word *d = to, a, b, c, e;

	for (; n >= BLOCK; n -= BLOCK, s += 8, d += 8) {
		a = s[0], b = s[1], c = s[2], e = s[3];
		d[0] = a, d[1] = b, d[2] = c, d[3] = e;
		a = s[4], b = s[5], c = s[6], e = s[7];
		d[4] = a, d[5] = b, d[6] = c, d[7] = e;
	}
	for (; n >= sizeof(word); n -= sizeof(word))
		*d++ = *s++;
	for (char *to8 = (char *)d, *from8 = (char *)s; n; n--)
		*to8++ = *from8++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *at = (char *)to + n - 1;
	const char *back = (const char *)from + n - 1;

	if ((size_t)to - (size_t)from >= n)
		return memcpy(to, from, n);
	__asm__ __volatile__("std; rep movsb; cld"
			     : "+D"(at), "+S"(back), "+c"(n)
			     :
			     : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *at = s;

	for (; n; n--, at++)
		if (*at == (unsigned char)c)
			return (void *)at;
	return NULL;
}
