/* lib/modload.c - load one module: from a file's bytes to a live module
 *
 * modload() reads like the list of stages. Everything a stage makes is kept in struct
 * load at once; nothing is released before the end of modload().
 */
#include "modload.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ksyms.h"
#include "ksys.h"
#include "modhint.h"
#include "modmap.h"
#include "modname.h"
#include "modversion.h"
#include "msg.h"
#include "obj.h"
#include "persist.h"
#include "readfile.h"

#define PRETENDED_BASE 0x12340000u

#define TAINT_PROPRIETARY 1
#define TAINT_FORCED	  2

static const char taint_path[] = "/proc/sys/kernel/tainted";

struct load {
	const struct modload_options *opt;
	char *name;
	struct readfile file;
	struct ksyms ksyms;
	char *prefix; /* of symbol versions */
	struct obj_file *obj;
	unsigned diag; /* cursor: diagnostics up to here have been reported */
	tgt_addr *providers;
	tgt_addr base;
	bool created; /* the kernel has a module of ours that is not initialised */
	int taint;    /* bits to set when all went well */
	int warnings; /* of msg_warnings() when we began */
};

/* --- messages ----------------------------------------------------------------------- */

/* Say why the kernel refused a call, or why it cannot be reached. Returns err. */
static int refused(int err, const char *what)
{
	if (ksys_is_down(err))
		msg_error("%s", ksys_why());
	else
		msg_errno(err, "%s", what);
	return err;
}

/* Report what libobj had to say since the last time. Returns err. */
static int report(struct load *l, int err, bool silent)
{
	enum obj_severity severity;
	const char *text;
	int errors = msg_errors();

	if (!l->obj) {
		msg_errno(err, "cannot read the object");
		return err;
	}
	while ((text = obj_diag(l->obj, &l->diag, &severity))) {
		if (severity == OBJ_WARNING)
			msg_warn("%s", text);
		else if (severity == OBJ_ERROR && !silent)
			msg_error("%s", text);
		else if (severity == OBJ_NOTE && l->opt->verbose)
			msg_info("%s", text);
	}
	if (err && !silent && msg_errors() == errors)
		msg_errno(err, "cannot link");
	return err;
}

static int no_memory(void)
{
	msg_errno(-ENOMEM, "cannot link");
	return -ENOMEM;
}

/* --- file and kernel ---------------------------------------------------------------- */

static int read_object(struct load *l)
{
	int err = readfile(&l->file, l->opt->path, true);

	if (err)
		msg_error("%s", readfile_error(err));
	return err;
}

/* What tells of versions, rights and kallsyms. */
static const char *const always_wanted[] = {"Using_Versions",	 "get_module_symbol",
					    "inter_module_get",	 "__start___kallsyms",
					    "__stop___kallsyms", TGT_RIGHTS_SYMBOL};
#define ALWAYS_WANTED (sizeof(always_wanted) / sizeof(always_wanted[0]))

/* What of a file of symbols matters. */
static void list_wanted(struct load *l, struct ksyms_wanted *w)
{
	const struct obj_symbol *s;
	unsigned cursor = 0;

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < ALWAYS_WANTED; i++)
		ksyms_wanted_add(w, always_wanted[i]);
	while ((s = obj_next_wanted(l->obj, &cursor)))
		ksyms_wanted_add(w, s->name);
}

static int read_symbols(struct load *l, const struct ksyms_wanted *wanted)
{
	const char *path = l->opt->symbols;
	unsigned line;
	int err = ksyms_read_file(&l->ksyms, path, wanted, &line);

	if (err == -EBADMSG && line)
		msg_error("%s:%u: neither a line of System.map nor of /proc/ksyms", path,
			  line);
	else if (err)
		msg_error("%s: %s", path, readfile_error(err));
	return err;
}

