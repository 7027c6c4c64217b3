/* ksymtab_fs.c - what file systems and requests for modules export to modules */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/kmod.h>
#include <linux/module.h>

EXPORT_SYMBOL(register_filesystem);
EXPORT_SYMBOL(unregister_filesystem);
EXPORT_SYMBOL(inode_init);
EXPORT_SYMBOL(iput);
EXPORT_SYMBOL(igrab);
EXPORT_SYMBOL(dget);
EXPORT_SYMBOL(dput);
EXPORT_SYMBOL(d_alloc);
EXPORT_SYMBOL(super_set_root);
EXPORT_SYMBOL(mount_options);
EXPORT_SYMBOL(d_find);
EXPORT_SYMBOL(d_instantiate);
EXPORT_SYMBOL(filp_open);
EXPORT_SYMBOL(filp_close);
EXPORT_SYMBOL(kernel_read);
EXPORT_SYMBOL(generic_file_read);
EXPORT_SYMBOL(generic_file_llseek);
EXPORT_SYMBOL(generic_ro_fops);
EXPORT_SYMBOL(dcache_readdir);

EXPORT_SYMBOL(register_blkdev);
EXPORT_SYMBOL(unregister_blkdev);
EXPORT_SYMBOL(blkdev_read);
EXPORT_SYMBOL(blkdev_write);

EXPORT_SYMBOL(request_module);
