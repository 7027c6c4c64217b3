/* linux/net.h - sockets: what a protocol family provides, in the shape of 2.4
 *
 * A family registers itself; socket(2) calls its create(), which sets sock->ops and hangs
 * its own state on sock->sk. From then on the kernel holds a use of the family's module for
 * each socket, until after ops->release(). Methods run in the caller's process and may
 * sleep; a method left NULL is answered with -EOPNOTSUPP.
 */
#ifndef _LINUX_NET_H
#define _LINUX_NET_H

#include <linux/poll.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <linux/wait.h>

struct file;
struct inode;
struct module;
struct scm_cookie; /* never there: NULL */
struct socket;

struct proto_ops {
	int family;
	/* The last reference is gone; sk may be NULL still. */
	int (*release)(struct socket *sock);
	int (*bind)(struct socket *sock, struct sockaddr *addr, int len);
	int (*connect)(struct socket *sock, struct sockaddr *addr, int len, int flags);
	int (*socketpair)(struct socket *a, struct socket *b);
	/* `fresh` has the type and the ops of sock and no sk. flags: O_NONBLOCK. */
	int (*accept)(struct socket *sock, struct socket *fresh, int flags);
	/* Own (peer 0) or the other's address, into MAX_SOCK_ADDR bytes. */
	int (*getname)(struct socket *sock, struct sockaddr *addr, int *len, int peer);
	unsigned int (*poll)(struct file *file, struct socket *sock,
			     struct poll_table_struct *table);
	int (*ioctl)(struct socket *sock, unsigned int cmd, unsigned long arg);
	int (*listen)(struct socket *sock, int backlog);
	int (*shutdown)(struct socket *sock, int how);
	/* value and *len in kernel memory: *len bytes of room, set to what there is. */
	int (*setsockopt)(struct socket *sock, int level, int name, char *value, int len);
	int (*getsockopt)(struct socket *sock, int level, int name, char *value,
			  int *len);
	/* Return the bytes moved or -errno. */
	int (*sendmsg)(struct socket *sock, struct msghdr *msg, int len,
		       struct scm_cookie *scm);
	int (*recvmsg)(struct socket *sock, struct msghdr *msg, int len, int flags,
		       struct scm_cookie *scm);
};

struct socket {
	short type; /* SOCK_* */
	struct proto_ops *ops;
	void *sk;		/* the family's */
	wait_queue_head_t wait; /* for the family to wake, poll sleeps on it */
	struct inode *name;	/* what sock_bind_path() made */
	struct module *owner;	/* the family's module, in use */
};

struct net_proto_family {
	int family;
	int (*create)(struct socket *sock, int protocol);
	struct module *owner;
};

/* 0, -EEXIST: the family has somebody, -ENOBUFS: no such number. */
int sock_register(struct net_proto_family *family);
int sock_unregister(int family);

/* Names of sockets among those of files. Make one for the socket: -EADDRINUSE and what
 * mknod(2) says. Find one that the process may write to: an inode to compare with the `name`
 * of sockets before anybody sleeps; -ECONNREFUSED if it is none of a socket. */
int sock_bind_path(struct socket *sock, const char *path);
int sock_find_path(const char *path, const struct inode **inode);

#endif
