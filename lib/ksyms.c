/* lib/ksyms.c - take a snapshot of a kernel with query_module
 *
 * Everything to ask is a list of queries. A round trip sends those that have no answer
 * yet; a query whose buffer was too small stays on the list with a larger one. From a
 * kernel without QM_LIST and QM_LOOKUP everything is fetched with the classic queries: those
 * of the modules join the list when the modules' names are known.
 */
#include "ksyms_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "ksys.h"
#include "modname.h"

/* First guesses of sizes, bytes. */
#define ROOM_MODULES	    16384
#define ROOM_KERNEL_SYMBOLS 65536
#define ROOM_SYMBOLS	    4096
#define ROOM_REFS	    512
#define ROOM_LIST	    60000 /* more than a thousand modules */
#define ROOM_FOUND	    32768 /* some 600 symbols */

/* A kernel whose tables grow faster than we ask is not worth more. */
#define MAX_ROUNDS 16

struct query {
	struct ksyms_module *module; /* NULL: about no module */
	int which;		     /* QM_ */
	char *buf;		     /* size bytes and a NUL */
	uint32_t size;
	uint32_t ret;
	bool answered;
};

/* A file of one line in /proc, read in the first round. */
struct proc_file {
	const char *path;
	char text[256];
};

struct fetch {
	struct ksyms *k;
	unsigned want;
	struct query *queries;
	size_t nqueries, room;
	const char *names; /* QM_LOOKUP: to look up, the last one empty */
	uint32_t names_size;
	bool refused; /* QM_LOOKUP: the kernel knows no such question */
	struct proc_file files[3];
	struct ksys_call *calls;
};

void *ksyms_adopt(struct ksyms *k, void *p)
{
	struct ksyms_store *s = k->store;
	void **owned;

	if (p && s->nowned == s->room) {
		size_t room = s->room ? 2 * s->room : 64;

		owned = reallocarray(s->owned, room, sizeof(*owned));
		if (!owned) {
			free(p);
			return NULL;
		}
		s->owned = owned;
		s->room = room;
	}
	if (p)
		s->owned[s->nowned++] = p;
	return p;
}

void *ksyms_alloc(struct ksyms *k, size_t n, size_t size)
{
	return ksyms_adopt(k, calloc(n ? n : 1, size));
}

static int set_room(struct fetch *f, struct query *q, uint32_t size)
{
	if (size > GW_MAX_PAYLOAD)
		return -EBADMSG;
	q->buf = ksyms_alloc(f->k, size + 1, 1);
	q->size = size;
	return q->buf ? 0 : -ENOMEM;
}

static int add_query(struct fetch *f, struct ksyms_module *m, int which, uint32_t size)
{
	struct query *q;

	if (f->nqueries == f->room) {
		size_t room = f->room ? 2 * f->room : 64;

		q = reallocarray(f->queries, room, sizeof(*q));
		if (!q)
			return -ENOMEM;
		f->queries = q;
		f->room = room;
	}
	q = &f->queries[f->nqueries++];
	*q = (struct query){.module = m, .which = which};
	return set_room(f, q, size);
}

static int add_module_queries(struct fetch *f, struct ksyms_module *m)
{
	int err = add_query(f, m, TGT_QM_INFO, sizeof(m->info));

	if (!err && (f->want & KSYMS_SYMBOLS))
		err = add_query(f, m, TGT_QM_SYMBOLS, ROOM_SYMBOLS);
	if (!err && (f->want & KSYMS_REFS))
		err = add_query(f, m, TGT_QM_REFS, ROOM_REFS);
	return err;
}

/* --- one answer each ---------------------------------------------------------------- */

/* Count NUL-terminated names, back to back, and point at them. */
static int take_names(struct fetch *f, const struct query *q, const char ***names)
{
	const char *p = q->buf, *end = q->buf + q->size;

	*names = ksyms_alloc(f->k, q->ret <= q->size ? q->ret : 0, sizeof(**names));
	if (!*names)
		return -ENOMEM;
	for (uint32_t i = 0; i < q->ret; i++) {
		if (p >= end || !*p)
			return -EBADMSG;
		(*names)[i] = p;
		p += strlen(p) + 1;
	}
	return 0;
}