/* What of a kernel's symbols matters. */
static int look_up(struct load *l)
{
	const struct obj_symbol *s;
	const char **names;
	size_t n = ALWAYS_WANTED;
	unsigned cursor = 0;
	int err;

	while (obj_next_wanted(l->obj, &cursor))
		n++;
	names = calloc(n, sizeof(*names));
	if (!names)
		return -ENOMEM;
	memcpy(names, always_wanted, sizeof(always_wanted));
	n = ALWAYS_WANTED;
	for (cursor = 0; (s = obj_next_wanted(l->obj, &cursor));)
		if (*s->name)
			names[n++] = s->name;
	err = ksyms_look_up(&l->ksyms, names, n, l->name, KSYMS_VERSION);
	free(names);
	return err;
}

static int fetch_symbols(struct load *l)
{
	struct ksyms_wanted wanted;
	int err;

	if (l->opt->symbols) {
		list_wanted(l, &wanted);
		return read_symbols(l, &wanted);
	}
	err = look_up(l);
	return err ? refused(err, "query_module") : 0;
}

/* It must read back from /proc/modules and __insmod_ symbols. */
static bool is_name(const char *s)
{
	size_t len = strcspn(s, " \t\n\v\f\r/");

	return len && !s[len] && len < TGT_MODULE_NAME_MAX;
}

static int name_module(struct load *l)
{
	const struct modload_options *opt = l->opt;

	l->name = opt->name ? strdup(opt->name) : modname_of_path(opt->path);
	if (!l->name)
		return no_memory();
	if (is_name(l->name))
		return 0;
	msg_error("a module's name is one word without / (-o gives another)");
	return -EINVAL;
}

static int check_name(struct load *l)
{
	const struct modload_options *opt = l->opt;

	if (opt->noload || !ksyms_module(&l->ksyms, l->name))
		return 0;
	if (!opt->exist_ok)
		msg_error("a module named %s already exists", l->name);
	return -EEXIST;
}

static int load_object(struct load *l)
{
	return report(l, obj_load(&l->obj, l->file.bytes, l->file.len), false);
}

/* --- versions and imports ----------------------------------------------------------- */

static int check_version(struct load *l, const struct modversion_side *kernel,
			 const struct modversion_side *object)
{
	const struct modload_options *opt = l->opt;

	if (opt->symbols)
		return 0; /* no kernel to compare with */
	if (!object->version) {
		msg_error("couldn't find the kernel version the module was compiled for");
		return -ENOEXEC;
	}
	if (modversion_fits(kernel, object, opt->numeric_version))
		return 0;
	if (opt->force) {
		msg_warn("kernel-module version mismatch\n"
			 "\t%s was compiled for kernel version %s\n"
			 "\twhile this kernel is version %s",
			 opt->path, object->version, kernel->version);
		return 0;
	}
	if (!opt->quiet)
		msg_error("kernel-module version mismatch\n"
			  "\t%s was compiled for kernel version %s\n"
			  "\twhile this kernel is version %s.",
			  opt->path, object->version, kernel->version);
	return -ENOEXEC;
}

/* Decide how names of symbols match, and make them findable. */
static int match_versions(struct load *l)
{
	struct modversion_side kernel = {
		.version = l->ksyms.release,
		.checksums = modversion_kernel_checksums(&l->ksyms),
	};
	struct modversion_side object = {
		.version = obj_kernel_version(l->obj),
		.checksums = obj_uses_checksums(l->obj),
	};
	struct ksyms_match match = {
		.strip = kernel.checksums != object.checksums,
		.gpl = obj_gpl_compatible(l->obj),
	};
	int err = check_version(l, &kernel, &object);

	if (err)
		return err;
	l->prefix =
		l->opt->prefix ? strdup(l->opt->prefix) : modversion_prefix(&l->ksyms);
	if (!l->prefix)
		return no_memory();
	if (l->opt->verbose)
		msg_info("Symbol version prefix '%s'", l->prefix);
	match.prefix = l->prefix;
	if (match.strip && obj_ignore_versions(l->obj, l->prefix) < 0)
		return no_memory();
	return ksyms_index(&l->ksyms, &match) < 0 ? no_memory() : 0;
}

