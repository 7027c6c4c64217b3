/* drivers/virtio_serial.c - virtio console device with several ports, on legacy PCI
 *
 * Each port the host offers is a character device /dev/vport0pN, a stream of bytes each
 * way. read(2) returns what is there and sleeps if there is nothing; write(2) sleeps until
 * the device has taken all of it, is not interrupted by signals once it has begun, and is
 * kept whole against other writers. A port is opened once at a time (-EBUSY), for two
 * readers could make nothing of a stream. Reading gives end of file while the host's end is
 * closed, writing -EPIPE.
 *
 * Source: Virtual I/O Device specification 1.1, sections 2.6 (split virtqueues), 4.1
 * (PCI, legacy interface) and 5.3 (console device).
 */
#include "drivers/virtio_serial.h"

#include <asm/io.h>
#include <asm/system.h>
#include <asm/uaccess.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/wait.h>
#include "drivers/pci.h"
#include "mm/mm.h"

#define VENDOR 0x1af4
#define DEVICE 0x1003 /* console, transitional */

/* Registers of the legacy interface, I/O ports from base address register 0. */
#define HOST_FEATURES  0
#define GUEST_FEATURES 4
#define QUEUE_PFN      8
#define QUEUE_SIZE     12
#define QUEUE_SELECT   14
#define QUEUE_NOTIFY   16
#define STATUS	       18
#define ISR	       19 /* reading acknowledges */
#define CONFIG_PORTS   24 /* console: max_nr_ports */
#define REGISTERS      32

#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER	   2
#define STATUS_DRIVER_OK   4
#define STATUS_FAILED	   128

#define FEATURE_MULTIPORT 2u

/* Events of the control queues. */
#define DEVICE_READY 0
#define PORT_ADD     1
#define PORT_READY   3
#define PORT_OPEN    6

#define MAX_PORTS    4
#define MAX_RING     256 /* descriptors; what QEMU offers is 128 and 32 */
#define RX_PAGES     16	 /* a port's buffers for what comes in */
#define TX_BUFFERS   4 /* and for what is under way to the host: QEMU has a system call */
#define TX_ORDER     2 /* for each, and there are long answers */
#define TX_SIZE	     (PAGE_SIZE << TX_ORDER)
#define CONTROL_SIZE 128 /* bytes of a control buffer */

struct descriptor {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
#define DESC_WRITE 2 /* by the device */

struct available {
	uint16_t flags, idx;
	uint16_t ring[];
};
#define AVAIL_NO_INTERRUPT 1

struct used {
	uint16_t flags, idx;
	struct {
		uint32_t id, len;
	} ring[];
};
#define USED_NO_NOTIFY 1

struct queue {
	uint16_t nr, size;
	uint16_t taken; /* entries of `used` seen so far */
	struct descriptor *desc;
	volatile struct available *avail;
	volatile struct used *used;
};

/* Held across sleeps. */
struct lock {
	bool held;
	wait_queue_head_t queue;
};

struct port {
	char name[12]; /* empty: the host has none of this number */
	int major, nr;
	bool open, host_open;
	void (*receive)(const void *buf, size_t n); /* the kernel uses it itself */
	struct lock reading, writing;
	wait_queue_head_t readable, writable;

	struct queue rx;
	uint8_t *rx_page[RX_PAGES];
	uint32_t rx_offset; /* in the first buffer not read completely */

