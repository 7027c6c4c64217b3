/* kernel/ksymtab_hw.c - what modules may call: processes, interrupts, time, pages */
#include <asm/dma.h>
#include <asm/io.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include "fs/proc.h"
#include "mm/mm.h"

EXPORT_SYMBOL(current);
EXPORT_SYMBOL(schedule);
EXPORT_SYMBOL(schedule_timeout);
EXPORT_SYMBOL(wake_up_process);
EXPORT_SYMBOL(send_sig);
EXPORT_SYMBOL(capable);
EXPORT_SYMBOL(kernel_thread);

EXPORT_SYMBOL(add_wait_queue);
EXPORT_SYMBOL(remove_wait_queue);
EXPORT_SYMBOL(wake_up);
EXPORT_SYMBOL(wake_up_interruptible);
EXPORT_SYMBOL(wait_prepare);
EXPORT_SYMBOL(wait_sleep);
EXPORT_SYMBOL(wait_finish);
EXPORT_SYMBOL(sleep_on);
EXPORT_SYMBOL(interruptible_sleep_on);
EXPORT_SYMBOL(poll_wait);

EXPORT_SYMBOL(request_irq);
EXPORT_SYMBOL(free_irq);
EXPORT_SYMBOL(disable_irq);
EXPORT_SYMBOL(enable_irq);
EXPORT_SYMBOL(in_interrupt);
EXPORT_SYMBOL(irq_holder);
EXPORT_SYMBOL(probe_irq_on);
EXPORT_SYMBOL(probe_irq_off);

EXPORT_SYMBOL(request_dma);
EXPORT_SYMBOL(free_dma);
EXPORT_SYMBOL(dma_holder);

EXPORT_SYMBOL(timer_pending);
EXPORT_SYMBOL(add_timer);
EXPORT_SYMBOL(del_timer);
EXPORT_SYMBOL(mod_timer);
EXPORT_SYMBOL(udelay);
EXPORT_SYMBOL(mdelay);

EXPORT_SYMBOL(vmalloc);
EXPORT_SYMBOL(vfree);
EXPORT_SYMBOL(ioremap);
EXPORT_SYMBOL(iounmap);

EXPORT_SYMBOL(proc_add);
EXPORT_SYMBOL(proc_add_rw);
EXPORT_SYMBOL(proc_remove);
