/* fat.c - FAT12, FAT16 and FAT32 on any block device, read-only; msdos and vfat show them
 *
 * Format: Microsoft's "FAT: General Overview of On-Disk Format" 1.03; `offset' is that of
 * its tables. Cluster numbers and chains come from the medium: each is checked against
 * the volume, and a chain is never followed further than the file is long.
 *
 * Options: uid=, gid=, umask= (octal).
 */
#include <asm/unaligned.h>
#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/msdos_fs.h>
#include <linux/slab.h>
#include <linux/string.h>

#define PAGE	   4096u
#define SLOT	   32u /* bytes of a directory entry */
#define SLOTS_MAX  65536u
#define LONG_SLOTS 20 /* of a name: 13 characters each */
#define LONG_CHARS 13
#define PIECE	   128u /* entries of the FAT that are counted at a time: even */
#define FAT_MAGIC  0x4d44

#define ATTR_READONLY 0x01
#define ATTR_VOLUME   0x08
#define ATTR_DIR      0x10
#define ATTR_LONG     0x0f

#define CASE_BASE 0x08 /* offset 12: the base, the extension is in lower case */
#define CASE_EXT  0x10

#define CHAIN_END (-ERANGE) /* a chain is shorter than was asked for */

#define SLOT_END  0x00
#define SLOT_FREE 0xe5

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("what msdos and vfat have in common: the FAT");
MODULE_LICENSE("GPL");

/* What hangs on the super block. */
struct volume {
	struct block_device *bdev;
	unsigned int bits;     /* of an entry of the FAT: 12, 16, 32 */
	uint32_t cluster_size; /* bytes */
	uint32_t clusters;     /* numbered 2 ... clusters + 1 */
	loff_t fat, data;      /* positions on the device */
	loff_t root;	       /* of FAT12/16: there, in one piece */
	uint32_t root_size;    /* bytes; 0: FAT32 */
	uint32_t root_cluster; /* of FAT32 */
	uint32_t free;	       /* clusters, if counted */
	bool counted;
	bool long_names;
	uid_t uid;
	gid_t gid;
	unsigned int umask;
};

/* What hangs on an inode: its first cluster, and the one where reading was last, so that
 * reading on does not start from the beginning. */
struct content {
	uint32_t first; /* 0: no clusters, or the root of FAT12/16 */
	uint32_t index, cluster;
};

/* What a directory says about a name. */
struct entry {
	char name[NAME_MAX + 1];
	unsigned int name_len;
	uint8_t attr;
	uint32_t first, size;
	time_t mtime;
	loff_t pos; /* of its slot on the device: the inode number */
};

/* A walk through a directory. */
struct scan {
	struct super_block *sb;
	struct content *dir;
	bool is_root;
	unsigned int slot; /* the next one */
	struct entry entry;
	uint8_t raw[SLOT];
	loff_t raw_pos;
	/* a long name as it comes, last part first: */
	uint8_t name[LONG_SLOTS * LONG_CHARS * 2];
	unsigned int parts, missing;
	uint8_t checksum;
};

static struct volume *volume(const struct super_block *sb)
{
	return sb->s_private;
}

/* --- the FAT ------------------------------------------------------------------------ */

static bool is_cluster(const struct volume *v, uint32_t cluster)
{
	return cluster >= 2 && cluster - 2 < v->clusters;
}

/* Read n entries, the first of an even number: whole bytes. */
static int fat_read(const struct volume *v, uint32_t first, uint32_t n, uint8_t *raw)
{
	return blkdev_read(v->bdev, v->fat + (loff_t)first * v->bits / 8, raw,
			   (n * v->bits + 7) / 8);
}

/* Number i of them. */
static uint32_t fat_entry(const struct volume *v, const uint8_t *raw, uint32_t i)
{
	raw += i * v->bits / 8;
	if (v->bits == 32)
		return get_le32(raw) & 0x0fffffff;
	if (v->bits == 16)
		return get_le16(raw);
	return i & 1 ? get_le16(raw) >> 4 : get_le16(raw) & 0xfff;
}

/* What follows the cluster: *next, for which is_cluster() holds. */
static int next_cluster(const struct volume *v, uint32_t cluster, uint32_t *next)
{
	uint8_t raw[8];
	int err = fat_read(v, cluster & ~1u, (cluster & 1) + 1, raw);

	if (err)
		return err;
	*next = fat_entry(v, raw, cluster & 1);
	return is_cluster(v, *next) ? 0 : CHAIN_END;
}

