/* ramdisk.c - /dev/ram0, /dev/ram1: disks in memory, all zeros at first
 *
 * A disk consists of pieces, and a piece takes memory once it is written to; all of it is
 * given back with the module.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define RAMDISK_MAJOR 1
#define DISKS	      2
#define SIZE_MAX_KIB  (64 * 1024)
#define PIECE_KIB     64u
#define PIECE	      (PIECE_KIB * 1024u)
#define SECTOR	      512u

static int size = 4096;
static char *pieces[DISKS][SIZE_MAX_KIB / PIECE_KIB]; /* NULL: zeros */

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("disks in memory");
MODULE_LICENSE("GPL");
MODULE_PARM(size, "i");
MODULE_PARM_DESC(size, "size of each disk in KiB, at most 65536");
MODULE_ALIAS("block-major-1");
EXPORT_NO_SYMBOLS;

static int ramdisk_open(struct inode *inode, struct file *file)
{
	return MINOR(inode->i_rdev) < DISKS ? 0 : -ENXIO;
}

static loff_t ramdisk_size(kdev_t dev)
{
	return (loff_t)size * 1024;
}

/* The piece to write to, made if it is not there. */
static char *writable(char **piece)
{
	if (!*piece) {
		*piece = kmalloc(PIECE, GFP_KERNEL);
		if (*piece)
			memset(*piece, 0, PIECE);
	}
	return *piece;
}

static int move(char **piece, int write, unsigned int at, void *buf, unsigned int n)
{
	if (write) {
		if (!writable(piece))
			return -ENOSPC;
		memcpy(*piece + at, buf, n);
	} else if (*piece) {
		memcpy(buf, *piece + at, n);
	} else {
		memset(buf, 0, n);
	}
	return 0;
}

static int ramdisk_transfer(kdev_t dev, int write, unsigned long sector,
			    unsigned int count, void *buf)
{
	unsigned long pos = sector * SECTOR, left = count * SECTOR, n;
	int err = 0;

	for (; left && !err; left -= n, pos += n, buf = (char *)buf + n) {
		n = min(left, (unsigned long)PIECE - pos % PIECE);
		err = move(&pieces[MINOR(dev)][pos / PIECE], write, pos % PIECE, buf, n);
	}
	return err;
}

static struct block_device_operations ramdisk_ops = {
	.owner = THIS_MODULE,
	.open = ramdisk_open,
	.size = ramdisk_size,
	.transfer = ramdisk_transfer,
};

static int __init ramdisk_init(void)
{
	if (size < 1 || size > SIZE_MAX_KIB) {
		printk(KERN_ERR "ramdisk: size=%d is not 1 to %d\n", size, SIZE_MAX_KIB);
		return -EINVAL;
	}
	return register_blkdev(RAMDISK_MAJOR, "ramdisk", &ramdisk_ops);
}

static void __exit ramdisk_exit(void)
{
	unregister_blkdev(RAMDISK_MAJOR, "ramdisk");
	for (unsigned int i = 0; i < ARRAY_SIZE(pieces[0]); i++)
		for (int disk = 0; disk < DISKS; disk++)
			kfree(pieces[disk][i]);
}

module_init(ramdisk_init);
module_exit(ramdisk_exit);
