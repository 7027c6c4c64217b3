/* linux/sysctl.h - variables as files below /proc/sys, in the shape of 2.4
 *
 * A table ends with an entry whose ctl_name is 0. It stays the caller's, and in place until
 * it is unregistered.
 */
#ifndef _LINUX_SYSCTL_H
#define _LINUX_SYSCTL_H

#include <linux/types.h>

struct file;
struct ctl_table_header;
typedef struct ctl_table ctl_table;

/* Move the value between ctl->data and *lenp bytes of text at `buffer`, which lies in kernel
 * memory; sets *lenp to what was moved. The whole text travels in one call, filp is NULL.
 * 0 or -errno. */
typedef int proc_handler(ctl_table *ctl, int write, struct file *filp, void *buffer,
			 size_t *lenp);

struct ctl_table {
	int ctl_name; /* not 0; there is no sysctl(2) that would use it */
	const char *procname;
	void *data;
	int maxlen; /* bytes of data */
	mode_t mode;
	ctl_table *child; /* a directory */
	proc_handler *proc_handler;
	void *strategy, *de; /* not used */
	void *extra1, *extra2;
};

#define CTL_KERN  1
#define CTL_NET	  3
#define CTL_FS	  5
#define CTL_DEBUG 6
#define CTL_DEV	  7

proc_handler proc_dostring; /* char[maxlen] */
proc_handler proc_dointvec; /* int[maxlen / 4]; a short text leaves the rest */
/* The same; -EINVAL if one is below *(int *)extra1 or above *(int *)extra2 (arrays of as many,
 * NULL: any), and nothing is changed. */
proc_handler proc_dointvec_minmax;

/* insert_at_head is ignored. NULL: a name is taken, or no memory; nothing is registered. */
struct ctl_table_header *register_sysctl_table(ctl_table *table, int insert_at_head);
void unregister_sysctl_table(struct ctl_table_header *header);

#endif