static int take_modules(struct fetch *f, const struct query *q)
{
	struct ksyms *k = f->k;
	uint32_t n = q->ret;
	const char **names;
	int err = take_names(f, q, &names);

	if (err)
		return err;
	k->modules = ksyms_alloc(k, n, sizeof(*k->modules));
	if (!k->modules)
		return -ENOMEM;
	k->nmodules = n;
	for (uint32_t i = 0; i < n && !err; i++) {
		k->modules[i].name = names[i];
		err = add_module_queries(f, &k->modules[i]);
	}
	return err;
}

static int take_symbols(struct fetch *f, const struct query *q)
{
	struct ksyms_module *m = q->module ? q->module : &f->k->kernel;
	struct ksyms_symbol *symbols;

	if (q->ret > q->size / sizeof(struct tgt_module_symbol))
		return -EBADMSG;
	symbols = ksyms_alloc(f->k, q->ret, sizeof(*symbols));
	if (!symbols)
		return -ENOMEM;
	for (uint32_t i = 0; i < q->ret; i++) {
		struct tgt_module_symbol s;

		memcpy(&s, q->buf + i * sizeof(s), sizeof(s));
		if (s.name >= q->size)
			return -EBADMSG;
		symbols[i] = (struct ksyms_symbol){q->buf + s.name, s.value};
	}
	m->symbols = symbols;
	m->nsymbols = q->ret;
	return 0;
}

static int take_refs(struct fetch *f, const struct query *q)
{
	int err = take_names(f, q, &q->module->refs);

	if (!err)
		q->module->nrefs = q->ret;
	return err;
}

/* How kernels say that they do not know QM_LOOKUP, or that it was asked for too much. */
static bool is_refusal(int32_t result)
{
	return result == -EINVAL || result == -ENOENT || result == -ENAMETOOLONG ||
	       result == -E2BIG;
}

static int take(struct fetch *f, size_t i, int32_t result)
{
	struct query q;
	int err;

	if (result == -ENOSPC && f->queries[i].ret > f->queries[i].size)
		return set_room(f, &f->queries[i],
				f->queries[i].ret + f->queries[i].ret / 8);
	f->queries[i].answered = true;
	q = f->queries[i]; /* a copy: take_modules adds queries and may move them */
	if (result == -ENOENT && q.module) {
		q.module->gone = true;
		return 0;
	}
	if (q.which == TGT_QM_LIST && result == -EINVAL)
		return add_query(f, NULL, TGT_QM_MODULES, ROOM_MODULES);
	f->refused |= q.which == TGT_QM_LOOKUP && is_refusal(result);
	if (result < 0)
		return f->refused ? 0 : result;
	switch (q.which) {
	case TGT_QM_LIST:
		return ksyms_take_list(f->k, q.buf, q.size, q.ret);
	case TGT_QM_LOOKUP:
		return ksyms_take_found(f->k, q.buf, q.size, q.ret);
	case TGT_QM_MODULES:
		return take_modules(f, &q);
	case TGT_QM_SYMBOLS:
		return take_symbols(f, &q);
	case TGT_QM_REFS:
		return take_refs(f, &q);
	default:
		memcpy(&q.module->info, q.buf, sizeof(q.module->info));
		err = q.ret == sizeof(q.module->info) ? 0 : -EBADMSG;
		return err;
	}
}

/* --- the rounds --------------------------------------------------------------------- */

static struct ksys_call query_call(const struct fetch *f, struct query *q)
{
	struct ksys_arg name = q->which == TGT_QM_LOOKUP
				       ? ksys_in(f->names, f->names_size)
				       : ksys_str(q->module ? q->module->name : NULL);

	return (struct ksys_call){
		.nr = KSYS_query_module,
		.nargs = 5,
		.arg = {name, ksys_val(q->which), ksys_out(q->buf, q->size),
			ksys_val(q->size), ksys_out(&q->ret, sizeof(q->ret))},
	};
}

/* open, read, close; `at` is the number of the open within its frame. */
static size_t file_calls(struct ksys_call *c, uint32_t at, struct proc_file *p)
{
	uint32_t room = sizeof(p->text) - 1;

	c[0] = (struct ksys_call){
		KSYS_open, 3, {ksys_str(p->path), ksys_val(0), ksys_val(0)}, 0};
	c[1] = (struct ksys_call){
		KSYS_read, 3, {ksys_res(at), ksys_out(p->text, room), ksys_val(room)}, 0};
	c[2] = (struct ksys_call){KSYS_close, 1, {ksys_res(at)}, 0};
	return 3;
}

