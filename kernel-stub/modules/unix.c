/* unix.c - sockets between processes of this machine: AF_UNIX, the family net-pf-1
 *
 * Streams, datagrams and sequenced packets; names among the files or abstract. A socket is
 * struct unix_sock. It is referred to by its struct socket, by each socket whose peer it is,
 * by the listener it waits at to be accepted, and by whoever sleeps on it; the last one
 * frees it. What is sent lies in the receiver's queue, and senders sleep on the receiver. A
 * closed socket is `dead`: those who still refer to it find that out.
 */
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/un.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("AF_UNIX sockets");
MODULE_LICENSE("Dual MPL/GPL");
MODULE_ALIAS("net-pf-1");
EXPORT_NO_SYMBOLS;

#define QUEUE_MAX   (128 << 10) /* bytes that wait for one receiver */
#define MESSAGE_MAX (64 << 10)	/* of one datagram */
#define CHUNK	    4000	/* a stream is cut into */
#define FAMILY_LEN  (sizeof(unsigned short))
#define FIONREAD    0x541b

enum state { FRESH, LISTENING, CONNECTED };

#define SHUT_RECEIVE 1u
#define SHUT_SEND    2u

struct address {
	int len; /* 0: none */
	union {
		struct sockaddr sa;
		struct sockaddr_un un;
	};
};

struct packet {
	struct list_head list;
	size_t len, off; /* bytes; how many of them are read already */
	struct address from;
	unsigned char data[];
};

struct unix_sock {
	struct list_head all;
	int refs;
	struct socket *sock; /* NULL: not accepted yet, or closed */
	int type;
	enum state state;
	bool dead, bound, reading;
	unsigned shut;
	int error; /* for the next who receives */
	struct address addr;
	struct unix_sock *peer;
	struct ucred cred; /* of who connected, or listened */
	wait_queue_head_t wait;
	struct list_head queue; /* packets */
	size_t queued;		/* memory they take */
	struct list_head waiting,
		waiting_at; /* sockets to accept; place in such a list */
	int nwaiting, backlog;
};

static LIST_HEAD(all);

static struct unix_sock *unix_of(struct socket *sock)
{
	return sock->sk;
}

/* --- life ------------------------------------------------------------------------------ */

static struct unix_sock *unix_new(struct socket *sock, int type)
{
	struct unix_sock *u = kmalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	memset(u, 0, sizeof(*u));
	u->refs = 1;
	u->sock = sock;
	u->type = type;
	u->cred = (struct ucred){0, -1, -1};
	init_waitqueue_head(&u->wait);
	INIT_LIST_HEAD(&u->queue);
	INIT_LIST_HEAD(&u->waiting);
	INIT_LIST_HEAD(&u->waiting_at);
	list_add_tail(&u->all, &all);
	return u;
}

static struct unix_sock *get(struct unix_sock *u)
{
	u->refs++;
	return u;
}

static void put(struct unix_sock *u)
{
	if (u && --u->refs == 0)
		kfree(u);
}

/* Something about u has changed: its own sleepers, and those who poll it. */
static void wake(struct unix_sock *u)
{
	wake_up(&u->wait);
	if (u->sock)
		wake_up(&u->sock->wait);
}

/* There is room in u's queue, or never will be. */
static void wake_senders(struct unix_sock *u)
{
	struct unix_sock *sender;

	wake_up(&u->wait);
	if (u->type != SOCK_DGRAM) {
		if (u->peer)
			wake(u->peer);
		return;
	}
	list_for_each_entry (sender, &all, all)
		if (sender->peer == u)
			wake(sender);
}

static void drop_packet(struct unix_sock *u, struct packet *p)
{
	list_del(&p->list);
	u->queued -= sizeof(*p) + p->len;
	kfree(p);
}

static void drop_queue(struct unix_sock *u)
{
	while (!list_empty(&u->queue))
		drop_packet(u, list_entry(u->queue.next, struct packet, list));
}

