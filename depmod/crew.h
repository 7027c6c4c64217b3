/* depmod/crew.h - independent jobs, done by as many threads as there are processors */
#ifndef CREW_H
#define CREW_H

#define CREW_MAX 16 /* threads */

/* How many threads crew_run() would use for many jobs, at least 1. */
unsigned crew_size(void);

/* Call job(arg, i) for each i below n, beginning with the low ones, from several threads, the
 * caller's among them; where no more threads can be had there are fewer. Returns when all have
 * come to an end: 0, or what the first job that failed returned; none is begun after that. */
int crew_run(unsigned n, int (*job)(void *arg, unsigned i), void *arg);

#endif
