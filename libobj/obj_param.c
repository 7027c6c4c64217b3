/* obj_param.c - parameters: name=value into the object's data
 *
 * Two kinds of declaration in .modinfo:
 *	parm_NAME=[MIN[-MAX]]TYPE[p]	2.4: TYPE b h i l s or cSIZE; p: persistent
 *	parmtype=NAME:[array of ]TYPE	2.6: int, uint, bool, charp, string, ...
 * If an object has both, the latter, which says more, counts. The variable is the symbol
 * NAME, for parmtype also the one a parmsym=NAME:SYMBOL entry names; parmcount=NAME:&SYMBOL
 * is an int that gets the number of values of an array (NULL: none does).
 *
 * Nothing is written here: values become stores, done by obj_relocate.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include "obj_priv.h"

enum kind { NUMBER, BOOL, STRING, CHARS };

struct param {
	const char *name;
	size_t name_len;
	enum kind kind;
	unsigned min, max;   /* number of values */
	unsigned width;	     /* bytes of an element */
	bool negative, high; /* NUMBER: below 0, upper half of the unsigned range */
	bool inverted;	     /* BOOL */
	bool whole;	     /* a STRING that takes commas and quotes as they are */
	bool persistent;
	const struct section *section; /* of the variable */
	uint32_t offset, room;	       /* of the variable: in its section, bytes */
	const struct symbol *count;    /* or NULL */
};

#define NAME(p) (int)(p)->name_len, (p)->name

static int bad_value(struct obj_file *f, const struct param *p, const char *what)
{
	return obj_error(f, -EINVAL, "%s for %.*s", what, NAME(p));
}

/* --- declarations ------------------------------------------------------------------------ */

enum problem { FINE, MAX_BELOW_MIN, NO_SIZE, NO_TYPE, BAD_TYPE, PERSISTENT_STRING, JUNK };

static unsigned parse_count(const char **s, unsigned fallback)
{
	unsigned long n = fallback;
	char *end = NULL;

	if (isdigit((unsigned char)**s)) {
		n = strtoul(*s, &end, 10);
		*s = end;
	}
	return n < OBJ_MAX_SIZE ? n : OBJ_MAX_SIZE;
}

static void set_number(struct param *p, unsigned width, bool negative, bool high)
{
	p->kind = NUMBER;
	p->width = width;
	p->negative = negative;
	p->high = high;
}

static enum problem parse_type(struct param *p, const char **s)
{
	switch (*(*s)++) {
	case '\0':
		--*s;
		return NO_TYPE;
	case 'b':
		set_number(p, 1, true, true);
		return FINE;
	case 'h':
		set_number(p, 2, true, true);
		return FINE;
	case 'i':
	case 'l':
		set_number(p, 4, true, true);
		return FINE;
	case 's':
		p->kind = STRING;
		p->width = 4;
		return FINE;
	case 'c':
		p->kind = CHARS;
		p->width = parse_count(s, 0);
		return p->width ? FINE : NO_SIZE;
	default:
		--*s;
		return BAD_TYPE;
	}
}

/* A 2.4 format. *rest is where the problem is. */
static enum problem parse_format(struct param *p, const char *s, const char **rest)
{
	enum problem problem;

	p->min = parse_count(&s, 1);
	p->max = p->min;
	if (*s == '-') {
		s++;
		p->max = parse_count(&s, p->min);
	}
	*rest = s;
	if (p->max < p->min)
		return MAX_BELOW_MIN;
	problem = parse_type(p, &s);
	*rest = s;
	if (problem)
		return problem;
	if (*s == 'p') {
		if (p->kind == STRING)
			return PERSISTENT_STRING;
		p->persistent = true;
		*rest = ++s;
	}
	return *s ? JUNK : FINE;
}

