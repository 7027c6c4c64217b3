/* net/iovec.c - moving bytes to and from pieces of ring-3 memory */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/uio.h>

static void shrink(struct iovec *iov, size_t n)
{
	iov->iov_base = (char *)iov->iov_base + n;
	iov->iov_len -= n;
}

int memcpy_fromiovec(unsigned char *to, struct iovec *iov, int len)
{
	for (; len > 0; iov++) {
		size_t n = min(iov->iov_len, (size_t)len);

		if (copy_from_user(to, iov->iov_base, n))
			return -EFAULT;
		shrink(iov, n);
		to += n;
		len -= n;
	}
	return 0;
}

int memcpy_toiovec(struct iovec *iov, unsigned char *from, int len)
{
	for (; len > 0; iov++) {
		size_t n = min(iov->iov_len, (size_t)len);

		if (copy_to_user(iov->iov_base, from, n))
			return -EFAULT;
		shrink(iov, n);
		from += n;
		len -= n;
	}
	return 0;
}
