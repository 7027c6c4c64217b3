/* kernel/module.c - the list of modules: create, initialise, delete, sweep
 *
 * Rules: see module.h and module_port.h. Besides the kernel's own records, the links that
 * Linux 2.4 keeps in the images (next, refs, next_ref) are kept up to date for debuggers
 * and for modules that walk them; nothing here reads them.
 */
#include "kernel/module.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kernel/module_port.h"

#define HASH_SIZE 256				  /* 1000 modules: four a bucket */
#define NAME_MAX  ((long)TGT_MODULE_NAME_MAX - 1) /* signed: lengths may be -errno */
#define SHARED	  (MOD_VISITED | MOD_USED_ONCE)	  /* flags the module itself sets */

LIST_HEAD(mod_list);

static struct list_head by_name[HASH_SIZE], by_addr[HASH_SIZE];
static unsigned long sweeps, births;
static unsigned long areas_low = ~0ul, areas_high; /* no area ever was outside */
static struct module kernel_header = {
	.size_of_struct = sizeof(struct module),
	.name = "",
	.uc.usecount = ATOMIC_INIT(1),
	.flags = MOD_RUNNING,
};
bool mod_unsettled;
struct mod mod_kernel = {
	.header = &kernel_header, .state = MOD_RUNNING, .name_size = 1, .name = ""};

/* --- finding ------------------------------------------------------------------------ */

static struct list_head *name_bucket(const char *name)
{
	unsigned h = 2166136261u; /* FNV-1a */

	while (*name)
		h = (h ^ (unsigned char)*name++) * 16777619u;
	return &by_name[h % HASH_SIZE];
}

static struct list_head *addr_bucket(unsigned long addr)
{
	return &by_addr[addr / TGT_PAGE_SIZE % HASH_SIZE];
}

static struct mod *find_name(const char *name)
{
	struct mod *mod;

	list_for_each_entry (mod, name_bucket(name), same_name_hash)
		if (!(mod->state & MOD_DELETED) && strcmp(mod->name, name) == 0)
			return mod;
	return NULL;
}

/* The module whose header lies at `addr`. */
static struct mod *find_header(unsigned long addr)
{
	struct mod *mod;

	list_for_each_entry (mod, addr_bucket(addr), same_addr_hash)
		if ((unsigned long)mod->header == addr)
			return mod;
	return NULL;
}

struct mod *mod_within(unsigned long addr)
{
	struct mod *mod;

	if (addr < areas_low || addr >= areas_high)
		return NULL;
	list_for_each_entry (mod, &mod_list, list)
		if (mod != &mod_kernel && addr - (unsigned long)mod->header < mod->area)
			return mod;
	return NULL;
}

/* Read a name from user space: its length and a buffer for the caller to free. */
static long name_from(tgt_addr user, char **name)
{
	long len;

	*name = kmalloc(TGT_MODULE_NAME_MAX, GFP_KERNEL);
	if (!*name)
		return -ENOMEM;
	len = port_string_from(*name, user, TGT_MODULE_NAME_MAX);
	if (len > NAME_MAX)
		len = -ENAMETOOLONG;
	if (len == 0)
		len = -EINVAL;
	if (len < 0)
		kfree(*name);
	return len;
}

int mod_find_user(tgt_addr user, struct mod **mod)
{
	char *name;
	long len;

	*mod = &mod_kernel;
	if (!user)
		return 0;
	len = name_from(user, &name);
	if (len < 0)
		return len;
	*mod = find_name(name);
	kfree(name);
	return *mod ? 0 : -ENOENT;
}

/* --- flags and use counts ----------------------------------------------------------- */

static void set_state(struct mod *mod, tgt_ulong set, tgt_ulong clear)
{
	mod->state = (mod->state & ~clear) | set;
	mod->header->flags = (mod->header->flags & SHARED) | mod->state;
}

/* Something has changed that may let a module in quarantine go. */
static void unsettle(const struct mod *mod)
{
	if (mod->state & MOD_QUARANTINED)
		mod_unsettled = true;
}

tgt_ulong mod_flags(const struct mod *mod)
{
	return mod->state | (mod->header->flags & SHARED);
}

bool mod_queryable(const struct mod *mod)
{
	return (mod->state & (MOD_RUNNING | MOD_INITIALIZING)) &&
	       !(mod->state & (MOD_DELETED | MOD_QUARANTINED));
}

