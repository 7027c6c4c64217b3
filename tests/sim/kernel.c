/* tests/sim/kernel.c - a kernel around the portable core: system calls, files, its port
 *
 * Compiled like kernel-stub itself, with the sanitizers added. A task is a client of the
 * simulator. There is no scheduler: nothing sleeps.
 */
#include "sim.h"

#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include "kernel/chrdev.h"
#include "kernel/dma.h"
#include "kernel/contain.h"
#include "kernel/inter_module.h"
#include "kernel/module.h"
#include "kernel/module_port.h"
#include "kernel/resource.h"
#include "kernel/text.h"

#define NR_FILES 64

struct open_file {
	bool used;
	struct file file;
	struct inode inode;
	struct dentry dentry;
	struct module *owner;
	const struct proc_file *proc;
	struct text text; /* of a /proc file, taken when it was opened */
};

struct sim_task {
	uint32_t uid, gid;
	unsigned long id;
	struct open_file fd[NR_FILES];
};

extern const struct module_symbol __start___ksymtab[], __stop___ksymtab[];

volatile unsigned long jiffies;
static struct sim_task *running;
static unsigned long tasks;
static struct module *calling;

/* Nobody loads modules here on request, and nobody sleeps. */
int request_module(const char *fmt, ...)
{
	return -ENOENT;
}

void wake_up(wait_queue_head_t *q)
{
}

/* --- the port ------------------------------------------------------------------------- */

bool port_privileged(void)
{
	return running->uid == 0;
}

unsigned long port_owner(void)
{
	return running->id;
}

void *port_module_alloc(size_t size)
{
	return sim_area_alloc(size);
}

void port_module_free(void *image, size_t size)
{
	sim_area_free(image, size);
}

void port_module_protect(void *start, size_t size, unsigned rights)
{
	sim_area_protect(start, size, rights);
}

int port_copy_from(void *to, tgt_addr user, size_t n)
{
	return copy_from_user(to, (void *)user, n) ? -EFAULT : 0;
}

int port_copy_to(tgt_addr user, const void *from, size_t n)
{
	return copy_to_user((void *)user, from, n) ? -EFAULT : 0;
}

long port_string_from(char *to, tgt_addr user, size_t max)
{
	return strncpy_from_user(to, (const char *)user, max);
}

int port_call(struct module *m, int (*fn)(void), int *result)
{
	struct module *outer = calling;
	int error;

	if (!mod_enter(m))
		return -EIO;
	calling = m;
	error = sim_guarded(fn, result);
	calling = outer;
	if (error)
		mod_fault(m);
	mod_leave(m);
	return error;
}

/* Gates of other calls only keep out of a module in quarantine: a fault is the end here. */
long gate_open(struct gate *gate, struct module *owner)
{
	gate->owner = NULL;
	if (owner && !mod_enter(owner))
		return -EIO;
	gate->owner = owner;
	return 0;
}

long gate_save(struct gate *gate)
{
	return 0;
}

void gate_close(struct gate *gate)
{
	if (gate->owner)
		mod_leave(gate->owner);
}

struct module *port_calling(void)
{
	return calling;
}

static int withdraw(struct module *m)
{
	return driver_forget(chrdevs, m) + dma_forget(m) + resource_forget(m) +
	       inter_module_forget(m);
}

void port_withdraw(struct module *m)
{
	withdraw(m);
}

void port_reclaim(struct module *m)
{
	unsigned long start = (unsigned long)m;
	int n = withdraw(m);
	unsigned objects = sim_free_of(start, start + mod_within(start)->area);

	if (n || objects)
		printk(KERN_WARNING
		       "module %s left %d registrations, %u objects behind\n",
		       mod_name(m), n, objects);
}

void port_event(void)
{
	barrier();
}

/* --- user memory ---------------------------------------------------------------------- */

