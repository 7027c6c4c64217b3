/* ide-cd.c - CD-ROM drives on the second IDE channel: /dev/hdc (master), /dev/hdd (slave)
 *
 * Formats: ATA/ATAPI-4 (registers, PACKET, IDENTIFY PACKET DEVICE), MMC-2 and SPC (the
 * 12-byte commands, sense data). Programmed I/O, a command at a time on the channel: the
 * interrupt handler reads the status register, which quiets the drive, and wakes whoever
 * waits; he moves the data. Nothing waits without a limit: a drive that does not answer
 * is reset, and the request has failed.
 */
#include <asm/io.h>
#include <asm/unaligned.h>
#include <linux/cdrom.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/wait.h>

#define IDE1_MAJOR 22
#define BASE	   0x170
#define CONTROL	   0x376
#define IRQ	   15
#define UNITS	   2
#define SECTOR	   2048u

/* Registers from BASE. */
#define DATA	 0
#define FEATURES 1 /* written; read: ERROR, the sense key in its upper half */
#define REASON	 2 /* read: COMMAND_PHASE, TO_HOST */
#define LBA_LOW	 3
#define BYTES_LO 4
#define BYTES_HI 5
#define SELECT	 6
#define COMMAND	 7 /* written; read: status */

#define COMMAND_PHASE 1
#define TO_HOST	      2

#define STATUS_ERROR 0x01
#define STATUS_DRQ   0x08
#define STATUS_BUSY  0x80

#define CONTROL_RESET  0x04
#define CONTROL_NO_IRQ 0x02

#define ATA_PACKET   0xa0
#define ATA_IDENTIFY 0xa1

#define TEST_UNIT_READY	 0x00
#define REQUEST_SENSE	 0x03
#define START_STOP	 0x1b
#define PREVENT_REMOVAL	 0x1e
#define READ_CAPACITY	 0x25
#define READ_10		 0x28
#define READ_TOC	 0x43
#define GET_EVENT_STATUS 0x4a
#define MEDIA_EVENTS	 4 /* a class of events */

#define NO_SENSE       0
#define NOT_READY      2
#define MEDIUM_ERROR   3
#define UNIT_ATTENTION 6

#define COMMAND_TIME (10 * HZ) /* of a command */
#define RESET_TIME   (5 * HZ)
#define RETRIES	     3
#define MOVE_MAX     0xf800u /* bytes the drive may offer at once */

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("ATAPI CD-ROM drives on the second IDE channel");
MODULE_LICENSE("GPL");
MODULE_ALIAS("block-major-22");
MODULE_ALIAS("pci:v00008086d00007010sv*sd*bc01sc01i*"); /* PIIX3 */
EXPORT_NO_SYMBOLS;

struct drive {
	unsigned int unit;
	bool present, changed, locked;
	uint32_t sectors;   /* of SECTOR bytes; 0: no medium, or not known */
	uint8_t sense, asc; /* key and additional code of the last error */
	struct cdrom_device_info cdrom;
};

static struct drive drives[UNITS];
static DECLARE_WAIT_QUEUE_HEAD(channel_wait);
static bool channel_busy;
static volatile bool interrupted;
static volatile uint8_t irq_status;

/* --- the channel -------------------------------------------------------------------- */

static void channel_interrupt(int irq, void *dev_id, struct pt_regs *regs)
{
	irq_status = inb(BASE + COMMAND);
	interrupted = true;
	wake_up(&channel_wait);
}

/* One command at a time. */
static void channel_lock(void)
{
	wait_event(channel_wait, !channel_busy);
	channel_busy = true;
}

static void channel_unlock(void)
{
	channel_busy = false;
	wake_up(&channel_wait);
}

/* Sleep until the drive has interrupted: its status in *status. 0 or -ETIMEDOUT. */
static int wait_interrupt(uint8_t *status)
{
	DECLARE_WAITQUEUE(wait, current);
	long left = COMMAND_TIME;

	add_wait_queue(&channel_wait, &wait);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (interrupted || !left)
			break;
		left = schedule_timeout(left);
	}
	set_current_state(TASK_RUNNING);
	remove_wait_queue(&channel_wait, &wait);
	if (!interrupted)
		return -ETIMEDOUT;
	*status = irq_status;
	return 0;
}

/* For what takes no interrupt: a short spin, then sleep by the tick. */
static int wait_status(uint8_t mask, uint8_t wanted, long ticks)
{
	unsigned long end = jiffies + ticks;

	for (int i = 0; i < 100; i++) {
		if ((inb(CONTROL) & mask) == wanted)
			return 0;
		udelay(1);
	}
	while (time_before(jiffies, end)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(1);
		if ((inb(CONTROL) & mask) == wanted)
			return 0;
	}
	return -ETIMEDOUT;
}

