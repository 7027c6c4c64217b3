/* linux/socket.h - addresses and messages of sockets; the numbers of Linux */
#ifndef _LINUX_SOCKET_H
#define _LINUX_SOCKET_H

#include <linux/types.h>
#include <linux/uio.h>

#define MAX_SOCK_ADDR 128 /* bytes of the longest address */

struct sockaddr {
	unsigned short sa_family;
	char sa_data[14];
};

/* One message. The kernel hands it to a family with msg_name in its own memory and
 * msg_iov pointing into ring 3; to receive, msg_name has room for MAX_SOCK_ADDR bytes and
 * the family sets msg_namelen. Ancillary data does not exist here. */
struct msghdr {
	void *msg_name;
	int msg_namelen;
	struct iovec *msg_iov;
	size_t msg_iovlen;
	void *msg_control;
	size_t msg_controllen;
	unsigned msg_flags; /* MSG_*; O_NONBLOCK appears as MSG_DONTWAIT */
};

struct ucred {
	int pid;
	uid_t uid;
	gid_t gid;
};

#define AF_UNSPEC 0
#define AF_UNIX	  1
#define AF_INET	  2
#define AF_PACKET 17
#define PF_UNIX	  AF_UNIX
#define PF_PACKET AF_PACKET
#define NPROTO	  48 /* families there may be */

#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_SEQPACKET 5
#define SOCK_MAX       16
#define SOCK_NONBLOCK  00004000 /* with the type of socket(2) */
#define SOCK_CLOEXEC   02000000

#define MSG_PEEK     0x2
#define MSG_TRUNC    0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR	     0x80
#define MSG_WAITALL  0x100
#define MSG_NOSIGNAL 0x4000

#define SOL_SOCKET    1
#define SO_TYPE	      3
#define SO_ERROR      4
#define SO_PEERCRED   17
#define SO_ACCEPTCONN 30

#define SHUT_RD	  0
#define SHUT_WR	  1
#define SHUT_RDWR 2
#define SOMAXCONN 128

#endif
