/* random.c - a counter scrambled by the finaliser of SplitMix64 (Steele, Lea, Flood 2014),
 * stirred with the time stamp counter at each call
 *
 * The machine we run on has no source of randomness but the timing of its interrupts.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "arch/i386/asm.h"
#include "kernel/random.h"
#include "kernel/syscall.h"

static uint64_t next(void)
{
	static uint64_t state;
	uint64_t z;

	state = (state ^ tsc_get()) + 0x9e3779b97f4a7c15ull;
	z = state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

void random_bytes(void *buf, size_t n)
{
	char *to = buf;

	while (n) {
		uint64_t word = next();
		size_t some = n < sizeof(word) ? n : sizeof(word);

		memcpy(to, &word, some);
		to += some;
		n -= some;
	}
}

long sys_getrandom(char *buf, size_t count, unsigned int flags)
{
	char chunk[64];
	size_t n, done = 0;

	if (count > 0x7fffffff)
		count = 0x7fffffff;
	for (; done < count; done += n) {
		n = count - done < sizeof(chunk) ? count - done : sizeof(chunk);
		random_bytes(chunk, n);
		if (copy_to_user(buf + done, chunk, n))
			return done ? (long)done : -EFAULT;
	}
	return done;
}
