/* kstub-sim.c - kstub-sim --dir DIR: the module core of kernel-stub as a Linux process
 *
 * Serves the frames of abi/gateway.h on DIR/syscall.sock like kstubd, from the same
 * kernel-stub/kernel/ files, in 32 bits under ASan and UBSan. A client is a process of the
 * simulated kernel with the uid of the program behind the socket. Modules really run, in
 * here. SIGTERM ends it.
 */
#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "user/frame.h"

#define MAX_CLIENTS 256

struct buffer {
	unsigned char *bytes;
	size_t len, size;
};

struct client {
	int fd;
	bool closing; /* once everything is sent */
	struct sim_task *task;
	struct buffer in, out;
	size_t sent; /* of out */
};

static struct client clients[MAX_CLIENTS];
static unsigned nclients;
static volatile sig_atomic_t ended;

/* --- buffers -------------------------------------------------------------------------- */

static void out_of_memory(void)
{
	fputs("kstub-sim: out of memory\n", stderr);
	exit(1);
}

/* Room for n more bytes, whose start is returned. */
static unsigned char *room(struct buffer *b, size_t n)
{
	if (b->size - b->len < n) {
		b->size = (b->len + n) * 2;
		b->bytes = realloc(b->bytes, b->size);
		if (!b->bytes)
			out_of_memory();
	}
	return b->bytes + b->len;
}

static void put(struct buffer *b, const void *bytes, size_t n)
{
	memcpy(room(b, n), bytes, n);
	b->len += n;
}

/* --- frames --------------------------------------------------------------------------- */

static void send_frame(struct client *c, uint32_t type, uint32_t seq, const void *payload,
		       size_t len)
{
	struct gw_header h = {GW_MAGIC, type, 0, seq, len};

	put(&c->out, &h, sizeof(h));
	put(&c->out, payload, len);
}

static void send_error(struct client *c, uint32_t seq, int error, const char *why)
{
	struct buffer b = {0};
	uint32_t number = -error;

	put(&b, &number, sizeof(number));
	put(&b, why, strlen(why));
	send_frame(c, GW_ERROR, seq, b.bytes, b.len);
	free(b.bytes);
}

/* What the arguments point to is all the memory the call may touch. */
static void expose(const struct frame_call *call, const uintptr_t args[GW_MAX_ARGS])
{
	sim_user_reset();
	for (uint32_t i = 0; i < call->nargs; i++)
		if (call->arg[i].kind == GW_IN || call->arg[i].kind == GW_OUT ||
		    call->arg[i].kind == GW_INOUT)
			sim_user_add((void *)args[i], call->arg[i].value,
				     call->arg[i].kind != GW_IN);
}

static int32_t run_call(struct client *c, const struct frame_call *call,
			const int32_t *results, struct buffer *reply)
{
	uint32_t need = frame_scratch(call);
	unsigned char *scratch = malloc(need + 1);
	uintptr_t args[GW_MAX_ARGS];
	int32_t result;

	if (!scratch)
		out_of_memory();
	result = frame_bind(call, results, scratch + need, args);
	if (!result) {
		expose(call, args);
		result = sim_syscall(c->task, call->nr, args);
	}
	reply->len +=
		frame_answer(call, result, scratch + need, room(reply, frame_room(call)));
	free(scratch);
	return result;
}

static void run_calls(struct client *c, uint32_t seq, const void *payload, uint32_t len)
{
	struct buffer reply = {0};
	struct frame_call call;
	struct frame frame;
	int32_t *results;
	uint32_t done = 0;
	const char *why;
	int n = frame_check(payload, len, &why);

	if (n < 0) {
		send_error(c, seq, n, why);
		return;
	}
	results = calloc(n + 1, sizeof(*results));
	if (!results)
		out_of_memory();
	put(&reply, &n, 4);
	for (frame_first(&frame, payload); frame_next(&frame, &call); done++)
		results[done] = run_call(c, &call, results, &reply);
	if (reply.len > GW_MAX_PAYLOAD)
		send_error(c, seq, -E2BIG, "the reply is too large");
	else
		send_frame(c, GW_REPLY, seq, reply.bytes, reply.len);
	free(results);
	free(reply.bytes);
}