/* Text as the 2.4 insmod's; only the persistent string is an error. */
static int report_problem(struct obj_file *f, const struct param *p, enum problem problem,
			  const char *rest)
{
	switch (problem) {
	case FINE:
		return 0;
	case MAX_BELOW_MIN:
		obj_warn(f, "parameter %.*s has max < min!", NAME(p));
		return 0;
	case NO_SIZE:
		obj_warn(f, "parameter %.*s has no size after 'c'!", NAME(p));
		return 0;
	case NO_TYPE:
		obj_warn(f, "parameter %.*s has no format character!", NAME(p));
		return 0;
	case BAD_TYPE:
		obj_warn(f, "parameter %.*s has unknown format character '%c'", NAME(p),
			 *rest);
		return 0;
	case PERSISTENT_STRING:
		return obj_error(f, -EINVAL,
				 "parameter %.*s is invalid persistent string", NAME(p));
	case JUNK:
		obj_warn(f, "parameter %.*s has unknown format modifier '%c'", NAME(p),
			 *rest);
		return 0;
	}
	return 0;
}

static const struct {
	const char *name;
	enum kind kind;
	unsigned char width;
	bool negative, high;
} types[] = {
	{"byte", NUMBER, 1, false, true},   {"short", NUMBER, 2, true, false},
	{"ushort", NUMBER, 2, false, true}, {"int", NUMBER, 4, true, false},
	{"uint", NUMBER, 4, false, true},   {"hexint", NUMBER, 4, false, true},
	{"long", NUMBER, 4, true, false},   {"ulong", NUMBER, 4, false, true},
	{"ullong", NUMBER, 8, false, true}, {"bool", BOOL, 1, false, false},
	{"invbool", BOOL, 1, false, false}, {"bint", BOOL, 4, false, false},
	{"charp", STRING, 4, false, false}, {"string", CHARS, 0, false, false},
};

/* A 2.6 type. */
static int parse_parmtype(struct param *p, const char *type)
{
	static const char array[] = "array of ";

	p->min = p->max = 1;
	p->whole = true;
	if (!strncmp(type, array, sizeof(array) - 1)) {
		type += sizeof(array) - 1;
		p->max = OBJ_MAX_SIZE;
		p->whole = false;
	}
	p->inverted = !strcmp(type, "invbool");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(type, types[i].name)) {
			p->kind = types[i].kind;
			p->width = types[i].width;
			p->negative = types[i].negative;
			p->high = types[i].high;
			return 0;
		}
	return -EINVAL;
}

/* The text after "KEY=NAME:", or NULL. */
static const char *find_entry(const struct obj_file *f, const char *key,
			      const struct param *p)
{
	size_t cursor = 0, len = strlen(key);
	const char *entry;

	while ((entry = obj_next_modinfo(f, &cursor)))
		if (!strncmp(entry, key, len) && entry[len] == '=' &&
		    !strncmp(entry + len + 1, p->name, p->name_len) &&
		    entry[len + 1 + p->name_len] == ':')
			return entry + len + 2 + p->name_len;
	return NULL;
}

/* The format after "parm_NAME=", or NULL. */
static const char *find_format(const struct obj_file *f, const struct param *p)
{
	size_t cursor = 0;
	const char *entry;

	while ((entry = obj_next_modinfo(f, &cursor)))
		if (!strncmp(entry, "parm_", 5) &&
		    !strncmp(entry + 5, p->name, p->name_len) &&
		    entry[5 + p->name_len] == '=')
			return entry + 6 + p->name_len;
	return NULL;
}

static int parse_declared(struct obj_file *f, struct param *p, const char *format)
{
	const char *rest;
	enum problem problem = parse_format(p, format, &rest);

	if (!problem)
		return 0;
	if (problem == NO_SIZE)
		return obj_error(
			f, -EINVAL,
			"parameter type 'c' for %.*s must be followed by the maximum "
			"size",
			NAME(p));
	if (problem == BAD_TYPE || problem == NO_TYPE)
		return obj_error(f, -EINVAL, "unknown parameter type '%c' for %.*s",
				 *rest ? *rest : ' ', NAME(p));
	return obj_error(f, -EINVAL, "bad declaration of parameter %.*s: %s", NAME(p),
			 format);
}

/* Fill in what the object says about the parameter. An object of the 2.0 kind says nothing:
 * its value decides. */
