/* kstubd_link.c - the tools' socket and the guest's port: who sent which frame
 *
 * A frame is read from a tool completely before any of it goes to the port, so that a slow
 * tool holds up nobody. While it is under way in the guest nothing more is read from its
 * tool; so each tool owns at most one frame or answer, and their number is limited. Frames
 * larger than SMALL count against MEMORY: without room the reading waits, and whoever then
 * moves nothing for STALL_MS is hung up on.
 *
 * Client 0 is kstubd itself, for pings and power-off.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "abi/gateway.h"
#include "kstubd.h"

#define SMALL	      65536u
#define MEMORY	      (128u << 20)
#define STALL_MS      10000
#define PING_AFTER_MS 1000

#define NR_REBOOT	 88 /* reboot(2) and its arguments, Linux i386 */
#define REBOOT_MAGIC1	 0xfee1deadu
#define REBOOT_MAGIC2	 0x28121969u
#define REBOOT_POWER_OFF 0x4321fedcu

struct frame {
	struct frame *next;
	size_t size, done; /* of header and payload; what is read or written so far */
	struct gw_header header;
	unsigned char payload[];
};

struct client {
	struct watch watch; /* first */
	struct client *next;
	uint32_t id;
	struct gw_header header; /* of the frame that is coming in */
	size_t header_done;
	struct frame *in;  /* coming in; NULL before there was memory for it */
	struct frame *out; /* answer going out */
	uint64_t skip;	   /* bytes of a refused payload still to come */
	bool waiting;	   /* its frame is under way in the guest */
	bool hang_up;	   /* when the answer is out */
	int64_t moved;	   /* when bytes last came or went */
};

static struct watch listener = {.fd = -1}, port = {.fd = -1};
static struct client *clients;
static unsigned nr_clients;
static uint32_t next_id = 1;
static struct frame *queue, **queue_end = &queue; /* to the guest */
static struct gw_header answer_header;		  /* coming from the guest */
static size_t answer_header_done;
static struct frame *answer;
static struct client *answer_for; /* NULL: nobody wants it any more */
static size_t memory;		  /* in frames larger than SMALL */
static bool starved;		  /* somebody waits for memory */
static struct timer stall_timer, ping_timer;
static bool pinged; /* and the guest has not answered yet */
static bool heard;  /* anything from the guest since the ping */
static uint32_t own_seq;
static int failed; /* errno of every answer from now on, with the text */
static const char *failed_text;

static void serve_client(struct watch *w, uint32_t events);
static void serve_port(struct watch *w, uint32_t events);

/* --- frames ------------------------------------------------------------------------------ */

static struct frame *frame_new(const struct gw_header *h)
{
	size_t size = sizeof(*h) + h->len;
	struct frame *f;

	if (size > SMALL && memory + size > MEMORY)
		return NULL;
	f = malloc(sizeof(*f) + h->len);
	if (!f)
		return NULL;
	memory += size > SMALL ? size : 0;
	*f = (struct frame){.size = size, .done = sizeof(*h), .header = *h};
	return f;
}

/* Move bytes between a frame and a descriptor: 1 complete, 0 not yet, -errno. */
static int frame_read(int fd, struct frame *f)
{
	ssize_t n;

	while (f->done < f->size) {
		n = read(fd, (char *)&f->header + f->done, f->size - f->done);
		if (n == 0)
			return -EPIPE;
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		f->done += n;
	}
	return 1;
}

