/* lib/unpack.c - gzip, xz, zstd: what packed bytes hold, in memory
 *
 * What a file says about its size is only a hint how much room to make at once.
 */
#include "unpack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "large.h"
#if __has_include(<lzma.h>) && !defined(WITHOUT_XZ)
#include <lzma.h>
#define HAVE_XZ
#endif
#if __has_include(<zstd.h>) && !defined(WITHOUT_ZSTD)
#include <zstd.h>
#define HAVE_ZSTD
#endif

/* An unpacker that is used again gets plenty: only what is written becomes memory, and that
 * in large pages. */
#define PLENTY ((size_t)16 << 20)

static int make_room(struct unpacker *u, size_t room)
{
	unsigned char *bytes;

	if (room <= u->room)
		return 0;
	if (u->room && room < PLENTY)
		room = PLENTY;
	bytes = large_alloc(room);
	if (!bytes)
		return -ENOMEM;
	if (u->len)
		memcpy(bytes, u->bytes, u->len);
	free(u->bytes);
	u->bytes = bytes;
	u->room = room;
	return 0;
}

static int grow(struct unpacker *u)
{
	if (u->len >= UNPACK_MAX)
		return -EFBIG;
	return make_room(u, u->room ? u->room * 2 : 64 * 1024);
}

static int begin_gzip(struct unpacker *u, z_stream **z)
{
	if (u->gzip) {
		*z = u->gzip;
		return inflateReset(*z) == Z_OK ? 0 : -ENOMEM;
	}
	*z = calloc(1, sizeof(**z));
	if (!*z || inflateInit2(*z, 15 + 16) != Z_OK) {
		free(*z);
		return -ENOMEM;
	}
	u->gzip = *z;
	return 0;
}

/* The last four bytes are the size of the contents, modulo 2^32. A byte of deflate makes 1032
 * at most. */
static size_t gzip_size(const unsigned char *in, size_t len)
{
	const unsigned char *p = in + len - 4;
	size_t size;

	if (len < 18)
		return 0;
	size = p[0] | p[1] << 8 | p[2] << 16 | (size_t)p[3] << 24;
	return size <= UNPACK_MAX && size / 1032 <= len ? size : 0;
}

/* With room for all, Z_FINISH spares zlib a window of its own. */
static int unpack_gzip(struct unpacker *u, const unsigned char *in, size_t len)
{
	z_stream *z;
	int rc, err = begin_gzip(u, &z);

	if (!err)
		err = make_room(u, gzip_size(in, len) + 1);
	if (err)
		return err;
	z->next_in = (unsigned char *)in;
	z->avail_in = len;
	do {
		if (u->len == u->room && (err = grow(u)) < 0)
			break;
		z->next_out = u->bytes + u->len;
		z->avail_out = u->room - u->len;
		rc = inflate(z, Z_FINISH);
		u->len = u->room - z->avail_out;
		if (rc == Z_STREAM_END &&
		    z->avail_in > 0) /* members may follow each other */
			rc = inflateReset(z);
		else if (rc == Z_STREAM_END)
			break;
		else if (rc == Z_BUF_ERROR && z->avail_out == 0)
			rc = Z_OK;
		if (rc != Z_OK)
			err = rc == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
	} while (!err);
	return err;
}

#ifdef HAVE_XZ
static int begin_xz(struct unpacker *u, lzma_stream **z)
{
	const lzma_stream init = LZMA_STREAM_INIT;

	if (!u->xz) {
		u->xz = malloc(sizeof(**z));
		if (!u->xz)
			return -ENOMEM;
		memcpy(u->xz, &init, sizeof(init));
	}
	*z = u->xz;
	return lzma_stream_decoder(*z, UINT64_MAX, LZMA_CONCATENATED) == LZMA_OK
		       ? 0
		       : -ENOMEM;
}

