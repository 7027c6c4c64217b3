/* kernel/cmdline.c - the words of the kernel command line */
#include "kernel/panic.h"
#include "kernel/text.h"
#include <linux/string.h>

static char line[1024]; /* words, each NUL-terminated; an empty one ends */

/* text: as the boot loader has it; copied, what is too long is cut at a word. */
void cmdline_init(const char *text)
{
	char *to = line;

	while (*text) {
		size_t len;

		text += strspn(text, " \t");
		len = strcspn(text, " \t");
		if (!len || to + len + 2 > line + sizeof(line))
			break;
		memcpy(to, text, len);
		to += len + 1;
		text += len;
	}
}

const char *cmdline_get(const char *name)
{
	size_t len = strlen(name);

	for (const char *word = line; *word; word += strlen(word) + 1) {
		if (strncmp(word, name, len))
			continue;
		if (word[len] == '=')
			return word + len + 1;
		if (!word[len])
			return word + len;
	}
	return NULL;
}

int cmdline_show(struct text *t)
{
	for (const char *word = line; *word; word += strlen(word) + 1)
		text_printf(t, "%s%s", word == line ? "" : " ", word);
	return text_printf(t, "\n");
}
