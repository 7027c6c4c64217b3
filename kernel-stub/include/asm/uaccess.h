/* asm/uaccess.h - the only way the kernel touches memory of ring 3
 *
 * Every function checks that the range lies below PAGE_OFFSET; a fault on the way ends
 * the copy (fault table), it never takes the kernel down. They may sleep: a page may have
 * to be made or copied first.
 */
#ifndef _ASM_UACCESS_H
#define _ASM_UACCESS_H

#include <linux/types.h>
#include <linux/errno.h>

#define TASK_SIZE 0xC0000000ul

#define VERIFY_READ  0
#define VERIFY_WRITE 1

/* May ring 3 own [addr, addr + size)? Says nothing about what is mapped there. */
static inline int access_in_range(const volatile void *addr, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)addr <= TASK_SIZE - size;
}
#define access_ok(type, addr, size)   access_in_range((addr), (size))
#define verify_area(type, addr, size) (access_in_range((addr), (size)) ? 0 : -EFAULT)

/* Return how many bytes at the end were NOT copied (cleared), 0 for all. copy_from_user
 * clears the rest of `to`, so that no stale bytes are taken for the user's. */
unsigned long copy_from_user(void *to, const void *from, unsigned long n);
unsigned long copy_to_user(void *to, const void *from, unsigned long n);
unsigned long clear_user(void *to, unsigned long n);

/* Copy a string of at most n bytes with its NUL. Returns its length without the NUL; n if
 * there was no NUL in n bytes (then `to` is not terminated); -EFAULT. */
long strncpy_from_user(char *to, const char *from, long n);

/* Length with the NUL; more than n if there is none in n bytes; 0 on a fault. */
long strnlen_user(const char *s, long n);
#define strlen_user(s) strnlen_user((s), 0x7fffffff)

/* One value of 1, 2, 4 or 8 bytes. Return 0 or -EFAULT; get_user sets x to 0 then. */
#define get_user(x, ptr)                                                                 \
	({                                                                               \
		/* bytes, because *ptr may be const */                                   \
		char get_[sizeof(*(ptr))] __attribute__((aligned(8)));                   \
		int get_err_ = copy_from_user(get_, (ptr), sizeof(get_)) ? -EFAULT : 0;  \
		(x) = *(__typeof__(ptr))get_;                                            \
		get_err_;                                                                \
	})
#define put_user(x, ptr)                                                                 \
	({                                                                               \
		__typeof__(*(ptr)) put_ = (x);                                           \
		copy_to_user((void *)(ptr), &put_, sizeof(put_)) ? -EFAULT : 0;          \
	})
#define __get_user	 get_user
#define __put_user	 put_user
#define __copy_from_user copy_from_user
#define __copy_to_user	 copy_to_user

#endif
