/* linux/delay.h - busy waiting, by the counter of the timer chip (interrupts may be off)
 */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

void udelay(unsigned long us);
void mdelay(unsigned long ms);

#endif