unsigned long copy_from_user(void *to, const void *from, unsigned long n)
{
	unsigned long can = sim_user_span(from, n, false);

	memcpy(to, from, can);
	memset((char *)to + can, 0, n - can);
	if (sim_user_was_read)
		sim_user_was_read(from, n);
	return n - can;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long n)
{
	unsigned long can = sim_user_span(to, n, true);

	memcpy(to, from, can);
	return n - can;
}

unsigned long clear_user(void *to, unsigned long n)
{
	unsigned long can = sim_user_span(to, n, true);

	memset(to, 0, can);
	return n - can;
}

long strncpy_from_user(char *to, const char *from, long n)
{
	unsigned long can = sim_user_span(from, n, false);
	const char *nul = can ? memchr(from, 0, can) : NULL;

	if (!nul && (long)can < n)
		return -EFAULT;
	memcpy(to, from, nul ? nul - from + 1 : n);
	return nul ? nul - from : n;
}

long strnlen_user(const char *s, long n)
{
	unsigned long can = sim_user_span(s, n, false);
	const char *nul = can ? memchr(s, 0, can) : NULL;

	if (nul)
		return nul - s + 1;
	return (long)can < n ? 0 : n + 1;
}

/* --- what modules call ---------------------------------------------------------------- */

int printk(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	sim_log(line, min(n, (int)sizeof(line) - 1));
	return n;
}

void panic(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	printk(KERN_EMERG "Kernel panic: %s\n", line);
	__builtin_trap();
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	unsigned long value = 0;

	if ((!base || base == 16) && s[0] == '0' && (s[1] | 0x20) == 'x' &&
	    digit(s[2]) < 16) {
		s += 2;
		base = 16;
	}
	if (!base)
		base = *s == '0' ? 8 : 10;
	for (; digit(*s) < base; s++)
		value = value * base + digit(*s);
	if (end)
		*end = (char *)s;
	return value;
}

long simple_strtol(const char *s, char **end, unsigned int base)
{
	return *s == '-' ? -(long)simple_strtoul(s + 1, end, base)
			 : (long)simple_strtoul(s, end, base);
}

loff_t no_llseek(struct file *file, loff_t offset, int whence)
{
	return -29; /* ESPIPE */
}

time_t time_seconds(void)
{
	return jiffies / HZ;
}

void do_gettimeofday(struct timeval *tv)
{
	tv->tv_sec = jiffies / HZ;
	tv->tv_usec = jiffies % HZ * (1000000 / HZ);
}

/* --- /proc ---------------------------------------------------------------------------- */

static unsigned long taint;

static int show_osrelease(struct text *t)
{
	return text_printf(t, "%s\n", UTS_RELEASE);
}

static int show_version(struct text *t)
{
	return text_printf(t, "#1 simulator\n");
}

static int show_tainted(struct text *t)
{
	return text_printf(t, "%lu\n", taint);
}

static void store_tainted(const char *text)
{
	taint = simple_strtoul(text, NULL, 0);
}

static int show_meminfo(struct text *t)
{
	struct sim_counters c;

	sim_counters(&c); /* before the text itself allocates */
	return text_printf(t,
			   "kmalloc objects %8lu\nkmalloc bytes   %8lu\n"
			   "module areas    %8lu\nmodule bytes    %8lu\n",
			   c.objects, c.bytes, c.areas, c.area_bytes);
}

static int show_devices(struct text *t)
{
	text_printf(t, "Character devices:\n");
	driver_show(chrdevs, t);
	return text_printf(t, "\nBlock devices:\n");
}

static const struct proc_file {
	const char *path;
	int (*show)(struct text *t);
	void (*store)(const char *text);
} proc_files[] = {
	{"/proc/modules", mod_show_modules, NULL},
	{"/proc/ksyms", mod_show_ksyms, NULL},
	{"/proc/ioports", resource_show_ioports, NULL},
	{"/proc/iomem", resource_show_iomem, NULL},
	{"/proc/devices", show_devices, NULL},
	{"/proc/meminfo", show_meminfo, NULL},
	{"/proc/sys/kernel/osrelease", show_osrelease, NULL},
	{"/proc/sys/kernel/version", show_version, NULL},
	{"/proc/sys/kernel/tainted", show_tainted, store_tainted},
};

