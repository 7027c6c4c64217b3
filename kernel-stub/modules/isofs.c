/* isofs.c - ISO 9660 on any block device: Rock Ridge, Joliet, plain names; read-only
 *
 * Formats: ECMA-119; SUSP 1.12 and RRIP 1.12 (IEEE P1281, P1282); Joliet. `Offset 10'
 * below is a byte position, counted from 0, in the structure of that standard.
 *
 * Nothing on the medium is believed: every range is checked by blkdev_read() against the
 * device, every length against what it was read into, every chain has a limit. What makes
 * no sense is an error of that file, never more.
 *
 * Options: norock, nojoliet, and for files without Rock Ridge uid=, gid=, mode= (octal).
 */
#include <asm/unaligned.h>
#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define PAGE	      4096u
#define SECTOR	      2048u
#define ISOFS_MAGIC   0x9660
#define FIRST_VOLUME  16 /* sector of the first volume descriptor */
#define VOLUMES_MAX   100
#define RECORD_MIN    34u
#define RECORD_MAX    255u
#define DIR_MAX	      (16u << 20) /* bytes of a directory */
#define EXTENTS_MAX   64	  /* of a file: 256 GiB */
#define AREAS_MAX     32	  /* continued system use areas of a record */
#define AREAS_MAX_DIR 20000	  /* of a directory: a bound of the time it takes */
#define DEFAULT_MODE  0555
#define FLAG_DIR      0x02
#define FLAG_ASSOC    0x04
#define FLAG_CONTINUE 0x80 /* the next record has more of the file */

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("ISO 9660 file system with Rock Ridge and Joliet");
MODULE_LICENSE("GPL");
MODULE_ALIAS("iso9660");
EXPORT_NO_SYMBOLS;

