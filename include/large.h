/* large.h - memory for much that is known beforehand
 *
 * All of a file or an image will be written at once. Large pages, if the kernel takes the
 * hint, spare it most of the faults; a block that begins with one loses none of them.
 */
#ifndef LARGE_H
#define LARGE_H

#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)

/* `size` bytes to be freed with free(), or NULL. */
static inline void *large_alloc(size_t size)
{
	void *p;

	if (size < LARGE_PAGE)
		return malloc(size ? size : 1);
	if (posix_memalign(&p, LARGE_PAGE, size))
		return NULL;
	madvise(p, size & -LARGE_PAGE, MADV_HUGEPAGE);
	return p;
}

#endif
