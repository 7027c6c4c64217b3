/* mmap.c - the memory of processes */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/file.h"
#include "kernel/mmap.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define AREAS_MAX 1024 /* of a process */

#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4

#define MAP_SHARED    0x01
#define MAP_PRIVATE   0x02
#define MAP_FIXED     0x10
#define MAP_ANONYMOUS 0x20

const char zero_page[PAGE_SIZE];

/* With the page it may take two tables that lead to it. */
bool memory_short(void)
{
	return !mm_room(MM_PROCESS, 3);
}

/* --- areas -------------------------------------------------------------------------- */

static struct vm_area_struct *area_new(struct mm_struct *mm)
{
	struct vm_area_struct *area;

	if (mm->nr_areas >= AREAS_MAX)
		return NULL;
	area = kmalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return NULL;
	memset(area, 0, sizeof(*area));
	mm->nr_areas++;
	return area;
}

static void area_free(struct mm_struct *mm, struct vm_area_struct *area)
{
	list_del(&area->list);
	if (area->inode)
		iput(area->inode);
	kfree(area);
	mm->nr_areas--;
}

static struct vm_area_struct *area_find(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *area;

	list_for_each_entry (area, &mm->areas, list)
		if (addr < area->end)
			return addr >= area->start ? area : NULL;
	return NULL;
}

static void area_insert(struct mm_struct *mm, struct vm_area_struct *new)
{
	struct vm_area_struct *area;

	list_for_each_entry (area, &mm->areas, list)
		if (area->start > new->start)
			break;
	list_add_tail(&new->list, &area->list);
}

/* Cut an area in two at addr, so that one ends there. 0 or -ENOMEM. */
static int area_split(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *area = area_find(mm, addr), *tail;

	if (!area || area->start == addr)
		return 0;
	tail = area_new(mm);
	if (!tail)
		return -ENOMEM;
	*tail = *area;
	tail->start = addr;
	tail->pgoff += (addr - area->start) >> PAGE_SHIFT;
	if (tail->inode)
		igrab(tail->inode);
	area->end = addr;
	list_add(&tail->list, &area->list);
	return 0;
}

static bool range_ok(unsigned long start, unsigned long len)
{
	return !(start & ~PAGE_MASK) && start >= PAGE_SIZE && len &&
	       len <= TASK_TOP - PAGE_SIZE && start <= TASK_TOP - len;
}

int mm_unmap(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	struct vm_area_struct *area;
	struct list_head *pos, *tmp;
	int err;

	len = PAGE_ALIGN(len);
	if (!range_ok(start, len))
		return -EINVAL;
	err = area_split(mm, start);
	if (!err)
		err = area_split(mm, start + len);
	if (err)
		return err;
	list_for_each_safe(pos, tmp, &mm->areas)
	{
		area = list_entry(pos, struct vm_area_struct, list);
		if (area->start >= start && area->end <= start + len)
			area_free(mm, area);
	}
	aspace_unmap_range(mm->as, start, start + len);
	return 0;
}

/* Grow the area that ends where this one begins, if both are alike. */
static bool area_extend(struct mm_struct *mm, unsigned long start, unsigned long len,
			unsigned prot)
{
	struct vm_area_struct *area = area_find(mm, start - 1);

	if (!area || area->inode || area->prot != prot || area->end != start)
		return false;
	area->end = start + len;
	return true;
}

int mm_map(struct mm_struct *mm, unsigned long start, unsigned long len, unsigned prot,
	   struct inode *inode, unsigned long pgoff)
{
	struct vm_area_struct *area;
	int err;

	len = PAGE_ALIGN(len);
	if (!range_ok(start, len))
		return -EINVAL;
	err = mm_unmap(mm, start, len);
	if (err)
		return err;
	if (!inode && area_extend(mm, start, len, prot))
		return 0;
	area = area_new(mm);
	if (!area)
		return -ENOMEM;
	area->start = start;
	area->end = start + len;
	area->prot = prot;
	area->inode = inode ? igrab(inode) : NULL;
	area->pgoff = pgoff;
	area_insert(mm, area);
	return 0;
}

/* --- a process's memory as a whole -------------------------------------------------- */

struct mm_struct *mm_new(void)
{
	struct mm_struct *mm = kmalloc(sizeof(*mm), GFP_KERNEL);

