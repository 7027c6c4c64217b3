/* fuzz_facts.c - any bytes as a module's file: all that depmod and modinfo read of it */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../../depmod/facts.h"
#include "../../depmod/tables.h"
#include "../../modinfo/info.h"
#include "../../modinfo/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(const struct facts *f)
{
	for (uint32_t i = 0; i < f->exports.n; i++)
		if (strnlen(f->exports.v[i].name, f->exports.v[i].len) !=
		    f->exports.v[i].len)
			abort();
	for (uint32_t i = 0; i < f->imports.n; i++)
		if (strlen(f->imports.v[i].name) != f->imports.v[i].len)
			abort();
	if (f->info.len && f->info.bytes[f->info.len - 1] != '\0')
		abort();
}

static void read_as(const char *path, bool classic)
{
	struct facts_wanted wanted = {.classic = classic, .crcs = true, .prefix = '_'};
	struct facts facts = {0};
	struct info info = {0};
	struct modelf m;

	modelf_init(&m);
	if (modelf_open(&m, AT_FDCWD, path) == 0) {
		if (facts_read(&facts, &m, &wanted) == 0)
			check(&facts);
		signature_read(&info, &m);
		modelf_close(&m);
	}
	facts_free(&facts);
	info_free(&info);
	modelf_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static int fd = -1;
	char path[64];

	if (fd < 0)
		fd = memfd_create("module", 0);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_as(path, false);
	read_as(path, true);
	return 0;
}