long mod_usecount(const struct mod *mod)
{
	if (mod->state & MOD_QUARANTINED)
		return mod->holds;
	return mod->can_unload ? -1 : GET_USE_COUNT(mod->header);
}

/* A module that faults when asked is not let go. Of one in quarantine nothing is believed,
 * its use count may have come too high out of a call that was cut short. */
static bool in_use(struct mod *mod)
{
	int busy;

	if (mod->state & MOD_QUARANTINED)
		return mod->holds || mod->inside;
	if (!mod->can_unload)
		return GET_USE_COUNT(mod->header) != 0;
	return port_call(mod->header, mod->can_unload, &busy) < 0 || busy;
}

int mod_in_use(struct module *m)
{
	struct mod *mod = find_header((unsigned long)m);

	return !mod || in_use(mod);
}

/* The module of which new uses may be made, or NULL. */
static struct mod *usable(struct module *m)
{
	struct mod *mod = find_header((unsigned long)m);

	return mod && !(mod->state & (MOD_DELETED | MOD_QUARANTINED)) ? mod : NULL;
}

static void count_use(struct module *m, int n)
{
	atomic_add(n, &m->uc.usecount);
	m->flags |= MOD_VISITED | (n > 0 ? MOD_USED_ONCE : 0);
}

/* For modules. The name has a macro in front of it in the kernel. */
int(try_inc_mod_count)(struct module *m)
{
	if (m && !usable(m))
		return 0;
	if (m)
		count_use(m, 1);
	return 1;
}

int mod_hold(struct module *m)
{
	struct mod *mod = m ? usable(m) : NULL;

	if (!mod)
		return !m;
	count_use(m, 1);
	mod->holds++;
	return 1;
}

void mod_release(struct module *m)
{
	struct mod *mod = m ? find_header((unsigned long)m) : NULL;

	if (!mod)
		return;
	count_use(m, -1);
	mod->holds--;
	unsettle(mod);
}

/* --- quarantine ----------------------------------------------------------------------- */

bool mod_enter(struct module *m)
{
	struct mod *mod = find_header((unsigned long)m);

	if (!mod || (mod->state & MOD_QUARANTINED))
		return false;
	mod->inside++;
	return true;
}

void mod_leave(struct module *m)
{
	struct mod *mod = find_header((unsigned long)m);

	if (!mod)
		return;
	mod->inside--;
	unsettle(mod);
}

void mod_fault(struct module *m)
{
	struct mod *mod = find_header((unsigned long)m);

	if (!mod)
		return;
	set_state(mod, MOD_QUARANTINED, 0);
	unsettle(mod);
}

/* --- the list and the links --------------------------------------------------------- */

/* Let the element of the list before `mod` point to it in the header chain as well. */
static void publish_next(struct mod *mod)
{
	struct mod *before;

	if (mod->list.prev == &mod_list)
		return;
	before = list_entry(mod->list.prev, struct mod, list);
	before->header->next = mod->header;
}

static void enlist(struct mod *mod)
{
	unsigned long start = (unsigned long)mod->header;

	areas_low = min(areas_low, start);
	areas_high = max(areas_high, start + mod->area);
	list_add(&mod->list, &mod_list);
	list_add(&mod->same_name_hash, name_bucket(mod->name));
	list_add(&mod->same_addr_hash, addr_bucket((unsigned long)mod->header));
	publish_next(list_entry(mod->list.next, struct mod, list));
}

static void delist(struct mod *mod)
{
	struct mod *after = list_entry(mod->list.next, struct mod, list);

	list_del(&mod->list);
	list_del(&mod->same_name_hash);
	list_del(&mod->same_addr_hash);
	publish_next(after);
}

/* Write to the image (or the head in dep's header) before `pos` what follows there. */
static void publish_ref(struct mod *dep, struct list_head *pos)
{
	struct mod_link *link = list_entry(pos, struct mod_link, refs);
	struct module_ref *record = pos == &dep->refs ? NULL : link->record;

	if (pos->prev == &dep->refs) {
		dep->header->refs = record;
		return;
	}
	link = list_entry(pos->prev, struct mod_link, refs);
	memcpy((char *)link->record + offsetof(struct module_ref, next_ref), &record,
	       sizeof(record));
}

