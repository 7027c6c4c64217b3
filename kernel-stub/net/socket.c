/* net/socket.c - sockets as files, and the system calls about them
 *
 * A socket lives as long as its file. Addresses, options and messages are copied here, so
 * that a family sees kernel memory, but for the bytes of a message. The classic entrance is
 * socketcall; the calls also have numbers of their own.
 */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/contain.h"
#include "kernel/syscall.h"
#include "net/dev.h"
#include "net/family.h"

#define OPTION_MAX 128
#define IOV_FAST   8 /* pieces that need no allocation */

/* Call a method; -EOPNOTSUPP if the family has none. */
#define SOCK_CALL(sock, method, ...)                                                     \
	((sock)->ops->method                                                             \
		 ? CALL_MODULE((sock)->owner, (sock)->ops->method(sock, ##__VA_ARGS__))  \
		 : -EOPNOTSUPP)

static const struct file_operations socket_fops;

static struct socket *socket_of(struct file *file)
{
	return file->f_dentry->d_inode->i_private;
}

static int sock_get(int fd, struct socket **sock, unsigned int *flags)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (file->f_op != &socket_fops)
		return -ENOTSOCK;
	*sock = socket_of(file);
	if (flags)
		*flags = file->f_flags;
	return 0;
}

/* --- as a file ------------------------------------------------------------------------ */

static int sendmsg(struct socket *sock, struct msghdr *msg, size_t len, unsigned flags)
{
	if (flags & O_NONBLOCK)
		msg->msg_flags |= MSG_DONTWAIT;
	return SOCK_CALL(sock, sendmsg, msg, len, NULL);
}

static int recvmsg(struct socket *sock, struct msghdr *msg, size_t len, unsigned flags)
{
	int how = msg->msg_flags;

	if (flags & O_NONBLOCK)
		how |= MSG_DONTWAIT;
	msg->msg_flags = 0;
	msg->msg_namelen = 0;
	return SOCK_CALL(sock, recvmsg, msg, len, how, NULL);
}

static ssize_t socket_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	char addr[MAX_SOCK_ADDR];
	struct iovec iov = {buf, count};
	struct msghdr msg = {.msg_name = addr, .msg_iov = &iov, .msg_iovlen = 1};

	return count ? recvmsg(socket_of(file), &msg, count, file->f_flags) : 0;
}

static ssize_t socket_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct iovec iov = {(char *)buf, count};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	return sendmsg(socket_of(file), &msg, count, file->f_flags);
}

static unsigned int socket_poll(struct file *file, struct poll_table_struct *table)
{
	struct socket *sock = socket_of(file);

	if (!sock->ops->poll)
		return POLLIN | POLLOUT;
	return CALL_MODULE_OR(sock->owner, POLLERR, sock->ops->poll(file, sock, table));
}

static int socket_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
			unsigned long arg)
{
	int ret = dev_ioctl(cmd, (struct ifreq *)arg);

	if (ret == -ENOIOCTLCMD)
		ret = SOCK_CALL(socket_of(file), ioctl, cmd, arg);
	return ret == -EOPNOTSUPP || ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

static int socket_release(struct inode *inode, struct file *file)
{
	sock_free(inode->i_private);
	return 0;
}

static const struct file_operations socket_fops = {
	.llseek = no_llseek,
	.read = socket_read,
	.write = socket_write,
	.poll = socket_poll,
	.ioctl = socket_ioctl,
	.release = socket_release,
};

static const struct inode_operations socket_iops = {.release = NULL};

/* Takes over the socket: a file of it, or NULL and the socket is freed. */
static struct file *sock_file(struct socket *sock, int flags)
{
	struct inode *inode = inode_new(NULL, S_IFSOCK | 0777);
	struct file *file = NULL;

	if (inode) {
		inode->i_op = &socket_iops;
		inode->i_private = sock;
		file = file_anonymous(inode, &socket_fops,
				      O_RDWR | (flags & SOCK_NONBLOCK));
	}
	if (file)
		return file;
	if (inode)
		iput(inode);
	sock_free(sock);
	return NULL;
}

static long file_install(struct file *file, int flags)
{
	int fd = file ? fd_install(file, 0, flags & SOCK_CLOEXEC) : -ENOMEM;

	if (fd < 0 && file)
		fput(file);
	return fd;
}

/* --- addresses ------------------------------------------------------------------------ */

static int addr_from_user(char *addr, const void *user, int len)
{
	if (len < 0 || len > MAX_SOCK_ADDR)
		return -EINVAL;
	memset(addr, 0, MAX_SOCK_ADDR);
	return copy_from_user(addr, user, len) ? -EFAULT : 0;
}

/* As much as there is room for; *user_len becomes the whole length. */
static int addr_to_user(const char *addr, int len, void *user, int *user_len)
{
	int room;

	if (!user)
		return 0;
	if (get_user(room, user_len))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(user, addr, min(room, len)))
		return -EFAULT;
	return put_user(len, user_len);
}

