/* select.c - waiting for one of several files: poll and select */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "kernel/contain.h"
#include "kernel/syscall.h"

#define QUEUES_EACH 2 /* wait queues a file's poll method may name */

struct pollfd {
	int fd;
	short events, revents;
};

void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	wait_queue_t *entry;

	if (!table || table->used == table->size)
		return;
	entry = &table->entry[table->used];
	init_waitqueue_entry(entry, current);
	table->queue[table->used++] = queue;
	add_wait_queue(queue, entry);
}

/* Entries and queues in one piece of memory: table->entry. */
static int table_init(poll_table *table, unsigned int nfds)
{
	int size = max(nfds * QUEUES_EACH, 1u);

	table->used = 0;
	table->size = size;
	table->entry = kmalloc(size * (sizeof(*table->entry) + sizeof(*table->queue)),
			       GFP_KERNEL);
	if (!table->entry)
		return -ENOMEM;
	table->queue = (wait_queue_head_t **)(table->entry + size);
	return 0;
}

static void table_free(poll_table *table)
{
	for (int i = 0; i < table->used; i++)
		remove_wait_queue(table->queue[i], &table->entry[i]);
	kfree(table->entry);
}

/* Ask each file; the number of those with something to tell. */
static int poll_once(struct pollfd *p, unsigned int nfds, poll_table *table)
{
	int ready = 0;

	for (unsigned int i = 0; i < nfds; i++) {
		struct file *file = p[i].fd < 0 ? NULL : fget(p[i].fd);
		unsigned int mask = 0;

		if (p[i].fd >= 0 && !file)
			mask = POLLNVAL;
		else if (file && !file->f_op->poll)
			mask = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
		else if (file)
			mask = CALL_MODULE_OR(file_module(file), POLLERR,
					      file->f_op->poll(file, table));
		p[i].revents = mask & (p[i].events | POLLERR | POLLHUP | POLLNVAL);
		ready += p[i].revents != 0;
	}
	return ready;
}

/* Returns how many are ready, 0 when the time is over, -ERESTARTNOHAND for a signal. A file
 * is held while we sleep on its queue: descriptors are private, nobody else closes them. */
static int poll_files(struct pollfd *p, unsigned int nfds, long timeout)
{
	poll_table table, *enter = &table;
	int ready = table_init(&table, nfds);

	if (ready)
		return ready;
	for (;;) {
		current->state = TASK_INTERRUPTIBLE;
		ready = poll_once(p, nfds, enter);
		enter = NULL; /* we are in all queues now */
		if (ready || !timeout)
			break;
		if (signal_pending(current)) {
			ready = -ERESTARTNOHAND;
			break;
		}
		timeout = schedule_timeout(timeout);
	}
	current->state = TASK_RUNNING;
	table_free(&table);
	return ready;
}

