/* user/spawn.h - GW_SPAWN of abi/gateway.h: start a program for a client
 *
 * The program becomes a child of the caller, in its process group, and has pipes as its
 * standard input, output and error; or it leads a session of its own at a new terminal. It
 * inherits the caller's ids, folder and descriptors but those above FD_LIMIT.
 */
#ifndef USER_SPAWN_H
#define USER_SPAWN_H

#include <stdint.h>

/* strings: len bytes, each string with its NUL; the first argc are the program and its
 * arguments, the rest its environment. A program without '/' is looked for in /sbin, /bin,
 * /usr/sbin, /usr/bin. size: of the terminal, rows << 16 | columns; 0: pipes. Fills in our
 * ends of the pipes, which do not block; with a terminal both of the first two are its
 * master and the third is -1. Returns the process, or -errno: -EINVAL (strings), what the
 * program could not be started for. */
long spawn(const char *strings, uint32_t len, uint32_t argc, int32_t fds[3],
	   uint32_t size);

#endif
