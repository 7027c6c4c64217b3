/* tests/sim/tap.c - unit/tap.h as functions */
#include "../unit/tap.h"

#include "sim/tap.h"

bool tap_ok(bool good, const char *what)
{
	return ok(good, "%s", what);
}

bool tap_string(const char *got, const char *want, const char *what)
{
	return is_string(got, want, what);
}

int tap_done(void)
{
	return done();
}
