/* fuzz_obj.c - any bytes as an object: from obj_load to the image, all on the way */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "obj.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void look_around(struct obj_file *f)
{
	const struct obj_section *sec;
	const struct obj_symbol *s;
	enum obj_severity severity;
	unsigned cursor = 0;
	size_t at = 0;

	while ((sec = obj_next_section(f, &cursor)))
		if (!sec->name || sec->align & (sec->align - 1))
			abort();
	for (cursor = 0; (s = obj_next_symbol(f, &cursor));)
		if (!s->name || !obj_symbol_letter(f, s))
			abort();
	while (obj_next_modinfo(f, &at))
		;
	for (at = 0; obj_next_persistent(f, &at);)
		;
	for (cursor = 0; obj_diag(f, &cursor, &severity);)
		;
	obj_kernel_version(f);
	obj_uses_checksums(f);
	obj_gpl_compatible(f);
}

/* Every declared parameter gets a value that suits most types. */
static void set_params(struct obj_file *f)
{
	static const char *const values[] = {"1", "1,2", "\"a\\7b\",c", "y"};
	char assignment[128];
	const char *entry;
	size_t at = 0, len;

	obj_check_params(f);
	while ((entry = obj_next_modinfo(f, &at))) {
		if (strncmp(entry, "parm_", 5) && strncmp(entry, "parmtype=", 9))
			continue;
		entry += entry[4] == '_' ? 5 : 9;
		len = strcspn(entry, "=:");
		for (size_t i = 0; i < 4 && len < 64; i++) {
			snprintf(assignment, sizeof(assignment), "%.*s=%s", (int)len,
				 entry, values[i]);
			obj_set_param(f, assignment);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const tgt_addr providers[] = {0xd0000000, 0xd0001000};
	struct obj_module m = {.kallsyms = true, .providers = providers, .nproviders = 2};
	const struct obj_symbol *s;
	struct obj_file *f;
	unsigned cursor = 0, n = 0;
	int err = obj_load(&f, bytes, len);

	if (!err && len % 3 == 0)
		err = obj_ignore_versions(f, "smp_");
	while (!err && (s = obj_next_wanted(f, &cursor)))
		obj_add_symbol(f, s->name, 0xc0000000 + n, n++ % 3);
	if (!err)
		err = obj_resolve(f, "module");
	if (!err)
		set_params(f);
	if (!err)
		obj_add_export(f, "__insmod_module", SHN_ABS, 1);
	if (!err)
		err = obj_build_module(f, &m);
	if (!err)
		err = obj_layout(f);
	if (!err && obj_size(f) < 1 << 20)
		err = obj_relocate(f, 0xd0840000);
	if (!err)
		obj_image(f, TGT_MOD_AUTOCLEAN);
	if (f)
		look_around(f);
	obj_free(f);
	return 0;
}
