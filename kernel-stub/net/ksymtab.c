/* net/ksymtab.c - what the network offers to modules */
#include <linux/module.h>
#include <linux/net.h>

EXPORT_SYMBOL(sock_register);
EXPORT_SYMBOL(sock_unregister);
EXPORT_SYMBOL(sock_bind_path);
EXPORT_SYMBOL(sock_find_path);
EXPORT_SYMBOL(memcpy_fromiovec);
EXPORT_SYMBOL(memcpy_toiovec);