static int count_free(struct volume *v)
{
	uint8_t raw[PIECE * 4];
	uint32_t n;
	int err;

	v->free = 0;
	for (uint32_t done = 0; done < v->clusters; done += n) {
		n = min(v->clusters - done, (uint32_t)PIECE);
		err = fat_read(v, 2 + done, n, raw);
		if (err)
			return err;
		for (uint32_t i = 0; i < n; i++)
			v->free += !fat_entry(v, raw, i);
	}
	return 0;
}

/* Cluster number `index` of a file; CHAIN_END if it has fewer. Reading sleeps, and
 * somebody else may read the same file meanwhile. */
static int find_cluster(const struct volume *v, struct content *c, uint32_t index,
			uint32_t *out)
{
	uint32_t at = c->index, cluster = c->cluster;
	int err = 0;

	if (!is_cluster(v, c->first) || index >= v->clusters)
		return CHAIN_END;
	if (index < at || !cluster) {
		at = 0;
		cluster = c->first;
	}
	for (; at < index && !err; at++)
		err = next_cluster(v, cluster, &cluster);
	if (err)
		return err;
	c->index = index;
	c->cluster = cluster;
	*out = cluster;
	return 0;
}

/* Where byte `pos` of a file is on the device. */
static int find_byte(const struct volume *v, struct content *c, uint32_t pos, loff_t *out)
{
	uint32_t cluster;
	int err = find_cluster(v, c, pos / v->cluster_size, &cluster);

	if (!err)
		*out = v->data + (loff_t)(cluster - 2) * v->cluster_size +
		       pos % v->cluster_size;
	return err;
}

/* --- names -------------------------------------------------------------------------- */

static void add_char(struct entry *e, char c)
{
	if (e->name_len < NAME_MAX)
		e->name[e->name_len++] = c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Characters [from, to) without the blanks at the end. */
static void add_part(struct entry *e, const uint8_t *raw, int from, int to, bool lowered)
{
	while (to > from && raw[to - 1] == ' ')
		to--;
	for (; from < to; from++)
		add_char(e, lowered ? lower(raw[from]) : raw[from]);
}

/* 8.3, shown in lower case by msdos, and as it was meant by vfat. */
static void short_name(struct entry *e, const uint8_t *raw, bool as_meant)
{
	bool has_ext = raw[8] != ' ' || raw[9] != ' ' || raw[10] != ' ';

	e->name_len = 0;
	add_part(e, raw, 0, 8, !as_meant || (raw[12] & CASE_BASE));
	if (e->name_len && (uint8_t)e->name[0] == 0x05)
		e->name[0] = SLOT_FREE; /* a name that begins so is stored otherwise */
	if (has_ext) {
		add_char(e, '.');
		add_part(e, raw, 8, 11, !as_meant || (raw[12] & CASE_EXT));
	}
}

static uint8_t checksum(const uint8_t *raw)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (sum >> 1 | sum << 7) + raw[i];
	return sum;
}

/* A part of a long name: offset 0 which one, the first stored with 0x40; 13 its checksum;
 * characters in three runs. */
static void long_part(struct scan *s)
{
	static const uint8_t at[LONG_CHARS] = {1,  3,  5,  7,  9,  14, 16,
					       18, 20, 22, 24, 28, 30};
	const uint8_t *raw = s->raw;
	unsigned int n = raw[0] & 0x3f;

	if (raw[0] & 0x40) {
		s->parts = s->missing = n <= LONG_SLOTS ? n : 0;
		s->checksum = raw[13];
	}
	if (!s->missing || n != s->missing || raw[13] != s->checksum) {
		s->parts = s->missing = 0;
		return;
	}
	s->missing--;
	for (int i = 0; i < LONG_CHARS; i++)
		memcpy(s->name + ((n - 1) * LONG_CHARS + i) * 2, raw + at[i], 2);
}

static void add_utf8(struct entry *e, uint32_t c)
{
	if (c < 0x80) {
		add_char(e, c);
		return;
	}
	if (c < 0x800) {
		add_char(e, 0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			add_char(e, 0xe0 | c >> 12);
		} else {
			add_char(e, 0xf0 | c >> 18);
			add_char(e, 0x80 | (c >> 12 & 0x3f));
		}
		add_char(e, 0x80 | (c >> 6 & 0x3f));
	}
	add_char(e, 0x80 | (c & 0x3f));
}

/* The parts that came are the name of this entry? Then as UTF-8; what is no character
 * becomes U+FFFD. */
