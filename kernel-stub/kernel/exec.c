/* exec.c - execve: a program takes over the process; the formats static ELF and script
 *
 * Everything is built beside the old program; only when nothing can fail any more does the
 * process change over. File pages are not read here but mapped, and come when touched.
 */
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/uaccess.h>
#include "arch/i386/descr.h"
#include "fs/file.h"
#include "fs/namei.h"
#include "kernel/binfmt.h"
#include "kernel/mmap.h"
#include "kernel/random.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define ARGS_MAX	 (128u << 10) /* bytes of strings of argv and envp together */
#define INTERPRETERS_MAX 4
#define PHDRS_MAX	 32

/* Strings of argv, then of envp, each with its NUL, as they will lie on the new stack. */
struct exec_args {
	char *text;
	size_t len, size;
};

struct program {
	struct linux_binprm bprm; /* what other formats see of it */
	struct exec_args args;
	struct mm_struct *mm;
	Elf32_Ehdr eh;
	Elf32_Phdr ph[PHDRS_MAX];
	uint32_t phdr_addr; /* where the new program finds its program headers */
	uint32_t esp;
	uid_t euid;
	gid_t egid;
	int interpreters; /* of interpreters */
	char comm[TASK_COMM_LEN];
};

static struct program *program_of(struct linux_binprm *bprm)
{
	return list_entry(bprm, struct program, bprm);
}

/* --- strings ------------------------------------------------------------------------ */

static int args_room(struct exec_args *a, size_t n)
{
	size_t size = a->size ? a->size : 4096;
	char *text;

	if (n > ARGS_MAX - a->len)
		return -E2BIG;
	while (size < a->len + n)
		size *= 2;
	if (size == a->size)
		return 0;
	text = kmalloc(size, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	memcpy(text, a->text, a->len);
	kfree(a->text);
	a->text = text;
	a->size = size;
	return 0;
}

static int args_add(struct exec_args *a, const char *s)
{
	size_t n = strlen(s) + 1;
	int err = args_room(a, n);

	if (err)
		return err;
	memcpy(a->text + a->len, s, n);
	a->len += n;
	return 0;
}

static int args_add_user(struct exec_args *a, const char *user)
{
	long n = strnlen_user(user, ARGS_MAX);
	int err;

	if (n == 0)
		return -EFAULT;
	if (n > (long)ARGS_MAX)
		return -E2BIG;
	err = args_room(a, n);
	if (err)
		return err;
	/* Another process may share the memory and change it under us. */
	if (copy_from_user(a->text + a->len, user, n) || a->text[a->len + n - 1])
		return -EFAULT;
	a->len += n;
	return 0;
}

/* An array of ring-3 pointers, NULL at the end; the number of strings or -errno. */
static int args_add_array(struct exec_args *a, const uint32_t *user)
{
	uint32_t at;
	int n, err;

	if (!user)
		return 0;
	for (n = 0;; n++) {
		if (n > (int)(ARGS_MAX / 4))
			return -E2BIG;
		if (get_user(at, user + n))
			return -EFAULT;
		if (!at)
			return n;
		err = args_add_user(a, (const char *)at);
		if (err)
			return err;
	}
}

/* Put one string before all others. */
static int args_push(struct exec_args *a, const char *s)
{
	size_t n = strlen(s) + 1;
	int err = args_room(a, n);

	if (err)
		return err;
	memmove(a->text + n, a->text, a->len);
	memcpy(a->text, s, n);
	a->len += n;
	return 0;
}

int copy_strings_kernel(int n, const char *const argv[], struct linux_binprm *bprm)
{
	int err = 0;

	while (n-- && !err) {
		err = args_push(&program_of(bprm)->args, argv[n]);
		if (!err)
			bprm->argc++;
	}
	return err;
}

void remove_arg_zero(struct linux_binprm *bprm)
{
	struct exec_args *a = &program_of(bprm)->args;
	size_t n;

	if (!bprm->argc)
		return;
	n = strlen(a->text) + 1;
	memmove(a->text, a->text + n, a->len - n);
	a->len -= n;
	bprm->argc--;
}

/* --- the file ----------------------------------------------------------------------- */

static char *copy_string(const char *s)
{
	char *copy = kmalloc(strlen(s) + 1, GFP_KERNEL);

	if (copy)
		strcpy(copy, s);
	return copy;
}

static int program_open(struct program *p, const char *path)
{
	struct dentry *dentry;
	int err, n;

	err = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &dentry);
	if (err)
		return err;
	if (p->bprm.inode)
		iput(p->bprm.inode);
	p->bprm.inode = igrab(dentry->d_inode);
	dput(dentry);
	if (!inode_has_pages(p->bprm.inode))
		return -EACCES;
	if (p->bprm.inode->i_sb->s_flags & MS_NOEXEC)
		return -EACCES;
	err = permission(p->bprm.inode, MAY_EXEC);
	if (err)
		return err;
	memset(p->bprm.buf, 0, sizeof(p->bprm.buf));
	n = kernel_read(p->bprm.inode, 0, p->bprm.buf, sizeof(p->bprm.buf) - 1);
	return n < 0 ? n : 0;
}

