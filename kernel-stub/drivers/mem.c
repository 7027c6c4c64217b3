/* mem.c - the devices that are no hardware: null, zero, full, random, kmsg */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "fs/devfs.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/syscall.h"

static unsigned int minor_of(struct file *file)
{
	return MINOR(file->f_dentry->d_inode->i_rdev);
}

static ssize_t kmsg_read(char *buf, size_t count, loff_t *pos)
{
	unsigned long at = *pos;
	char chunk[256];
	size_t n, done = 0;

	while (done < count) {
		n = log_read(chunk, min(sizeof(chunk), count - done), &at);
		if (!n)
			break;
		if (copy_to_user(buf + done, chunk, n))
			return done ? (ssize_t)done : -EFAULT;
		done += n;
		*pos = at;
	}
	return done;
}

static ssize_t mem_read(struct file *file, char *buf, size_t count, loff_t *pos)
{
	switch (minor_of(file)) {
	case MEM_NULL:
		return 0;
	case MEM_ZERO:
	case MEM_FULL:
		return clear_user(buf, count) ? -EFAULT : (ssize_t)count;
	case MEM_RANDOM:
	case MEM_URANDOM:
		return sys_getrandom(buf, count, 0);
	case MEM_KMSG:
		return kmsg_read(buf, count, pos);
	}
	return -ENXIO;
}

static ssize_t kmsg_write(const char *buf, size_t count)
{
	char line[200];
	size_t n = min(count, sizeof(line) - 1);

	if (copy_from_user(line, buf, n))
		return -EFAULT;
	while (n && line[n - 1] == '\n')
		n--;
	line[n] = '\0';
	printk("%s\n", line);
	return count;
}

static ssize_t mem_write(struct file *file, const char *buf, size_t count, loff_t *pos)
{
	switch (minor_of(file)) {
	case MEM_FULL:
		return -ENOSPC;
	case MEM_KMSG:
		return kmsg_write(buf, count);
	}
	return count;
}

static loff_t mem_llseek(struct file *file, loff_t offset, int whence)
{
	if (minor_of(file) == MEM_KMSG && whence == 0)
		return file->f_pos = offset;
	return minor_of(file) == MEM_KMSG ? -EINVAL : (file->f_pos = 0);
}

static int mem_open(struct inode *inode, struct file *file)
{
	switch (MINOR(inode->i_rdev)) {
	case MEM_NULL:
	case MEM_ZERO:
	case MEM_FULL:
	case MEM_RANDOM:
	case MEM_URANDOM:
	case MEM_KMSG:
		return 0;
	}
	return -ENXIO;
}

static struct file_operations mem_fops = {
	.llseek = mem_llseek,
	.read = mem_read,
	.write = mem_write,
	.open = mem_open,
};

void mem_init(void)
{
	if (register_chrdev(MEM_MAJOR, "mem", &mem_fops))
		panic("no character device table");
}
