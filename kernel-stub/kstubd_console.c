/* kstubd_console.c - the guest's serial console
 *
 * What it prints goes to console.log, to the last lines kept for reports, and to every
 * `kstub console` on console.sock; what those send goes to the guest. Nobody can hold up
 * the guest: a looker-on who does not read is let go.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "kstubd.h"

#define LOG_LIMIT  (8 << 20) /* then console.log becomes console.log.old */
#define TAIL_LINES 20

struct user {
	struct watch watch; /* first */
	struct user *next;
};

static struct watch console = {.fd = -1}, listener = {.fd = -1};
static struct user *users;
static int log_fd = -1;
static size_t log_size;
static char tail[4096]; /* ring: byte i of the console is at i % sizeof(tail) */
static size_t tail_end;

static int open_log(void)
{
	log_fd = open("console.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		      0600);
	log_size = 0;
	return log_fd < 0 ? -errno : 0;
}

static void write_log(const char *bytes, size_t n)
{
	if (log_size > LOG_LIMIT) {
		close(log_fd);
		rename("console.log", "console.log.old");
		open_log();
	}
	/* a full disk must not stop the kernel: the tail and the users still get it */
	if (log_fd >= 0 && write(log_fd, bytes, n) > 0)
		log_size += n;
	for (size_t i = 0; i < n; i++)
		tail[tail_end++ % sizeof(tail)] = bytes[i];
}

static void drop_user(struct user *u)
{
	struct user **link = &users;

	while (*link != u)
		link = &(*link)->next;
	*link = u->next;
	watch_close(&u->watch);
	free(u);
}

static void show_users(const char *bytes, size_t n)
{
	struct user *u, *next;

	for (u = users; u; u = next) {
		next = u->next;
		if (send(u->watch.fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n)
			drop_user(u);
	}
}

/* Returns bytes read; 0 at the end or when there is nothing now. */
static size_t read_console(void)
{
	char buf[8192];
	ssize_t n = read(console.fd, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		watch_close(&console);
	if (n <= 0)
		return 0;
	write_log(buf, n);
	show_users(buf, n);
	return n;
}

static void console_event(struct watch *w, uint32_t events)
{
	read_console();
}

static void user_event(struct watch *w, uint32_t events)
{
	struct user *u = (struct user *)w;
	char buf[512];
	ssize_t n = read(w->fd, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		drop_user(u);
		return;
	}
	/* typed text the guest does not take is lost, as on a serial line */
	if (n > 0 && console.fd >= 0)
		send(console.fd, buf, n, MSG_NOSIGNAL);
}

/* The n-th last byte. */
static char tail_byte(size_t n)
{
	return tail[(tail_end - n) % sizeof(tail)];
}

/* Who comes sees the line the console is at: a prompt, perhaps. */
static void show_line(int fd)
{
	char line[sizeof(tail)];
	size_t have = tail_end < sizeof(tail) ? tail_end : sizeof(tail), n = 0;

	while (n < have && tail_byte(n + 1) != '\n')
		n++;
	for (size_t i = 0; i < n; i++)
		line[i] = tail_byte(n - i);
	send(fd, line, n, MSG_NOSIGNAL);
}

static void accept_user(struct watch *w, uint32_t events)
{
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct user *u;

	if (fd < 0)
		return;
	u = calloc(1, sizeof(*u));
	if (!u || watch_open(&u->watch, fd, EPOLLIN, user_event)) {
		free(u);
		close(fd);
		return;
	}
	u->next = users;
	users = u;
	show_line(fd);
}

int console_init(int fd)
{
	int err = open_log();

	if (!err)
		err = watch_open(&console, fd, EPOLLIN, console_event);
	if (!err)
		err = watch_listen(&listener, "console.sock", accept_user);
	return err;
}

void console_drain(void)
{
	while (console.fd >= 0 && read_console() > 0)
		;
}

void console_tail(char *text, size_t size)
{
	size_t have = tail_end < sizeof(tail) ? tail_end : sizeof(tail), n = 0;
	int lines = 0;

	if (have > size - 1)
		have = size - 1;
	for (; n < have; n++)
		if (tail_byte(n + 1) == '\n' && lines++ == TAIL_LINES)
			break;
	for (; n > 0; n--)
		if (tail_byte(n) != '\r' && tail_byte(n) != '\0')
			*text++ = tail_byte(n);
	*text = '\0';
}

void console_close(void)
{
	while (users)
		drop_user(users);
	watch_close(&listener);
	watch_close(&console);
	unlink("console.sock");
}
