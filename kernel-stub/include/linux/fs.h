/* linux/fs.h - files, inodes, names, mounted file systems, character devices
 *
 * An inode is a file; a dentry is a name for one in a tree; a file is one opening of it.
 * References: a dentry holds its inode and its parent; a file holds its dentry. Whoever
 * is handed a dentry, inode or file by a `get`, `lookup` or `open` owes the matching
 * `put`. A dentry without inode (d_inode == NULL) is a name that does not exist; it is
 * what create, mkdir and their like are handed to fill in.
 *
 * A regular file's content is pages: i_op->get_page, or i_op->readpage of a file system
 * that copies them from a disk. Reading, mapping and execve all stand on these.
 */
#ifndef LINUX_FS_H
#define LINUX_FS_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/kdev_t.h>
#include <linux/poll.h>
#include <linux/slab.h>

struct module;
struct page;
struct inode;
struct dentry;
struct file;
struct super_block;
struct vm_area_struct;
struct block_device;

/* --- files -------------------------------------------------------------------------- */

/* One name of a directory: 0 to go on, else stop and keep it for the next call. */
typedef int (*filldir_t)(void *to, const char *name, int len, loff_t off, ino_t ino,
			 unsigned int type);

/* The shape of 2.4. Buffers lie in ring 3: move bytes with copy_to_user and its like. */
struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *, loff_t, int);
	ssize_t (*read)(struct file *, char *, size_t, loff_t *);
	ssize_t (*write)(struct file *, const char *, size_t, loff_t *);
	int (*readdir)(struct file *, void *, filldir_t);
	unsigned int (*poll)(struct file *, struct poll_table_struct *);
	int (*ioctl)(struct inode *, struct file *, unsigned int, unsigned long);
	int (*mmap)(struct file *, struct vm_area_struct *);
	int (*open)(struct inode *, struct file *);
	int (*flush)(struct file *);
	int (*release)(struct inode *, struct file *);
	int (*fsync)(struct file *, struct dentry *, int);
};

struct file {
	struct dentry *f_dentry;
	const struct file_operations *f_op;
	int f_count;
	unsigned int f_flags; /* O_* */
	unsigned int f_mode;  /* FMODE_* */
	loff_t f_pos;
	void *private_data;	/* the driver's */
	struct module *f_owner; /* module of the device, in use while this is open */
};

#define FMODE_READ  1
#define FMODE_WRITE 2

#define O_ACCMODE   00000003
#define O_RDONLY    00000000
#define O_WRONLY    00000001
#define O_RDWR	    00000002
#define O_CREAT	    00000100
#define O_EXCL	    00000200
#define O_NOCTTY    00000400
#define O_TRUNC	    00001000
#define O_APPEND    00002000
#define O_NONBLOCK  00004000
#define O_LARGEFILE 00100000
#define O_DIRECTORY 00200000
#define O_NOFOLLOW  00400000
#define O_CLOEXEC   02000000
#define O_PATH	    010000000

/* Open what `path` names (kernel memory): a file with f_count 1. -errno in the pointer.
 */
struct file *filp_open(const char *path, int flags, int mode);
int filp_close(struct file *file);
/* One more user; one less, the last releases: 0, or -EFAULT or -ETIME of a driver that was
 * stopped in there. */
static inline void get_file(struct file *file)
{
	file->f_count++;
}
int fput(struct file *file);
/* The current process's file of a descriptor (borrowed), NULL if there is none. */
struct file *fget(unsigned int fd);
/* A file on an inode that has no name (pipes): takes over the reference to the inode. */
struct file *file_anonymous(struct inode *inode, const struct file_operations *fop,
			    unsigned int flags);
/* Lowest free descriptor >= `from` set to the file, whose reference it takes over on
 * success; -EMFILE. */
int fd_install(struct file *file, unsigned int from, bool cloexec);

/* For drivers whose files have no position. */
loff_t no_llseek(struct file *file, loff_t offset, int whence);

/* --- inodes ------------------------------------------------------------------------- */