/* What hangs on the super block. */
struct volume {
	struct block_device *bdev;
	unsigned int block_size, blocks;
	bool rock, joliet;
	unsigned int rock_skip; /* bytes before the system use entries of a record */
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

struct extent {
	loff_t pos; /* on the device */
	uint32_t size;
};

/* What hangs on the inode of a file or directory. */
struct content {
	unsigned int n;
	struct extent extent[];
};

/* What a directory says about a name. */
struct entry {
	char name[NAME_MAX + 1];
	unsigned int name_len; /* 0: it has none that can be shown */
	bool has_rock_name;
	bool is_relocated; /* shown elsewhere, through a child link */
	int error;	   /* it cannot be opened */
	mode_t mode;
	unsigned int nlink;
	uid_t uid;
	gid_t gid;
	kdev_t rdev;
	time_t mtime, atime, ctime;
	ino_t ino;
	loff_t size;
	unsigned int extents;
	struct extent extent[EXTENTS_MAX];
};

/* A walk through a directory: off is where the next record is looked for. */
struct scan {
	struct super_block *sb;
	struct extent dir;
	uint32_t off;
	uint32_t at; /* offset of the entry in the directory */
	unsigned int areas;
	struct entry entry;
	uint8_t record[RECORD_MAX];
	uint8_t area[SECTOR]; /* continued system use */
	/* the target of a symbolic link, if `link` is not NULL: */
	char *link;
	unsigned int link_len;
	bool link_joined; /* the next component continues the last one */
	bool link_bad;
};

static struct volume *volume(const struct super_block *sb)
{
	return sb->s_private;
}

/* --- times -------------------------------------------------------------------------- */

static bool is_leap(unsigned int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Offset 18 of a record: years since 1900, month, day, hour, minute, second, quarters
 * of an hour east of Greenwich. */
static time_t time_of(const uint8_t *t)
{
	static const uint16_t before[] = {0,   31,  59,	 90,  120, 151,
					  181, 212, 243, 273, 304, 334};
	long days = 0;

	if (t[0] < 70 || t[0] > 137 || t[1] < 1 || t[1] > 12 || t[2] < 1)
		return 0;
	for (unsigned int year = 70; year < t[0]; year++)
		days += is_leap(1900 + year) ? 366 : 365;
	days += before[t[1] - 1] + t[2] - 1;
	if (t[1] > 2 && is_leap(1900 + t[0]))
		days++;
	return days * 86400 + t[3] * 3600 + t[4] * 60 + t[5] - (int8_t)t[6] * 900;
}

/* --- names -------------------------------------------------------------------------- */

static bool add_to_name(struct entry *e, const void *bytes, unsigned int n)
{
	if (n > NAME_MAX - e->name_len)
		return false;
	memcpy(e->name + e->name_len, bytes, n);
	e->name_len += n;
	return true;
}

/* The version number behind the semicolon, and a dot without extension, are not shown. */
static void strip_version(struct entry *e)
{
	if (e->name_len > 2 && e->name[e->name_len - 2] == ';')
		e->name_len -= 2;
	if (e->name_len > 1 && e->name[e->name_len - 1] == '.')
		e->name_len--;
}

static void plain_name(struct entry *e, const uint8_t *name, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		char c = name[i] >= 'A' && name[i] <= 'Z' ? name[i] + ('a' - 'A')
							  : name[i];

		add_to_name(e, &c, 1);
	}
	strip_version(e);
}

static unsigned int utf8(uint32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = 0xc0 | c >> 6;
		out[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	if (c < 0x10000) {
		out[0] = 0xe0 | c >> 12;
		out[1] = 0x80 | (c >> 6 & 0x3f);
		out[2] = 0x80 | (c & 0x3f);
		return 3;
	}
	out[0] = 0xf0 | c >> 18;
	out[1] = 0x80 | (c >> 12 & 0x3f);
	out[2] = 0x80 | (c >> 6 & 0x3f);
	out[3] = 0x80 | (c & 0x3f);
	return 4;
}

/* Big-endian UTF-16; what is no character becomes U+FFFD. */
static void joliet_name(struct entry *e, const uint8_t *name, unsigned int n)
{
	uint8_t bytes[4];
	uint32_t c, low;

	for (unsigned int i = 0; i + 1 < n; i += 2) {
		c = get_be16(name + i);
		low = i + 3 < n ? get_be16(name + i + 2) : 0;
		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		}
		if (!add_to_name(e, bytes, utf8(c, bytes))) {
			e->name_len = 0;
			return;
		}
	}
	strip_version(e);
}

/* "." and ".." come from the directory's own records only. */
static bool is_showable(const struct entry *e)
{
	if (memchr(e->name, '/', e->name_len) || memchr(e->name, '\0', e->name_len))
		return false;
	return e->name_len > 2 ||
	       (e->name_len > 0 &&
		(e->name[0] != '.' || (e->name_len == 2 && e->name[1] != '.')));
}

/* --- Rock Ridge --------------------------------------------------------------------- */

static void link_add(struct scan *s, const void *bytes, unsigned int n)
{
	if (n > PATH_MAX - 1 - s->link_len) {
		s->link_bad = true;
		return;
	}
	memcpy(s->link + s->link_len, bytes, n);
	s->link_len += n;
}

#define PART_CONTINUES 1
#define PART_HERE      2
#define PART_PARENT    4
#define PART_ROOT      8

static void link_part(struct scan *s, unsigned int flags, const uint8_t *text,
		      unsigned int n)
{
	if (!s->link_joined && s->link_len && s->link[s->link_len - 1] != '/')
		link_add(s, "/", 1);
	if (flags & PART_ROOT)
		link_add(s, "/", 1);
	else if (flags & PART_PARENT)
		link_add(s, "..", 2);
	else if (flags & PART_HERE)
		link_add(s, ".", 1);
	else
		link_add(s, text, n);
	s->link_joined = flags & PART_CONTINUES;
}

/* Parts from offset 5: flags, length, text. */
static void rock_link(struct scan *s, const uint8_t *field, unsigned int len)
{
	for (unsigned int at = 5; s->link && at + 2 <= len; at += 2 + field[at + 1]) {
		if (field[at + 1] > len - at - 2) {
			s->link_bad = true;
			return;
		}
		link_part(s, field[at], field + at + 2, field[at + 1]);
	}
}

#define NAME_HERE   2
#define NAME_PARENT 4

static void rock_name(struct entry *e, const uint8_t *field, unsigned int len)
{
	if (len < 5 || (field[4] & (NAME_HERE | NAME_PARENT)))
		return;
	if (!e->has_rock_name)
		e->name_len = 0;
	e->has_rock_name = true;
	if (!add_to_name(e, field + 5, len - 5))
		e->name_len = 0;
}

static void rock_attributes(struct entry *e, const uint8_t *field, unsigned int len)
{
	mode_t mode;

	if (len < 36)
		return;
	mode = get_le32(field + 4);
	/* what the standard says is a directory, is one, and nothing else is */
	if (S_ISDIR(e->mode) || S_ISDIR(mode) || !(mode & S_IFMT))
		mode = (mode & 07777) | (e->mode & S_IFMT);
	e->mode = mode;
	e->nlink = get_le32(field + 12);
	e->uid = get_le32(field + 20);
	e->gid = get_le32(field + 28);
}

static void rock_device(struct entry *e, const uint8_t *field, unsigned int len)
{
	uint32_t high, low;

	if (len < 20)
		return;
	high = get_le32(field + 4);
	low = get_le32(field + 12);
	e->rdev = high ? MKDEV(high & 0xff, low & 0xff) : (kdev_t)low;
}

/* Offset 4: which times follow, in the order of the bits; bit 7: in the long form,
 * which is not read. */
static void rock_times(struct entry *e, const uint8_t *field, unsigned int len)
{
	time_t *const to[] = {NULL, &e->mtime, &e->atime, &e->ctime};
	unsigned int at = 5;

	if (len < 5 || (field[4] & 0x80))
		return;
	for (int i = 0; i < 4; i++) {
		if (!(field[4] & 1 << i))
			continue;
		if (at + 7 > len)
			return;
		if (to[i])
			*to[i] = time_of(field + at);
		at += 7;
	}
}

static loff_t block_pos(const struct super_block *sb, uint32_t block)
{
	return (loff_t)block * volume(sb)->block_size;
}

/* A directory deep down lies elsewhere, and its first record tells how long it is. */
static int rock_child(struct scan *s, const uint8_t *field, unsigned int len)
{
	struct entry *e = &s->entry;
	uint8_t self[RECORD_MIN];
	int err;

	if (len < 12)
		return -EIO;
	e->extent[0].pos = block_pos(s->sb, get_le32(field + 4));
	err = blkdev_read(volume(s->sb)->bdev, e->extent[0].pos, self, sizeof(self));
	if (err)
		return err;
	e->extents = 1;
	e->extent[0].size = get_le32(self + 10);
	e->size = e->extent[0].size;
	e->mode = S_IFDIR | (e->mode & 07777);
	return 0;
}

/* Where the entries go on. */
struct area {
	loff_t pos;
	uint32_t size;
};

static int rock_field(struct scan *s, const uint8_t *field, unsigned int len,
		      struct area *next)
{
	struct entry *e = &s->entry;