static bool long_name(struct scan *s)
{
	unsigned int n = s->parts * LONG_CHARS;
	uint32_t c, low;

	if (!s->parts || s->missing || s->checksum != checksum(s->raw))
		return false;
	s->entry.name_len = 0;
	for (unsigned int i = 0; i < n; i++) {
		c = get_le16(s->name + 2 * i);
		low = i + 1 < n ? get_le16(s->name + 2 * i + 2) : 0;
		if (!c)
			break;
		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i++;
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		}
		if (s->entry.name_len > NAME_MAX - 4)
			return false;
		add_utf8(&s->entry, c);
	}
	return s->entry.name_len > 0;
}

/* --- directories -------------------------------------------------------------------- */

/* Offsets 22 and 24: seconds / 2, minutes, hours; day, month, years since 1980. */
static time_t time_of(const uint8_t *raw)
{
	static const uint16_t before[] = {0,   31,  59,	 90,  120, 151,
					  181, 212, 243, 273, 304, 334};
	unsigned int time = get_le16(raw + 22), date = get_le16(raw + 24);
	unsigned int year = date >> 9, month = date >> 5 & 15, day = date & 31;
	long days;

	if (month < 1 || month > 12 || day < 1 || year > 57)
		return 0;
	days = 3652 + year * 365 + (year + 3) / 4 + before[month - 1] + day - 1;
	if (year % 4 == 0 && month > 2)
		days++;
	return days * 86400 + (time >> 11) * 3600 + (time >> 5 & 63) * 60 +
	       (time & 31) * 2;
}

/* Read the next slot. 1; 0 at the end; -errno. A directory has no size: it ends with its
 * chain, with an empty slot, or where the format says that it is full. */
static int next_slot(struct scan *s)
{
	const struct volume *v = volume(s->sb);
	uint32_t pos = s->slot * SLOT;
	int err;

	if (s->slot >= SLOTS_MAX)
		return 0;
	if (s->is_root && v->root_size) {
		if (pos >= v->root_size)
			return 0;
		s->raw_pos = v->root + pos;
	} else {
		err = find_byte(v, s->dir, pos, &s->raw_pos);
		if (err == CHAIN_END)
			return pos ? 0 : -EIO;
		if (err)
			return err;
	}
	err = blkdev_read(v->bdev, s->raw_pos, s->raw, SLOT);
	if (err)
		return err;
	s->slot++;
	return s->raw[0] != SLOT_END;
}

static void read_entry(struct scan *s)
{
	const uint8_t *raw = s->raw;
	struct entry *e = &s->entry;

	if (!volume(s->sb)->long_names || !long_name(s))
		short_name(e, raw, volume(s->sb)->long_names);
	e->attr = raw[11];
	e->first = get_le16(raw + 26);
	if (volume(s->sb)->bits == 32)
		e->first |= (uint32_t)get_le16(raw + 20) << 16;
	e->size = get_le32(raw + 28);
	e->mtime = time_of(raw);
	e->pos = s->raw_pos;
}

static bool is_dots(const struct entry *e)
{
	return e->name[0] == '.' &&
	       (e->name_len == 1 || (e->name_len == 2 && e->name[1] == '.'));
}

static bool is_showable(const struct entry *e)
{
	return e->name_len && !memchr(e->name, '/', e->name_len) &&
	       !memchr(e->name, '\0', e->name_len) && !is_dots(e);
}

/* The next entry but "." and "..". 1; 0 at the end; -errno. */
static int next_entry(struct scan *s)
{
	int got;

	while ((got = next_slot(s)) > 0) {
		if (s->raw[0] == SLOT_FREE) {
			s->parts = 0;
		} else if ((s->raw[11] & 0x3f) == ATTR_LONG) {
			long_part(s);
		} else {
			read_entry(s);
			s->parts = 0;
			if (!(s->raw[11] & ATTR_VOLUME) && is_showable(&s->entry))
				return 1;
		}
	}
	return got;
}

static struct scan *scan_start(struct inode *dir)
{
	struct scan *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	s->sb = dir->i_sb;
	s->dir = dir->i_private;
	s->is_root = !dir->i_sb->s_root || dir == dir->i_sb->s_root->d_inode;
	return s;
}

/* --- inodes ------------------------------------------------------------------------- */

static const struct inode_operations dir_iops, file_iops;
static const struct file_operations dir_fops;

static struct inode *inode_make(struct super_block *sb, bool is_dir, uint32_t first)
{
	const struct volume *v = volume(sb);
	struct content *c = kmalloc(sizeof(*c), GFP_KERNEL);
	struct inode *inode;

