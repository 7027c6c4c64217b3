/* kcall/kcall.h - from words of the command line to system calls, and programs there */
#ifndef KCALL_H
#define KCALL_H

#include <stddef.h>
#include "ksys.h"

struct kcall_line {
	struct ksys_call *calls;
	size_t n;
};

/* Parse NULL-terminated words, calls separated by a word ",". Returns an exit status;
 * everything but MSG_OK has been reported. kcall_free() in any case. */
int kcall_parse(struct kcall_line *line, char **words);
void kcall_free(struct kcall_line *line);

/* Does the program get a terminal? By default if our input and output are one. */
enum kcall_terminal { KCALL_AS_OURS, KCALL_TERMINAL, KCALL_NO_TERMINAL };

/* Run a program of the kernel's world, connected to our standard input, output and error, or
 * to our terminal. Returns its exit status, 128 and the signal that ended it, 127 if it is
 * not there, 126 if it cannot be run, MSG_FAILED if the kernel failed us. */
int kcall_exec(char **argv, enum kcall_terminal terminal);

#endif