static int open_proc(struct open_file *f, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(proc_files); i++) {
		if (strcmp(proc_files[i].path, path) != 0)
			continue;
		f->proc = &proc_files[i];
		if (f->proc->show(&f->text) == 0)
			return 0;
		text_free(&f->text);
		return -ENOMEM;
	}
	return -ENOENT;
}

/* --- files ---------------------------------------------------------------------------- */

static struct open_file *get_file_of(int fd)
{
	struct open_file *f = &running->fd[fd];

	return fd >= 0 && fd < NR_FILES && f->used ? f : NULL;
}

static int open_device(struct open_file *f, const char *name)
{
	const struct driver *dev = driver_named(chrdevs, name);
	int error = 0;

	if (!dev)
		return -ENOENT;
	f->file.f_op = chrdev_get(dev->major, &f->owner);
	if (!f->file.f_op)
		return -ENODEV;
	f->inode.i_mode = S_IFCHR | 0600;
	f->inode.i_rdev = MKDEV(dev->major, 0);
	f->dentry.d_inode = &f->inode;
	f->file.f_dentry = &f->dentry;
	f->file.f_count = 1;
	if (f->file.f_op->open)
		error = CALL_MODULE(f->owner, f->file.f_op->open(&f->inode, &f->file));
	if (error)
		chrdev_put(f->owner);
	return error;
}

static int open_path(struct open_file *f, const char *path, int flags)
{
	*f = (struct open_file){0};
	f->file.f_flags = flags;
	f->file.f_mode = ((flags & O_ACCMODE) + 1) & (FMODE_READ | FMODE_WRITE);
	return strncmp(path, "/dev/", 5) == 0 ? open_device(f, path + 5)
					      : open_proc(f, path);
}

static long do_open(uintptr_t path, int flags)
{
	char name[256];
	long len = strncpy_from_user(name, (const char *)path, sizeof(name));
	int fd = 0, error;

	if (len < 0)
		return len;
	if (len == sizeof(name))
		return -ENAMETOOLONG;
	while (fd < NR_FILES && running->fd[fd].used)
		fd++;
	if (fd == NR_FILES)
		return -EMFILE;
	error = open_path(&running->fd[fd], name, flags);
	running->fd[fd].used = !error;
	return error ? error : fd;
}

static long read_text(struct open_file *f, uintptr_t buf, size_t count)
{
	size_t left = f->text.len - f->file.f_pos, n = min(count, left);

	if (n && copy_to_user((void *)buf, f->text.buf + f->file.f_pos, n))
		return -EFAULT;
	f->file.f_pos += n;
	return n;
}

static long do_read(int fd, uintptr_t buf, size_t count)
{
	struct open_file *f = get_file_of(fd);

	if (!f || !(f->file.f_mode & FMODE_READ))
		return -EBADF;
	if (f->proc)
		return read_text(f, buf, count);
	if (!f->file.f_op->read)
		return -EINVAL;
	return CALL_MODULE(f->owner, f->file.f_op->read(&f->file, (char *)buf, count,
							&f->file.f_pos));
}

static long write_proc(struct open_file *f, uintptr_t buf, size_t count)
{
	char text[64];

	if (!f->proc->store || running->uid)
		return -EACCES;
	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, (const void *)buf, count))
		return -EFAULT;
	text[count] = '\0';
	f->proc->store(text);
	return count;
}

static long do_write(int fd, uintptr_t buf, size_t count)
{
	struct open_file *f = get_file_of(fd);

	if (!f || !(f->file.f_mode & FMODE_WRITE))
		return -EBADF;
	if (f->proc)
		return write_proc(f, buf, count);
	if (!f->file.f_op->write)
		return -EINVAL;
	return CALL_MODULE(f->owner, f->file.f_op->write(&f->file, (const char *)buf,
							 count, &f->file.f_pos));
}

