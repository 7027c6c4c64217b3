/* linux/cdrom.h - what is the same for all CD-ROM drives: module cdrom, and the ioctls
 *
 * A driver fills in a cdrom_device_info for each drive and registers it; in its block
 * device operations it calls cdrom_open() and its like, and they call back what the
 * drive can do.
 */
#ifndef _LINUX_CDROM_H
#define _LINUX_CDROM_H

#include <linux/fs.h>

struct cdrom_device_info;

/* The shape of 2.4, as far as our drivers go. Functions return a value, or -errno. */
struct cdrom_device_ops {
	/* purpose 0: the drive is opened, with a medium in it if need be (-ENOMEDIUM); 1:
	 * without. */
	int (*open)(struct cdrom_device_info *, int purpose);
	void (*release)(struct cdrom_device_info *);
	int (*drive_status)(struct cdrom_device_info *, int slot); /* CDS_* */
	int (*media_changed)(struct cdrom_device_info *, int slot);
	int (*tray_move)(struct cdrom_device_info *, int open);
	int (*lock_door)(struct cdrom_device_info *, int lock);
	/* First and last track (CDROMREADTOCHDR). */
	int (*read_toc)(struct cdrom_device_info *, uint8_t track[2]);
	int capability; /* CDC_* */
};

struct cdrom_device_info {
	struct cdrom_device_ops *ops;
	void *handle; /* the driver's */
	kdev_t dev;
	char name[20];
	/* the layer's own: */
	struct cdrom_device_info *next;
	int use_count;	  /* open for its medium */
	bool mc_flag;	  /* the medium has been changed, for CDROM_MEDIA_CHANGED */
	bool keep_locked; /* by CDROM_LOCKDOOR, beyond the last close */
};

/* 0; -EBUSY: there is one of that number; -EINVAL: something must be filled in. */
int register_cdrom(struct cdrom_device_info *cdi);
int unregister_cdrom(struct cdrom_device_info *cdi);
struct cdrom_device_info *cdrom_find_device(kdev_t dev);

/* -EROFS for writing, -ENOMEDIUM, and what the driver says. With O_NONBLOCK the drive is
 * opened as it is. The door is locked while somebody uses the medium. */
int cdrom_open(struct inode *inode, struct file *file);
int cdrom_release(struct inode *inode, struct file *file);
int cdrom_ioctl(struct inode *inode, struct file *file, unsigned int cmd,
		unsigned long arg);
/* For check_media_change. */
int cdrom_media_changed(kdev_t dev);

#define CDROMREADTOCHDR	     0x5305
#define CDROMEJECT	     0x5309
#define CDROMCLOSETRAY	     0x5319
#define CDROM_MEDIA_CHANGED  0x5325
#define CDROM_DRIVE_STATUS   0x5326
#define CDROM_DISC_STATUS    0x5327
#define CDROM_LOCKDOOR	     0x5329
#define CDROM_GET_CAPABILITY 0x5331

#define CDS_NO_INFO	    0
#define CDS_NO_DISC	    1
#define CDS_TRAY_OPEN	    2
#define CDS_DRIVE_NOT_READY 3
#define CDS_DISC_OK	    4
#define CDS_DATA_1	    101

#define CDC_CLOSE_TRAY	  0x1
#define CDC_OPEN_TRAY	  0x2
#define CDC_LOCK	  0x4
#define CDC_MEDIA_CHANGED 0x80
#define CDC_DRIVE_STATUS  0x800

#endif
