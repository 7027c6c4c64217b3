/* cdrom.c - what is the same for all CD-ROM drives (linux/cdrom.h) */
#include <linux/cdrom.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <asm/uaccess.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("what is the same for all CD-ROM drives");
MODULE_LICENSE("GPL");

static struct cdrom_device_info *drives;

static struct cdrom_device_info **find(kdev_t dev)
{
	struct cdrom_device_info **at = &drives;

	while (*at && (*at)->dev != dev)
		at = &(*at)->next;
	return at;
}

struct cdrom_device_info *cdrom_find_device(kdev_t dev)
{
	return *find(dev);
}

int register_cdrom(struct cdrom_device_info *cdi)
{
	if (!cdi->ops || !cdi->ops->open || !cdi->ops->release || !cdi->dev)
		return -EINVAL;
	if (cdrom_find_device(cdi->dev))
		return -EBUSY;
	cdi->use_count = 0;
	cdi->mc_flag = cdi->keep_locked = false;
	cdi->next = drives;
	drives = cdi;
	return 0;
}

int unregister_cdrom(struct cdrom_device_info *cdi)
{
	struct cdrom_device_info **at = find(cdi->dev);

	if (*at != cdi)
		return -EINVAL;
	*at = cdi->next;
	return 0;
}

static bool can(const struct cdrom_device_info *cdi, int capability)
{
	return cdi->ops->capability & capability;
}

static void lock_door(struct cdrom_device_info *cdi, int lock)
{
	if (can(cdi, CDC_LOCK))
		cdi->ops->lock_door(cdi, lock);
}

/* An open for the drive (to eject, say), not for what is in it. */
static bool is_for_drive(const struct file *file)
{
	return file->f_flags & O_NONBLOCK;
}

/* A tray that is open is closed first. */
static int wait_for_medium(struct cdrom_device_info *cdi)
{
	int status;

	if (!can(cdi, CDC_DRIVE_STATUS))
		return 0;
	status = cdi->ops->drive_status(cdi, 0);
	if (status == CDS_TRAY_OPEN && can(cdi, CDC_CLOSE_TRAY)) {
		cdi->ops->tray_move(cdi, 0);
		status = cdi->ops->drive_status(cdi, 0);
	}
	if (status < 0)
		return status;
	return status == CDS_NO_DISC || status == CDS_TRAY_OPEN ? -ENOMEDIUM : 0;
}

int cdrom_open(struct inode *inode, struct file *file)
{
	struct cdrom_device_info *cdi = cdrom_find_device(inode->i_rdev);
	int err;

	if (!cdi)
		return -ENXIO;
	if (is_for_drive(file))
		return cdi->ops->open(cdi, 1);
	if (file->f_mode & FMODE_WRITE)
		return -EROFS;
	err = wait_for_medium(cdi);
	if (!err)
		err = cdi->ops->open(cdi, 0);
	if (err)
		return err;
	if (cdi->use_count++ == 0)
		lock_door(cdi, 1);
	return 0;
}

int cdrom_release(struct inode *inode, struct file *file)
{
	struct cdrom_device_info *cdi = cdrom_find_device(inode->i_rdev);

	if (!cdi)
		return -ENXIO;
	if (!is_for_drive(file) && --cdi->use_count == 0 && !cdi->keep_locked)
		lock_door(cdi, 0);
	cdi->ops->release(cdi);
	return 0;
}

int cdrom_media_changed(kdev_t dev)
{
	struct cdrom_device_info *cdi = cdrom_find_device(dev);
	int changed;

	if (!cdi || !can(cdi, CDC_MEDIA_CHANGED))
		return 0;
	changed = cdi->ops->media_changed(cdi, 0);
	if (changed > 0)
		cdi->mc_flag = true;
	return changed;
}

static int eject(struct cdrom_device_info *cdi)
{
	if (!can(cdi, CDC_OPEN_TRAY))
		return -ENOSYS;
	if (cdi->use_count || cdi->keep_locked)
		return -EBUSY;
	lock_door(cdi, 0);
	return cdi->ops->tray_move(cdi, 1);
}

static int set_lock(struct cdrom_device_info *cdi, int lock)
{
	if (!can(cdi, CDC_LOCK))
		return -ENOSYS;
	cdi->keep_locked = lock;
	if (!lock && cdi->use_count)
		return -EBUSY;
	return cdi->ops->lock_door(cdi, lock);
}

static int read_toc(struct cdrom_device_info *cdi, unsigned long user)
{
	uint8_t tracks[2];
	int err = cdi->ops->read_toc ? cdi->ops->read_toc(cdi, tracks) : -ENOSYS;

	if (!err && copy_to_user((void *)user, tracks, sizeof(tracks)))
		err = -EFAULT;
	return err;
}

static int take_changed(struct cdrom_device_info *cdi)
{
	bool changed;

	cdrom_media_changed(cdi->dev);
	changed = cdi->mc_flag;
	cdi->mc_flag = false;
	return changed;
}

static int drive_status(struct cdrom_device_info *cdi)
{
	return can(cdi, CDC_DRIVE_STATUS) ? cdi->ops->drive_status(cdi, 0) : CDS_NO_INFO;
}

static int disc_status(struct cdrom_device_info *cdi)
{
	int status = drive_status(cdi);

	return status == CDS_DISC_OK ? CDS_DATA_1 : status;
}

int cdrom_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		unsigned long arg)
{
	struct cdrom_device_info *cdi = cdrom_find_device(inode->i_rdev);

	if (!cdi)
		return -ENXIO;
	switch (cmd) {
	case CDROMEJECT:
		return eject(cdi);
	case CDROMCLOSETRAY:
		return can(cdi, CDC_CLOSE_TRAY) ? cdi->ops->tray_move(cdi, 0) : -ENOSYS;
	case CDROM_LOCKDOOR:
		return set_lock(cdi, arg != 0);
	case CDROM_MEDIA_CHANGED:
		return take_changed(cdi);
	case CDROM_DRIVE_STATUS:
		return drive_status(cdi);
	case CDROM_DISC_STATUS:
		return disc_status(cdi);
	case CDROM_GET_CAPABILITY:
		return cdi->ops->capability;
	case CDROMREADTOCHDR:
		return read_toc(cdi, arg);
	}
	return -ENOTTY;
}

EXPORT_SYMBOL(register_cdrom);
EXPORT_SYMBOL(unregister_cdrom);
EXPORT_SYMBOL(cdrom_find_device);
EXPORT_SYMBOL(cdrom_open);
EXPORT_SYMBOL(cdrom_release);
EXPORT_SYMBOL(cdrom_ioctl);
EXPORT_SYMBOL(cdrom_media_changed);

static int __init cdrom_init(void)
{
	return 0;
}

static void __exit cdrom_exit(void)
{
}

module_init(cdrom_init);
module_exit(cdrom_exit);