struct inode_operations {
	/* Fill in dentry->d_inode if the directory has the name; 0 also if it has not. */
	int (*lookup)(struct inode *dir, struct dentry *dentry);
	int (*create)(struct inode *dir, struct dentry *dentry, int mode);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, int mode);
	int (*mknod)(struct inode *dir, struct dentry *dentry, int mode, kdev_t rdev);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*link)(struct inode *dir, struct dentry *dentry, struct inode *inode);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	/* The target name does not exist any more: it was unlinked or removed before. */
	int (*rename)(struct dentry *from, struct dentry *to);
	/* Target of a symbolic link: NUL-terminated, lives as long as the inode. */
	const char *(*readlink)(struct inode *inode);
	/* Page `index` of a regular file with a reference for the caller; NULL: a hole
	 * (zeros) if *error is 0. */
	struct page *(*get_page)(struct inode *inode, unsigned long index, int *error);
	/* Or: fill `to` with the PAGE_SIZE bytes of page `index`, which begins before the
	 * end of the file; what lies behind the end is zeroed by the caller. 0 or -errno. */
	int (*readpage)(struct inode *inode, unsigned long index, void *to);
	int (*truncate)(struct inode *inode, loff_t size);
	/* Last reference gone: free what the file system hung on it. */
	void (*release)(struct inode *inode);
};

struct inode {
	int i_count;
	ino_t i_ino;
	mode_t i_mode;
	bool i_named; /* has been given to a dentry */
	unsigned int i_nlink;
	uid_t i_uid;
	gid_t i_gid;
	kdev_t i_rdev;
	loff_t i_size;
	time_t i_atime, i_mtime, i_ctime;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
	struct super_block *i_sb;
	void *i_private; /* the file system's */
};

/* A new inode with one reference, nlink 1, owned by the current process; or NULL. Its memory
 * is on the account of the caller's module. */
struct inode *inode_init(struct inode *inode, struct super_block *sb, mode_t mode);
static inline struct inode *inode_new(struct super_block *sb, mode_t mode)
{
	return inode_init(kmalloc(sizeof(struct inode), GFP_KERNEL), sb, mode);
}
struct inode *igrab(struct inode *inode);
void iput(struct inode *inode);
/* Is its content pages? Then page `index` with a reference for the caller; NULL: a hole
 * if *error is 0. */
bool inode_has_pages(const struct inode *inode);
struct page *inode_page(struct inode *inode, unsigned long index, int *error);

#define S_IFMT	    0170000
#define S_IFSOCK    0140000
#define S_IFLNK	    0120000
#define S_IFREG	    0100000
#define S_IFBLK	    0060000
#define S_IFDIR	    0040000
#define S_IFCHR	    0020000
#define S_IFIFO	    0010000
#define S_ISUID	    0004000
#define S_ISGID	    0002000
#define S_ISVTX	    0001000
#define S_ISREG(m)  (((m)&S_IFMT) == S_IFREG)
#define S_ISDIR(m)  (((m)&S_IFMT) == S_IFDIR)
#define S_ISCHR(m)  (((m)&S_IFMT) == S_IFCHR)
#define S_ISBLK(m)  (((m)&S_IFMT) == S_IFBLK)
#define S_ISLNK(m)  (((m)&S_IFMT) == S_IFLNK)
#define S_ISFIFO(m) (((m)&S_IFMT) == S_IFIFO)

#define DT_FIFO 1
#define DT_CHR	2
#define DT_DIR	4
#define DT_BLK	6
#define DT_REG	8
#define DT_LNK	10

/* The ready-made operations of files whose content is get_page. */
ssize_t generic_file_read(struct file *file, char *buf, size_t count, loff_t *pos);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
extern const struct file_operations generic_ro_fops;
/* Read a regular file into kernel memory: bytes read (short at its end) or -errno. */
int kernel_read(struct inode *inode, loff_t pos, void *buf, size_t count);

/* --- names -------------------------------------------------------------------------- */

#define NAME_MAX 255
#define PATH_MAX 4096

struct dentry {
	int d_count;
	struct dentry *d_parent; /* itself at the root of a file system */
	struct inode *d_inode;	 /* NULL: the name does not exist */
	struct list_head d_subdirs,
		d_child; /* children in memory; place among siblings */
	struct super_block *d_sb;
	struct dentry *d_mounted; /* root of the file system mounted here */
	bool d_pinned;		  /* the tree in memory is the file system (ramfs) */
	bool d_in_lookup;	  /* whether it has an inode is being found out */
	char *d_name;
};

struct dentry *dget(struct dentry *dentry);
void dput(struct dentry *dentry);
/* Give a negative dentry its inode, whose reference the dentry takes over. */
void d_instantiate(struct dentry *dentry, struct inode *inode);
struct dentry *d_alloc_root(struct super_block *sb, struct inode *inode);
/* Make an inode, whose reference is taken over, the root of a file system: 0 or -ENOMEM, also
 * for NULL. */
int super_set_root(struct super_block *sb, struct inode *inode);
/* Options of mount, separated by commas: each is one of a table that ends with name NULL.
 * 0, or -EINVAL. */
