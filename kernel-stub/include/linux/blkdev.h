/* linux/blkdev.h - using block devices: by file systems, and as files
 *
 * A block device is read and written by the byte; the kernel keeps what it read last
 * while the device is open, and gives all of that back when the last user closes it.
 */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/fs.h>

struct block_device {
	kdev_t bd_dev;
	int bd_users;
	loff_t bd_size; /* bytes */
	const struct block_device_operations *bd_op;
	struct module *bd_owner; /* in use by each user */
	bool bd_busy;		 /* a transfer is under way */
	unsigned int bd_nchunks;
	struct list_head bd_chunks; /* what was read, last used first */
	struct list_head bd_list;
};

/* Open a device: mode is FMODE_*, with FMODE_NDELAY if no medium need be there. If
 * nobody drives the major, module block-major-N is asked for. 0 and the device, whose
 * driver is in use until blkdev_put() with the same mode; -ENXIO: there is no such
 * device; what the driver says (-ENOMEDIUM). */
int blkdev_get(kdev_t dev, unsigned int mode, struct block_device **out);
/* 0, or -EFAULT or -ETIME of a driver that was stopped. */
int blkdev_put(struct block_device *bdev, unsigned int mode);
#define FMODE_NDELAY 8

/* Copy n bytes at `pos` between the device and kernel memory; a write is on the device
 * when it returns. 0; -EIO also for bytes that are not inside of the device. */
int blkdev_read(struct block_device *bdev, loff_t pos, void *to, size_t n);
int blkdev_write(struct block_device *bdev, loff_t pos, const void *from, size_t n);

#define BLKGETSIZE   0x1260	/* sectors of 512 bytes, as a long */
#define BLKFLSBUF    0x1261	/* forget what was read */
#define BLKSSZGET    0x1268	/* 512 */
#define BLKGETSIZE64 0x80041272 /* bytes, 64 bits */

#endif
