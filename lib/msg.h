/* lib/msg.h - the only place that speaks to the user
 *
 * Errors, warnings, hints: "tool: object: text" on stderr, or queued for syslog with -s
 * and sent at exit (queueing matters: syslog itself may need a module). Information:
 * stdout, or syslog. Nothing here exits; main does, with msg_status().
 */
#ifndef MSG_H
#define MSG_H

#include <stdarg.h>
#include <stdbool.h>

enum msg_exit { MSG_OK = 0, MSG_FAILED = 1, MSG_USAGE = 2 };

/* argv[0] or a fixed name; the pointer's basename is kept. */
void msg_init(const char *tool);
/* What later messages are about; NULL: none. Copied. */
void msg_object(const char *object);
/* -s: from now on queue everything for syslog. */
void msg_to_syslog(void);

/* Print; errors and warnings are counted. A negative `err` in msg_errno adds
 * ": strerror". */
void msg_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_errno(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void msg_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What this thread says from now on is kept, until msg_keep(NULL); then msg_release() says it,
 * or throws it away. So jobs that several threads do speak in one order. */
struct msg_kept {
	struct msg_line *first, *last;
};
void msg_keep(struct msg_kept *kept);
void msg_release(struct msg_kept *kept, bool speak);

/* Wrong usage: why (NULL: getopt has told), and where to read on. Returns MSG_USAGE. */
int msg_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

int msg_errors(void);	/* how many msg_error/msg_errno so far */
int msg_warnings(void); /* how many msg_warn so far */

/* Something optional failed: the errors beyond the first `n` do not count in
 * msg_status. */
void msg_forgive(int n);

/* Flush stdout, send what was queued, and say how main should exit: MSG_OK, or MSG_FAILED
 * if an error was counted or stdout could not be written (EPIPE is silent). */
int msg_status(void);
/* The same, or `status` if that is worse. */
int msg_finish(int status);

#endif
