/* tests/sim/fsdamage.c - a file system module on damaged images, under ASan and UBSan
 *
 *	fsdamage-NAME IMAGE SEED COUNT
 *
 * The module's source is included with FS_SOURCE; here is the little of a kernel that it
 * calls. COUNT times the image is damaged in another way, mounted, walked and read. The
 * walk is bounded; what is left over then is a failure, as is whatever the sanitizers
 * find.
 */
#include FS_SOURCE

#include <linux/time.h>

extern void *malloc(size_t size);
extern void free(void *p);
extern int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern void *fopen(const char *path, const char *mode);
extern size_t fread(void *to, size_t size, size_t n, void *f);
extern int fclose(void *f);
extern int atoi(const char *s);

int main(int argc, char **argv);

#define IMAGE_MAX  (4 << 20)
#define FILES_MAX  300
#define DEPTH_MAX  12
#define DAMAGE_MAX 64

static unsigned char image[IMAGE_MAX], pristine[IMAGE_MAX];
static size_t image_size;
static long objects;
static unsigned int files, seed;

/* --- a little of a kernel ----------------------------------------------------------- */

struct module __this_module;
const struct file_operations generic_ro_fops;

void *kmalloc(size_t size, int flags)
{
	objects++;
	return malloc(size);
}

void kfree(const void *p)
{
	objects -= p != NULL;
	free((void *)p);
}

int blkdev_read(struct block_device *bdev, loff_t pos, void *to, size_t n)
{
	if (pos < 0 || pos > bdev->bd_size || n > bdev->bd_size - pos)
		return -EIO;
	memcpy(to, image + pos, n);
	return 0;
}

struct inode *inode_init(struct inode *inode, struct super_block *sb, mode_t mode)
{
	memset(inode, 0, sizeof(*inode));
	inode->i_count = 1;
	inode->i_mode = mode;
	inode->i_sb = sb;
	return inode;
}

void iput(struct inode *inode)
{
	if (inode->i_op && inode->i_op->release)
		inode->i_op->release(inode);
	kfree(inode);
}

/* Images are damaged, options are not. */
int mount_options(const char *text, const struct mount_option *table)
{
	return 0;
}

int super_set_root(struct super_block *sb, struct inode *inode)
{
	struct dentry *dentry = kmalloc(sizeof(*dentry), GFP_KERNEL);

	memset(dentry, 0, sizeof(*dentry));
	dentry->d_parent = dentry;
	dentry->d_inode = inode;
	dentry->d_sb = sb;
	sb->s_root = dentry;
	return 0;
}

void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	dentry->d_inode = inode;
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	return -EINVAL;
}

int register_filesystem(struct file_system_type *type)
{
	return 0;
}

int unregister_filesystem(struct file_system_type *type)
{
	return 0;
}

int printk(const char *fmt, ...)
{
	return 0;
}

unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	*end = (char *)s;
	return 0;
}

/* --- walking ------------------------------------------------------------------------ */

struct names {
	unsigned int n;
	char name[32][NAME_MAX + 1];
};

static int keep_name(void *to, const char *name, int len, loff_t off, ino_t ino,
		     unsigned int type)
{
	struct names *names = to;

	if (names->n == ARRAY_SIZE(names->name))
		return 1;
	memcpy(names->name[names->n], name, len);
	names->name[names->n++][len] = '\0';
	return 0;
}

static void read_pages(struct inode *inode)
{
	static char page[4096];
	unsigned long last = inode->i_size ? (inode->i_size - 1) / 4096 : 0;

	if (!inode->i_size)
		return;
	for (unsigned long i = 0; i <= last && i < 8; i++)
		inode->i_op->readpage(inode, i, page);
	inode->i_op->readpage(inode, last, page);
}

static void walk(struct dentry *dentry, int depth);

static void visit(struct dentry *dir, char *name, int depth)
{
	struct dentry child = {.d_name = name, .d_parent = dir, .d_sb = dir->d_sb};

	if (files++ >= FILES_MAX || depth > DEPTH_MAX)
		return;
	dir->d_inode->i_op->lookup(dir->d_inode, &child);
	if (!child.d_inode)
		return;
	walk(&child, depth + 1);
	iput(child.d_inode);
}

static void walk(struct dentry *dentry, int depth)
{
	struct inode *inode = dentry->d_inode;
	struct file file = {.f_dentry = dentry};
	struct names *names;

	if (S_ISREG(inode->i_mode))
		read_pages(inode);
	if (S_ISLNK(inode->i_mode) && !inode->i_op->readlink(inode))
		printf("# a link without target\n");
	if (!S_ISDIR(inode->i_mode))
		return;
	names = malloc(sizeof(*names));
	names->n = 0;
	inode->i_fop->readdir(&file, names, keep_name);
	for (unsigned int i = 0; i < names->n; i++)
		if (strcmp(names->name[i], ".") && strcmp(names->name[i], ".."))
			visit(dentry, names->name[i], depth);
	free(names);
}

static void mount_and_walk(void)
{
	struct block_device bdev = {.bd_size = image_size};
	struct super_block sb = {.s_bdev = &bdev};

	files = 0;
	if (!FS_READ_SUPER) {
		walk(sb.s_root, 0);
		iput(sb.s_root->d_inode);
		kfree(sb.s_root);
	}
	FS_PUT_SUPER(&sb);
}

/* --- damaging ----------------------------------------------------------------------- */

static unsigned int next_random(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static bool is_used(size_t sector)
{
	for (size_t i = 0; i < 512; i++)
		if (pristine[sector + i])
			return true;
	return false;
}

static void damage(size_t size)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	unsigned int n = 1 + next_random() % DAMAGE_MAX;
	size_t at;

	memcpy(image, pristine, size);
	while (n--) {
		do
			at = next_random() % (size / 512) * 512;
		while (!is_used(at));
		at += next_random() % 512;
		image[at] = next_random() % 2 ? values[next_random() % 5] : next_random();
	}
	image_size = next_random() % 8 ? size : next_random() % size;
}

int main(int argc, char **argv)
{
	void *f = argc == 4 ? fopen(argv[1], "r") : NULL;
	size_t size = f ? fread(pristine, 1, sizeof(pristine), f) : 0;
	int count = f ? atoi(argv[3]) : 0;

	if (size < 512 || count < 1) {
		printf("usage: fsdamage IMAGE SEED COUNT\n");
		return 2;
	}
	fclose(f);
	seed = atoi(argv[2]);
	memcpy(image, pristine, image_size = size);
	mount_and_walk();
	printf("%u files in the image\n", files);
	if (!files)
		return 1;
	for (int i = 0; i < count; i++) {
		damage(size);
		mount_and_walk();
	}
	printf("%ld objects left\n", objects);
	return objects != 0;
}