	if (!c)
		return NULL;
	*c = (struct content){.first = first};
	inode = inode_new(sb, (is_dir ? S_IFDIR : S_IFREG) | (0777 & ~v->umask));
	if (!inode) {
		kfree(c);
		return NULL;
	}
	inode->i_private = c;
	inode->i_uid = v->uid;
	inode->i_gid = v->gid;
	inode->i_op = is_dir ? &dir_iops : &file_iops;
	inode->i_fop = is_dir ? &dir_fops : &generic_ro_fops;
	return inode;
}

static int entry_inode(struct super_block *sb, const struct entry *e, struct inode **out)
{
	bool is_dir = e->attr & ATTR_DIR;
	struct inode *inode = inode_make(sb, is_dir, e->first);

	if (!inode)
		return -ENOMEM;
	inode->i_ino = e->pos / SLOT;
	inode->i_size = is_dir ? 0 : e->size;
	if (e->attr & ATTR_READONLY)
		inode->i_mode &= ~0222;
	inode->i_mtime = inode->i_atime = inode->i_ctime = e->mtime;
	*out = inode;
	return 0;
}

static void fat_release(struct inode *inode)
{
	kfree(inode->i_private);
}

/* Names differ in more than the case of their letters (A to Z). */
static bool is_named(const struct entry *e, const char *name)
{
	if (strlen(name) != e->name_len)
		return false;
	for (unsigned int i = 0; i < e->name_len; i++)
		if (lower(e->name[i]) != lower(name[i]))
			return false;
	return true;
}

static int fat_lookup(struct inode *dir, struct dentry *dentry)
{
	struct scan *s = scan_start(dir);
	struct inode *inode;
	int got;

	if (!s)
		return -ENOMEM;
	while ((got = next_entry(s)) > 0)
		if (is_named(&s->entry, dentry->d_name))
			break;
	if (got > 0) {
		got = entry_inode(dir->i_sb, &s->entry, &inode);
		if (!got)
			d_instantiate(dentry, inode);
	}
	kfree(s);
	return got;
}

/* Positions: 0 ".", 1 "..", then 2 + the number of the slot to go on from. */
static int fat_readdir(struct file *file, void *to, filldir_t fill)
{
	struct dentry *dentry = file->f_dentry;
	struct scan *s;
	int got = 1;

	for (; file->f_pos < 2; file->f_pos++)
		if (fill(to, "..", 1 + file->f_pos, file->f_pos,
			 file->f_pos ? dentry->d_parent->d_inode->i_ino
				     : dentry->d_inode->i_ino,
			 DT_DIR))
			return 0;
	if (file->f_pos - 2 >= SLOTS_MAX)
		return 0;
	s = scan_start(dentry->d_inode);
	if (!s)
		return -ENOMEM;
	s->slot = file->f_pos - 2;
	while (got > 0 && (got = next_entry(s)) > 0) {
		const struct entry *e = &s->entry;

		if (fill(to, e->name, e->name_len, s->slot + 1, e->pos / SLOT,
			 e->attr & ATTR_DIR ? DT_DIR : DT_REG))
			break;
		file->f_pos = 2 + s->slot;
	}
	kfree(s);
	return got < 0 ? got : 0;
}

/* Pages of a file in clusters of any size. */
static int fat_readpage(struct inode *inode, unsigned long index, void *to)
{
	const struct volume *v = volume(inode->i_sb);
	uint32_t pos = index * PAGE, left, part;
	loff_t at;
	int err = 0;

	left = min((loff_t)PAGE, inode->i_size - pos);
	for (; left && !err; left -= part, pos += part, to = (char *)to + part) {
		part = min(left, v->cluster_size - pos % v->cluster_size);
		err = find_byte(v, inode->i_private, pos, &at);
		if (!err)
			err = blkdev_read(v->bdev, at, to, part);
	}
	return err == CHAIN_END ? -EIO : err;
}

static const struct inode_operations dir_iops = {
	.lookup = fat_lookup,
	.release = fat_release,
};

static const struct inode_operations file_iops = {
	.readpage = fat_readpage,
	.release = fat_release,
};

static const struct file_operations dir_fops = {
	.llseek = generic_file_llseek,
	.readdir = fat_readdir,
};

/* --- mounting ----------------------------------------------------------------------- */

static int parse_options(struct volume *v, const char *text)
{
	const struct mount_option table[] = {
		{"uid=", 10, &v->uid},
		{"gid=", 10, &v->gid},
		{"umask=", 8, &v->umask},
		{NULL},
	};

	v->umask = 022;
	return mount_options(text, table);
}

static bool is_power_of_two(unsigned int n)
{
	return n && !(n & (n - 1));
}