/* It has no file any more, or is never going to. The caller's reference goes. */
static void end(struct unix_sock *u)
{
	struct unix_sock *peer = u->peer;

	u->dead = true;
	u->sock = NULL;
	list_del(&u->all);
	if (peer && u->type != SOCK_DGRAM && !list_empty(&u->queue))
		peer->error = ECONNRESET;
	drop_queue(u);
	wake_senders(u);
	u->peer = NULL;
	put(peer);
	put(u);
}

static int unix_release(struct socket *sock)
{
	struct unix_sock *u = unix_of(sock), *fresh;

	if (!u)
		return 0;
	sock->sk = NULL;
	while (!list_empty(&u->waiting)) {
		fresh = list_entry(u->waiting.next, struct unix_sock, waiting_at);
		list_del(&fresh->waiting_at);
		if (fresh->peer)
			fresh->peer->error = ECONNRESET;
		end(fresh);
	}
	end(u);
	return 0;
}

static struct ucred credentials(void)
{
	return (struct ucred){current->pid, current->euid, current->egid};
}

/* --- addresses -------------------------------------------------------------------------- */

static bool is_path(const struct address *a)
{
	return a->un.sun_path[0] != '\0';
}

/* Take an address from the caller; it ends in zeros. */
static int address_check(struct address *a, const struct sockaddr *sa, int len)
{
	if (len < (int)FAMILY_LEN || len > (int)sizeof(a->un) || sa->sa_family != AF_UNIX)
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	memcpy(&a->un, sa, len);
	a->len = len;
	return 0;
}

/* Each type has abstract names of its own. */
static struct unix_sock *find_abstract(const struct address *a, int type)
{
	struct unix_sock *u;

	list_for_each_entry (u, &all, all)
		if (u->bound && u->type == type && u->addr.len == a->len &&
		    !memcmp(&u->addr.un, &a->un, a->len))
			return u;
	return NULL;
}

static struct unix_sock *find_inode(const struct inode *inode)
{
	struct unix_sock *u;

	list_for_each_entry (u, &all, all)
		if (u->sock && u->sock->name == inode)
			return u;
	return NULL;
}

/* Who is bound to an address, referenced. */
static int find(const struct sockaddr *sa, int len, int type, struct unix_sock **out)
{
	char path[UNIX_PATH_MAX + 1];
	const struct inode *inode;
	struct unix_sock *u;
	struct address a;
	int err = address_check(&a, sa, len);

	if (err || len == (int)FAMILY_LEN)
		return -EINVAL;
	if (is_path(&a)) {
		memcpy(path, a.un.sun_path, UNIX_PATH_MAX);
		path[UNIX_PATH_MAX] = '\0';
		err = sock_find_path(path, &inode);
		u = err ? NULL : find_inode(inode);
	} else {
		u = find_abstract(&a, type);
	}
	if (!u)
		return err ? err : -ECONNREFUSED;
	if (u->type != type)
		return -EPROTOTYPE;
	*out = get(u);
	return 0;
}

/* An abstract name nobody has, of five hexadecimal digits. */
static int name_automatically(struct address *a, int type)
{
	static unsigned last;

	for (unsigned tries = 0; tries < 0x100000; tries++) {
		last = (last + 1) & 0xfffff;
		sprintf(a->un.sun_path + 1, "%05x", last);
		a->len = FAMILY_LEN + 6;
		if (!find_abstract(a, type))
			return 0;
	}
	return -ENOSPC;
}

static int unix_bind(struct socket *sock, struct sockaddr *sa, int len)
{
	struct unix_sock *u = unix_of(sock);
	char path[UNIX_PATH_MAX + 1];
	struct address a;
	int err = address_check(&a, sa, len);

	if (!err && u->bound)
		err = -EINVAL;
	if (!err && len == (int)FAMILY_LEN)
		err = name_automatically(&a, u->type);
	if (err)
		return err;
	if (is_path(&a)) {
		memcpy(path, a.un.sun_path, UNIX_PATH_MAX);
		path[UNIX_PATH_MAX] = '\0';
		err = sock_bind_path(sock, path);
	} else if (find_abstract(&a, u->type)) {
		err = -EADDRINUSE;
	}
	if (err)
		return err;
	u->addr = a;
	u->bound = true;
	return 0;
}

