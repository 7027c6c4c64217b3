/* linux/kdev_t.h - device numbers of 2.4: eight bits of major, eight of minor */
#ifndef LINUX_KDEV_T_H
#define LINUX_KDEV_T_H

#include <linux/types.h>

#define MINORBITS     8
#define MAJOR(dev)    ((unsigned int)(dev) >> MINORBITS & 0xff)
#define MINOR(dev)    ((unsigned int)(dev)&0xff)
#define MKDEV(ma, mi) ((kdev_t)((ma) << MINORBITS | (mi)))

#endif
