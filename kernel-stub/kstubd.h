/* kstubd.h - the supervisor of one kernel-stub: what its files offer each other
 *
 *	kstubd.c          options, the directory, the status file, start and end
 *	kstubd_loop.c     waiting: descriptors and timers
 *	kstubd_qemu.c     the QEMU process and why it ended
 *	kstubd_console.c  the serial console: the log and who looks at it
 *	kstubd_link.c     tools and their frames
 *	kstubd_kerneld.c  the line to a kerneld
 *
 * One thread, one epoll loop; no call below ever blocks. The working directory is the
 * kernel's directory, so all names in it are relative.
 */
#ifndef KSTUBD_H
#define KSTUBD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* --- kstubd.c ---------------------------------------------------------------------------- */

struct options {
	const char *dir;
	const char *kernel, *initrd; /* files */
	const char *cdrom;  /* image in the drive hdc, "": it is empty; NULL: no drive */
	const char *accel;  /* "tcg" or "kvm" */
	const char *append; /* to the kernel's command line, or NULL */
	const char *qemu;   /* the program */
	unsigned memory;    /* MiB */
	unsigned start_limit; /* seconds until the gateway must serve, 0: no limit */
	unsigned deadline;    /* seconds until a ping must be answered, 0: no limit */
	bool stopped;	      /* wait for a debugger before the first instruction */
};
extern struct options options;

/* Events of the kernel's life; each is written to the status file and told to whoever
 * waits for it. */
void kernel_ready(void);
/* The guest is of no use any more: end it. `why` is one line, what `kstub status` says. */
void kernel_failed(const char *why, ...) __attribute__((format(printf, 1, 2)));
/* QEMU has ended, with this wait status. */
void kernel_ended(int status);

/* --- kstubd_loop.c ----------------------------------------------------------------------- */

struct watch {
	int fd;
	uint32_t
		events; /* EPOLLIN, EPOLLOUT that are waited for; 0: only for a hang-up */
	void (*ready)(struct watch *w, uint32_t events);
};

struct timer {
	void (*fire)(struct timer *t);
	int64_t when; /* now_ms() clock */
	struct timer *next;
};

/* All return 0 or -errno; descriptors become the watch's and are closed by watch_close,
 * after which the watch may be freed at once. */
int loop_init(void);
int watch_open(struct watch *w, int fd, uint32_t events,
	       void (*ready)(struct watch *w, uint32_t events));
void watch_events(struct watch *w, uint32_t events);
void watch_close(struct watch *w);
/* A listening socket in the kernel's directory; what was there before is removed. */
int watch_listen(struct watch *w, const char *name,
		 void (*ready)(struct watch *w, uint32_t events));

void timer_set(struct timer *t, int64_t ms, void (*fire)(struct timer *t));
void timer_clear(struct timer *t);
bool timer_is_set(const struct timer *t);

void loop_run(void); /* until loop_end() */
void loop_end(void);
int64_t now_ms(void);

/* --- kstubd_qemu.c ----------------------------------------------------------------------- */

/* Start QEMU; fds[] become our ends of the console and of the ports. 0 or -errno. */
enum { QEMU_CONSOLE, QEMU_GATEWAY, QEMU_KERNELD, QEMU_FDS };
int qemu_start(int fds[QEMU_FDS]);
pid_t qemu_pid(void); /* 0 when it has ended */
void qemu_kill(void);
/* Collect the process if it has ended (after SIGCHLD): calls kernel_ended. */
void qemu_reap(void);
/* Is a debugger at work, so that silence is no sign of death? It holds gdb.lock. */
bool debugger_attached(void);
/* One line for a wait status; true if it was a clean power-off. */
bool qemu_verdict(int status, char *text, size_t size);

/* --- kstubd_console.c -------------------------------------------------------------------- */

int console_init(int fd); /* opens console.log and console.sock */
/* Read what is still to be had from the console of a guest that has ended. */
void console_drain(void);
/* The last lines of the log, NUL-terminated, at most size - 1 bytes. */
void console_tail(char *text, size_t size);
void console_close(void);

/* --- kstubd_link.c ----------------------------------------------------------------------- */

int link_init(int fd); /* the gateway's port */
int link_listen(void); /* from now on tools may come: syscall.sock */
/* Answer every frame that waits, now and later, with this error, whose text stays ours;
 * end the loop when the last tool has gone. */
void link_fail(int err, const char *text);
/* Deliver the answers of a guest that has ended. */
void link_drain(void);
/* Ask the guest to power itself off. */
void link_power_off(void);
void link_close(void);

/* --- kstubd_kerneld.c ---------------------------------------------------------------------- */

int kerneld_init(int fd); /* the kernel's port */
int kerneld_listen(void); /* from now on a kerneld may come: kerneld.sock */
/* The module request a tool works for, by its environment; 0: for none. */
uint32_t kerneld_request_of(pid_t pid);
void kerneld_close(void);

#endif
