/* link.c - the connection to the kernel: frames of abi/kerneld.h on kerneld.sock */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>
#include "kerneld.h"

#define GREETING_MS 2000 /* until the first frame must be there */

static int sock = -1;
static int peer;
static struct kd_frame in;
static size_t in_done;

bool link_is_up(void)
{
	return sock >= 0 && peer;
}

int link_fd(void)
{
	return sock;
}

int link_peer(void)
{
	return peer;
}

static void down(void)
{
	if (peer)
		log_line(LOG_NOTICE, "the kernel at %s has gone", directory);
	close(sock);
	sock = -1;
	peer = 0;
	in_done = 0;
	jobs_drop();
}

static void refused(int pid)
{
	if (pid)
		log_line(LOG_ERR, "another kerneld (pid %d) serves the kernel at %s", pid,
			 directory);
	else
		log_line(LOG_ERR, "the kernel at %s belongs to somebody else", directory);
	finish();
}

static void take(const struct kd_frame *f)
{
	switch (f->type) {
	case KD_COME:
		peer = f->value;
		log_line(LOG_NOTICE, "serving the kernel at %s", directory);
		sweep_later();
		break;
	case KD_REFUSED:
		refused(f->value);
		break;
	case KD_REQUEST:
		job_load(f->id, f->name);
		break;
	}
}

void link_receive(void)
{
	ssize_t n = recv(sock, (char *)&in + in_done, sizeof(in) - in_done, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		in_done += n;
	if (n <= 0 || (in_done == sizeof(in) && in.magic != KD_MAGIC)) {
		down();
	} else if (in_done == sizeof(in)) {
		in_done = 0;
		in.name[KD_NAME_MAX - 1] = '\0';
		take(&in);
	}
}

bool link_connect(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "kerneld.sock"};
	struct pollfd p;

	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		close(sock);
		sock = -1;
		return false;
	}
	p = (struct pollfd){.fd = sock, .events = POLLIN};
	if (poll(&p, 1, GREETING_MS) == 1)
		link_receive();
	return link_is_up();
}

void link_answer(uint32_t id, int value)
{
	struct kd_frame f = {
		.magic = KD_MAGIC, .type = KD_ANSWER, .id = id, .value = value};

	/* there is room for all answers the kernel can wait for */
	if (sock >= 0 && send(sock, &f, sizeof(f), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_line(LOG_WARNING, "an answer is lost: %s", strerror(errno));
}
