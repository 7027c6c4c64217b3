/* kernel/module_port.h - what the module core asks of the kernel it lives in
 *
 * The core is module.c, module_check.c, module_export.c, module_names.c and module_query.c.
 * Besides these functions it uses printk, kmalloc/kfree, the string functions and snprintf
 * of include/linux, text.c, and nothing else. ../PORTING.md shows how another kernel adopts
 * it.
 *
 * Locking: the core keeps no lock. No two calls of it may run at the same time, except that
 * one may sleep in port_call() or in a copy function while others run.
 *
 * User addresses are numbers; the copy functions check them: -EFAULT for any that the
 * calling process may not touch, kernel addresses included.
 */
#ifndef KERNEL_MODULE_PORT_H
#define KERNEL_MODULE_PORT_H

#include <linux/module.h>

/* May the calling process load and unload modules? */
bool port_privileged(void);

/* Who is calling, never 0: what it creates and does not initialise is deleted when the port
 * calls mod_owner_gone() with the same number. */
unsigned long port_owner(void);

/* `size` bytes for an image: zeroed, page aligned, executable, in nobody else's pages.
 * Any size may be asked for; NULL if there is no room. */
void *port_module_alloc(size_t size);
void port_module_free(void *image, size_t size);
/* Rights of the pages that hold part of an image; where the machine has none of its own for
 * execution, all may be executed. */
#define PORT_READ  1u
#define PORT_WRITE 2u
#define PORT_EXEC  4u
void port_module_protect(void *start, size_t size, unsigned rights);

/* 0 or -EFAULT. */
int port_copy_from(void *to, tgt_addr user, size_t n);
int port_copy_to(tgt_addr user, const void *from, size_t n);
/* Copy a string, at most `max` bytes with its NUL. Its length without NUL; `max` if it is
 * longer than fits; or -EFAULT. */
long port_string_from(char *to, tgt_addr user, size_t max);

/* Run a function of the module. 0 with its value in *result, or -EFAULT or -ETIME if it
 * faulted or did not end and the port stopped it. A port that contains nothing just calls. */
int port_call(struct module *m, int (*fn)(void), int *result);
/* The module whose function the calling process is in through port_call(), or NULL. */
struct module *port_calling(void);

/* The module leaves, or its init failed: take back whatever it still has registered and
 * reserved. */
void port_reclaim(struct module *m);

/* The module is in quarantine: take back what it has registered and reserved, all but its
 * memory, which users may still point into. port_reclaim() follows when they have left. */
void port_withdraw(struct module *m);

/* Empty. Called after a module appeared, was filled in or went away: a debugger stops here
 * and walks mod_list. */
void port_event(void);

#endif
