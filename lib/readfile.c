/* lib/readfile.c - a whole file in memory, unpacked
 *
 * Read, not mapped: a file that somebody truncates while it is mapped kills its reader.
 */
#include "readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* A buffer that grows while something is unpacked into it. */
struct growing {
	unsigned char *bytes;
	size_t len, room;
};

static int grow(struct growing *g)
{
	size_t room = g->room ? g->room * 2 : 64 * 1024;
	unsigned char *bytes;

	if (g->len >= READFILE_MAX)
		return -EFBIG;
	bytes = realloc(g->bytes, room);
	if (!bytes)
		return -ENOMEM;
	g->bytes = bytes;
	g->room = room;
	return 0;
}

static int unpack_gzip(struct growing *out, const unsigned char *in, size_t len)
{
	z_stream z = {.next_in = (unsigned char *)in, .avail_in = len};
	int rc, err = 0;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return -ENOMEM;
	do {
		if (out->len == out->room && (err = grow(out)) < 0)
			break;
		z.next_out = out->bytes + out->len;
		z.avail_out = out->room - out->len;
		rc = inflate(&z, Z_NO_FLUSH);
		out->len = out->room - z.avail_out;
		if (rc == Z_STREAM_END &&
		    z.avail_in > 0) /* members may follow each other */
			rc = inflateReset(&z);
		else if (rc == Z_STREAM_END)
			break;
		if (rc != Z_OK)
			err = rc == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
	} while (!err);
	inflateEnd(&z);
	return err;
}

static int unpack_xz(struct growing *out, const unsigned char *in, size_t len)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret rc;
	int err = 0;

	if (lzma_stream_decoder(&z, UINT64_MAX, LZMA_CONCATENATED) != LZMA_OK)
		return -ENOMEM;
	z.next_in = in;
	z.avail_in = len;
	do {
		if (out->len == out->room && (err = grow(out)) < 0)
			break;
		z.next_out = out->bytes + out->len;
		z.avail_out = out->room - out->len;
		rc = lzma_code(&z, LZMA_FINISH);
		out->len = out->room - z.avail_out;
		if (rc == LZMA_STREAM_END)
			break;
		if (rc != LZMA_OK)
			err = rc == LZMA_MEM_ERROR ? -ENOMEM : -EBADMSG;
	} while (!err);
	lzma_end(&z);
	return err;
}

static int unpack_zstd_stream(struct growing *out, const unsigned char *in, size_t len)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	ZSTD_inBuffer src = {in, len, 0};
	size_t left = 1;
	int err = 0;

	if (!z)
		return -ENOMEM;
	while (!err && (src.pos < src.size || left > 0)) {
		ZSTD_outBuffer dst;
		size_t before = src.pos;

		if (out->len == out->room && (err = grow(out)) < 0)
			break;
		dst = (ZSTD_outBuffer){out->bytes, out->room, out->len};
		left = ZSTD_decompressStream(z, &dst, &src);
		if (ZSTD_isError(left))
			err = -EBADMSG;
		else if (src.pos == before && dst.pos == out->len && dst.pos < dst.size)
			err = left ? -EBADMSG : 0; /* wants more than there is */
		out->len = dst.pos;
		if (!left && src.pos == src.size)
			break;
	}
	ZSTD_freeDStream(z);
	return err;
}

/* One frame that says how long its contents are, as files have it: unpacked in one go. Returns
 * 1, or 0 if it is not like that. */
static int unpack_zstd_frame(struct growing *out, const unsigned char *in, size_t len)
{
	unsigned long long size = ZSTD_getFrameContentSize(in, len);
	size_t got;

	/* 0, unknown and error are the values next to the ends of the range */
	if (size - 1 >= READFILE_MAX || ZSTD_findFrameCompressedSize(in, len) != len)
		return 0;
	out->bytes = malloc(size);
	if (!out->bytes)
		return -ENOMEM;
	out->room = size;
	got = ZSTD_decompress(out->bytes, size, in, len);
	if (ZSTD_isError(got))
		return -EBADMSG;
	out->len = got;
	return 1;
}

static int unpack_zstd(struct growing *out, const unsigned char *in, size_t len)
{
	int rc = unpack_zstd_frame(out, in, len);

	return rc ? (rc < 0 ? rc : 0) : unpack_zstd_stream(out, in, len);
}

static const struct packing {
	const char *magic;
	size_t len;
	int (*unpack)(struct growing *out, const unsigned char *in, size_t len);
} packings[] = {
	{"\x1f\x8b", 2, unpack_gzip},
	{"\xfd"
	 "7zXZ\0",
	 6, unpack_xz},
	{"\x28\xb5\x2f\xfd", 4, unpack_zstd},
};

/* Replace packed bytes by what they hold. */
static int unpack(struct readfile *f)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		const struct packing *p = &packings[i];
		struct growing out = {0};
		int err;

		if (f->len < p->len || memcmp(f->bytes, p->magic, p->len) != 0)
			continue;
		err = p->unpack(&out, f->bytes, f->len);
		if (!err && out.len > READFILE_MAX)
			err = -EFBIG;
		if (err) {
			free(out.bytes);
			return err;
		}
		free(f->bytes);
		f->bytes = out.bytes;
		f->len = out.len;
		return 0;
	}
	return 0;
}

/* All of a large buffer will be written: large pages, if the kernel takes the hint, spare
 * it thousands of faults. */
static void expect_use(void *p, size_t len)
{
	size_t page = 4096, skip = -(uintptr_t)p & (page - 1);

	if (len > (1u << 20))
		madvise((char *)p + skip, (len - skip) & -page, MADV_HUGEPAGE);
}

/* Fill the buffer; a file that shrinks meanwhile simply is shorter. */
static int read_all(struct readfile *f, size_t size)
{
	if (!size)
		return 0;
	f->bytes = malloc(size);
	if (!f->bytes)
		return -ENOMEM;
	expect_use(f->bytes, size);
	while (f->len < size) {
		ssize_t n =
			pread(f->fd, (char *)f->bytes + f->len, size - f->len, f->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		f->len += n;
	}
	return 0;
}

static int fill(struct readfile *f, bool lock)
{
	struct stat st;
	int err;

	if (lock && flock(f->fd, LOCK_EX) < 0 && errno != ENOLCK && errno != EOPNOTSUPP)
		return -errno;
	if (fstat(f->fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if ((uint64_t)st.st_size > READFILE_MAX)
		return -EFBIG;
	f->mtime = st.st_mtime;
	f->owner = st.st_uid;
	err = read_all(f, st.st_size);
	return err ? err : unpack(f);
}

int readfile(struct readfile *f, const char *path, bool lock)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err;

	*f = (struct readfile){.fd = fd};
	if (fd < 0)
		return -errno;
	err = fill(f, lock);
	if (err)
		readfile_free(f);
	return err;
}

int readfile_from(struct readfile *f, int fd)
{
	int err;

	*f = (struct readfile){.fd = fd};
	err = fill(f, false);
	f->fd = -1;
	if (err)
		readfile_free(f);
	return err;
}

void readfile_free(struct readfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->bytes);
	*f = (struct readfile){.fd = -1};
}

const char *readfile_error(int err)
{
	if (err == -EBADMSG)
		return "the compressed contents are damaged";
	if (err == -EINVAL)
		return "not a regular file";
	return strerror(-err);
}
