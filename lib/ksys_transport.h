/* lib/ksys_transport.h - what ksys.c asks of the transport a program is linked with
 *
 * Interface: transport_run sets every call's result and fills every out buffer completely
 * (what the kernel did not write is zero), or returns an error of ksys.h and has left a
 * sentence with ksys_set_why().
 */
#ifndef KSYS_TRANSPORT_H
#define KSYS_TRANSPORT_H

#include "ksys.h"

int transport_open(void);
void transport_close(void);
int transport_run(struct ksys_call *calls, size_t n);

/* May a signal end a wait? */
bool ksys_interruptible(void);
/* True when a wait for an answer shall end, see ksys_interrupt_by(). */
bool ksys_interrupted(void);
void ksys_set_why(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