static void address_put(const struct address *a, struct sockaddr *to, int *len)
{
	to->sa_family = AF_UNIX;
	*len = FAMILY_LEN;
	if (!a->len)
		return;
	memcpy(to, &a->un, a->len);
	*len = a->len;
}

static int unix_getname(struct socket *sock, struct sockaddr *sa, int *len, int peer)
{
	struct unix_sock *u = unix_of(sock);

	if (peer && !u->peer)
		return -ENOTCONN;
	address_put(peer ? &u->peer->addr : &u->addr, sa, len);
	return 0;
}

/* --- connecting ------------------------------------------------------------------------- */

static void join(struct unix_sock *a, struct unix_sock *b)
{
	a->peer = get(b);
	b->peer = get(a);
	a->state = b->state = CONNECTED;
}

static int unix_socketpair(struct socket *a, struct socket *b)
{
	unix_of(a)->cred = unix_of(b)->cred = credentials();
	join(unix_of(a), unix_of(b));
	return 0;
}

static int connect_datagram(struct unix_sock *u, struct sockaddr *sa, int len)
{
	struct unix_sock *peer = NULL, *old = u->peer;
	int err = 0;

	if (len < (int)FAMILY_LEN)
		return -EINVAL;
	if (sa->sa_family != AF_UNSPEC)
		err = find(sa, len, u->type, &peer);
	if (err)
		return err;
	u->peer = peer;
	u->state = peer ? CONNECTED : FRESH;
	put(old);
	wake(u);
	return 0;
}

/* Wait until the listener takes one more. */
static int wait_listener(struct unix_sock *at, bool block)
{
	while (!at->dead && at->state == LISTENING && at->nwaiting > at->backlog) {
		int err =
			block ? wait_event_interruptible(
					at->wait, at->dead || at->nwaiting <= at->backlog)
			      : -EAGAIN;

		if (err)
			return err;
	}
	return at->dead || at->state != LISTENING ? -ECONNREFUSED : 0;
}

static int unix_connect(struct socket *sock, struct sockaddr *sa, int len, int flags)
{
	struct unix_sock *u = unix_of(sock), *at, *fresh;
	int err;

	if (u->type == SOCK_DGRAM)
		return connect_datagram(u, sa, len);
	err = find(sa, len, u->type, &at);
	if (err)
		return err;
	err = wait_listener(at, !(flags & O_NONBLOCK));
	if (!err && u->state != FRESH)
		err = u->state == CONNECTED ? -EISCONN : -EINVAL;
	fresh = err ? NULL : unix_new(NULL, u->type);
	if (fresh) {
		fresh->addr = at->addr;
		fresh->cred = at->cred;
		u->cred = credentials();
		join(u, fresh);
		list_add_tail(&fresh->waiting_at, &at->waiting);
		at->nwaiting++;
		wake(at);
	} else if (!err) {
		err = -ENOMEM;
	}
	put(at);
	return err;
}

