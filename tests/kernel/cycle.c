/* cycle.c - load modules, use them, unload them, many times on one boot
 *
 *	cycle FILE N                     load and unload, N times
 *	cycle FILE N HOW WHERE ERROR     modules/crash.c: misbehave N times
 *
 * ERROR is the number the misbehaving call has to fail with, 0 if it is to succeed. Says
 * what went otherwise than expected and ends with status 1. Symbols are fetched once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"
#include "ksys.h"
#include "obj.h"
#include "readfile.h"

#define NAME	 "cycle"
#define DEVICE	 "/dev/crash"
#define BY_IRQ	 1
#define BY_TIMER 2

static struct ksyms ksyms;
static struct readfile file;
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

static void add_symbols(struct obj_file *f)
{
	const struct obj_symbol *wanted;
	const struct ksyms_symbol *s;
	unsigned cursor = 0;
	int provider;

	while ((wanted = obj_next_wanted(f, &cursor))) {
		s = ksyms_find(&ksyms, wanted->name, &provider);
		if (s && provider == 0)
			obj_add_symbol(f, wanted->name, s->value, provider);
	}
}

static struct obj_file *link_module(tgt_addr *base)
{
	struct obj_file *f;

	expect("obj_load", obj_load(&f, file.bytes, file.len), 0);
	add_symbols(f);
	expect("obj_separate", obj_separate(f), 0);
	expect("obj_resolve", obj_resolve(f, NAME), 0);
	if (how) {
		expect("how=", set_param(f, "how", how), 0);
		expect("where=", set_param(f, "where", where), 0);
	}
	expect("obj_build_module", obj_build_module(f, &(struct obj_module){0}), 0);
	expect("obj_layout", obj_layout(f), 0);
	expect("create_module", ksys_create_module(NAME, obj_size(f), base), 0);
	expect("obj_relocate", obj_relocate(f, *base), 0);
	return f;
}

static int load(void)
{
	tgt_addr base;
	struct obj_file *f = link_module(&base);
	int err = ksys_init_module(NAME, obj_image(f, 0), obj_size(f));

	obj_free(f);
	return err;
}

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
	expect("delete_module while open", ksys_delete_module(NAME), -EBUSY);
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
	ksys_file_close(fd);
}

/* Everything fails where it should; then the module is gone, by itself or when told. */
static void crash_once(void)
{
	int at_init = !strcmp(where, "init"), at_cleanup = !strcmp(where, "cleanup");

	expect("init_module", load(), at_init ? error : 0);
	if (!at_init && !at_cleanup)
		crash_in_use();
	expect("delete_module", ksys_delete_module(NAME),
	       error && !at_init && !at_cleanup ? -ENOENT : 0);
}

static void cycle_once(void)
{
	expect("init_module", load(), 0);
	expect("delete_module", ksys_delete_module(NAME), 0);
}

int main(int argc, char **argv)
{
	long n;

	if (argc != 3 && argc != 6)
		return 2;
	n = strtol(argv[2], NULL, 0);
	if (argc == 6) {
		how = argv[3];
		where = argv[4];
		error = -atoi(argv[5]);
	}
	expect("the file", readfile(&file, argv[1], false), 0);
	expect("the door", ksys_open(), 0);
	expect("symbols", ksyms_fetch(&ksyms, KSYMS_SYMBOLS), 0);
	expect("symbols", ksyms_index(&ksyms, &(struct ksyms_match){.prefix = ""}), 0);
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