	struct queue tx;
	uint8_t *tx_buffer[MAX_RING]; /* of each descriptor that has been used */
	uint16_t tx_free[MAX_RING];   /* descriptors, a stack */
	int tx_nr_free, tx_lost;      /* lost: sent before the host closed its end, which
				       * QEMU may never give back */
};

struct control {
	uint32_t port;
	uint16_t event, value;
};

static uint16_t base; /* of the registers */
static unsigned nr_ports;
static struct port ports[MAX_PORTS];
static struct queue control_rx, control_tx;
static uint8_t *control_in, *control_out; /* a buffer of CONTROL_SIZE each descriptor */

/* --- locks ------------------------------------------------------------------------------- */

static int lock_take(struct lock *lock)
{
	int err = wait_event_interruptible(lock->queue, !lock->held);

	if (!err)
		lock->held = true;
	return err;
}

static void lock_give(struct lock *lock)
{
	lock->held = false;
	wake_up(&lock->queue);
}

/* --- queues ------------------------------------------------------------------------------ */

/* One physically contiguous area: descriptors and `avail`, and from the next page `used`. */
static int queue_init(struct queue *q, unsigned nr)
{
	unsigned long avail_end, bytes;
	struct page *page;
	unsigned order = 0;

	q->nr = nr;
	outw(nr, base + QUEUE_SELECT);
	q->size = inw(base + QUEUE_SIZE);
	if (!q->size || q->size > MAX_RING)
		return -ENODEV;
	avail_end = q->size * sizeof(struct descriptor) + sizeof(struct available) +
		    (q->size + 1) * sizeof(uint16_t);
	bytes = ALIGN(avail_end, PAGE_SIZE) + sizeof(struct used) + q->size * 8 +
		sizeof(uint16_t);
	while (PAGE_SIZE << order < bytes)
		order++;
	page = pages_alloc(MM_BUFFER, order, PAGE_ZERO);
	if (!page)
		return -ENOMEM;
	q->desc = page_address(page);
	q->avail = (void *)(q->desc + q->size);
	q->used = (void *)((uint8_t *)q->desc + ALIGN(avail_end, PAGE_SIZE));
	outl(page_pa(page) >> PAGE_SHIFT, base + QUEUE_PFN);
	return 0;
}

/* Hand a descriptor's buffer to the device; it looks when it is kicked. */
static void queue_post(struct queue *q, unsigned id, void *buf, uint32_t len, int flags)
{
	q->desc[id] = (struct descriptor){.addr = __pa(buf), .len = len, .flags = flags};
	q->avail->ring[q->avail->idx % q->size] = id;
	barrier();
	q->avail->idx++;
}

static void queue_kick(struct queue *q)
{
	mb(); /* our idx must be out before we read its flag */
	if (!(q->used->flags & USED_NO_NOTIFY))
		outw(q->nr, base + QUEUE_NOTIFY);
}

/* Has the device finished with a buffer we have not taken back? */
static bool queue_has_used(const struct queue *q)
{
	return q->taken != q->used->idx;
}

/* The first such buffer; *len is what the device has written. */
static unsigned queue_used(const struct queue *q, uint32_t *len)
{
	unsigned i = q->taken % q->size;

	barrier();
	*len = q->used->ring[i].len;
	return q->used->ring[i].id;
}

/* --- control messages -------------------------------------------------------------------- */

static uint8_t *control_buffer(uint8_t *area, unsigned id)
{
	return area + id * CONTROL_SIZE;
}

static void control_send(unsigned port, unsigned event, unsigned value)
{
	unsigned id = control_tx.avail->idx % control_tx.size;
	uint16_t under_way = control_tx.avail->idx - control_tx.used->idx;
	struct control *c = (void *)control_buffer(control_out, id);

	if (under_way == control_tx.size) {
		printk(KERN_WARNING "virtio-serial: control message lost\n");
		return;
	}
	*c = (struct control){port, event, value};
	queue_post(&control_tx, id, c, sizeof(*c), 0);
	queue_kick(&control_tx);
}

/* The host opened or closed its end. */
static void host_opened(struct port *p, bool open)
{
	p->host_open = open;
	if (!open)
		p->tx_lost = p->tx.size - p->tx_nr_free;
	wake_up(&p->readable);
	wake_up(&p->writable);
}

/* PORT_ADD only counts while we come up: registering is nothing for a handler. */
static void port_add(struct port *p)
{
	snprintf(p->name, sizeof(p->name), "vport0p%d", p->nr);
	control_send(p->nr, PORT_READY, 1);
}

static void control_receive(const struct control *c, bool starting)
{
	struct port *p;

	if (c->port >= nr_ports)
		return;
	p = &ports[c->port];
	if (c->event == PORT_ADD && starting)
		port_add(p);
	else if (c->event == PORT_OPEN)
		host_opened(p, c->value);
}

static void control_drain(bool starting)
{
	uint8_t *buf;
	uint32_t len;
	unsigned id;

	while (queue_has_used(&control_rx)) {
		id = queue_used(&control_rx, &len) % control_rx.size;
		control_rx.taken++;
		buf = control_buffer(control_in, id);
		if (len >= sizeof(struct control))
			control_receive((struct control *)buf, starting);
		queue_post(&control_rx, id, buf, CONTROL_SIZE, DESC_WRITE);
		queue_kick(&control_rx);
	}
}

/* --- transmit buffers -------------------------------------------------------------------- */

/* Take back what the device has sent. */
static void tx_reclaim(struct port *p)
{
	uint32_t len;

	while (queue_has_used(&p->tx)) {
		p->tx_free[p->tx_nr_free++] = queue_used(&p->tx, &len) % p->tx.size;
		p->tx.taken++;
		if (p->tx_lost)
			p->tx_lost--;
	}
}

/* May one more buffer be sent now? */
static bool tx_has_room(struct port *p)
{
	tx_reclaim(p);
	return p->tx_nr_free && p->tx.size - p->tx_nr_free - p->tx_lost < TX_BUFFERS;
}

/* Sleep until there is room or the host has closed. Only now are interrupts of use. */
static int tx_wait(struct port *p)
{
	if (tx_has_room(p))
		return p->host_open ? 0 : -EPIPE;
	queue_kick(&p->tx);
	p->tx.avail->flags = 0;
	mb();
	wait_event(p->writable, tx_has_room(p) || !p->host_open);
	p->tx.avail->flags = AVAIL_NO_INTERRUPT;
	return p->host_open ? 0 : -EPIPE;
}

typedef unsigned long (*copy_fn)(void *to, const void *from, unsigned long n);

static unsigned long copy_from_kernel(void *to, const void *from, unsigned long n)
{
	memcpy(to, from, n);
	return 0;
}

static int make_buffer(uint8_t **at, unsigned order)
{
	struct page *page = pages_alloc(MM_BUFFER, order, 0);

	if (page)
		*at = page_address(page);
	return page ? 0 : -ENOMEM;
}

/* Copy as much as fits to a buffer and post it. Bytes, or -errno. */
static int tx_send(struct port *p, copy_fn copy, const char *buf, size_t count)
{
	unsigned id = p->tx_free[p->tx_nr_free - 1];
	size_t n = min(count, (size_t)TX_SIZE);

	if (!p->tx_buffer[id] && make_buffer(&p->tx_buffer[id], TX_ORDER))
		return -ENOMEM;
	/* may sleep, so the descriptor is ours only after it */
	p->tx_nr_free--;
	if (copy(p->tx_buffer[id], buf, n)) {
		p->tx_free[p->tx_nr_free++] = id;
		return -EFAULT;
	}
	queue_post(&p->tx, id, p->tx_buffer[id], n, 0);
	return n;
}

/* --- the character device ---------------------------------------------------------------- */

static struct port *port_of(struct inode *inode)
{
	for (unsigned i = 0; i < nr_ports; i++)
		if (*ports[i].name && ports[i].major == MAJOR(inode->i_rdev))
			return &ports[i];
	return NULL;
}

/* The buffers are made when the port is first opened, and stay with the device: without
 * memory somebody has to be told so. */
static int make_buffers(struct port *p)
{
	uint16_t *tx = p->tx_free + p->tx_nr_free;
	int err = 0;

	for (int i = 0; i < RX_PAGES && i < p->rx.size && !err; i++) {
		if (p->rx_page[i])
			continue;
		err = make_buffer(&p->rx_page[i], 0);
		if (!err)
			queue_post(&p->rx, i, p->rx_page[i], PAGE_SIZE, DESC_WRITE);
	}
	for (int i = 0; i < TX_BUFFERS && i < p->tx_nr_free && !err; i++)
		if (!p->tx_buffer[*--tx])
			err = make_buffer(&p->tx_buffer[*tx], TX_ORDER);
	queue_kick(&p->rx);
	return err;
}

static int vport_open(struct inode *inode, struct file *file)
{
	struct port *p = port_of(inode);
	int err;

	if (!p)
		return -ENXIO;
	if (p->open)
		return -EBUSY;
	err = make_buffers(p);
	if (err)
		return err;
	file->private_data = p;
	p->open = true;
	control_send(p->nr, PORT_OPEN, 1);
	return 0;
}

static int vport_release(struct inode *inode, struct file *file)
{
	struct port *p = file->private_data;

	p->open = false;
	control_send(p->nr, PORT_OPEN, 0);
	return 0;
}

/* Copy what has come in, as much as fits; give emptied buffers back to the device. */
static ssize_t rx_copy(struct port *p, char *buf, size_t count)
{
	size_t done = 0, n;
	uint32_t len;
	unsigned id;

	while (done < count && queue_has_used(&p->rx)) {
		id = queue_used(&p->rx, &len) % RX_PAGES;
		len = min(len, (uint32_t)PAGE_SIZE);
		n = min(count - done, (size_t)(len - p->rx_offset));
		if (copy_to_user(buf + done, p->rx_page[id] + p->rx_offset, n))
			return done ? done : -EFAULT;
		done += n;
		p->rx_offset += n;
		if (p->rx_offset < len)
			continue;
		p->rx_offset = 0;
		p->rx.taken++;
		queue_post(&p->rx, id, p->rx_page[id], PAGE_SIZE, DESC_WRITE);
		queue_kick(&p->rx);
	}
	return done;
}

static ssize_t vport_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	struct port *p = file->private_data;
	ssize_t n;

