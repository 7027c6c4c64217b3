/* spawn.c - spawn RUNS COMMAND [-- COMMAND]...: run commands in turn, RUNS rounds
 *
 * Prints for each command its median wall time in milliseconds and its peak memory in KiB. A
 * small program does this itself: a child's peak starts with that of the process it was
 * forked from. Output of the commands is dropped; one that fails ends the measurement.
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

struct command {
	char **argv;
	double *times;
	long memory;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double run(struct command *c)
{
	posix_spawn_file_actions_t actions;
	double start = now();
	struct rusage usage;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, c->argv[0], &actions, NULL, c->argv, environ)) {
		perror(c->argv[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&actions);
	if (wait4(pid, &status, 0, &usage) != pid || status) {
		fprintf(stderr, "spawn: %s failed\n", c->argv[0]);
		exit(1);
	}
	if (usage.ru_maxrss > c->memory)
		c->memory = usage.ru_maxrss;
	return now() - start;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS] = {0};
	int runs = argc > 2 ? atoi(argv[1]) : 0, n = 0;

	if (runs < 1) {
		fprintf(stderr, "usage: spawn RUNS COMMAND [-- COMMAND]...\n");
		return 2;
	}
	commands[n++].argv = argv + 2;
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], "--") && n < MAX_COMMANDS) {
			argv[i] = NULL;
			commands[n++].argv = argv + i + 1;
		}
	for (int i = 0; i < n; i++)
		commands[i].times = calloc(runs, sizeof(double));
	for (int r = 0; r < runs; r++)
		for (int i = 0; i < n; i++)
			commands[i].times[r] = run(&commands[i]);
	for (int i = 0; i < n; i++) {
		qsort(commands[i].times, runs, sizeof(double), by_value);
		printf("%.3f %ld\n", commands[i].times[runs / 2], commands[i].memory);
	}
	return 0;
}
