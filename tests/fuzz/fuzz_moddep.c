/* fuzz_moddep.c - any bytes as an index: searched in place, and as each of the text files
 *
 * The first byte says what the rest is: 0 a binary index, else a text file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "moddep.h"
#include "moddep_trie.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *const keys[] = {"",
				   "a",
				   "ext4",
				   "pci:v00008086d0000100Esv1sd2bc3sc4i5",
				   "symbol:printk",
				   "usb:v1p2d3dc4dsc5dp6ic7isc8ip9in0",
				   "x-y_z[a-b]",
				   "*",
				   "[",
				   "]"};
#define NKEYS (sizeof(keys) / sizeof(keys[0]))

static int touch(void *arg, const char *key, const struct moddep_match *match)
{
	*(size_t *)arg += strlen(key) + strlen(match->value) + match->priority;
	return 0;
}

static void search_trie(const uint8_t *bytes, size_t len)
{
	struct moddep_trie t;
	size_t sum = 0;

	if (moddep_trie_init(&t, bytes, len) < 0)
		return;
	moddep_trie_walk(&t, touch, &sum);
	for (size_t i = 0; i < NKEYS; i++) {
		moddep_trie_find(&t, keys[i], touch, &sum);
		moddep_trie_match(&t, keys[i], touch, &sum);
	}
}

static void ask(const char *dir)
{
	struct moddep *m;
	size_t sum = 0;

	if (moddep_open(&m, dir) < 0)
		return;
	for (int file = 0; file < MODDEP_NFILES; file++) {
		moddep_walk(m, file, touch, &sum);
		for (size_t i = 0; i < NKEYS; i++) {
			struct moddep_match *matches;

			moddep_lookup(m, file, keys[i], &matches);
			free(matches);
		}
	}
	for (size_t i = 0; i < NKEYS; i++) {
		struct moddep_entry entry;

		moddep_find(m, keys[i], &entry);
		moddep_entry_free(&entry);
	}
	moddep_close(m);
}

static const char *const names[] = {"modules.dep", "modules.alias", "modules.builtin",
				    "modules.builtin.modinfo", "modules.dep.bin"};
#define NNAMES (sizeof(names) / sizeof(names[0]))
static char dir[] = "/dev/shm/fuzz-moddep.XXXXXX";

static void clean(void)
{
	char path[256];

	for (size_t i = 0; i < NNAMES; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void put(const char *name, const uint8_t *bytes, size_t len)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "wb");
	if (!out)
		return;
	fwrite(bytes, 1, len, out);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static int made;

	if (len == 0)
		return 0;
	if (!made) {
		if (!mkdtemp(dir))
			return 0;
		atexit(clean);
		made = 1;
	}
	if (bytes[0] == 0)
		search_trie(bytes + 1, len - 1);
	for (size_t i = 0; i < NNAMES - 1; i++)
		put(names[i], bytes + 1, len - 1);
	/* without contents it does not count, and the text is read */
	put(names[NNAMES - 1], bytes + 1, bytes[0] == 0 ? len - 1 : 0);
	ask(dir);
	return 0;
}
