/* lib/unpack.h - gzip, xz, zstd: what packed bytes hold, in memory
 *
 * An unpacker starts zeroed and can be used again and again, which saves making its buffer
 * and its decoders anew; unpack_free() at the end.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/* Contents larger than this are refused (-EFBIG). */
#define UNPACK_MAX ((size_t)1 << 30)

struct unpacker {
	unsigned char *bytes; /* what the last call unpacked: good until the next */
	size_t len;

	/* private */
	size_t room;
	void *gzip, *xz, *zstd; /* decoders */
};

/* Are these the first bytes of something packed? Four to six of them are enough. */
bool unpack_knows(const void *bytes, size_t len);

/* Unpack all of `in`, of which unpack_knows(). Returns 0, -EBADMSG (damaged), -EFBIG,
 * -ENOMEM, -ENOTSUP (the library was not there when this was built). */
int unpack(struct unpacker *u, const void *in, size_t len);
void unpack_free(struct unpacker *u);

#endif