static void select_drive(const struct drive *drive)
{
	outb(0xa0 | drive->unit << 4, BASE + SELECT);
	udelay(1);
}

static void channel_reset(void)
{
	/* a drive that is not there shows no BUSY: watch the first, which answers for both */
	outb(0xa0, BASE + SELECT);
	udelay(1);
	outb(CONTROL_RESET | CONTROL_NO_IRQ, CONTROL);
	udelay(10);
	outb(0, CONTROL);
	mdelay(2);
	wait_status(STATUS_BUSY, 0, RESET_TIME);
	for (int i = 0; i < UNITS; i++)
		drives[i].changed = true;
}

/* Move `n` bytes the drive offers; what does not fit is read and dropped. */
static void take_data(void *buf, unsigned int room, unsigned int n)
{
	unsigned int words = min(room, n) / 2;

	insw(BASE + DATA, buf, words);
	for (unsigned int i = words; i < (n + 1) / 2; i++)
		inw(BASE + DATA);
}

/* After the command: blocks of data as the drive offers them, until it says that it is
 * done. *done: bytes moved. 0, -EIO (there is sense data), -ETIMEDOUT. */
static int data_phase(char *buf, unsigned int size, unsigned int *done)
{
	uint8_t status;
	unsigned int n;

	for (*done = 0;;) {
		if (wait_interrupt(&status))
			return -ETIMEDOUT;
		if (!(status & STATUS_DRQ))
			return status & STATUS_ERROR ? -EIO : 0;
		n = inb(BASE + BYTES_LO) | inb(BASE + BYTES_HI) << 8;
		if (!n || (inb(BASE + REASON) & (COMMAND_PHASE | TO_HOST)) != TO_HOST)
			return -ETIMEDOUT; /* a drive in disorder */
		interrupted = false;
		take_data(buf + *done, size - *done, n);
		*done += min(n, size - *done);
	}
}

/* --- packets ------------------------------------------------------------------------ */

static int send_packet(const struct drive *drive, const uint8_t packet[12],
		       unsigned int size)
{
	unsigned int limit = min(size, MOVE_MAX);

	select_drive(drive);
	if (wait_status(STATUS_BUSY | STATUS_DRQ, 0, COMMAND_TIME))
		return -ETIMEDOUT;
	outb(0, BASE + FEATURES);
	outb(limit & 0xff, BASE + BYTES_LO);
	outb(limit >> 8, BASE + BYTES_HI);
	outb(0, CONTROL);
	outb(ATA_PACKET, BASE + COMMAND);
	if (wait_status(STATUS_BUSY | STATUS_DRQ, STATUS_DRQ, COMMAND_TIME))
		return -ETIMEDOUT;
	interrupted = false; /* some drives announce this, too */
	outsw(BASE + DATA, packet, 6);
	return 0;
}

/* One command, which reads up to `size` bytes; at least `least`. 0, -EIO, -ETIMEDOUT. */
static int packet_once(const struct drive *drive, const uint8_t packet[12], void *buf,
		       unsigned int size, unsigned int least)
{
	unsigned int done = 0;
	int err;

	channel_lock();
	err = send_packet(drive, packet, size);
	if (!err)
		err = data_phase(buf, size, &done);
	if (err == -ETIMEDOUT) {
		printk(KERN_WARNING "ide-cd: %s: command %#x timed out, resetting\n",
		       drive->cdrom.name, packet[0]);
		channel_reset();
	}
	channel_unlock();
	return !err && done < least ? -EIO : err;
}

/* Why the last command failed. */
static void read_sense(struct drive *drive)
{
	uint8_t packet[12] = {REQUEST_SENSE, 0, 0, 0, 18}, data[18];

	drive->sense = MEDIUM_ERROR;
	drive->asc = 0;
	memset(data, 0, sizeof(data));
	if (packet_once(drive, packet, data, sizeof(data), 14))
		return;
	drive->sense = data[2] & 0x0f;
	drive->asc = data[12];
	if (drive->sense == UNIT_ATTENTION || drive->sense == NOT_READY) {
		drive->changed = true;
		drive->sectors = 0;
	}
}

/* The command until it succeeds: a drive first tells what has happened to it since. 0,
 * -ENOMEDIUM, -EIO. */
