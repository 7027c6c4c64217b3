/* linux/errno.h - error numbers, from abi/errno.def, and those that never leave the
 * kernel */
#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

enum {
#define E(number, name, text) name = number,
#include "abi/errno.def"
#undef E
	EWOULDBLOCK = EAGAIN,
	EDEADLOCK = EDEADLK,

	ERESTARTSYS = 512, /* run the system call again after the signal */
	ERESTARTNOINTR = 513,
	ERESTARTNOHAND = 514,
	ENOIOCTLCMD = 515,
	ENOTSUPP = 524,
};

#endif
