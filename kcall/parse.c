/* kcall/parse.c - from words of the command line to system calls */
#include "kcall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"
#include "readfile.h"

static bool parse_number(const char *word, uint32_t *value)
{
	char *end;
	long long n;

	if (!strcmp(word, "NULL")) {
		*value = 0;
		return true;
	}
	errno = 0;
	n = strtoll(word, &end, 0);
	if (end == word || *end || errno || n < INT32_MIN || n > UINT32_MAX)
		return false;
	*value = (uint32_t)n;
	return true;
}

static int bad_word(const char *word, const char *wanted)
{
	return msg_usage("%s: not %s", word, wanted);
}

static int number_argument(struct ksys_arg *a, const char *word)
{
	if (word[0] == '%' && parse_number(word + 1, &a->value)) {
		a->kind = GW_RESULT;
		return MSG_OK;
	}
	a->kind = GW_VALUE;
	return parse_number(word, &a->value) ? MSG_OK : bad_word(word, "a number");
}

/* A copy of len bytes, in a buffer of `size`. */
static int copy_buffer(struct ksys_arg *a, enum gw_kind kind, const void *bytes,
		       size_t len, size_t size)
{
	if (size > GW_MAX_PAYLOAD)
		return bad_word("the buffer", "small enough for a frame");
	a->buf = calloc(1, size ? size : 1);
	if (!a->buf) {
		msg_errno(-ENOMEM, "a buffer");
		return MSG_FAILED;
	}
	if (len)
		memcpy(a->buf, bytes, len);
	a->kind = kind;
	a->len = size;
	return MSG_OK;
}

/* =TEXT or @FILE */
static int in_argument(struct ksys_arg *a, enum gw_kind kind, const char *word)
{
	struct readfile f;
	int status, err;

	if (word[0] == '=')
		return copy_buffer(a, kind, word + 1, strlen(word + 1), strlen(word + 1));
	if (word[0] != '@')
		return bad_word(word, "@FILE or =TEXT");
	err = readfile(&f, word + 1, false);
	if (err) {
		msg_error("%s: %s", word + 1, readfile_error(err));
		return MSG_FAILED;
	}
	status = copy_buffer(a, kind, f.bytes, f.len, f.len);
	readfile_free(&f);
	return status;
}

static int out_argument(struct ksys_arg *a, const char *word)
{
	uint32_t size;

	if (strncmp(word, "out:", 4) != 0 || !parse_number(word + 4, &size))
		return bad_word(word, "out:N");
	return copy_buffer(a, GW_OUT, NULL, 0, size);
}

/* A pointer that is none of our buffers: NULL, or an address the kernel has to refuse. */
static bool is_raw_pointer(const char *word, const char **number)
{
	*number = !strncmp(word, "ptr:", 4) ? word + 4 : word;
	return *number != word || !strcmp(word, "NULL");
}

static int argument(struct ksys_arg *a, char letter, const char *word)
{
	const char *number;

	if (strchr("sbiop", letter) && is_raw_pointer(word, &number))
		return number_argument(a, number);
	switch (letter) {
	case 's':
		return copy_buffer(a, GW_IN, word, strlen(word) + 1, strlen(word) + 1);
	case 'i':
		return in_argument(a, GW_IN, word);
	case 'b':
		return strncmp(word, "out:", 4) ? in_argument(a, GW_INOUT, word)
						: out_argument(a, word);
	case 'o':
		return out_argument(a, word);
	default:
		return number_argument(a, word);
	}
}

static int parse_call(struct ksys_call *c, char ***words)
{
	const char *name = *(*words)++;
	const struct ksys_desc *d = ksys_desc_by_name(name);
	size_t wanted = d ? strlen(d->args) : 0;

	if (!d || !d->remote)
		return msg_usage("%s: no such call (kcall -l lists them)", name);
	c->nr = d->nr;
	while (**words && strcmp(**words, ",") != 0) {
		const char *word = *(*words)++;
		int status;

		if (c->nargs == wanted)
			return msg_usage("%s takes %zu arguments", name, wanted);
		status = argument(&c->arg[c->nargs], d->args[c->nargs], word);
		if (status)
			return status;
		c->nargs++;
	}
	/* what is left out is 0, as the mode of an open() that creates nothing */
	while (c->nargs < wanted)
		c->arg[c->nargs++] = ksys_val(0);
	return MSG_OK;
}

int kcall_parse(struct kcall_line *line, char **words)
{
	int status = MSG_OK;

	while (*words && status == MSG_OK) {
		struct ksys_call *calls =
			reallocarray(line->calls, line->n + 1, sizeof(*calls));

		if (!calls) {
			msg_errno(-ENOMEM, "cannot start");
			return MSG_FAILED;
		}
		line->calls = calls;
		calls[line->n] = (struct ksys_call){0};
		status = parse_call(&calls[line->n++], &words);
		if (status == MSG_OK && *words && !*++words) {
			status = msg_usage("a call is missing after the comma");
		}
	}
	return status;
}

void kcall_free(struct kcall_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		for (size_t j = 0; j < GW_MAX_ARGS; j++)
			free(line->calls[i].arg[j].buf);
	free(line->calls);
}