/* --- making and connecting ------------------------------------------------------------- */

static int type_of(int type)
{
	return type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
}

long sys_socket(int family, int type, int protocol)
{
	struct socket *sock;
	int err = sock_create(family, type_of(type), protocol, &sock);

	return err ? err : file_install(sock_file(sock, type), type);
}

/* Two connected sockets as files, or -errno and none. */
static int pair_files(int family, int type, int protocol, struct file *file[2])
{
	struct socket *sock[2];
	int err = sock_create(family, type_of(type), protocol, &sock[0]);

	if (err)
		return err;
	err = sock_create(family, type_of(type), protocol, &sock[1]);
	if (err) {
		sock_free(sock[0]);
		return err;
	}
	err = SOCK_CALL(sock[0], socketpair, sock[1]);
	if (err) {
		sock_free(sock[0]);
		sock_free(sock[1]);
		return err;
	}
	for (int i = 0; i < 2; i++)
		file[i] = sock_file(sock[i], type);
	if (file[0] && file[1])
		return 0;
	for (int i = 0; i < 2; i++)
		if (file[i])
			fput(file[i]);
	return -ENOMEM;
}

long sys_socketpair(int family, int type, int protocol, int *user)
{
	struct file *file[2];
	int fd[2], err = pair_files(family, type, protocol, file);

	if (err)
		return err;
	fd[0] = file_install(file[0], type);
	if (fd[0] < 0) {
		fput(file[1]);
		return fd[0];
	}
	fd[1] = file_install(file[1], type);
	if (fd[1] < 0)
		err = fd[1];
	else if (copy_to_user(user, fd, sizeof(fd)))
		err = -EFAULT;
	for (int i = 0; err && i < 2; i++)
		if (fd[i] >= 0)
			sys_close(fd[i]);
	return err;
}

long sys_bind(int fd, const void *user, int len)
{
	char addr[MAX_SOCK_ADDR];
	struct socket *sock;
	int err = sock_get(fd, &sock, NULL);

	if (!err)
		err = addr_from_user(addr, user, len);
	return err ? err : SOCK_CALL(sock, bind, (struct sockaddr *)addr, len);
}

long sys_connect(int fd, const void *user, int len)
{
	char addr[MAX_SOCK_ADDR];
	unsigned int flags;
	struct socket *sock;
	int err = sock_get(fd, &sock, &flags);

	if (!err)
		err = addr_from_user(addr, user, len);
	return err ? err : SOCK_CALL(sock, connect, (struct sockaddr *)addr, len, flags);
}

long sys_listen(int fd, int backlog)
{
	struct socket *sock;
	int err = sock_get(fd, &sock, NULL);

	if ((unsigned)backlog > SOMAXCONN)
		backlog = SOMAXCONN;
	return err ? err : SOCK_CALL(sock, listen, backlog);
}

long sys_accept4(int fd, void *user, int *user_len, int flags)
{
	char addr[MAX_SOCK_ADDR];
	struct socket *sock, *fresh;
	struct file *file;
	unsigned int how;
	int len = 0, err = sock_get(fd, &sock, &how);

	if (!err && (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)))
		err = -EINVAL;
	if (err)
		return err;
	fresh = sock_like(sock);
	file = fresh ? sock_file(fresh, flags) : NULL;
	if (!file)
		return -ENOMEM;
	err = SOCK_CALL(sock, accept, fresh, how);
	if (!err && user)
		err = SOCK_CALL(fresh, getname, (struct sockaddr *)addr, &len, 1);
	if (!err)
		err = addr_to_user(addr, len, user, user_len);
	if (err) {
		fput(file);
		return err;
	}
	return file_install(file, flags);
}

