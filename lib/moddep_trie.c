/* lib/moddep_trie.c - search a binary index in place */
#include "moddep_trie.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

/* A node, its parts checked to lie within the file (of the values only the count). */
struct node {
	const char *prefix; /* "" if it has none */
	unsigned first, last;
	const unsigned char *children; /* NULL if it has none */
	const unsigned char *values;
	uint32_t nvalues;
};

/* A search on its way: what it is looking for and how far it may still go. */
struct search {
	const struct moddep_trie *trie;
	moddep_visit *fn;
	void *arg;
	size_t steps;	 /* nodes we may still visit: no more than bytes */
	const char *key; /* of match: what is left of it where `path` begins */
	size_t len;
	char path[MODDEP_KEY_MAX]; /* since the first wildcard, or from the root */
};

/* Of the path only the first byte: most searches need no more of it. */
static void begin(struct search *s, const struct moddep_trie *t, moddep_visit *fn,
		  void *arg)
{
	s->trie = t;
	s->fn = fn;
	s->arg = arg;
	s->steps = t->size;
	s->key = NULL;
	s->len = 0;
	s->path[0] = '\0';
}

static uint32_t number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static const unsigned char *end_of(const struct moddep_trie *t)
{
	return t->bytes + t->size;
}

int moddep_trie_init(struct moddep_trie *t, const void *bytes, size_t size)
{
	*t = (struct moddep_trie){.bytes = bytes, .size = size};
	if (size < MODDEP_HEADER || number(t->bytes) != MODDEP_MAGIC ||
	    number(t->bytes + 4) >> 16 != MODDEP_VERSION >> 16)
		return -EBADMSG;
	t->root = number(t->bytes + 8);
	return 0;
}

/* The part of a node at *p that is a string. */
static int take_string(const struct moddep_trie *t, const unsigned char **p,
		       const char **s)
{
	const unsigned char *nul = memchr(*p, '\0', end_of(t) - *p);

	if (!nul)
		return -EBADMSG;
	*s = (const char *)*p;
	*p = nul + 1;
	return 0;
}

static int read_node(struct search *s, uint32_t ref, struct node *n)
{
	const struct moddep_trie *t = s->trie;
	const unsigned char *p;

	*n = (struct node){.prefix = ""};
	if ((ref & MODDEP_OFFSET) > t->size || s->steps-- == 0)
		return -EBADMSG;
	p = t->bytes + (ref & MODDEP_OFFSET);
	if (ref & MODDEP_PREFIX && take_string(t, &p, &n->prefix) < 0)
		return -EBADMSG;
	if (ref & MODDEP_CHILDREN) {
		if (end_of(t) - p < 2 || p[0] > p[1])
			return -EBADMSG;
		n->first = p[0];
		n->last = p[1];
		n->children = p + 2;
		if (end_of(t) - n->children < (n->last - n->first + 1) * 4)
			return -EBADMSG;
		p = n->children + (n->last - n->first + 1) * 4;
	}
	if (ref & MODDEP_VALUES) {
		if (end_of(t) - p < 4)
			return -EBADMSG;
		n->nvalues = number(p);
		n->values = p + 4;
	}
	return 0;
}

/* Reference of the child that character c chooses; 0 is none. */
static uint32_t child(const struct node *n, unsigned char c)
{
	return n->children && c >= n->first && c <= n->last
		       ? number(n->children + (c - n->first) * 4)
		       : 0;
}

static int give_values(struct search *s, const struct node *n, const char *key)
{
	const unsigned char *p = n->values;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < n->nvalues; i++) {
		struct moddep_match match;

		if (end_of(s->trie) - p < 4)
			return -EBADMSG;
		match.priority = number(p);
		p += 4;
		if (take_string(s->trie, &p, &match.value) < 0)
			return -EBADMSG;
		rc = s->fn(s->arg, key, &match);
	}
	return rc;
}