static void add_link(struct mod_link *link)
{
	struct module_ref record = {link->dep->header, link->user->header, NULL};

	memcpy(link->record, &record, sizeof(record));
	list_add(&link->refs, &link->dep->refs);
	publish_ref(link->dep, &link->refs);
	publish_ref(link->dep, link->refs.next);
	link->dep->header->flags |= MOD_USED_ONCE;
}

static void remove_link(struct mod_link *link)
{
	struct list_head *after = link->refs.next;

	list_del(&link->refs);
	publish_ref(link->dep, after);
}

/* Forget whom mod needs. With `sweeping`, a module that nobody needs any more is marked as
 * just freed. */
static void remove_links(struct mod *mod, bool sweeping)
{
	for (unsigned i = 0; i < mod->ndeps; i++) {
		remove_link(&mod->links[i]);
		unsettle(mod->links[i].dep);
		if (sweeping && list_empty(&mod->links[i].dep->refs))
			set_state(mod->links[i].dep, MOD_JUST_FREED, 0);
	}
	kfree(mod->links);
	mod->links = NULL;
	mod->ndeps = 0;
}

/* --- create ------------------------------------------------------------------------- */

/* The header of a module that has no image yet, and its name behind. */
static void blank_header(struct mod *mod)
{
	struct module *m = mod->header;
	struct module *next = m->next;

	memset(m, 0, sizeof(*m));
	m->size_of_struct = sizeof(*m);
	m->next = next;
	m->name = strcpy((char *)(m + 1), mod->name);
	m->size = mod->area;
	mod->size = mod->area;
	set_state(mod, 0, ~0u);
}

static struct mod *new_mod(const char *name, size_t len, tgt_ulong size)
{
	struct mod *mod = kmalloc(sizeof(*mod) + len + 1, GFP_KERNEL);

	if (!mod)
		return NULL;
	*mod = (struct mod){.area = size,
			    .owner = port_owner(),
			    .born = ++births,
			    .name_size = len + 1};
	memcpy(mod->name, name, len + 1);
	INIT_LIST_HEAD(&mod->refs);
	mod->header = port_module_alloc(size);
	if (mod->header)
		return mod;
	kfree(mod);
	return NULL;
}

static long create(const char *name, size_t len, tgt_ulong size)
{
	struct mod *mod;

	if (size < sizeof(struct module) + len + 1)
		return -EINVAL;
	if (find_name(name))
		return -EEXIST;
	mod = new_mod(name, len, size);
	if (!mod)
		return -ENOMEM;
	blank_header(mod);
	enlist(mod);
	port_event();
	return (long)mod->header;
}

long mod_create(tgt_addr user_name, tgt_ulong size)
{
	char *name;
	long result;

	if (!port_privileged())
		return -EPERM;
	result = name_from(user_name, &name);
	if (result < 0)
		return result;
	result = create(name, result, size);
	kfree(name);
	return result;
}

/* --- initialise --------------------------------------------------------------------- */

static int refuse(const char *why)
{
	printk(KERN_ERR "init_module: %s\n", why);
	return -EINVAL;
}

/* The size was read before and is not read again: it may have changed. */
static int fetch_header(union mod_header *header, tgt_addr image, tgt_ulong size)
{
	memset(header, 0, sizeof(*header));
	if (size < TGT_MODULE_MIN_SIZE || size > TGT_MODULE_MAX_SIZE) {
		refuse("Invalid module header size.");
		printk(KERN_ERR
		       "A newer version of the module tools is likely needed.\n");
		return -EINVAL;
	}
	if (port_copy_from(header, image, size & ~3u))
		return -EFAULT;
	header->h.size_of_struct = size;
	return 0;
}

/* The name in the image is that of the module. */
static int check_name(const struct mod *mod, const struct tgt_module *h, tgt_addr image)
{
	tgt_addr base = (unsigned long)mod->header;
	char *name;
	long len = name_from(image + (h->name - base), &name);

	if (len < 0) {
		printk(KERN_ERR "init_module: get_mod_name failure.\n");
		return len;
	}
	if (strcmp(name, mod->name) != 0) {
		printk(KERN_ERR "init_module: changed module name to `%s' from `%s'\n",
		       name, mod->name);
		len = -EINVAL;
	}
	kfree(name);
	return len < 0 ? len : 0;
}

