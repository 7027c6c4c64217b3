/* sys.c - system calls about the process itself and the system: names, ids, groups, limits,
 * the log, power
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "abi/gateway.h"
#include "abi/kerneld.h"
#include "drivers/tty.h"
#include "kernel/kmod.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "kernel/uts.h"

/* --- names -------------------------------------------------------------------------- */

static char hostname[65] = "kernel-stub";

long sys_uname(char *user)
{
	char names[6][65];

	memset(names, 0, sizeof(names));
	strcpy(names[0], UTS_SYSNAME);
	strcpy(names[1], hostname);
	strcpy(names[2], UTS_RELEASE);
	strcpy(names[3], UTS_VERSION);
	strcpy(names[4], "i686");
	strcpy(names[5], "(none)");
	return copy_to_user(user, names, sizeof(names)) ? -EFAULT : 0;
}

long sys_getpid(void)
{
	return current->pid;
}

long sys_gettid(void)
{
	return current->pid;
}

long sys_getppid(void)
{
	return current->parent->pid;
}

/* --- users and groups --------------------------------------------------------------- */

uint32_t id16(uint32_t id)
{
	id &= 0xffff;
	return id == 0xffff ? (uint32_t)-1 : id;
}

/* One of the three ids of the process, or root: then it may be taken. */
static bool may_be(uint32_t id, uint32_t a, uint32_t b, uint32_t c)
{
	return id == (uint32_t)-1 || current->euid == 0 || id == a || id == b || id == c;
}

long sys_setresuid32(uid_t ruid, uid_t euid, uid_t suid)
{
	struct task_struct *t = current;

	if (!may_be(ruid, t->uid, t->euid, t->suid) ||
	    !may_be(euid, t->uid, t->euid, t->suid) ||
	    !may_be(suid, t->uid, t->euid, t->suid))
		return -EPERM;
	if (ruid != (uid_t)-1)
		t->uid = ruid;
	if (euid != (uid_t)-1)
		t->euid = euid;
	if (suid != (uid_t)-1)
		t->suid = suid;
	return 0;
}

long sys_setresgid32(gid_t rgid, gid_t egid, gid_t sgid)
{
	struct task_struct *t = current;

	if (!may_be(rgid, t->gid, t->egid, t->sgid) ||
	    !may_be(egid, t->gid, t->egid, t->sgid) ||
	    !may_be(sgid, t->gid, t->egid, t->sgid))
		return -EPERM;
	if (rgid != (gid_t)-1)
		t->gid = rgid;
	if (egid != (gid_t)-1)
		t->egid = egid;
	if (sgid != (gid_t)-1)
		t->sgid = sgid;
	return 0;
}

/* Root becomes the user for good; others only switch what counts. */
long sys_setuid32(uid_t uid)
{
	bool root = current->euid == 0;

	return sys_setresuid32(root ? uid : (uid_t)-1, uid, root ? uid : (uid_t)-1);
}

long sys_setgid32(gid_t gid)
{
	bool root = current->euid == 0;

	return sys_setresgid32(root ? gid : (gid_t)-1, gid, root ? gid : (gid_t)-1);
}

long sys_setreuid32(uid_t ruid, uid_t euid)
{
	bool saved = ruid != (uid_t)-1 || (euid != (uid_t)-1 && euid != current->uid);
	long err = sys_setresuid32(ruid, euid, -1);

	if (!err && saved)
		current->suid = current->euid;
	return err;
}

long sys_setregid32(gid_t rgid, gid_t egid)
{
	bool saved = rgid != (gid_t)-1 || (egid != (gid_t)-1 && egid != current->gid);
	long err = sys_setresgid32(rgid, egid, -1);

	if (!err && saved)
		current->sgid = current->egid;
	return err;
}

long sys_getuid32(void)
{
	return current->uid;
}

long sys_geteuid32(void)
{
	return current->euid;
}

long sys_getgid32(void)
{
	return current->gid;
}

long sys_getegid32(void)
{
	return current->egid;
}

static long put_ids(const uint32_t id[3], void *a, void *b, void *c, size_t size)
{
	return copy_to_user(a, &id[0], size) || copy_to_user(b, &id[1], size) ||
			       copy_to_user(c, &id[2], size)
		       ? -EFAULT
		       : 0;
}

