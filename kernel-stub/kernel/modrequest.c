/* modrequest.c - the requests for modules that are under way: joined, refused, ended */
#include "kernel/modrequest.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/text.h"

#define DEPTH_MAX 8 /* a load that asks for a module, whose load asks for one, ... */
#define TOLD_MAX  5 /* lines in the log about what was stopped */

static LIST_HEAD(requests);

bool modrequest_is_name(const char *name)
{
	if (!isalnum(*name))
		return false;
	while (isalnum(*name) || (*name && strchr("_-+.,:@", *name)))
		name++;
	return !*name;
}

struct module_request *modrequest_find(unsigned int id)
{
	struct module_request *r;

	list_for_each_entry (r, &requests, list)
		if (r->id == id)
			return r;
	return NULL;
}

/* The one for that name; how many there are. */
static struct module_request *find_name(const char *name, unsigned int *count)
{
	struct module_request *r, *found = NULL;

	*count = 0;
	list_for_each_entry (r, &requests, list) {
		++*count;
		if (!strcmp(r->name, name))
			found = r;
	}
	return found;
}

static struct module_request *request_new(const char *name, unsigned int depth,
					  bool by_kerneld)
{
	static unsigned int last;
	struct module_request *r = kmalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	do
		last++;
	while (!last || modrequest_find(last));
	*r = (struct module_request){
		.id = last,
		.depth = depth,
		.by_kerneld = by_kerneld,
	};
	strcpy(r->name, name);
	INIT_LIST_HEAD(&r->waiters);
	init_waitqueue_head(&r->queue);
	list_add_tail(&r->list, &requests);
	return r;
}

static void free_unused(struct module_request *r)
{
	if (r->done && list_empty(&r->waiters))
		kfree(r);
}

/* --- loops and storms ---------------------------------------------------------------------- */

/* A line in the log, as long as it has not become a flood. */
static void tell(const char *name, const char *what)
{
	static int told;

	if (told < TOLD_MAX) {
		told++;
		printk(KERN_ERR "kmod: %s: %s\n", name, what);
	}
}

/* Does the load of a marked request wait for r? */
static bool marked_waits(const struct module_request *r)
{
	const struct module_request *from;
	struct request_waiter *w;

	list_for_each_entry (w, &r->waiters, list) {
		from = modrequest_find(w->works_for);
		if (from && from->marked)
			return true;
	}
	return false;
}

/* Mark what marked requests wait for. Returns whether there was anything new. */
static bool spread_marks(void)
{
	struct module_request *r;
	bool changed = false;

	list_for_each_entry (r, &requests, list)
		if (!r->marked && marked_waits(r))
			r->marked = changed = true;
	return changed;
}

/* Would `own` wait for itself, if it waited for r? */
static bool is_loop(const struct module_request *own, const struct module_request *r)
{
	struct module_request *other;

	list_for_each_entry (other, &requests, list)
		other->marked = other == r;
	while (spread_marks())
		;
	return own->marked;
}

static int may_join(const struct module_request *r, const struct module_request *own)
{
	if (!own || !is_loop(own, r))
		return 0;
	tell(r->name, "its own load asks for it; refused");
	return -ELOOP;
}

static int may_start(const char *name, unsigned int depth, unsigned int count)
{
	if (count >= KD_REQUESTS) {
		tell(name, "runaway modprobe loop assumed and stopped");
		return -EBUSY;
	}
	if (depth >= DEPTH_MAX) {
		tell(name, "too long a chain of loads that ask for modules; stopped");
		return -ELOOP;
	}
	return 0;
}

/* --- waiting ------------------------------------------------------------------------------- */

int modrequest_wait(struct request_waiter *w, const char *name, unsigned int works_for,
		    bool by_kerneld)
{
	const struct module_request *own = modrequest_find(works_for);
	unsigned int depth = own ? own->depth + 1 : 0, count;
	struct module_request *r = find_name(name, &count);
	int err = r ? may_join(r, own) : may_start(name, depth, count);

	if (err)
		return err;
	if (!r)
		r = request_new(name, depth, by_kerneld);
	if (!r)
		return -ENOMEM;
	w->request = r;
	w->works_for = works_for;
	list_add_tail(&w->list, &r->waiters);
	return 0;
}

void modrequest_leave(struct request_waiter *w)
{
	list_del(&w->list);
	free_unused(w->request);
}

void modrequest_end(struct module_request *r, int value)
{
	if (r->done)
		return;
	list_del(&r->list);
	r->value = value;
	r->done = true;
	wake_up(&r->queue);
	free_unused(r);
}

void modrequest_end_kerneld(int value)
{
	struct list_head *at, *next;
	struct module_request *r;

	list_for_each_safe(at, next, &requests)
	{
		r = list_entry(at, struct module_request, list);
		if (r->by_kerneld)
			modrequest_end(r, value);
	}
}

static unsigned int count_waiters(const struct module_request *r)
{
	const struct list_head *at;
	unsigned int n = 0;

	list_for_each (at, &r->waiters)
		n++;
	return n;
}

int modrequest_show(struct text *t)
{
	struct module_request *r;

	list_for_each_entry (r, &requests, list)
		text_printf(t, "%u %s %u %s\n", r->id, r->name, count_waiters(r),
			    r->by_kerneld ? "kerneld" : "modprobe");
	return t->error;
}