	switch (get_be16(field)) {
	case 'N' << 8 | 'M':
		rock_name(e, field, len);
		return 0;
	case 'P' << 8 | 'X':
		rock_attributes(e, field, len);
		return 0;
	case 'P' << 8 | 'N':
		rock_device(e, field, len);
		return 0;
	case 'T' << 8 | 'F':
		rock_times(e, field, len);
		return 0;
	case 'S' << 8 | 'L':
		rock_link(s, field, len);
		return 0;
	case 'C' << 8 | 'L':
		return rock_child(s, field, len);
	case 'R' << 8 | 'E':
		e->is_relocated = true;
		return 0;
	case 'C' << 8 | 'E':
		if (len < 28)
			return -EIO;
		next->pos = block_pos(s->sb, get_le32(field + 4)) + get_le32(field + 12);
		next->size = get_le32(field + 20);
		return 0;
	}
	return 0;
}

/* Entries in [at, end): two letters, length, version, data. */
static int rock_fields(struct scan *s, const uint8_t *at, const uint8_t *end,
		       struct area *next)
{
	int err = 0;

	for (; !err && end - at >= 4; at += at[2]) {
		if (at[2] < 4 || at[2] > end - at)
			return 0; /* padding */
		if (at[0] == 'S' && at[1] == 'T')
			return 0;
		err = rock_field(s, at, at[2], next);
	}
	return err;
}

/* The entries of the record, from `at` on, and where they go on. */
static int rock_entries(struct scan *s, const uint8_t *at, const uint8_t *end)
{
	struct area next = {0};
	int err = rock_fields(s, at, end, &next);

	for (int n = 0; !err && next.size; n++) {
		struct area area = next;

		if (n == AREAS_MAX || s->areas++ == AREAS_MAX_DIR ||
		    area.size > sizeof(s->area))
			return -EIO;
		err = blkdev_read(volume(s->sb)->bdev, area.pos, s->area, area.size);
		next.size = 0;
		if (!err)
			err = rock_fields(s, s->area, s->area + area.size, &next);
	}
	return err;
}

/* --- directory records -------------------------------------------------------------- */

/* Where the system use area of a record begins. */
static unsigned int system_use(const uint8_t *record)
{
	return 33 + record[32] + !(record[32] & 1);
}

/* Read the next record. 1; 0 at the end; -EIO. A record does not cross the end of a
 * sector; what is left there is zeros. */
static int next_record(struct scan *s)
{
	uint32_t room;
	uint8_t len;
	int err;

	for (;; s->off = (s->off | (SECTOR - 1)) + 1) {
		if (s->off >= s->dir.size)
			return 0;
		room = min(s->dir.size - s->off, SECTOR - s->off % SECTOR);
		room = min(room, RECORD_MAX);
		err = blkdev_read(volume(s->sb)->bdev, s->dir.pos + s->off, s->record,
				  room);
		if (err)
			return err;
		len = s->record[0];
		if (len)
			break;
	}
	if (len < RECORD_MIN || len > room || 33u + s->record[32] > len)
		return -EIO;
	s->off += len;
	return 1;
}

static int add_extent(struct scan *s)
{
	struct entry *e = &s->entry;
	const uint8_t *r = s->record;

	if (e->extents == EXTENTS_MAX || r[26] || r[27]) /* interleaved: not read */
		return -EIO;
	e->extent[e->extents++] = (struct extent){
		.pos = block_pos(s->sb, get_le32(r + 2)) + block_pos(s->sb, r[1]),
		.size = get_le32(r + 10),
	};
	e->size += get_le32(r + 10);
	return 0;
}

/* Inode numbers: of a directory from where it lies, so that "." and its name agree; else
 * from where the record lies. */
static ino_t ino_of(const struct scan *s)
{
	const struct entry *e = &s->entry;

	return (S_ISDIR(e->mode) ? e->extent[0].pos : s->dir.pos + s->at) >> 5;
}

static void entry_init(struct scan *s)
{
	const struct volume *v = volume(s->sb);
	struct entry *e = &s->entry;

	memset(e, 0, offsetof(struct entry, extent));
	e->mode = v->mode | (s->record[25] & FLAG_DIR ? S_IFDIR : S_IFREG);
	e->nlink = 1;
	e->uid = v->uid;
	e->gid = v->gid;
	e->mtime = e->atime = e->ctime = time_of(s->record + 18);
}

static bool is_dots(const uint8_t *record)
{
	return record[32] == 1 && record[33] <= 1;
}

static void entry_name(struct scan *s)
{
	const uint8_t *r = s->record;

	if (is_dots(r))
		add_to_name(&s->entry, "..", 1 + r[33]);
	else if (volume(s->sb)->joliet)
		joliet_name(&s->entry, r + 33, r[32]);
	else
		plain_name(&s->entry, r + 33, r[32]);
}

static int entry_rock(struct scan *s)
{
	const uint8_t *r = s->record;
	unsigned int at = system_use(r) + volume(s->sb)->rock_skip;

	return volume(s->sb)->rock && at < r[0] ? rock_entries(s, r + at, r + r[0]) : 0;
}

/* The record just read, and the records that continue it, as s->entry. -EIO if the
 * directory is broken; what is wrong with this one file is in entry.error. */
static int read_entry(struct scan *s)
{
	int got = 1, err;

	s->at = s->off - s->record[0];
	entry_init(s);
	err = add_extent(s);
	entry_name(s);
	if (!err)
		err = entry_rock(s);
	while (got > 0 && (s->record[25] & FLAG_CONTINUE)) {
		got = next_record(s);
		if (got > 0 && !err)
			err = add_extent(s);
	}
	s->entry.ino = ino_of(s);
	s->entry.error = err;
	return got > 0 ? 0 : -EIO;
}

/* The next entry that has a name, "." and ".." included. 1; 0 at the end; -errno. */
static int next_entry(struct scan *s)
{
	int got, err;

	while ((got = next_record(s)) > 0) {
		if (s->record[25] & FLAG_ASSOC)
			continue;
		err = read_entry(s);
		if (err)
			return err;
		if (is_dots(s->record) ||
		    (!s->entry.is_relocated && is_showable(&s->entry)))
			return 1;
	}
	return got;
}

/* Start to walk; kfree() ends it. */
static struct scan *scan_start(struct super_block *sb, struct extent dir)
{
	struct scan *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->sb = sb;
	s->dir = dir;
	s->off = 0;
	s->areas = 0;
	s->link = NULL;
	return s;
}

static struct extent dir_extent(const struct inode *dir)
{
	return ((struct content *)dir->i_private)->extent[0];
}

/* --- inodes ------------------------------------------------------------------------- */

static const struct inode_operations dir_iops, file_iops, link_iops, other_iops;
static const struct file_operations dir_fops;

/* The target is in the same record: read it again, now with room for it. */
static int read_link(struct scan *s, char **target)
{
	char *text;
	int err;

	s->link = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!s->link)
		return -ENOMEM;
	s->link_len = 0;
	s->link_joined = s->link_bad = false;
	s->off = s->at;
	err = next_record(s) > 0 ? read_entry(s) : -EIO;
	if (!err && (s->entry.error || s->link_bad || !s->link_len))
		err = -EIO;
	text = err ? NULL : kmalloc(s->link_len + 1, GFP_KERNEL);
	if (text) {
		memcpy(text, s->link, s->link_len);
		text[s->link_len] = '\0';
		*target = text;
	} else if (!err) {
		err = -ENOMEM;
	}
	kfree(s->link);
	s->link = NULL;
	return err;
}