static int find_declaration(struct obj_file *f, struct param *p, const char *value)
{
	const char *type = find_entry(f, "parmtype", p);
	const char *format = type ? NULL : find_format(f, p);

	if (format)
		return parse_declared(f, p, format);
	if (type && parse_parmtype(p, type))
		return obj_error(f, -EINVAL, "unknown parameter type '%s' for %.*s", type,
				 NAME(p));
	if (type)
		return 0;
	if (f->modinfo)
		return obj_error(f, -ENOENT, "invalid parameter parm_%.*s", NAME(p));
	parse_format(p, isdigit((unsigned char)*value) ? "1-65536i" : "1-65536s",
		     &format);
	return 0;
}

/* --- the variable ------------------------------------------------------------------------ */

static const struct symbol *find_variable(struct obj_file *f, const char *name,
					  size_t len)
{
	char *copy = obj_strdup(f, name, len);
	const struct symbol *s = copy ? obj_lookup(f, copy) : NULL;

	if (s && s->o.secidx > 0 && s->o.secidx < f->nsections &&
	    f->sections[s->o.secidx].loaded)
		return s;
	return NULL;
}

static uint32_t room_at(const struct obj_file *f, const struct symbol *s)
{
	uint32_t rest = f->sections[s->o.secidx].o.size;

	rest = s->o.value < rest ? rest - s->o.value : 0;
	return s->o.size && s->o.size < rest ? s->o.size : rest;
}

/* Where the number of values goes: nowhere, for most parameters. */
static int find_count(struct obj_file *f, struct param *p)
{
	const char *name = find_entry(f, "parmcount", p);

	if (!name || name[0] != '&')
		return 0;
	p->count = find_variable(f, name + 1, strlen(name + 1));
	if (!p->count || room_at(f, p->count) < 4)
		return obj_error(f, -EINVAL,
				 "symbol for the count of parameter %.*s not found",
				 NAME(p));
	return 0;
}

static int place_param(struct obj_file *f, struct param *p)
{
	const char *other = find_entry(f, "parmsym", p);
	const struct symbol *s;

	s = other ? find_variable(f, other, strlen(other))
		  : find_variable(f, p->name, p->name_len);
	if (!s)
		return obj_error(f, -EINVAL, "symbol for parameter %.*s not found",
				 NAME(p));
	p->section = &f->sections[s->o.secidx];
	p->offset = s->o.value;
	p->room = room_at(f, s);
	if (p->kind == CHARS && !p->width)
		p->width = p->room;
	if (p->kind == BOOL && p->max == 1 && s->o.size == 4)
		p->width = 4; /* 2.6 kept these in an int */
	return find_count(f, p);
}

/* --- values -------------------------------------------------------------------------------- */

static struct store *add_store(struct obj_file *f, const struct section *s,
			       uint32_t offset, uint32_t len)
{
	struct store *st = obj_alloc(f, sizeof(*st) + len);

	if (!st)
		return NULL;
	st->section = s;
	st->offset = offset;
	st->len = len;
	*f->last_store = st;
	f->last_store = &st->next;
	return st;
}

static int store_bytes(struct obj_file *f, const struct section *s, uint32_t offset,
		       const void *bytes, uint32_t len)
{
	struct store *st = add_store(f, s, offset, len);

	if (!st)
		return -ENOMEM;
	st->bytes = memcpy(st + 1, bytes, len);
	return 0;
}

static int store_number(struct obj_file *f, const struct param *p, uint32_t at,
			uint64_t v)
{
	v = htole64(v);
	return store_bytes(f, p->section, p->offset + at, &v, p->width);
}