	if ((file->f_flags & O_NONBLOCK) &&
	    (p->reading.held || (p->host_open && !queue_has_used(&p->rx))))
		return -EAGAIN;
	n = lock_take(&p->reading);
	if (n)
		return n;
	n = wait_event_interruptible(p->readable,
				     queue_has_used(&p->rx) || !p->host_open);
	if (!n)
		n = rx_copy(p, buf, count);
	lock_give(&p->reading);
	return n;
}

/* One write, kept whole against others. Bytes sent, or -errno if that is none. */
static ssize_t tx_write(struct port *p, copy_fn copy, const char *buf, size_t count)
{
	size_t done = 0;
	int n = lock_take(&p->writing);

	if (n)
		return n;
	while (done < count) {
		n = tx_wait(p);
		if (!n)
			n = tx_send(p, copy, buf + done, count - done);
		if (n < 0)
			break;
		done += n;
	}
	queue_kick(&p->tx);
	lock_give(&p->writing);
	return done ? (ssize_t)done : n;
}

static ssize_t vport_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	struct port *p = file->private_data;

	if ((file->f_flags & O_NONBLOCK) && (p->writing.held || !tx_has_room(p)))
		return -EAGAIN;
	return tx_write(p, copy_from_user, buf, count);
}

static unsigned int vport_poll(struct file *file, poll_table *table)
{
	struct port *p = file->private_data;
	unsigned int events = 0;

	poll_wait(file, &p->readable, table);
	poll_wait(file, &p->writable, table);
	if (!p->host_open)
		events |= POLLHUP;
	if (queue_has_used(&p->rx) || !p->host_open)
		events |= POLLIN | POLLRDNORM;
	if (!p->writing.held && tx_has_room(p))
		events |= POLLOUT | POLLWRNORM;
	else
		p->tx.avail->flags = 0; /* tell when there is */
	return events;
}

