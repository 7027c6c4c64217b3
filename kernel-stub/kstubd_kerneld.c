/* kstubd_kerneld.c - the line between the kernel and one kerneld: frames of abi/kerneld.h
 *
 * Frames have one size, and only requests travel up, only answers down. Each side has room
 * for more frames than may wait for an answer; who is not read from until there is room
 * again loses nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "abi/kerneld.h"
#include "kstubd.h"

#define FRAMES (2 * KD_REQUESTS)

struct side {
	struct watch watch;
	struct kd_frame in;
	size_t in_done;
	struct kd_frame out[FRAMES];
	size_t out_size; /* bytes */
	bool full;	 /* the other side is not read from because of it */
};

static struct watch listener = {.fd = -1};
static struct side kernel = {.watch.fd = -1}, daemon_side = {.watch.fd = -1};
static pid_t daemon_pid;

static struct side *other(const struct side *s)
{
	return s == &kernel ? &daemon_side : &kernel;
}

static void update_events(struct side *s)
{
	if (s->watch.fd >= 0)
		watch_events(&s->watch, (other(s)->full ? 0 : EPOLLIN) |
						(s->out_size ? EPOLLOUT : 0));
}

/* Write as much as goes. */
static void flush(struct side *s)
{
	ssize_t n = send(s->watch.fd, s->out, s->out_size, MSG_NOSIGNAL);

	if (n > 0) {
		s->out_size -= n;
		memmove(s->out, (char *)s->out + n, s->out_size);
	}
	s->full = sizeof(s->out) - s->out_size < 4 * sizeof(struct kd_frame);
	update_events(s);
	update_events(other(s));
}

static void put(struct side *s, const struct kd_frame *f)
{
	if (s->watch.fd < 0 || s->out_size + sizeof(*f) > sizeof(s->out))
		return;
	memcpy((char *)s->out + s->out_size, f, sizeof(*f));
	s->out_size += sizeof(*f);
	flush(s);
}

static void tell(struct side *s, enum kd_type type, int value)
{
	put(s, &(struct kd_frame){.magic = KD_MAGIC, .type = type, .value = value});
}

static void daemon_gone(void)
{
	watch_close(&daemon_side.watch);
	daemon_side.out_size = daemon_side.in_done = 0;
	daemon_side.full = false;
	daemon_pid = 0;
	update_events(&kernel);
	tell(&kernel, KD_GONE, 0);
}

static void side_gone(struct side *s)
{
	if (s == &daemon_side)
		daemon_gone();
	else
		watch_close(&s->watch); /* QEMU is ending: SIGCHLD will tell */
}

/* A whole frame has come. False: the side speaks something else. */
static bool pass(struct side *s)
{
	if (s->in.magic != KD_MAGIC ||
	    s->in.type != (s == &kernel ? KD_REQUEST : KD_ANSWER))
		return false;
	s->in.name[KD_NAME_MAX - 1] = '\0';
	put(other(s), &s->in);
	return true;
}

static void receive(struct side *s)
{
	ssize_t n = read(s->watch.fd, (char *)&s->in + s->in_done,
			 sizeof(s->in) - s->in_done);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		side_gone(s);
		return;
	}
	s->in_done += n;
	if (s->in_done < sizeof(s->in))
		return;
	s->in_done = 0;
	if (!pass(s))
		side_gone(s);
}

static void serve(struct watch *w, uint32_t events)
{
	struct side *s = (struct side *)w;

	if (events & EPOLLOUT)
		flush(s);
	else if (events & EPOLLIN)
		receive(s);
	else
		side_gone(s);
}

static void refuse(int fd, pid_t pid)
{
	struct kd_frame f = {.magic = KD_MAGIC, .type = KD_REFUSED, .value = pid};

	send(fd, &f, sizeof(f), MSG_NOSIGNAL); /* a new socket has room for it */
	close(fd);
}

static void accept_daemon(struct watch *w, uint32_t events)
{
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 ||
	    (cred.uid != geteuid() && cred.uid != 0)) {
		refuse(fd, 0);
		return;
	}
	if (daemon_side.watch.fd >= 0) {
		refuse(fd, daemon_pid);
		return;
	}
	if (watch_open(&daemon_side.watch, fd, EPOLLIN, serve)) {
		daemon_side.watch.fd = -1;
		close(fd);
		return;
	}
	daemon_pid = cred.pid;
	tell(&daemon_side, KD_COME, getpid());
	tell(&kernel, KD_COME, daemon_pid);
}

#define VARIABLE "KERNELD_REQUEST="

uint32_t kerneld_request_of(pid_t pid)
{
	char path[32], *line = NULL;
	unsigned long id = 0;
	size_t size = 0;
	FILE *f;

	if (daemon_side.watch.fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	f = fopen(path, "re");
	while (f && getdelim(&line, &size, '\0', f) > 0)
		if (strncmp(line, VARIABLE, strlen(VARIABLE)) == 0)
			id = strtoul(line + strlen(VARIABLE), NULL, 10);
	if (f)
		fclose(f);
	free(line);
	return id;
}

int kerneld_init(int fd)
{
	return watch_open(&kernel.watch, fd, EPOLLIN, serve);
}

int kerneld_listen(void)
{
	return watch_listen(&listener, "kerneld.sock", accept_daemon);
}

void kerneld_close(void)
{
	watch_close(&listener);
	unlink("kerneld.sock");
	watch_close(&daemon_side.watch);
	watch_close(&kernel.watch);
}
