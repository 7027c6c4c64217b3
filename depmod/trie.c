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

/* Stable: by the character at `at`, the ended keys first. start[c] is where group c starts. */
static void group(struct writer *w, struct trie_item *items, uint32_t n, size_t at,
		  uint32_t start[NCHARS + 1])
{
	uint32_t place[NCHARS];

	memset(start, 0, (NCHARS + 1) * sizeof(*start));
	for (uint32_t i = 0; i < n; i++)
		start[(unsigned char)items[i].key[at] + 1]++;
	for (unsigned c = 0; c < NCHARS; c++) {
		start[c + 1] += start[c];
		place[c] = start[c];
	}
	memcpy(w->spare, items, n * sizeof(*items));
	for (uint32_t i = 0; i < n; i++)
		items[place[(unsigned char)w->spare[i].key[at]]++] = w->spare[i];
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
			   const uint32_t *start)
{
	unsigned first = 1, last = NCHARS - 1;

	while (first < NCHARS && start[first] == start[first + 1])
		first++;
	if (first == NCHARS)
		return;
	while (start[last] == start[last + 1])
		last--;
	text_addc(&w->children, first);
	text_addc(&w->children, last);
	for (unsigned c = first; c <= last; c++) {
		uint32_t n = start[c + 1] - start[c], child = 0;

		if (n)
			child = write_node(w, items + start[c], n, at + 1, false);
		text_add_be32(&w->children, child);
	}
}

/* Write the items, which agree in the first `at` characters, as one node. */
static uint32_t write_node(struct writer *w, struct trie_item *items, uint32_t n,
			   size_t at, bool root)
{
	size_t prefix = root || !n ? 0 : common(items, n, at), mark = w->children.len;
	uint32_t node, ended = 0;

	if (n == 1 && !root) { /* most nodes */
		prefix = strlen(items[0].key + at);
		ended = 1;
	} else if (n) {
		uint32_t start[NCHARS + 1];

		group(w, items, n, at + prefix, start);
		ended = start[1];
		write_children(w, items, at + prefix, start);
	}
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