static struct file_operations vport_fops = {
	.llseek = no_llseek,
	.read = vport_read,
	.write = vport_write,
	.poll = vport_poll,
	.open = vport_open,
	.release = vport_release,
};

/* --- for the kernel itself ---------------------------------------------------------------- */

static struct port *port_nr(int nr)
{
	return nr < (int)nr_ports && *ports[nr].name ? &ports[nr] : NULL;
}

int vport_attach(int nr, void (*receive)(const void *buf, size_t n))
{
	struct port *p = port_nr(nr);
	int err;

	if (!p)
		return -ENXIO;
	if (p->open)
		return -EBUSY;
	p->receive = receive;
	err = make_buffers(p);
	if (err)
		return err;
	p->open = true;
	control_send(nr, PORT_OPEN, 1);
	return 0;
}

int vport_send(int nr, const void *buf, size_t n)
{
	struct port *p = port_nr(nr);
	ssize_t sent = p ? tx_write(p, copy_from_kernel, buf, n) : -ENXIO;

	return sent < 0 ? sent : sent < (ssize_t)n ? -EPIPE : 0;
}

static void rx_deliver(struct port *p)
{
	uint32_t len;
	unsigned id;

	while (queue_has_used(&p->rx)) {
		id = queue_used(&p->rx, &len) % RX_PAGES;
		p->receive(p->rx_page[id], min(len, (uint32_t)PAGE_SIZE));
		p->rx.taken++;
		queue_post(&p->rx, id, p->rx_page[id], PAGE_SIZE, DESC_WRITE);
		queue_kick(&p->rx);
	}
}

/* --- the device -------------------------------------------------------------------------- */

