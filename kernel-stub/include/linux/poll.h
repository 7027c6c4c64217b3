/* linux/poll.h - what a driver's poll method uses: call poll_wait() for each queue that
 * will be woken, then return the events that are true now. */
#ifndef LINUX_POLL_H
#define LINUX_POLL_H

#include <linux/wait.h>

#define POLLIN	   0x0001
#define POLLPRI	   0x0002
#define POLLOUT	   0x0004
#define POLLERR	   0x0008
#define POLLHUP	   0x0010
#define POLLNVAL   0x0020
#define POLLRDNORM 0x0040
#define POLLWRNORM 0x0100

struct file;

/* Wait queue entries of one poll(2) under way; NULL when nobody will sleep. */
typedef struct poll_table_struct {
	wait_queue_t *entry; /* [size] */
	wait_queue_head_t **queue;
	int used, size;
} poll_table;

void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *table);

#endif
