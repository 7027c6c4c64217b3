/* tls.c - set_thread_area: descriptors a process may load into %gs or %fs */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <asm/uaccess.h>
#include "arch/i386/descr.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

/* struct user_desc of Linux i386. */
struct user_desc {
	uint32_t entry;
	uint32_t base, limit;
	uint32_t flags; /* UD_* */
};
#define UD_32BIT       1u
#define UD_CONTENTS    6u
#define UD_READ_ONLY   8u
#define UD_PAGES       16u
#define UD_NOT_PRESENT 32u
#define UD_USABLE      64u

static bool desc_empty(const struct user_desc *d)
{
	return !d->base && !d->limit &&
	       (d->flags & ~UD_USABLE) == (UD_READ_ONLY | UD_NOT_PRESENT);
}

static uint64_t desc_encode(const struct user_desc *d)
{
	unsigned access = 0xf0 | ((d->flags & UD_CONTENTS) << 1) |
			  (d->flags & UD_READ_ONLY ? 0 : 2);

	if (desc_empty(d) || (d->flags & UD_NOT_PRESENT))
		return 0;
	if (d->flags & UD_32BIT)
		access |= SEG_32BIT;
	if (d->flags & UD_PAGES)
		access |= SEG_PAGES;
	if (d->flags & UD_USABLE)
		access |= SEG_AVL;
	return segment(d->base, d->limit,
		       access | 1); /* accessed: the CPU need not write */
}

/* -1: any free one. */
static int find_slot(struct task_struct *task, uint32_t entry)
{
	if (entry != 0xffffffffu)
		return entry - TLS_ENTRY_MIN < NR_TLS ? (int)(entry - TLS_ENTRY_MIN)
						      : -EINVAL;
	for (int i = 0; i < NR_TLS; i++)
		if (!task->tls[i])
			return i;
	return -ESRCH;
}

int tls_request(struct task_struct *task, uint32_t user)
{
	struct user_desc *at = (struct user_desc *)user;
	struct user_desc d;
	int slot;

	if (copy_from_user(&d, at, sizeof(d)))
		return -EFAULT;
	slot = find_slot(task, d.entry);
	if (slot < 0)
		return slot;
	/* Data segments only: code or a gate is nothing a thread pointer needs. */
	if ((d.flags & UD_CONTENTS) > 2)
		return -EINVAL;
	if (d.entry == 0xffffffffu && put_user(slot + TLS_ENTRY_MIN, &at->entry))
		return -EFAULT;
	task->tls[slot] = desc_encode(&d);
	if (task == current) {
		__asm__ __volatile__("movl %0, %%fs; movl %0, %%gs"
				     :
				     : "r"(0)); /* see switch_to */
		tls_set(slot, task->tls[slot]);
	}
	return 0;
}

long sys_set_thread_area(uint32_t user)
{
	return tls_request(current, user);
}

long sys_get_thread_area(uint32_t user)
{
	struct user_desc d, *at = (struct user_desc *)user;
	uint64_t desc;
	int slot;

	if (get_user(d.entry, &at->entry))
		return -EFAULT;
	if (d.entry - TLS_ENTRY_MIN >= NR_TLS)
		return -EINVAL;
	slot = d.entry - TLS_ENTRY_MIN;
	desc = current->tls[slot];
	d.base = (desc >> 16 & 0xffffff) | (desc >> 32 & 0xff000000);
	d.limit = (desc & 0xffff) | (desc >> 32 & 0xf0000);
	d.flags = desc ? (desc >> 39 & UD_CONTENTS) |
				  (desc >> 41 & 1 ? 0 : UD_READ_ONLY) |
				  (desc >> 54 & 1 ? UD_32BIT : 0) |
				  (desc >> 55 & 1 ? UD_PAGES : 0) |
				  (desc >> 52 & 1 ? UD_USABLE : 0)
		       : UD_READ_ONLY | UD_NOT_PRESENT;
	return copy_to_user(at, &d, sizeof(d)) ? -EFAULT : 0;
}