long sys_getresuid32(uint32_t *r, uint32_t *e, uint32_t *s)
{
	return put_ids((uint32_t[]){current->uid, current->euid, current->suid}, r, e, s,
		       4);
}

long sys_getresgid32(uint32_t *r, uint32_t *e, uint32_t *s)
{
	return put_ids((uint32_t[]){current->gid, current->egid, current->sgid}, r, e, s,
		       4);
}

/* Supplementary groups there are none; who may set them is told that it worked. */
long sys_setgroups32(int n, const uint32_t *groups)
{
	if (current->euid)
		return -EPERM;
	return n < 0 || n > 65536 ? -EINVAL : 0;
}

long sys_getgroups32(int n, uint32_t *groups)
{
	return n < 0 ? -EINVAL : 0;
}

/* The old calls, with ids of 16 bits; an id that does not fit reads as 65534. */
static uint32_t to16(uint32_t id)
{
	return id > 0xffff ? 65534 : id;
}

long sys_setuid(uint32_t uid)
{
	return sys_setuid32(id16(uid));
}

long sys_setgid(uint32_t gid)
{
	return sys_setgid32(id16(gid));
}

long sys_setreuid(uint32_t r, uint32_t e)
{
	return sys_setreuid32(id16(r), id16(e));
}

long sys_setregid(uint32_t r, uint32_t e)
{
	return sys_setregid32(id16(r), id16(e));
}

long sys_setresuid(uint32_t r, uint32_t e, uint32_t s)
{
	return sys_setresuid32(id16(r), id16(e), id16(s));
}

long sys_setresgid(uint32_t r, uint32_t e, uint32_t s)
{
	return sys_setresgid32(id16(r), id16(e), id16(s));
}

long sys_getuid(void)
{
	return to16(current->uid);
}

long sys_geteuid(void)
{
	return to16(current->euid);
}

long sys_getgid(void)
{
	return to16(current->gid);
}

long sys_getegid(void)
{
	return to16(current->egid);
}

long sys_getresuid(uint16_t *r, uint16_t *e, uint16_t *s)
{
	return put_ids((uint32_t[]){to16(current->uid), to16(current->euid),
				    to16(current->suid)},
		       r, e, s, 2);
}

long sys_getresgid(uint16_t *r, uint16_t *e, uint16_t *s)
{
	return put_ids((uint32_t[]){to16(current->gid), to16(current->egid),
				    to16(current->sgid)},
		       r, e, s, 2);
}

long sys_setgroups(int n, const uint16_t *groups)
{
	return sys_setgroups32(n, NULL);
}

long sys_getgroups(int n, uint16_t *groups)
{
	return sys_getgroups32(n, NULL);
}

/* --- process groups and sessions ---------------------------------------------------- */

long sys_setpgid(int pid, int pgrp)
{
	struct task_struct *task = pid ? find_task_by_pid(pid) : current, *leader;

	if (pgrp < 0)
		return -EINVAL;
	if (!task || (task != current && task->parent != current))
		return -ESRCH;
	if (task != current && task->dumped)
		return -EACCES;
	if (task->session == task->pid || task->session != current->session)
		return -EPERM;
	pgrp = pgrp ? pgrp : task->pid;
	if (pgrp != task->pid) { /* to join, there must be such a group in the session */
		for_each_task(leader) if (leader->pgrp == pgrp &&
					  leader->session == current->session) goto found;
		return -EPERM;
	}
found:
	task->pgrp = pgrp;
	return 0;
}

long sys_getpgid(int pid)
{
	struct task_struct *task = pid ? find_task_by_pid(pid) : current;

	return task ? task->pgrp : -ESRCH;
}

long sys_getpgrp(void)
{
	return current->pgrp;
}

long sys_getsid(int pid)
{
	struct task_struct *task = pid ? find_task_by_pid(pid) : current;

	return task ? task->session : -ESRCH;
}

long sys_setsid(void)
{
	struct task_struct *task;

	for_each_task(task) if (task->pgrp == current->pid) return -EPERM;
	current->pgrp = current->session = current->pid;
	current->tty = NULL;
	return current->pid;
}

/* --- limits and accounts ------------------------------------------------------------ */

#define RLIMIT_STACK  3
#define RLIMIT_NPROC  6
#define RLIMIT_NOFILE 7
#define RLIM_NLIMITS  16

