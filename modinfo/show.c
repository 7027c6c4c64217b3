/* modinfo/show.c - print what a module says about itself: as kmod does, as JSON */
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "jsonout.h"
#include "modname.h"
#include "msg.h"

static const char *filename(const struct info *info)
{
	return info->path ? info->path : "(builtin)";
}

/* "key:" and the value, which begins in column 16. */
static void show_line(const char *key, const char *value, char end)
{
	if (end == '\0')
		printf("%s=%s%c", key, value, end);
	else
		printf("%s:%*s%s%c", key, 15 - (int)strlen(key), "", value, end);
}

static bool is_parameter(const char *key)
{
	return strcmp(key, "parm") == 0 || strcmp(key, "parmtype") == 0;
}

/* "NAME:DESCRIPTION (TYPE)"; `sparse` where only the type is known: "NAME:TYPE". */
static void show_parameter(const struct info_parameter *p, bool sparse, char end)
{
	printf("%.*s:%s", p->len, p->name, p->description ? p->description : "");
	if (p->type && sparse && !p->description)
		printf("%s", p->type);
	else if (p->type)
		printf(" (%s)", p->type);
	putchar(end);
}

static void show_parameters(const struct info *info, bool labelled, char end)
{
	struct info_parameter *list;
	int n = info_parameters(info, &list);

	for (int i = 0; i < n; i++) {
		if (labelled)
			printf("parm:%*s", 11, "");
		show_parameter(&list[i], labelled, end);
	}
	free(list);
}

static void show_field(const struct info *info, const char *field, char end)
{
	if (strcmp(field, "filename") == 0)
		printf("%s%c", filename(info), end);
	else if (strcmp(field, "parm") == 0)
		show_parameters(info, false, end);
	else if (strcmp(field, "name") == 0 && info->name)
		printf("%s%c", info->name, end);
	for (size_t i = 0; i < info->n; i++)
		if (strcmp(info->v[i].key, field) == 0 && strcmp(field, "parm") != 0)
			printf("%s%c", info->v[i].value, end);
}

void show_text(const struct info *info, const char *field, char end)
{
	if (field) {
		show_field(info, field, end);
		return;
	}
	/* These two kmod always labels in the same way. */
	if (info->name)
		printf("%-16s%s%c", "name:", info->name, end);
	printf("%-16s%s%c", "filename:", filename(info), end);
	for (size_t i = 0; i < info->n; i++) {
		const struct info_pair *p = &info->v[i];

		if (!is_parameter(p->key))
			show_line(p->key, p->value, end);
		else if (!strchr(p->value, ':'))
			msg_warn("%s: %s=%s: no colon", filename(info), p->key, p->value);
	}
	show_parameters(info, true, end);
}

/* All values of a key, as a list, where the key first occurs. */
static void add_values(struct json_object *fields, const struct info *info, size_t first)
{
	struct json_object *list, *known;
	const char *key = info->v[first].key;

	if (json_object_object_get_ex(fields, key, &known))
		return;
	list = json_object_new_array();
	for (size_t i = first; i < info->n; i++)
		if (strcmp(info->v[i].key, key) == 0)
			json_object_array_add(list,
					      json_object_new_string(info->v[i].value));
	json_object_object_add(fields, key, list);
}

static struct json_object *json_parameter(const struct info_parameter *p)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string_len(p->name, p->len));
	if (p->type)
		jsonout_add_text(o, "type", p->type);
	if (p->description)
		jsonout_add_text(o, "description", p->description);
	return o;
}

/* parm_NAME=TYPE and parm_desc_NAME=DESCRIPTION of 2.4. */
static void add_classic_parameters(struct json_object *list, const struct info *info)
{
	for (size_t i = 0; i < info->n; i++) {
		const char *name = info->v[i].key + strlen("parm_");
		struct info_parameter p = {.name = name, .type = info->v[i].value};
		char key[256];

		if (strncmp(info->v[i].key, "parm_", 5) != 0 ||
		    strncmp(info->v[i].key, "parm_desc_", 10) == 0)
			continue;
		snprintf(key, sizeof(key), "parm_desc_%s", name);
		p.len = strlen(name);
		p.description = info_get(info, key);
		json_object_array_add(list, json_parameter(&p));
	}
}

void show_json(const struct info *info)
{
	struct json_object *o = json_object_new_object(),
			   *fields = json_object_new_object();
	struct json_object *parameters = json_object_new_array();
	struct info_parameter *list;
	int n = info_parameters(info, &list);
	char *name = info->path ? modname_of_path(info->path) : NULL;

	jsonout_add_text(o, "name", info->name ? info->name : name ? name : "");
	if (info->path)
		jsonout_add_text(o, "filename", info->path);
	json_object_object_add(o, "builtin", json_object_new_boolean(!info->path));
	for (int i = 0; i < n; i++)
		json_object_array_add(parameters, json_parameter(&list[i]));
	add_classic_parameters(parameters, info);
	json_object_object_add(o, "parameters", parameters);
	for (size_t i = 0; i < info->n; i++)
		if (strncmp(info->v[i].key, "parm", 4) != 0)
			add_values(fields, info, i);
	json_object_object_add(o, "info", fields);
	free(list);
	free(name);
	jsonout_print(o);
}