static int copy_extents(const struct entry *e, struct content **out)
{
	size_t size = e->extents * sizeof(e->extent[0]);
	struct content *c = kmalloc(sizeof(*c) + size, GFP_KERNEL);

	if (!c)
		return -ENOMEM;
	c->n = e->extents;
	memcpy(c->extent, e->extent, size);
	*out = c;
	return 0;
}

static int inode_content(struct inode *inode, struct scan *s)
{
	struct entry *e = &s->entry;
	int err = 0;

	inode->i_op = &other_iops;
	inode->i_rdev = e->rdev;
	if (S_ISDIR(e->mode)) {
		if (e->size > DIR_MAX)
			return -EIO;
		inode->i_op = &dir_iops;
		inode->i_fop = &dir_fops;
		err = copy_extents(e, (struct content **)&inode->i_private);
	} else if (S_ISLNK(e->mode)) {
		inode->i_op = &link_iops;
		err = read_link(s, (char **)&inode->i_private);
		inode->i_size = s->link_len;
		return err;
	} else if (S_ISREG(e->mode)) {
		inode->i_op = &file_iops;
		inode->i_fop = &generic_ro_fops;
		err = copy_extents(e, (struct content **)&inode->i_private);
	}
	inode->i_size = S_ISDIR(e->mode) || S_ISREG(e->mode) ? e->size : 0;
	return err;
}