struct mount_option {
	const char *name;    /* "norock", or with a number: "uid=" */
	unsigned int base;   /* of the number */
	unsigned int *value; /* gets the number; without one 1 */
};
int mount_options(const char *text, const struct mount_option *table);
/* Child of that name in memory (referenced) or NULL. */
struct dentry *d_find(struct dentry *parent, const char *name, int len);
struct dentry *d_alloc(struct dentry *parent, const char *name, int len);
/* Take the name out of its directory; it lives on for who still has it open. */
void d_drop(struct dentry *dentry);
/* Give a dentry the name and place of `target`, which is unused and loses them. */
void d_move(struct dentry *dentry, struct dentry *target);
/* Walk the names below `top` that are in memory, those of a directory before what it
 * holds; NULL at the end. Directories may be nested deeper than a stack is deep. */
struct dentry *d_next(struct dentry *top, struct dentry *at);
/* readdir of a file system that is its dentries. */
int dcache_readdir(struct file *file, void *to, filldir_t fill);

/* --- mounted file systems ----------------------------------------------------------- */

/* What statfs(2) tells; blocks of f_bsize bytes. */
struct kstatfs {
	uint32_t f_type, f_bsize, f_blocks, f_bfree;
};

struct file_system_type {
	const char *name;
	int fs_flags; /* FS_REQUIRES_DEV */
	/* Fill in a new super block, s_root included; s_bdev is there already. If it fails,
	 * put_super is called with what there is. */
	int (*read_super)(struct super_block *sb, const char *device,
			  const char *options);
	/* Unmounted: free what hangs on the super block; the root is gone already. */
	void (*put_super)(struct super_block *sb);
	/* Before that: give up the names kept in memory (ramfs); NULL: none are. */
	void (*drop_names)(struct super_block *sb);
	/* How large, and how full, it is; NULL: it is as large as memory. */
	int (*statfs)(struct super_block *sb, struct kstatfs *st);
	struct module *owner;
};
#define FS_REQUIRES_DEV 1
#define FS_NAME_MAX	32 /* with the NUL */

struct super_block {
	const struct file_system_type *s_type;
	struct module *s_owner; /* in use while mounted; NULL: the kernel */
	char s_type_name[FS_NAME_MAX];
	struct dentry *s_root;
	struct dentry *s_covered;    /* mount point, NULL for the root */
	unsigned int s_flags;	     /* MS_* */
	kdev_t s_dev;		     /* a number of its own if it has no device */
	struct block_device *s_bdev; /* open while mounted; NULL: none is needed */
	char s_device[64];	     /* as mount(2) named it */
	ino_t s_last_ino;
	int s_inode_refs; /* references to inodes of it */
	struct list_head s_list;
	void *s_private;
};
#define MS_RDONLY 1
#define MS_NOSUID 2
#define MS_NODEV  4
#define MS_NOEXEC 8

/* -EBUSY: there is one of that name; -EINVAL: there is not. */
int register_filesystem(struct file_system_type *type);
int unregister_filesystem(struct file_system_type *type);

/* --- character devices (kernel/chrdev.c) ----------------------------------------------
 */

/* major 0: any free one, returned; else 0. -EBUSY, -EINVAL. */
int register_chrdev(unsigned int major, const char *name, struct file_operations *fops);
int unregister_chrdev(unsigned int major, const char *name);

/* --- block devices (kernel/blkdev.c; linux/blkdev.h has what drivers and file systems call)
 */

/* open, release and ioctl as in 2.4; where that has a queue of requests, here is one
 * function. */
struct block_device_operations {
	struct module *owner;
	int (*open)(struct inode *, struct file *);
	int (*release)(struct inode *, struct file *);
	int (*ioctl)(struct inode *, struct file *, unsigned int, unsigned long);
	/* Has the medium been changed since this was asked last? 1 or 0. */
	int (*check_media_change)(kdev_t);
	/* Then: find out what is there now. */
	int (*revalidate)(kdev_t);
	/* Bytes of an open device, a multiple of 512. */
	loff_t (*size)(kdev_t);
	/* Move `count` sectors of 512 bytes between the device and memory, and sleep until
	 * that is done. They lie inside of the device; requests for one device come one at
	 * a time. 0, -EIO, -EROFS ... */
	int (*transfer)(kdev_t, int write, unsigned long sector, unsigned int count,
			void *buf);
};

/* As register_chrdev(). */
int register_blkdev(unsigned int major, const char *name,
		    struct block_device_operations *bdops);
int unregister_blkdev(unsigned int major, const char *name);

/* --- boot ----------------------------------------------------------------------------
 */

void vfs_init(void);
/* Fill the root from a cpio archive (newc) of `len` bytes in memory. */
int initramfs_unpack(const void *cpio, size_t len);

#endif