static int packet_command(struct drive *drive, const uint8_t packet[12], void *buf,
			  unsigned int size, unsigned int least)
{
	int err = -EIO;

	for (int i = 0; err && i < RETRIES; i++) {
		err = packet_once(drive, packet, buf, size, least);
		if (!err)
			return 0;
		if (err == -EIO)
			read_sense(drive);
		if (err == -EIO && drive->sense == NOT_READY)
			return -ENOMEDIUM;
	}
	return -EIO;
}

static int test_ready(struct drive *drive)
{
	static const uint8_t packet[12] = {TEST_UNIT_READY};

	return packet_command(drive, packet, NULL, 0, 0);
}

static int read_capacity(struct drive *drive)
{
	static const uint8_t packet[12] = {READ_CAPACITY};
	uint8_t data[8];
	int err = packet_command(drive, packet, data, sizeof(data), sizeof(data));

	drive->sectors = 0;
	if (err)
		return err;
	if (get_be32(data + 4) != SECTOR || get_be32(data) == 0xffffffff)
		return -EIO;
	drive->sectors = get_be32(data) + 1;
	return 0;
}

/* --- what cdrom asks for
 * --------------------------------------------------------------- */

static int drive_open(struct cdrom_device_info *cdi, int without_medium)
{
	struct drive *drive = cdi->handle;
	int err = without_medium ? 0 : test_ready(drive);

	if (!err && !without_medium && (!drive->sectors || drive->changed))
		err = read_capacity(drive);
	return err;
}

static void drive_release(struct cdrom_device_info *cdi)
{
}

static int drive_changed(struct cdrom_device_info *cdi, int slot)
{
	struct drive *drive = cdi->handle;
	bool changed;

	test_ready(drive);
	changed = drive->changed;
	drive->changed = false;
	return changed;
}

static bool tray_is_open(struct drive *drive)
{
	uint8_t packet[12] = {GET_EVENT_STATUS, 1, [4] = 1 << MEDIA_EVENTS, [8] = 8};
	uint8_t data[8];

	return !packet_command(drive, packet, data, sizeof(data), sizeof(data)) &&
	       (data[2] & 7) == MEDIA_EVENTS && (data[5] & 1);
}

static int drive_status(struct cdrom_device_info *cdi, int slot)
{
	struct drive *drive = cdi->handle;
	int err = test_ready(drive);

	if (!err)
		return CDS_DISC_OK;
	if (err != -ENOMEDIUM)
		return CDS_DRIVE_NOT_READY;
	/* "medium not present": with which tray? */
	if (drive->asc != 0x3a)
		return CDS_DRIVE_NOT_READY;
	return tray_is_open(drive) ? CDS_TRAY_OPEN : CDS_NO_DISC;
}

static int drive_tray(struct cdrom_device_info *cdi, int open)
{
	uint8_t packet[12] = {START_STOP, [4] = open ? 2 : 3};
	struct drive *drive = cdi->handle;

	drive->changed = true;
	return packet_command(drive, packet, NULL, 0, 0);
}

static int drive_lock(struct cdrom_device_info *cdi, int lock)
{
	uint8_t packet[12] = {PREVENT_REMOVAL, [4] = !!lock};

	return packet_command(cdi->handle, packet, NULL, 0, 0);
}

static int drive_toc(struct cdrom_device_info *cdi, uint8_t track[2])
{
	uint8_t packet[12] = {READ_TOC, [8] = 12}, data[12];
	int err = packet_command(cdi->handle, packet, data, sizeof(data), 4);

	if (!err)
		memcpy(track, data + 2, 2);
	return err;
}

static struct cdrom_device_ops drive_ops = {
	.open = drive_open,
	.release = drive_release,
	.drive_status = drive_status,
	.media_changed = drive_changed,
	.tray_move = drive_tray,
	.lock_door = drive_lock,
	.read_toc = drive_toc,
	.capability = CDC_CLOSE_TRAY | CDC_OPEN_TRAY | CDC_LOCK | CDC_MEDIA_CHANGED |
		      CDC_DRIVE_STATUS,
};

/* --- the block device
 * -------------------------------------------------------------------- */

/* Minor 0 is the master, 64 the slave; others would be partitions. */
static struct drive *drive_of(kdev_t dev)
{
	return &drives[MINOR(dev) / 64 % UNITS];
}

static loff_t ide_cd_size(kdev_t dev)
{
	return (loff_t)drive_of(dev)->sectors * SECTOR;
}

static int ide_cd_revalidate(kdev_t dev)
{
	return read_capacity(drive_of(dev));
}

static int read_sectors(struct drive *drive, uint32_t sector, unsigned int n, void *buf)
{
	uint8_t packet[12] = {
		READ_10, 0, sector >> 24, sector >> 16, sector >> 8, sector, 0,
		n >> 8,	 n};

	return packet_command(drive, packet, buf, n * SECTOR, n * SECTOR);
}