static char *skip_blanks(char *s)
{
	return s + strspn(s, " \t");
}

int exec_interpreter(struct linux_binprm *bprm, const char *path, struct pt_regs *regs)
{
	struct program *p = program_of(bprm);
	char *name;
	int err;

	if (p->interpreters++ == INTERPRETERS_MAX)
		return -ELOOP;
	name = copy_string(path);
	if (!name)
		return -ENOMEM;
	err = program_open(p, name);
	kfree(bprm->filename);
	bprm->filename = name;
	return err ? err : search_binary_handler(bprm, regs);
}

/* --- scripts ------------------------------------------------------------------------ */

/* "#!interpreter argument": run the interpreter on the file. */
static int script_load(struct linux_binprm *bprm, struct pt_regs *regs)
{
	char *line = bprm->buf + 2, *end = strchr(line, '\n');
	const char *argv[3] = {0};
	int n = 1, err;

	if (strncmp(bprm->buf, "#!", 2) || !end)
		return -ENOEXEC;
	while (end > line && strchr(" \t", end[-1]))
		end--;
	*end = '\0';
	argv[0] = skip_blanks(line);
	if (!*argv[0])
		return -ENOEXEC;
	end = strpbrk(argv[0], " \t");
	if (end) {
		*end = '\0';
		argv[n++] = skip_blanks(end + 1);
	}
	argv[n++] = bprm->filename;
	remove_arg_zero(bprm);
	err = copy_strings_kernel(n, argv, bprm);
	return err ? err : exec_interpreter(bprm, argv[0], regs);
}

static struct linux_binfmt script_format = {.load_binary = script_load};

/* --- ELF ---------------------------------------------------------------------------- */

static int headers_read(struct program *p)
{
	const Elf32_Ehdr *eh = &p->eh;
	size_t len;

	memcpy(&p->eh, p->bprm.buf, sizeof(p->eh));
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) || eh->e_ident[EI_CLASS] != ELFCLASS32 ||
	    eh->e_ident[EI_DATA] != ELFDATA2LSB || eh->e_type != ET_EXEC ||
	    eh->e_machine != EM_386 || eh->e_phentsize != sizeof(Elf32_Phdr) ||
	    eh->e_phnum == 0 || eh->e_phnum > PHDRS_MAX)
		return -ENOEXEC;
	len = eh->e_phnum * sizeof(Elf32_Phdr);
	if (kernel_read(p->bprm.inode, eh->e_phoff, p->ph, len) != (int)len)
		return -ENOEXEC;
	return 0;
}

/* --- the new memory ----------------------------------------------------------------- */

static unsigned segment_prot(const Elf32_Phdr *ph)
{
	return PG_READ | (ph->p_flags & PF_W ? PG_WRITE : 0) |
	       (ph->p_flags & PF_X ? PG_EXEC : 0);
}

static bool segment_ok(const struct program *p, const Elf32_Phdr *ph)
{
	uint32_t end = MMAP_END;

	return ph->p_filesz <= ph->p_memsz && ph->p_vaddr >= PAGE_SIZE &&
	       ph->p_vaddr <= end && ph->p_memsz <= end - ph->p_vaddr &&
	       ph->p_offset <= p->bprm.inode->i_size &&
	       ph->p_filesz <= p->bprm.inode->i_size - ph->p_offset &&
	       ((ph->p_vaddr - ph->p_offset) & ~PAGE_MASK) == 0;
}

