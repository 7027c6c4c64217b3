/* kernel/blkdev.c - block devices: their table, what was read from them, their files
 *
 * What is read stays in memory in chunks while the device is open: aligned pieces of
 * CHUNK_SIZE bytes, at most CHUNKS_MAX of them for a device, so that reading on is one
 * request for many sectors, and tables and directories are there when they are needed
 * again.
 *
 * bd_busy is held while a transfer sleeps; chunks come and go under it only. A chunk is
 * good until the next thing that sleeps.
 */
#include "kernel/blkdev.h"

#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/contain.h"
#include "kernel/mmap.h"
#include "kernel/module.h"
#include "kernel/text.h"
#include "mm/mm.h"

#define SECTOR	    512u
#define CHUNK_ORDER 2
#define CHUNK_SIZE  ((loff_t)PAGE_SIZE << CHUNK_ORDER)
#define CHUNKS_MAX  32

struct chunk {
	struct list_head list;
	loff_t pos; /* of its first byte */
	struct page *pages;
};

/* --- drivers ------------------------------------------------------------------------ */

struct driver blkdevs[MAJORS];

int register_blkdev(unsigned int major, const char *name,
		    struct block_device_operations *ops)
{
	return driver_add(blkdevs, major, name, ops,
			  ops->owner ? ops->owner
				     : mod_caller(__builtin_return_address(0)));
}

int unregister_blkdev(unsigned int major, const char *name)
{
	return driver_remove(blkdevs, major, name);
}

/* The driver of a major, in use from here on; a missing one is asked for. */
static const struct driver *driver_get(unsigned int major)
{
	const struct driver *d = driver_find(blkdevs, major);

	if (!d && major && major < MAJORS) {
		request_module("block-major-%u", major);
		d = driver_find(blkdevs, major);
	}
	return d && try_inc_mod_count(d->owner) ? d : NULL;
}

static void driver_put(struct module *owner)
{
	if (owner)
		__MOD_DEC_USE_COUNT(owner);
}

/* --- transfers and chunks ----------------------------------------------------------- */

static DECLARE_WAIT_QUEUE_HEAD(idle_wait);

static void lock(struct block_device *bdev)
{
	wait_event(idle_wait, !bdev->bd_busy);
	bdev->bd_busy = true;
}

static void unlock(struct block_device *bdev)
{
	bdev->bd_busy = false;
	wake_up(&idle_wait);
}

static int transfer(struct block_device *bdev, int write, loff_t pos, size_t n, void *buf)
{
	if (!bdev->bd_op->transfer)
		return -EIO;
	return CALL_MODULE(bdev->bd_owner,
			   bdev->bd_op->transfer(bdev->bd_dev, write, pos / SECTOR,
						 n / SECTOR, buf));
}

static void chunk_free(struct block_device *bdev, struct chunk *chunk)
{
	list_del(&chunk->list);
	bdev->bd_nchunks--;
	page_put(chunk->pages);
	kfree(chunk);
}

static void chunk_free_last(struct block_device *bdev)
{
	if (!list_empty(&bdev->bd_chunks))
		chunk_free(bdev, list_entry(bdev->bd_chunks.prev, struct chunk, list));
}

static void forget_chunks(struct block_device *bdev)
{
	lock(bdev);
	while (!list_empty(&bdev->bd_chunks))
		chunk_free_last(bdev);
	unlock(bdev);
}

static struct chunk *chunk_new(struct block_device *bdev)
{
	struct chunk *chunk;

	if (bdev->bd_nchunks >= CHUNKS_MAX || memory_short())
		chunk_free_last(bdev);
	chunk = kmalloc(sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return NULL;
	chunk->pages = pages_alloc(MM_BUFFER, CHUNK_ORDER, 0);
	if (chunk->pages)
		return chunk;
	kfree(chunk);
	return NULL;
}

static struct chunk *chunk_find(struct block_device *bdev, loff_t pos)
{
	struct chunk *chunk;

