/* fs/devfs.h - /dev, and the numbers of the devices it names itself (as on Linux) */
#ifndef FS_DEVFS_H
#define FS_DEVFS_H

#include <linux/fs.h>

#define MEM_MAJOR   1
#define MEM_NULL    3
#define MEM_ZERO    5
#define MEM_FULL    7
#define MEM_RANDOM  8
#define MEM_URANDOM 9
#define MEM_KMSG    11

#define TTY_MAJOR	5
#define TTY_CONTROLLING 0 /* /dev/tty: the terminal of the process */
#define TTY_CONSOLE	1
#define TTY_MASTER	2 /* /dev/ptmx */
#define TTY_SERIAL	64

#define PTS_MAJOR 136 /* /dev/pts/NUMBER */
#define PTS_COUNT 8

/* Of block devices that modules drive: a node is there before the driver, to ask for it. */
#define RAMDISK_MAJOR 1
#define IDE1_MAJOR    22 /* the second channel: hdc, hdd */

extern struct file_system_type devfs_type;

/* drivers/mem.c: register the devices of MEM_MAJOR. */
void mem_init(void);

#endif
