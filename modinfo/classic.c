/* modinfo/classic.c - print what a module says about itself: as modutils does
 *
 * A format is lines; a line that names the parameters is printed once for each of them. A line
 * ends after a newline or after the two characters \n.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "msg.h"
#include "show.h"

const char show_default_format[] = "filename:    %n\n"
				   "description: %d\n"
				   "author:      %a\n"
				   "license:     %l\n"
				   "parm:        %p\n";

#define KEY_MAX 127

/* --- formats --- */

/* The key of a replacement: p is behind the '%'. Returns where it ends, or NULL: reported. */
static const char *take_key(const char *p, char key[KEY_MAX + 1])
{
	static const char *const letters[] = {"nfilename", "aauthor", "ddescription",
					      "llicense",  "pparm",   "%%"};
	const char *end;

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (*p && *p == letters[i][0]) {
			strcpy(key, letters[i] + 1);
			return p + 1;
		}
	if (*p != '{') {
		if (*p)
			msg_error("%c: unknown replacement", *p);
		else
			msg_error("missing replacement");
		return NULL;
	}
	end = strchr(p, '}');
	if (!end) {
		msg_error("unterminated %%{...} construct");
		return NULL;
	}
	if (end - p - 1 > KEY_MAX) {
		msg_error("%%{...} construct is too large");
		return NULL;
	}
	memcpy(key, p + 1, end - p - 1);
	key[end - p - 1] = '\0';
	return end + 1;
}

int show_format_check(const char *format)
{
	char key[KEY_MAX + 1];

	while (*format) {
		if (*format == '\\' && format[1])
			format += 2;
		else if (*format++ == '%' && !(format = take_key(format, key)))
			return -EINVAL;
	}
	return 0;
}

static char escaped(char c)
{
	static const char from[] = "abeEfnrtv", to[] = "\a\b\033\033\f\n\r\t\v";
	const char *at = strchr(from, c);

	return at ? to[at - from] : c;
}

/* --- values --- */

/* In quotes; the lines of a value after the first begin with two blanks. */
static void show_quoted(const char *value)
{
	putchar('"');
	for (; *value; value++) {
		putchar(*value);
		if (*value == '\n')
			printf("  ");
	}
	putchar('"');
}

static void show_value(const struct info *info, const char *key)
{
	static const char *const quoted[] = {"author", "description", "license"};
	const char *value = info_get(info, key);

	if (strcmp(key, "%") == 0)
		value = "%";
	else if (strcmp(key, "filename") == 0)
		value = info->path ? info->path : "(builtin)";
	for (size_t i = 0; value && i < sizeof(quoted) / sizeof(quoted[0]); i++)
		if (strcmp(key, quoted[i]) == 0) {
			show_quoted(value);
			return;
		}
	fputs(value ? value : "<none>", stdout);
}

/* "[min[-max]]" at the front of a type; returns what is behind it. */
static char *parse_range(const char *type, unsigned long *min, unsigned long *max)
{
	char *p = (char *)type;

	*min = *max = 1;
	if (!isdigit((unsigned char)*p))
		return p;
	*min = *max = strtoul(p, &p, 10);
	if (*p == '-')
		*max = strtoul(p + 1, &p, 10);
	return p;
}

/* The type of a parameter: "[min[-max]]" letter "[p]", said in words. */
static void show_type(const char *type)
{
	static const char letters[] = "bhils";
	static const char *const words[] = {"byte", "short", "int", "long", "string"};
	unsigned long min, max;
	char *p = parse_range(type, &min, &max), letter = *p ? *p++ : '\0';
	const char *word;

	word = letter ? strchr(letters, letter) : NULL;
	if (word) {
		fputs(words[word - letters], stdout);
	} else if (letter == 'c') {
		fputs(isdigit((unsigned char)*p) ? "char"
						 : "char *** missing string size ***",
		      stdout);
		strtoul(p, &p, 10);
	} else if (letter) {
		printf("unknown format character '%c'", letter);
	} else {
		fputs("no format character!", stdout);
	}
	if (*p == 'p') {
		fputs(letter == 's' ? " persistent (invalid)" : " persistent", stdout);
		p++;
	}
	if (*p)
		printf(" unknown format modifier '%c'", *p);
	if (min > 1 || max > 1)
		printf(" array (min = %lu, max = %lu)", min, max);
}