	list_for_each_entry (chunk, &bdev->bd_chunks, list) {
		if (chunk->pos != pos)
			continue;
		list_del(&chunk->list);
		list_add(&chunk->list, &bdev->bd_chunks);
		return chunk;
	}
	return NULL;
}

/* Under the lock. */
static int chunk_load(struct block_device *bdev, loff_t pos, struct chunk **out)
{
	struct chunk *chunk = *out = chunk_find(bdev, pos);
	int err;

	if (chunk)
		return 0;
	chunk = chunk_new(bdev);
	if (!chunk)
		return -ENOMEM;
	chunk->pos = pos;
	list_add(&chunk->list, &bdev->bd_chunks);
	bdev->bd_nchunks++;
	err = transfer(bdev, 0, pos, min(CHUNK_SIZE, bdev->bd_size - pos),
		       page_address(chunk->pages));
	if (err)
		chunk_free(bdev, chunk);
	else
		*out = chunk;
	return err;
}

static int chunk_get(struct block_device *bdev, loff_t pos, struct chunk **out)
{
	int err;

	*out = bdev->bd_busy ? NULL : chunk_find(bdev, pos);
	if (*out)
		return 0;
	lock(bdev);
	err = chunk_load(bdev, pos, out);
	unlock(bdev);
	return err;
}

/* Put n bytes into the chunk they lie in, and the sectors they touch on the device. */
static int chunk_write(struct block_device *bdev, loff_t pos, const void *from, size_t n)
{
	size_t at = pos & (CHUNK_SIZE - 1), first = at & ~(SECTOR - 1);
	struct chunk *chunk;
	char *bytes;
	int err;

	lock(bdev);
	err = chunk_load(bdev, pos - at, &chunk);
	if (!err) {
		bytes = page_address(chunk->pages);
		memcpy(bytes + at, from, n);
		err = transfer(bdev, 1, chunk->pos + first, ALIGN(at + n, SECTOR) - first,
			       bytes + first);
		if (err)
			chunk_free(bdev, chunk);
	}
	unlock(bdev);
	return err;
}

static bool is_inside(const struct block_device *bdev, loff_t pos, size_t n)
{
	return pos >= 0 && pos <= bdev->bd_size && n <= bdev->bd_size - pos;
}

int blkdev_read(struct block_device *bdev, loff_t pos, void *to, size_t n)
{
	struct chunk *chunk;
	size_t at, part;
	int err;

	if (!is_inside(bdev, pos, n))
		return -EIO;
	for (; n; n -= part, pos += part, to = (char *)to + part) {
		at = pos & (CHUNK_SIZE - 1);
		part = min(n, (size_t)CHUNK_SIZE - at);
		err = chunk_get(bdev, pos - at, &chunk);
		if (err)
			return err;
		memcpy(to, (char *)page_address(chunk->pages) + at, part);
	}
	return 0;
}

int blkdev_write(struct block_device *bdev, loff_t pos, const void *from, size_t n)
{
	size_t part;
	int err;

	if (!is_inside(bdev, pos, n))
		return -EIO;
	for (; n; n -= part, pos += part, from = (const char *)from + part) {
		part = min(n, (size_t)(CHUNK_SIZE - (pos & (CHUNK_SIZE - 1))));
		err = chunk_write(bdev, pos, from, part);
		if (err)
			return err;
	}
	return 0;
}

/* --- opening ------------------------------------------------------------------------ */

static LIST_HEAD(open_devices);

/* A device found by its operations too: those of a driver that came back are others. */
static struct block_device *bdev_find(kdev_t dev, const struct driver *driver)
{
	struct block_device *bdev;