/* Take from a checked header what the kernel will decide by. */
static void adopt(struct mod *mod, const union mod_header *header)
{
	const struct tgt_module *h = &header->h;

	mod->size = h->size;
	mod->init = (int (*)(void))h->init;
	mod->cleanup = (void (*)(void))h->cleanup;
	mod->can_unload = (int (*)(void))h->can_unload;
	mod->nsyms = h->nsyms;
	mod->syms = (const struct module_symbol *)h->syms;
	mod->ex_start = (const struct exception_table_entry *)h->ex_table_start;
	mod->ex_end = (const struct exception_table_entry *)h->ex_table_end;
	mod->kallsyms = (const char *)h->kallsyms_start;
	mod->kallsyms_end = (const char *)h->kallsyms_end;
	mod->text = header->rights.text_start;
	mod->rodata = header->rights.rodata_start;
}

/* Let everything be written, as it was when the area was new. */
static void unprotect(struct mod *mod)
{
	port_module_protect(mod->header, mod->area, PORT_READ | PORT_WRITE | PORT_EXEC);
}

/* Give the pages of the image the rights that its header asks for. */
static void protect(struct mod *mod)
{
	tgt_addr base = (unsigned long)mod->header;

	if (!mod->text)
		return;
	port_module_protect(mod->header, mod->text - base, PORT_READ | PORT_WRITE);
	port_module_protect((void *)mod->text, mod->rodata - mod->text,
			    PORT_READ | PORT_EXEC);
	port_module_protect((void *)mod->rodata, base + mod->size - mod->rodata,
			    PORT_READ);
}

/* Forget it all: no function or table of the image is looked at any more. */
static void disown(struct mod *mod)
{
	mod_unexport(mod);
	adopt(mod, &(union mod_header){.h.size = mod->size});
	unprotect(mod);
}

static struct mod *dependency(const struct mod *mod, const struct module_ref *record)
{
	struct mod *dep = find_header((unsigned long)record->dep);

	if (dep == mod) {
		refuse("self-referential dependency in mod->deps.");
		return NULL;
	}
	/* One that does not run yet could in turn need this one, and none would ever go. */
	if (!dep || !mod_queryable(dep)) {
		refuse("found dependency that is (no longer?) a module.");
		return NULL;
	}
	return dep;
}

/* Link the records at `deps` in the image, all or none. */
static int add_links(struct mod *mod, struct module_ref *deps, unsigned n)
{
	struct module_ref record;

	if (!n)
		return 0;
	mod->links = kmalloc(n * sizeof(*mod->links), GFP_KERNEL);
	if (!mod->links)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		struct mod_link *link = &mod->links[i];

		link->user = mod;
		link->record = deps + i;
		memcpy(&record, deps + i, sizeof(record));
		link->dep = dependency(mod, &record);
		if (!link->dep) {
			kfree(mod->links);
			mod->links = NULL;
			return -EINVAL;
		}
	}
	mod->ndeps = n;
	for (unsigned i = 0; i < n; i++)
		add_link(&mod->links[i]);
	return 0;
}

/* Copy the image in behind the header and check what is in it. */
static int fill(struct mod *mod, const union mod_header *header, tgt_addr image)
{
	const struct tgt_module *h = &header->h;
	tgt_ulong head = h->size_of_struct;

	if (port_copy_from((char *)mod->header + head, image + head, h->size - head))
		return -EFAULT;
	adopt(mod, header);
	if (!mod_check_symbols(mod))
		return refuse("mod->syms out of bounds.");
	if (mod_export(mod) < 0)
		return -ENOMEM;
	return add_links(mod, (struct module_ref *)h->deps, h->ndeps);
}

/* The header goes live last, and whole. */
static void publish_header(struct mod *mod, union mod_header *header)
{
	header->h.next = (unsigned long)mod->header->next;
	header->h.refs = 0;
	header->h.usecount = 0;
	memcpy(mod->header, header, header->h.size_of_struct & ~3u);
	set_state(mod, header->h.flags & MOD_AUTOCLEAN, ~0u);
}

static int take_image(struct mod *mod, tgt_addr image, tgt_ulong header_size)
{
	union mod_header header;
	const char *bad;
	int error;

	error = fetch_header(&header, image, header_size);
	if (error)
		return error;
	bad = mod_check_header(&header, (unsigned long)mod->header, mod->area,
			       strlen(mod->name));
	if (bad)
		return refuse(bad);
	error = check_name(mod, &header.h, image);
	if (error)
		return error;
	error = fill(mod, &header, image);
	if (error) {
		disown(mod);
		blank_header(mod);
		return error;
	}
	publish_header(mod, &header);
	protect(mod);
	return 0;
}