/* Run what has come in whole. */
static void take_frames(struct client *c)
{
	struct gw_header h;
	size_t at = 0;

	while (!c->closing && c->in.len - at >= sizeof(h)) {
		int error;

		memcpy(&h, c->in.bytes + at, sizeof(h));
		error = frame_header(&h);
		if (error) {
			send_error(c, h.seq, error, "not a frame");
			c->closing = true;
			break;
		}
		if (c->in.len - at < sizeof(h) + h.len)
			break;
		at += sizeof(h);
		if (h.type == GW_CALLS)
			run_calls(c, h.seq, c->in.bytes + at, h.len);
		else
			send_error(c, h.seq, -EINVAL, "not a frame a tool may send");
		at += h.len;
	}
	if (at) {
		memmove(c->in.bytes, c->in.bytes + at, c->in.len - at);
		c->in.len -= at;
	}
}

/* --- clients -------------------------------------------------------------------------- */

static void drop_client(unsigned i)
{
	struct client *c = &clients[i];

	close(c->fd);
	sim_task_exit(c->task);
	free(c->in.bytes);
	free(c->out.bytes);
	clients[i] = clients[--nclients];
}

static void accept_client(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (fd < 0)
		return;
	if (nclients == MAX_CLIENTS ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0) {
		close(fd);
		return;
	}
	clients[nclients] =
		(struct client){.fd = fd, .task = sim_task_new(cred.uid, cred.gid)};
	if (!clients[nclients++].task)
		out_of_memory();
}

/* False: it is gone. */
static bool receive(struct client *c)
{
	ssize_t n = read(c->fd, room(&c->in, 65536), 65536);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->in.len += n;
	take_frames(c);
	return true;
}

static bool transmit(struct client *c)
{
	ssize_t n =
		send(c->fd, c->out.bytes + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->sent += n;
	if (c->sent == c->out.len)
		c->sent = c->out.len = 0;
	return !(c->closing && !c->out.len);
}

static bool serve_client(struct client *c, int events)
{
	if ((events & (POLLIN | POLLHUP | POLLERR)) && !receive(c))
		return false;
	return c->sent == c->out.len || transmit(c);
}

static void serve(int listener)
{
	struct pollfd fds[MAX_CLIENTS + 1];

	while (!ended) {
		unsigned n = nclients;

		for (unsigned i = 0; i < n; i++)
			fds[i] =
				(struct pollfd){clients[i].fd,
						clients[i].out.len ? POLLOUT : POLLIN, 0};
		fds[n] = (struct pollfd){listener, POLLIN, 0};
		if (poll(fds, n + 1, -1) < 0)
			continue;
		for (unsigned i = n; i--;)
			if (fds[i].revents && !serve_client(&clients[i], fds[i].revents))
				drop_client(i);
		if (fds[n].revents)
			accept_client(listener);
	}
	while (nclients)
		drop_client(nclients - 1);
}

/* --- start ---------------------------------------------------------------------------- */

static void end(int sig)
{
	ended = 1;
}

static int listen_at(const char *dir)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* The directory's name may be longer than an address: go there. */
	if (fd < 0 || chdir(dir) < 0)
		return -1;
	strcpy(sun.sun_path, "syscall.sock.new");
	unlink(sun.sun_path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 || listen(fd, 64) < 0)
		return -1;
	/* Who sees the name finds a server behind it. */
	return rename("syscall.sock.new", "syscall.sock") < 0 ? -1 : fd;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = end};
	int listener;

	if (argc != 3 || strcmp(argv[1], "--dir") != 0) {
		fputs("usage: kstub-sim --dir DIR\n", stderr);
		return 2;
	}
	listener = listen_at(argv[2]);
	if (listener < 0) {
		fprintf(stderr, "kstub-sim: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sim_boot();
	serve(listener);
	unlink("syscall.sock");
	return 0;
}
