/* kernel/modrequest.h - the requests for modules that are under way
 *
 * One a name: who asks for a name meanwhile joins. Each waiter tells for which request it
 * works itself, so "who waits for what" is a graph, and what would wait for itself is
 * refused; so are too many at a time, and too long chains. Portable: loading and sleeping are
 * left to kmod.c. There is no lock: callers have interrupts off, for answers come from
 * interrupt handlers.
 */
#ifndef KERNEL_MODREQUEST_H
#define KERNEL_MODREQUEST_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>
#include "abi/kerneld.h"

struct text;

/* It lives until its load has ended and the last waiter has left. */
struct module_request {
	struct list_head list;	  /* of those under way */
	struct list_head waiters; /* struct request_waiter */
	wait_queue_head_t queue;  /* where they sleep */
	unsigned int id;	  /* not 0 */
	unsigned int depth;	  /* loads above it that wait for it */
	bool by_kerneld, started, done, marked;
	int value; /* once done; of abi/kerneld.h's KD_ANSWER */
	char name[KD_NAME_MAX];
};

struct request_waiter {
	struct list_head list;
	struct module_request *request;
	unsigned int works_for; /* an id, 0: for none */
};

/* Letters, digits and what names of modules, devices and file systems have besides; neither
 * an option, nor an assignment, nor a path. */
bool modrequest_is_name(const char *name);

/* Begin to wait for a name, which is_name() and shorter than KD_NAME_MAX, and for which
 * `by_kerneld` says who would load it. 0: w->request is there; if it has not `started` the
 * caller starts it, and owes it a modrequest_end(). -ELOOP, -EBUSY (both are logged, the first
 * few times), -ENOMEM. */
int modrequest_wait(struct request_waiter *w, const char *name, unsigned int works_for,
		    bool by_kerneld);
/* Wait no longer, whether the load has ended or not. */
void modrequest_leave(struct request_waiter *w);

/* The request under way with that id, or NULL. */
struct module_request *modrequest_find(unsigned int id);
/* The load has ended: waiters are woken. Nothing happens if it had ended before. */
void modrequest_end(struct module_request *r, int value);
/* All loads by kerneld have. */
void modrequest_end_kerneld(int value);

/* A line a request: id, name, how many wait, who loads. */
int modrequest_show(struct text *t);

#endif