/* An inode for s->entry. */
static int inode_make(struct scan *s, struct inode **out)
{
	struct entry *e = &s->entry;
	struct inode *inode;
	int err;

	if (e->error)
		return e->error;
	inode = inode_new(s->sb, e->mode);
	if (!inode)
		return -ENOMEM;
	inode->i_ino = e->ino;
	inode->i_uid = e->uid;
	inode->i_gid = e->gid;
	inode->i_nlink = e->nlink ? e->nlink : 1;
	inode->i_mtime = e->mtime;
	inode->i_atime = e->atime;
	inode->i_ctime = e->ctime;
	err = inode_content(inode, s);
	if (err)
		iput(inode);
	else
		*out = inode;
	return err;
}

static void isofs_release(struct inode *inode)
{
	kfree(inode->i_private);
}

static bool is_named(const struct entry *e, const char *name)
{
	return strlen(name) == e->name_len && !memcmp(e->name, name, e->name_len);
}

static int isofs_lookup(struct inode *dir, struct dentry *dentry)
{
	struct scan *s = scan_start(dir->i_sb, dir_extent(dir));
	struct inode *inode;
	int got;

	if (!s)
		return -ENOMEM;
	while ((got = next_entry(s)) > 0)
		if (is_named(&s->entry, dentry->d_name))
			break;
	if (got > 0) {
		got = inode_make(s, &inode);
		if (!got)
			d_instantiate(dentry, inode);
	}
	kfree(s);
	return got;
}