static int unix_listen(struct socket *sock, int backlog)
{
	struct unix_sock *u = unix_of(sock);

	if (u->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	if (!u->bound || u->state == CONNECTED)
		return -EINVAL;
	u->state = LISTENING;
	u->backlog = backlog;
	u->cred = credentials();
	wake(u);
	return 0;
}

static int unix_accept(struct socket *sock, struct socket *fresh_sock, int flags)
{
	struct unix_sock *u = unix_of(sock), *fresh;

	if (u->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	if (u->state != LISTENING)
		return -EINVAL;
	while (list_empty(&u->waiting)) {
		int err = flags & O_NONBLOCK
				  ? -EAGAIN
				  : wait_event_interruptible(u->wait,
							     !list_empty(&u->waiting));

		if (err)
			return err;
	}
	fresh = list_entry(u->waiting.next, struct unix_sock, waiting_at);
	list_del_init(&fresh->waiting_at);
	u->nwaiting--;
	fresh->sock = fresh_sock;
	fresh_sock->sk = fresh;
	wake(u);
	return 0;
}

static int unix_shutdown(struct socket *sock, int how)
{
	struct unix_sock *u = unix_of(sock), *peer = u->peer;
	unsigned shut = how + 1;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	if (u->state != CONNECTED)
		return -ENOTCONN;
	u->shut |= shut;
	if (peer && u->type != SOCK_DGRAM) {
		/* What one does not send the other does not receive. */
		peer->shut |= (shut & SHUT_SEND ? SHUT_RECEIVE : 0) |
			      (shut & SHUT_RECEIVE ? SHUT_SEND : 0);
		wake(peer);
	}
	wake_senders(u);
	wake(u);
	return 0;
}

/* --- sending ---------------------------------------------------------------------------- */

static bool full(const struct unix_sock *u, size_t len)
{
	return u->queued && u->queued + sizeof(struct packet) + len > QUEUE_MAX;
}

/* Can u send to `to` at all? */
static int sendable(const struct unix_sock *u, const struct unix_sock *to)
{
	if (u->shut & SHUT_SEND)
		return -EPIPE;
	if (to->dead)
		return u->type == SOCK_DGRAM ? -ECONNREFUSED : -EPIPE;
	if (to->shut & SHUT_RECEIVE)
		return -EPIPE;
	if (u->type == SOCK_DGRAM && to->peer && to->peer != u)
		return -EPERM;
	return 0;
}

static int wait_room(struct unix_sock *u, struct unix_sock *to, size_t len, bool block)
{
	int err;

	while (!(err = sendable(u, to)) && full(to, len)) {
		err = block ? wait_event_interruptible(to->wait,
						       !full(to, len) || sendable(u, to))
			    : -EAGAIN;
		if (err)
			break;
	}
	return err;
}

static int send_packet(struct unix_sock *u, struct unix_sock *to, struct msghdr *msg,
		       size_t len)
{
	struct packet *p = kmalloc(sizeof(*p) + len, GFP_KERNEL);
	int err;

	if (!p)
		return -ENOBUFS;
	p->len = len;
	p->off = 0;
	p->from = u->addr;
	err = memcpy_fromiovec(p->data, msg->msg_iov, len);
	if (!err)
		err = wait_room(u, to, len, !(msg->msg_flags & MSG_DONTWAIT));
	if (err) {
		kfree(p);
		return err;
	}
	list_add_tail(&p->list, &to->queue);
	to->queued += sizeof(*p) + len;
	wake(to);
	return 0;
}

static int send_stream(struct unix_sock *u, struct unix_sock *to, struct msghdr *msg,
		       size_t len)
{
	size_t done = 0;
	int err = sendable(u, to);

	while (!err && done < len) {
		size_t n = min(len - done, (size_t)CHUNK);

		err = send_packet(u, to, msg, n);
		if (!err)
			done += n;
	}
	if (done)
		return done;
	if (err == -EPIPE && !(msg->msg_flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current);
	return err;
}

static int send_whole(struct unix_sock *u, struct unix_sock *to, struct msghdr *msg,
		      size_t len)
{
	int err = len > MESSAGE_MAX ? -EMSGSIZE : send_packet(u, to, msg, len);

	return err ? err : (int)len;
}

static int unix_sendmsg(struct socket *sock, struct msghdr *msg, int len,
			struct scm_cookie *scm)
{
	struct unix_sock *u = unix_of(sock), *to = NULL;
	int err = 0;

	if (msg->msg_namelen && u->type == SOCK_DGRAM)
		err = find(msg->msg_name, msg->msg_namelen, u->type, &to);
	else if (msg->msg_namelen)
		err = u->state == CONNECTED ? -EISCONN : -EOPNOTSUPP;
	else if (u->peer)
		to = get(u->peer);
	else
		err = -ENOTCONN;
	if (!err)
		err = u->type == SOCK_STREAM ? send_stream(u, to, msg, len)
					     : send_whole(u, to, msg, len);
	put(to);
	return err;
}

/* --- receiving -------------------------------------------------------------------------- */

/* Copying may sleep, so one reader at a time. */
static int read_lock(struct unix_sock *u)
{
	while (u->reading) {
		int err = wait_event_interruptible(u->wait, !u->reading);

		if (err)
			return err;
	}
	u->reading = true;
	return 0;
}

static void read_unlock(struct unix_sock *u)
{
	u->reading = false;
	wake_up(&u->wait);
}

/* Nothing more will come. */
static bool at_end(const struct unix_sock *u)
{
	return (u->shut & SHUT_RECEIVE) ||
	       (u->type != SOCK_DGRAM && u->peer && u->peer->dead);
}

/* What is there of a stream, at most len bytes. */
static int take_stream(struct unix_sock *u, struct msghdr *msg, int len, bool peek)
{
	struct list_head *pos, *next;
	int done = 0;

	list_for_each_safe(pos, next, &u->queue)
	{
		struct packet *p = list_entry(pos, struct packet, list);
		int n = min((int)(p->len - p->off), len - done);

		if (done == len)
			break;
		if (memcpy_toiovec(msg->msg_iov, p->data + p->off, n))
			return done ? done : -EFAULT;
		done += n;
		if (peek)
			continue;
		p->off += n;
		if (p->off == p->len)
			drop_packet(u, p);
	}
	return done;
}

static int take_packet(struct unix_sock *u, struct msghdr *msg, int len, int flags)
{
	struct packet *p = list_entry(u->queue.next, struct packet, list);
	int n = min((int)p->len, len);

	if (memcpy_toiovec(msg->msg_iov, p->data, n))
		return -EFAULT;
	if (n < (int)p->len)
		msg->msg_flags |= MSG_TRUNC;
	if (u->type == SOCK_SEQPACKET)
		msg->msg_flags |= MSG_EOR;
	else if (p->from.len)
		address_put(&p->from, msg->msg_name, &msg->msg_namelen);
	if (flags & MSG_TRUNC)
		n = p->len;
	if (!(flags & MSG_PEEK))
		drop_packet(u, p);
	return n;
}

static int take(struct unix_sock *u, struct msghdr *msg, int len, int flags)
{
	int n = read_lock(u);

	if (n)
		return n;
	if (list_empty(&u->queue))
		n = -EAGAIN; /* another reader was faster */
	else if (u->type == SOCK_STREAM)
		n = take_stream(u, msg, len, flags & MSG_PEEK);
	else
		n = take_packet(u, msg, len, flags);
	read_unlock(u);
	wake_senders(u);
	return n;
}

/* Wait until there is something to take: 1, or 0 at the end, or -errno. */
static int wait_packet(struct unix_sock *u, bool block)
{
	int err;

	while (list_empty(&u->queue)) {
		err = -u->error;
		u->error = 0;
		if (err || at_end(u))
			return err;
		if (!block)
			return -EAGAIN;
		err = wait_event_interruptible(u->wait, !list_empty(&u->queue) ||
								u->error || at_end(u));
		if (err)
			return err;
	}
	return 1;
}

static int unix_recvmsg(struct socket *sock, struct msghdr *msg, int len, int flags,
			struct scm_cookie *scm)
{
	struct unix_sock *u = unix_of(sock);
	bool block = !(flags & MSG_DONTWAIT);
	int done = 0, n;

	if (u->type != SOCK_DGRAM && u->state != CONNECTED)
		return u->type == SOCK_STREAM ? -EINVAL : -ENOTCONN;
	if (u->type == SOCK_STREAM && !len)
		return 0;
	do {
		n = wait_packet(u, block);
		if (n <= 0)
			break;
		n = take(u, msg, len - done, flags);
		if (n == -EAGAIN)
			continue;
		if (n < 0)
			break;
		done += n;
	} while (n == -EAGAIN || (u->type == SOCK_STREAM && (flags & MSG_WAITALL) &&
				  !(flags & MSG_PEEK) && done < len));
	return done ? done : n;
}

/* --- the rest ---------------------------------------------------------------------------- */

static unsigned unix_poll(struct file *file, struct socket *sock,
			  struct poll_table_struct *table)
{
	struct unix_sock *u = unix_of(sock);
	unsigned mask = 0;

	poll_wait(file, &sock->wait, table);
	if (u->error)
		mask |= POLLERR;
	if (!list_empty(&u->queue) || !list_empty(&u->waiting) ||
	    (u->state == CONNECTED && at_end(u)))
		mask |= POLLIN | POLLRDNORM;
	if (u->type != SOCK_DGRAM &&
	    (u->state == FRESH || (u->peer && u->peer->dead) || u->shut == 3))
		mask |= POLLHUP;
	if (u->state != LISTENING && (!u->peer || !full(u->peer, CHUNK)))
		mask |= POLLOUT | POLLWRNORM;
	return mask;
}

/* Bytes that can be read: of all a stream has, of the next packet. */
static int readable(const struct unix_sock *u)
{
	const struct packet *p;
	int n = 0;

	list_for_each_entry (p, &u->queue, list) {
		n += p->len - p->off;
		if (u->type != SOCK_STREAM)
			break;
	}
	return n;
}

static int unix_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	if (cmd != FIONREAD)
		return -ENOIOCTLCMD;
	return put_user(readable(unix_of(sock)), (int *)arg);
}

static int unix_getsockopt(struct socket *sock, int level, int name, char *value,
			   int *len)
{
	struct unix_sock *u = unix_of(sock);
	int number;

	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	switch (name) {
	case SO_PEERCRED:
		*len = sizeof(u->cred);
		memcpy(value, u->peer ? &u->peer->cred : &u->cred, *len);
		return 0;
	case SO_ERROR:
		number = u->error;
		u->error = 0;
		break;
	case SO_ACCEPTCONN:
		number = u->state == LISTENING;
		break;
	default:
		return -EOPNOTSUPP;
	}
	*len = sizeof(number);
	memcpy(value, &number, sizeof(number));
	return 0;
}

static struct proto_ops unix_ops = {
	.family = PF_UNIX,
	.release = unix_release,
	.bind = unix_bind,
	.connect = unix_connect,
	.socketpair = unix_socketpair,
	.accept = unix_accept,
	.getname = unix_getname,
	.poll = unix_poll,
	.ioctl = unix_ioctl,
	.listen = unix_listen,
	.shutdown = unix_shutdown,
	.getsockopt = unix_getsockopt,
	.sendmsg = unix_sendmsg,
	.recvmsg = unix_recvmsg,
};

static int unix_create(struct socket *sock, int protocol)
{
	if (protocol && protocol != PF_UNIX)
		return -EPROTONOSUPPORT;
	if (sock->type == SOCK_RAW)
		sock->type = SOCK_DGRAM;
	if (sock->type != SOCK_STREAM && sock->type != SOCK_DGRAM &&
	    sock->type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	sock->sk = unix_new(sock, sock->type);
	if (!sock->sk)
		return -ENOMEM;
	sock->ops = &unix_ops;
	return 0;
}

static struct net_proto_family unix_family = {
	.family = PF_UNIX,
	.create = unix_create,
	.owner = THIS_MODULE,
};

static int __init unix_init(void)
{
	return sock_register(&unix_family);
}

static void __exit unix_exit(void)
{
	sock_unregister(PF_UNIX);
}

module_init(unix_init);
module_exit(unix_exit);
