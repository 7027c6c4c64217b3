/* depmod/trie.c - write a binary index
 *
 * No tree is built: the items below a node are a range of the array. Writing a node groups its
 * range by the next character, writes each group as a child, then the node itself.
 */
#include "trie.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "moddep_format.h"

#define NCHARS 128

struct writer {
	struct text *out;
	size_t start;		 /* of the index in out */
	struct trie_item *spare; /* as many as items */
	struct text children;	 /* a stack: references of the nodes being written */
};

/* How far all items of the range agree, from `at` on. */
static size_t common(const struct trie_item *items, uint32_t n, size_t at)
{
	const char *first = items[0].key + at;
	size_t len = strlen(first);

	for (uint32_t i = 1; i < n && len; i++) {
		const char *key = items[i].key + at;
		size_t k = 0;

		while (k < len && key[k] == first[k])
			k++;
		len = k;
	}
	return len;
}

/* Items of a node, grouped by their next character: group c is start[c] to start[c + 1]. The
 * keys that end here are group 0. Only the groups from 0 and first to last are set. */
struct groups {
	unsigned first, last; /* last 0: all keys end here */
	uint32_t start[NCHARS + 1];
};

/* Stable. */
static void group(struct writer *w, struct trie_item *items, uint32_t n, size_t at,
		  struct groups *g)
{
	uint32_t *start = g->start, sum = 0;

	g->first = NCHARS - 1;
	g->last = 0;
	for (uint32_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)items[i].key[at];

		if (c && c < g->first)
			g->first = c;
		if (c > g->last)
			g->last = c;
	}
	if (!g->last)
		return;
	start[0] = 0;
	memset(start + g->first, 0, (g->last - g->first + 1) * sizeof(*start));
	for (uint32_t i = 0; i < n; i++)
		start[(unsigned char)items[i].key[at]]++;
	sum = start[0]; /* from counts to where each group ends */
	for (unsigned c = g->first; c <= g->last; c++)
		start[c] = sum += start[c];
	memcpy(w->spare, items, n * sizeof(*items));
	for (uint32_t i = n; i-- > 0;) /* and to where it begins */
		items[--start[(unsigned char)w->spare[i].key[at]]] = w->spare[i];
	start[g->last + 1] = n;
}

/* Priority numbers rise; of equal ones the item inserted last comes first. */
static void write_values(struct writer *w, struct trie_item *items, uint32_t n)
{
	text_add_be32(w->out, n);
	for (uint32_t i = 1; i < n; i++) {
		struct trie_item item = items[i];
		uint32_t k = i;

		for (; k > 0 && items[k - 1].priority >= item.priority; k--)
			items[k] = items[k - 1];
		items[k] = item;
	}
	for (uint32_t i = 0; i < n; i++) {
		text_add_be32(w->out, items[i].priority);
		text_add(w->out, items[i].value, items[i].len);
		text_addc(w->out, '\0');
	}
}

static uint32_t write_node(struct writer *w, struct trie_item *items, uint32_t n,
			   size_t at, bool root);

/* Write the children, and put first, last and their references on the stack. */
static void write_children(struct writer *w, struct trie_item *items, size_t at,
			   const struct groups *g)
{
	text_addc(&w->children, g->first);
	text_addc(&w->children, g->last);
	for (unsigned c = g->first; c <= g->last; c++) {
		uint32_t n = g->start[c + 1] - g->start[c], child = 0;

		if (n)
			child = write_node(w, items + g->start[c], n, at + 1, false);
		text_add_be32(&w->children, child);
	}
}

/* Group the items and write what is below the node. Returns how many keys end at it. */
static uint32_t write_below(struct writer *w, struct trie_item *items, uint32_t n,
			    size_t at)
{
	struct groups g;

	group(w, items, n, at, &g);
	if (!g.last)
		return n;
	write_children(w, items, at, &g);
	return g.start[g.first];
}

/* Write the items, which agree in the first `at` characters, as one node. */
static uint32_t write_node(struct writer *w, struct trie_item *items, uint32_t n,
			   size_t at, bool root)
{
	size_t prefix = root || !n ? 0 : common(items, n, at), mark = w->children.len;
	uint32_t node, ended = 0;

	if (n == 1 && !root) /* most nodes */
		ended = 1;
	else if (n)
		ended = write_below(w, items, n, at + prefix);
	node = w->out->len - w->start;
	if (prefix) {
		text_add(w->out, items[0].key + at, prefix);
		text_addc(w->out, '\0');
		node |= MODDEP_PREFIX;
	}
	if (w->children.len > mark) {
		text_add(w->out, w->children.bytes + mark, w->children.len - mark);
		node |= MODDEP_CHILDREN;
		w->children.len = mark;
	}
	if (ended) {
		write_values(w, items, ended);
		node |= MODDEP_VALUES;
	}
	return node;
}

int trie_write(struct text *out, struct trie_item *items, uint32_t n)
{
	struct writer w = {.out = out, .start = out->len};
	uint32_t root;

	w.spare = malloc((n + 1) * sizeof(*w.spare));
	if (!w.spare)
		return -ENOMEM;
	text_add_be32(out, MODDEP_MAGIC);
	text_add_be32(out, MODDEP_VERSION);
	text_add_be32(out, 0);
	root = write_node(&w, items, n, 0, true);
	free(w.spare);
	if (text_failed(out) || text_failed(&w.children)) {
		text_free(&w.children);
		return -ENOMEM;
	}
	text_free(&w.children);
	if (out->len - w.start > MODDEP_OFFSET)
		return -EFBIG;
	for (unsigned i = 0; i < 4; i++)
		out->bytes[w.start + 8 + i] = root >> (24 - 8 * i);
	return 0;
}