/* Read a number as strtoul(base 0) does, within the element's range. */
static int set_one_number(struct obj_file *f, const struct param *p, uint32_t at,
			  const char **value)
{
	const char *s = *value + strspn(*value, " \t"), *digits = s;
	bool minus = *s == '-';
	uint64_t v, max = UINT64_MAX >> (64 - 8 * p->width);
	char *end;

	digits += *s == '-' || *s == '+';
	if (!isdigit((unsigned char)*digits)) {
		if (!*digits || *digits == ',')
			return bad_value(f, p, "empty value");
		return obj_error(f, -EINVAL, "invalid argument syntax for %.*s: '%c'",
				 NAME(p), *digits);
	}
	errno = 0;
	v = strtoull(digits, &end, 0);
	*value = end;
	if (!p->high)
		max >>= 1;
	if (minus && v)
		max = p->negative ? (uint64_t)1 << (8 * p->width - 1) : 0;
	if (errno || v > max)
		return obj_error(f, -ERANGE,
				 "value %.*s for %.*s does not fit %u byte%s%s",
				 (int)(end - s), s, NAME(p), p->width,
				 p->width == 1 ? "" : "s",
				 p->high && p->negative ? ""
				 : p->negative		? " with a sign"
							: " without a sign");
	return store_number(f, p, at, minus ? -v : v);
}

/* As the kernel reads them: y n t f on off and digits; nothing at all means yes. */
static int set_one_bool(struct obj_file *f, const struct param *p, uint32_t at,
			const char **value)
{
	size_t len = strcspn(*value, ",");
	int c = tolower((unsigned char)**value), on = -1;

	if (len == 2 && !strncasecmp(*value, "on", 2))
		on = 1;
	else if (len == 3 && !strncasecmp(*value, "off", 3))
		on = 0;
	else if (!len || c == 'y' || c == 't' || c == '1')
		on = 1;
	else if (c == 'n' || c == 'f' || c == '0')
		on = 0;
	if (on < 0)
		return obj_error(f, -EINVAL, "invalid argument syntax for %.*s: '%c'",
				 NAME(p), **value);
	*value += len;
	return store_number(f, p, at, on != p->inverted);
}

/* One escape after a backslash: letters, up to three octal digits, else itself. */
static char unescape(const char **s)
{
	static const char letters[] = "abefnrt", codes[] = "\a\b\033\f\n\r\t";
	const char *hit = **s ? strchr(letters, **s) : NULL;
	int c = 0;

	if (hit) {
		++*s;
		return codes[hit - letters];
	}
	if (**s < '0' || **s > '7')
		return *(*s)++;
	for (int i = 0; i < 3 && **s >= '0' && **s <= '7'; i++)
		c = c * 8 + *(*s)++ - '0';
	return c;
}

/* The string at *value, of the object's own memory; *value moves behind it. A \0 inside
 * quotes ends the string as it does in C. */
static int take_string(struct obj_file *f, const struct param *p, const char **value,
		       const char **out)
{
	const char *s = *value;
	char *copy, *to;

	copy = to = obj_alloc(f, strlen(s) + 1);
	if (!copy)
		return -ENOMEM;
	*out = copy;
	if (p->whole || *s != '"') {
		to = memcpy(copy, s, p->whole ? strlen(s) : strcspn(s, ","));
		*value += strlen(to);
		return 0;
	}
	for (s++; *s != '"';) {
		if (*s == '\\' && s[1]) {
			s++;
			*to++ = unescape(&s);
			continue;
		}
		if (!*s)
			return obj_error(f, -EINVAL,
					 "improperly terminated string argument for %.*s",
					 NAME(p));
		*to++ = *s++;
	}
	*value = s + 1;
	return 0;
}

static int set_one_string(struct obj_file *f, const struct param *p, uint32_t at,
			  const char **value)
{
	const char *s;
	struct store *st;
	uint32_t string;
	size_t len;
	int err = take_string(f, p, value, &s);

	if (err)
		return err;
	len = strlen(s);
	if (p->kind == CHARS) {
		if (len >= p->width)
			return obj_error(f, -ERANGE, "string too long for %.*s (max %u)",
					 NAME(p), p->width - 1);
		return store_bytes(f, p->section, p->offset + at, s, len + 1);
	}
	err = obj_add_string(f, s, &string);
	st = err ? NULL : add_store(f, p->section, p->offset + at, 0);
	if (!st)
		return -ENOMEM;
	st->string = string;
	return 0;
}