	list_for_each_entry (bdev, &open_devices, bd_list)
		if (bdev->bd_dev == dev && bdev->bd_op == driver->ops &&
		    bdev->bd_owner == driver->owner)
			return bdev;
	bdev = kmalloc(sizeof(*bdev), GFP_KERNEL);
	if (!bdev)
		return NULL;
	*bdev = (struct block_device){.bd_dev = dev,
				      .bd_op = driver->ops,
				      .bd_owner = driver->owner};
	INIT_LIST_HEAD(&bdev->bd_chunks);
	list_add(&bdev->bd_list, &open_devices);
	return bdev;
}

/* One user less; the driver has heard of it already. */
static void bdev_put(struct block_device *bdev)
{
	struct module *owner = bdev->bd_owner;

	if (--bdev->bd_users == 0) {
		forget_chunks(bdev);
		list_del(&bdev->bd_list);
		kfree(bdev);
	}
	driver_put(owner);
}

/* Drivers get their open and release as in 2.4, even if no file is behind it. */
struct opening {
	struct inode inode;
	struct dentry dentry;
	struct file file;
};

static void opening_init(struct opening *o, kdev_t dev, unsigned int mode)
{
	memset(o, 0, sizeof(*o));
	o->inode.i_mode = S_IFBLK;
	o->inode.i_rdev = dev;
	o->dentry.d_inode = &o->inode;
	o->file.f_dentry = &o->dentry;
	o->file.f_mode = mode;
	o->file.f_flags = mode & FMODE_NDELAY ? O_NONBLOCK : 0;
}

static int driver_open(struct block_device *bdev, unsigned int mode)
{
	struct opening o;

	opening_init(&o, bdev->bd_dev, mode);
	if (!bdev->bd_op->open)
		return 0;
	return CALL_MODULE(bdev->bd_owner, bdev->bd_op->open(&o.inode, &o.file));
}

static int driver_release(struct block_device *bdev, unsigned int mode)
{
	struct opening o;

	opening_init(&o, bdev->bd_dev, mode);
	if (!bdev->bd_op->release)
		return 0;
	return CALL_MODULE_LAST(bdev->bd_owner, bdev->bd_op->release(&o.inode, &o.file));
}

/* What is there now? */
static int look_at_medium(struct block_device *bdev)
{
	const struct block_device_operations *op = bdev->bd_op;
	struct module *owner = bdev->bd_owner;
	kdev_t dev = bdev->bd_dev;
	loff_t size;

	if (op->check_media_change &&
	    CALL_MODULE(owner, op->check_media_change(dev)) > 0) {
		forget_chunks(bdev);
		if (op->revalidate)
			CALL_MODULE(owner, op->revalidate(dev));
	}
	size = op->size ? CALL_MODULE(owner, op->size(dev)) : 0;
	if (size < 0)
		return size;
	size &= ~(loff_t)(SECTOR - 1);
	if (size != bdev->bd_size)
		forget_chunks(bdev);
	bdev->bd_size = size;
	return 0;
}

int blkdev_get(kdev_t dev, unsigned int mode, struct block_device **out)
{
	const struct driver *driver = driver_get(MAJOR(dev));
	struct block_device *bdev;
	int err;

	if (!driver)
		return -ENXIO;
	bdev = bdev_find(dev, driver);
	if (!bdev) {
		driver_put(driver->owner);
		return -ENOMEM;
	}
	bdev->bd_users++;
	err = driver_open(bdev, mode);
	if (!err) {
		err = look_at_medium(bdev);
		if (err)
			driver_release(bdev, mode);
	}
	if (err)
		bdev_put(bdev);
	else
		*out = bdev;
	return err;
}

int blkdev_put(struct block_device *bdev, unsigned int mode)
{
	int err = driver_release(bdev, mode);

	bdev_put(bdev);
	return err;
}

/* --- files -------------------------------------------------------------------------- */

static int file_open_device(struct inode *inode, struct file *file)
{
	struct block_device *bdev;
	int err;

	if (file->f_flags & O_NONBLOCK)
		file->f_mode |= FMODE_NDELAY; /* fcntl() may change the flag */
	err = blkdev_get(inode->i_rdev, file->f_mode, &bdev);
	if (!err)
		file->private_data = bdev;
	return err;
}

static int file_release(struct inode *inode, struct file *file)
{
	return blkdev_put(file->private_data, file->f_mode);
}

static loff_t file_llseek(struct file *file, loff_t offset, int whence)
{
	struct block_device *bdev = file->private_data;

	if (whence == 2)
		offset += bdev->bd_size;
	else if (whence == 1)
		offset += file->f_pos;
	else if (whence != 0)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

/* Bytes from `pos` to the end of the device, at most `count`. */
static size_t up_to_end(const struct block_device *bdev, loff_t pos, size_t count)
{
	if (pos >= bdev->bd_size)
		return 0;
	return min((loff_t)count, bdev->bd_size - pos);
}

static int read_part(struct block_device *bdev, loff_t pos, char *user, void *bounce,
		     size_t n)
{
	int err = blkdev_read(bdev, pos, bounce, n);

	if (!err && copy_to_user(user, bounce, n))
		err = -EFAULT;
	return err;
}

static int write_part(struct block_device *bdev, loff_t pos, char *user, void *bounce,
		      size_t n)
{
	if (copy_from_user(bounce, user, n))
		return -EFAULT;
	return blkdev_write(bdev, pos, bounce, n);
}

/* Page by page through memory of the kernel: touching the user's may sleep. */
static ssize_t by_parts(struct file *file, char *user, size_t count, loff_t *pos,
			int (*part)(struct block_device *, loff_t, char *, void *,
				    size_t))
{
	struct block_device *bdev = file->private_data;
	void *bounce = kmalloc(PAGE_SIZE, GFP_KERNEL);
	size_t done = 0, n;
	int err = bounce ? 0 : -ENOMEM;

	count = up_to_end(bdev, *pos, count);
	while (!err && done < count) {
		n = min(count - done, (size_t)(PAGE_SIZE - (*pos & ~PAGE_MASK)));
		err = signal_pending(current) ? -EINTR
					      : part(bdev, *pos, user + done, bounce, n);
		if (err)
			break;
		done += n;
		*pos += n;
	}
	kfree(bounce);
	return done ? (ssize_t)done : err;
}

static ssize_t file_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	return by_parts(file, buf, count, pos, read_part);
}

static ssize_t file_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct block_device *bdev = file->private_data;

	if (count && *pos >= bdev->bd_size)
		return -ENOSPC;
	return by_parts(file, (char *)buf, count, pos, write_part);
}

static int file_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		      unsigned long arg)
{
	struct block_device *bdev = file->private_data;

	switch (cmd) {
	case BLKGETSIZE:
		return put_user((long)(bdev->bd_size / SECTOR), (long *)arg);
	case BLKGETSIZE64:
		return put_user(bdev->bd_size, (loff_t *)arg);
	case BLKSSZGET:
		return put_user((int)SECTOR, (int *)arg);
	case BLKFLSBUF:
		if (!capable(CAP_SYS_ADMIN))
			return -EACCES;
		forget_chunks(bdev);
		return 0;
	}
	if (!bdev->bd_op->ioctl)
		return -ENOTTY;
	return CALL_MODULE(bdev->bd_owner, bdev->bd_op->ioctl(inode, file, cmd, arg));
}

const struct file_operations blkdev_fops = {
	.llseek = file_llseek,
	.read = file_read,
	.write = file_write,
	.ioctl = file_ioctl,
	.open = file_open_device,
	.release = file_release,
};
