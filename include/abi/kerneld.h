/* abi/kerneld.h - frames between the kernel and kerneld, the daemon that loads modules for it
 *
 * kernel <-> kstubd: the virtio-serial port "modstack.kerneld"; kstubd <-> kerneld: the unix
 * stream socket kerneld.sock in the kernel's directory. All numbers are little endian, all
 * frames have the same size. kstubd lets one kerneld in at a time and passes frames on.
 *
 * The kernel sends KD_REQUEST and gets one KD_ANSWER with the same id, in any order. When
 * KD_GONE arrives, what has not been answered never will be.
 *
 * The programs that kerneld starts have KERNELD_REQUEST=id in their environment; a tool that
 * has it works for that request (struct gw_hello), so that the kernel can tell a request
 * that waits for itself.
 */
#ifndef ABI_KERNELD_H
#define ABI_KERNELD_H

#include "abi/types.h"

#define KD_MAGIC    0x3144534bu /* "KSD1" */
#define KD_NAME_MAX 48		/* with the NUL */
#define KD_REQUESTS 50		/* waiting for an answer at a time */

enum kd_type {
	KD_COME =
		1, /* kstubd, to both: they are connected; to the kernel value is kerneld's
			 * pid, to kerneld kstubd's */
	KD_GONE = 2,	/* kstubd -> kernel: kerneld has gone */
	KD_REQUEST = 3, /* kernel -> kerneld: load what `name` stands for */
	KD_ANSWER =
		4, /* kerneld -> kernel: it has been tried; value: modprobe's exit status,
			 * 128 + the signal that ended it, or -errno if it could not be run */
	KD_REFUSED =
		5, /* kstubd -> kerneld, then it hangs up: another one, with pid `value`,
			 * serves already (0: kerneld is not kstubd's user) */
};

struct kd_frame {
	uint32_t magic;
	uint32_t type; /* enum kd_type */
	uint32_t id;   /* not 0 in a request */
	int32_t value;
	char name[KD_NAME_MAX]; /* filled up with zeros */
};

/* An option of prctl(2): the caller, and what it starts, works for request arg2 (0: for none). */
#define KD_PR_SET_REQUEST 0x5152444b

_Static_assert(sizeof(struct kd_frame) == 64, "kd_frame");

#endif
