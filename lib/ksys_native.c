/* lib/ksys_native.c - system calls made by int $0x80, for programs that run in the guest
 *
 * Built for i386 only: a pointer of the caller is a pointer of the kernel.
 */
#include "ksys_transport.h"

#include <errno.h>
#include <string.h>

#ifndef __i386__
#error "only for the target"
#endif

int transport_open(void)
{
	return 0;
}

void transport_close(void)
{
}

/* ebp carries the sixth argument; it is the compiler's, so it is saved around the
 * call. */
static int32_t system_call(uint32_t nr, const uint32_t a[GW_MAX_ARGS])
{
	int32_t result;

	__asm__ volatile("pushl %%ebp\n\t"
			 "movl 20(%%ebx), %%ebp\n\t"
			 "movl 4(%%ebx), %%ecx\n\t"
			 "movl 8(%%ebx), %%edx\n\t"
			 "movl 12(%%ebx), %%esi\n\t"
			 "movl 16(%%ebx), %%edi\n\t"
			 "movl (%%ebx), %%ebx\n\t"
			 "int $0x80\n\t"
			 "popl %%ebp"
			 : "=a"(result), "+b"(a)
			 : "0"(nr)
			 : "ecx", "edx", "esi", "edi", "memory");
	return result;
}

static uint32_t argument(const struct ksys_call *calls, const struct ksys_arg *a)
{
	switch (a->kind) {
	case GW_VALUE:
		return a->value;
	case GW_RESULT:
		return calls[a->value].result;
	default:
		return (uint32_t)a->buf;
	}
}

int transport_run(struct ksys_call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t args[GW_MAX_ARGS] = {0};

		for (uint32_t j = 0; j < calls[i].nargs; j++) {
			struct ksys_arg *a = &calls[i].arg[j];

			if (a->kind == GW_OUT)
				memset(a->buf, 0, a->len);
			args[j] = argument(calls, a);
		}
		calls[i].result = system_call(calls[i].nr, args);
	}
	return 0;
}
