/* lib/moddep.c - the indexes depmod leaves in a module directory, as others read them */
#include "moddep.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int moddep_modname(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t len = strcspn(base, ".");

	if (len >= size)
		return -ENAMETOOLONG;
	for (size_t i = 0; i < len; i++)
		name[i] = base[i] == '-' ? '_' : base[i];
	name[len] = '\0';
	return len;
}

int moddep_normalize(const char *alias, char *out)
{
	bool bracket = false;
	size_t i;

	for (i = 0; alias[i]; i++) {
		if (i == MODDEP_KEY_MAX - 1)
			return -ENAMETOOLONG;
		if (bracket ? alias[i] == ']' : alias[i] == '[')
			bracket = !bracket;
		else if (!bracket && alias[i] == ']')
			return -EINVAL;
		out[i] = alias[i] == '-' && !bracket ? '_' : alias[i];
	}
	out[i] = '\0';
	return bracket ? -EINVAL : (int)i;
}
