/* obj-kallsyms.c - __kallsyms, read back as a debugger would: by the sizes in its header */
#include <stdlib.h>
#include "fixture.h"
#include "tap.h"

#define BASE 0xc8800000u

static const char *const externals[] = {"printk=c0100000", NULL};

int main(void)
{
	struct obj_module m = {.kallsyms = true};
	const struct obj_section *sec;
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read("worked.o", &len);
	const char *image;
	tgt_addr k, record, last = 0;
	unsigned good = 0, n;

	is_number(fixture_resolve(&f, bytes, len, externals, "m"), 0,
		  "worked.o resolves");
	is_number(fixture_finish(f, &m, BASE), 0, "and links with __kallsyms");
	sec = obj_find_section(f, "__kallsyms");
	if (!ok(sec != NULL, "__kallsyms is there"))
		return done();
	k = sec->address;
	image = obj_image(f, 0);
#define WORD(at) fixture_word(f, BASE, (at))
	is_number(WORD(k), 44, "size of the header");
	is_number(WORD(k + 4), sec->size, "total size");
	is_number(WORD(k + 36), BASE, "start");
	is_number(WORD(k + 40), BASE + obj_size(f), "end");
	is_number(WORD(BASE + 76), k, "kallsyms_start");
	is_number(WORD(BASE + 80), k + sec->size, "kallsyms_end");
	n = WORD(k + 8);
	for (unsigned i = 0; i < n; i++) {
		record = k + WORD(k + 12) + i * WORD(k + 16);
		sec = obj_find_section(f, image + (k - BASE) + WORD(record + 8));
		good += sec && sec->address == WORD(record) &&
			sec->size == WORD(record + 4) && sec->flags == WORD(record + 12);
	}
	ok(good == n && n == 11, "all %u sections are right", n);
	good = 0;
	n = WORD(k + 20);
	for (unsigned i = 0; i < n; i++) {
		record = k + WORD(k + 24) + i * WORD(k + 28);
		good += fixture_address(f, image + (k - BASE) + WORD(record + 8)) ==
				WORD(record + 4) &&
			WORD(record + 4) >= last &&
			WORD(k + WORD(record)) <= WORD(record + 4);
		last = WORD(record + 4);
	}
	ok(good == n && n == 10, "all %u symbols are right, by address", n);
	obj_free(f);
	free(bytes);
	return done();
}
