/* obj-got.c - position independent code linked by libobj really runs
 *
 * The image is written to a file; run32, a 32-bit program, maps it at its address, calls
 * answer() in it and compares with answer() as gcc and ld linked it.
 */
#include <stdlib.h>
#include "fixture.h"
#include "tap.h"

#define BASE 0x30000000u

static void run(const char *object)
{
	const char *dir = getenv("O") ? getenv("O") : "build";
	char image[512], command[1200];
	struct obj_file *f;
	size_t len;
	unsigned char *bytes = fixture_read(object, &len);
	FILE *out;

	snprintf(image, sizeof(image), "%s/unit/%s.image", dir, object);
	is_number(fixture_resolve(&f, bytes, len, NULL, "module"), 0, object);
	is_number(fixture_finish(f, &(struct obj_module){0}, BASE), 0, "links");
	is_string(fixture_diags(f), "", "without a word");
	out = fopen(image, "wb");
	ok(out && fwrite(obj_image(f, 0), obj_size(f), 1, out) == 1 && !fclose(out), "%s",
	   image);
	snprintf(command, sizeof(command), "%s/unit/run32 %s %x %x", dir, image, BASE,
		 fixture_address(f, "answer"));
	fflush(stdout);
	is_number(system(command), 0, "and gives the right answer");
	obj_free(f);
	free(bytes);
}

int main(void)
{
	run("got.o");
	run("got-plain.o");
	return done();
}
