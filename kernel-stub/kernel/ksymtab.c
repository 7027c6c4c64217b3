/* kernel/ksymtab.c - what modules may call: the functions every kernel has that runs the
 * module core (kernel-stub, the simulator). ksymtab_hw.c has those of a real machine.
 */
#include <asm/uaccess.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>

EXPORT_SYMBOL(printk);
EXPORT_SYMBOL(panic);
EXPORT_SYMBOL(kmalloc);
EXPORT_SYMBOL(kfree);

EXPORT_SYMBOL(sprintf);
EXPORT_SYMBOL(snprintf);
EXPORT_SYMBOL(vsprintf);
EXPORT_SYMBOL(vsnprintf);
EXPORT_SYMBOL(simple_strtoul);
EXPORT_SYMBOL(simple_strtol);

EXPORT_SYMBOL(strlen);
EXPORT_SYMBOL(strnlen);
EXPORT_SYMBOL(strcpy);
EXPORT_SYMBOL(strncpy);
EXPORT_SYMBOL(strcat);
EXPORT_SYMBOL(strncat);
EXPORT_SYMBOL(strcmp);
EXPORT_SYMBOL(strncmp);
EXPORT_SYMBOL(strchr);
EXPORT_SYMBOL(strrchr);
EXPORT_SYMBOL(strstr);
EXPORT_SYMBOL(strpbrk);
EXPORT_SYMBOL(strspn);
EXPORT_SYMBOL(strcspn);
/* The compiler calls these by their plain names. */
EXPORT_SYMBOL_NOVERS(memset);
EXPORT_SYMBOL_NOVERS(memcpy);
EXPORT_SYMBOL_NOVERS(memmove);
EXPORT_SYMBOL_NOVERS(memcmp);
EXPORT_SYMBOL(memchr);

EXPORT_SYMBOL(copy_from_user);
EXPORT_SYMBOL(copy_to_user);
EXPORT_SYMBOL(clear_user);
EXPORT_SYMBOL(strncpy_from_user);
EXPORT_SYMBOL(strnlen_user);

EXPORT_SYMBOL(ioport_resource);
EXPORT_SYMBOL(iomem_resource);
EXPORT_SYMBOL(request_resource);
EXPORT_SYMBOL(release_resource);
EXPORT_SYMBOL(__request_region);
EXPORT_SYMBOL(resource_holder);
EXPORT_SYMBOL(__check_region);
EXPORT_SYMBOL(__release_region);

EXPORT_SYMBOL(register_chrdev);
EXPORT_SYMBOL(unregister_chrdev);
EXPORT_SYMBOL(no_llseek);

EXPORT_SYMBOL(try_inc_mod_count);
EXPORT_SYMBOL(mod_in_use);

EXPORT_SYMBOL(inter_module_register);
EXPORT_SYMBOL(inter_module_unregister);
EXPORT_SYMBOL(inter_module_get);
EXPORT_SYMBOL(inter_module_put);
EXPORT_SYMBOL(inter_module_get_request);

EXPORT_SYMBOL(jiffies);
EXPORT_SYMBOL(time_seconds);
EXPORT_SYMBOL(do_gettimeofday);

#ifdef MODVERSIONS
/* Its value tells the loader that names carry versions. */
const struct module_symbol __ksymtab_Using_Versions
	__attribute__((section("__ksymtab"), used, aligned(4))) = {1, "Using_Versions"};
#endif
