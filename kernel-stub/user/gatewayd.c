/* user/gatewayd.c - runs the system calls that tools on the host send through a port
 *
 * The main process reads frames from the port and gives each client a worker, a process
 * with the client's ids, to which its frames go through a pipe. The worker makes the calls
 * and writes its answer to the port itself, with one write(2), which the driver keeps
 * whole. So a call that waits holds up nobody else, and what a client leaves behind ends
 * with its process; so do the programs it started, in a group with it. One
 * worker is always made in advance.
 *
 * Worker and main keep their own descriptors out of the clients' reach: above FD_LIMIT,
 * and refused where a call names one.
 */
#include "abi/kerneld.h"
#include "user/frame.h"
#include "user/spawn.h"
#include "user/sys.h"

#define PORT_NAME "/dev/vport0p1"

#define FD_LIMIT  250 /* a client's descriptors are below */
#define PORT_FD	  250 /* main, workers */
#define FRAMES_FD 251 /* worker: its frames come from here */

#define PAGE	   4096u
#define SMALL	   65536u /* buffers of this size are kept, larger ones made for a frame */
#define SPARE_IDLE 3	  /* ms without a frame, then a spare worker is made */
#define RETRY_MIN  10	  /* ms until that is tried again if it failed, */
#define RETRY_MAX  1000	  /* twice as long each time */

/* --- memory that ends at a page nobody may touch ------------------------------------------ */

enum { PAYLOAD, SCRATCH, ANSWER, AREAS };

struct area {
	unsigned char *start, *end;
};
static struct area kept[AREAS], large[AREAS];

