/* modinfo/show.h - print what a module says about itself */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>
#include "info.h"

/* As kmod's modinfo does: all, or with `field` only the values of that key. Each value ends with
 * `end`, a newline or NUL. */
void show_text(const struct info *info, const char *field, char end);

/* One JSON object on a line: name, filename, parameters, and all keys with lists of values. */
void show_json(const struct info *info);

/* As modutils' modinfo does, under a format of its -f. A bad format is reported before
 * anything is printed. Returns 0 or -EINVAL. */
int show_format_check(const char *format);
void show_format(const struct info *info, const char *format);

extern const char show_default_format[];

#endif