static bool is_typed(const struct info_pair *p)
{
	return strncmp(p->key, "parm_", 5) == 0 && strncmp(p->key, "parm_desc_", 10) != 0;
}

/* A parameter under either declaration: number `i` of all. Returns false behind the last. */
static bool show_parameter(const struct info *info, size_t i)
{
	struct info_parameter *list;
	const char *description = NULL;
	int n;

	for (size_t k = 0; k < info->n; k++) {
		const char *name = info->v[k].key + strlen("parm_");
		char key[256];

		if (!is_typed(&info->v[k]) || i-- > 0)
			continue;
		printf("%s ", name);
		show_type(info->v[k].value);
		snprintf(key, sizeof(key), "parm_desc_%s", name);
		description = info_get(info, key);
		if (description)
			printf(", description \"%s\"", description);
		return true;
	}
	n = info_parameters(info, &list);
	if (n > (int)i) {
		const struct info_parameter *p = &list[n - 1 - i];

		printf("%.*s %s", p->len, p->name, p->type ? p->type : "");
		if (p->description)
			printf(", description \"%s\"", p->description);
	}
	free(list);
	return n > (int)i;
}

static bool has_symbol(const struct info *info, const char *name)
{
	for (char **s = info->symbols; s && *s; s++)
		if (strcmp(*s, name) == 0)
			return true;
	return !info->symbols;
}

/* Say what is wrong with the parameters, before any of them is shown. */
static void check_parameters(const struct info *info)
{
	unsigned long min, max;
	bool told = false;

	if (info->absent)
		msg_warn("%s: module does not support typed parameters", info->path);
	for (size_t i = 0; i < info->n; i++) {
		const char *name = info->v[i].key + strlen("parm_");

		if (!is_typed(&info->v[i]))
			continue;
		if (info->symbols && !info->symbols[0] && !told)
			msg_warn("%s: stripped of its symbols, parameters cannot be set",
				 info->path);
		else if (!told && !has_symbol(info, name))
			msg_warn("%s: symbol for parameter %s not found", info->path,
				 name);
		told = info->symbols && !info->symbols[0];
		parse_range(info->v[i].value, &min, &max);
		if (max < min)
			msg_warn("%s: parameter %s has max < min!", info->path, name);
	}
}

static size_t count_parameters(const struct info *info)
{
	struct info_parameter *list;
	int n = info_parameters(info, &list);

	free(list);
	n = n < 0 ? 0 : n;
	for (size_t i = 0; i < info->n; i++)
		n += is_typed(&info->v[i]);
	return n;
}

/* Print one line of a format with parameter `i` in it. */
static void show_line(const struct info *info, const char *p, const char *end, size_t i)
{
	char key[KEY_MAX + 1];

	while (p < end) {
		if (*p == '\\' && p + 1 < end) {
			putchar(escaped(p[1]));
			p += 2;
			continue;
		}
		if (*p != '%') {
			putchar(*p++);
			continue;
		}
		p = take_key(p + 1, key);
		if (strcmp(key, "parm") == 0)
			show_parameter(info, i);
		else
			show_value(info, key);
	}
}

/* Where the line ends, and whether it names the parameters. */
static const char *end_of_line(const char *p, bool *parameters)
{
	char key[KEY_MAX + 1];

	*parameters = false;
	while (*p) {
		if (*p == '%') {
			p = take_key(p + 1, key);
			*parameters |= strcmp(key, "parm") == 0;
		} else if (*p == '\n') {
			return p + 1;
		} else if (*p == '\\' && p[1]) {
			p += 2;
			if (p[-1] == 'n')
				return p;
		} else {
			p++;
		}
	}
	return p;
}

void show_format(const struct info *info, const char *format)
{
	bool parameters = false;

	for (const char *p = format; *p && !parameters;)
		p = end_of_line(p, &parameters);
	if (parameters)
		check_parameters(info);
	while (*format) {
		const char *end = end_of_line(format, &parameters);
		size_t n = parameters ? count_parameters(info) : 1;

		for (size_t i = 0; i < n; i++)
			show_line(info, format, end, i);
		format = end;
	}
}
