/* depmod/bucket.h - the order in which kmod's depmod lists what has no order of its own
 *
 * Modules that modules.order does not name, and the lines of modules.symbols, come out of
 * hash tables there: by bucket, within a bucket by name. To write the same files we
 * need the same buckets: Paul Hsieh's hash function (published as SuperFastHash).
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <stdint.h>

#define BUCKETS_MODULES 512
#define BUCKETS_SYMBOLS 2048

/* Bucket of `name` among n, a power of two. */
uint32_t bucket_of(const char *name, uint32_t n);

#endif