/* The position is the offset of a record, which is even. One more than that is behind
 * it: so a reader may go back to the position it was told. */
static int isofs_readdir(struct file *file, void *to, filldir_t fill)
{
	struct dentry *dentry = file->f_dentry;
	struct scan *s = scan_start(dentry->d_inode->i_sb, dir_extent(dentry->d_inode));
	int got = 1;
	ino_t ino;

	if (!s)
		return -ENOMEM;
	if (file->f_pos & ~(loff_t)(2 * DIR_MAX - 1))
		s->off = s->dir.size;
	else
		s->off = file->f_pos & ~1u;
	if (file->f_pos & 1)
		got = next_entry(s);
	while (got > 0 && (got = next_entry(s)) > 0) {
		ino = s->entry.ino;
		if (is_dots(s->record) && s->entry.name_len == 2)
			ino = dentry->d_parent->d_inode->i_ino;
		if (fill(to, s->entry.name, s->entry.name_len, s->at, ino,
			 s->entry.mode >> 12))
			break;
		file->f_pos = s->off;
	}
	kfree(s);
	return got < 0 ? got : 0;
}

/* Bytes [from, from + n) of the file, n at most a page, inside of it. */
static int read_range(struct inode *inode, loff_t from, char *to, unsigned int n)
{
	struct content *c = inode->i_private;
	loff_t start = 0; /* of the extent, in the file */
	unsigned int part;
	int err = 0;

	for (unsigned int i = 0; i < c->n && n && !err; start += c->extent[i++].size) {
		if (from >= start + c->extent[i].size)
			continue;
		part = min((loff_t)n, start + c->extent[i].size - from);
		err = blkdev_read(volume(inode->i_sb)->bdev,
				  c->extent[i].pos + (from - start), to, part);
		to += part;
		from += part;
		n -= part;
	}
	return err;
}

static int isofs_readpage(struct inode *inode, unsigned long index, void *to)
{
	loff_t pos = (loff_t)index * PAGE;

	return read_range(inode, pos, to, min(inode->i_size - pos, (loff_t)PAGE));
}

static const char *isofs_readlink(struct inode *inode)
{
	return inode->i_private;
}

static const struct inode_operations dir_iops = {
	.lookup = isofs_lookup,
	.release = isofs_release,
};

static const struct inode_operations file_iops = {
	.readpage = isofs_readpage,
	.release = isofs_release,
};

static const struct inode_operations link_iops = {
	.readlink = isofs_readlink,
	.release = isofs_release,
};

static const struct inode_operations other_iops = {
	.release = isofs_release,
};

static const struct file_operations dir_fops = {
	.llseek = generic_file_llseek,
	.readdir = isofs_readdir,
};

/* --- mounting ----------------------------------------------------------------------- */

static int parse_options(struct volume *v, const char *text)
{
	unsigned int norock = 0, nojoliet = 0, mode = DEFAULT_MODE;
	const struct mount_option table[] = {
		{"norock", 0, &norock}, {"nojoliet", 0, &nojoliet}, {"uid=", 10, &v->uid},
		{"gid=", 10, &v->gid},	{"mode=", 8, &mode},	    {NULL},
	};
	int err = mount_options(text, table);

	v->rock = !norock;
	v->joliet = !nojoliet;
	v->mode = mode & 0777;
	return err;
}

/* Offsets of a volume descriptor. */
enum {
	VD_TYPE,
	VD_ID,
	VD_BLOCKS = 80,
	VD_ESCAPES = 88,
	VD_BLOCK_SIZE = 128,
	VD_ROOT = 156
};

static bool is_joliet(const uint8_t *vd)
{
	return vd[VD_ESCAPES] == '%' && vd[VD_ESCAPES + 1] == '/' &&
	       strchr("@CE", vd[VD_ESCAPES + 2]) && vd[VD_ESCAPES + 2];
}

