/* modprobe/tree.c - what can be loaded: the module directory and the configuration together */
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modname.h"
#include "msg.h"

#define obstack_chunk_alloc malloc
#define obstack_chunk_free  free

char *tree_strdup(struct tree *t, const char *s)
{
	return obstack_copy0(&t->mem, s, strlen(s));
}

/* Nothing has been done yet when memory is taken: plans are made before they are run. */
static void no_memory(void)
{
	msg_errno(-ENOMEM, "cannot go on");
	exit(msg_status());
}

int tree_open(struct tree *t, const char *dir, struct modconf *conf)
{
	*t = (struct tree){.conf = conf};
	obstack_alloc_failed_handler = no_memory;
	obstack_init(&t->mem);
	t->dir = tree_strdup(t, dir);
	return moddep_open(&t->index, dir);
}

void tree_close(struct tree *t)
{
	moddep_close(t->index);
	modconf_free(t->conf);
	obstack_free(&t->mem, NULL);
}

void tree_complain(struct tree *t, int err)
{
	const char *why = moddep_why(t->index); /* "" without memory */

	if (!t->damaged && *why)
		msg_error("%s", why);
	else if (!t->damaged)
		msg_errno(err, "%s", t->dir);
	t->damaged = true;
}

const char *tree_lacks(struct tree *t)
{
	if (access(t->dir, F_OK) != 0)
		return t->dir;
	if (moddep_is_there(t->dir, MODDEP_DEP))
		return NULL;
	obstack_printf(&t->mem, "%s/modules.dep, run depmod", t->dir);
	obstack_1grow(&t->mem, '\0');
	return obstack_finish(&t->mem);
}

static struct module **slot(struct tree *t, const char *name)
{
	struct module **m = &t->bucket[modname_hash(name) % TREE_BUCKETS];

	while (*m && !modname_equal((*m)->name, name))
		m = &(*m)->same_hash;
	return m;
}

struct module *tree_add(struct tree *t, const char *name, const char *path)
{
	struct module **at = slot(t, name);
	char *own;

	if (!*at) {
		own = tree_strdup(t, name);
		for (char *p = own; *p; p++)
			if (*p == '-')
				*p = '_';
		*at = obstack_alloc(&t->mem, sizeof(**at));
		**at = (struct module){.name = own};
	}
	if (path && !(*at)->path)
		(*at)->path = tree_strdup(t, path);
	return *at;
}

/* The module a dependency's path stands for. */
static struct module *dependency(struct tree *t, const char *path)
{
	char name[256];

	return moddep_modname(path, name, sizeof(name)) < 0 ? NULL
							    : tree_add(t, name, path);
}

struct module *tree_module(struct tree *t, const char *name)
{
	struct module *m = *slot(t, name);
	struct moddep_entry entry;
	int rc;

	if (m && m->indexed)
		return m;
	rc = moddep_find(t->index, name, &entry);
	if (rc < 0)
		tree_complain(t, rc);
	if (rc <= 0)
		return NULL;
	m = tree_add(t, name, entry.path);
	m->indexed = true;
	m->deps = obstack_alloc(&t->mem, entry.ndeps * sizeof(*m->deps) + 1);
	for (size_t i = 0; i < entry.ndeps; i++) {
		struct module *dep = dependency(t, entry.deps[i]);

		if (dep)
			m->deps[m->ndeps++] = dep;
	}
	moddep_entry_free(&entry);
	return m;
}
