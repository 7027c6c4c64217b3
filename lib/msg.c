/* lib/msg.c - messages to the user, on the terminal or through syslog */
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct queued {
	struct queued *next;
	int priority;
	char text[];
};

static const char *tool = "modstack";
static char *object;
static int errors, warnings;
static bool to_syslog;
static struct queued *queue, **queue_end = &queue;

void msg_init(const char *name)
{
	const char *slash = strrchr(name, '/');

	tool = slash ? slash + 1 : name;
}

void msg_object(const char *name)
{
	char *copy = name ? strdup(name) : NULL;

	free(object);
	object = copy;
}

void msg_to_syslog(void)
{
	to_syslog = true;
}

static void enqueue(int priority, const char *text)
{
	size_t len = strlen(text) + 1;
	struct queued *q = malloc(sizeof(*q) + len);

	if (!q) { /* better on the terminal than lost */
		fprintf(stderr, "%s: %s\n", tool, text);
		return;
	}
	q->next = NULL;
	q->priority = priority;
	memcpy(q->text, text, len);
	*queue_end = q;
	queue_end = &q->next;
}

/* "object: kind: text: strerror", every part but the text optional. */
static char *compose(const char *kind, int err, const char *fmt, va_list ap)
{
	char *text = NULL, *line = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		return NULL;
	if (asprintf(&line, "%s%s%s%s%s%s", object ? object : "", object ? ": " : "",
		     kind, text, err < 0 ? ": " : "", err < 0 ? strerror(-err) : "") < 0)
		line = NULL;
	free(text);
	return line;
}

static void say(int priority, const char *kind, int err, const char *fmt, va_list ap)
{
	char *line = compose(kind, err, fmt, ap);
	const char *text = line ? line : "out of memory";

	if (to_syslog) {
		enqueue(priority, text);
	} else {
		fflush(stdout);
		fprintf(stderr, "%s: %s\n", tool, text);
	}
	free(line);
}

void msg_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_ERR, "", 0, fmt, ap);
	va_end(ap);
	errors++;
}

void msg_errno(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_ERR, "", err, fmt, ap);
	va_end(ap);
	errors++;
}

void msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_WARNING, "warning: ", 0, fmt, ap);
	va_end(ap);
	warnings++;
}

void msg_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_INFO, "hint: ", 0, fmt, ap);
	va_end(ap);
}

void msg_info(const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		return;
	if (to_syslog)
		enqueue(LOG_INFO, text);
	else
		printf("%s\n", text);
	free(text);
}

/* Not to syslog: whoever typed it waits here. */
int msg_usage(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	if (fmt) {
		fprintf(stderr, "%s: ", tool);
		va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		va_end(ap);
		putc('\n', stderr);
	}
	fprintf(stderr, "Try '%s --help'.\n", tool);
	return MSG_USAGE;
}

int msg_errors(void)
{
	return errors;
}

void msg_forgive(int n)
{
	errors = n;
}

int msg_warnings(void)
{
	return warnings;
}

static void send_queue(void)
{
	struct queued *q;

	if (queue)
		openlog(tool, LOG_CONS, LOG_DAEMON);
	while ((q = queue) != NULL) {
		syslog(q->priority, "%s", q->text);
		queue = q->next;
		free(q);
	}
	queue_end = &queue;
}

int msg_status(void)
{
	int status = errors ? MSG_FAILED : MSG_OK;

	if (ferror(stdout) || fflush(stdout) != 0) {
		if (errno != EPIPE)
			fprintf(stderr, "%s: cannot write: %s\n", tool, strerror(errno));
		status = MSG_FAILED;
	}
	send_queue();
	msg_object(NULL);
	return status;
}

int msg_finish(int status)
{
	int spoken = msg_status();

	return status > spoken ? status : spoken;
}
