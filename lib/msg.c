/* lib/msg.c - messages to the user, on the terminal or through syslog */
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct msg_line {
	struct msg_line *next;
	int priority;
	bool plain; /* information, for stdout */
	char text[];
};

static const char *tool = "modstack";
static char *object;
static int errors, warnings;
static bool to_syslog;
static struct msg_kept for_syslog;
static _Thread_local struct msg_kept *keeping;

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

static void print(bool plain, const char *text)
{
	if (plain) {
		printf("%s\n", text);
		return;
	}
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", tool, text);
}

static bool keep(struct msg_kept *kept, int priority, bool plain, const char *text)
{
	size_t len = strlen(text) + 1;
	struct msg_line *line = malloc(sizeof(*line) + len);

	if (!line)
		return false;
	*line = (struct msg_line){.priority = priority, .plain = plain};
	memcpy(line->text, text, len);
	if (kept->last)
		kept->last->next = line;
	else
		kept->first = line;
	kept->last = line;
	return true;
}

/* What there is no memory to keep is better on the terminal than lost. */
static void say_line(int priority, bool plain, const char *text)
{
	if (keeping && keep(keeping, priority, plain, text))
		return;
	errors += priority == LOG_ERR;
	warnings += priority == LOG_WARNING;
	if (!to_syslog || !keep(&for_syslog, priority, plain, text))
		print(plain, text);
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

	say_line(priority, false, line ? line : "out of memory");
	free(line);
}

void msg_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_ERR, "", 0, fmt, ap);
	va_end(ap);
}

void msg_errno(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_ERR, "", err, fmt, ap);
	va_end(ap);
}

void msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_WARNING, "warning: ", 0, fmt, ap);
	va_end(ap);
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
	if (text)
		say_line(LOG_INFO, true, text);
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

void msg_keep(struct msg_kept *kept)
{
	keeping = kept;
}

void msg_release(struct msg_kept *kept, bool speak)
{
	struct msg_line *line;

	while ((line = kept->first) != NULL) {
		if (speak)
			say_line(line->priority, line->plain, line->text);
		kept->first = line->next;
		free(line);
	}
	kept->last = NULL;
}

static void send_to_syslog(void)
{
	if (for_syslog.first)
		openlog(tool, LOG_CONS, LOG_DAEMON);
	for (const struct msg_line *line = for_syslog.first; line; line = line->next)
		syslog(line->priority, "%s", line->text);
	msg_release(&for_syslog, false);
}

int msg_status(void)
{
	int status = errors ? MSG_FAILED : MSG_OK;

	if (ferror(stdout) || fflush(stdout) != 0) {
		if (errno != EPIPE)
			fprintf(stderr, "%s: cannot write: %s\n", tool, strerror(errno));
		status = MSG_FAILED;
	}
	send_to_syslog();
	msg_object(NULL);
	return status;
}

int msg_finish(int status)
{
	int spoken = msg_status();

	return status > spoken ? status : spoken;
}
