/* linux/uio.h - a piece of ring-3 memory, one of several that are read or written in turn */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/types.h>

#define UIO_MAXIOV 1024

struct iovec {
	void *iov_base; /* in ring 3 */
	size_t iov_len;
};

/* Move `len` bytes between kernel memory and the pieces, which shrink from the front by
 * what was moved; they hold at least so much. 0 or -EFAULT. */
int memcpy_fromiovec(unsigned char *to, struct iovec *iov, int len);
int memcpy_toiovec(struct iovec *iov, unsigned char *from, int len);

#endif
