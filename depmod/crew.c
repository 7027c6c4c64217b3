/* depmod/crew.c - independent jobs, done by as many threads as there are processors */
#include "crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

struct crew {
	int (*job)(void *arg, unsigned i);
	void *arg;
	unsigned n;
	atomic_uint next;
	atomic_int err;
};

static void *work(void *arg)
{
	struct crew *c = arg;
	unsigned i;

	while (!c->err && (i = c->next++) < c->n) {
		int err = c->job(c->arg, i), none = 0;

		if (err)
			atomic_compare_exchange_strong(&c->err, &none, err);
	}
	return NULL;
}

unsigned crew_size(void)
{
	cpu_set_t cpus;
	unsigned n = sched_getaffinity(0, sizeof(cpus), &cpus) < 0 ? 1 : CPU_COUNT(&cpus);

	return n < CREW_MAX ? n : CREW_MAX;
}

int crew_run(unsigned n, int (*job)(void *arg, unsigned i), void *arg)
{
	struct crew c = {.job = job, .arg = arg, .n = n};
	pthread_t threads[CREW_MAX];
	unsigned size = crew_size(), started = 0;

	while (started + 1 < size && started + 1 < n &&
	       pthread_create(&threads[started], NULL, work, &c) == 0)
		started++;
	work(&c);
	while (started)
		pthread_join(threads[--started], NULL);
	return c.err;
}