static int set_one(struct obj_file *f, const struct param *p, unsigned n,
		   const char **value)
{
	uint64_t at = (uint64_t)n * p->width;

	if (n >= p->max)
		return obj_error(f, -EINVAL, "too many values for %.*s (max %u)", NAME(p),
				 p->max);
	if (!p->width || !obj_in_range(at, p->width, p->room))
		return obj_error(f, -ERANGE,
				 "too many values for %.*s (the variable has %u bytes)",
				 NAME(p), p->room);
	switch (p->kind) {
	case NUMBER:
		return set_one_number(f, p, at, value);
	case BOOL:
		return set_one_bool(f, p, at, value);
	default:
		return set_one_string(f, p, at, value);
	}
}

static int set_values(struct obj_file *f, const struct param *p, const char *value,
		      unsigned *n)
{
	int err;

	for (*n = 0;;) {
		err = set_one(f, p, (*n)++, &value);
		if (err)
			return err;
		value += strspn(value, " \t");
		if (!*value)
			break;
		if (*value++ != ',')
			return obj_error(f, -EINVAL,
					 "invalid argument syntax for %.*s: '%c'",
					 NAME(p), value[-1]);
	}
	if (*n < p->min)
		return obj_error(f, -EINVAL, "too few values for %.*s (min %u)", NAME(p),
				 p->min);
	return 0;
}

/* --- public ---------------------------------------------------------------------------------- */

int obj_set_param(struct obj_file *f, const char *assignment)
{
	struct param p = {.name = assignment, .name_len = strcspn(assignment, "=")};
	const char *value = assignment + p.name_len;
	unsigned n;
	uint32_t count;
	int err;

	if (f->stage != RESOLVED)
		return -EINVAL;
	value += *value == '=';
	err = find_declaration(f, &p, value);
	if (!err && assignment[p.name_len] != '=' && p.kind != BOOL)
		err = bad_value(f, &p, "no value");
	if (!err)
		err = place_param(f, &p);
	if (!err)
		err = set_values(f, &p, value, &n);
	if (err || !p.count)
		return err;
	count = htole32(n);
	return store_bytes(f, &f->sections[p.count->o.secidx], p.count->o.value, &count,
			   4);
}

/* A parm_ entry that declares a parameter: fill in its name, return its format; NULL if it
 * is something else. */
static const char *parm_entry(const char *entry, struct param *p)
{
	*p = (struct param){0};
	if (strncmp(entry, "parm_", 5) || !strncmp(entry, "parm_desc_", 10))
		return NULL;
	p->name = entry + 5;
	p->name_len = strcspn(p->name, "=");
	return p->name + p->name_len;
}

static int check_param(struct obj_file *f, struct param *p, const char *format)
{
	const char *rest;
	enum problem problem;

	if (*format != '=') {
		f->bad_params = true;
		return obj_error(f, -EINVAL, "parameter parm_%.*s found with no value",
				 NAME(p));
	}
	if (!find_variable(f, p->name, p->name_len)) {
		f->bad_params = true;
		obj_warn(f, "symbol for parameter %.*s not found", NAME(p));
		return 0;
	}
	problem = parse_format(p, format + 1, &rest);
	f->bad_params = problem != FINE;
	return report_problem(f, p, problem, rest);
}

int obj_check_params(struct obj_file *f)
{
	const char *entry, *format;
	size_t cursor = 0;
	struct param p;
	int err = f->stage == FAILED ? -EINVAL : 0;

	while (!err && !f->bad_params && (entry = obj_next_modinfo(f, &cursor))) {
		format = parm_entry(entry, &p);
		if (format)
			err = check_param(f, &p, format);
	}
	return err;
}

const char *obj_next_persistent(struct obj_file *f, size_t *cursor)
{
	const char *entry, *format, *rest;
	struct param p;

	while (!f->bad_params && (entry = obj_next_modinfo(f, cursor))) {
		format = parm_entry(entry, &p);
		if (format && *format && !parse_format(&p, format + 1, &rest) &&
		    p.persistent)
			return obj_strdup(f, p.name, p.name_len);
	}
	return NULL;
}
