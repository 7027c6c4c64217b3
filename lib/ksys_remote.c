/* lib/ksys_remote.c - system calls over a unix socket, to kstubd or kstub-sim
 *
 * Frames: abi/gateway.h. One frame is under way at a time. An answer is checked
 * completely before anything of it reaches the caller's buffers.
 */
#include "ksys_transport.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "syscall.sock"

static int sock = -1;
static uint32_t seq;

/* --- the way to the kernel ---------------------------------------------------------- */

/* A directory below /tmp must be ours: anybody can make one there. */
int ksys_dir(char *dir, size_t room)
{
	const char *s = getenv("KSTUB");
	struct stat st;

	if (s && *s)
		return snprintf(dir, room, "%s", s);
	s = getenv("XDG_RUNTIME_DIR");
	if (s && *s)
		return snprintf(dir, room, "%s/kstub", s);
	snprintf(dir, room, "/tmp/kstub-%u", (unsigned)getuid());
	if (lstat(dir, &st) == 0 && (st.st_uid != getuid() || !S_ISDIR(st.st_mode)))
		return -EPERM;
	return strlen(dir);
}

/* Connect to dir/syscall.sock; through an open directory, for sun_path is short. */
static int connect_in(const char *dir, int s)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "/proc/self/fd/%d/" SOCKET_NAME, fd);
	rc = connect(s, (struct sockaddr *)&sun, sizeof(sun)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

int transport_open(void)
{
	char dir[4096];
	int len = ksys_dir(dir, sizeof(dir));
	int err;

	if (len < 0 || len >= (int)sizeof(dir)) {
		ksys_set_why("%s is not a directory of yours", len < 0 ? dir : "$KSTUB");
		return -ENOTCONN;
	}
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0) {
		err = errno;
		ksys_set_why("cannot make a socket: %s", strerror(err));
		return -ENOTCONN;
	}
	err = connect_in(dir, sock);
	if (!err)
		return 0;
	transport_close();
	if (err == -ENOENT || err == -ECONNREFUSED)
		ksys_set_why("no kernel is running at %s (kstub start boots one)", dir);
	else
		ksys_set_why("cannot reach the kernel at %s: %s", dir, strerror(-err));
	return -ENOTCONN;
}

void transport_close(void)
{
	if (sock >= 0)
		close(sock);
	sock = -1;
}

static int gone(int err)
{
	ksys_set_why("the kernel went away in the middle of a call%s%s", err ? ": " : "",
		     err ? strerror(err) : "");
	return -EPIPE;
}

static int nonsense(const char *what)
{
	ksys_set_why("the kernel's answer makes no sense: %s", what);
	return -EPIPE;
}

static int interrupted(void)
{
	ksys_set_why("interrupted");
	return -EINTR;
}