/* At least size bytes. 0 or -errno. */
static long area_map(struct area *a, uint32_t size)
{
	uint32_t bytes = (size + PAGE - 1) & ~(PAGE - 1);
	long p = sys_mmap(NULL, bytes + PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (SYS_FAILED(p))
		return p;
	*a = (struct area){(void *)p, (void *)(p + bytes)};
	return syscall3(NR_mprotect, (long)a->end, PAGE, PROT_NONE);
}

/* Memory for one frame; NULL if there is not so much. */
static struct area *area_get(int which, uint32_t size)
{
	if (size <= SMALL)
		return &kept[which];
	return area_map(&large[which], size) ? NULL : &large[which];
}

static void areas_put(void)
{
	for (int i = 0; i < AREAS; i++)
		if (large[i].start)
			sys_munmap(large[i].start, large[i].end + PAGE - large[i].start);
	memset(large, 0, sizeof(large));
}

/* --- bytes ------------------------------------------------------------------------------- */

/* All of it, or -errno. */
static long write_all(int fd, const void *buf, uint32_t len)
{
	const char *p = buf;
	long n;

	while (len > 0) {
		n = sys_write(fd, p, len);
		if (n < 0 && n != -EINTR)
			return n;
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
	return 0;
}

/* All of it, or -errno; -EPIPE at the end of file. */
static long read_all(int fd, void *buf, uint32_t len)
{
	char *p = buf;
	long n;

	while (len > 0) {
		n = sys_read(fd, p, len);
		if (n == 0)
			return -EPIPE;
		if (n < 0 && n != -EINTR)
			return n;
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
	return 0;
}

/* To the console. */
static void write_text(const char *text)
{
	write_all(2, text, strlen(text));
}

/* Answer GW_ERROR. */
static void refuse(const struct gw_header *to, long err, const char *text)
{
	struct {
		struct gw_header header;
		uint32_t err;
		char text[128];
	} frame = {{GW_MAGIC, GW_ERROR, to->client, to->seq, 0}, -err, ""};
	uint32_t n = strlen(text);

	if (n > sizeof(frame.text))
		n = sizeof(frame.text);
	memcpy(frame.text, text, n);
	frame.header.len = sizeof(frame.err) + n;
	write_all(PORT_FD, &frame, sizeof(frame.header) + frame.header.len);
}

/* --- the worker -------------------------------------------------------------------------- */

/* Does the call name a descriptor of ours? */
static bool touches_us(const struct frame_call *call, const uintptr_t *args)
{
	const char *letters = frame_letters(call->nr);

	for (uint32_t i = 0; i < call->nargs; i++)
		if (letters[i] == 'f' && (args[i] == PORT_FD || args[i] == FRAMES_FD))
			return true;
	return false;
}

static long start_program(const struct frame_call *call, const uintptr_t *args)
{
	if (call->arg[0].kind != GW_IN || call->arg[2].kind != GW_OUT ||
	    call->arg[2].value < 3 * sizeof(int32_t))
		return -EINVAL;
	sys_setpgid(0, 0);
	return spawn((const char *)args[0], call->arg[0].value, args[1],
		     (int32_t *)args[2], args[3]);
}

static int32_t make_call(const struct frame_call *call, const int32_t *results,
			 unsigned char *scratch_end)
{
	uintptr_t a[GW_MAX_ARGS];
	int err = frame_bind(call, results, scratch_end, a);

	if (err)
		return err;
	if (touches_us(call, a))
		return -EBADF;
	if (call->nr == GW_SPAWN)
		return start_program(call, a);
	return syscall6(call->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Memory the calls of a checked frame need: the largest scratch, the whole answer. */
static void measure(const void *payload, uint32_t *scratch, uint64_t *answer)
{
	struct frame_call call;
	struct frame f;

	*scratch = 0;
	*answer = sizeof(struct gw_header) + 4;
	for (frame_first(&f, payload); frame_next(&f, &call);) {
		if (frame_scratch(&call) > *scratch)
			*scratch = frame_scratch(&call);
		*answer += frame_room(&call);
	}
}

/* Make the calls of a checked frame; returns the end of the answer. */
static unsigned char *make_calls(const void *payload, int ncalls, unsigned char *answer,
				 unsigned char *scratch_end)
{
	static int32_t results[GW_MAX_CALLS];
	struct frame_call call;
	struct frame f;
	int i = 0;

	memcpy(answer, &ncalls, 4);
	answer += 4;
	for (frame_first(&f, payload); frame_next(&f, &call); i++) {
		results[i] = make_call(&call, results, scratch_end);
		answer += frame_answer(&call, results[i], scratch_end, answer);
	}
	return answer;
}

/* Run a frame whose payload has been read. */
static void answer_frame(struct gw_header *h, const void *payload)
{
	struct area *scratch, *answer;
	unsigned char *end;
	uint32_t need;
	uint64_t room;
	const char *why;
	int n = frame_check(payload, h->len, &why);

	if (n < 0) {
		refuse(h, n, why);
		return;
	}
	measure(payload, &need, &room);
	if (room > GW_MAX_PAYLOAD) {
		refuse(h, -EMSGSIZE, "buffers too large");
		return;
	}
	scratch = area_get(SCRATCH, need);
	answer = area_get(ANSWER, room);
	if (!scratch || !answer) {
		refuse(h, -ENOMEM, "the kernel has not enough memory for these buffers");
		return;
	}
	end = make_calls(payload, n, answer->start + sizeof(*h), scratch->end);
	h->type = GW_REPLY;
	h->len = end - answer->start - sizeof(*h);
	memcpy(answer->start, h, sizeof(*h));
	write_all(PORT_FD, answer->start, end - answer->start);
}

/* A payload there is no memory for. */
static long skip(uint32_t len)
{
	uint32_t n;
	long err = 0;

	for (; len > 0 && !err; len -= n) {
		n = len < SMALL ? len : SMALL;
		err = read_all(FRAMES_FD, kept[PAYLOAD].start, n);
	}
	return err;
}

static void take_ids(void)
{
	struct gw_hello ids;

	if (read_all(FRAMES_FD, &ids, sizeof(ids)))
		sys_exit(1);
	syscall3(NR_prctl, KD_PR_SET_REQUEST, ids.request, 0);
	if (sys_setgid(ids.gid) || sys_setuid(ids.uid))
		sys_exit(1);
}

/* Its frames: GW_HELLO, then any number of GW_CALLS. Killed at GW_BYE. */
static void __attribute__((noreturn)) work(void)
{
	static const int not_for_us[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct gw_header h;
	struct area *in;
	long err;

	for (int i = 0; i < 4; i++)
		sys_signal(not_for_us[i], SIG_IGN);
	while (!read_all(FRAMES_FD, &h, sizeof(h))) {
		if (h.type == GW_HELLO) {
			take_ids();
			continue;
		}
		in = area_get(PAYLOAD, h.len);
		if (!in) {
			err = skip(h.len);
			refuse(&h, -ENOMEM, "the kernel has not enough memory for it");
		} else {
			err = read_all(FRAMES_FD, in->end - h.len, h.len);
			if (!err)
				answer_frame(&h, in->end - h.len);
		}
		areas_put();
		if (err)
			break;
	}
	sys_exit(0);
}

/* --- workers, as the main process sees them ---------------------------------------------- */

struct worker {
	int pid;   /* 0: it has died */
	int fd;	   /* to it */
	bool used; /* the slot; the rest only counts if it is */
	uint32_t client;
	uint32_t seq; /* of its last frame */
};
static struct worker workers[GW_MAX_CLIENTS + 1], spare; /* 1: kstubd itself */
#define WORKERS_END (workers + GW_MAX_CLIENTS + 1)

static int top_fd; /* highest the main process has had */

static struct gw_header head; /* of the frame that is passing through */
static uint32_t left;	      /* of that frame, the header included */
static struct worker *to;     /* NULL: it is thrown away */
static bool quiet;	      /* a client has left: the best time to make a spare */
static int retry; /* ms until a spare is tried to make again; 0: all is well */

/* No spare could be made, or it died before it was needed. */
static void no_spare(void)
{
	if (!retry)
		write_text("gatewayd: no process for the next client; trying on\n");
	retry = !retry ? RETRY_MIN : retry < RETRY_MAX / 2 ? 2 * retry : RETRY_MAX;
}

/* Make a worker of no client. On failure its pid is 0. */
static void make_spare(void)
{
	int fds[2], pid;

	if (sys_pipe(fds)) {
		no_spare();
		return;
	}
	for (int i = 0; i < 2; i++)
		if (fds[i] > top_fd)
			top_fd = fds[i];
	pid = sys_fork();
	if (pid == 0) {
		sys_dup2(fds[0], FRAMES_FD);
		syscall3(NR_fcntl, PORT_FD, F_SETFD, FD_CLOEXEC);
		syscall3(NR_fcntl, FRAMES_FD, F_SETFD, FD_CLOEXEC);
		for (int fd = 3; fd <= top_fd; fd++)
			sys_close(fd);
		work();
	}
	sys_close(fds[0]);
	if (pid < 0) {
		sys_close(fds[1]);
		no_spare();
		return;
	}
	spare = (struct worker){.pid = pid, .fd = fds[1]};
}

static struct worker *find_worker(uint32_t client)
{
	for (struct worker *w = workers; w < WORKERS_END; w++)
		if (w->used && w->client == client)
			return w;
	return NULL;
}

/* The spare becomes a client's. NULL if no process can be had. */
static struct worker *take_worker(uint32_t client)
{
	struct worker *w = workers;

	while (w < WORKERS_END && w->used)
		w++;
	if (!spare.pid)
		make_spare();
	if (w == WORKERS_END || !spare.pid)
		return NULL;
	if (retry)
		write_text("gatewayd: there are processes for clients again\n");
	retry = 0;
	*w = spare;
	w->used = true;
	w->client = client;
	spare.pid = 0;
	return w;
}

static void end_worker(struct worker *w)
{
	if (w->pid) {
		sys_kill(-w->pid, SIGKILL);
		sys_kill(w->pid, SIGKILL);
		sys_close(w->fd);
	}
	w->used = false;
}

/* A child has died: if a client's frame died with it, say so. */
static void bury(int pid, int status)
{
	struct gw_header h = {0};

	if (pid == spare.pid) {
		sys_close(spare.fd);
		spare.pid = 0;
		no_spare();
	}
	for (struct worker *w = workers; w < WORKERS_END; w++) {
		if (!w->used || w->pid != pid)
			continue;
		sys_kill(-pid, SIGKILL);
		sys_close(w->fd);
		w->pid = 0;
		if (to == w)
			to = NULL;
		h.client = w->client;
		h.seq = w->seq;
		refuse(&h, -EIO,
		       status & 0x7f ? "the process that made the calls was killed"
				     : "the process that made the calls has ended");
	}
}

static void reap(void)
{
	int pid, status;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0)
		bury(pid, status);
}

/* --- the main process -------------------------------------------------------------------- */

static void give_up(const char *why)
{
	struct gw_header h = {0};

	refuse(&h, -EPROTO, why); /* to client 0: kstubd ends this kernel */
	sys_exit(1);
}

/* A header has come: decide where the frame goes. */
static void begin_frame(void)
{
	if (head.magic != GW_MAGIC)
		give_up("lost the boundary between frames");
	left = sizeof(head) + head.len;
	to = head.type == GW_HELLO ? take_worker(head.client) : find_worker(head.client);
	quiet = head.type == GW_BYE;
	if (head.type == GW_BYE && to) {
		end_worker(to);
		to = NULL;
	}
	if (head.type != GW_CALLS)
		return;
	if (!to || !to->pid) {
		to = NULL;
		refuse(&head, -EAGAIN, "there is no process to make the calls");
	} else if (head.len > GW_MAX_PAYLOAD) {
		to = NULL;
		refuse(&head, -EMSGSIZE, "frame too large");
	} else {
		to->seq = head.seq;
	}
}

/* Pass on what of n bytes belongs to one frame. Returns how many were used: 0 if that is
 * less than a header. */
static uint32_t pass(const unsigned char *p, uint32_t n)
{
	if (!left) {
		if (n < sizeof(head))
			return 0;
		memcpy(&head, p, sizeof(head));
		begin_frame();
	}
	if (n > left)
		n = left;
	if (to && write_all(to->fd, p, n)) {
		/* it died, or misses a part: reap() tells the client */
		sys_kill(to->pid, SIGKILL);
		to = NULL;
	}
	left -= n;
	return n;
}

/* ms until a spare is to be made, -1: there is one. */
static int spare_due(void)
{
	if (spare.pid)
		return -1;
	return retry ? retry : quiet ? 0 : SPARE_IDLE;
}

/* Sleep until the port has something, or perhaps has. Meanwhile children die and a spare is
 * made. */
static void wait_for_port(void)
{
	static struct pollfd p[GW_MAX_CLIENTS + 3];
	int n;

	do {
		p[0] = (struct pollfd){.fd = PORT_FD, .events = POLLIN};
		n = 1;
		for (struct worker *w = workers; w < WORKERS_END; w++)
			if (w->used && w->pid)
				p[n++] = (struct pollfd){.fd = w->fd}; /* its death */
		n = sys_poll(p, n, spare_due());
		if (n == 0)
			make_spare();
		reap();
		if (n < 0)
			return; /* no memory even for that: read(2) needs none */
	} while (!(p[0].revents & (POLLIN | POLLHUP)));
}

static void __attribute__((noreturn)) serve(void)
{
	static unsigned char buf[SMALL];
	uint32_t have = 0, at, n;
	long r;

	for (;;) {
		wait_for_port();
		r = sys_read(PORT_FD, buf + have, sizeof(buf) - have);
		if (r == 0 || (r < 0 && r != -EINTR))
			sys_exit(1);
		have += r < 0 ? 0 : r;
		for (at = 0; (n = pass(buf + at, have - at)); at += n)
			;
		have -= at;
		memmove(buf, buf + at, have);
	}
}

static void move_fd(long fd, int to)
{
	if (fd < 0 || fd == to)
		return;
	sys_dup2(fd, to);
	sys_close(fd);
}

int main(void)
{
	static const struct gw_header ready = {GW_MAGIC, GW_READY, 0, 0, 0};
	long fd = sys_open(PORT_NAME, O_RDWR, 0);

	if (fd < 0)
		return 1;
	syscall3(NR_prctl, GW_PR_SPARE, 1, 0);
	move_fd(fd, PORT_FD);
	/* a client must not wait for the console's keys */
	move_fd(sys_open("/dev/null", O_RDWR, 0), 0);
	move_fd(sys_open("/dev/console", O_WRONLY | O_NOCTTY, 0), 1);
	sys_dup2(1, 2);
	sys_signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < AREAS; i++)
		if (area_map(&kept[i], SMALL))
			return 1;
	make_spare();
	write_all(PORT_FD, &ready, sizeof(ready));
	serve();
}