static int frame_write(int fd, struct frame *f)
{
	ssize_t n;

	while (f->done < f->size) {
		n = send(fd, (char *)&f->header + f->done, f->size - f->done,
			 MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		f->done += n;
	}
	return 1;
}

static int header_read(int fd, struct gw_header *h, size_t *done)
{
	ssize_t n = read(fd, (char *)h + *done, sizeof(*h) - *done);

	if (n == 0)
		return -EPIPE;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	*done += n;
	return *done == sizeof(*h);
}

static void feed_the_starved(void);

static void frame_free(struct frame *f)
{
	if (!f)
		return;
	memory -= f->size > SMALL ? f->size : 0;
	free(f);
	if (starved)
		feed_the_starved();
}

/* --- to the guest ------------------------------------------------------------------------ */

static void write_port(void)
{
	struct frame *f;
	int r;

	while ((f = queue) && port.fd >= 0) {
		r = frame_write(port.fd, f);
		if (r < 0) /* its end is noticed by qemu_reap */
			break;
		if (r == 0) {
			watch_events(&port, port.events | EPOLLOUT);
			return;
		}
		queue = f->next;
		if (!queue)
			queue_end = &queue;
		frame_free(f);
	}
	if (port.fd >= 0)
		watch_events(&port, port.events & ~EPOLLOUT);
}

static void enqueue(struct frame *f)
{
	f->next = NULL;
	f->done = 0;
	*queue_end = f;
	queue_end = &f->next;
	if (f == queue)
		write_port();
}

static void send_small(uint32_t type, uint32_t client, uint32_t seq, const void *payload,
		       uint32_t len)
{
	struct gw_header h = {GW_MAGIC, type, client, seq, len};
	struct frame *f = frame_new(&h);

	if (!f)
		return;
	if (len)
		memcpy(f->payload, payload, len);
	enqueue(f);
}

/* Take back what the guest has not seen anything of. Returns true if that was all, the
 * client's GW_HELLO too. */
static bool unsend(uint32_t client)
{
	struct frame **link = &queue, *f;
	bool all = false;

	while ((f = *link)) {
		if (f->header.client != client || f->done > 0) {
			link = &f->next;
			continue;
		}
		all |= f->header.type == GW_HELLO;
		*link = f->next;
		frame_free(f);
	}
	queue_end = link;
	return all;
}

/* --- tools ------------------------------------------------------------------------------- */

static void client_close(struct client *c)
{
	struct client **link = &clients;

	while (*link != c)
		link = &(*link)->next;
	*link = c->next;
	nr_clients--;
	if (answer_for == c)
		answer_for = NULL;
	watch_close(&c->watch);
	if (!failed && !unsend(c->id))
		send_small(GW_BYE, c->id, 0, NULL, 0);
	if (listener.fd >= 0)
		watch_events(&listener, EPOLLIN);
	frame_free(c->in);
	frame_free(c->out);
	free(c);
	if (failed && !clients)
		loop_end();
}

static struct client *find_client(uint32_t id)
{
	struct client *c = clients;

	while (c && c->id != id)
		c = c->next;
	return c;
}

/* What is waited for: nothing but its end while the guest works or memory is short. */
static void update_events(struct client *c)
{
	bool short_of_memory = c->header_done == sizeof(c->header) && !c->in && !c->skip;

	watch_events(&c->watch, c->out				? EPOLLOUT
				: c->waiting || short_of_memory ? 0
								: EPOLLIN);
}

/* Write the answer as far as it goes. Returns false if the client is gone by that. */
static bool send_answer(struct client *c)
{
	int r = frame_write(c->watch.fd, c->out);

	c->moved = now_ms();
	if (r < 0 || (r == 1 && c->hang_up)) {
		client_close(c);
		return false;
	}
	if (r == 1) {
		frame_free(c->out);
		c->out = NULL;
	}
	update_events(c);
	return true;
}

static bool give_answer(struct client *c, struct frame *f)
{
	c->waiting = false;
	c->out = f;
	f->header.client = 0;
	f->done = 0;
	return send_answer(c);
}

/* Answer GW_ERROR. Returns false if the client is gone by that. */
static bool refuse(struct client *c, int err, const char *text)
{
	uint32_t number = err;
	struct gw_header h = {GW_MAGIC, GW_ERROR, 0, c->header.seq, 4 + strlen(text)};
	struct frame *f = frame_new(&h);

	if (!f) {
		client_close(c);
		return false;
	}
	memcpy(f->payload, &number, 4);
	memcpy(f->payload + 4, text, h.len - 4);
	return give_answer(c, f);
}

/* Refuse the frame whose header has come, and skip its payload. */
static bool refuse_frame(struct client *c, int err, const char *text)
{
	c->skip = c->header.len;
	if (!c->skip)
		c->header_done = 0;
	return refuse(c, err, text);
}

static void watch_guest(struct timer *t);

/* The frame has come in: to the guest with it. */
static bool submit(struct client *c)
{
	struct frame *f = c->in;

	c->in = NULL;
	c->header_done = 0;
	if (failed) {
		frame_free(f);
		return refuse(c, failed, failed_text);
	}
	f->header.client = c->id;
	c->waiting = true;
	update_events(c);
	enqueue(f);
	if (options.deadline && !timer_is_set(&ping_timer))
		timer_set(&ping_timer, PING_AFTER_MS, watch_guest);
	return true;
}

static void drop_the_stalled(struct timer *t);

static void wait_for_memory(void)
{
	starved = true;
	if (!timer_is_set(&stall_timer))
		timer_set(&stall_timer, STALL_MS, drop_the_stalled);
}

/* Judge a complete header. Returns false if there is nothing more to be done now. */
static bool accept_header(struct client *c)
{
	if (c->header.magic != GW_MAGIC) {
		c->hang_up = true; /* where the next frame starts nobody knows */
		c->header.seq = 0;
		refuse(c, EPROTO, "not a frame (wrong magic number)");
		return false;
	}
	if (c->header.type != GW_CALLS)
		return refuse_frame(c, EPROTO, "a tool sends nothing but calls");
	if (c->header.len > GW_MAX_PAYLOAD)
		return refuse_frame(c, EMSGSIZE, "frame too large");
	c->in = frame_new(&c->header);
	if (!c->in)
		wait_for_memory();
	update_events(c);
	return c->in;
}

/* Throw away what belongs to a refused frame. */
static int skip_payload(struct client *c)
{
	char buf[SMALL];
	ssize_t n = read(c->watch.fd, buf, c->skip < SMALL ? c->skip : SMALL);

	if (n == 0)
		return -EPIPE;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	c->skip -= n;
	if (!c->skip)
		c->header_done = 0;
	return 0;
}

static void receive(struct client *c)
{
	int r;

	c->moved = now_ms();
	if (c->skip) {
		if (skip_payload(c) < 0)
			client_close(c);
		return;
	}
	if (!c->in) {
		r = header_read(c->watch.fd, &c->header, &c->header_done);
		if (r < 0)
			client_close(c);
		if (r <= 0 || !accept_header(c) || !c->in)
			return;
	}
	r = frame_read(c->watch.fd, c->in);
	if (r < 0)
		client_close(c);
	else if (r == 1)
		submit(c);
}

static void serve_client(struct watch *w, uint32_t events)
{
	struct client *c = (struct client *)w;

	if (events & EPOLLOUT)
		send_answer(c);
	else if (events & EPOLLIN)
		receive(c);
	else
		client_close(c);
}

static void accept_client(struct watch *w, uint32_t events)
{
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct client *c;

	if (fd < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (!c || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 ||
	    watch_open(&c->watch, fd, EPOLLIN, serve_client)) {
		free(c);
		close(fd);
		return;
	}
	do
		c->id = next_id++;
	while (!c->id || find_client(c->id));
	c->next = clients;
	clients = c;
	if (++nr_clients == GW_MAX_CLIENTS) /* the rest has to queue */
		watch_events(&listener, 0);
	/* whoever started the kernel is its root */
	if (cred.uid == geteuid())
		cred.uid = cred.gid = 0;
	send_small(GW_HELLO, c->id, 0,
		   &(struct gw_hello){cred.uid, cred.gid, cred.pid,
				      kerneld_request_of(cred.pid)},
		   sizeof(struct gw_hello));
}

/* --- from the guest ---------------------------------------------------------------------- */

/* Payload of a guest's GW_ERROR as text. */
static const char *error_text(struct frame *f)
{
	static char text[200];
	size_t n = f->header.len > 4 ? f->header.len - 4 : 0;

	if (n > sizeof(text) - 1)
		n = sizeof(text) - 1;
	memcpy(text, f->payload + 4, n);
	text[n] = '\0';
	return text;
}

/* The gateway's main process died and was started again, which ended all workers. */
static void gateway_restarted(void)
{
	struct client *c, *next;

	for (c = clients; c; c = next) {
		next = c->next;
		c->hang_up = true;
		if (c->waiting)
			refuse(c, EIO, "the gateway died; it has been started again");
		else if (!c->out)
			client_close(c);
	}
}

static uint32_t error_number(const struct frame *f)
{
	uint32_t number = 0;

	if (f->header.len >= sizeof(number))
		memcpy(&number, f->payload, sizeof(number));
	return number;
}

/* Get a process in the guest for ourselves. */
static void greet(void)
{
	send_small(GW_HELLO, 0, 0, &(struct gw_hello){0}, sizeof(struct gw_hello));
}

/* A frame for kstubd itself. */
static void own_answer(struct frame *f)
{
	pinged = false;
	if (f->header.type == GW_READY) {
		gateway_restarted();
		greet();
		kernel_ready();
	} else if (f->header.type == GW_ERROR && error_number(f) == EPROTO) {
		kernel_failed("the gateway gave up: %s", error_text(f));
	} else if (f->header.type == GW_ERROR) {
		/* our process is gone, the gateway is not */
		send_small(GW_BYE, 0, 0, NULL, 0);
		greet();
	}
}

static void deliver(struct frame *f)
{
	struct client *c = answer_for;

	answer = NULL;
	answer_header_done = 0;
	if (f->header.client == 0)
		own_answer(f);
	else if (c && c->waiting && c->header.seq == f->header.seq) {
		give_answer(c, f);
		return;
	}
	frame_free(f);
}

static bool accept_answer_header(void)
{
	struct gw_header *h = &answer_header;

	if (h->magic != GW_MAGIC || h->len > GW_MAX_PAYLOAD ||
	    (h->type != GW_REPLY && h->type != GW_ERROR && h->type != GW_READY)) {
		answer_header_done = 0;
		kernel_failed("the gateway's answers make no sense");
		return false;
	}
	answer_for = find_client(h->client);
	answer = frame_new(h);
	if (answer)
		return true;
	wait_for_memory();
	watch_events(&port, port.events & ~EPOLLIN);
	return false;
}

/* Take one frame, or what there is of it. Returns false when there is no more now. */
static bool read_port(void)
{
	int r = 1;

	heard = true;
	if (!answer && answer_header_done < sizeof(answer_header)) {
		r = header_read(port.fd, &answer_header, &answer_header_done);
		if (r == 1 && !accept_answer_header())
			return false;
	}
	if (r == 1 && answer)
		r = frame_read(port.fd, answer);
	if (r < 0)
		watch_close(&port); /* QEMU is ending: SIGCHLD will tell */
	if (r == 1 && answer)
		deliver(answer);
	return r == 1;
}

static void serve_port(struct watch *w, uint32_t events)
{
	if (events & EPOLLOUT)
		write_port();
	else if (events & EPOLLIN)
		read_port();
	else
		watch_close(w);
}

/* --- memory ------------------------------------------------------------------------------ */

/* Some was freed: let those who waited for it try again. */
static void feed_the_starved(void)
{
	struct client *c, *next;

	starved = false;
	if (answer_header_done == sizeof(answer_header) && !answer && port.fd >= 0 &&
	    accept_answer_header())
		watch_events(&port, port.events | EPOLLIN);
	for (c = clients; c; c = next) {
		next = c->next;
		if (c->header_done == sizeof(c->header) && !c->in && !c->skip && !c->out)
			accept_header(c);
	}
}

/* Somebody waits for memory: hang up on those who sit on some and do nothing. */
static void drop_the_stalled(struct timer *t)
{
	int64_t limit = now_ms() - STALL_MS;
	struct client *c, *next;

	for (c = clients; c; c = next) {
		next = c->next;
		if ((c->in || c->out) && c->moved < limit) {
			client_close(c);
			next = clients; /* freeing may have closed others */
		}
	}
	if (starved)
		timer_set(t, 1000, drop_the_stalled);
}

/* --- is the guest alive? ----------------------------------------------------------------- */

static bool anybody_waits(void)
{
	struct client *c = clients;

	while (c && !c->waiting)
		c = c->next;
	return c;
}

/* While tools wait: a ping through the whole way, a process of the guest included. */
static void watch_guest(struct timer *t)
{
	uint32_t no_calls = 0;

	if (failed || !anybody_waits())
		return;
	/* it cannot speak while we do not listen for want of memory */
	if (pinged && !heard && port.events & EPOLLIN && !debugger_attached()) {
		kernel_failed("the kernel hangs (no answer for %u s)", options.deadline);
		return;
	}
	if (!pinged)
		send_small(GW_CALLS, 0, ++own_seq, &no_calls, sizeof(no_calls));
	pinged = true;
	heard = false;
	timer_set(t, options.deadline * 1000ll, watch_guest);
}

void link_power_off(void)
{
	uint32_t calls[] = {
		1,	  NR_REBOOT,	 4,	   GW_VALUE,	     REBOOT_MAGIC1,
		GW_VALUE, REBOOT_MAGIC2, GW_VALUE, REBOOT_POWER_OFF, GW_VALUE,
		0};

	send_small(GW_CALLS, 0, ++own_seq, calls, sizeof(calls));
}

/* --- the whole --------------------------------------------------------------------------- */

int link_init(int fd)
{
	return watch_open(&port, fd, EPOLLIN, serve_port);
}

int link_listen(void)
{
	return watch_listen(&listener, "syscall.sock", accept_client);
}

void link_fail(int err, const char *text)
{
	struct client *c, *next;

	failed = err;
	failed_text = text;
	for (c = clients; c; c = next) {
		next = c->next;
		if (c->waiting)
			refuse(c, failed, failed_text);
	}
	if (!clients)
		loop_end();
}

void link_drain(void)
{
	while (port.fd >= 0 && read_port())
		;
}

void link_close(void)
{
	watch_close(&listener);
	unlink("syscall.sock");
	while (clients)
		client_close(clients);
	watch_close(&port);
}
