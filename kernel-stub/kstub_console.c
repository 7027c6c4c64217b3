/* kstub_console.c - sit at a kernel's serial console: `kstub console`
 *
 * Takes console.sock as its argument. The terminal is raw, so that ^C reaches the guest;
 * ^] leaves. Ends when the kernel does.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>
#include "msg.h"

#define LEAVE 0x1d /* ^] */

static struct termios saved;

static void restore(void)
{
	tcsetattr(0, TCSANOW, &saved);
}

static void make_raw(void)
{
	struct termios t;

	if (tcgetattr(0, &saved) < 0)
		return;
	atexit(restore);
	t = saved;
	cfmakeraw(&t);
	t.c_oflag |= OPOST; /* the log's lines end with \n alone */
	tcsetattr(0, TCSANOW, &t);
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s < 0 || strlen(path) >= sizeof(a.sun_path)) {
		errno = s < 0 ? errno : ENAMETOOLONG;
		return -1;
	}
	strcpy(a.sun_path, path);
	return connect(s, (struct sockaddr *)&a, sizeof(a)) < 0 ? -1 : s;
}

static bool write_all(int fd, const char *p, size_t n)
{
	ssize_t w;

	for (; n > 0; p += w, n -= w) {
		w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			w = 0;
		else if (w < 0)
			return false;
	}
	return true;
}

/* Keys to the guest. Returns false when it is time to leave. */
static bool keys(int s)
{
	char buf[512], *leave;
	ssize_t n = read(0, buf, sizeof(buf));

	if (n <= 0)
		return false;
	leave = memchr(buf, LEAVE, n);
	return write_all(s, buf, leave ? leave - buf : n) && !leave;
}

static bool output(int s)
{
	char buf[8192];
	ssize_t n = read(s, buf, sizeof(buf));

	return n > 0 && write_all(1, buf, n);
}

int main(int argc, char **argv)
{
	struct pollfd p[2] = {{.fd = 0, .events = POLLIN}, {.events = POLLIN}};

	msg_init("kstub");
	if (argc != 2) {
		msg_error("usage: kstub-console SOCKET");
		return MSG_USAGE;
	}
	p[1].fd = connect_to(argv[1]);
	if (p[1].fd < 0) {
		msg_errno(-errno, "%s", argv[1]);
		return MSG_FAILED;
	}
	make_raw();
	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if ((p[1].revents && !output(p[1].fd)) ||
		    (p[0].revents && !keys(p[1].fd)))
			break;
	}
	return MSG_OK;
}
