/* obj-link.c - how long does libobj take? For `bench/link`.
 *
 *	obj-link [-r ROUNDS] [-m SYSTEM.MAP] < names of objects, one a line
 *
 * Collects every undefined name of all objects as "the kernel's symbols", then links each
 * object: read the file, resolve, lay out, relocate. Prints the objects, the names, and in
 * microseconds median, 99th percentile, maximum and total of the best round; then the peak
 * memory above the largest file in KiB. -m: write those symbols to a file.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "obj.h"

/* --- the kernel's symbols: open addressing ---------------------------------------------- */

#define TABLE_SIZE (1u << 16)

static struct {
	char *name;
	tgt_addr value;
} table[TABLE_SIZE];
static unsigned names;

static unsigned find(const char *name)
{
	uint32_t h = 2166136261u;

	for (const char *p = name; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (h &= TABLE_SIZE - 1; table[h].name && strcmp(table[h].name, name);)
		h = (h + 1) & (TABLE_SIZE - 1);
	return h;
}

static void collect(struct obj_file *f)
{
	const struct obj_symbol *s;
	unsigned cursor = 0, at;

	while ((s = obj_next_wanted(f, &cursor))) {
		at = find(s->name);
		if (table[at].name || names == TABLE_SIZE / 2)
			continue;
		table[at].name = strdup(s->name);
		table[at].value = 0xc0100000u + 16 * names++;
	}
}

/* --- one object ------------------------------------------------------------------------- */

static char *buffer;
static size_t buffer_size, largest;

static size_t read_object(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st)) {
		perror(path);
		exit(1);
	}
	if (st.st_size > buffer_size) {
		free(buffer);
		buffer = malloc(buffer_size = st.st_size);
	}
	if (read(fd, buffer, st.st_size) != st.st_size) {
		perror(path);
		exit(1);
	}
	close(fd);
	if (st.st_size > largest)
		largest = st.st_size;
	return st.st_size;
}

static void link_object(const char *path)
{
	size_t len = read_object(path);
	const struct obj_symbol *s;
	struct obj_file *f;
	unsigned cursor = 0, at;
	int err = obj_load(&f, buffer, len);

	while (!err && (s = obj_next_wanted(f, &cursor))) {
		at = find(s->name);
		if (table[at].name)
			obj_add_symbol(f, s->name, table[at].value, 0);
	}
	if (!err)
		err = obj_resolve(f, NULL);
	if (!err)
		err = obj_layout(f);
	if (!err)
		err = obj_relocate(f, 0xc8800000);
	if (err || !obj_image(f, 0))
		printf("%s: %s\n", path, strerror(-err));
	obj_free(f);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double round_of(char **paths, size_t n, double *times)
{
	double start = now(), at = start, next;

	for (size_t i = 0; i < n; i++, at = next) {
		link_object(paths[i]);
		next = now();
		times[i] = next - at;
	}
	return at - start;
}

static void write_map(const char *path)
{
	FILE *out = fopen(path, "w");

	for (unsigned i = 0; out && i < TABLE_SIZE; i++)
		if (table[i].name)
			fprintf(out, "%08x T %s\n", table[i].value, table[i].name);
	if (!out || fclose(out)) {
		perror(path);
		exit(1);
	}
}

/* The paths on standard input, their undefined names collected. */
static size_t read_paths(char ***paths)
{
	size_t n = 0, cap = 0, size = 0, len;
	char *line = NULL;
	struct obj_file *f;
	ssize_t got;

	while ((got = getline(&line, &size, stdin)) > 0) {
		line[got - 1] = '\0';
		if (n == cap)
			*paths = realloc(*paths, (cap = cap * 2 + 64) * sizeof(**paths));
		(*paths)[n++] = strdup(line);
		len = read_object(line);
		if (!obj_load(&f, buffer, len))
			collect(f);
		obj_free(f);
	}
	free(line);
	return n;
}

int main(int argc, char **argv)
{
	const char *map = NULL;
	char **paths = NULL;
	double *times, *best, total = 1e18, t;
	struct rusage usage;
	int rounds = 3, opt;
	size_t n;

	while ((opt = getopt(argc, argv, "r:m:")) > 0) {
		if (opt == 'r')
			rounds = atoi(optarg);
		else if (opt == 'm')
			map = optarg;
		else
			return 2;
	}
	n = read_paths(&paths);
	if (map)
		write_map(map);
	if (!n)
		return 2;
	times = malloc(n * sizeof(*times));
	best = malloc(n * sizeof(*best));
	while (rounds--) {
		t = round_of(paths, n, times);
		if (t < total) {
			total = t;
			memcpy(best, times, n * sizeof(*best));
		}
	}
	qsort(best, n, sizeof(*best), by_value);
	getrusage(RUSAGE_SELF, &usage);
	printf("%zu %u %.1f %.1f %.1f %.0f %ld\n", n, names, best[n / 2],
	       best[n * 99 / 100], best[n - 1], total,
	       usage.ru_maxrss - (long)(largest >> 10));
	return 0;
}