/* One round: every query from `first` on that has no answer yet, and in the first round
 * the files. */
static int round_trip(struct fetch *f, bool with_files)
{
	size_t nqueries = f->nqueries, n = 0;
	size_t nfiles = with_files ? sizeof(f->files) / sizeof(f->files[0]) : 0;
	struct ksys_call *calls;
	int err = 0;

	calls = reallocarray(f->calls, nqueries + 3 * nfiles, sizeof(*calls));
	if (!calls)
		return -ENOMEM;
	f->calls = calls;
	for (size_t i = 0; i < nfiles; i++)
		n += file_calls(calls + n, n, &f->files[i]);
	for (size_t i = 0; i < nqueries; i++)
		if (!f->queries[i].answered)
			calls[n++] = query_call(f, &f->queries[i]);
	for (size_t i = 0; i < n && !err; i += GW_MAX_CALLS)
		err = ksys_run(calls + i, n - i < GW_MAX_CALLS ? n - i : GW_MAX_CALLS);
	n = 3 * nfiles;
	for (size_t i = 0; i < nqueries && !err; i++)
		if (!f->queries[i].answered)
			err = take(f, i, calls[n++].result);
	return err;
}

static bool unanswered(const struct fetch *f)
{
	for (size_t i = 0; i < f->nqueries; i++)
		if (!f->queries[i].answered)
			return true;
	return false;
}

static void take_files(struct fetch *f)
{
	struct ksyms *k = f->k;
	char *end;

	for (size_t i = 0; i < 3; i++)
		f->files[i].text[strcspn(f->files[i].text, "\n")] = '\0';
	memcpy(k->release, f->files[0].text, sizeof(k->release));
	memcpy(k->version, f->files[1].text, sizeof(k->version));
	k->tainted = strtol(f->files[2].text, &end, 10);
	if (end == f->files[2].text)
		k->tainted = -1;
}

int ksyms_start(struct ksyms *k)
{
	memset(k, 0, sizeof(*k));
	k->kernel.name = "";
	k->tainted = -1;
	k->store = calloc(1, sizeof(*k->store));
	return k->store ? 0 : -ENOMEM;
}

/* Ask until everything on the list has been answered. */
static int run(struct fetch *f)
{
	int rounds = 0, err = 0;

	while (!err && unanswered(f)) {
		err = round_trip(f, rounds == 0 && (f->want & KSYMS_VERSION));
		if (!err && ++rounds == MAX_ROUNDS && unanswered(f))
			err = -EAGAIN;
	}
	if (!err && rounds)
		take_files(f);
	return err;
}

static struct fetch new_fetch(struct ksyms *k, unsigned want)
{
	return (struct fetch){
		.k = k,
		.want = want,
		.files = {{.path = "/proc/sys/kernel/osrelease"},
			  {.path = "/proc/sys/kernel/version"},
			  {.path = "/proc/sys/kernel/tainted"}},
	};
}

static void free_fetch(struct fetch *f)
{
	free(f->calls);
	free(f->queries);
}

int ksyms_fetch(struct ksyms *k, unsigned want)
{
	struct fetch f = new_fetch(k, want);
	int err = ksyms_start(k);

	if (!err && (want & KSYMS_SYMBOLS))
		err = add_query(&f, NULL, TGT_QM_MODULES, ROOM_MODULES);
	else if (!err)
		err = add_query(&f, NULL, TGT_QM_LIST, ROOM_LIST);
	if (!err && (want & KSYMS_SYMBOLS))
		err = add_query(&f, NULL, TGT_QM_SYMBOLS, ROOM_KERNEL_SYMBOLS);
	if (!err)
		err = run(&f);
	free_fetch(&f);
	return err;
}

/* --- parts -------------------------------------------------------------------------- */

#define SPELLINGS 3

/* Enter the modules that `name` may mean: with its dashes and underscores as they are, or
 * all of one kind. Returns how many. */
