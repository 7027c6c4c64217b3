/* lib/vsnprintf.c - formatted text into a buffer
 *
 * %[-+ #0][width][.precision][hh|h|l|ll|z|t]{d,i,u,o,x,X,c,s,p,%}; width and precision
 * may be `*`. No floating point. A directive that is not known is copied as it stands.
 */
#include <linux/kernel.h>
#include <linux/string.h>

/* Where text goes; counts on when the buffer is full. */
struct out {
	char *buf;
	size_t size, len;
};

struct directive {
	bool left, plus, space, alternate, zero;
	int width;
	int precision; /* -1: none given */
	int length;    /* of the argument: 1 char, 2 short, 4, 8 */
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_n(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_text(struct out *o, const struct directive *d, const char *s, size_t len)
{
	int pad = d->width - (int)len;

	if (!d->left)
		put_n(o, ' ', pad);
	while (len--)
		put(o, *s++);
	if (d->left)
		put_n(o, ' ', pad);
}

/* The digits of v, last first; returns how many, 0 for zero. */
static int digits_of(char *digits, unsigned long long v, unsigned base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	if (v >> 32) {
		for (; v; v /= base)
			digits[n++] = set[v % base];
		return n;
	}
	for (unsigned long w = v; w; w /= base)
		digits[n++] = set[w % base];
	return n;
}

static void put_number(struct out *o, const struct directive *d, unsigned long long v,
		       unsigned base, bool upper, const char *prefix)
{
	char digits[24];
	int n = digits_of(digits, v, base, upper);
	int zeros = (d->precision < 0 ? 1 : d->precision) - n;
	int pad;

	if (base == 8 && d->alternate && zeros < 1)
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	pad = d->width - n - zeros - (int)strlen(prefix);
	if (d->zero && !d->left && d->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!d->left)
		put_n(o, ' ', pad);
	while (*prefix)
		put(o, *prefix++);
	put_n(o, '0', zeros);
	while (n)
		put(o, digits[--n]);
	if (d->left)
		put_n(o, ' ', pad);
}

static const char *parse_flags(const char *f, struct directive *d)
{
	for (;; f++) {
		if (*f == '-')
			d->left = true;
		else if (*f == '+')
			d->plus = true;
		else if (*f == ' ')
			d->space = true;
		else if (*f == '#')
			d->alternate = true;
		else if (*f == '0')
			d->zero = true;
		else
			return f;
	}
}

static const char *parse_number(const char *f, int *n, va_list *ap)
{
	*n = 0;
	if (*f == '*') {
		*n = va_arg(*ap, int);
		return f + 1;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		*n = *n * 10 + (*f - '0');
	return f;
}

static const char *parse_length(const char *f, int *length)
{
	*length = 4;
	if (*f == 'h') {
		*length = *++f == 'h' ? 1 : 2;
		return *length == 1 ? f + 1 : f;
	}
	if (*f == 'l') {
		*length = *++f == 'l' ? 8 : 4;
		return *length == 8 ? f + 1 : f;
	}
	return *f == 'z' || *f == 'Z' || *f == 't' ? f + 1 : f;
}

static const char *parse(const char *f, struct directive *d, va_list *ap)
{
	*d = (struct directive){.precision = -1};
	f = parse_flags(f, d);
	f = parse_number(f, &d->width, ap);
	if (d->width < 0) {
		d->left = true;
		d->width = -d->width;
	}
	if (*f == '.')
		f = parse_number(f + 1, &d->precision, ap);
	return parse_length(f, &d->length);
}

static long long signed_arg(const struct directive *d, va_list *ap)
{
	if (d->length == 8)
		return va_arg(*ap, long long);
	if (d->length == 4)
		return va_arg(*ap, int);
	return d->length == 2 ? (short)va_arg(*ap, int) : (signed char)va_arg(*ap, int);
}

static unsigned long long unsigned_arg(const struct directive *d, va_list *ap)
{
	if (d->length == 8)
		return va_arg(*ap, unsigned long long);
	if (d->length == 4)
		return va_arg(*ap, unsigned);
	return d->length == 2 ? (unsigned short)va_arg(*ap, int)
			      : (unsigned char)va_arg(*ap, int);
}

static void put_signed(struct out *o, const struct directive *d, va_list *ap)
{
	long long v = signed_arg(d, ap);

	put_number(o, d, v < 0 ? 0ull - v : v, 10, false,
		   v < 0      ? "-"
		   : d->plus  ? "+"
		   : d->space ? " "
			      : "");
}

static void put_hex(struct out *o, const struct directive *d, va_list *ap, bool upper)
{
	unsigned long long v = unsigned_arg(d, ap);
	const char *prefix = upper ? "0X" : "0x";

	put_number(o, d, v, 16, upper, d->alternate && v ? prefix : "");
}

static void put_string(struct out *o, const struct directive *d, const char *s)
{
	if (!s)
		s = "(null)";
	put_text(o, d, s, d->precision < 0 ? strlen(s) : strnlen(s, d->precision));
}

/* False: no such directive. */
static bool put_directive(struct out *o, struct directive *d, char what, va_list *ap)
{
	char c;

	switch (what) {
	case 'd':
	case 'i':
		put_signed(o, d, ap);
		return true;
	case 'u':
	case 'o':
		put_number(o, d, unsigned_arg(d, ap), what == 'o' ? 8 : 10, false, "");
		return true;
	case 'x':
	case 'X':
		put_hex(o, d, ap, what == 'X');
		return true;
	case 'p': /* as 2.4: eight digits, no prefix */
		d->precision = 8;
		put_number(o, d, (unsigned long)va_arg(*ap, void *), 16, false, "");
		return true;
	case 's':
		put_string(o, d, va_arg(*ap, const char *));
		return true;
	case 'c':
		c = va_arg(*ap, int);
		put_text(o, d, &c, 1);
		return true;
	case '%':
		put(o, '%');
		return true;
	}
	return false;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = {buf, size ? size - 1 : 0, 0};
	struct directive d;
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		const char *start = fmt;

		if (*fmt++ != '%') {
			put(&o, *start);
			continue;
		}
		fmt = parse(fmt, &d, &args);
		if (*fmt && put_directive(&o, &d, *fmt, &args))
			fmt++;
		else
			while (start < fmt)
				put(&o, *start++);
	}
	va_end(args);
	if (size)
		buf[min(o.len, o.size)] = '\0';
	return o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int vsprintf(char *buf, const char *fmt, va_list ap)
{
	return vsnprintf(buf, 0x7fffffff, fmt, ap);
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsprintf(buf, fmt, ap);
	va_end(ap);
	return n;
}
