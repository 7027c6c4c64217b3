/* depmod/scan.c - read all modules that are not known yet into the store
 *
 * Plain modules are read by one thread: reading them is mostly the kernel's work, and two
 * threads get in each other's way. Unpacking is worth every processor there is.
 */
#include "scan.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "modname.h"
#include "msg.h"

#define THREADS_MAX 16

struct scan {
	struct tree *tree;
	struct store *store;
	const bool *wanted;
	const struct facts_wanted *how;
	atomic_uint next;
	atomic_int err;
	pthread_mutex_t lock; /* of the store, the modules, and of speaking */
};

/* In the module directory paths are relative; the path to tell the user is whole. */
static void report(const struct tree *t, const char *path, const struct modelf *m,
		   int err)
{
	msg_error("%s%s%s: %s", path[0] == '/' ? "" : t->dir, path[0] == '/' ? "" : "/",
		  path, modelf_why(m, err));
}

static int read_one(struct scan *s, uint32_t number, struct modelf *m, struct facts *f)
{
	struct module *module = &s->tree->modules[number];
	const char *path = tree_path(s->tree, number);
	struct facts_wanted how = *s->how;
	int err = modelf_open(m, s->tree->fd, path), err2 = 0;

	how.classic = modname_is_classic(tree_base(path));
	if (!err)
		err = facts_read(f, m, &how);
	pthread_mutex_lock(&s->lock);
	if (!err) {
		tree_stamp(&module->stamp, &m->st);
		module->stat = true;
		err2 = store_add(s->store, module, f);
	} else if (err == -ENOMEM) {
		err2 = err;
	} else {
		report(s->tree, path, m, err);
		module->broken = true;
	}
	pthread_mutex_unlock(&s->lock);
	modelf_close(m);
	return err2;
}

static void *work(void *arg)
{
	struct scan *s = arg;
	struct modelf m;
	struct facts f = {0};
	uint32_t i;
	int err = 0;

	modelf_init(&m);
	while (!err && !s->err && (i = s->next++) < s->tree->names.n)
		if (s->wanted[i])
			err = read_one(s, i, &m, &f);
	if (err)
		s->err = err;
	facts_free(&f);
	modelf_free(&m);
	return NULL;
}

static unsigned count_threads(const struct scan *s)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint32_t packed = 0;

	for (uint32_t i = 0; i < s->tree->names.n; i++)
		packed += s->wanted[i] && tree_is_packed(tree_path(s->tree, i));
	if (packed < 2 || cpus < 2)
		return 1;
	return cpus < THREADS_MAX ? cpus : THREADS_MAX;
}

int scan_modules(struct tree *t, struct store *store, const bool *wanted,
		 const struct facts_wanted *how)
{
	struct scan s = {.tree = t, .store = store, .wanted = wanted, .how = how};
	pthread_t threads[THREADS_MAX];
	unsigned n = count_threads(&s), started = 0;

	/* Unpacked modules are large and short-lived: threads that give their memory back to the
	 * system after each wait for each other there. */
	if (n > 1) {
		mallopt(M_MMAP_THRESHOLD, 32 << 20);
		mallopt(M_TRIM_THRESHOLD, 256 << 20);
	}
	pthread_mutex_init(&s.lock, NULL);
	while (started + 1 < n && pthread_create(&threads[started], NULL, work, &s) == 0)
		started++;
	work(&s);
	while (started)
		pthread_join(threads[--started], NULL);
	pthread_mutex_destroy(&s.lock);
	return s.err;
}
