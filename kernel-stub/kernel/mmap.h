/* kernel/mmap.h - the memory of processes: areas, and the pages made when they are touched
 *
 * An area is anonymous or a private view of a file's pages. Nothing is mapped until it is
 * touched; a fault then makes the page (mm_fault). So memory can be short at any touch: the
 * process that touches is killed then (in the copy routines: gets -EFAULT), or another if it
 * has more than twice as much. Who is spared, the gateway (GW_PR_SPARE) and /init, may have
 * what is kept from others (mm/mm.h), and is killed when nobody else is left, /init never.
 */
#ifndef KERNEL_MMAP_H
#define KERNEL_MMAP_H

#include <linux/types.h>
#include <linux/list.h>
#include "arch/i386/paging.h"

struct inode;

#define TASK_TOP   (PAGE_OFFSET - PAGE_SIZE) /* end of user memory */
#define SIGPAGE	   (TASK_TOP - PAGE_SIZE)    /* code that returns from signal handlers */
#define STACK_TOP  SIGPAGE
#define STACK_SIZE (8ul << 20)
#define MMAP_BASE  0x40000000ul
#define MMAP_END   (STACK_TOP - STACK_SIZE - PAGE_SIZE)

struct vm_area_struct {
	struct list_head list; /* of the mm, sorted by address */
	unsigned long start, end;
	unsigned prot;	     /* PG_READ, PG_WRITE, PG_EXEC; 0: no access */
	struct inode *inode; /* NULL: zeros */
	unsigned long pgoff; /* page of the file at `start` */
};

struct mm_struct {
	int users;
	struct aspace *as;
	struct list_head areas;
	int nr_areas;
	unsigned long brk_start, brk;
	unsigned long arg_start, arg_end; /* the strings of argv, for /proc */
};

struct mm_struct *mm_new(void); /* one user; NULL: no memory */
void mm_put(struct mm_struct *mm);
struct mm_struct *mm_copy(struct mm_struct *mm); /* for fork */

/* Add an area; page aligned, in user memory, replacing what is there. Takes a reference
 * of its own to inode. 0, -ENOMEM, -EINVAL. */
int mm_map(struct mm_struct *mm, unsigned long start, unsigned long len, unsigned prot,
	   struct inode *inode, unsigned long pgoff);
int mm_unmap(struct mm_struct *mm, unsigned long start, unsigned long len);

/* Make the page at addr usable. 0; -EFAULT: not allowed; -ENOMEM; or the file's error. */
int mm_fault(struct mm_struct *mm, unsigned long addr, unsigned long error);

/* Write to a new process's memory before it runs. 0 or -errno. */
int mm_poke(struct mm_struct *mm, unsigned long addr, const void *from, size_t len);

extern const char zero_page[PAGE_SIZE];

/* Can the current process not be sure of one page more? */
bool memory_short(void);

#endif