static int import_symbols(struct load *l)
{
	const struct obj_symbol *wanted;
	unsigned cursor = 0;

	while ((wanted = obj_next_wanted(l->obj, &cursor))) {
		const struct ksyms_symbol *s;
		int provider;

		s = ksyms_find(&l->ksyms, wanted->name, &provider);
		if (s && obj_add_symbol(l->obj, wanted->name, s->value, provider) < 0)
			return no_memory();
	}
	return 0;
}

/* Near names were not wanted before. */
static int fetch_all_symbols(struct load *l)
{
	if (!l->opt->symbols && !l->ksyms.partial)
		return 0;
	ksyms_free(&l->ksyms);
	if (l->opt->symbols)
		return read_symbols(l, NULL);
	return ksyms_fetch(&l->ksyms, KSYMS_SYMBOLS | KSYMS_VERSION);
}

/* Say of each symbol that nobody has what can be known about it. */
static void give_hints(struct load *l)
{
	char *own = NULL, *default_dir = NULL;
	const char *dirs[3] = {0};
	const struct obj_symbol *s;
	int n = 0;
	unsigned cursor = 0;

	if (fetch_all_symbols(l) < 0)
		return;
	if (l->opt->module_dir)
		dirs[n++] = l->opt->module_dir;
	else if ((own = modhint_tree_of(l->opt->path)) != NULL)
		dirs[n++] = own;
	if (!l->opt->module_dir && *l->ksyms.release &&
	    asprintf(&default_dir, "/lib/modules/%s", l->ksyms.release) >= 0)
		dirs[n++] = default_dir;
	while ((s = obj_next_wanted(l->obj, &cursor)))
		if (obj_is_unresolved(s))
			modhint_unresolved(&l->ksyms, s->name, dirs);
	free(own);
	free(default_dir);
}

static int resolve(struct load *l)
{
	int err = obj_resolve(l->obj, l->name);

	report(l, err, l->opt->quiet);
	if (err == -ENOENT && !l->opt->quiet)
		give_hints(l);
	return err;
}

/* --- licence ------------------------------------------------------------------------ */

static void warn_taint(struct load *l, int bit, const char *why, const char *what)
{
	msg_warn("loading %s will taint the kernel: %s%s", l->opt->path, why, what);
	if (!l->taint)
		msg_hint("insmod(8) tells what a tainted kernel is");
	l->taint |= bit;
}

static void check_licence(struct load *l)
{
	const char *licence = obj_licence(l->obj);

	if (l->opt->symbols)
		return; /* no kernel to taint */
	if (!licence && l->ksyms.tainted >= 0)
		warn_taint(l, TAINT_PROPRIETARY, "no license", "");
	else if (licence && !obj_gpl_compatible(l->obj))
		warn_taint(l, TAINT_PROPRIETARY, "non-GPL license - ", licence);
	if (l->opt->force)
		warn_taint(l, TAINT_FORCED, "forced load", "");
}

/* Set the bits in the kernel; that it cannot be told is no reason to unload. */
static void taint_kernel(struct load *l)
{
	char text[16];
	int len, fd;

	if (!l->taint || l->ksyms.tainted < 0 ||
	    (l->ksyms.tainted & l->taint) == l->taint)
		return;
	fd = ksys_file_open(taint_path, O_WRONLY);
	if (fd < 0)
		return;
	len = snprintf(text, sizeof(text), "%d\n", l->ksyms.tainted | l->taint);
	ksys_file_write(fd, text, len);
	ksys_file_close(fd);
}

/* --- parameters --------------------------------------------------------------------- */

static int set_parameter(struct load *l, const char *assignment)
{
	int err;

	if (*assignment == '=' || !strchr(assignment, '=')) {
		msg_error("%s: a parameter is symbol=value", assignment);
		return -EINVAL;
	}
	err = obj_set_param(l->obj, assignment);
	if (err != -ENOENT)
		return report(l, err, false);
	/* scripts outlive parameters: not an error, by tradition */
	report(l, 0, true);
	msg_warn("ignoring %s, no such parameter in this module", assignment);
	return 0;
}

