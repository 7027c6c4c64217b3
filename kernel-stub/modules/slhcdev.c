/* slhcdev.c - /dev/slhc: header compression of packet streams, on top of the module slhc
 *
 * Each opening of the device is a link of its own. Written and read are records: one byte
 * what, one byte 0, two bytes length (most significant first), then as many bytes.
 *
 *	written 'C' an IP packet to send; read 'I' as it is, 'U' uncompressed TCP or 'Z'
 *		compressed TCP
 *	written 'I', 'U' or 'Z' what the other side sent; read 'P' the packet, or 'E'
 *		(empty) if it had to be dropped
 *
 * So what is read after writing 'C' records can be written back as it is, and the packets
 * come out again. A write takes as many whole records as there is room for answers: read
 * them and write the rest. -EINVAL if not even the first is whole.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include <net/slhc_vj.h>

#define RECORD	   4 /* bytes of its head */
#define MAX_PACKET 2048
#define QUEUE_SIZE 65536

struct link {
	struct slcompress *comp;
	size_t start, end; /* of what is waiting in the queue */
	unsigned char in[MAX_PACKET + SLHC_MAX_HEADER], out[MAX_PACKET];
	unsigned char queue[QUEUE_SIZE];
};

static int slots = 16;
static int major;

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("/dev/slhc: TCP/IP header compression of packet streams");
MODULE_LICENSE("Dual MPL/GPL");
MODULE_PARM(slots, "1i");
MODULE_PARM_DESC(slots, "connections each side remembers, 1 to 256");
EXPORT_NO_SYMBOLS;

static void answer(struct link *link, char what, const unsigned char *bytes, size_t len)
{
	unsigned char *at = link->queue + link->end;

	at[0] = what;
	at[1] = 0;
	at[2] = len >> 8;
	at[3] = len;
	memcpy(at + RECORD, bytes, len);
	link->end += RECORD + len;
}

static void compress(struct link *link, size_t len)
{
	unsigned char *bytes;
	int n = slhc_compress(link->comp, link->in, len, link->out, &bytes, 1);

	if (bytes == link->in)
		answer(link, 'I', bytes, n);
	else
		answer(link, bytes[0] & SL_TYPE_COMPRESSED_TCP ? 'Z' : 'U', bytes, n);
}

static void uncompress(struct link *link, char what, size_t len)
{
	int n = len;

	if (what == 'Z') {
		n = slhc_uncompress(link->comp, link->in, len);
	} else if (what == 'U') {
		if (len)
			link->in[0] &= 0x4f; /* the type was in here, too */
		n = slhc_remember(link->comp, link->in, len);
	}
	answer(link, n ? 'P' : 'E', link->in, n);
}

/* One record at buf: its length, 0 if there is no room for the answer, or -errno. */
static ssize_t take(struct link *link, const char *buf, size_t left)
{
	unsigned char head[RECORD];
	size_t len;

	if (QUEUE_SIZE - link->end < RECORD + sizeof(link->in))
		return 0;
	if (left < RECORD)
		return -EINVAL;
	if (copy_from_user(head, buf, RECORD))
		return -EFAULT;
	len = head[2] << 8 | head[3];
	if (!strchr("CIUZ", head[0]) || !head[0] || head[1] || len > MAX_PACKET ||
	    len > left - RECORD)
		return -EINVAL;
	if (copy_from_user(link->in, buf + RECORD, len))
		return -EFAULT;
	if (head[0] == 'C')
		compress(link, len);
	else
		uncompress(link, head[0], len);
	return RECORD + len;
}

static ssize_t slhc_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct link *link = file->private_data;
	size_t done = 0;
	ssize_t n = 0;

	while (done < count && (n = take(link, buf + done, count - done)) > 0)
		done += n;
	if (done || !count)
		return done;
	return n ? n : -EAGAIN;
}

static ssize_t slhc_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	struct link *link = file->private_data;
	size_t n = min(count, link->end - link->start);

	if (copy_to_user(buf, link->queue + link->start, n))
		return -EFAULT;
	link->start += n;
	if (link->start == link->end)
		link->start = link->end = 0;
	return n;
}

static int slhc_open(struct inode *inode, struct file *file)
{
	struct link *link = kmalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return -ENOMEM;
	link->start = link->end = 0;
	link->comp = slhc_init(slots, slots);
	if (!link->comp) {
		kfree(link);
		return -ENOMEM;
	}
	file->private_data = link;
	return 0;
}

static int slhc_release(struct inode *inode, struct file *file)
{
	struct link *link = file->private_data;

	slhc_free(link->comp);
	kfree(link);
	return 0;
}

static struct file_operations slhc_fops = {
	.owner = THIS_MODULE,
	.read = slhc_read,
	.write = slhc_write,
	.open = slhc_open,
	.release = slhc_release,
};

static int __init slhcdev_init(void)
{
	if (slots < 1 || slots > 256) {
		printk(KERN_ERR "slhcdev: slots=%d is not between 1 and 256\n", slots);
		return -EINVAL;
	}
	major = register_chrdev(0, "slhc", &slhc_fops);
	if (major < 0)
		return major;
	printk(KERN_INFO "slhcdev: /dev/slhc, major %d, %d slots\n", major, slots);
	return 0;
}

static void __exit slhcdev_exit(void)
{
	unregister_chrdev(major, "slhc");
}

module_init(slhcdev_init);
module_exit(slhcdev_exit);
