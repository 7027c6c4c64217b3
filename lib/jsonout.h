/* lib/jsonout.h - the few things our --json outputs need beside json-c itself */
#ifndef JSONOUT_H
#define JSONOUT_H

#include <json-c/json.h>
#include "abi/types.h"

void jsonout_add_text(struct json_object *o, const char *key, const char *text);
void jsonout_add_number(struct json_object *o, const char *key, int64_t value);

/* Print one line on stdout and free it. */
void jsonout_print(struct json_object *o);

#endif