/* All are tried, so that all mistakes are told; the first error counts. */
static int set_parameters(struct load *l)
{
	int first = report(l, obj_check_params(l->obj), false);

	for (size_t i = 0; i < l->opt->nparams; i++) {
		int err = set_parameter(l, l->opt->params[i]);

		first = first ? first : err;
	}
	return first;
}

static bool has_persistent(struct load *l)
{
	size_t cursor = 0;

	return obj_next_persistent(l->obj, &cursor) != NULL;
}

/* The file of persistent data, malloced in *path; NULL if there is none to read. */
static int persist_file(struct load *l, char **path)
{
	const struct modload_options *opt = l->opt;
	const char *dir = opt->persist_dir;

	*path = NULL;
	if (!opt->persist || !has_persistent(l))
		return 0;
	if (opt->no_ksymoops) {
		msg_error("has persistent data but ksymoops symbols are not available");
		return -EINVAL;
	}
	if (*opt->persist && *opt->persist != '/') {
		msg_error("%s: the name of a persistent file must be absolute",
			  opt->persist);
		return -EINVAL;
	}
	if (*opt->persist)
		*path = strdup(opt->persist);
	else if (dir && *dir)
		*path = persist_path(dir, opt->path);
	else
		return 0; /* none is configured: by tradition, no error */
	return *path ? 0 : no_memory();
}

