/* tests/sim/tap.h - results in TAP, for tests that are kernel code and have no stdio */
#ifndef SIM_TAP_H
#define SIM_TAP_H

#include <stdbool.h>

bool tap_ok(bool good, const char *what);
bool tap_string(const char *got, const char *want, const char *what);
/* The plan; returns what main returns. */
int tap_done(void);

#endif