	if (!mm)
		return NULL;
	memset(mm, 0, sizeof(*mm));
	mm->users = 1;
	INIT_LIST_HEAD(&mm->areas);
	mm->as = aspace_new();
	if (mm->as)
		return mm;
	kfree(mm);
	return NULL;
}

void mm_put(struct mm_struct *mm)
{
	if (--mm->users)
		return;
	while (!list_empty(&mm->areas))
		area_free(mm, list_entry(mm->areas.next, struct vm_area_struct, list));
	if (mm->as)
		aspace_free(mm->as);
	kfree(mm);
}

struct mm_struct *mm_copy(struct mm_struct *from)
{
	struct mm_struct *mm = kmalloc(sizeof(*mm), GFP_KERNEL);
	struct vm_area_struct *area, *copy;

	if (!mm)
		return NULL;
	*mm = *from;
	mm->users = 1;
	mm->nr_areas = 0;
	mm->as = NULL;
	INIT_LIST_HEAD(&mm->areas);
	list_for_each_entry (area, &from->areas, list) {
		copy = area_new(mm);
		if (!copy)
			goto fail;
		*copy = *area;
		if (copy->inode)
			igrab(copy->inode);
		list_add_tail(&copy->list, &mm->areas);
	}
	mm->as = aspace_clone(from->as);
	if (mm->as)
		return mm;
fail:
	mm_put(mm);
	return NULL;
}

/* --- faults ------------------------------------------------------------------------- */

/* The page for an address nothing is mapped at, with one reference. */
static struct page *area_page(struct vm_area_struct *area, unsigned long addr, bool write,
			      unsigned *prot, int *error)
{
	struct page *page, *copy;
	unsigned long index;

	*error = 0;
	if (area->inode) {
		index = area->pgoff + ((addr - area->start) >> PAGE_SHIFT);
		page = inode_page(area->inode, index, error);
		if (*error)
			return NULL;
		if (page && !write) {
			if (*prot & PG_WRITE)
				*prot |= PG_COW;
			return page;
		}
		if (page) {
			copy = page_alloc(MM_PROCESS, 0);
			if (copy)
				memcpy(page_address(copy), page_address(page), PAGE_SIZE);
			page_put(page);
			*error = copy ? 0 : -ENOMEM;
			return copy;
		}
	}
	page = page_alloc(MM_PROCESS, PAGE_ZERO);
	if (!page)
		*error = -ENOMEM;
	return page;
}

int mm_fault(struct mm_struct *mm, unsigned long addr, unsigned long error)
{
	struct vm_area_struct *area = area_find(mm, addr);
	bool write = error & PF_WRITE;
	struct page *page;
	unsigned prot;
	int err;

	if (!area || !area->prot || (write && !(area->prot & PG_WRITE)) ||
	    ((error & PF_FETCH) && !(area->prot & PG_EXEC)))
		return -EFAULT;
	addr &= PAGE_MASK;
	if (aspace_lookup(mm->as, addr, &prot)) {
		if (!write || !(prot & PG_COW))
			return error & PF_PRESENT ? -EFAULT : 0;
		return aspace_unshare(mm->as, addr);
	}
	prot = area->prot;
	page = area_page(area, addr, write, &prot, &err);
	if (!page)
		return err;
	err = aspace_map(mm->as, addr, page_pa(page), prot);
	if (err)
		page_put(page);
	return err;
}

int mm_poke(struct mm_struct *mm, unsigned long addr, const void *from, size_t len)
{
	unsigned long pa;
	unsigned prot;
	size_t n;
	int err;

	while (len) {
		pa = aspace_lookup(mm->as, addr & PAGE_MASK, &prot);
		if (!pa || (prot & PG_COW)) {
			err = mm_fault(mm, addr, PF_WRITE);
			if (err)
				return err;
			continue;
		}
		n = min((size_t)(PAGE_SIZE - (addr & ~PAGE_MASK)), len);
		memcpy((char *)__va(pa & PAGE_MASK) + (addr & ~PAGE_MASK), from, n);
		from = (const char *)from + n;
		addr += n;
		len -= n;
	}
	return 0;
}

/* --- want of memory ----------------------------------------------------------------- */

