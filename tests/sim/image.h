/* tests/sim/image.h - images of modules made by hand, and system calls on them, for tests
 *
 * An image is two pages: the header, then at fixed offsets its name, tables and code. The
 * code counts its calls in variables of the test and returns what they say.
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include "abi/module.h"
#include "sim.h"

#define IMAGE_SIZE    8192u
#define IMAGE_NAME    192u  /* behind the longest header */
#define IMAGE_SYMS    512u  /* image_symbol(): up to 32 */
#define IMAGE_DEPS    768u  /* image_dep(): up to 16 */
#define IMAGE_TABLE   1024u /* exception table, 2 entries */
#define IMAGE_INIT    1280u
#define IMAGE_CLEANUP 1312u
#define IMAGE_BUSY    1344u /* can_unload */
#define IMAGE_STRINGS 2048u

struct image {
	union {
		struct tgt_module h;
		unsigned char bytes[IMAGE_SIZE];
	};
	uint32_t base, strings; /* where the next string goes */
};

/* What the functions of an image return, and how often they ran. */
extern int init_result, busy_result;
extern unsigned inits, cleanups;

/* A valid image for address `base`: no symbols, no dependencies, init and cleanup. */
void image_make(struct image *im, uint32_t base, const char *name);
void image_symbol(struct image *im, const char *name, uint32_t value);
void image_dep(struct image *im, uint32_t dep);
/* Replace the code at an offset. */
void image_code(struct image *im, uint32_t off, const void *code, size_t len);

/* --- the calls, made by *task (root unless a test says otherwise) ----------------------- */

extern struct sim_task *task;

int32_t create(const char *name, uint32_t size);
int32_t init(const char *name, const struct image *im);
int32_t unload(const char *name); /* NULL: sweep */
int32_t query(const char *name, int which, void *buf, uint32_t size, uint32_t *ret);

/* create, image_make: returns the result of create. */
int32_t prepare(struct image *im, const char *name);
/* prepare, init: returns the result of init. */
int32_t load(struct image *im, const char *name);
/* Content of a /proc file, valid until the next call. */
const char *proc(const char *path);

#endif
