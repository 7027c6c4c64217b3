/* replay_files.c - run a fuzz target over the files of its corpus, as a test
 *
 * Linked with one fuzz_*.c; REPLAY_DIRECTORY is its corpus, unless directories are named. A
 * crash ends the program, which the test runner sees; each input is named before it is tried.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void replay(const char *path)
{
	FILE *in = fopen(path, "rb");
	uint8_t *bytes;
	long len;

	if (!in || fseek(in, 0, SEEK_END) || (len = ftell(in)) < 0) {
		printf("# cannot read %s\n", path);
		exit(2);
	}
	rewind(in);
	bytes = malloc(len ? len : 1);
	if (!bytes || fread(bytes, 1, len, in) != (size_t)len)
		exit(2);
	fclose(in);
	LLVMFuzzerTestOneInput(bytes, len);
	free(bytes);
}

static unsigned replay_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[4096];
	unsigned n = 0;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		printf("# %s\n", path);
		fflush(stdout);
		replay(path);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	unsigned n = argc < 2 ? replay_all(REPLAY_DIRECTORY) : 0;

	for (int i = 1; i < argc; i++)
		n += replay_all(argv[i]);
	printf("%sok 1 - %u inputs\n1..1\n", n ? "" : "not ", n);
	return n ? 0 : 1;
}