/* What its end gives back, if nobody shares it: pages mapped, and those in its pipes. */
static unsigned long pages_of(const struct task_struct *task)
{
	struct vm_area_struct *area;
	unsigned long n = 0;

	list_for_each_entry (area, &task->mm->areas, list)
		for (unsigned long at = area->start; at < area->end; at += PAGE_SIZE)
			n += aspace_lookup(task->mm->as, at, NULL) != 0;
	for (int fd = 0; task->fd && fd < NR_OPEN; fd++)
		n += task->fd[fd] ? pipe_pages(task->fd[fd]) : 0;
	return n;
}

static bool dying(const struct task_struct *task)
{
	return task->mm && (task->pending & sigmask(SIGKILL));
}

static bool somebody_dying(void)
{
	struct task_struct *task;

	for_each_task(task) if (dying(task)) return true;
	return false;
}

static struct task_struct *largest_task(bool spared)
{
	struct task_struct *task, *largest = NULL;
	unsigned long most = 0, n;

	for_each_task(task)
	{
		if (!task->mm || dying(task) || task == init_task ||
		    task->spared != spared)
			continue;
		n = pages_of(task);
		if (n > most) {
			most = n;
			largest = task;
		}
	}
	return largest;
}

/* Whose end makes room; NULL: the current process has to do without. */
static struct task_struct *victim(void)
{
	struct task_struct *task = largest_task(false);

	if (!task)
		task = largest_task(true);
	if (!task || task->mm == current->mm ||
	    (!current->spared && pages_of(task) <= 2 * pages_of(current)))
		return NULL;
	return task;
}

/* Wait for the end of those who are dying, a second at most. Is there memory now? */
static bool room_comes(void)
{
	for (int i = 0; i < HZ && memory_short() && somebody_dying() && !dying(current);
	     i++) {
		current->state = TASK_UNINTERRUPTIBLE;
		schedule_timeout(1);
	}
	return !memory_short();
}

/* False: there is nobody, or no longer anybody, to make room. */
static bool make_room(void)
{
	struct task_struct *task;

	if (dying(current))
		return false;
	if (room_comes())
		return true;
	task = victim();
	if (!task)
		return false;
	printk(KERN_WARNING "Out of memory: killed process %d (%s)\n", task->pid,
	       task->comm);
	send_sig(SIGKILL, task);
	room_comes();
	return true;
}

/* --- entry points of faults --------------------------------------------------------- */

static int fault(unsigned long addr, unsigned long error)
{
	int err = mm_fault(current->mm, addr, error);

	while (err == -ENOMEM && memory_short() && make_room())
		err = mm_fault(current->mm, addr, error);
	return err;
}

bool process_demand(unsigned long addr, unsigned long error)
{
	return current->mm && fault(addr, error) == 0;
}

void process_fault(struct pt_regs *regs, unsigned long addr, unsigned long error)
{
	int err = fault(addr, error);

	if (!err)
		return;
	if (err == -ENOMEM && current == init_task)
		panic("/init: out of memory");
	if (err == -ENOMEM) {
		if (!dying(current))
			printk(KERN_WARNING "Out of memory: killed process %d (%s)\n",
			       current->pid, current->comm);
		send_sig(SIGKILL, current);
		return;
	}
	force_sig(err == -EFAULT ? SIGSEGV : SIGBUS, "page fault", regs, addr);
}

/* --- system calls ------------------------------------------------------------------- */

static unsigned prot_of(unsigned long prot)
{
	unsigned pg = 0;

	if (prot & (PROT_READ | PROT_WRITE | PROT_EXEC))
		pg |= PG_READ;
	if (prot & PROT_WRITE)
		pg |= PG_WRITE;
	if (prot & PROT_EXEC)
		pg |= PG_EXEC;
	return pg;
}

static bool range_free(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	struct vm_area_struct *area;

	list_for_each_entry (area, &mm->areas, list)
		if (area->start < start + len && area->end > start)
			return false;
	return true;
}

/* Lowest free place of len bytes, 0 if there is none. */
static unsigned long find_hole(struct mm_struct *mm, unsigned long len)
{
	struct vm_area_struct *area;
	unsigned long at = MMAP_BASE;

	list_for_each_entry (area, &mm->areas, list) {
		if (area->end <= at)
			continue;
		if (area->start >= at && area->start - at >= len)
			break;
		at = area->end;
	}
	return at <= MMAP_END && MMAP_END - at >= len ? at : 0;
}

