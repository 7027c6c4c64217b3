/* registrant.c - registers one of everything that is not a device, and gives nothing back
 *
 * The function that `fault` names writes where nothing is: create, send (of family 40), up,
 * stats (of interface reg0; numbers: its result is no address), load (of the format of files that begin with 7f 'R'), read (of
 * /proc/registrant), sysctl (of /proc/sys/dev/registrant).
 */
#include <linux/binfmts.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysctl.h>

#define FAMILY 40

static char *fault;
static volatile int *volatile nowhere;
MODULE_PARM(fault, "s");
MODULE_PARM_DESC(fault, "the function that is to fault");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static int run(const char *function)
{
	if (fault && !strcmp(fault, function))
		*nowhere = 0;
	return 0;
}

static int send(struct socket *sock, struct msghdr *msg, int len, struct scm_cookie *scm)
{
	return run("send") ?: len;
}

static struct proto_ops socket_ops = {.family = FAMILY, .sendmsg = send};

static int create(struct socket *sock, int protocol)
{
	sock->ops = &socket_ops;
	sock->sk = kmalloc(100, GFP_KERNEL);
	return run("create");
}

static struct net_proto_family family = {.family = FAMILY, .create = create};

static int up(struct net_device *dev)
{
	return run("up");
}

static struct net_device_stats *stats(struct net_device *of)
{
	static struct net_device_stats none;

	run("stats");
	return fault && !strcmp(fault, "numbers") ? (void *)16 : &none;
}

static struct net_device dev = {.name = "reg%d", .open = up, .get_stats = stats};

static int load(struct linux_binprm *bprm, struct pt_regs *regs)
{
	return strncmp(bprm->buf, "\177R", 2) ? -ENOEXEC : run("load") ?: -EACCES;
}

static struct linux_binfmt format = {.load_binary = load};

static int read(char *page, char **start, off_t off, int count, int *eof, void *data)
{
	run("read");
	return sprintf(page, "read\n");
}

static int handler(ctl_table *ctl, int write, struct file *filp, void *buffer,
		   size_t *lenp)
{
	return run("sysctl") ?: proc_dointvec(ctl, write, filp, buffer, lenp);
}

static int value = 7;
static ctl_table variable[] = {
	{.ctl_name = 1,
	 .procname = "registrant",
	 .data = &value,
	 .maxlen = sizeof(value),
	 .mode = 0644,
	 .proc_handler = handler},
	{0},
};
static ctl_table dir[] = {
	{.ctl_name = CTL_DEV, .procname = "dev", .mode = 0555, .child = variable},
	{0},
};

static int __init registrant_init(void)
{
	int err = sock_register(&family);

	if (!err)
		err = register_netdev(&dev);
	if (!err)
		err = register_binfmt(&format);
	if (!err && !create_proc_read_entry("registrant", 0, NULL, read, NULL))
		err = -ENOMEM;
	if (!err && !register_sysctl_table(dir, 0))
		err = -ENOMEM;
	return err;
}

static void __exit registrant_exit(void)
{
}

module_init(registrant_init);
module_exit(registrant_exit);
