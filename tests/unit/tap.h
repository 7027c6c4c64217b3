/* tap.h - results of a test program in TAP: ok(), is_number(), is_string(), at the end done()
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool good, const char *fmt,
							     ...)
{
	va_list ap;

	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", ++tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return good;
}

__attribute__((unused)) static bool is_number(long long got, long long want,
					      const char *what)
{
	if (!ok(got == want, "%s", what))
		printf("# got %lld (%#llx), want %lld (%#llx)\n", got, got, want, want);
	return got == want;
}

__attribute__((unused)) static bool is_string(const char *got, const char *want,
					      const char *what)
{
	bool good = got && want ? !strcmp(got, want) : got == want;

	if (!ok(good, "%s", what))
		printf("# got  %s\n# want %s\n", got ? got : "NULL",
		       want ? want : "NULL");
	return good;
}

__attribute__((unused)) static int done(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed ? 1 : 0;
}

#endif
