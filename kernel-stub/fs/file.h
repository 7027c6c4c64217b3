/* fs/file.h - the descriptors of processes, and whose code acts on a file */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <linux/fs.h>

struct task_struct;

/* The module that the operations of an inode or an open file belong to, for CALL_MODULE();
 * NULL: the kernel. Whoever has a file open, or a file system mounted, uses it. */
static inline struct module *inode_module(const struct inode *inode)
{
	return inode->i_sb ? inode->i_sb->s_owner : NULL;
}

/* Call an operation of an inode, `otherwise` if it has none. */
#define INODE_OP(inode, otherwise, op, ...)                                              \
	((inode)->i_op->op                                                               \
		 ? CALL_MODULE(inode_module(inode), (inode)->i_op->op(__VA_ARGS__))      \
		 : (otherwise))

static inline struct module *file_module(const struct file *file)
{
	const struct inode *inode = file->f_dentry->d_inode;

	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode) ||
	    file->f_op == &generic_ro_fops)
		return file->f_owner;
	return inode_module(inode);
}

/* Give the new task copies of the current one's descriptors, root and directory. 0 or
 * -ENOMEM; files_drop() takes back what was given. */
int files_copy(struct task_struct *task);
void files_drop(struct task_struct *task);
/* Give the current process the root and the directory of another. */
void files_chdir_like(struct task_struct *task);
/* Pages with what is in the pipe, 0 if the file is none (pipe.c). */
unsigned long pipe_pages(const struct file *file);
/* Close what is marked close-on-exec. */
void files_exec(struct task_struct *task);

#endif
