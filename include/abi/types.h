/* abi/types.h - types whose width is the target's (i386), in every world
 *
 * A target address is a number. It becomes a pointer only inside the kernel (or the
 * simulator, a 32-bit process), where its width is that of a pointer.
 */
#ifndef ABI_TYPES_H
#define ABI_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t tgt_addr;  /* an address in the target */
typedef uint32_t tgt_ulong; /* unsigned long, size_t, unsigned int of i386 */
typedef int32_t tgt_long;   /* long, int of i386 */

#define TGT_PAGE_SIZE 4096u

/* The kernel says no with -1 ... -4095; everything else is a result (create_module
 * returns addresses above 0xC0000000). This is the one place that knows. */
#define TGT_MAX_ERRNO	4095
#define TGT_IS_ERROR(r) ((uint32_t)(r) > 0u - (TGT_MAX_ERRNO + 1))

#endif