/* Send or receive all of it. The caller's signal handlers interrupt a wait, no more. */
static int transfer(bool sending, void *buf, size_t len)
{
	char *p = buf;

	while (len > 0) {
		struct pollfd pfd = {.fd = sock, .events = sending ? POLLOUT : POLLIN};
		ssize_t n;

		if (ksys_interrupted())
			return interrupted();
		/* a signal may come just before poll(): look again soon */
		if (poll(&pfd, 1, ksys_interruptible() ? 200 : -1) < 0) {
			if (errno == EINTR)
				continue;
			return gone(errno);
		}
		n = sending ? send(sock, p, len, MSG_NOSIGNAL | MSG_DONTWAIT)
			    : recv(sock, p, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return gone(errno == EPIPE || errno == ECONNRESET ? 0 : errno);
		if (n == 0)
			return gone(0);
		p += n;
		len -= n;
	}
	return 0;
}

/* --- the request -------------------------------------------------------------------- */

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static bool carries_in(const struct ksys_arg *a)
{
	return a->kind == GW_IN || a->kind == GW_INOUT;
}

static bool carries_out(const struct ksys_arg *a)
{
	return a->kind == GW_OUT || a->kind == GW_INOUT;
}

static uint64_t request_size(const struct ksys_call *calls, size_t n)
{
	uint64_t size = 4;

	for (size_t i = 0; i < n; i++) {
		size += sizeof(struct gw_call) + calls[i].nargs * sizeof(struct gw_arg);
		for (uint32_t j = 0; j < calls[i].nargs; j++)
			if (carries_in(&calls[i].arg[j]))
				size += padded(calls[i].arg[j].len);
	}
	return size;
}

static unsigned char *put(unsigned char *p, uint32_t word)
{
	word = htole32(word);
	memcpy(p, &word, sizeof(word));
	return p + sizeof(word);
}

static unsigned char *put_call(unsigned char *p, const struct ksys_call *c)
{
	p = put(p, c->nr);
	p = put(p, c->nargs);
	for (uint32_t j = 0; j < c->nargs; j++) {
		const struct ksys_arg *a = &c->arg[j];

		p = put(p, a->kind);
		p = put(p, carries_in(a) || carries_out(a) ? a->len : a->value);
		if (!carries_in(a))
			continue;
		memset(p + padded(a->len) - (padded(a->len) ? 4 : 0), 0, a->len ? 4 : 0);
		if (a->len)
			memcpy(p, a->buf, a->len);
		p += padded(a->len);
	}
	return p;
}

static int send_request(const struct ksys_call *calls, size_t n)
{
	uint64_t size = request_size(calls, n);
	unsigned char *frame, *p;
	int err;

	if (size > GW_MAX_PAYLOAD)
		return -E2BIG;
	frame = malloc(sizeof(struct gw_header) + size);
	if (!frame)
		return -ENOMEM;
	p = put(frame, GW_MAGIC);
	p = put(p, GW_CALLS);
	p = put(p, 0);
	p = put(p, ++seq);
	p = put(p, size);
	p = put(p, n);
	for (size_t i = 0; i < n; i++)
		p = put_call(p, &calls[i]);
	err = transfer(true, frame, p - frame);
	free(frame);
	return err;
}

/* --- the answer --------------------------------------------------------------------- */

struct answer {
	const unsigned char *p, *end;
};

static bool get(struct answer *a, uint32_t *word)
{
	if ((size_t)(a->end - a->p) < sizeof(*word))
		return false;
	memcpy(word, a->p, sizeof(*word));
	*word = le32toh(*word);
	a->p += sizeof(*word);
	return true;
}

/* Walk a reply. With `take` results and buffers go to the calls; without it, it is only
 * checked. NULL, or what is wrong with it. */
static const char *walk_reply(struct answer a, struct ksys_call *calls, size_t n,
			      bool take)
{
	uint32_t word;

	if (!get(&a, &word) || word != n)
		return "another number of calls";
	for (size_t i = 0; i < n; i++) {
		if (!get(&a, &word))
			return "truncated";
		if (take)
			calls[i].result = (int32_t)word;
		for (uint32_t j = 0; j < calls[i].nargs; j++) {
			struct ksys_arg *arg = &calls[i].arg[j];

			if (!carries_out(arg))
				continue;
			if (!get(&a, &word) || padded(word) > (size_t)(a.end - a.p))
				return "truncated";
			if (word > arg->len)
				return "more data than asked for";
			if (take && arg->len) {
				memcpy(arg->buf, a.p, word);
				memset((char *)arg->buf + word, 0, arg->len - word);
			}
			a.p += padded(word);
		}
	}
	return a.p == a.end ? NULL : "bytes left over";
}

/* The text of a GW_ERROR. Its errno tells refused frames (the kernel lives) from the
 * rest, but no frame of ours deserves a refusal, so it is a failure of the transport. */
static int error_frame(const unsigned char *bytes, uint32_t len)
{
	if (len <= 4)
		return gone(0);
	while (len > 4 && bytes[len - 1] == '\n')
		len--;
	ksys_set_why("%.*s", (int)(len - 4), (const char *)bytes + 4);
	return -EPIPE;
}

static int take_answer(const struct gw_header *h, const unsigned char *bytes,
		       struct ksys_call *calls, size_t n)
{
	struct answer a = {bytes, bytes + h->len};
	const char *wrong;

	if (h->type == GW_ERROR)
		return error_frame(bytes, h->len);
	if (h->type != GW_REPLY)
		return nonsense("not a reply");
	wrong = walk_reply(a, calls, n, false);
	if (wrong)
		return nonsense(wrong);
	walk_reply(a, calls, n, true);
	return 0;
}

static int receive_header(struct gw_header *h)
{
	unsigned char raw[sizeof(*h)];
	struct answer a = {raw, raw + sizeof(raw)};
	int err = transfer(false, raw, sizeof(raw));

	if (err)
		return err;
	get(&a, &h->magic);
	get(&a, &h->type);
	get(&a, &h->client);
	get(&a, &h->seq);
	get(&a, &h->len);
	if (h->magic != GW_MAGIC)
		return nonsense("no frame");
	if (h->len > GW_MAX_PAYLOAD)
		return nonsense("too long");
	if (h->seq != seq)
		return nonsense("the answer to something else");
	return 0;
}

int transport_run(struct ksys_call *calls, size_t n)
{
	struct gw_header h;
	unsigned char *bytes;
	int err = send_request(calls, n);

	if (!err)
		err = receive_header(&h);
	if (err)
		return err;
	bytes = malloc(h.len ? h.len : 1);
	if (!bytes)
		return gone(ENOMEM);
	err = transfer(false, bytes, h.len);
	if (!err)
		err = take_answer(&h, bytes, calls, n);
	free(bytes);
	return err;
}