static int add_spellings(struct ksyms *k, struct ksyms_module *to, const char *name)
{
	static const char kinds[SPELLINGS] = {0, '_', '-'};
	int n = 0;

	for (int i = 0; i < SPELLINGS; i++) {
		char *copy = ksyms_adopt(k, strdup(name));

		if (!copy)
			return -ENOMEM;
		for (char *p = copy; kinds[i] && (p = strpbrk(p, "-_")); p++)
			*p = kinds[i];
		for (int j = 0; copy && j < n; j++)
			if (!strcmp(to[j].name, copy))
				copy = NULL;
		if (copy)
			to[n++].name = copy;
	}
	return n;
}

int ksyms_fetch_named(struct ksyms *k, const char *const *names, size_t n, unsigned want)
{
	struct fetch f = new_fetch(k, want);
	size_t found = 0;
	int err = ksyms_start(k);

	if (!err)
		k->modules = ksyms_alloc(k, SPELLINGS * n, sizeof(*k->modules));
	if (!err && !k->modules)
		err = -ENOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		int more = add_spellings(k, &k->modules[k->nmodules], names[i]);

		err = more < 0 ? more : 0;
		for (; !err && more > 0; more--)
			err = add_module_queries(&f, &k->modules[k->nmodules++]);
	}
	if (!err)
		err = run(&f);
	for (size_t i = 0; i < k->nmodules; i++)
		if (!k->modules[i].gone)
			k->modules[found++] = k->modules[i];
	k->nmodules = found;
	free_fetch(&f);
	return err;
}

/* The names back to back, and an empty one. */
static int pack_names(struct fetch *f, const char *const *names, size_t n)
{
	size_t size = 1;
	char *p;

	for (size_t i = 0; i < n; i++)
		size += strlen(names[i]) + 1;
	p = ksyms_alloc(f->k, size, 1);
	f->names = p;
	f->names_size = size;
	for (size_t i = 0; p && i < n; i++)
		p = stpcpy(p, names[i]) + 1;
	return f->names ? 0 : -ENOMEM;
}

/* A module that was asked about, if it is there and not known as a provider. */
static void add_asked(struct ksyms *k, const struct ksyms_module *m)
{
	for (size_t i = 0; i < k->nmodules; i++)
		if (k->modules[i].info.addr == m->info.addr)
			return;
	k->modules[k->nmodules++] = *m;
}

static int look_up(struct fetch *f, const char *const *names, size_t n,
		   const char *module)
{
	struct ksyms_module asked[SPELLINGS] = {0};
	int spellings = 0, err = pack_names(f, names, n);

	if (!err)
		err = add_query(f, NULL, TGT_QM_LOOKUP, ROOM_FOUND);
	if (!err)
		err = spellings = add_spellings(f->k, asked, module);
	if (err > 0)
		err = 0;
	for (int i = 0; i < spellings && !err; i++)
		err = add_query(f, &asked[i], TGT_QM_INFO, sizeof(asked[i].info));
	if (!err)
		err = run(f);
	for (int i = spellings; !err && !f->refused && i--;)
		if (!asked[i].gone)
			add_asked(f->k, &asked[i]);
	return err;
}

int ksyms_look_up(struct ksyms *k, const char *const *names, size_t n, const char *module,
		  unsigned want)
{
	struct fetch f = new_fetch(k, want);
	int err = ksyms_start(k);

	if (!err)
		err = look_up(&f, names, n, module);
	free_fetch(&f);
	k->partial = true;
	if (err || !f.refused)
		return err;
	ksyms_free(k);
	return ksyms_fetch(k, want | KSYMS_SYMBOLS);
}

void ksyms_free(struct ksyms *k)
{
	if (k->store) {
		for (size_t i = 0; i < k->store->nowned; i++)
			free(k->store->owned[i]);
		free(k->store->owned);
		free(k->store);
	}
	memset(k, 0, sizeof(*k));
}

struct ksyms_module *ksyms_module(const struct ksyms *k, const char *name)
{
	for (size_t i = 0; i < k->nmodules; i++)
		if (modname_equal(k->modules[i].name, name))
			return &k->modules[i];
	return NULL;
}

const char *ksyms_provider_name(const struct ksyms *k, int provider)
{
	return provider > 0 ? k->modules[provider - 1].name : "kernel";
}
