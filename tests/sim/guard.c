/* tests/sim/guard.c - run a module's function so that a fault or an endless loop ends it
 *
 * Signals that its code causes, and SIGALRM after a second, jump back to the caller. The
 * jump leaves whatever the module had called in the middle, which is what a kernel that
 * contains its modules does as well. Outside of module code a fault is a bug of ours and
 * goes to the sanitizer.
 */
#include "sim.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#define LIMIT_SECONDS 1

struct guard {
	struct guard *outer;
	sigjmp_buf back;
};

const int *sim_dry_run;
static struct guard *innermost;
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

static void stop_module(int sig)
{
	if (!innermost) {
		signal(sig, SIG_DFL);
		raise(sig);
		return;
	}
	siglongjmp(innermost->back, sig);
}

static void catch_faults(void)
{
	struct sigaction action = {.sa_handler = stop_module, .sa_flags = SA_ONSTACK};
	static char stack[64 << 10];
	stack_t alt = {.ss_sp = stack, .ss_size = sizeof(stack)};
	static bool done;

	if (done)
		return;
	done = true;
	sigaltstack(&alt, NULL);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &action, NULL);
	sigaction(SIGALRM, &action, NULL);
}

int sim_guarded(int (*fn)(void), int *result)
{
	struct itimerval limit = {.it_value.tv_sec = LIMIT_SECONDS}, none = {0};
	struct guard guard = {.outer = innermost};
	int sig;

	if (sim_dry_run) {
		*result = *sim_dry_run;
		return 0;
	}
	catch_faults();
	sig = sigsetjmp(guard.back, 1);
	if (!sig) {
		innermost = &guard;
		setitimer(ITIMER_REAL, &limit, NULL);
		*result = fn();
	}
	setitimer(ITIMER_REAL, guard.outer ? &limit : &none, NULL);
	innermost = guard.outer;
	if (!sig)
		return 0;
	if (!sim_quiet)
		fprintf(stderr, "module stopped by signal %d\n", sig);
	return sig == SIGALRM ? -ETIME : -EFAULT;
}

unsigned long sim_ticks(void)
{
	static time_t start;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!start)
		start = now.tv_sec;
	return (now.tv_sec - start) * 100 + now.tv_nsec / 10000000;
}