static int add_tag(struct load *l, int secidx, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int set_persistent(struct load *l)
{
	const struct obj_section *this = obj_find_section(l->obj, ".this");
	char *path;
	unsigned line;
	int err = persist_file(l, &path);

	if (!path)
		return err;
	err = persist_apply(l->obj, path, &line);
	if (err)
		report(l, 0, false);
	if (err == -EINVAL)
		msg_error("%s:%u: bad persistent data", path, line);
	else if (err)
		msg_errno(err, "%s", path);
	else
		err = add_tag(l, this->secidx, "P%s", path);
	free(path);
	return err;
}

/* --- ksymoops ----------------------------------------------------------------------- */

/* Export a symbol __insmod_NAME_... at the start of a section. */
static int add_tag(struct load *l, int secidx, const char *fmt, ...)
{
	char *tail, *name;
	va_list ap;
	int err;

	va_start(ap, fmt);
	if (vasprintf(&tail, fmt, ap) < 0)
		tail = NULL;
	va_end(ap);
	if (!tail || asprintf(&name, "__insmod_%s_%s", l->name, tail) < 0) {
		free(tail);
		return no_memory();
	}
	err = obj_add_export(l->obj, name, secidx, 0);
	free(tail);
	free(name);
	return err == -ENOMEM ? no_memory() : 0;
}

/* Where the object lies and where its sections went, for who decodes an oops. */
static int add_ksymoops_symbols(struct load *l)
{
	static const char *const told[] = {".text", ".rodata", ".data", ".bss", ".sbss"};
	const struct obj_section *s = obj_find_section(l->obj, ".this");
	const char *version = obj_kernel_version(l->obj);
	char *path;
	int err;

	if (l->opt->no_ksymoops)
		return 0;
	path = realpath(l->opt->path, NULL);
	if (!path) {
		err = -errno;
		msg_error("cannot get realpath for %s", l->opt->path);
		return err;
	}
	err = add_tag(l, s->secidx, "O%s_M%08X_V%d", path, (unsigned)l->file.mtime,
		      version ? modversion_number(version) : -1);
	free(path);
	for (size_t i = 0; !err && i < sizeof(told) / sizeof(told[0]); i++) {
		s = obj_find_section(l->obj, told[i]);
		if (s && s->size)
			err = add_tag(l, s->secidx, "S%s_L%u", told[i], s->size);
	}
	return err;
}

/* --- tables and layout -------------------------------------------------------------- */

/* Does the kernel keep all symbols for debuggers, so that the module should, too? */
static bool kernel_has_kallsyms(const struct ksyms *k)
{
	tgt_addr start = 0, stop = 0;

	for (size_t i = 0; i < k->kernel.nsymbols; i++) {
		const struct ksyms_symbol *s = &k->kernel.symbols[i];

		if (s->name[0] != '_' || s->name[1] != '_' || s->name[2] != 's')
			continue; /* there are tens of thousands */
		if (!strncmp(s->name, "__start___kallsyms", 18))
			start = s->value;
		else if (!strncmp(s->name, "__stop___kallsyms", 17))
			stop = s->value;
	}
	return stop > start;
}

static int build_tables(struct load *l)
{
	const struct ksyms *k = &l->ksyms;
	struct obj_module m = {
		.no_export_all = l->opt->no_export,
		.kallsyms = l->opt->kallsyms || kernel_has_kallsyms(k),
		.nproviders = k->nmodules,
	};
	int err;

	l->providers = calloc(k->nmodules + 1, sizeof(*l->providers));
	if (!l->providers)
		return no_memory();
	for (size_t i = 0; i < k->nmodules; i++)
		l->providers[i] = k->modules[i].info.addr;
	m.providers = l->providers;
	err = obj_build_module(l->obj, &m);
	if (!err)
		err = obj_layout(l->obj);
	return report(l, err, false);
}

/* For a kernel that protects modules from themselves. */
static int separate_rights(struct load *l)
{
	int provider;

	if (!ksyms_find(&l->ksyms, TGT_RIGHTS_SYMBOL, &provider) || provider)
		return 0;
	return report(l, obj_separate(l->obj), false);
}

/* Everything that can be done without the kernel's help. */
static int link_module(struct load *l)
{
	int err = match_versions(l);

	if (!err)
		err = import_symbols(l);
	if (!err)
		err = separate_rights(l);
	if (!err)
		err = resolve(l);
	if (err)
		return err;
	check_licence(l);
	err = set_parameters(l);
	if (!err)
		err = set_persistent(l);
	if (!err)
		err = add_ksymoops_symbols(l);
	if (!err)
		err = build_tables(l);
	return err;
}

/* --- hand over ---------------------------------------------------------------------- */

/* Signals that end a tool wait while the kernel has a half-made module of ours. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define NSIGNALS (sizeof(signals) / sizeof(signals[0]))
static volatile sig_atomic_t caught;

static void on_signal(int signal)
{
	caught = signal;
}

static void hold_signals(struct sigaction old[NSIGNALS])
{
	struct sigaction hold = {.sa_handler = on_signal};

	caught = 0;
	for (size_t i = 0; i < NSIGNALS; i++) {
		sigaction(signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &hold, NULL);
	}
}

/* A signal that came too late to stop the load still ends who did not expect it. */
static void restore_signals(const struct sigaction old[NSIGNALS], bool loaded)
{
	for (size_t i = 0; i < NSIGNALS; i++)
		sigaction(signals[i], &old[i], NULL);
	if (loaded && caught)
		raise(caught);
}

static int create(struct load *l)
{
	tgt_ulong size = obj_size(l->obj);
	int err;

	l->base = l->opt->base ? l->opt->base : PRETENDED_BASE;
	if (l->opt->noload)
		return 0;
	err = ksys_create_module(l->name, size, &l->base);
	l->created = !err;
	if (err == -EEXIST && l->opt->exist_ok)
		return err;
	if (err == -EEXIST)
		msg_error("a module named %s already exists", l->name);
	else if (err == -ENOMEM && !ksys_is_down(err))
		msg_error("can't allocate kernel memory for module; needed %u bytes",
			  size);
	else if (err)
		refused(err, "create_module");
	return err;
}

/* A file of its own, as linkers make it: who has an image of that name open keeps it, and
 * it is quicker than to empty a file. What is no plain file is written to. */
static int create_file(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1)
		unlink(path);
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static int write_image(struct load *l, const void *image)
{
	const char *p = image;
	size_t left = obj_size(l->obj);
	int fd = create_file(l->opt->blob);
	int err = fd < 0 ? -errno : 0;

	while (!err && left > 0) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && (errno != EINTR || caught))
			err = -errno;
		if (n > 0) {
			p += n;
			left -= n;
		}
	}
	if (fd >= 0 && close(fd) < 0 && !err)
		err = -errno;
	if (err)
		msg_errno(err, "%s", l->opt->blob);
	return err;
}

