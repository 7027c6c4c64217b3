/* tests/fuzz/replay.c - run a fuzz target without libFuzzer
 *
 *	fuzz_NAME			a few hundred random inputs; prints TAP
 *	fuzz_NAME FILE...		these inputs
 *	fuzz_NAME -n COUNT [SEED]	random ones; the same for the same seed
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 4096
#define TAP_RUNS  400
#define SEED	  88172645463325253ull

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
		LLVMFuzzerTestOneInput(data, n);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc >= 3 && strcmp(argv[1], "-n") == 0)
		return run_random(strtoul(argv[2], NULL, 0),
				  argc > 3 ? strtoull(argv[3], NULL, 0) | 1 : SEED);
	if (argc < 2) {
		run_random(TAP_RUNS, SEED);
		printf("ok 1 - %d random inputs\n1..1\n", TAP_RUNS);
	}
	for (int i = 1; i < argc; i++)
		failed |= run_file(argv[i]);
	return failed;
}