/* Limits are fixed: they say what the kernel enforces anyway. */
static uint32_t limit(unsigned int which)
{
	switch (which) {
	case RLIMIT_STACK:
		return 8u << 20;
	case RLIMIT_NPROC:
		return NR_TASKS_USER;
	case RLIMIT_NOFILE:
		return NR_OPEN;
	}
	return 0xffffffff;
}

long sys_ugetrlimit(unsigned int which, uint32_t *user)
{
	uint32_t r[2] = {limit(which), limit(which)};

	if (which >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(user, r, sizeof(r)) ? -EFAULT : 0;
}

/* Before 2.4: infinity is the largest positive number. */
long sys_getrlimit(unsigned int which, uint32_t *user)
{
	uint32_t v = min(limit(which), 0x7fffffffu), r[2] = {v, v};

	if (which >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(user, r, sizeof(r)) ? -EFAULT : 0;
}

long sys_setrlimit(unsigned int which, const uint32_t *user)
{
	uint32_t r[2];

	if (copy_from_user(r, user, sizeof(r)))
		return -EFAULT;
	if (which >= RLIM_NLIMITS || r[0] > r[1])
		return -EINVAL;
	return r[1] > limit(which) ? -EPERM : 0;
}

long sys_prlimit64(int pid, unsigned int which, const uint64_t *new, uint64_t *old)
{
	uint64_t r[2];

	if (which >= RLIM_NLIMITS)
		return -EINVAL;
	if (pid && pid != current->pid)
		return find_task_by_pid(pid) ? -EPERM : -ESRCH;
	if (new) {
		if (copy_from_user(r, new, sizeof(r)))
			return -EFAULT;
		if (r[0] > r[1])
			return -EINVAL;
	}
	r[0] = r[1] = limit(which) == 0xffffffff ? ~0ull : limit(which);
	return old && copy_to_user(old, r, sizeof(r)) ? -EFAULT : 0;
}

static void ticks_to_timeval(unsigned long ticks, uint32_t tv[2])
{
	tv[0] = ticks / HZ;
	tv[1] = ticks % HZ * (1000000 / HZ);
}

long sys_getrusage(int who, void *user)
{
	uint32_t r[18] = {0};

	if (who != 0 && who != -1)
		return -EINVAL;
	ticks_to_timeval(who ? current->children_user : current->ticks_user, r);
	ticks_to_timeval(who ? current->children_kernel : current->ticks_kernel, r + 2);
	return copy_to_user(user, r, sizeof(r)) ? -EFAULT : 0;
}

long sys_times(uint32_t *user)
{
	uint32_t t[4] = {current->ticks_user, current->ticks_kernel,
			 current->children_user, current->children_kernel};

	if (user && copy_to_user(user, t, sizeof(t)))
		return -EFAULT;
	return jiffies & 0x7fffffff;
}

long sys_sysinfo(void *user)
{
	struct mm_counters c;
	uint32_t s[16] = {jiffies / HZ};
	struct task_struct *task;
	uint16_t procs = 0;

	mm_counters(&c);
	for_each_task(task) procs++;
	s[4] = c.total * PAGE_SIZE;
	s[5] = c.pages[MM_FREE] * PAGE_SIZE;
	s[10] = procs;
	s[13] = 1; /* unit of the sizes */
	return copy_to_user(user, s, sizeof(s)) ? -EFAULT : 0;
}

/* --- what has no effect here -------------------------------------------------------- */

long sys_nice(int increment)
{
	return increment < 0 && current->euid ? -EPERM : 0;
}

long sys_getpriority(int which, int who)
{
	return 20;
}

long sys_setpriority(int which, int who, int value)
{
	return 0;
}

long sys_personality(uint32_t which)
{
	return which == 0xffffffff || which == 0 ? 0 : -EINVAL;
}

long sys_set_robust_list(void *head, size_t len)
{
	return len == 12 ? 0 : -EINVAL;
}

long sys_set_tid_address(uint32_t addr)
{
	current->clear_child_tid = addr;
	return current->pid;
}

#define PR_SET_NAME	 15
#define PR_GET_NAME	 16
#define PR_SET_PDEATHSIG 1
#define PR_GET_DUMPABLE	 3
#define PR_SET_DUMPABLE	 4

long sys_prctl(int option, unsigned long arg)
{
	char name[TASK_COMM_LEN];
	long n;

	switch (option) {
	case PR_SET_NAME:
		n = strncpy_from_user(name, (const char *)arg, sizeof(name));
		if (n < 0)
			return n;
		name[sizeof(name) - 1] = '\0';
		strcpy(current->comm, name);
		return 0;
	case PR_GET_NAME:
		return copy_to_user((char *)arg, current->comm, TASK_COMM_LEN) ? -EFAULT
									       : 0;
	case KD_PR_SET_REQUEST:
		kmod_work_for(arg);
		return 0;
	case GW_PR_SPARE:
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		current->spared = arg != 0;
		return 0;
	case PR_GET_DUMPABLE:
		return 1;
	case PR_SET_DUMPABLE:
		return 0;
	}
	return -EINVAL;
}

long sys_umask(unsigned int mask)
{
	unsigned int old = current->umask;

	current->umask = mask & 0777;
	return old;
}

/* --- the log ------------------------------------------------------------------------ */

enum {
	LOG_CLOSE,
	LOG_OPEN,
	LOG_READ,
	LOG_READ_ALL,
	LOG_READ_CLEAR,
	LOG_CLEAR,
	LOG_CONSOLE_OFF,
	LOG_CONSOLE_ON,
	LOG_CONSOLE_LEVEL,
	LOG_UNREAD,
	LOG_BUFFER
};

static unsigned long log_pos; /* what LOG_READ has consumed */

static long log_copy(char *user, size_t count, unsigned long *pos)
{
	char chunk[256];
	size_t n, done = 0;

	while (done < count &&
	       (n = log_read(chunk, min(sizeof(chunk), count - done), pos))) {
		if (copy_to_user(user + done, chunk, n))
			return -EFAULT;
		done += n;
	}
	return done;
}

static long log_tail(char *user, int count)
{
	unsigned long pos = log_start(), end = log_end();

	if (end - pos > (unsigned long)count)
		pos = end - count;
	return log_copy(user, count, &pos);
}

long sys_syslog(int action, char *user, int count)
{
	static int level_before;
	long n;

	if (action != LOG_READ_ALL && action != LOG_BUFFER && current->euid)
		return -EPERM;
	if (action >= LOG_READ && action <= LOG_READ_CLEAR && (!user || count < 0))
		return -EINVAL;
	switch (action) {
	case LOG_CLOSE:
	case LOG_OPEN:
		return 0;
	case LOG_READ:
		return log_copy(user, count, &log_pos);
	case LOG_READ_ALL:
	case LOG_READ_CLEAR:
		n = log_tail(user, count);
		if (n >= 0 && action == LOG_READ_CLEAR)
			log_clear();
		return n;
	case LOG_CLEAR:
		log_clear();
		return 0;
	case LOG_CONSOLE_OFF:
		level_before = console_loglevel;
		console_loglevel = 1;
		return 0;
	case LOG_CONSOLE_ON:
		console_loglevel = level_before ? level_before : console_loglevel;
		return 0;
	case LOG_CONSOLE_LEVEL:
		if (count < 1 || count > 8)
			return -EINVAL;
		console_loglevel = count;
		return 0;
	case LOG_UNREAD:
		return log_end() - max(log_pos, log_start());
	case LOG_BUFFER:
		return LOG_SIZE;
	}
	return -EINVAL;
}

/* --- power -------------------------------------------------------------------------- */

#define REBOOT_MAGIC1	 0xfee1deadu
#define REBOOT_MAGIC2	 672274793u
#define REBOOT_CAD_ON	 0x89abcdefu
#define REBOOT_CAD_OFF	 0u
#define REBOOT_RESTART	 0x01234567u
#define REBOOT_HALT	 0xcdef0123u
#define REBOOT_POWER_OFF 0x4321fedcu

/* There is nothing to boot from again: every way down is a power-off. */
long sys_reboot(uint32_t magic1, uint32_t magic2, uint32_t command, void *arg)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (magic1 != REBOOT_MAGIC1 || magic2 != REBOOT_MAGIC2)
		return -EINVAL;
	switch (command) {
	case REBOOT_CAD_ON:
	case REBOOT_CAD_OFF:
		return 0;
	case REBOOT_RESTART:
	case REBOOT_HALT:
	case REBOOT_POWER_OFF:
		printk(KERN_NOTICE "Power down.\n");
		poweroff(POWEROFF_CLEAN);
	}
	return -EINVAL;
}