static int initialise(struct load *l, const void *image)
{
	int err;

	if (caught) {
		msg_error("interrupted");
		return -EINTR;
	}
	ksys_interrupt_by(&caught);
	err = ksys_init_module(l->name, image, obj_size(l->obj));
	ksys_interrupt_by(NULL);
	if (!err) {
		l->created = false;
		return 0;
	}
	if (err == -EINTR && caught) {
		msg_error("interrupted");
		return err;
	}
	refused(err, "init_module");
	if (!ksys_is_down(err))
		msg_hint("insmod errors can be caused by incorrect module parameters, "
			 "including invalid IO or IRQ parameters;\n"
			 "\tthe kernel's log may tell more (kstub dmesg)");
	return err;
}

/* With the address known: relocate, show, save, and let it live. */
static int finish(struct load *l)
{
	const struct modload_options *opt = l->opt;
	const void *image;
	int err = report(l, obj_relocate(l->obj, l->base), false);

	if (err)
		return err;
	image = obj_image(l->obj, opt->autoclean ? TGT_MOD_AUTOCLEAN : 0);
	if (!image)
		return no_memory();
	if (opt->json)
		err = modmap_print_json(l->obj, l->name, l->base, &l->ksyms);
	else if (opt->map)
		err = modmap_print(l->obj);
	if (err)
		return no_memory();
	if (opt->blob)
		err = write_image(l, image);
	return err || opt->noload ? err : initialise(l, image);
}

/* Is the module of our name the one we made? Somebody else's must not be deleted. */
static bool still_ours(struct load *l)
{
	struct tgt_module_info info;
	uint32_t ret;
	struct ksys_call c = {KSYS_query_module,
			      5,
			      {ksys_str(l->name), ksys_val(TGT_QM_INFO),
			       ksys_out(&info, sizeof(info)), ksys_val(sizeof(info)),
			       ksys_out(&ret, sizeof(ret))},
			      0};

	return ksys_run(&c, 1) == 0 && c.result == 0 && info.addr == l->base;
}

static void delete_half_made(struct load *l)
{
	int err;

	/* after an interrupted wait the door is closed; the kernel may have tidied up */
	if (ksys_open() < 0 || !still_ours(l))
		return;
	err = ksys_delete_module(l->name);
	if (err && err != -ENOENT)
		refused(err, "delete_module");
}

/* From create_module to init_module: afterwards the module lives or does not exist. */
static int hand_over(struct load *l)
{
	bool loads = !l->opt->noload;
	struct sigaction old[NSIGNALS];
	int err;

	if (loads)
		hold_signals(old);
	err = create(l);
	if (!err)
		err = finish(l);
	if (l->created)
		delete_half_made(l);
	if (loads)
		restore_signals(old, !err);
	return err;
}

static int load(struct load *l)
{
	const struct modload_options *opt = l->opt;
	int err;

	msg_object(opt->path);
	err = name_module(l);
	if (!err)
		err = read_object(l);
	if (!err)
		err = load_object(l);
	msg_object(NULL);
	if (!err)
		err = fetch_symbols(l);
	if (!err)
		err = check_name(l);
	if (err)
		return err;
	msg_object(opt->path);
	err = link_module(l);
	if (!err && !opt->probe)
		err = hand_over(l);
	if (err || opt->probe || opt->noload)
		return err;
	taint_kernel(l);
	if (opt->verbose)
		msg_info("%s at 0x%08x, %u bytes", l->name, l->base, obj_size(l->obj));
	if (msg_warnings() > l->warnings)
		msg_info("Module %s loaded, with warnings", l->name);
	return 0;
}

int modload(const struct modload_options *given)
{
	struct modload_options opt = *given;
	struct load l = {.opt = &opt, .file.fd = -1, .warnings = msg_warnings()};
	int err;

	opt.noload |= opt.symbols != NULL;
	err = load(&l);
	msg_object(NULL);
	obj_free(l.obj);
	readfile_free(&l.file);
	ksyms_free(&l.ksyms);
	free(l.name);
	free(l.prefix);
	free(l.providers);
	return err;
}