static long getname_of(int fd, void *user, int *user_len, int peer)
{
	char addr[MAX_SOCK_ADDR];
	struct socket *sock;
	int len = 0, err = sock_get(fd, &sock, NULL);

	if (!err)
		err = SOCK_CALL(sock, getname, (struct sockaddr *)addr, &len, peer);
	if (!err && !user)
		err = -EFAULT;
	return err ? err : addr_to_user(addr, len, user, user_len);
}

long sys_getsockname(int fd, void *user, int *user_len)
{
	return getname_of(fd, user, user_len, 0);
}

long sys_getpeername(int fd, void *user, int *user_len)
{
	return getname_of(fd, user, user_len, 1);
}

long sys_shutdown(int fd, int how)
{
	struct socket *sock;
	int err = sock_get(fd, &sock, NULL);

	return err ? err : SOCK_CALL(sock, shutdown, how);
}

/* --- messages -------------------------------------------------------------------------- */

static int len_of(const struct iovec *iov, size_t n, size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < n; i++) {
		if (iov[i].iov_len > INT32_MAX - *len)
			return -EINVAL;
		*len += iov[i].iov_len;
	}
	return 0;
}

/* msg.msg_name: where in ring 3 the address lies. */
static long send(struct socket *sock, struct msghdr msg, unsigned file_flags)
{
	char addr[MAX_SOCK_ADDR];
	size_t len;
	int err = len_of(msg.msg_iov, msg.msg_iovlen, &len);

	if (!err && msg.msg_controllen)
		err = -EOPNOTSUPP;
	if (!err && msg.msg_name)
		err = addr_from_user(addr, msg.msg_name, msg.msg_namelen);
	if (err)
		return err;
	if (msg.msg_name)
		msg.msg_name = addr;
	else
		msg.msg_namelen = 0;
	return sendmsg(sock, &msg, len, file_flags);
}

/* msg.msg_name: where in ring 3 the sender's address goes; its length and the flags of
 * what came go where the pointers say, if they are not NULL. */
static long receive(struct socket *sock, struct msghdr msg, int *user_namelen,
		    unsigned *msg_flags, unsigned file_flags)
{
	char addr[MAX_SOCK_ADDR];
	void *user_name = msg.msg_name;
	size_t len;
	long n = len_of(msg.msg_iov, msg.msg_iovlen, &len);
	int err;

	msg.msg_name = addr;
	if (!n)
		n = recvmsg(sock, &msg, len, file_flags);
	if (n < 0)
		return n;
	*msg_flags = msg.msg_flags;
	err = addr_to_user(addr, msg.msg_namelen, user_name, user_namelen);
	return err ? err : n;
}

long sys_sendto(int fd, const void *buf, size_t len, unsigned flags, const void *addr,
		int addr_len)
{
	struct iovec iov = {(void *)buf, len};
	struct msghdr msg = {(void *)addr, addr_len, &iov, 1, NULL, 0, flags};
	unsigned int how;
	struct socket *sock;
	int err = sock_get(fd, &sock, &how);

	return err ? err : send(sock, msg, how);
}

long sys_recvfrom(int fd, void *buf, size_t len, unsigned flags, void *addr,
		  int *addr_len)
{
	struct iovec iov = {buf, len};
	struct msghdr msg = {addr, 0, &iov, 1, NULL, 0, flags};
	unsigned int how;
	struct socket *sock;
	int err = sock_get(fd, &sock, &how);

	return err ? err : receive(sock, msg, addr_len, &flags, how);
}

/* The header and its pieces; *iov is `fast` or to be freed. */
static int msg_from_user(struct msghdr *msg, const struct msghdr *user,
			 struct iovec *fast, struct iovec **iov)
{
	size_t size;

	*iov = fast;
	if (copy_from_user(msg, user, sizeof(*msg)))
		return -EFAULT;
	if (msg->msg_iovlen > UIO_MAXIOV)
		return -EMSGSIZE;
	size = msg->msg_iovlen * sizeof(**iov);
	if (msg->msg_iovlen > IOV_FAST)
		*iov = kmalloc(size, GFP_KERNEL);
	if (!*iov) {
		*iov = fast;
		return -ENOMEM;
	}
	if (copy_from_user(*iov, msg->msg_iov, size))
		return -EFAULT;
	msg->msg_iov = *iov;
	return 0;
}

