/* kernel/inter_module.h - within the kernel; what modules call is in linux/module.h */
#ifndef KERNEL_INTER_MODULE_H
#define KERNEL_INTER_MODULE_H

struct module;
struct text;

/* The module leaves: forget what it registered. Returns how many names there were. */
int inter_module_forget(const struct module *owner);
/* A line a name. */
int inter_module_show(struct text *t);

#endif
