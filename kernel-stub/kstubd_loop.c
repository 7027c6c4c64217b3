/* kstubd_loop.c - wait for descriptors and timers
 *
 * Events are taken one at a time, so a handler may close and free any watch, its own too,
 * without another event for it being under way.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "kstubd.h"

static int epoll_fd = -1;
static bool ended;
static struct timer *timers;

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int loop_init(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return epoll_fd < 0 ? -errno : 0;
}

static int control(int op, struct watch *w)
{
	struct epoll_event e = {.events = w->events, .data.ptr = w};

	return epoll_ctl(epoll_fd, op, w->fd, &e) < 0 ? -errno : 0;
}

int watch_open(struct watch *w, int fd, uint32_t events,
	       void (*ready)(struct watch *w, uint32_t events))
{
	w->fd = fd;
	w->events = events;
	w->ready = ready;
	return control(EPOLL_CTL_ADD, w);
}

void watch_events(struct watch *w, uint32_t events)
{
	if (w->events == events)
		return;
	w->events = events;
	control(EPOLL_CTL_MOD, w);
}

void watch_close(struct watch *w)
{
	if (w->fd < 0)
		return;
	close(w->fd);
	w->fd = -1;
}

int watch_listen(struct watch *w, const char *name,
		 void (*ready)(struct watch *w, uint32_t events))
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", name);
	unlink(name);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, SOMAXCONN) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return watch_open(w, fd, EPOLLIN, ready);
}

void timer_clear(struct timer *t)
{
	struct timer **link = &timers;

	while (*link && *link != t)
		link = &(*link)->next;
	if (*link)
		*link = t->next;
	t->fire = NULL;
}

void timer_set(struct timer *t, int64_t ms, void (*fire)(struct timer *t))
{
	timer_clear(t);
	t->fire = fire;
	t->when = now_ms() + ms;
	t->next = timers;
	timers = t;
}

bool timer_is_set(const struct timer *t)
{
	return t->fire != NULL;
}

static struct timer *first_timer(void)
{
	struct timer *first = timers;

	for (struct timer *t = timers; t; t = t->next)
		if (t->when < first->when)
			first = t;
	return first;
}

/* Milliseconds until the first timer is due, as epoll_wait takes them. */
static int until_first(void)
{
	struct timer *t = first_timer();
	int64_t ms = t ? t->when - now_ms() : -1;

	return !t ? -1 : ms < 0 ? 0 : ms > 1000000 ? 1000000 : (int)ms;
}

void loop_run(void)
{
	struct epoll_event e;
	struct watch *w;
	struct timer *t;
	void (*fire)(struct timer * t);

	while (!ended) {
		if (epoll_wait(epoll_fd, &e, 1, until_first()) == 1) {
			w = e.data.ptr;
			w->ready(w, e.events);
		}
		t = first_timer();
		if (t && t->when <= now_ms()) {
			fire = t->fire;
			timer_clear(t);
			fire(t);
		}
	}
}

void loop_end(void)
{
	ended = true;
}