/* Returns what init() is to be reported as: 0 or -1 ... -4095. */
static int call_init(struct mod *mod)
{
	int error, result = 0;

	if (!mod->init)
		return 0;
	error = port_call(mod->header, mod->init, &result);
	if (error)
		return error;
	if (result == 0 || TGT_IS_ERROR(result))
		return result;
	printk(KERN_WARNING "%s: init returned %d, which is no error\n", mod->name,
	       result);
	return -EBUSY;
}

static int run_init(struct mod *mod)
{
	int error;

	/* So that nobody removes it meanwhile; init() may add uses of its own. */
	atomic_set(&mod->header->uc.usecount, 1);
	set_state(mod, MOD_INITIALIZING, 0);
	port_event();
	error = call_init(mod);
	if (!error) {
		atomic_dec(&mod->header->uc.usecount);
		set_state(mod, MOD_RUNNING, MOD_INITIALIZING);
		mod->owner = 0;
		return 0;
	}
	/* Its init let others in, who must not lose it now. */
	if (mod->holds || mod->inside || !list_empty(&mod->refs)) {
		atomic_set(&mod->header->uc.usecount, mod->holds);
		mod_fault(mod->header);
		return error;
	}
	atomic_set(&mod->header->uc.usecount, 0);
	port_reclaim(mod->header);
	set_state(mod, 0, ~0u);
	remove_links(mod, false);
	disown(mod);
	port_event();
	return error;
}

int mod_start(tgt_addr user_name, tgt_addr image)
{
	struct mod *mod;
	tgt_long header_size;
	int error;

	if (!port_privileged())
		return -EPERM;
	error = user_name ? mod_find_user(user_name, &mod) : -EFAULT;
	if (error)
		return error;
	if (port_copy_from(&header_size, image, sizeof(header_size)))
		return -EFAULT;
	if (header_size < 0)
		return mod_read_back(mod, image, -(tgt_ulong)header_size);
	if (mod->busy || (mod->state & (MOD_RUNNING | MOD_QUARANTINED)) ||
	    !list_empty(&mod->refs))
		return -EBUSY;
	mod->busy = true;
	error = take_image(mod, image, header_size);
	if (!error)
		error = run_init(mod);
	mod->busy = false;
	return error;
}

/* --- delete ------------------------------------------------------------------------- */

/* cleanup() may sleep: DELETED keeps everybody else away. If it faults the module goes all
 * the same, and -EFAULT or -ETIME tells. */
static int destroy(struct mod *mod, bool sweeping)
{
	int error = 0, ignored;

	set_state(mod, MOD_DELETED, 0);
	if ((mod->state & (MOD_RUNNING | MOD_QUARANTINED)) == MOD_RUNNING && mod->cleanup)
		error = port_call(mod->header, (int (*)(void))mod->cleanup, &ignored);
	if (mod->inside) {
		printk(KERN_ERR "module %s has cleaned up while its code still runs\n",
		       mod->name);
		set_state(mod, 0, MOD_DELETED);
		mod_fault(mod->header);
		return -EBUSY;
	}
	set_state(mod, 0, MOD_RUNNING);
	port_reclaim(mod->header);
	remove_links(mod, sweeping);
	mod_unexport(mod);
	delist(mod);
	port_event();
	port_module_free(mod->header, mod->area);
	kfree(mod);
	return error;
}

static bool removable(struct mod *mod)
{
	return !mod->busy && !(mod->state & MOD_DELETED) && list_empty(&mod->refs) &&
	       !in_use(mod);
}

/* May this sweep take it? A module that was used since the last sweep is spared once, and
 * so is ripe for the next; one whose last user this sweep removed goes with it. */
static bool ripe(struct mod *mod)
{
	const tgt_ulong want = MOD_AUTOCLEAN | MOD_RUNNING | MOD_USED_ONCE;
	tgt_ulong flags = mod_flags(mod);

	if (mod->spared == sweeps || (flags & want) != want || !removable(mod))
		return false;
	if (!(flags & MOD_VISITED) || (flags & MOD_JUST_FREED))
		return true;
	mod->header->flags &= ~MOD_VISITED;
	mod->spared = sweeps;
	return false;
}

