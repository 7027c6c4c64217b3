/* modinfo/signature.h - who signed a module: what is appended to its file */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "info.h"
#include "modelf.h"

/* Add sig_id, signer, sig_key, sig_hashalgo and signature to the info of a signed module, under
 * the names and in the form of kmod's modinfo. What does not make sense as a signature is none.
 * Returns 0, -errno of a read, -ENOMEM. */
int signature_read(struct info *info, struct modelf *m);

#endif
