/* arch/i386/uaccess.c - copies between the kernel and ring 3 (asm/uaccess.h) */
#include <asm/uaccess.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "arch/i386/trap.h"

unsigned long user_move(void *to, const void *from, unsigned long n);
unsigned long user_zero(void *to, unsigned long n);

/* Strings are fetched in pieces that never cross a page the string does not reach. */
#define PIECE 64ul

unsigned long copy_from_user(void *to, const void *from, unsigned long n)
{
	unsigned long left = n;

	if (access_in_range(from, n))
		left = user_move(to, from, n);
	if (left)
		memset((char *)to + (n - left), 0, left);
	return left;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long n)
{
	return access_in_range(to, n) ? user_move(to, from, n) : n;
}

unsigned long clear_user(void *to, unsigned long n)
{
	return access_in_range(to, n) ? user_zero(to, n) : n;
}

/* Fetch the next piece of a string at `from`, at most n bytes. Returns how many came. */
static unsigned long fetch_piece(char *to, const char *from, unsigned long n)
{
	unsigned long len = min(PIECE - (unsigned long)from % PIECE, n);

	return len - (access_in_range(from, len) ? user_move(to, from, len) : len);
}

long strncpy_from_user(char *to, const char *from, long n)
{
	long done = 0;

	while (done < n) {
		unsigned long len = fetch_piece(to + done, from + done, n - done);
		unsigned long str = strnlen(to + done, len);

		if (str < len)
			return done + str;
		if (!len)
			return -EFAULT;
		done += len;
	}
	return n;
}

long strnlen_user(const char *s, long n)
{
	char piece[PIECE];
	long done = 0;

	while (done < n) {
		unsigned long len = fetch_piece(piece, s + done, n - done);
		unsigned long str = strnlen(piece, len);

		if (str < len)
			return done + str + 1;
		if (!len)
			return 0;
		done += len;
	}
	return n + 1;
}

bool kernel_peek(void *to, const void *from, size_t n)
{
	return (unsigned long)from >= TASK_SIZE && user_move(to, from, n) == 0;
}