static void interrupt(int irq, void *dev_id, struct pt_regs *regs)
{
	if (!(inb(base + ISR) & 1))
		return;
	control_drain(false);
	for (unsigned i = 0; i < nr_ports; i++) {
		if (ports[i].receive)
			rx_deliver(&ports[i]);
		else if (queue_has_used(&ports[i].rx))
			wake_up(&ports[i].readable);
		if (queue_has_used(&ports[i].tx))
			wake_up(&ports[i].writable);
	}
}

/* Receive and transmit queues in the order the device numbers them: those of port 0, the
 * control queues, those of ports 1, 2, ... */
static int port_init(struct port *p, int nr)
{
	unsigned first = nr == 0 ? 0 : 2 + 2 * nr;
	int err;

	p->nr = nr;
	init_waitqueue_head(&p->reading.queue);
	init_waitqueue_head(&p->writing.queue);
	init_waitqueue_head(&p->readable);
	init_waitqueue_head(&p->writable);
	err = queue_init(&p->rx, first);
	if (!err)
		err = queue_init(&p->tx, first + 1);
	if (err)
		return err;
	p->tx.avail->flags = AVAIL_NO_INTERRUPT;
	for (p->tx_nr_free = 0; p->tx_nr_free < p->tx.size; p->tx_nr_free++)
		p->tx_free[p->tx_nr_free] = p->tx_nr_free;
	return 0;
}

static uint8_t *control_area(const struct queue *q)
{
	unsigned order = 0;
	struct page *page;

	while (PAGE_SIZE << order < (unsigned long)q->size * CONTROL_SIZE)
		order++;
	page = pages_alloc(MM_BUFFER, order, PAGE_ZERO);
	return page ? page_address(page) : NULL;
}

static int control_init(void)
{
	int err = queue_init(&control_rx, 2);

	if (!err)
		err = queue_init(&control_tx, 3);
	if (err)
		return err;
	control_in = control_area(&control_rx);
	control_out = control_area(&control_tx);
	if (!control_in || !control_out)
		return -ENOMEM;
	control_tx.avail->flags = AVAIL_NO_INTERRUPT;
	for (unsigned i = 0; i < control_rx.size; i++)
		queue_post(&control_rx, i, control_buffer(control_in, i), CONTROL_SIZE,
			   DESC_WRITE);
	return 0;
}

static int device_init(void)
{
	int err = 0;

	outb(0, base + STATUS);
	outb(STATUS_ACKNOWLEDGE, base + STATUS);
	outb(STATUS_ACKNOWLEDGE | STATUS_DRIVER, base + STATUS);
	if (!(inl(base + HOST_FEATURES) & FEATURE_MULTIPORT))
		return -ENODEV;
	outl(FEATURE_MULTIPORT, base + GUEST_FEATURES);
	nr_ports = inl(base + CONFIG_PORTS);
	if (nr_ports > MAX_PORTS)
		nr_ports = MAX_PORTS;
	for (unsigned i = 0; i < nr_ports && !err; i++)
		err = port_init(&ports[i], i);
	if (!err)
		err = control_init();
	return err;
}

/* The host answers DEVICE_READY with its ports, QEMU before the kick returns. */
static void ports_register(void)
{
	unsigned long flags = irq_save();

	control_send(0, DEVICE_READY, 1);
	control_drain(true);
	irq_restore(flags);
	for (unsigned i = 0; i < nr_ports; i++) {
		if (!*ports[i].name)
			continue;
		ports[i].major = register_chrdev(0, ports[i].name, &vport_fops);
		if (ports[i].major < 0)
			*ports[i].name = '\0';
	}
}

void virtio_serial_init(void)
{
	struct pci_device dev;
	int irq, err;

	if (!pci_find(VENDOR, DEVICE, 0, &dev))
		return;
	pci_enable(&dev);
	base = pci_io_base(&dev, 0);
	irq = pci_irq(&dev);
	err = !base || irq < 0 ? -ENODEV : device_init();
	if (!err)
		err = request_irq(irq, interrupt, SA_SHIRQ, "virtio-serial", ports);
	if (err) {
		outb(STATUS_FAILED, base + STATUS);
		printk(KERN_ERR "virtio-serial: no use of the device (error %d)\n", -err);
		return;
	}
	request_region(base, REGISTERS, "virtio-serial");
	outb(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK, base + STATUS);
	queue_kick(&control_rx);
	ports_register();
	printk(KERN_INFO "virtio-serial: I/O 0x%x, irq %d\n", base, irq);
}
