/* inflate.c - inflate [-t THREADS]: unpack all files named on stdin, nothing else
 *
 * What depmod on a compressed tree cannot be faster than. For `bench/depmod`.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "readfile.h"

#define FILES_MAX   100000
#define THREADS_MAX 64

static char *files[FILES_MAX];
static unsigned nfiles;
static atomic_uint next;
static atomic_int failed;

static void *work(void *arg)
{
	unsigned i;

	while ((i = next++) < nfiles) {
		struct readfile f;

		if (readfile(&f, files[i], false) < 0)
			failed = 1;
		readfile_free(&f);
	}
	return arg;
}

int main(int argc, char **argv)
{
	unsigned threads = argc > 2 && strcmp(argv[1], "-t") == 0 ? atoi(argv[2]) : 1;
	pthread_t thread[THREADS_MAX];
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while (nfiles < FILES_MAX && (len = getline(&line, &room, stdin)) > 0)
		files[nfiles++] = strndup(line, len - 1);
	free(line);
	if (threads < 1 || threads > THREADS_MAX)
		return 2;
	for (unsigned i = 1; i < threads; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	work(NULL);
	for (unsigned i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	return failed;
}
