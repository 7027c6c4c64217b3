/* depmod/scan.c - read all modules that are not known yet into the store
 *
 * Each thread takes the next module, reads it into buffers of its own and puts what it found
 * into a store of its own; in the end the stores become one. In which order modules get there
 * changes nothing but the numbers of symbols.
 */
#include "scan.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "crew.h"
#include "modname.h"
#include "msg.h"

struct result {
	int thread;    /* who read the module; -1: nobody, or it could not be read */
	char *problem; /* why it could not */
};

struct scan {
	struct tree *tree;
	const bool *wanted;
	const struct facts_wanted *how;
	atomic_uint next;
	unsigned nthreads;
	struct store *stores;	/* of each thread; the first one's is the caller's */
	struct result *results; /* of each module */
};

static int read_one(struct scan *s, uint32_t number, unsigned thread, struct modelf *m,
		    struct facts *f)
{
	struct module *module = &s->tree->modules[number];
	struct result *result = &s->results[number];
	const char *path = tree_path(s->tree, number);
	struct facts_wanted how = *s->how;
	int err = modelf_open(m, s->tree->fd, path);

	how.classic = modname_is_classic(tree_base(path));
	if (!err)
		err = facts_read(f, m, &how);
	if (!err) {
		tree_stamp(&module->stamp, &m->st);
		module->stat = true;
		result->thread = thread;
		err = store_add(&s->stores[thread], module, f);
	} else if (err != -ENOMEM) {
		module->broken = true;
		result->problem = strdup(modelf_why(m, err));
		err = result->problem ? 0 : -ENOMEM;
	}
	modelf_close(m);
	return err;
}

static int work(void *arg, unsigned thread)
{
	struct scan *s = arg;
	struct modelf m;
	struct facts f = {0};
	uint32_t i;
	int err = 0;

	modelf_init(&m);
	while (!err && (i = s->next++) < s->tree->names.n)
		if (s->wanted[i])
			err = read_one(s, i, thread, &m, &f);
	facts_free(&f);
	modelf_free(&m);
	return err;
}

/* In the module directory paths are relative; the path to tell the user is whole. */
static void report(const struct tree *t, uint32_t module, const char *problem)
{
	const char *path = tree_path(t, module);
	bool whole = path[0] == '/';

	msg_error("%s%s%s: %s", whole ? "" : t->dir, whole ? "" : "/", path, problem);
}

/* Make the stores one, and report problems in the order of the modules. */
static int finish(struct scan *s)
{
	struct store_offsets at[CREW_MAX] = {{0}};
	int err = 0;

	for (unsigned i = 1; !err && i < s->nthreads; i++)
		err = store_append(&s->stores[0], &s->stores[i], &at[i]);
	for (uint32_t i = 0; !err && i < s->tree->names.n; i++) {
		if (s->results[i].problem)
			report(s->tree, i, s->results[i].problem);
		else if (s->results[i].thread > 0)
			store_move(&s->tree->modules[i], &at[s->results[i].thread]);
	}
	return err;
}

static int allocate(struct scan *s)
{
	uint32_t n = 0, packed = 0;

	s->results = calloc(s->tree->names.n + 1, sizeof(*s->results));
	if (!s->results)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->tree->names.n; i++) {
		s->results[i].thread = -1;
		n += s->wanted[i];
		packed += s->wanted[i] && tree_is_packed(tree_path(s->tree, i));
	}
	s->nthreads = crew_size();
	/* Making the stores one costs more than many threads save, unless they unpack. */
	if (packed < n / 2 && s->nthreads > 4)
		s->nthreads = 4;
	if (n < 16)
		s->nthreads = 1;
	s->stores = calloc(s->nthreads, sizeof(*s->stores));
	return s->stores ? 0 : -ENOMEM;
}

int scan_modules(struct tree *t, struct store *store, const bool *wanted,
		 const struct facts_wanted *how)
{
	struct scan s = {.tree = t, .wanted = wanted, .how = how};
	int err = allocate(&s);

	/* Unpacked modules are large and short-lived: threads that give their memory back to the
	 * system after each wait for each other there. */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	if (!err) {
		for (unsigned i = 1; i < s.nthreads; i++)
			s.stores[i].crcs = store->crcs;
		s.stores[0] = *store;
		err = crew_run(s.nthreads, work, &s);
		if (!err)
			err = finish(&s);
		*store = s.stores[0];
	}
	for (unsigned i = 1; s.stores && i < s.nthreads; i++)
		store_free(&s.stores[i]);
	for (uint32_t i = 0; s.results && i < t->names.n; i++)
		free(s.results[i].problem);
	free(s.stores);
	free(s.results);
	return err;
}
