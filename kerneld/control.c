/* control.c - a running kerneld is asked and told through kerneld.ctl in its directory
 *
 * One packet of words, one packet of text as the answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "kerneld.h"
#include "msg.h"

#define NAME	   "kerneld.ctl"
#define PACKET	   16384
#define PATIENCE_S 2 /* with whoever connects and then says nothing */

static int listener = -1;

static struct sockaddr_un address(void)
{
	return (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = NAME};
}

int control_listen(void)
{
	struct sockaddr_un sun = address();

	unlink(NAME); /* we hold the lock: it is nobody's */
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    listen(listener, 16) < 0)
		return -errno;
	return 0;
}

int control_fd(void)
{
	return listener;
}

void control_close(void)
{
	if (listener < 0)
		return;
	unlink(NAME);
	close(listener);
}

static void describe(char *text, size_t size)
{
	char jobs[PACKET / 2];

	jobs_describe(jobs, sizeof(jobs));
	snprintf(text, size,
		 "kerneld " MODSTACK_VERSION ", pid %d, delay=%u, %s, %s\n"
		 "kernel at %s: %s\n"
		 "%lu loaded, %lu failed, %lu sweeps\n"
		 "%s",
		 getpid(), settings.delay, settings.keep ? "keep" : "nokeep",
		 settings.debug ? "debug" : "nodebug", directory,
		 link_is_up() ? "connected" : "not running", statistics.loaded,
		 statistics.failed, statistics.sweeps, jobs);
}

/* Do what one word says; the answer is text. */
static void obey(const char *word, char *text, size_t size)
{
	*text = '\0';
	if (!strcmp(word, "status"))
		describe(text, size);
	else if (!strcmp(word, "stop"))
		finish();
	else if (!strcmp(word, "flush"))
		job_sweep();
	else if (!take_setting(word))
		snprintf(text, size, "what is '%s'?\n", word);
}

static void serve(int fd)
{
	char packet[PACKET], text[PACKET], *rest = packet, *word;
	ssize_t n = recv(fd, packet, sizeof(packet) - 1, 0);
	size_t len = 0;

	if (n <= 0)
		return;
	packet[n] = '\0';
	*text = '\0';
	while ((word = strsep(&rest, " "))) {
		obey(word, text + len, sizeof(text) - len);
		len += strlen(text + len);
	}
	send(fd, text, len + 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void control_serve(void)
{
	struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	serve(fd);
	close(fd);
}

/* --- the asking side --------------------------------------------------------------------- */

static int join_words(char **words, char *packet, size_t size)
{
	size_t n = 0;

	for (; *words && n < size; words++)
		n += snprintf(packet + n, size - n, "%s%s", n ? " " : "", *words);
	return n < size ? 0 : -E2BIG;
}

int control_ask(char **words)
{
	struct sockaddr_un sun = address();
	char packet[PACKET];
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		close(fd);
		return -ENOENT;
	}
	if (join_words(words, packet, sizeof(packet)) ||
	    send(fd, packet, strlen(packet), MSG_NOSIGNAL) < 0 ||
	    (n = recv(fd, packet, sizeof(packet) - 1, 0)) <= 0) {
		close(fd);
		return -EPIPE;
	}
	packet[n] = '\0';
	if (!strncmp(packet, "what is ", 8))
		msg_error("%.*s", (int)strcspn(packet, "\n"), packet);
	else
		fputs(packet, stdout);
	close(fd);
	return msg_status();
}