/* Offsets of the boot sector. */
enum {
	BS_SECTOR_SIZE = 11,
	BS_CLUSTER = 13,
	BS_RESERVED = 14,
	BS_FATS = 16,
	BS_ROOT_SLOTS = 17,
	BS_SECTORS16 = 19,
	BS_MEDIA = 21,
	BS_FAT_SIZE16 = 22,
	BS_SECTORS32 = 32,
	BS_FAT_SIZE32 = 36,
	BS_ROOT_CLUSTER = 44,
	BS_SIZE = 512
};

/* The layout of the volume, in 64 bits so that nothing overflows. */
static int lay_out(struct volume *v, const uint8_t *bs)
{
	uint32_t sector = get_le16(bs + BS_SECTOR_SIZE), per_cluster = bs[BS_CLUSTER];
	uint32_t sectors = get_le16(bs + BS_SECTORS16);
	uint32_t fat_size = get_le16(bs + BS_FAT_SIZE16);
	uint64_t data, clusters, end;
	uint32_t fat_bytes;

	if (!is_power_of_two(sector) || sector < 512 || sector > 4096 ||
	    !is_power_of_two(per_cluster) || !bs[BS_FATS] || bs[BS_MEDIA] < 0xf0 ||
	    !get_le16(bs + BS_RESERVED))
		return -EINVAL;
	if (!sectors)
		sectors = get_le32(bs + BS_SECTORS32);
	if (!fat_size) {
		fat_size = get_le32(bs + BS_FAT_SIZE32);
		v->root_cluster = get_le32(bs + BS_ROOT_CLUSTER);
		v->bits = 32;
	}
	v->root_size = get_le16(bs + BS_ROOT_SLOTS) * SLOT;
	v->cluster_size = sector * per_cluster;
	v->fat = (loff_t)get_le16(bs + BS_RESERVED) * sector;
	v->root = v->fat + (loff_t)bs[BS_FATS] * fat_size * sector;
	v->data = data = v->root + ALIGN(v->root_size, sector);
	end = (uint64_t)sectors * sector;
	if (data >= end || !fat_size || (v->bits == 32 && v->root_size))
		return -EINVAL;
	/* a shift: the size is a power of two, and nobody divides 64 bits here */
	clusters = (end - data) >> __builtin_ctz(v->cluster_size);
	if (!v->bits)
		v->bits = clusters < 4085 ? 12 : 16;
	/* no more than the FAT has entries for, and the device holds */
	fat_bytes = min((uint64_t)fat_size * sector, (uint64_t)1 << 30);
	clusters = min(clusters, (uint64_t)(v->bits == 12 ? fat_bytes / 3 * 2
							  : fat_bytes / (v->bits / 8)));
	if ((uint64_t)v->bdev->bd_size <= data)
		return -EINVAL;
	v->clusters = min(clusters,
			  (v->bdev->bd_size - data) >> __builtin_ctz(v->cluster_size));
	return 0;
}

int fat_read_super(struct super_block *sb, const char *options, bool long_names)
{
	struct volume *v = kmalloc(sizeof(*v), GFP_KERNEL);
	uint8_t bs[64];
	int err;

	if (!v)
		return -ENOMEM;
	memset(v, 0, sizeof(*v));
	sb->s_private = v;
	sb->s_flags |= MS_RDONLY;
	v->bdev = sb->s_bdev;
	v->long_names = long_names;
	err = parse_options(v, options);
	if (!err)
		err = blkdev_read(v->bdev, 0, bs, sizeof(bs)) ? -EINVAL : lay_out(v, bs);
	if (err)
		return err;
	return super_set_root(sb, inode_make(sb, true, v->root_cluster));
}

void fat_put_super(struct super_block *sb)
{
	kfree(sb->s_private);
}

/* The medium is not written to, so this is found out once. */
int fat_statfs(struct super_block *sb, struct kstatfs *st)
{
	struct volume *v = volume(sb);
	int err = v->counted ? 0 : count_free(v);

	if (err)
		return err;
	v->counted = true;
	st->f_type = FAT_MAGIC;
	st->f_bsize = v->cluster_size;
	st->f_blocks = v->clusters;
	st->f_bfree = v->free;
	return 0;
}

EXPORT_SYMBOL(fat_read_super);
EXPORT_SYMBOL(fat_statfs);
EXPORT_SYMBOL(fat_put_super);

static int __init fat_init(void)
{
	return 0;
}

static void __exit fat_exit(void)
{
}

module_init(fat_init);
module_exit(fat_exit);