static long do_poll(struct pollfd *user, unsigned int nfds, long timeout)
{
	struct pollfd *p;
	long ret = -EFAULT;

	if (nfds > NR_OPEN)
		return -EINVAL;
	p = kmalloc(max(nfds, 1u) * sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	if (copy_from_user(p, user, nfds * sizeof(*p)))
		goto out;
	ret = poll_files(p, nfds, timeout);
	if (ret >= 0 && copy_to_user(user, p, nfds * sizeof(*p)))
		ret = -EFAULT;
out:
	kfree(p);
	return ret;
}

long sys_poll(struct pollfd *user, unsigned int nfds, int ms)
{
	return do_poll(user, nfds,
		       ms < 0 ? MAX_SCHEDULE_TIMEOUT
			      : timeout_of(ms / 1000, ms % 1000 * 1000000));
}

/* --- select, in terms of poll ------------------------------------------------------- */

#define SET_BYTES (NR_OPEN / 8)

struct sets {
	uint8_t in[SET_BYTES], out[SET_BYTES], except[SET_BYTES];
};

static bool has(const uint8_t *set, int fd)
{
	return set[fd / 8] & 1 << fd % 8;
}

static int sets_to_poll(const struct sets *s, int nfds, struct pollfd *p)
{
	int n = 0;

	for (int fd = 0; fd < nfds; fd++) {
		short events = (has(s->in, fd) ? POLLIN | POLLRDNORM : 0) |
			       (has(s->out, fd) ? POLLOUT | POLLWRNORM : 0) |
			       (has(s->except, fd) ? POLLPRI : 0);

		if (!events)
			continue;
		if (!fget(fd))
			return -EBADF;
		p[n++] = (struct pollfd){fd, events, 0};
	}
	return n;
}

static int poll_to_sets(const struct pollfd *p, int n, struct sets *s)
{
	int bits = 0;

	memset(s, 0, sizeof(*s));
	for (; n--; p++) {
		uint8_t bit = 1 << p->fd % 8;

		if ((p->events & POLLIN) && (p->revents & (POLLIN | POLLHUP | POLLERR)))
			s->in[p->fd / 8] |= bit, bits++;
		if ((p->events & POLLOUT) && (p->revents & (POLLOUT | POLLERR)))
			s->out[p->fd / 8] |= bit, bits++;
		if ((p->events & POLLPRI) && (p->revents & POLLPRI))
			s->except[p->fd / 8] |= bit, bits++;
	}
	return bits;
}

static int copy_set(uint8_t *set, void *user, int nfds, bool out)
{
	size_t n = ALIGN(nfds, 32) / 8;

	if (!user)
		return 0;
	return (out ? copy_to_user(user, set, n) : copy_from_user(set, user, n)) ? -EFAULT
										 : 0;
}

static int copy_sets(struct sets *s, int nfds, void *in, void *out, void *except,
		     bool to_user)
{
	int err = copy_set(s->in, in, nfds, to_user);

	if (!err)
		err = copy_set(s->out, out, nfds, to_user);
	if (!err)
		err = copy_set(s->except, except, nfds, to_user);
	return err;
}

static long do_select(int nfds, void *in, void *out, void *except, long timeout)
{
	struct sets sets;
	struct pollfd *p;
	int n, ret;

	if (nfds < 0)
		return -EINVAL;
	nfds = min(nfds, NR_OPEN);
	memset(&sets, 0, sizeof(sets));
	ret = copy_sets(&sets, nfds, in, out, except, false);
	if (ret)
		return ret;
	p = kmalloc(max(nfds, 1) * sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	ret = n = sets_to_poll(&sets, nfds, p);
	if (n >= 0)
		ret = poll_files(p, n, timeout);
	if (ret >= 0) {
		ret = poll_to_sets(p, n, &sets);
		if (copy_sets(&sets, nfds, in, out, except, true))
			ret = -EFAULT;
	}
	kfree(p);
	return ret;
}

long sys__newselect(int nfds, void *in, void *out, void *except, int32_t *user_tv)
{
	long timeout = MAX_SCHEDULE_TIMEOUT;
	int32_t tv[2];

	if (user_tv) {
		if (copy_from_user(tv, user_tv, sizeof(tv)))
			return -EFAULT;
		timeout = timeout_of(tv[0], tv[1] * 1000);
		if (timeout < 0)
			return timeout;
	}
	return do_select(nfds, in, out, except, timeout);
}

/* --- with a signal mask and a timespec ---------------------------------------------- */

/* Ticks of a timespec in ring 3, of two longs or (wide) of two 64-bit words. */
static long user_ticks(const void *user, bool wide)
{
	int64_t ts64[2];
	int32_t ts[2];

	if (!user)
		return MAX_SCHEDULE_TIMEOUT;
	if (wide ? copy_from_user(ts64, user, sizeof(ts64))
		 : copy_from_user(ts, user, sizeof(ts)))
		return -EFAULT;
	return wide ? timeout_of(ts64[0], ts64[1]) : timeout_of(ts[0], ts[1]);
}

/* A mask for the time of the wait; it comes back when the call, or the handler, is done. */
static int mask_enter(const sigset_t *user, size_t size)
{
	sigset_t mask;

	if (!user)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, user, sizeof(mask)))
		return -EFAULT;
	current->saved_mask = current->blocked;
	current->blocked = mask & ~(sigmask(SIGKILL) | sigmask(SIGSTOP));
	current->restore_mask = true;
	return 0;
}

static long ppoll(struct pollfd *user, unsigned int nfds, const void *time, bool wide,
		  const sigset_t *mask, size_t size)
{
	long timeout = user_ticks(time, wide);
	int err;

	if (timeout < 0)
		return timeout;
	err = mask_enter(mask, size);
	return err ? err : do_poll(user, nfds, timeout);
}

long sys_ppoll(struct pollfd *user, unsigned int nfds, const void *time,
	       const sigset_t *mask, size_t size)
{
	return ppoll(user, nfds, time, false, mask, size);
}

long sys_ppoll_time64(struct pollfd *user, unsigned int nfds, const void *time,
		      const sigset_t *mask, size_t size)
{
	return ppoll(user, nfds, time, true, mask, size);
}

static long pselect(int nfds, void *in, void *out, void *except, const void *time,
		    bool wide, const uint32_t *user_mask)
{
	long timeout = user_ticks(time, wide);
	uint32_t m[2] = {0, 0};
	int err;

	if (timeout < 0)
		return timeout;
	if (user_mask && copy_from_user(m, user_mask, sizeof(m)))
		return -EFAULT;
	err = mask_enter((const sigset_t *)m[0], m[1]);
	return err ? err : do_select(nfds, in, out, except, timeout);
}

long sys_pselect6(int nfds, void *in, void *out, void *except, const void *time,
		  const uint32_t *mask)
{
	return pselect(nfds, in, out, except, time, false, mask);
}

long sys_pselect6_time64(int nfds, void *in, void *out, void *except, const void *time,
			 const uint32_t *mask)
{
	return pselect(nfds, in, out, except, time, true, mask);
}
