/* lib/ksys_trace.c - system calls as text, from abi/syscalls.def */
#include "ksys_trace.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define SHOWN_BYTES 32 /* of a buffer, as strace does */

static void print_bytes(FILE *out, const unsigned char *p, size_t len)
{
	size_t n = len > SHOWN_BYTES ? SHOWN_BYTES : len;

	fputc('"', out);
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"' || p[i] == '\\')
			fprintf(out, "\\%c", p[i]);
		else if (p[i] == '\n')
			fputs("\\n", out);
		else if (isprint(p[i]))
			fputc(p[i], out);
		else if (i + 1 < n && isdigit(p[i + 1]))
			fprintf(out, "\\%03o", p[i]);
		else
			fprintf(out, "\\%o", p[i]);
	}
	fputs(len > n ? "\"..." : "\"", out);
}

/* A buffer the kernel filled: up to its last byte that is not zero; a word as a
 * number. */
static void print_out(FILE *out, const struct ksys_arg *a)
{
	const unsigned char *p = a->buf;
	size_t len = a->len;
	uint32_t word;

	if (len == sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		fprintf(out, "[%u]", word);
		return;
	}
	while (len > 0 && !p[len - 1])
		len--;
	print_bytes(out, p, len);
}

static void print_arg(FILE *out, char letter, const struct ksys_arg *a)
{
	switch (a->kind) {
	case GW_VALUE:
		if (!a->value && strchr("siobp", letter))
			fputs("NULL", out);
		else
			fprintf(out,
				letter == 'v'	? "%u"
				: letter == 'f' ? "%d"
						: "%#x",
				a->value);
		return;
	case GW_IN:
		if (letter == 's') /* sent with its NUL */
			print_bytes(out, a->buf, a->len ? a->len - 1 : 0);
		else
			print_bytes(out, a->buf, a->len);
		return;
	case GW_OUT:
	case GW_INOUT:
		print_out(out, a);
		return;
	case GW_RESULT:
		fprintf(out, "<result %u>", a->value);
		return;
	}
	fputc('?', out);
}

void ksys_trace_result(FILE *out, int32_t result)
{
	const char *name = TGT_IS_ERROR(result) ? strerrorname_np(-result) : NULL;

	if (name)
		fprintf(out, "-1 %s (%s)", name, strerror(-result));
	else if (TGT_IS_ERROR(result))
		fprintf(out, "%d", result);
	else
		fprintf(out, result < 0 ? "%#x" : "%d", result);
}

void ksys_trace_call(FILE *out, const struct ksys_call *c)
{
	const struct ksys_desc *d = ksys_desc_by_nr(c->nr);

	if (d)
		fprintf(out, "%s(", d->name);
	else
		fprintf(out, "syscall_%u(", c->nr);
	for (uint32_t i = 0; i < c->nargs; i++) {
		if (i)
			fputs(", ", out);
		print_arg(out, d && i < strlen(d->args) ? d->args[i] : 'x', &c->arg[i]);
	}
	fputs(") = ", out);
	ksys_trace_result(out, c->result);
	fputc('\n', out);
}
