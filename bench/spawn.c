/* spawn.c - spawn [-1] RUNS COMMAND [-- COMMAND]...: run commands in turn, RUNS rounds
 *
 * Prints for each command the medians of its wall and processor time in milliseconds and its
 * peak memory in KiB. A small program does this itself: a child's peak starts with that of the
 * process it was forked from. Output of the commands is dropped; one that fails ends the
 * measurement, unless -1 says that all are to end with status 1. NAME=VALUE words in front of
 * a command are put in its environment.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 8

extern char **environ;
static int wanted_status;

struct command {
	char **argv;
	double *wall, *cpu;
	long memory;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double ms(struct timeval t)
{
	return t.tv_sec * 1e3 + t.tv_usec / 1e3;
}

static void run(struct command *c, int round)
{
	posix_spawn_file_actions_t actions;
	char **argv = c->argv;
	struct rusage usage;
	double start;
	int status;
	pid_t pid;

	for (; *argv && strchr(*argv, '='); argv++)
		putenv(*argv);
	start = now();
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ)) {
		perror(argv[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&actions);
	if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != wanted_status) {
		fprintf(stderr, "spawn: %s failed\n", argv[0]);
		exit(1);
	}
	if (usage.ru_maxrss > c->memory)
		c->memory = usage.ru_maxrss;
	c->wall[round] = now() - start;
	c->cpu[round] = ms(usage.ru_utime) + ms(usage.ru_stime);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *times, int n)
{
	qsort(times, n, sizeof(*times), by_value);
	return times[n / 2];
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS] = {0};
	int runs, n = 0;

	if (argc > 1 && strcmp(argv[1], "-1") == 0) {
		wanted_status = 1;
		argv++;
		argc--;
	}
	runs = argc > 2 ? atoi(argv[1]) : 0;
	if (runs < 1) {
		fprintf(stderr, "usage: spawn [-1] RUNS COMMAND [-- COMMAND]...\n");
		return 2;
	}
	commands[n++].argv = argv + 2;
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], "--") && n < MAX_COMMANDS) {
			argv[i] = NULL;
			commands[n++].argv = argv + i + 1;
		}
	for (int i = 0; i < n; i++) {
		commands[i].wall = calloc(runs, sizeof(double));
		commands[i].cpu = calloc(runs, sizeof(double));
	}
	for (int r = 0; r < runs; r++)
		for (int i = 0; i < n; i++)
			run(&commands[i], r);
	for (int i = 0; i < n; i++)
		printf("%.3f %.3f %ld\n", median(commands[i].wall, runs),
		       median(commands[i].cpu, runs), commands[i].memory);
	return 0;
}
