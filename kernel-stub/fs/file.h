/* fs/file.h - the descriptors of processes */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <linux/fs.h>

struct task_struct;

/* Give the new task copies of the current one's descriptors, root and directory. 0 or
 * -ENOMEM; files_drop() takes back what was given. */
int files_copy(struct task_struct *task);
void files_drop(struct task_struct *task);
/* Close what is marked close-on-exec. */
void files_exec(struct task_struct *task);

#endif