/* Keep the root record of the primary volume, and of the Joliet one if there is one. */
static int read_volumes(struct volume *v, uint8_t primary[RECORD_MIN],
			uint8_t joliet[RECORD_MIN])
{
	bool found = false, found_joliet = false;
	uint8_t vd[VD_ROOT + RECORD_MIN];

	for (unsigned int i = 0; i < VOLUMES_MAX; i++) {
		loff_t pos = (FIRST_VOLUME + i) * (loff_t)SECTOR;

		if (blkdev_read(v->bdev, pos, vd, sizeof(vd)) ||
		    memcmp(vd + VD_ID, "CD001", 5) || vd[VD_TYPE] == 255)
			break;
		if (vd[VD_TYPE] == 1 && !found) {
			found = true;
			v->block_size = get_le16(vd + VD_BLOCK_SIZE);
			v->blocks = get_le32(vd + VD_BLOCKS);
			memcpy(primary, vd + VD_ROOT, RECORD_MIN);
		} else if (vd[VD_TYPE] == 2 && is_joliet(vd)) {
			found_joliet = true;
			memcpy(joliet, vd + VD_ROOT, RECORD_MIN);
		}
	}
	v->joliet &= found_joliet;
	if (!found ||
	    (v->block_size != 512 && v->block_size != 1024 && v->block_size != 2048))
		return -EINVAL;
	return 0;
}

static struct extent record_extent(const struct super_block *sb, const uint8_t *r)
{
	return (struct extent){
		.pos = block_pos(sb, get_le32(r + 2)) + block_pos(sb, r[1]),
		.size = get_le32(r + 10),
	};
}

/* Rock Ridge is announced in the first record of the root, at the begin of its system use
 * area or behind 14 bytes that belong to CD-ROM XA. */
static bool has_rock(struct scan *s)
{
	static const uint8_t sp[] = {'S', 'P', 7, 1, 0xbe, 0xef};
	const uint8_t *r = s->record;
	unsigned int at;

	if (next_record(s) <= 0 || !is_dots(r))
		return false;
	at = system_use(r);
	for (int i = 0; i < 2; i++, at += 14)
		if (at + 7 <= r[0] && !memcmp(r + at, sp, sizeof(sp))) {
			volume(s->sb)->rock_skip = r[at + 6];
			return true;
		}
	return false;
}

static struct inode *read_root(struct super_block *sb, const uint8_t *primary,
			       const uint8_t *joliet, int *err)
{
	struct volume *v = volume(sb);
	struct scan *s = scan_start(sb, record_extent(sb, primary));
	struct inode *inode = NULL;

	*err = -ENOMEM;
	if (!s)
		return NULL;
	v->rock = v->rock && has_rock(s);
	if (v->rock)
		v->joliet = false;
	else if (v->joliet)
		s->dir = record_extent(sb, joliet);
	s->off = 0;
	*err = next_entry(s) > 0 && is_dots(s->record) && S_ISDIR(s->entry.mode)
		       ? 0
		       : -EINVAL;
	/* its own size is that of the volume descriptor */
	s->entry.extent[0] = s->dir;
	s->entry.size = s->dir.size;
	if (!*err)
		*err = inode_make(s, &inode);
	kfree(s);
	return inode;
}

static int isofs_read_super(struct super_block *sb, const char *device,
			    const char *options)
{
	uint8_t primary[RECORD_MIN], joliet[RECORD_MIN];
	struct volume *v = kmalloc(sizeof(*v), GFP_KERNEL);
	struct inode *root;
	int err;

	if (!v)
		return -ENOMEM;
	memset(v, 0, sizeof(*v));
	sb->s_private = v;
	sb->s_flags |= MS_RDONLY;
	v->bdev = sb->s_bdev;
	err = parse_options(v, options);
	if (!err)
		err = read_volumes(v, primary, joliet);
	if (err)
		return err;
	root = read_root(sb, primary, joliet, &err);
	return root ? super_set_root(sb, root) : err;
}

static int isofs_statfs(struct super_block *sb, struct kstatfs *st)
{
	st->f_type = ISOFS_MAGIC;
	st->f_bsize = volume(sb)->block_size;
	st->f_blocks = volume(sb)->blocks;
	return 0;
}

static void isofs_put_super(struct super_block *sb)
{
	kfree(sb->s_private);
}

static struct file_system_type isofs_type = {
	.name = "iso9660",
	.fs_flags = FS_REQUIRES_DEV,
	.read_super = isofs_read_super,
	.put_super = isofs_put_super,
	.statfs = isofs_statfs,
	.owner = THIS_MODULE,
};

static int __init isofs_init(void)
{
	return register_filesystem(&isofs_type);
}

static void __exit isofs_exit(void)
{
	unregister_filesystem(&isofs_type);
}

module_init(isofs_init);
module_exit(isofs_exit);