static long do_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	struct open_file *f = get_file_of(fd);

	if (!f)
		return -EBADF;
	if (f->proc || !f->file.f_op->ioctl)
		return -ENOTTY;
	return CALL_MODULE(f->owner, f->file.f_op->ioctl(&f->inode, &f->file, cmd, arg));
}

static long do_close(int fd)
{
	struct open_file *f = get_file_of(fd);

	if (!f)
		return -EBADF;
	f->used = false;
	text_free(&f->text);
	if (f->proc)
		return 0;
	if (f->file.f_op->release)
		CALL_MODULE(f->owner, f->file.f_op->release(&f->inode, &f->file));
	chrdev_put(f->owner);
	return 0;
}

/* syslog(2): 3 reads all that is kept, 10 tells its size. */
static long do_syslog(int type, uintptr_t buf, long count)
{
	char *text;
	size_t n;

	if (type == 10)
		return 16384;
	if (type != 3 || count < 0)
		return -EINVAL;
	count = min(count, 16384l);
	text = kmalloc(count + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	n = sim_log_tail(text, count);
	if (n && copy_to_user((void *)buf, text, n))
		n = -EFAULT;
	kfree(text);
	return n;
}

/* --- system calls --------------------------------------------------------------------- */

static int32_t dispatch(uint32_t nr, const uintptr_t a[6])
{
	switch (nr) {
	case 3:
		return do_read(a[0], a[1], a[2]);
	case 4:
		return do_write(a[0], a[1], a[2]);
	case 5:
		return do_open(a[0], a[1]);
	case 6:
		return do_close(a[0]);
	case 20:
		return running->id;
	case 24:
		return running->uid;
	case 54:
		return do_ioctl(a[0], a[1], a[2]);
	case 103:
		return do_syslog(a[0], a[1], a[2]);
	case 127:
		return mod_create(a[0], a[1]);
	case 128:
		return mod_start(a[0], a[1]);
	case 129:
		return mod_delete(a[0]);
	case 130:
		return mod_kernel_syms(a[0]);
	case 167:
		return mod_query(a[0], a[1], a[2], a[3], a[4]);
	default:
		return -ENOSYS;
	}
}

static void settle(void)
{
	if (mod_unsettled)
		mod_settle();
}

int32_t sim_syscall(struct sim_task *task, uint32_t nr, const uintptr_t args[6])
{
	int32_t result;

	running = task;
	jiffies = sim_ticks();
	result = dispatch(nr, args);
	settle();
	return result;
}

struct sim_task *sim_task_new(uint32_t uid, uint32_t gid)
{
	struct sim_task *task = kmalloc(sizeof(*task), GFP_KERNEL);

	if (!task)
		return NULL;
	memset(task, 0, sizeof(*task));
	task->uid = uid;
	task->gid = gid;
	task->id = ++tasks;
	return task;
}

void sim_task_exit(struct sim_task *task)
{
	running = task;
	for (int fd = 0; fd < NR_FILES; fd++)
		do_close(fd);
	mod_owner_gone(task->id);
	settle();
	kfree(task);
}

unsigned long sim_search_extable(unsigned long eip)
{
	return mod_search_extable(eip);
}

bool sim_symname(unsigned long addr, char *buf, size_t size)
{
	return mod_symname(addr, buf, size);
}

bool sim_hold(unsigned long addr)
{
	return mod_hold((struct module *)addr);
}

void sim_release(unsigned long addr)
{
	mod_release((struct module *)addr);
	settle();
}

void sim_fault(unsigned long addr)
{
	mod_fault((struct module *)addr);
	settle();
}

void sim_boot(void)
{
	mod_boot(__start___ksymtab, __stop___ksymtab - __start___ksymtab, NULL, NULL);
	resource_boot();
}
