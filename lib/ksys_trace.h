/* lib/ksys_trace.h - system calls as text, from abi/syscalls.def */
#ifndef KSYS_TRACE_H
#define KSYS_TRACE_H

#include <stdio.h>
#include "ksys.h"

/* create_module("foo", 4096) = 0xc8800000, with a newline. Call when the results are
 * in. */
void ksys_trace_call(FILE *out, const struct ksys_call *c);

/* The result alone: a number, or "-1 ENOENT (No such file or directory)". */
void ksys_trace_result(FILE *out, int32_t result);

#endif