long sys_sendmsg(int fd, const struct msghdr *user, unsigned flags)
{
	struct iovec fast[IOV_FAST], *iov;
	struct msghdr msg;
	unsigned int how;
	struct socket *sock;
	long n = sock_get(fd, &sock, &how);

	if (n)
		return n;
	n = msg_from_user(&msg, user, fast, &iov);
	msg.msg_flags = flags;
	if (!n)
		n = send(sock, msg, how);
	if (iov != fast)
		kfree(iov);
	return n;
}

long sys_recvmsg(int fd, struct msghdr *user, unsigned flags)
{
	struct iovec fast[IOV_FAST], *iov;
	struct msghdr msg;
	unsigned int how;
	struct socket *sock;
	long n = sock_get(fd, &sock, &how);

	if (n)
		return n;
	n = msg_from_user(&msg, user, fast, &iov);
	msg.msg_flags = flags;
	if (!n)
		n = receive(sock, msg, &user->msg_namelen, &flags, how);
	if (n >= 0 && (put_user(flags, &user->msg_flags) ||
		       put_user((size_t)0, &user->msg_controllen)))
		n = -EFAULT;
	if (iov != fast)
		kfree(iov);
	return n;
}

/* --- options --------------------------------------------------------------------------- */

long sys_setsockopt(int fd, int level, int name, const void *user, int len)
{
	char value[OPTION_MAX];
	struct socket *sock;
	int err = sock_get(fd, &sock, NULL);

	if (err)
		return err;
	if (len < 0 || len > OPTION_MAX)
		return -EINVAL;
	if (copy_from_user(value, user, len))
		return -EFAULT;
	err = SOCK_CALL(sock, setsockopt, level, name, value, len);
	return err == -EOPNOTSUPP ? -ENOPROTOOPT : err;
}

static int getsockopt(struct socket *sock, int level, int name, char *value, int *len)
{
	int type = sock->type, err;

	if (level == SOL_SOCKET && name == SO_TYPE) {
		*len = sizeof(type);
		memcpy(value, &type, sizeof(type));
		return 0;
	}
	err = SOCK_CALL(sock, getsockopt, level, name, value, len);
	return err == -EOPNOTSUPP ? -ENOPROTOOPT : err;
}

long sys_getsockopt(int fd, int level, int name, void *user, int *user_len)
{
	char value[OPTION_MAX];
	struct socket *sock;
	int room, len = OPTION_MAX, err = sock_get(fd, &sock, NULL);

	if (err)
		return err;
	if (get_user(room, user_len))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	err = getsockopt(sock, level, name, value, &len);
	if (err)
		return err;
	len = min(len, room);
	if (copy_to_user(user, value, len))
		return -EFAULT;
	return put_user(len, user_len);
}

/* --- the classic entrance --------------------------------------------------------------- */

typedef long (*socket_fn)(long, long, long, long, long, long);

static long sys_accept(int fd, void *user, int *user_len)
{
	return sys_accept4(fd, user, user_len, 0);
}

static long sys_send(int fd, const void *buf, size_t len, unsigned flags)
{
	return sys_sendto(fd, buf, len, flags, NULL, 0);
}

static long sys_recv(int fd, void *buf, size_t len, unsigned flags)
{
	return sys_recvfrom(fd, buf, len, flags, NULL, NULL);
}

static const struct {
	const void *fn;
	int args;
} calls[] = {
	[1] = {sys_socket, 3},	    [2] = {sys_bind, 3},
	[3] = {sys_connect, 3},	    [4] = {sys_listen, 2},
	[5] = {sys_accept, 3},	    [6] = {sys_getsockname, 3},
	[7] = {sys_getpeername, 3}, [8] = {sys_socketpair, 4},
	[9] = {sys_send, 4},	    [10] = {sys_recv, 4},
	[11] = {sys_sendto, 6},	    [12] = {sys_recvfrom, 6},
	[13] = {sys_shutdown, 2},   [14] = {sys_setsockopt, 5},
	[15] = {sys_getsockopt, 5}, [16] = {sys_sendmsg, 3},
	[17] = {sys_recvmsg, 3},    [18] = {sys_accept4, 4},
};

long sys_socketcall(unsigned call, const long *user)
{
	long a[6] = {0};

	if (call >= ARRAY_SIZE(calls) || !calls[call].fn)
		return -EINVAL;
	if (copy_from_user(a, user, calls[call].args * sizeof(*a)))
		return -EFAULT;
	return ((socket_fn)calls[call].fn)(a[0], a[1], a[2], a[3], a[4], a[5]);
}