static struct mod *next_ripe(void)
{
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list)
		if (mod != &mod_kernel && ripe(mod))
			return mod;
	return NULL;
}

static void sweep(void)
{
	struct mod *mod;

	sweeps++;
	while ((mod = next_ripe()))
		destroy(mod, true);
	list_for_each_entry (mod, &mod_list, list)
		if (mod->state & MOD_JUST_FREED)
			set_state(mod, 0, MOD_JUST_FREED);
}

int mod_delete(tgt_addr user_name)
{
	struct mod *mod;
	int error;

	if (!port_privileged())
		return -EPERM;
	if (!user_name) {
		sweep();
		return 0;
	}
	error = mod_find_user(user_name, &mod);
	if (error)
		return error;
	if (!removable(mod))
		return -EBUSY;
	return destroy(mod, false);
}

/* A module in quarantine that has something left to be taken away from it. */
static struct mod *next_unsettled(void)
{
	struct mod *mod;

	list_for_each_entry (mod, &mod_list, list)
		if ((mod->state & MOD_QUARANTINED) && !mod->busy &&
		    (!mod->withdrawn || removable(mod)))
			return mod;
	return NULL;
}

void mod_settle(void)
{
	struct mod *mod;

	mod_unsettled = false;
	while ((mod = next_unsettled())) {
		if (removable(mod)) {
			printk(KERN_DEBUG "module %s is removed after its fault\n",
			       mod->name);
			destroy(mod, false);
			continue;
		}
		mod->withdrawn = true;
		port_withdraw(mod->header);
		printk(KERN_DEBUG "module %s is in quarantine until nobody uses it\n",
		       mod->name);
	}
}

void mod_owner_gone(unsigned long owner)
{
	struct mod *mod;
	struct list_head *pos, *next;

	list_for_each_safe(pos, next, &mod_list)
	{
		mod = list_entry(pos, struct mod, list);
		if (mod != &mod_kernel && mod->owner && mod->owner == owner &&
		    removable(mod))
			destroy(mod, false);
	}
}

/* --- for the rest of the kernel ----------------------------------------------------- */

void mod_boot(const struct module_symbol *syms, unsigned nsyms,
	      const struct exception_table_entry *ex_start,
	      const struct exception_table_entry *ex_end)
{
	for (int i = 0; i < HASH_SIZE; i++) {
		INIT_LIST_HEAD(&by_name[i]);
		INIT_LIST_HEAD(&by_addr[i]);
	}
	INIT_LIST_HEAD(&mod_kernel.refs);
	mod_kernel.syms = syms;
	mod_kernel.nsyms = nsyms;
	mod_kernel.ex_start = ex_start;
	mod_kernel.ex_end = ex_end;
	kernel_header.syms = (struct module_symbol *)syms;
	kernel_header.nsyms = nsyms;
	kernel_header.ex_table_start = ex_start;
	kernel_header.ex_table_end = ex_end;
	list_add(&mod_kernel.list, &mod_list);
	mod_export(&mod_kernel); /* without memory for it, loaders fetch all */
}

struct module *mod_at(unsigned long addr)
{
	struct mod *mod = mod_within(addr);

	return mod ? mod->header : NULL;
}

const char *mod_name(const struct module *m)
{
	struct mod *mod = m ? find_header((unsigned long)m) : NULL;

	return mod ? mod->name : "";
}

struct module *mod_caller(const void *return_address)
{
	struct module *m = mod_at((unsigned long)return_address);

	return m ? m : port_calling();
}

/* The table is read entry by entry: in an image nothing says it is sorted or aligned, and a
 * fixup outside of it would be a jump anywhere. */
static unsigned long search_table(const struct mod *mod, unsigned long eip)
{
	struct exception_table_entry entry;
	const char *at = (const char *)mod->ex_start;

	for (; at < (const char *)mod->ex_end; at += sizeof(entry)) {
		memcpy(&entry, at, sizeof(entry));
		if (entry.insn != eip)
			continue;
		if (mod == &mod_kernel ||
		    entry.fixup - (unsigned long)mod->header < mod->size)
			return entry.fixup;
	}
	return 0;
}

unsigned long mod_search_extable(unsigned long eip)
{
	struct mod *mod = mod_within(eip);

	if (!mod)
		return search_table(&mod_kernel, eip);
	return mod->state & (MOD_RUNNING | MOD_INITIALIZING) ? search_table(mod, eip) : 0;
}