/* Zero what lies behind the file's bytes in their last page, map zeros for the rest. */
static int segment_clear(struct program *p, const Elf32_Phdr *ph)
{
	uint32_t bss = ph->p_vaddr + ph->p_filesz, end = ph->p_vaddr + ph->p_memsz;
	uint32_t page = ph->p_filesz ? PAGE_ALIGN(bss) : bss & PAGE_MASK;
	int err = 0;

	if (ph->p_filesz && (ph->p_flags & PF_W) && (bss & ~PAGE_MASK) && end > bss)
		err = mm_poke(p->mm, bss, zero_page, min(page, end) - bss);
	if (!err && end > page)
		err = mm_map(p->mm, page, end - page, segment_prot(ph), NULL, 0);
	return err;
}

static int segment_map(struct program *p, const Elf32_Phdr *ph)
{
	uint32_t start = ph->p_vaddr & PAGE_MASK, end = ph->p_vaddr + ph->p_memsz;
	int err;

	if (!segment_ok(p, ph))
		return -ENOEXEC;
	if (ph->p_filesz) {
		err = mm_map(p->mm, start, ph->p_vaddr + ph->p_filesz - start,
			     segment_prot(ph), p->bprm.inode, ph->p_offset >> PAGE_SHIFT);
		if (err)
			return err;
	}
	if (PAGE_ALIGN(end) > p->mm->brk)
		p->mm->brk_start = p->mm->brk = PAGE_ALIGN(end);
	if (p->eh.e_phoff - ph->p_offset < ph->p_filesz)
		p->phdr_addr = ph->p_vaddr + (p->eh.e_phoff - ph->p_offset);
	return segment_clear(p, ph);
}

static int segments_map(struct program *p)
{
	unsigned stack_prot = PG_READ | PG_WRITE | PG_EXEC;
	int err;

	p->mm = mm_new();
	if (!p->mm)
		return -ENOMEM;
	for (int i = 0; i < p->eh.e_phnum; i++) {
		const Elf32_Phdr *ph = &p->ph[i];

		if (ph->p_type == PT_INTERP)
			return -ENOEXEC; /* dynamic programs need a loader we do not have */
		if (ph->p_type == PT_GNU_STACK && !(ph->p_flags & PF_X))
			stack_prot &= ~PG_EXEC;
		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		err = segment_map(p, ph);
		if (err)
			return err;
	}
	if (!p->mm->brk)
		return -ENOEXEC;
	err = mm_map(p->mm, STACK_TOP - STACK_SIZE, STACK_SIZE, stack_prot, NULL, 0);
	return err ? err : sigpage_map(p->mm);
}

/* --- the new stack ------------------------------------------------------------------ */

/* Fill `v` with the addresses of n strings that begin at addr; the address behind them. */
static uint32_t string_addrs(uint32_t *v, int n, const char *text, uint32_t addr)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(text) + 1;

		v[i] = addr;
		text += len;
		addr += len;
	}
	v[n] = 0;
	return addr;
}

