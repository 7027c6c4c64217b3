/* tests/sim/sim.h - the two halves of the simulator
 *
 * kernel.c is kernel code: it sees the kernel's headers and calls kernel-stub/kernel/. The
 * rest is a Linux program: it sees libc. They meet here, in types that are the same for
 * both. See kstub-sim.c for what the simulator is.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- kernel.c, for the program -------------------------------------------------------- */

struct sim_task; /* a client: credentials, descriptors */

void sim_boot(void);
struct sim_task *sim_task_new(uint32_t uid, uint32_t gid);
/* Close its files, delete what it created and did not initialise. */
void sim_task_exit(struct sim_task *task);
int32_t sim_syscall(struct sim_task *task, uint32_t nr, const uintptr_t args[6]);

/* mod_search_extable(), mod_symname() of the core. */
unsigned long sim_search_extable(unsigned long eip);
bool sim_symname(unsigned long addr, char *buf, size_t size);

/* The kernel takes a use of the module at `addr`, if it may; gives it back; finds that the
 * module has faulted. */
bool sim_hold(unsigned long addr);
void sim_release(unsigned long addr);
void sim_fault(unsigned long addr);

/* What is in use, to prove that nothing is left: kmalloc objects and module areas. */
struct sim_counters {
	unsigned long objects, bytes, areas, area_bytes;
};

/* --- memory.c, guard.c: the program, for kernel.c ------------------------------------- */

/* Where the kernel may touch "user" memory: what the call under way was given. Calls of
 * sim_user_add() fill the list, sim_user_reset() empties it. */
void sim_user_reset(void);
void sim_user_add(const void *start, size_t len, bool writable);
/* How many of the n bytes at p user space may (read, write), counted from p. */
size_t sim_user_span(const void *p, size_t n, bool write);

/* Module areas, above 0xC0000000 as in kernel-stub; NULL: no room. */
void *sim_area_alloc(size_t size);
void sim_area_free(void *area, size_t size);
void sim_area_protect(void *start, size_t size, unsigned rights); /* PORT_* */
void sim_counters(struct sim_counters *out);

/* Free what kmalloc() gave to callers in [start, end); returns how many objects. */
unsigned sim_free_of(uintptr_t start, uintptr_t end);
/* Let the n-th allocation from now on fail (kmalloc or area), 0: the next; -1: none. */
void sim_fail_alloc(long n);
/* Called after each read of user memory, if set: play a process that changes it. */
extern void (*sim_user_was_read)(const void *p, size_t n);

/* Do not run module code: sim_guarded() returns this as its result. NULL: run it. */
extern const int *sim_dry_run;
/* Run module code. 0, -EFAULT if it faulted, -ETIME if it ran for longer than a second. */
int sim_guarded(int (*fn)(void), int *result);

/* Ticks of 10 ms since the start. */
unsigned long sim_ticks(void);

/* The log: kept for syslog(2), and written to stderr. */
extern bool sim_quiet; /* do not write it */
void sim_log(const char *text, size_t len);
size_t sim_log_tail(char *buf, size_t size);

#endif
