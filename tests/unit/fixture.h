/* fixture.h - what the tests of libobj share: object files and the usual line */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "obj.h"

/* The bytes of $O/unit/NAME; exits if it is not there. */
unsigned char *fixture_read(const char *name, size_t *len);

/* obj_load, imports from `externals` ("name=hexvalue", NULL ends; provider 0; NULL: none),
 * obj_resolve as module `name` (NULL: none). Returns the first error. */
int fixture_resolve(struct obj_file **f, const void *bytes, size_t len,
		    const char *const *externals, const char *name);

/* obj_build_module (if there is a module) to obj_relocate. */
int fixture_finish(struct obj_file *f, const struct obj_module *m, tgt_addr base);

/* All diagnostics so far, joined by newlines; until the next call. */
const char *fixture_diags(const struct obj_file *f);

/* A word of the image. */
tgt_ulong fixture_word(struct obj_file *f, tgt_addr base, tgt_addr at);

/* The address of a symbol; 0 if there is none. */
tgt_addr fixture_address(struct obj_file *f, const char *name);

#endif
