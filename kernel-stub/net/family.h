/* net/family.h - the table of protocol families, within the kernel */
#ifndef NET_FAMILY_H
#define NET_FAMILY_H

#include <linux/net.h>

struct text;

/* A new socket of the family, whose module is loaded if need be and in use from here on;
 * sock_free() ends it. -EAFNOSUPPORT, -EINVAL, -ENOMEM, and what the family says. */
int sock_create(int family, int type, int protocol, struct socket **out);
/* One more socket like that one, for accept: no sk yet. NULL: no memory. */
struct socket *sock_like(const struct socket *sock);
void sock_free(struct socket *sock);

/* The module leaves: its families are gone. Returns how many there were. */
int sock_forget(const struct module *owner);
int sock_show_families(struct text *t); /* /proc/net/families: number, module */

#endif
