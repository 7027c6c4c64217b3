/* tests/fuzz/replay.c - run a fuzz target without libFuzzer
 *
 *	fuzz_NAME FILE...		these inputs
 *	fuzz_NAME -n COUNT [SEED]	random ones; with KEEP=1 each is in ./crash-input
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		perror(path);
		return 1;
	}
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	return 0;
}

/* So that an input that crashes can be run again. */
static void keep(const uint8_t *data, size_t n)
{
	FILE *f = fopen("crash-input", "wb");

	if (!f)
		return;
	fwrite(data, 1, n, f);
	fclose(f);
}

static int run_random(unsigned long count, uint64_t seed)
{
	static uint8_t data[INPUT_MAX];

	for (unsigned long i = 0; i < count; i++) {
		size_t n = 1 + seed % INPUT_MAX;

		for (size_t k = 0; k < n; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			data[k] = seed >> 24;
		}
		if (getenv("KEEP"))
			keep(data, n);
		LLVMFuzzerTestOneInput(data, n);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc >= 3 && strcmp(argv[1], "-n") == 0)
		return run_random(strtoul(argv[2], NULL, 0),
				  argc > 3 ? strtoull(argv[3], NULL, 0) | 1
					   : 88172645463325252);
	if (argc < 2) {
		fprintf(stderr, "usage: %s FILE... | -n COUNT [SEED]\n", argv[0]);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		failed |= run_file(argv[i]);
	return failed;
}
