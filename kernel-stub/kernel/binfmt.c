/* kernel/binfmt.c - the table of program formats */
#include "kernel/binfmt.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include "kernel/contain.h"
#include "kernel/module.h"
#include "kernel/registry.h"
#include "kernel/text.h"

static LIST_HEAD(formats); /* of struct linux_binfmt, the oldest first */

int register_binfmt(struct linux_binfmt *fmt)
{
	struct module *owner = fmt->module;

	if (!fmt->load_binary)
		return -EINVAL;
	if (!owner)
		owner = mod_caller(__builtin_return_address(0));
	return registry_add(&formats, fmt, owner);
}

int unregister_binfmt(struct linux_binfmt *fmt)
{
	return registry_remove(&formats, fmt);
}

int binfmt_forget(const struct module *owner)
{
	return registry_forget(&formats, owner);
}

/* The format registered before `fmt`, NULL: the newest; NULL if there is none, or fmt is not
 * registered any more. */
static struct registration *before(const struct linux_binfmt *fmt)
{
	struct registration *r = fmt ? registry_find(&formats, fmt) : NULL;
	struct list_head *at = r ? r->list.prev : formats.prev;

	if ((fmt && !r) || at == &formats)
		return NULL;
	return list_entry(at, struct registration, list);
}

static int try_formats(struct linux_binprm *bprm, struct pt_regs *regs)
{
	const struct inode *file = bprm->inode; /* until it is an interpreter's */
	struct linux_binfmt *fmt = NULL;
	struct registration *r;
	struct module *owner;
	int err = -ENOEXEC;

	while (err == -ENOEXEC && bprm->inode == file && (r = before(fmt))) {
		fmt = r->object;
		owner = r->owner;
		if (!try_inc_mod_count(owner))
			continue;
		err = CALL_MODULE(owner, fmt->load_binary(bprm, regs));
		if (owner)
			__MOD_DEC_USE_COUNT(owner);
	}
	return err;
}

static bool is_text(const char *buf, int n)
{
	for (; n--; buf++)
		if (*buf != '\t' && *buf != '\n' && (*buf < 0x20 || *buf > 0x7e))
			return false;
	return true;
}

int search_binary_handler(struct linux_binprm *bprm, struct pt_regs *regs)
{
	const unsigned char *magic = (unsigned char *)bprm->buf + 2;
	const struct inode *file = bprm->inode;
	int err = try_formats(bprm, regs);

	if (err != -ENOEXEC || bprm->inode != file || is_text(bprm->buf, 4))
		return err;
	request_module("binfmt-%04x", magic[1] << 8 | magic[0]);
	return try_formats(bprm, regs);
}

int binfmt_show(struct text *t)
{
	struct linux_binfmt *fmt = NULL;
	struct registration *r;

	for (; (r = before(fmt)); fmt = r->object)
		text_printf(t, "%s\n", r->owner ? mod_name(r->owner) : "kernel");
	return t->error;
}

EXPORT_SYMBOL(register_binfmt);
EXPORT_SYMBOL(unregister_binfmt);
EXPORT_SYMBOL(remove_arg_zero);
EXPORT_SYMBOL(copy_strings_kernel);
EXPORT_SYMBOL(exec_interpreter);