static int unpack_xz(struct unpacker *u, const unsigned char *in, size_t len)
{
	lzma_stream *z;
	lzma_ret rc;
	int err = begin_xz(u, &z);

	if (err)
		return err;
	z->next_in = in;
	z->avail_in = len;
	do {
		if (u->len == u->room && (err = grow(u)) < 0)
			break;
		z->next_out = u->bytes + u->len;
		z->avail_out = u->room - u->len;
		rc = lzma_code(z, LZMA_FINISH);
		u->len = u->room - z->avail_out;
		if (rc == LZMA_STREAM_END)
			break;
		if (rc != LZMA_OK)
			err = rc == LZMA_MEM_ERROR ? -ENOMEM : -EBADMSG;
	} while (!err);
	return err;
}

static void end_xz(void *z)
{
	if (z)
		lzma_end(z);
}
#else
static int unpack_xz(struct unpacker *u, const unsigned char *in, size_t len)
{
	return -ENOTSUP;
}

static void end_xz(void *z)
{
}
#endif

#ifdef HAVE_ZSTD
static int unpack_zstd_stream(struct unpacker *u, const unsigned char *in, size_t len)
{
	ZSTD_inBuffer src = {in, len, 0};
	size_t left = 1;
	int err = 0;

	ZSTD_initDStream(u->zstd);
	while (!err && (src.pos < src.size || left > 0)) {
		ZSTD_outBuffer dst;
		size_t before = src.pos;

		if (u->len == u->room && (err = grow(u)) < 0)
			break;
		dst = (ZSTD_outBuffer){u->bytes, u->room, u->len};
		left = ZSTD_decompressStream(u->zstd, &dst, &src);
		if (ZSTD_isError(left))
			err = -EBADMSG;
		else if (src.pos == before && dst.pos == u->len && dst.pos < dst.size)
			err = left ? -EBADMSG : 0; /* wants more than there is */
		u->len = dst.pos;
		if (!left && src.pos == src.size)
			break;
	}
	return err;
}

/* One frame that says how long its contents are, as files have it, is unpacked in one go. */
static int unpack_zstd(struct unpacker *u, const unsigned char *in, size_t len)
{
	unsigned long long size = ZSTD_getFrameContentSize(in, len);

	if (!u->zstd)
		u->zstd = ZSTD_createDCtx();
	if (!u->zstd)
		return -ENOMEM;
	/* 0, unknown and error are the values next to the ends of the range */
	if (size - 1 >= UNPACK_MAX || ZSTD_findFrameCompressedSize(in, len) != len)
		return unpack_zstd_stream(u, in, len);
	if (make_room(u, size) < 0)
		return -ENOMEM;
	size = ZSTD_decompressDCtx(u->zstd, u->bytes, u->room, in, len);
	if (ZSTD_isError(size))
		return -EBADMSG;
	u->len = size;
	return 0;
}

static void end_zstd(void *z)
{
	ZSTD_freeDCtx(z);
}
#else
static int unpack_zstd(struct unpacker *u, const unsigned char *in, size_t len)
{
	return -ENOTSUP;
}

static void end_zstd(void *z)
{
}
#endif

static const struct packing {
	const char *magic;
	size_t len;
	int (*unpack)(struct unpacker *u, const unsigned char *in, size_t len);
} packings[] = {
	{"\x1f\x8b", 2, unpack_gzip},
	{"\xfd"
	 "7zXZ\0",
	 6, unpack_xz},
	{"\x28\xb5\x2f\xfd", 4, unpack_zstd},
};

static const struct packing *find(const void *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
		if (len >= packings[i].len &&
		    !memcmp(bytes, packings[i].magic, packings[i].len))
			return &packings[i];
	return NULL;
}

bool unpack_knows(const void *bytes, size_t len)
{
	return find(bytes, len) != NULL;
}

int unpack(struct unpacker *u, const void *in, size_t len)
{
	const struct packing *p = find(in, len);
	int err;

	u->len = 0;
	err = p ? p->unpack(u, in, len) : -EBADMSG;
	if (!err && u->len > UNPACK_MAX)
		err = -EFBIG;
	return err;
}

void unpack_free(struct unpacker *u)
{
	if (u->gzip)
		inflateEnd(u->gzip);
	end_xz(u->xz);
	end_zstd(u->zstd);
	free(u->gzip);
	free(u->xz);
	free(u->bytes);
	*u = (struct unpacker){0};
}