/* Requests come in multiples of the sector of a CD, as its size is one. */
static int ide_cd_transfer(kdev_t dev, int write, unsigned long sector,
			   unsigned int count, void *buf)
{
	if (write)
		return -EROFS;
	if (sector % 4 || count % 4)
		return -EIO;
	return read_sectors(drive_of(dev), sector / 4, count / 4, buf);
}

static struct block_device_operations ide_cd_ops = {
	.owner = THIS_MODULE,
	.open = cdrom_open,
	.release = cdrom_release,
	.ioctl = cdrom_ioctl,
	.check_media_change = cdrom_media_changed,
	.revalidate = ide_cd_revalidate,
	.size = ide_cd_size,
	.transfer = ide_cd_transfer,
};

/* --- finding drives
 * ------------------------------------------------------------------------ */

/* The name the drive gives itself: from offset 54 of its identification, in words whose
 * first character is the high byte. */
static void show_model(const struct drive *drive, const uint8_t id[512])
{
	char model[41];
	int n;

	for (n = 0; n < 40; n++)
		model[n] = id[54 + (n ^ 1)];
	while (n && model[n - 1] == ' ')
		n--;
	model[n] = '\0';
	printk(KERN_INFO "%s: %s, ATAPI CD-ROM drive\n", drive->cdrom.name, model);
}

static bool identify(struct drive *drive)
{
	uint8_t id[512], status;
	unsigned int kind;

	select_drive(drive);
	if (inb(BASE + BYTES_LO) != 0x14 || inb(BASE + BYTES_HI) != 0xeb)
		return false; /* nothing there, or no packet device */
	interrupted = false;
	outb(0, CONTROL);
	outb(ATA_IDENTIFY, BASE + COMMAND);
	if (wait_interrupt(&status) || !(status & STATUS_DRQ))
		return false;
	take_data(id, sizeof(id), sizeof(id));
	kind = get_le16(id);
	if (kind >> 14 != 2 || (kind >> 8 & 0x1f) != 5)
		return false; /* no CD-ROM drive */
	show_model(drive, id);
	return true;
}

static int find_drive(unsigned int unit)
{
	struct drive *drive = &drives[unit];

	drive->unit = unit;
	sprintf(drive->cdrom.name, "hd%c", 'c' + unit);
	drive->cdrom.ops = &drive_ops;
	drive->cdrom.handle = drive;
	drive->cdrom.dev = MKDEV(IDE1_MAJOR, unit * 64);
	drive->changed = true;
	if (!identify(drive) || register_cdrom(&drive->cdrom))
		return 0;
	drive->present = true;
	return 1;
}

static void forget_drives(void)
{
	for (int i = 0; i < UNITS; i++)
		if (drives[i].present)
			unregister_cdrom(&drives[i].cdrom);
}

static int find_drives(void)
{
	int n = 0;

	channel_reset();
	for (unsigned int unit = 0; unit < UNITS; unit++)
		n += find_drive(unit);
	if (!n)
		printk(KERN_INFO "ide-cd: no CD-ROM drive on the second channel\n");
	return n ? 0 : -ENODEV;
}

static int reserve(void)
{
	if (!request_region(BASE, 8, "ide1"))
		return -EBUSY;
	if (!request_region(CONTROL, 1, "ide1")) {
		release_region(BASE, 8);
		return -EBUSY;
	}
	return 0;
}

static void release(void)
{
	release_region(CONTROL, 1);
	release_region(BASE, 8);
}

static int __init ide_cd_init(void)
{
	int err = reserve();

	if (err) {
		printk(KERN_ERR "ide-cd: ports %#x or %#x are taken\n", BASE, CONTROL);
		return err;
	}
	err = request_irq(IRQ, channel_interrupt, 0, "ide1", NULL);
	if (err)
		goto ports;
	err = find_drives();
	if (!err)
		err = register_blkdev(IDE1_MAJOR, "ide1", &ide_cd_ops);
	if (!err)
		return 0;
	forget_drives();
	outb(CONTROL_NO_IRQ, CONTROL);
	free_irq(IRQ, NULL);
ports:
	release();
	return err;
}

static void __exit ide_cd_exit(void)
{
	unregister_blkdev(IDE1_MAJOR, "ide1");
	forget_drives();
	outb(CONTROL_NO_IRQ, CONTROL);
	free_irq(IRQ, NULL);
	release();
}

module_init(ide_cd_init);
module_exit(ide_cd_exit);
