/* cycle.c - load modules, use them, unload them, many times on one boot
 *
 *	cycle N FILE...                    load one on the other, unload all, N times
 *	cycle -c HOW WHERE ERROR N FILE    modules/crash.c: misbehave N times
 *
 * ERROR is the number the misbehaving call has to fail with, 0 if it is to succeed. Says
 * what went otherwise than expected and ends with status 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"
#include "ksys.h"
#include "modname.h"
#include "obj.h"
#include "readfile.h"

#define DEVICE	  "/dev/crash"
#define BY_IRQ	  1
#define BY_TIMER  2
#define STACK_MAX 8

static struct ksyms ksyms;
static struct readfile files[STACK_MAX];
static char *names[STACK_MAX];
static size_t nfiles;
static const char *how, *where;
static int error;

static void expect(const char *what, long got, long want)
{
	if (got == want)
		return;
	printf("cycle: %s %s: %s gives %ld, not %ld\n", how ? how : "",
	       where ? where : "", what, got, want);
	exit(1);
}

static int set_param(struct obj_file *f, const char *name, const char *value)
{
	char text[64];

	snprintf(text, sizeof(text), "%s=%s", name, value);
	return obj_set_param(f, text);
}

static void fetch_symbols(void)
{
	const struct ksyms_match match = {.prefix = ""};

	ksyms_free(&ksyms);
	expect("symbols", ksyms_fetch(&ksyms, KSYMS_SYMBOLS), 0);
	expect("symbols", ksyms_index(&ksyms, &match), 0);
}

static void add_symbols(struct obj_file *f)
{
	const struct obj_symbol *wanted;
	const struct ksyms_symbol *s;
	unsigned cursor = 0;
	int provider;

	while ((wanted = obj_next_wanted(f, &cursor))) {
		s = ksyms_find(&ksyms, wanted->name, &provider);
		if (s)
			obj_add_symbol(f, wanted->name, s->value, provider);
	}
}

static void build(struct obj_file *f)
{
	tgt_addr providers[STACK_MAX];
	struct obj_module m = {.providers = providers, .nproviders = ksyms.nmodules};

	if (ksyms.nmodules > STACK_MAX)
		expect("modules", ksyms.nmodules, STACK_MAX);
	for (size_t i = 0; i < ksyms.nmodules; i++)
		providers[i] = ksyms.modules[i].info.addr;
	expect("obj_build_module", obj_build_module(f, &m), 0);
	expect("obj_layout", obj_layout(f), 0);
}

static struct obj_file *link_module(size_t i)
{
	struct obj_file *f;
	tgt_addr base;

	expect("obj_load", obj_load(&f, files[i].bytes, files[i].len), 0);
	add_symbols(f);
	expect("obj_separate", obj_separate(f), 0);
	expect("obj_resolve", obj_resolve(f, names[i]), 0);
	if (how) {
		expect("how=", set_param(f, "how", how), 0);
		expect("where=", set_param(f, "where", where), 0);
	}
	build(f);
	expect("create_module", ksys_create_module(names[i], obj_size(f), &base), 0);
	expect("obj_relocate", obj_relocate(f, base), 0);
	return f;
}

static int load(size_t i)
{
	struct obj_file *f = link_module(i);
	int err = ksys_init_module(names[i], obj_image(f, 0), obj_size(f));

	obj_free(f);
	return err;
}

/* --- misbehaving -------------------------------------------------------------------------- */

static long ioctl_device(int fd, unsigned command)
{
	struct ksys_call call = {
		.nr = KSYS_ioctl,
		.nargs = 3,
		.arg = {ksys_val(fd), ksys_val(command), ksys_val(0)},
	};

	expect("the door", ksys_run(&call, 1), 0);
	return call.result;
}

/* What the module does wrong when called through an open file. Afterwards nothing gets in. */
static void use(int fd)
{
	char byte;

	if (!strcmp(where, "read"))
		expect("read", ksys_file_read(fd, &byte, 1), error);
	else if (!strcmp(where, "ioctl"))
		expect("ioctl", ioctl_device(fd, 0), error);
	else if (!strcmp(where, "irq"))
		expect("ioctl", ioctl_device(fd, BY_IRQ), 0);
	else if (!strcmp(where, "timer"))
		expect("ioctl", ioctl_device(fd, BY_TIMER), 0);
	else
		return;
	if (!error)
		return;
	expect("second read", ksys_file_read(fd, &byte, 1), -EIO);
	expect("delete_module while open", ksys_delete_module(names[0]), -EBUSY);
}

static void crash_in_use(void)
{
	int fd = ksys_file_open(DEVICE, O_RDWR);

	if (!strcmp(where, "open") && error) {
		expect("open", fd, error);
		return;
	}
	if (fd < 0)
		expect("open", fd, 0);
	use(fd);
	expect("close", ksys_file_close(fd), strcmp(where, "release") ? 0 : error);
}

/* Everything fails where it should; then the module is gone, by itself or when told. */
static void crash_once(void)
{
	int at_init = !strcmp(where, "init"), at_cleanup = !strcmp(where, "cleanup");

	expect("init_module", load(0), at_init ? error : 0);
	if (!at_init && !at_cleanup)
		crash_in_use();
	expect("delete_module", ksys_delete_module(names[0]),
	       at_cleanup	   ? error
	       : error && !at_init ? -ENOENT
				   : 0);
}

/* --- behaving ----------------------------------------------------------------------------- */

static void cycle_once(void)
{
	for (size_t i = 0; i < nfiles; i++) {
		if (i)
			fetch_symbols();
		expect("init_module", load(i), 0);
	}
	for (size_t i = nfiles; i-- > 0;)
		expect("delete_module", ksys_delete_module(names[i]), 0);
	if (nfiles > 1)
		fetch_symbols();
}

static void open_file(const char *path)
{
	if (nfiles == STACK_MAX)
		expect("files", nfiles + 1, STACK_MAX);
	expect(path, readfile(&files[nfiles], path, false), 0);
	names[nfiles] = modname_of_path(path);
	expect("memory", !names[nfiles++], 0);
}

int main(int argc, char **argv)
{
	long n;

	if (argc == 7 && !strcmp(argv[1], "-c")) {
		how = argv[2];
		where = argv[3];
		error = -atoi(argv[4]);
		argv += 4;
	}
	if (!argv[1] || !argv[2])
		return 2;
	n = strtol(argv[1], NULL, 0);
	for (argv += 2; *argv; argv++)
		open_file(*argv);
	expect("the door", ksys_open(), 0);
	fetch_symbols();
	while (n--) {
		if (how)
			crash_once();
		else
			cycle_once();
	}
	ksyms_free(&ksyms);
	ksys_close();
	return 0;
}