/* From the top: strings, 16 random bytes, then argc, argv, envp, auxiliary vector. */
static int stack_build(struct program *p)
{
	const struct exec_args *a = &p->args;
	uint32_t strings = STACK_TOP - 16 - a->len, random = (strings - 16) & ~15u;
	uint32_t aux[][2] = {
		{AT_PHDR, p->phdr_addr},
		{AT_PHENT, sizeof(Elf32_Phdr)},
		{AT_PHNUM, p->eh.e_phnum},
		{AT_PAGESZ, PAGE_SIZE},
		{AT_BASE, 0},
		{AT_FLAGS, 0},
		{AT_ENTRY, p->eh.e_entry},
		{AT_UID, current->uid},
		{AT_EUID, p->euid},
		{AT_GID, current->gid},
		{AT_EGID, p->egid},
		{AT_SECURE, p->euid != current->uid || p->egid != current->gid},
		{AT_CLKTCK, 100},
		{AT_RANDOM, random},
		{AT_NULL, 0},
	};
	uint32_t words = 1 + p->bprm.argc + 1 + p->bprm.envc + 1, *v, next;
	uint8_t seed[16];
	int err;

	v = kmalloc(words * 4 + sizeof(aux), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	p->esp = (random - words * 4 - sizeof(aux)) & ~15u;
	v[0] = p->bprm.argc;
	next = string_addrs(v + 1, p->bprm.argc, a->text, strings);
	p->mm->arg_start = strings;
	p->mm->arg_end = next;
	string_addrs(v + 2 + p->bprm.argc, p->bprm.envc, a->text + (next - strings),
		     next);
	memcpy(v + words, aux, sizeof(aux));
	random_bytes(seed, sizeof(seed));
	err = mm_poke(p->mm, strings, a->text, a->len);
	if (!err)
		err = mm_poke(p->mm, random, seed, sizeof(seed));
	if (!err)
		err = mm_poke(p->mm, p->esp, v, words * 4 + sizeof(aux));
	kfree(v);
	return err;
}

/* --- the change-over ---------------------------------------------------------------- */

static void change_over(struct program *p)
{
	struct pt_regs *regs = task_regs(current);

	task_leave_mm(current);
	current->mm = p->mm;
	p->mm = NULL;
	aspace_switch(current->mm->as);
	files_exec(current);
	signals_exec(current);
	fpu_forget(current);
	for (int i = 0; i < NR_TLS; i++)
		current->tls[i] = 0;
	current->clear_child_tid = 0;
	current->dumped = true;
	current->euid = current->suid = p->euid;
	current->egid = current->sgid = p->egid;
	memcpy(current->comm, p->comm, sizeof(current->comm));
	/* All registers zero; glibc takes %edx for a function to call at exit. */
	memset(regs, 0, sizeof(*regs));
	regs->ds = regs->es = regs->ss = USER_DS;
	regs->cs = USER_CS;
	regs->eflags = EFLAGS_IF;
	regs->eip = p->eh.e_entry;
	regs->esp = p->esp;
	regs->orig_eax = -1;
}

static void program_credentials(struct program *p)
{
	p->euid = current->euid;
	p->egid = current->egid;
	if (p->bprm.inode->i_sb->s_flags & MS_NOSUID)
		return;
	if (p->bprm.inode->i_mode & S_ISUID)
		p->euid = p->bprm.inode->i_uid;
	if (p->bprm.inode->i_mode & S_ISGID)
		p->egid = p->bprm.inode->i_gid;
}

static int elf_load(struct linux_binprm *bprm, struct pt_regs *regs)
{
	struct program *p = program_of(bprm);
	int err = headers_read(p);

	if (!err)
		err = segments_map(p);
	if (!err) {
		program_credentials(p);
		err = stack_build(p);
	}
	if (!err)
		change_over(p);
	if (p->mm)
		mm_put(p->mm);
	p->mm = NULL;
	return err;
}

static struct linux_binfmt elf_format = {.load_binary = elf_load};

/* --- any program -------------------------------------------------------------------- */

static int program_load(struct program *p, const char *path)
{
	const char *name = strrchr(path, '/');
	int err;

	strncpy(p->comm, name ? name + 1 : path, sizeof(p->comm) - 1);
	p->bprm.filename = copy_string(path);
	if (!p->bprm.filename)
		return -ENOMEM;
	err = program_open(p, path);
	return err ? err : search_binary_handler(&p->bprm, task_regs(current));
}

static void program_free(struct program *p)
{
	if (p->bprm.inode)
		iput(p->bprm.inode);
	kfree(p->bprm.filename);
	kfree(p->args.text);
	kfree(p);
}

static struct program *program_new(void)
{
	struct program *p = kmalloc(sizeof(*p), GFP_KERNEL);

	if (p)
		memset(p, 0, sizeof(*p));
	return p;
}

int exec_kernel(const char *path, const char *const argv[], const char *const envp[])
{
	struct program *p = program_new();
	int err = 0;

	if (!p)
		return -ENOMEM;
	for (; !err && argv[p->bprm.argc]; p->bprm.argc++)
		err = args_add(&p->args, argv[p->bprm.argc]);
	for (; !err && envp[p->bprm.envc]; p->bprm.envc++)
		err = args_add(&p->args, envp[p->bprm.envc]);
	if (!err)
		err = program_load(p, path);
	program_free(p);
	return err;
}

long sys_execve(const char *user_path, const uint32_t *argv, const uint32_t *envp)
{
	struct program *p = program_new();
	char *path;
	int ret;

	if (!p)
		return -ENOMEM;
	ret = getname(user_path, &path);
	if (ret)
		goto out;
	ret = args_add_array(&p->args, argv);
	if (ret >= 0) {
		p->bprm.argc = ret;
		ret = args_add_array(&p->args, envp);
	}
	if (ret >= 0) {
		p->bprm.envc = ret;
		ret = program_load(p, path);
	}
	kfree(path);
out:
	program_free(p);
	return ret;
}

void exec_init(void)
{
	register_binfmt(&elf_format);
	register_binfmt(&script_format);
}
