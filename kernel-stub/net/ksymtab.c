/* net/ksymtab.c - what the network offers to modules */
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netdevice.h>

EXPORT_SYMBOL(sock_register);
EXPORT_SYMBOL(sock_unregister);
EXPORT_SYMBOL(sock_bind_path);
EXPORT_SYMBOL(sock_find_path);
EXPORT_SYMBOL(memcpy_fromiovec);
EXPORT_SYMBOL(memcpy_toiovec);
EXPORT_SYMBOL(register_netdev);
EXPORT_SYMBOL(unregister_netdev);
EXPORT_SYMBOL(dev_get_by_name);
EXPORT_SYMBOL(dev_get_by_index);
EXPORT_SYMBOL(dev_queue_xmit);
EXPORT_SYMBOL(netif_rx);
EXPORT_SYMBOL(dev_add_pack);
EXPORT_SYMBOL(dev_remove_pack);
