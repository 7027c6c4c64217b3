/* kerneld.h - the daemon that loads modules for the kernel: what its files offer each other
 *
 *	kerneld.c  arguments, start and end, the loop
 *	link.c     the connection to the kernel
 *	jobs.c     modprobe and the sweep, each a process
 *	control.c  the socket on which a running daemon is asked and told
 *
 * One thread, one poll(2); nothing below blocks. The working directory is the kernel's.
 */
#ifndef KERNELD_H
#define KERNELD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/kerneld.h"

struct settings {
	bool keep;	/* never sweep */
	bool debug;	/* log every step */
	unsigned delay; /* seconds between sweeps */
};
extern struct settings settings;

struct statistics {
	unsigned long loaded, failed, sweeps;
};
extern struct statistics statistics;

/* --- kerneld.c --------------------------------------------------------------------------- */

extern char directory[4096]; /* the kernel's, as the user named it */
extern int start_directory;  /* where we were started */

/* One line each: to stderr in the foreground, to syslog otherwise. */
void log_line(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One word: keep, nokeep, debug, nodebug, delay=N. False: it is none of these. */
bool take_setting(const char *word);

void sweep_later(void); /* the next sweep is a full delay away */
void finish(void);	/* the loop ends */

/* --- link.c ------------------------------------------------------------------------------ */

/* Try to connect. True if the kernel is there and nobody else serves it; it may be tried
 * again any time. A refusal ends the program. */
bool link_connect(void);
bool link_is_up(void);
int link_fd(void); /* -1: down */
void link_receive(void);
void link_answer(uint32_t id, int value);
int link_peer(void); /* pid of the kernel's supervisor */

/* --- jobs.c ------------------------------------------------------------------------------ */

/* How modprobe is called: the program, and options in front of ours. */
extern const char *modprobe_program;
/* Can it be run, now? */
bool modprobe_is_there(void);
extern char **modprobe_options;

void job_load(uint32_t id, const char *name);
void job_sweep(void);
bool jobs_loading(void);
/* Children have ended (SIGCHLD). */
void jobs_reap(void);
/* The kernel has gone, or we go: nobody wants them any more. */
void jobs_drop(void);
/* Descriptors to be polled, at most `max`; then what came of it. */
#define JOBS_MAX (2 * KD_REQUESTS)
size_t jobs_poll(struct pollfd *p, size_t max);
void jobs_read(const struct pollfd *p, size_t n);
/* A line a job into text[size]. */
void jobs_describe(char *text, size_t size);

/* --- control.c --------------------------------------------------------------------------- */

/* The socket to be asked on. 0, or -errno. */
int control_listen(void);
int control_fd(void);
void control_serve(void);
void control_close(void);
/* Say `words` to the daemon that serves here; its answer goes to stdout. -ENOENT if there is
 * none, -EPIPE if it ends without an answer, else an exit status. */
int control_ask(char **words);

#endif
