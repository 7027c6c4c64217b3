/* drivers/tty.h - the terminal on the serial line: /dev/console, /dev/ttyS0, /dev/tty
 *
 * Line discipline as POSIX.1 chapter 11 has it: canonical and raw input, echo, signals from
 * the keyboard, job control. Structures and numbers are those of Linux i386.
 */
#ifndef DRIVERS_TTY_H
#define DRIVERS_TTY_H

struct task_struct;

/* A process ends: if it leads the session of the terminal, that is free again. */
void tty_session_gone(struct task_struct *leader);

void tty_init(void);

#endif