unsigned long sys_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old = PAGE_ALIGN(mm->brk), new = PAGE_ALIGN(brk);

	if (brk < mm->brk_start || brk >= MMAP_END)
		return mm->brk;
	if (new < old && mm_unmap(mm, new, old - new))
		return mm->brk;
	if (new > old && (!range_free(mm, old, new - old) ||
			  mm_map(mm, old, new - old, PG_READ | PG_WRITE, NULL, 0)))
		return mm->brk;
	mm->brk = brk;
	return brk;
}

static long map_file(unsigned long flags, unsigned int fd, struct inode **inode)
{
	struct file *file;

	*inode = NULL;
	if (flags & MAP_ANONYMOUS)
		return 0;
	file = fget(fd);
	if (!file)
		return -EBADF;
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	*inode = file->f_dentry->d_inode;
	return inode_has_pages(*inode) ? 0 : -ENODEV;
}

long sys_mmap2(unsigned long addr, unsigned long len, unsigned long prot,
	       unsigned long flags, unsigned int fd, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	struct inode *inode;
	long err = map_file(flags, fd, &inode);

	if (err)
		return err;
	if (len == 0 || len > TASK_TOP)
		return len ? -ENOMEM : -EINVAL;
	/* Memory is shared by nobody but the pages of files that nobody writes. */
	if (!(flags & (MAP_SHARED | MAP_PRIVATE)))
		return -EINVAL;
	if ((flags & MAP_SHARED) && (prot & PROT_WRITE))
		return -ENODEV;
	len = PAGE_ALIGN(len);
	if (!(flags & MAP_FIXED)) {
		addr &= PAGE_MASK;
		if (!addr || !range_ok(addr, len) || addr + len > MMAP_END ||
		    !range_free(mm, addr, len))
			addr = find_hole(mm, len);
		if (!addr)
			return -ENOMEM;
	}
	err = mm_map(mm, addr, len, prot_of(prot), inode, pgoff);
	return err ? err : (long)addr;
}

/* The old call: one pointer to six words, the offset in bytes. */
long sys_mmap(const uint32_t *user)
{
	uint32_t a[6];

	if (copy_from_user(a, user, sizeof(a)))
		return -EFAULT;
	if (a[5] & ~PAGE_MASK)
		return -EINVAL;
	return sys_mmap2(a[0], a[1], a[2], a[3], a[4], a[5] >> PAGE_SHIFT);
}

long sys_munmap(unsigned long addr, unsigned long len)
{
	return mm_unmap(current->mm, addr, len);
}

long sys_mprotect(unsigned long start, unsigned long len, unsigned long prot)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *area;
	unsigned long at, end;
	int err;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (len == 0)
		return 0;
	if (!range_ok(start, len))
		return -ENOMEM;
	end = start + len;
	for (at = start; at < end; at = area->end) {
		area = area_find(mm, at);
		if (!area)
			return -ENOMEM;
	}
	err = area_split(mm, start);
	if (!err)
		err = area_split(mm, end);
	if (err)
		return err;
	list_for_each_entry (area, &mm->areas, list)
		if (area->start >= start && area->end <= end)
			area->prot = prot_of(prot);
	aspace_protect(mm->as, start, end, prot_of(prot));
	return 0;
}

long sys_madvise(unsigned long start, unsigned long len, int advice)
{
	return 0;
}

#define MREMAP_MAYMOVE 1

/* Shrink in place, or grow where there is room behind; callers copy when we refuse. */
long sys_mremap(unsigned long addr, unsigned long old, unsigned long new,
		unsigned long flags, unsigned long to)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *area = area_find(mm, addr);
	int err = 0;

	old = PAGE_ALIGN(old);
	new = PAGE_ALIGN(new);
	if ((addr & ~PAGE_MASK) || !new || (flags & ~MREMAP_MAYMOVE))
		return -EINVAL;
	if (!area || !range_ok(addr, old) || area->end < addr + old)
		return -EFAULT;
	if (new < old)
		err = mm_unmap(mm, addr + new, old - new);
	if (new <= old)
		return err ? err : (long)addr;
	if (area->inode || area->end != addr + old || !range_ok(addr, new) ||
	    addr + new > MMAP_END || !range_free(mm, addr + old, new - old))
		return -ENOMEM;
	area->end = addr + new;
	return addr;
}