int moddep_trie_find(const struct moddep_trie *t, const char *key, moddep_visit *fn,
		     void *arg)
{
	struct search s;
	const char *rest = key;
	uint32_t ref = t->root;
	struct node n;

	begin(&s, t, fn, arg);
	for (;;) {
		size_t len;

		if (read_node(&s, ref, &n) < 0)
			return -EBADMSG;
		len = strlen(n.prefix);
		if (strncmp(rest, n.prefix, len) != 0)
			return 0;
		rest += len;
		if (!*rest)
			return give_values(&s, &n, key);
		ref = child(&n, *rest++);
		if (!ref)
			return 0;
	}
}

static int push(struct search *s, const char *text, size_t len)
{
	if (len >= sizeof(s->path) - s->len)
		return -EBADMSG;
	memcpy(s->path + s->len, text, len);
	s->len += len;
	s->path[s->len] = '\0';
	return 0;
}

/* All keys below a node, whose prefix counts from `skip` on. s->path leads to it; where s->key
 * is set, it has to match. */
static int visit_all(struct search *s, uint32_t ref, size_t skip)
{
	size_t before = s->len, len;
	struct node n;
	int rc = read_node(s, ref, &n);

	if (!rc)
		rc = push(s, n.prefix + skip, strlen(n.prefix + skip));
	len = s->len;
	if (!rc && n.nvalues && (!s->key || fnmatch(s->path, s->key, 0) == 0))
		rc = give_values(s, &n, s->path);
	for (unsigned c = n.first; !rc && n.children && c <= n.last; c++) {
		char letter = c;

		if (!child(&n, c))
			continue;
		rc = push(s, &letter, 1);
		if (!rc)
			rc = visit_all(s, child(&n, c), 0);
		s->len = len;
		s->path[len] = '\0';
	}
	s->len = before;
	return rc;
}

int moddep_trie_walk(const struct moddep_trie *t, moddep_visit *fn, void *arg)
{
	struct search s;

	begin(&s, t, fn, arg);
	return visit_all(&s, t->root, 0);
}

int moddep_trie_walk_prefix(const struct moddep_trie *t, const char *prefix,
			    moddep_visit *fn, void *arg)
{
	struct search s;
	uint32_t ref = t->root;
	struct node n;

	begin(&s, t, fn, arg);
	for (;;) {
		size_t len, rest = strlen(prefix);

		if (read_node(&s, ref, &n) < 0)
			return -EBADMSG;
		len = strlen(n.prefix);
		if (strncmp(prefix, n.prefix, len < rest ? len : rest) != 0)
			return 0;
		if (len >= rest)
			return visit_all(&s, ref, 0);
		if (push(&s, prefix, len + 1) < 0)
			return 0;
		prefix += len + 1;
		ref = child(&n, (unsigned char)prefix[-1]);
		if (!ref)
			return 0;
	}
}

static bool is_wild(char c)
{
	return c == '*' || c == '?' || c == '[';
}

/* The keys below child c, a wildcard, against what is left of the key. */
static int match_below(struct search *s, const struct node *n, char c, const char *rest)
{
	int rc;

	if (!child(n, c))
		return 0;
	s->key = rest;
	s->len = 0;
	rc = push(s, &c, 1);
	return rc ? rc : visit_all(s, child(n, c), 0);
}

int moddep_trie_match(const struct moddep_trie *t, const char *key, moddep_visit *fn,
		      void *arg)
{
	struct search s;
	const char *rest = key;
	uint32_t ref = t->root;
	struct node n;
	int rc = 0;

	begin(&s, t, fn, arg);
	while (!rc) {
		size_t i;

		if (read_node(&s, ref, &n) < 0)
			return -EBADMSG;
		for (i = 0; n.prefix[i]; i++, rest++) {
			if (is_wild(n.prefix[i])) {
				s.key = rest;
				s.len = 0;
				return visit_all(&s, ref, i);
			}
			if (n.prefix[i] != *rest)
				return 0;
		}
		for (const char *w = "*?["; !rc && *w; w++)
			rc = match_below(&s, &n, *w, rest);
		if (rc)
			break;
		if (!*rest)
			return give_values(&s, &n, key);
		if (is_wild(*rest))
			return 0; /* was among the wildcards */
		ref = child(&n, *rest++);
		if (!ref)
			return 0;
	}
	return rc;
}
